"""What persons who may be the same have in common: keys under which they are found.

Two persons are compared when they share a key, so a key must be shared by most records of one
human and by few others. Keys are made of what is registered; whoever keeps them hashes them.
"""

from datetime import date

from app.duplicates.record import Record
from app.duplicates.spelling import sound


def keys_of(record: Record) -> frozenset[bytes]:
    """The keys of a person: at most a dozen. What is not known gives no key."""
    found = [*_contact_keys(record), *_name_keys(record)]
    for birth in (record.birth, record.other_birth):
        if birth:
            found += _birth_keys(record, birth)
    return frozenset(key.encode() for key in found)


def _contact_keys(record: Record) -> list[str]:
    found = []
    if record.number:
        found.append(f"n{record.number.digits}")
    if record.phone:
        found.append(f"p{record.phone}")
    if record.email and record.mailbox:
        found.append(f"e{record.email}")
    if record.street and record.house:
        found.append(f"a{record.street}|{record.house}|{record.given[:1]}")
    return found


def _name_keys(record: Record) -> list[str]:
    given, family = record.given_sound, record.family_sound
    if not (given and family):
        return []
    # In one order, so that swapped names meet.
    both = "|".join(sorted((given, family)))
    return [f"f{both}"]


def _birth_keys(record: Record, birth: date) -> list[str]:
    found = []
    given, family = record.given_sound, record.family_sound
    if given:
        found.append(f"g{birth:%Y%m%d}{given[:2]}")
    if family:
        found.append(f"d{birth:%Y%m%d}{family[:2]}")
    if birth.day <= 12 and birth.day != birth.month and given:
        one, other = sorted((birth.day, birth.month))
        found.append(f"s{birth.year}{one:02}{other:02}{given}")
    if given and family:
        both = "|".join(sorted((given, family)))
        found.append(f"y{birth.year}{both}")
    return found


def sounds(text: str) -> list[str]:
    """How each word of a folded name sounds."""
    return [sound(word) for word in text.split()]
