"""What a newer list from KLASS changes in the register: pure comparison, nothing is written.

A code list alone tells which numbers came and went. A number that went is taken as renumbered when
exactly one new number has its name. The change table tells more: what was merged, and what split.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date

from app.municipalities.klass import CodeChange, KlassFact
from app.municipalities.register import MunicipalityFact

# The letters of Sámi and Kven names that ISO-8859-1 lacks; SSB's tables write them without marks.
WITHOUT_MARKS = str.maketrans("čđŋšŧž", "cdnstz")
LOST_LETTERS = "?\ufffd"


@dataclass(frozen=True)
class Renaming:
    """The number is the same, the official names are not."""

    old: MunicipalityFact
    new: KlassFact


@dataclass(frozen=True)
class Renumbering:
    """One municipality went on under another number. ``changed_on`` is None where no file says."""

    old: MunicipalityFact
    new: KlassFact
    changed_on: date | None = None


@dataclass(frozen=True)
class Merger:
    """Several went into one.

    Among ``old`` is also the one that took in others under its own number, and one that was
    divided and gave only a part.
    """

    old: tuple[MunicipalityFact, ...]
    new: KlassFact


@dataclass(frozen=True)
class Division:
    """One was divided between several, which may be new or not."""

    old: MunicipalityFact
    new: tuple[KlassFact, ...]


@dataclass(frozen=True)
class RegisterChanges:
    """The difference between the register and a newer list, each kind sorted by number.

    ``new`` and ``ended`` hold only what no other kind explains.
    """

    new: tuple[KlassFact, ...] = ()
    ended: tuple[MunicipalityFact, ...] = ()
    renamed: tuple[Renaming, ...] = ()
    renumbered: tuple[Renumbering, ...] = ()
    merged: tuple[Merger, ...] = ()
    split: tuple[Division, ...] = ()

    @property
    def nothing_changed(self) -> bool:
        """Whether the two agree."""
        return not any(getattr(self, kind.name) for kind in fields(self))


@dataclass(frozen=True)
class _Move:
    """Where a number that is gone went to, and on which day if the table says so."""

    targets: tuple[str, ...]
    changed_on: date | None = None


Known = Mapping[str, MunicipalityFact]
Newer = Mapping[str, KlassFact]
Moves = Mapping[str, _Move]


def compare(
    known: Iterable[MunicipalityFact],
    newer: Iterable[KlassFact],
    table: Iterable[CodeChange] = (),
) -> RegisterChanges:
    """Compare the register with a newer code list, with the help of a change table if there is one.

    Only what is in force counts: facts with an end date are taken as ended. Changes of boundary,
    which the table has as a change of a number that goes on, are left out.
    """
    before = {fact.number: fact for fact in known if fact.valid_to is None}
    after = {fact.number: fact for fact in newer if fact.valid_to is None}
    by_table = _moves_in_table(before, after, table)
    return _sorted_out(before, after, {**_moves_by_name(before, after, by_table), **by_table})


def same_names(first: Iterable[str], second: Iterable[str]) -> bool:
    """Whether two lists of official names are the same, whatever their order and lost letters."""
    names, others = list(first), list(second)
    if len(names) != len(others):
        return False
    for name in names:
        match = next((other for other in others if same_name(name, other)), None)
        if match is None:
            return False
        others.remove(match)
    return True


def same_name(first: str, second: str) -> bool:
    """Whether two names are the same where the letters that a file can lose stand for any other."""
    left, right = _plain(first), _plain(second)
    return len(left) == len(right) and all(
        a == b or a in LOST_LETTERS or b in LOST_LETTERS for a, b in zip(left, right, strict=True)
    )


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().translate(WITHOUT_MARKS)


def _moves_in_table(before: Known, after: Newer, table: Iterable[CodeChange]) -> dict[str, _Move]:
    endings = _last_rows(table)
    moves = {}
    for number in before.keys() - after.keys():
        found = _followed(number, endings, after)
        if found:
            moves[number] = _Move(tuple(sorted(found)), max(found.values()))
    return moves


def _last_rows(table: Iterable[CodeChange]) -> Mapping[str, list[CodeChange]]:
    """The rows of each number's last day; rows before that moved a boundary and no more."""
    rows: dict[str, list[CodeChange]] = defaultdict(list)
    for change in table:
        rows[change.old_number].append(change)
    last_day = {number: max(row.changed_on for row in own) for number, own in rows.items()}
    return {
        number: [row for row in own if row.changed_on == last_day[number]]
        for number, own in rows.items()
    }


def _followed(
    number: str, endings: Mapping[str, list[CodeChange]], after: Newer
) -> Mapping[str, date]:
    """The numbers now in force that a number went into, by way of others, and since when."""
    found: dict[str, date] = {}
    seen, waiting = {number}, [number]
    while waiting:
        for row in endings.get(waiting.pop(), ()):
            if row.new_number in after:
                found[row.new_number] = row.changed_on
            elif row.new_number not in seen:
                seen.add(row.new_number)
                waiting.append(row.new_number)
    return found


def _moves_by_name(before: Known, after: Newer, known_moves: Moves) -> dict[str, _Move]:
    """Numbers gone without a row in the table, and the only new number with the same name."""
    reached = {target for move in known_moves.values() for target in move.targets}
    gone = before.keys() - after.keys() - known_moves.keys()
    arrived = after.keys() - before.keys() - reached
    pairs = [
        (old, new)
        for old in gone
        for new in arrived
        if any(same_name(before[old].name, name) for name in after[new].names)
    ]
    of_old, of_new = Counter(old for old, _ in pairs), Counter(new for _, new in pairs)
    return {
        old: _Move((new,), after[new].valid_from)
        for old, new in pairs
        if of_old[old] == 1 and of_new[new] == 1
    }


def _sorted_out(before: Known, after: Newer, moves: Moves) -> RegisterChanges:
    sources = _sources(before, moves)
    gone = sorted(before.keys() - after.keys())
    arrived = sorted(after.keys() - before.keys())
    return RegisterChanges(
        new=tuple(after[number] for number in arrived if number not in sources),
        ended=tuple(before[number] for number in gone if number not in moves),
        renamed=tuple(_renamings(before, after)),
        renumbered=tuple(_renumberings(before, after, moves, sources)),
        merged=tuple(
            Merger(tuple(before[old] for old in olds), after[new])
            for new, olds in sorted(sources.items())
            if len(olds) > 1
        ),
        split=tuple(
            Division(before[old], tuple(after[new] for new in move.targets))
            for old, move in sorted(moves.items())
            if len(move.targets) > 1
        ),
    )


def _sources(before: Known, moves: Moves) -> Mapping[str, list[str]]:
    """By new number the old ones that went into it, itself among them if it was there before."""
    sources: dict[str, set[str]] = defaultdict(set)
    for old, move in moves.items():
        for new in move.targets:
            sources[new] |= {old, new} & before.keys()
    return {new: sorted(olds) for new, olds in sources.items()}


def _renamings(before: Known, after: Newer) -> Iterator[Renaming]:
    for number in sorted(before.keys() & after.keys()):
        if not same_names(before[number].names, after[number].names):
            yield Renaming(before[number], after[number])


def _renumberings(
    before: Known, after: Newer, moves: Moves, sources: Mapping[str, list[str]]
) -> Iterator[Renumbering]:
    for old, move in sorted(moves.items()):
        if len(move.targets) == 1 and sources[move.targets[0]] == [old]:
            yield Renumbering(before[old], after[move.targets[0]], move.changed_on)
