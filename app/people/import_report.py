"""What came of an import so far: counts, and the first rows at fault. Kept with the job.

Holds no name and no national id: what is shown of a cell was chosen by ``import_rows``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from app.people.import_rows import ImportProblem, RowProblem

MOST_SHOWN = 500


@dataclass(frozen=True)
class ImportReport:
    """The report of a check or of an import.

    ``failure`` is a code when the job could not go on; ``is_refused`` when nothing was imported
    because some rows were at fault and only all or nothing was wanted. ``alike`` counts rows that
    resemble somebody, ``used`` those for which somebody registered was used.
    """

    good: int = 0
    bad: int = 0
    imported: int = 0
    alike: int = 0
    used: int = 0
    is_comparing: bool = False
    is_refused: bool = False
    failure: str | None = None
    by_code: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[RowProblem, ...] = ()

    def with_failed(self, rows: Iterable[tuple[RowProblem, ...]]) -> Self:
        """The report with more rows at fault; beyond the first 500 problems they are counted."""
        counts, shown, bad = Counter(self.by_code), list(self.problems), self.bad
        for problems in rows:
            bad += 1
            counts.update(problem.code.value for problem in problems)
            shown += problems[: MOST_SHOWN - len(shown)] if len(shown) < MOST_SHOWN else ()
        return replace(self, bad=bad, by_code=dict(counts), problems=tuple(shown))

    def with_added(self, count: int, *, used: int) -> Self:
        """The report with more persons imported, and more rows for which somebody was used."""
        return replace(
            self,
            good=self.good + count,
            imported=self.imported + count,
            used=self.used + used,
        )

    def without_details(self) -> Self:
        """The counts alone, which may be kept for good."""
        return replace(self, problems=())

    def as_json(self) -> dict[str, Any]:
        """The report as it is kept."""
        kept = {name: value for name, value in asdict(self).items() if name != "problems"}
        kept["by_code"] = dict(self.by_code)
        kept["problems"] = [
            [p.line, p.column, p.code.value, p.value_shown, p.first_line] for p in self.problems
        ]
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The report that was kept; an empty one from nothing."""
        problems = tuple(
            RowProblem(line, column, ImportProblem(code), shown, first)
            for line, column, code, shown, first in kept.get("problems", ())
        )
        plain = {name: value for name, value in kept.items() if name != "problems"}
        return cls(**plain, problems=problems)
