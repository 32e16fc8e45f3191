"""Grows a made-up municipality to the size of a town: thousands of people, plans of three years.

It is made when it is asked for, never at an ordinary start. The same people and plans come out
every time, with dates relative to the day of growing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.columns import TenantOwned
from app.demonstration import grown_logins, grown_people, grown_plans
from app.demonstration.crowd import SEED, plain
from app.demonstration.grown_beside import Seen
from app.demonstration.grown_logins import KeyRoles, Wanted
from app.demonstration.grown_method import Method
from app.demonstration.grown_people import Population
from app.demonstration.grown_places import FACT, GRANVIK, NUMBER
from app.demonstration.plans import Moment, keep
from app.enums import JobKind, JobState, Language, LanguageForm, Role
from app.models import Job, Municipality, Plan
from app.municipalities import operations as municipalities
from app.municipalities.register import Register, load_register
from app.security.actor import acting_as, operator

PERSONS, PLANS = 12_000, 2_000
LOCAL_ADMINISTRATOR = "lokal.granvik"
GROWN_FROM = 1_000
"""A municipality with so many plans has been grown."""


class CannotGrow(Exception):
    """The municipality is no made-up one, or has been grown already."""


@dataclass(frozen=True)
class Grown:
    """What was made."""

    municipality_id: int
    name: str
    persons: int
    plans: int
    logins: tuple[str, ...]


def grow(
    session: Session,
    number: str = NUMBER,
    *,
    persons: int = PERSONS,
    plans: int = PLANS,
    at: datetime,
    today: date,
) -> Grown:
    """Add so many persons and plans to a made-up municipality, in the caller's transaction.

    Raises:
        CannotGrow: its people are real, it is not there, or it has been grown.
    """
    municipality = _municipality(session, number)
    id_, name = municipality.id, municipality.name
    is_nynorsk = municipality.language_form is LanguageForm.NYNORSK
    language, moment = Language.NN if is_nynorsk else Language.NB, Moment(at, today)
    with acting_as(session, operator(id_)) as actor:
        if (session.scalar(select(func.count(Plan.id))) or 0) >= GROWN_FROM:
            raise CannotGrow(f"{name} has been grown already.")
        place = grown_people.place_of(session, number, language, GRANVIK)
        if place.number != number:
            raise CannotGrow(f"{name} has no units yet.")
        town = plain(name) if place is GRANVIK else f"{plain(name)}.stor"
        population = grown_people.register(session, actor, place, moment, persons)
        roles = grown_logins.appoint(session, population, town)
        elsewhere = grown_logins.outsiders(session, population)
        found = grown_plans.set_up(session, id_, population)
        seen = grown_plans.plant(session, population, roles, elsewhere, found, plans)
        _let_in(session, population, seen)
        keep(session, [*_method(population, roles), *_past_jobs(moment, roles.recorder_id)])
    return Grown(id_, name, persons, plans, (f"lokal.{town}", f"koordinator.{town}"))


def _municipality(session: Session, number: str) -> Municipality:
    """The municipality, in use from now on; the large one is added if it is not there."""
    if number == NUMBER:
        counties = load_register().demonstration_counties
        municipalities.load(session, Register((), (), counties, (FACT,)), demonstration=True)
    wanted = select(Municipality).where(Municipality.number == number)
    found = session.scalars(wanted).one_or_none()
    if found is None or not found.is_demonstration:
        raise CannotGrow(f"{number} is no made-up municipality.")
    found.is_in_use = True
    session.flush()
    return found


def _let_in(session: Session, population: Population, seen: Mapping[str, Seen]) -> None:
    """Logins for those who own plans, act for owners or take part: the ones that were drawn."""
    moment = population.moment
    wanted = [
        Wanted(
            one,
            Role.PARTICIPANT,
            moment.day(-900),
            last_login_at=None if days is None else moment.before(days),
        )
        for one in population.everybody
        if one.id in seen and seen[one.id].has_login
        for days in [seen[one.id].days]
    ]
    grown_logins.give(session, wanted)


def _method(population: Population, roles: KeyRoles) -> Iterator[TenantOwned]:
    """The registers of the method; the leaders of some units keep the routines."""
    draw = Random(f"{SEED} method {population.place.number}")
    coordinators = [one.id for one in roles.coordinators]
    language = population.place.language
    method = Method(draw, population.moment, language, coordinators, coordinators[:7])
    return method.rows()


def _past_jobs(moment: Moment, account_id: int) -> Iterator[Job]:
    """A search for duplicates every month, one of which failed lately."""
    for days in range(5, 400, 30):
        has_failed, at = days == 35, moment.before(days)
        yield Job(
            kind=JobKind.DUPLICATE_SCAN,
            state=JobState.FAILED if has_failed else JobState.DONE,
            account_id=account_id,
            title="Leting etter duplikater",
            report={"failure": "scan_runs_already"} if has_failed else {"persons": days},
            created_at=at,
            started_at=at,
            ended_at=at,
        )
