"""The scan of a municipality: who changed is compared with all others, and what is found is kept.

What is kept goes in short transactions, each with the persons it is about marked as compared, so
that a scan that is cut off goes on where it stopped.
"""

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.clock import utc_now
from app.db import db, transaction
from app.duplicates import (
    blocks,
    estimation,
    forking,
    index,
    learned,
    pairs,
    reading,
    settling,
)
from app.duplicates.candidates import Likeness, likely
from app.duplicates.index import Made
from app.duplicates.pairs import Found
from app.duplicates.reading import dashed
from app.duplicates.record import Record
from app.duplicates.store import RecordStore
from app.duplicates.weights import SHIPPED, Weights
from app.models import MatchState
from app.security import derived
from app.security.actor import acting_as, operator

FEW = 20
"""One in so many changed: keys are looked up one by one; more, and all are read in order."""

PAYS_FROM = 5_000
"""Persons from which it pays to have other processes do their part."""

LEARNED_FROM = 60_000
"""Pairs to learn from, at most."""

WRITTEN_AT_ONCE = 10_000
"""Persons whose keys are written together: the more, the fewer pages of the index are touched."""

GROWN = 1.5
"""So many times the persons that weights were learned from, and they are learned anew."""

TRIES = 3


@dataclass
class Counts:
    """How far a scan is, and what came of it so far."""

    done: int = 0
    total: int = 0
    persons: int = 0
    compared: int = 0
    found: int = 0
    new: int = 0
    reopened: int = 0
    faded: int = 0


Linking = Callable[[RecordStore], Generator[tuple[int, int]]]
"""Finds pairs of places of records that may be of one person."""

Turn = Callable[[], AbstractContextManager[Callable[[Counts], None]]]
"""One transaction of a scan; what it gives is told how far the scan is."""


@dataclass
class _Scan:
    municipality_id: int
    turn: Turn
    processes: int
    at: datetime
    counts: Counts = field(default_factory=Counts)
    store: RecordStore = field(default_factory=RecordStore)
    ids: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    wanted: int = 0
    everybody: int = 0

    def known(self, person: str) -> Record | None:
        """The record of a person whom the scan has read."""
        place = self.places.get(person.replace("-", ""))
        return None if place is None else self.store.get(place)

    def tell(self) -> None:
        """Tell how far it is, in a transaction of its own."""
        with self.turn() as tell:
            tell(self.counts)


def scan(municipality_id: int, turn: Turn, *, processes: int = 1, anew: bool = False) -> Counts:
    """Compare the persons of a municipality who changed since the last scan; ``anew``, all."""
    make_keys(municipality_id, turn, processes=processes)
    one = _Scan(municipality_id, turn, processes, utc_now())
    candidates = _candidates(one, anew=anew)
    _read(one)
    weights = _weights(one, candidates)
    _compare(one, candidates, weights)
    _settle(one, weights)
    return one.counts


def compare_linked(municipality_id: int, turn: Turn, link: Linking, *, processes: int) -> Counts:
    """Compare everybody with whom ``link`` says: a scan whose pairs are found in another way."""
    make_keys(municipality_id, turn, processes=processes)
    one = _Scan(municipality_id, turn, processes, utc_now())
    one.ids = reading.everybody(municipality_id)
    one.places = {person: place for place, person in enumerate(one.ids)}
    one.wanted = one.everybody = len(one.ids)
    _read(one)
    candidates = blocks.Pairs(one.places, one.wanted)
    with closing(link(one.store)) as found:
        for first, second in found:
            candidates.add_pair(first, second)
    # The other engine has threads of its own in this process now, which a fork would not survive.
    one.processes = 1
    weights = _weights(one, candidates)
    _compare(one, candidates, weights)
    _settle(one, weights)
    return one.counts


def _read(one: _Scan) -> None:
    """Read the records of all whom the scan knows."""
    if len(one.ids) < PAYS_FROM:
        one.processes = 1
    one.counts.persons = one.wanted
    one.counts.total = len(one.ids) + one.wanted
    for number in reading.records(one.municipality_id, one.ids, one.store, processes=one.processes):
        one.counts.done = number
        one.tell()


def plainly(municipality_id: int) -> Turn:
    """Transactions of a scan that nobody waits for."""

    @contextmanager
    def turn() -> Iterator[Callable[[Counts], None]]:
        with acting_as(db.session(), operator(municipality_id)), transaction() as session:
            yield lambda _counts: None
        session.expunge_all()

    return turn


def processors() -> int:
    """How many processes there is room for."""
    return len(os.sched_getaffinity(0))


# --- keys that are missing -----------------------------------------------------------------------


def make_keys(municipality_id: int, turn: Turn, *, processes: int = 1) -> int:
    """Make the keys of persons who have none yet, or old ones; how many they were."""
    ids = reading.without_keys(municipality_id)
    parts = index.batches(ids, reading.AT_ONCE)
    work = partial(reading.made_keys, municipality_id)
    beside = processes if len(ids) >= PAYS_FROM else 1
    gathered: list[Made] = []
    for made in forking.done(work, parts, processes=beside):
        gathered += made
        if len(gathered) >= WRITTEN_AT_ONCE:
            _write_keys(municipality_id, turn, gathered)
            gathered = []
    _write_keys(municipality_id, turn, gathered)
    return len(ids)


def _write_keys(municipality_id: int, turn: Turn, made: Sequence[Made]) -> None:
    """Write keys, but for persons who have changed since they were read: those have new ones."""
    if not made:
        return
    with turn():
        kept, settled = {}, set()
        for some in index.batches([one.person_id for one in made], reading.AT_ONCE):
            found = select(MatchState.person_id, MatchState.keys, index.is_outdated().label("old"))
            for row in db.session.execute(found.where(MatchState.person_id.in_(some))):
                kept[row.person_id] = row.keys
                if not row.old:
                    settled.add(row.person_id)
        rest = [one for one in made if one.person_id not in settled]
        index.write(db.session(), municipality_id, rest, kept=kept)


# --- who is compared with whom -------------------------------------------------------------------


def _candidates(one: _Scan, *, anew: bool) -> blocks.Pairs:
    """The pairs to be compared; the scan knows its persons afterwards."""
    here = one.municipality_id
    everybody = reading.everybody(here)
    changed = everybody if anew else reading.unscanned(here)
    one.wanted, one.everybody = len(changed), len(everybody)
    if len(changed) * FEW < len(everybody):
        with reading.reading(here):
            return _of_few(one, changed)
    known = set(changed)
    one.ids = changed + [person for person in everybody if person not in known]
    one.places = {person: place for place, person in enumerate(one.ids)}
    found = blocks.Pairs(one.places, one.wanted)
    with reading.reading(here):
        for holders in blocks.of_all(here, len(everybody)):
            found.add(holders)
    return found


def _of_few(one: _Scan, changed: list[str]) -> blocks.Pairs:
    keys = reading.keys(one.municipality_id, changed)
    shared = list(blocks.of_keys(one.municipality_id, keys))
    others = {person for holders in shared for person in holders.split(",")}.difference(changed)
    one.ids = changed + sorted(others)
    one.places = {person: place for place, person in enumerate(one.ids)}
    found = blocks.Pairs(one.places, one.wanted)
    for holders in shared:
        found.add(holders)
    return found


def _weights(one: _Scan, candidates: blocks.Pairs) -> Weights:
    """The weights in use; when there are many more or fewer persons than before, new ones.

    They are learned when there are enough to learn from and all of them are here; else they are
    the shipped ones, for so many persons.
    """
    with reading.reading(one.municipality_id):
        known = learned.persons_behind(one.municipality_id)
        weights = learned.weights_of(one.municipality_id)
    if not one.everybody or known / GROWN < one.everybody < known * GROWN:
        return weights
    if one.wanted == one.everybody >= estimation.FEWEST_PERSONS:
        some = candidates.some(LEARNED_FROM)
        weights = estimation.learn(
            (one.store.get(place) for place in range(one.wanted)),
            ((one.store.get(first), one.store.get(second)) for first, second in some),
            count=one.everybody,
        )
    else:
        weights = SHIPPED.sized(one.everybody)
    with one.turn():
        learned.keep(one.municipality_id, weights, persons=one.everybody, at=one.at)
    return weights


# --- comparing, and keeping what is found --------------------------------------------------------


def _compare(one: _Scan, candidates: blocks.Pairs, weights: Weights) -> None:
    sizes = []

    def parts() -> Iterator[object]:
        for bucket in range(len(candidates)):
            taken = candidates.take(bucket)
            sizes.append(len(taken))
            yield taken

    work = partial(likely, one.store, weights)
    for bucket, found in enumerate(forking.done(work, parts(), processes=one.processes)):
        one.counts.compared += sizes[bucket]
        _surely(partial(_keep, one, bucket * blocks.AT_ONCE, found))


def _surely(keep: Callable[[], None]) -> None:
    """Keep what was found, again when somebody answered one of the pairs at the same moment."""
    for _try in range(TRIES - 1):
        try:
            return keep()
        except (IntegrityError, StaleDataError):
            continue
    return keep()


def _keep(one: _Scan, start: int, found: Sequence[Likeness]) -> None:
    """Keep what was found about the persons from ``start`` on, and that they are compared."""
    end = min(start + blocks.AT_ONCE, one.wanted)
    persons = [dashed(plain) for plain in one.ids[start:end]]
    maker = index.hashes(one.municipality_id)
    with one.turn() as tell:
        kept = pairs.keep(
            one.municipality_id,
            [_found(one, maker, likeness) for likeness in found],
            compared=persons,
            is_settled=lambda person: one.places.get(person.replace("-", ""), end) < start,
            at=one.at,
        )
        _mark(db.session(), one, start, persons)
        one.counts.done += end - start
        one.counts.found += len(found)
        one.counts.new += kept.new
        one.counts.reopened += kept.reopened
        one.counts.faded += kept.faded
        tell(one.counts)


def _settle(one: _Scan, weights: Weights) -> None:
    """Let third persons have their say of all pairs that are kept."""
    changed = settling.changes(one.municipality_id, weights, one.known)
    for some in index.batches(changed, settling.AT_ONCE):
        _surely(partial(_keep_settled, one, some))


def _keep_settled(one: _Scan, changed: Sequence[settling.Change]) -> None:
    with one.turn() as tell:
        kept = settling.write(one.municipality_id, changed, at=one.at)
        one.counts.found += kept.new
        one.counts.new += kept.new
        one.counts.reopened += kept.reopened
        one.counts.faded += kept.faded
        tell(one.counts)


def _found(one: _Scan, maker: index.Hashes, likeness: Likeness) -> Found:
    both = sorted(
        (dashed(one.ids[place]), one.store.digest(place))
        for place in (likeness.first, likeness.second)
    )
    (first, first_digest), (second, second_digest) = both
    facts = maker.of_both(first_digest, second_digest)
    return Found(first, second, likeness.score, likeness.band, likeness.findings, facts)


def _mark(session: Session, one: _Scan, start: int, persons: Sequence[str]) -> None:
    """Say that the persons are compared, unless they have changed since they were read."""
    rows = [
        (one.municipality_id, person, one.store.digest(start + number))
        for number, person in enumerate(persons)
    ]
    derived.copy(
        session,
        MatchState,
        ("municipality_id", "person_id", "digest"),
        rows,
        source="digest",
        target="scanned_digest",
    )
