"""What persons are found by: keyed hashes of their facts, kept in step with every change.

The few possible values of a national id, or of a birth date and a name, could be tried one by
one: the hashes are made with a key of the installation, which is not in the database, and differ
between municipalities. A person out of use has no keys.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Protocol

from sqlalchemy import ColumnElement, event, inspect, or_, select
from sqlalchemy.orm import Session, UOWTransaction

from app.duplicates.keys import keys_of
from app.duplicates.record import Facts, Record, record_of
from app.models import MatchKey, MatchState, Person
from app.people.keyring import keyring
from app.security import derived
from app.security.keys import Keyring

SCHEME = 2
"""Raised when normal forms or keys change: the next scan makes all keys anew."""
ANSWERED_UNDER = bytes([2])
"""Stands for the scheme in what an answer is kept with: a later scheme must not undo answers."""

COMPARED = (
    Person.given_name,
    Person.family_name,
    Person.birth_date,
    Person.national_id_cipher,
    Person.claimed_id_cipher,
    Person.email,
    Person.phone,
    Person.address,
    Person.postcode,
    Person.unit_id,
    Person.is_shielded,
    Person.retired_at,
)
COLUMNS = (Person.id, *COMPARED)
"""All that is read of a person to compare them."""

KEY = 8
DIGEST = 16
_CHANGED = "samvev_match_changed"
_FOLLOWED = frozenset(column.key for column in COMPARED)
_KEY_COLUMNS = ("municipality_id", "key", "person_id")
_STATE_COLUMNS = ("municipality_id", "person_id", "digest", "keys")


class Known(Protocol):
    """A person, or a row of ``COLUMNS``."""

    id: Any
    given_name: Any
    family_name: Any
    birth_date: Any
    national_id_cipher: Any
    claimed_id_cipher: Any
    email: Any
    phone: Any
    address: Any
    postcode: Any
    unit_id: Any
    is_shielded: Any
    retired_at: Any


def facts_of(person: Known) -> Facts:
    """What is compared of a person. Where a shielded person lives or belongs is left out."""
    cipher = person.national_id_cipher or person.claimed_id_cipher
    is_open = not person.is_shielded
    return Facts(
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        national_id=keyring().decrypt(cipher) if cipher is not None else None,
        email=person.email,
        phone=person.phone,
        address=person.address if is_open else None,
        postcode=person.postcode if is_open else None,
        unit_id=person.unit_id if is_open else None,
    )


class Hashes:
    """Makes the hashes of one municipality."""

    def __init__(self, ring: Keyring, municipality_id: int) -> None:
        self._key = bytes.fromhex(ring.keyed_hash("match key", str(municipality_id)))

    def keys(self, record: Record) -> list[int]:
        """The keys of a person as they are kept: signed numbers of 64 bits, in order."""
        secret = self._key
        return sorted(
            int.from_bytes(blake2b(one, digest_size=KEY, key=secret).digest(), "big", signed=True)
            for one in keys_of(record)
        )

    def digest(self, facts: Facts | None) -> bytes:
        """What stands for all that is compared; without facts, for a person out of use."""
        parts = () if facts is None else tuple(getattr(facts, name) for name in Facts.__slots__)
        text = "\x1f".join("" if part is None else str(part) for part in parts)
        rest = blake2b(text.encode(), digest_size=DIGEST - 1, key=self._key)
        return bytes([SCHEME]) + rest.digest()

    def digest_of(self, person: Known) -> bytes:
        """What stands for all that is compared of a person."""
        return self.digest(None if person.retired_at is not None else facts_of(person))

    def of_both(self, first: bytes, second: bytes) -> bytes:
        """What stands for what two persons were, by their digests, whichever scheme made these."""
        both = b"".join(ANSWERED_UNDER + one[1:] for one in (first, second) if one)
        return blake2b(both, digest_size=DIGEST, key=self._key).digest()


def hashes(municipality_id: int) -> Hashes:
    """What makes the hashes of the municipality."""
    return _hashes(keyring(), municipality_id)


@lru_cache(maxsize=64)
def _hashes(ring: Keyring, municipality_id: int) -> Hashes:
    return Hashes(ring, municipality_id)


def is_outdated() -> ColumnElement[bool]:
    """The condition for a state that an older version of the program made."""
    return or_(
        MatchState.digest < bytes([SCHEME]),
        MatchState.digest >= bytes([SCHEME + 1]),
    )


def is_unscanned() -> ColumnElement[bool]:
    """The condition for a state that was not compared with others since it changed.

    Said as the index says it, for PostgreSQL to take it.
    """
    return or_(MatchState.scanned_digest.is_(None), MatchState.scanned_digest != MatchState.digest)


def packed(keys: Sequence[int]) -> bytes:
    """Keys as they are kept with the person's state."""
    return b"".join(key.to_bytes(KEY, "big", signed=True) for key in keys)


def unpacked(kept: bytes) -> list[int]:
    """The keys that are kept."""
    return [
        int.from_bytes(kept[start : start + KEY], "big", signed=True)
        for start in range(0, len(kept), KEY)
    ]


# --- keeping in step -----------------------------------------------------------------------------


def follow_changes(session_class: type[Session]) -> None:
    """Keep the keys of persons in step with each flush of ``session_class``; once is enough."""
    if not event.contains(session_class, "before_flush", _note_changes):
        event.listen(session_class, "before_flush", _note_changes)
        event.listen(session_class, "after_flush", _write_changes)


def _note_changes(session: Session, _context: UOWTransaction, _instances: object) -> None:
    new = [row for row in session.new if isinstance(row, Person)]
    changed = [row for row in session.dirty if isinstance(row, Person) and _differs(row)]
    session.info[_CHANGED] = (new, changed)


def _differs(person: Person) -> bool:
    attributes: Any = inspect(person).attrs
    return any(attributes[name].history.has_changes() for name in _FOLLOWED)


def _write_changes(session: Session, _context: UOWTransaction) -> None:
    new, changed = session.info.pop(_CHANGED, ((), ()))
    for municipality_id in {person.municipality_id for person in (*new, *changed)}:
        maker = hashes(municipality_id)
        mine = [one for one in (*new, *changed) if one.municipality_id == municipality_id]
        made = (made_of(maker, one) for one in mine)
        write(session, municipality_id, made, kept=_kept(session, changed))


def _kept(session: Session, persons: Sequence[Person]) -> dict[str, bytes]:
    """The keys that persons have until now."""
    if not persons:
        return {}
    ids = [person.id for person in persons]
    found = select(MatchState.person_id, MatchState.keys).where(MatchState.person_id.in_(ids))
    return {row.person_id: row.keys for row in session.execute(found)}


@dataclass(frozen=True, slots=True)
class Made:
    """The keys of a person, and what stands for the facts they were made of."""

    person_id: str
    keys: list[int]
    digest: bytes


def made_of(maker: Hashes, person: Known) -> Made:
    """The keys of a person as they are now; none for a person out of use."""
    if person.retired_at is not None:
        return Made(person.id, [], maker.digest(None))
    facts = facts_of(person)
    return Made(person.id, maker.keys(record_of(facts)), maker.digest(facts))


def write(
    session: Session, municipality_id: int, made: Iterable[Made], *, kept: Mapping[str, bytes]
) -> None:
    """Write the keys of persons of the scope's municipality; ``kept`` are those that stand."""
    added: list[tuple[int, int, str]] = []
    gone: list[tuple[int, int, str]] = []
    states = []
    for one in made:
        before = set(unpacked(kept.get(one.person_id, b"")))
        added += [(municipality_id, key, one.person_id) for key in one.keys if key not in before]
        gone += [(municipality_id, key, one.person_id) for key in before.difference(one.keys)]
        states.append((municipality_id, one.person_id, one.digest, packed(one.keys)))
    if gone:
        derived.drop(session, MatchKey, _KEY_COLUMNS, sorted(gone))
    if added:
        # In order, so that neighbours go into a page of the index together.
        derived.put(session, MatchKey, _KEY_COLUMNS, sorted(added))
    if states:
        derived.put(session, MatchState, _STATE_COLUMNS, states)


def batches(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """``rows``, so many at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
