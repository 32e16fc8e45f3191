"""What persons who may be the same have in common: keys under which they are found.

Two persons are compared when they share a key, so a key must be shared by most records of one
human and by few others. Keys are made of what is registered; whoever keeps them hashes them.
Blocks stay small in a nation: whoever looks may skip those of more than some hundred persons.
"""

from collections.abc import Iterator

from app.duplicates.rarity import family_shares
from app.duplicates.record import Record
from app.duplicates.spelling import sound

# Shorter local parts of e-mail addresses (``kari``) are shared by too many.
SHORTEST_MAILBOX = 6
SHORTEST_WHOLE_NAME = 8
MOST_NAMES = 2


def keys_of(record: Record) -> frozenset[bytes]:
    """The keys of a person. What is not known gives no key."""
    given, family = record.given.split(), record.family.split()
    sounds = [sound(word) for word in given], [sound(word) for word in family]
    found = {*_contact_keys(record, *sounds), *_name_keys(family, *sounds)}
    found.update(_whole_name_keys(record.mailbox, given, family))
    for birth in (record.birth, record.other_birth):
        if birth:
            found.update(_birth_keys(birth, *sounds))
    return frozenset(key.encode() for key in found)


def _contact_keys(record: Record, given: list[str], family: list[str]) -> Iterator[str]:
    if record.number:
        yield f"n{record.number.digits}"
    if record.phone:
        yield f"p{record.phone}"
    if len(record.mailbox) >= SHORTEST_MAILBOX:
        yield f"e{record.mailbox}"
    elif record.mailbox:
        yield f"e{record.email}"
    first = given[0] if given else ""
    if record.street and record.house:
        yield f"a{record.street}|{record.house}|{first[:1]}"
    if record.postcode and first and family:
        yield f"c{record.postcode}{first[:2]}{family[-1][:1]}"
    if record.unit and first:
        yield f"u{record.unit}|{first}"


def _whole_name_keys(mailbox: str, given: list[str], family: list[str]) -> Iterator[str]:
    """The name, and the letters of the e-mail in case they are one: a name that is mistyped or
    was another before is often right there."""
    names = ["".join(letter for letter in mailbox if letter.isalpha())]
    if given and family:
        names.append(given[0] + family[-1])
    for name in names:
        if len(name) >= SHORTEST_WHOLE_NAME:
            yield f"m{name}"


def _name_keys(words: list[str], given: list[str], family: list[str]) -> Iterator[str]:
    """Pairs of a given and a family name, in one order, so that swapped names meet; a rare family
    name with the beginning of a given name, so that mistyped and short given names meet."""
    if not (given and family):
        return
    for name in family[-MOST_NAMES:]:
        one, other = sorted((given[0], name))
        yield f"f{one}|{other}"
    for word, name in zip(words[-MOST_NAMES:], family[-MOST_NAMES:], strict=True):
        if word not in family_shares():
            for initial in {given[0][:2], given[-1][:2]}:
                yield f"r{name}|{initial}"


def _birth_keys(birth: str, given: list[str], family: list[str]) -> Iterator[str]:
    for name in (*given[:MOST_NAMES], *family[-MOST_NAMES:]):
        yield f"d{birth}{name[:2]}"
    if not given:
        return
    year, month, day = birth[:4], birth[4:6], birth[6:]
    if day <= "12" and day != month:
        one, other = sorted((day, month))
        yield f"s{year}{one}{other}{given[0][:3]}"
    if family:
        one, other = sorted((given[0][:2], family[-1][:2]))
        yield f"y{year}{one}|{other}"
