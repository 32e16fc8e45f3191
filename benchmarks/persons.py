"""Norwegian persons who do not exist, some registered twice, with the answer known.

Whole households are drawn, so that twins, fathers and sons of one name, spouses on one phone and
siblings at one address come by themselves; namesakes are added. Each human is registered once or
more often, by registers that know different things, with the mistakes of ``mistakes``. A seed
gives the same persons every time; nothing is kept, so a million take no more memory than ten.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from benchmarks.humans import COLUMNS, Human, Rates, Row, households, number_of
from benchmarks.registering import registrations

VARIATIONS: dict[str, Rates] = {
    "usual": Rates(),
    "harsh": Rates(missing=1.0, mistakes=1.8, first_mistakes=0.3),
    "much missing": Rates(missing=1.5, with_number=0.25),
    "many twins": Rates(twins=0.2, same_name_son=0.15, namesakes=0.08, shared_contact=0.7),
    "few names": Rates(long_tail=0.0, missing=0.9),
    "many mistakes": Rates(mistakes=3.0, first_mistakes=0.8),
    "tidy": Rates(mistakes=0.7, first_mistakes=0.05, missing=0.4),
    "few duplicates": Rates(twice=0.02),
    "professionals": Rates(professionals=0.9, units=60),
}


def rows(count: int, *, seed: int = 1, rates: Rates | None = None) -> Iterator[Row]:
    """``count`` registrations, those of one human near each other."""
    rates, random, made, number = rates or Rates(), Random(seed), 0, 0
    for number, human in enumerate(_numbered(households(random, rates), random)):
        for row in registrations(human, number, random, rates):
            yield replace(row, external_id=f"P{made:07}")
            made += 1
            if made == count:
                return


def write(path: Path, count: int, *, seed: int = 1, rates: Rates | None = None) -> None:
    """A CSV for the import, and beside it who is who (``.truth.csv``)."""
    with path.open("w", newline="") as persons, path.with_suffix(".truth.csv").open("w") as truth:
        table, answers = csv.writer(persons), csv.writer(truth)
        table.writerow(COLUMNS)
        answers.writerow(("external_id", "human"))
        for row in rows(count, seed=seed, rates=rates):
            table.writerow(row.cells)
            answers.writerow((row.external_id, row.human))


def _numbered(humans: Iterator[Human], random: Random) -> Iterator[Human]:
    """The humans, no two with one identity number; none for whom the day has none left."""
    used: set[int] = set()
    for human in humans:
        number = human.number
        for _ in range(20):
            if int(number) not in used:
                break
            number = number_of(human.birth, random)
        used.add(int(number))
        yield replace(human, number=number) if number != human.number else human
