"""Worlds of plans, drawn at random, dense where the rules turn: on days, nights and birthdays.

A round plants two municipalities round one day, ``pivot``: periods, consents and birthdays begin
and end on it, the day before and the day after, and it is looked at from the instants round its
midnight in Norway.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.columns import new_id
from app.enums import (
    AuthorityKind,
    ConsentCapacity,
    ConsentKind,
    ConsentMethod,
    EntryKind,
    Level,
    PlanKind,
    PlanState,
    Role,
    Section,
    UnitKind,
)
from app.models import (
    AgeRule,
    Authority,
    Consent,
    ConsentCover,
    ConsentText,
    EmergencyAccess,
    Grant,
    Membership,
    Participant,
    Person,
    Plan,
    PlanEntry,
    StandIn,
    Unit,
    WithheldSection,
)
from app.security import tenancy
from app.side_tables import Handover
from tests.security.plan_rules import Facts

OSLO = ZoneInfo("Europe/Oslo")
PIVOTS = (
    date(2026, 3, 29),  # Clocks go forward in the night that begins this day.
    date(2026, 3, 30),
    date(2026, 10, 25),  # Clocks go back.
    date(2026, 10, 26),
    date(2028, 2, 29),
    date(2027, 2, 28),
    date(2027, 3, 1),
    date(2027, 1, 1),
    date(2026, 7, 15),
)
AGES = (12, 15, 16, 18)
BEFORE, AFTER = -400, 400
NEAR = (-2, -1, 0, 1, 2)
ACCOUNTS = 9
SECTIONS = (
    Section.GOALS,
    Section.ACTIVITIES,
    Section.COMMENTS,
    Section.PARTICIPANTS,
    Section.CONSENTS,
)
"""Few enough for grants, consents and entries to meet; every section is asked for."""
AMONG_ACTIVITIES = (Section.ACTIVITIES, Section.ACTIVITIES, Section.COMMENTS, Section.COMMENTS)
"""Where there are some of everybody's, with something said about them."""
LEVELS = tuple(level for level in Level if level is not Level.NONE)


PLANTED = (
    AgeRule,
    Membership,
    Authority,
    WithheldSection,
    Plan,
    StandIn,
    EmergencyAccess,
    Handover,
    Participant,
    Grant,
    Consent,
    ConsentCover,
    PlanEntry,
)
"""In an order in which nothing points at what is not there yet."""


@dataclass
class Town:
    """One municipality of a round, while it is planted."""

    id: int
    accounts: list[int]
    units: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    authorities: dict[str, list[Authority]] = field(default_factory=dict)
    text_id: str = ""


class Planter:
    """Plants one round in a session; nothing is committed."""

    def __init__(self, session: Session, random: Random, pivot: date) -> None:
        self.session, self.random, self.pivot = session, random, pivot
        self.rows: dict[type, list[Any]] = {}

    # --- chance ----------------------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        """Whether something happens that does so this often."""
        return self.random.random() < share

    def day(self, *apart: int) -> date:
        """A day so many days from the pivot."""
        return self.pivot + timedelta(self.random.choice(apart))

    def period(self, certain: float = 0.6) -> dict[str, Any]:
        """Mostly in force at the pivot; sometimes about to begin or end, or ended early."""
        if self.chance(certain):
            return {
                "starts_on": self.day(BEFORE),
                "ends_on": self.random.choice([None, self.day(AFTER)]),
            }
        starts_on = self.day(BEFORE, *NEAR)
        ends_on = self.random.choice([None, self.day(AFTER), self.day(*NEAR)])
        if ends_on is not None and ends_on <= starts_on:
            ends_on = starts_on + timedelta(1)
        ended_at = self.instant() if self.chance(0.2) else None
        return {"starts_on": starts_on, "ends_on": ends_on, "ended_at": ended_at}

    def instant(self) -> datetime:
        """An instant long before the pivot."""
        return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(self.random.randrange(300))

    def birth_date(self) -> date | None:
        """Of an age that matters on the pivot or a day from it; or 29 February; or unknown."""
        draw = self.random.random()
        if draw < 0.08:
            return None
        if draw < 0.2:
            return date(self.random.choice([2008, 2012]), 2, 29)
        if draw < 0.4:
            return date(self.pivot.year - self.random.choice([5, 9, 30, 40]), 6, 1)
        day = self.day(-1, 0, 1)
        year = day.year - self.random.choice(AGES)
        return date(year, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=year)

    def keep(self, row: Any) -> Any:
        """Give a row its id and keep it for planting."""
        row.id = row.id or new_id()
        self.rows.setdefault(type(row), []).append(row)
        return row

    # --- a municipality --------------------------------------------------------------------------

    def town(self, town: Town, plans: int) -> None:
        """Everything in one municipality, in its scope."""
        with tenancy.applied(self.session, tenancy.Scope(town.id)):
            self._units(town)
            self._persons(town)
            self._set_up(town)
            self._memberships(town)
            for owner_id in town.persons:
                town.authorities[owner_id] = self._authorities(town, owner_id)
            open_owners: set[str] = set()
            for _ in range(plans):
                self._plan(town, open_owners)
            self._plant(town)

    def _plant(self, town: Town) -> None:
        """Put the rows in the database, those first that others point at."""
        for model in (ConsentText, Unit, Person, *PLANTED):
            self.session.add_all(
                one for one in self.rows.get(model, ()) if one.municipality_id == town.id
            )
            self.session.flush()

    def _units(self, town: Town) -> None:
        above: list[Unit | None] = [None]
        for number in range(5):
            parent = self.random.choice(above)
            unit = Unit(
                id=new_id(),
                municipality_id=town.id,
                name=f"enhet {number}",
                search_name=f"enhet {number}",
                kind=UnitKind.SCHOOL,
                is_outside=False,
                parent_id=parent.id if parent else None,
                created_at=self.instant(),
                path="",
            )
            unit.path = f"{parent.path if parent else '/'}{unit.id}/"
            above.append(self.keep(unit))
            town.units.append(unit.id)

    def _persons(self, town: Town) -> None:
        for number in range(ACCOUNTS + 1):
            person = Person(
                municipality_id=town.id,
                given_name=f"P{number}",
                family_name="Verden",
                search_family="verden",
                search_given="p",
                birth_date=self.birth_date(),
                created_at=self.instant(),
            )
            town.persons.append(self.keep(person).id)

    def _set_up(self, town: Town) -> None:
        text = ConsentText(
            municipality_id=town.id,
            kind=PlanKind.INDIVIDUAL_PLAN,
            number=1,
            published_at=self.instant(),
        )
        town.text_id = self.keep(text).id
        for kind in PlanKind:
            for valid_from in {
                self.day(BEFORE, *NEAR, AFTER) for _ in range(self.random.choice([0, 1, 2]))
            }:
                age = self.random.choice(AGES)
                self.keep(
                    AgeRule(
                        municipality_id=town.id,
                        kind=kind,
                        own_consent_age=age,
                        valid_from=valid_from,
                    )
                )

    def _memberships(self, town: Town) -> None:
        for place, account_id in enumerate(town.accounts):
            for _ in range(self.random.choice([1, 1, 2, 3])):
                role = self.random.choice(
                    [Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR, Role.PARTICIPANT]
                )
                self.keep(
                    Membership(
                        municipality_id=town.id,
                        account_id=account_id,
                        person_id=town.persons[place],
                        role=role,
                        unit_id=self.random.choice([None, *town.units]),
                        created_at=self.instant(),
                        **self.period(certain=0.8),
                    )
                )

    def _authorities(self, town: Town, owner_id: str) -> list[Authority]:
        found = []
        for _ in range(self.random.choice([0, 1, 1, 2, 2, 3])):
            holder_id = self.random.choice([one for one in town.persons if one != owner_id])
            parental = AuthorityKind.PARENTAL_RESPONSIBILITY
            row = self.keep(
                Authority(
                    municipality_id=town.id,
                    owner_id=owner_id,
                    holder_id=holder_id,
                    kind=self.random.choice([parental, parental, *AuthorityKind]),
                    may_consent=self.chance(0.75),
                    ground="sagt",
                    stated_at=self.instant(),
                    **self.period(),
                )
            )
            found.append(row)
            for section in self.random.sample(list(Section), self.random.choice([0, 0, 1, 4])):
                lifted_at = self.instant() if self.chance(0.3) else None
                self.keep(
                    WithheldSection(
                        municipality_id=town.id,
                        authority_id=row.id,
                        section=section,
                        reason="ønske",
                        since=self.instant(),
                        lifted_at=lifted_at,
                    )
                )
        return found

    # --- a plan ----------------------------------------------------------------------------------

    def _plan(self, town: Town, open_owners: set[str]) -> None:
        state = self.random.choice(
            [*PlanState, PlanState.ACTIVE, PlanState.ACTIVE, PlanState.ACTIVE]
        )
        is_over = state in (PlanState.CLOSED, PlanState.ARCHIVED)
        owner_id, kind = self.random.choice(town.persons), self.random.choice(list(PlanKind))
        if kind is PlanKind.INDIVIDUAL_PLAN and not is_over:
            kind = PlanKind.RELAY_LOG if owner_id in open_owners else kind
            open_owners.add(owner_id)
        plan = self.keep(
            Plan(
                municipality_id=town.id,
                kind=kind,
                state=state,
                level=2 if kind is PlanKind.RELAY_LOG else None,
                owner_id=owner_id,
                coordinator_id=self.random.choice(town.persons),
                unit_id=self.random.choice([None, *town.units]),
                started_at=self.instant(),
                last_activity_at=self.instant(),
                closed_at=self.instant() if is_over else None,
            )
        )
        self._around(town, plan)
        participants = self._participants(town, plan)
        self._consents(town, plan, participants)
        found: list[PlanEntry] = []
        for section in (*self.random.choices(SECTIONS, k=4), *AMONG_ACTIVITIES):
            found.append(self._entry(town, plan, section, participants, found))

    def _around(self, town: Town, plan: Plan) -> None:
        of = {"municipality_id": town.id, "plan_id": plan.id}
        for _ in range(self.random.choice([0, 0, 1, 2])):
            period = self.period()
            period["ends_on"] = period["ends_on"] or self.day(AFTER)
            person_id = self.random.choice(town.persons)
            self.keep(StandIn(**of, person_id=person_id, made_at=self.instant(), **period))
        for _ in range(self.random.choice([0, 1, 2])):
            midnight = datetime.combine(self.pivot, datetime.min.time(), OSLO).astimezone(UTC)
            starts_at = midnight - timedelta(seconds=self.random.choice([3600, 1, 0, -1]))
            self.keep(
                EmergencyAccess(
                    **of,
                    person_id=self.random.choice(town.persons),
                    reason="fare",
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(seconds=self.random.choice([1, 3600, 90_000])),
                    ended_at=starts_at if self.chance(0.2) else None,
                )
            )
        for is_answered in self.random.sample([True, False], self.random.choice([0, 1, 2])):
            self.keep(
                Handover(
                    **of,
                    from_id=plan.coordinator_id,
                    to_id=self.random.choice(town.persons),
                    offered_at=self.instant(),
                    answered_at=self.instant() if is_answered else None,
                    accepted=self.chance(0.5) if is_answered else None,
                )
            )

    def _participants(self, town: Town, plan: Plan) -> list[Participant]:
        of = {"municipality_id": town.id, "plan_id": plan.id}
        found = []
        for person_id in self.random.sample(town.persons, self.random.choice([0, 3, 5, 6])):
            row = self.keep(
                Participant(
                    **of,
                    person_id=person_id,
                    unit_id=self.random.choice([None, *town.units]),
                    function="lærer",
                    added_at=self.instant(),
                    **self.period(),
                )
            )
            found.append(row)
            for section in self.random.sample(SECTIONS, self.random.choice([0, 2, 3, 4])):
                level = self.random.choice(LEVELS)
                given = {"participant_id": row.id, "section": section, "given_at": self.instant()}
                own = {"own_only": self.chance(0.5)}
                self.keep(Grant(**of, **given, **own, level=level, **self.period()))
                if section is Section.ACTIVITIES and self.chance(0.3):
                    self._earlier(of | given)
        return found

    def _earlier(self, given: dict[str, Any]) -> None:
        """What was given before, and taken away."""
        over = self.period() | {"ended_at": self.instant()}
        self.keep(Grant(**given, own_only=self.chance(0.5), level=Level.READ, **over))

    def _consents(self, town: Town, plan: Plan, participants: list[Participant]) -> None:
        own = town.authorities[plan.owner_id]
        givers: list[Authority | None] = [None, *own] if self.chance(0.85) else [None]
        others = [one for many in town.authorities.values() for one in many]
        if others and self.chance(0.25):
            givers.append(self.random.choice(others))
        for by in givers:
            if self.chance(0.9):
                self._consent(town, plan, by, participants)

    def _consent(
        self, town: Town, plan: Plan, by: Authority | None, participants: list[Participant]
    ) -> None:
        starts_on, ends_on = self.day(BEFORE), self.day(AFTER)
        if self.chance(0.25):
            starts_on = self.day(BEFORE, *NEAR)
            ends_on = max(self.day(*NEAR), starts_on + timedelta(1))
        giver_id = plan.owner_id if by is None else by.holder_id
        if self.chance(0.1):
            giver_id = self.random.choice([plan.owner_id, self.random.choice(town.persons)])
        at = datetime(2025, 1, 1, tzinfo=UTC)
        kind = ConsentKind.INFORMATION_IS_SHARED
        row = self.keep(
            Consent(
                municipality_id=town.id,
                plan_id=plan.id,
                kind=kind if self.chance(0.9) else ConsentKind.PLAN_IS_MADE,
                giver_id=giver_id,
                capacity=self._capacity(by),
                authority_id=by.id if by else None,
                text_id=town.text_id,
                method=self.random.choice(list(ConsentMethod)),
                starts_on=starts_on,
                ends_on=ends_on,
                given_at=at,
                withdrawn_at=at if self.chance(0.12) else None,
            )
        )
        is_wide = self.chance(0.65)
        for participant in participants:
            for section in SECTIONS:
                if is_wide or self.chance(0.4):
                    self._cover(town, row, participant, section)

    def _capacity(self, by: Authority | None) -> ConsentCapacity:
        """As the authority says, and now and then not."""
        if by is None:
            return ConsentCapacity.OWNER
        is_parent = (by.kind is AuthorityKind.PARENTAL_RESPONSIBILITY) is self.chance(0.93)
        return ConsentCapacity.GUARDIAN if is_parent else ConsentCapacity.REPRESENTATIVE

    def _cover(self, town: Town, consent: Consent, who: Participant, section: Section) -> None:
        """For the participant, for the service they act for, or for one that they do not."""
        unit_id = None
        if self.chance(0.3):
            unit_id = who.unit_id or self.random.choice(town.units)
        elif self.chance(0.1):
            unit_id = self.random.choice(town.units)
        self.keep(
            ConsentCover(
                municipality_id=town.id,
                plan_id=consent.plan_id,
                consent_id=consent.id,
                participant_id=who.id if unit_id is None else None,
                unit_id=unit_id,
                section=section,
                level=self.random.choice([Level.WRITE, Level.WRITE, *Level]),
            )
        )

    def _entry(
        self,
        town: Town,
        plan: Plan,
        section: Section,
        participants: list[Participant],
        above: list[PlanEntry],
    ) -> PlanEntry:
        row: PlanEntry = self.keep(
            PlanEntry(
                municipality_id=town.id,
                plan_id=plan.id,
                section=section,
                kind=EntryKind.COMMENT,
                parent_id=self.random.choice([None, *(one.id for one in above)]),
                responsible_id=self.random.choice([None, *(one.id for one in participants)]),
                author_id=self.random.choice([None, *town.persons]),
                created_at=self.instant(),
                changed_at=self.instant(),
                deleted_at=self.instant() if self.chance(0.3) else None,
            )
        )
        return row

    # --- what came of it -------------------------------------------------------------------------

    def plain_facts(self, accounts: list[User]) -> Facts:
        """Every planted row as plain values, with enums as their words."""
        rows = {**self.rows, User: accounts}
        return Facts(
            {model.__tablename__: [_plain(r) for r in found] for model, found in rows.items()}
        )


def _plain(row: Any) -> SimpleNamespace:
    names = [column.key for column in inspect(type(row)).column_attrs]
    return SimpleNamespace(**{name: _word(getattr(row, name)) for name in names})


def _word(value: Any) -> Any:
    return str(value) if isinstance(value, StrEnum) else value


def instants(random: Random, pivot: date) -> list[datetime]:
    """The last second before the pivot in Norway, its first, and some time in it."""
    midnight = datetime.combine(pivot, datetime.min.time(), OSLO).astimezone(UTC)
    return [
        midnight - timedelta(seconds=1),
        midnight,
        midnight + timedelta(seconds=random.randrange(82_000)),
    ]
