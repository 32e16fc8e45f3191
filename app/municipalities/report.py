"""What a newer list from KLASS means for this installation, one finding a line, in plain English.

Pure: what changed comes from ``changes``, who is in use from whoever asks. Nothing is written.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.municipalities.changes import RegisterChanges
from app.municipalities.klass import KlassFact
from app.municipalities.register import MunicipalityFact, full_name


class Kind(StrEnum):
    """What happened to a municipality."""

    NEW = "new"
    ENDED = "ended"
    RENAMED = "renamed"
    RENUMBERED = "renumbered"
    MERGED = "merged"
    SPLIT = "split"


@dataclass(frozen=True)
class Finding:
    """One change: the numbers and names before and after, each as "0301 Oslo".

    ``stranded`` are those that end and that this installation holds data for.
    """

    kind: Kind
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    stranded: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Report:
    """All findings, and the day on which they take effect."""

    findings: tuple[Finding, ...] = ()
    on: date | None = None
    is_future: bool = False

    def of(self, kind: Kind) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind is kind)


def make_report(changes: RegisterChanges, in_use: Collection[str], *, today: date) -> Report:
    """Tell every change; ``in_use`` are the numbers that this installation holds data for."""
    if changes.nothing_changed:
        return Report()
    on = takes_effect(changes) or today
    return Report(tuple(_findings(changes, in_use)), on, is_future=on > today)


def takes_effect(changes: RegisterChanges) -> date | None:
    """The latest day that the files give for a number that comes; None if they give none."""
    arriving = [fact.valid_from for fact in arrivals(changes)]
    moved = [one.changed_on or one.new.valid_from for one in changes.renumbered]
    return max((day for day in arriving + moved if day is not None), default=None)


def arrivals(changes: RegisterChanges) -> list[KlassFact]:
    """The municipalities that the register lacks, each once, by number."""
    found = {fact.number: fact for fact in changes.new}
    found |= {one.new.number: one.new for one in changes.merged}
    found |= {fact.number: fact for one in changes.split for fact in one.new}
    going_on = {one.new.number for one in changes.merged if _goes_on(one.new, one.old)}
    return [found[number] for number in sorted(found.keys() - going_on)]


def departures(changes: RegisterChanges) -> dict[str, Kind]:
    """Why each number that ends does so, by number."""
    found = {fact.number: Kind.ENDED for fact in changes.ended}
    for merger in changes.merged:
        found |= {old.number: Kind.MERGED for old in merger.old if old.number != merger.new.number}
    return found | {division.old.number: Kind.SPLIT for division in changes.split}


def _goes_on(new: KlassFact, old: Iterable[MunicipalityFact]) -> bool:
    return any(fact.number == new.number for fact in old)


def _findings(changes: RegisterChanges, in_use: Collection[str]) -> Iterator[Finding]:
    for fact in changes.new:
        yield Finding(Kind.NEW, after=(_new(fact),), note=_note(fact))
    for ended in changes.ended:
        yield Finding(Kind.ENDED, (_old(ended),), stranded=_stranded((ended,), in_use))
    for renaming in changes.renamed:
        names = (_old(renaming.old),), (_new(renaming.new),)
        yield Finding(Kind.RENAMED, *names, note=_letters(renaming.new))
    for moved in changes.renumbered:
        names = (_old(moved.old),), (_new(moved.new),)
        yield Finding(Kind.RENUMBERED, *names, note=_letters(moved.new))
    for merger in changes.merged:
        gone = tuple(old for old in merger.old if old.number != merger.new.number)
        before = tuple(_old(old) for old in merger.old)
        stranded = _stranded(gone, in_use)
        yield Finding(Kind.MERGED, before, (_new(merger.new),), stranded, _letters(merger.new))
    for division in changes.split:
        after = tuple(_new(fact) for fact in division.new)
        stranded = _stranded((division.old,), in_use)
        yield Finding(Kind.SPLIT, (_old(division.old),), after, stranded)


def _stranded(ended: Iterable[MunicipalityFact], in_use: Collection[str]) -> tuple[str, ...]:
    return tuple(_old(fact) for fact in ended if fact.number in in_use)


def _old(fact: MunicipalityFact) -> str:
    return f"{fact.number} {full_name(fact)}"


def _new(fact: KlassFact) -> str:
    return f"{fact.number} {fact.full_name}"


def _letters(fact: KlassFact) -> str:
    return "Letters of the name are lost in the file." if fact.has_lost_letters else ""


def _note(fact: KlassFact) -> str:
    """What KLASS does not say, or what is wrong with what it says."""
    return _letters(fact) or "Its written Norwegian counts as neutral until it is set."


def lines(report: Report) -> Iterator[str]:
    """The report as text, one line a finding."""
    if not report.findings:
        yield "Nothing has changed."
        return
    for finding in report.findings:
        yield " ".join(_parts(finding))
    yield f"In force from {report.on}."
    if report.is_future:
        yield "Nothing is written before that day: run the command again then."


def _parts(finding: Finding) -> Iterator[str]:
    yield f"{finding.kind.value.capitalize()}: {_sentence(finding)}"
    for name in finding.stranded:
        yield f"{name} is in use here: its data stay under it. Decide what becomes of them."
    if finding.note:
        yield finding.note


def _sentence(finding: Finding) -> str:
    before, after = " and ".join(finding.before), " and ".join(finding.after)
    if not after:
        return f"{before} is no longer a municipality."
    if not before:
        return f"{after}."
    return f"{before} {'is' if len(finding.before) == 1 else 'are'} now {after}."
