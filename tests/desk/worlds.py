"""Municipalities for the desk, drawn at random: as ``plan_worlds``, and with all that it counts.

Periods, consents and evaluations begin and end on the day of the test and round it. Each world is a
municipality of its own, so that several can stand in one database.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.columns import new_id
from app.db import transaction
from app.enums import (
    JobKind,
    JobState,
    LanguageForm,
    MatchBand,
    MergeState,
    MoveState,
    PairState,
    PlanKind,
    Role,
)
from app.models import (
    AccountLinkRequest,
    AccountProfile,
    Consent,
    Course,
    CourseAttendance,
    DuplicatePair,
    Job,
    Membership,
    Municipality,
    Person,
    PersonMerge,
    Plan,
    Routine,
    Unit,
)
from app.security import tenancy
from app.side_tables import IncomingPlan
from tests.security.plan_worlds import ACCOUNTS, NEAR, Planter, Town
from tests.world import LONG_AGO, password_hash

PLANS = 14
DAYS = (*NEAR, 29, 30, 31, -29, -30, -31, -200)
BESIDE = (
    DuplicatePair,
    PersonMerge,
    AccountLinkRequest,
    Job,
    IncomingPlan,
    Routine,
    Course,
    CourseAttendance,
)


@dataclass(frozen=True)
class Place:
    """A planted municipality: who signs in, and the unit that they are limited to, if any."""

    municipality_id: int
    username: str
    unit_path: str | None
    on: date


def plant(app: Flask, seed: int, on: date, *, is_limited: bool) -> Place:
    """Plant a world and keep it."""
    random = Random(seed)
    with app.app_context(), transaction() as session:
        town, elsewhere = _municipality(session), _municipality(session)
        accounts = [_account(session, random, number == 0) for number in range(ACCOUNTS)]
        session.flush()
        planter = DeskPlanter(session, random, on, is_limited=is_limited)
        planter.elsewhere = elsewhere
        here = Town(town, [account.id for account in accounts])
        planter.town(here, PLANS)
        planter.keep_beside(here)
        return Place(town, accounts[0].username, planter.unit_path, on)


def _municipality(session: Session) -> int:
    id_ = int(session.scalar(select(func.max(Municipality.id))) or 0) + 1
    row = Municipality(
        id=max(id_, 20_000),
        number=str(max(id_, 20_000))[-4:],
        name=f"Verden {id_}",
        search_name=f"verden {id_}",
        official_names={},
        language_form=LanguageForm.BOKMAL,
        county_number="99",
        valid_from=LONG_AGO,
        is_in_use=True,
        is_demonstration=True,
    )
    session.add(row)
    session.flush()
    return row.id


def _account(session: Session, random: Random, is_reader: bool) -> User:
    name = f"a{new_id()}"
    row = User(
        username=name,
        first_name="",
        last_name="",
        email=f"{name}@account.invalid",
        active=is_reader or random.random() < 0.85,
        password=password_hash(),
    )
    session.add(row)
    session.flush()
    if random.random() < 0.5:
        at = utc_now() if random.random() < 0.7 else None
        session.add(AccountProfile(account_id=row.id, last_login_at=at))
    return row


class DeskPlanter(Planter):
    """Plants what the desk counts. The first account is the local administrator who reads it."""

    elsewhere = 0

    def __init__(self, session: Session, random: Random, pivot: date, *, is_limited: bool) -> None:
        super().__init__(session, random, pivot)
        self.is_limited, self.unit_path = is_limited, None

    def recent(self) -> datetime:
        """Some instant near the beginning or end of a span that a list may be asked for."""
        days = self.random.choice([0, 1, 29, 30, 31, 90])
        return utc_now() - timedelta(days=days, hours=self.random.randrange(24))

    def _persons(self, town: Town) -> None:
        super()._persons(town)
        for row in self.rows[Person][-ACCOUNTS:]:
            if self.chance(0.12):
                row.retired_at, row.retired_reason = self.instant(), "flyttet"

    def _memberships(self, town: Town) -> None:
        super()._memberships(town)
        mine = town.accounts[0]
        kept = [one for one in self.rows[Membership] if one.account_id != mine]
        self.rows[Membership] = kept
        reader = next(one for one in self.rows[Person] if one.id == town.persons[0])
        reader.retired_at = reader.retired_reason = None
        unit_id = self.random.choice(town.units) if self.is_limited else None
        self.unit_path = next((u.path for u in self.rows[Unit] if u.id == unit_id), None)
        self.keep(
            Membership(
                municipality_id=town.id,
                account_id=mine,
                person_id=reader.id,
                role=Role.LOCAL_ADMINISTRATOR,
                unit_id=unit_id,
                starts_on=self.day(-400),
                created_at=self.instant(),
            )
        )

        for place in (1, 2, 3):
            self._may_coordinate(town, place)

    def _may_coordinate(self, town: Town, place: int) -> None:
        """Somebody who coordinates, and perhaps leaves."""
        if self.chance(0.3):
            return
        self.keep(
            Membership(
                municipality_id=town.id,
                account_id=town.accounts[place],
                person_id=town.persons[place],
                role=Role.COORDINATOR,
                starts_on=self.day(-400),
                ends_on=self.random.choice([None, self.day(0, 1, 29, 30, 31)]),
                created_at=self.instant(),
            )
        )

    def _plan(self, town: Town, open_owners: set[str]) -> None:
        super()._plan(town, open_owners)
        plan: Plan = self.rows[Plan][-1]
        plan.coordinator_id = self.random.choice(town.persons[:4])
        plan.next_evaluation_on = self.random.choice([None, self.day(*DAYS)])
        plan.last_activity_at = self.recent() - timedelta(days=self.random.choice([0, 300]))

    def _consent(self, *of: Any) -> None:
        """Given at different times, some renewed, and more often about to run out."""
        super()._consent(*of)
        row: Consent = self.rows[Consent][-1]
        row.given_at = row.given_at + timedelta(days=self.random.randrange(100))
        if row.withdrawn_at is not None:
            row.withdrawn_at = row.given_at
        if self.chance(0.3):
            row.starts_on, row.ends_on = self.day(-400), self.day(*DAYS)

    # --- beside the plans ------------------------------------------------------------------------

    def keep_beside(self, town: Town) -> None:
        """Pairs, merges, requests, jobs and plans from elsewhere, written at once."""
        with tenancy.applied(self.session, tenancy.Scope(town.id)):
            for make in (
                self._pair,
                self._merge,
                self._request,
                self._job,
                self._incoming,
                self._course,
                self._routine,
            ):
                for _ in range(self.random.choice([0, 3, 6])):
                    make(town)
            for model in BESIDE:
                self.session.add_all(self.rows.get(model, ()))
                self.session.flush()

    def _two(self, town: Town, model: type, *names: str) -> tuple[str, str] | None:
        """Two persons who are not in a row of this kind together."""
        first, second = sorted(self.random.sample(town.persons, 2))
        known = {
            tuple(sorted(getattr(one, name) for name in names)) for one in self.rows.get(model, ())
        }
        return None if (first, second) in known else (first, second)

    def _pair(self, town: Town) -> None:
        two = self._two(town, DuplicatePair, "first_id", "second_id")
        if two is None:
            return
        self.keep(
            DuplicatePair(
                municipality_id=town.id,
                first_id=two[0],
                second_id=two[1],
                score=8.0,
                band=self.random.choice(list(MatchBand)),
                state=self.random.choice([PairState.OPEN, PairState.OPEN, *PairState]),
                facts=b"0" * 16,
                found_at=self.recent(),
            )
        )

    def _merge(self, town: Town) -> None:
        two = self._two(town, PersonMerge, "gone_id", "kept_id")
        gone = {one.gone_id for one in self.rows.get(PersonMerge, ())}
        if two is None or two[0] in gone:
            return
        self.keep(
            PersonMerge(
                municipality_id=town.id,
                gone_id=two[0],
                kept_id=two[1],
                state=self.random.choice([MergeState.WAITING, MergeState.DECLINED]),
                wanted_at=self.recent(),
                wanted_by=town.accounts[1],
            )
        )

    def _request(self, town: Town) -> None:
        known = self.rows.get(AccountLinkRequest, ())
        person_id = self.random.choice(town.persons)
        if any(one.person_id == person_id for one in known):
            return
        is_answered = self.chance(0.4)
        self.keep(
            AccountLinkRequest(
                municipality_id=town.id,
                account_id=self.random.choice(town.accounts),
                person_id=person_id,
                role=Role.PARTICIPANT,
                starts_on=self.pivot,
                at=self.recent(),
                answered_at=utc_now() if is_answered else None,
                accepted=self.chance(0.5) if is_answered else None,
            )
        )

    def _course(self, town: Town) -> None:
        """One that somebody took, or signed off from, about as long ago as it counts."""
        held_on = self.day(-10, -700, -729, -730, -731, -732, -900)
        made = {"municipality_id": town.id}
        course = self.keep(Course(**made, title="kurs", held_on=held_on, created_at=self.instant()))
        for person_id in self.random.sample(town.persons[1:4], 2):
            self.keep(
                CourseAttendance(
                    **made,
                    course_id=course.id,
                    person_id=person_id,
                    certified_on=held_on if self.chance(0.8) else None,
                    recorded_at=self.instant(),
                    ended_at=self.instant() if self.chance(0.2) else None,
                )
            )

    def _routine(self, town: Town) -> None:
        self.keep(
            Routine(
                municipality_id=town.id,
                title="rutine",
                review_on=self.day(*DAYS),
                created_at=self.instant(),
                retired_at=self.instant() if self.chance(0.3) else None,
            )
        )

    def _job(self, town: Town) -> None:
        self.keep(
            Job(
                municipality_id=town.id,
                kind=JobKind.DUPLICATE_SCAN,
                state=self.random.choice([JobState.FAILED, JobState.FAILED, JobState.DONE]),
                account_id=self.random.choice(town.accounts),
                title="leting",
                report={},
                created_at=self.recent(),
            )
        )

    def _incoming(self, town: Town) -> None:
        is_open = self.chance(0.6)
        at = self.recent()
        self.keep(
            IncomingPlan(
                municipality_id=town.id,
                from_municipality_id=self.elsewhere,
                state=MoveState.SENT if is_open else MoveState.DECLINED,
                kind=PlanKind.EDUCATION_PLAN,
                contact="Kari",
                sealed_owner=b"0" if is_open else None,
                sealed_content=b"0" if is_open else None,
                sent_at=at,
                expires_at=utc_now() + timedelta(days=9),
                ended_at=None if is_open else at,
            )
        )
