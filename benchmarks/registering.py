"""How a human comes to stand in a register: by which source, with what missing and mistaken."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from benchmarks import mistakes
from benchmarks.humans import Human, Rates, Row


@dataclass(frozen=True)
class Source:
    """A register and how likely it holds each fact."""

    name: float = 1.0
    birth: float = 0.95
    number: float = 0.6
    phone: float = 0.7
    email: float = 0.5
    address: float = 0.6
    unit: float = 0.05


SOURCES = (
    (0.35, Source(number=0.95, phone=0.75, email=0.5, address=0.85)),  # A journal.
    (0.2, Source(number=0.55, phone=0.8, email=0.7, address=0.7, unit=0.2)),  # A school.
    (0.2, Source(birth=0.75, number=0.2, phone=0.8, email=0.6, address=0.4)),  # A form.
    (0.15, Source(birth=0.25, number=0.08, phone=0.85, email=0.5, address=0.2)),  # Next of kin.
    (0.1, Source(birth=0.6, number=0.3, phone=0.5, email=0.4, address=0.4)),  # An old list.
)
WORK = Source(birth=0.35, number=0.12, phone=0.8, email=0.85, address=0.08, unit=0.95)


def registrations(human: Human, number: int, random: Random, rates: Rates) -> Iterator[Row]:
    """The rows a human has; the first is the cleanest."""
    count = 1
    if random.random() < rates.twice:
        count = 2
        while count < 5 and random.random() < rates.thrice:
            count += 1
    clean = random.random() < 0.5
    for place in range(count):
        source = _source(human, random)
        row = _known(human, number, source, random, rates)
        mean = rates.first_mistakes if place == 0 and clean else rates.mistakes
        yield _mistaken(row, human, random, mean if count > 1 else rates.first_mistakes, rates)


def _source(human: Human, random: Random) -> Source:
    if human.work[2] and random.random() < 0.7:
        return WORK
    drawn = random.random()
    for share, source in SOURCES:
        drawn -= share
        if drawn < 0:
            return source
    return SOURCES[0][1]


def _known(human: Human, number: int, source: Source, random: Random, rates: Rates) -> Row:
    at_work = source is WORK
    with_number = source.number * rates.with_number / 0.6

    def knows(share: float) -> bool:
        return random.random() < 1 - (1 - share) * rates.missing

    email = human.work[0] if at_work and random.random() < 0.8 else human.email
    phone = human.work[1] if at_work and random.random() < 0.3 else human.phone
    has_address = knows(source.address)
    return Row(
        external_id="",
        given_name=human.given,
        family_name=human.family,
        birth_date=human.birth.isoformat() if knows(source.birth) else "",
        national_id=human.number if random.random() < with_number else "",
        email=email if knows(source.email) else "",
        phone=phone if knows(source.phone) else "",
        address=human.address if has_address else "",
        postcode=human.postcode if has_address or random.random() < 0.3 else "",
        employer_unit=human.work[2] if random.random() < source.unit else "",
        human=number,
    )


def _mistaken(row: Row, human: Human, random: Random, mean: float, rates: Rates) -> Row:
    for _ in range(_poisson(mean, random)):
        mistake = mistakes.draw(random, rates.weights)
        row = mistake(row, human, random)
    return row


def _poisson(mean: float, random: Random) -> int:
    count, left = 0, random.expovariate(1.0)
    while left < mean:
        count += 1
        left += random.expovariate(1.0)
    return count
