"""``python -m benchmarks.plans``: pages about plans, on both databases.

100,000 plans in one municipality; somebody who takes part in 60 of them; one plan with 200 goals
and activities, 2,000 earlier versions and 40 participants. Ends with status 1 where an answer was
wrong.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import (
    ConsentCapacity,
    ConsentKind,
    ConsentMethod,
    EntryKind,
    EntryStatus,
    Level,
    PlanKind,
    PlanState,
    Role,
    Section,
)
from app.models import (
    Consent,
    ConsentCover,
    Grant,
    Membership,
    Participant,
    Person,
    Plan,
    PlanEntry,
)
from app.security import scope
from app.security.actor import acting_as, find_actor, operator
from app.security.roles import Action
from app.side_tables import PlanEntryVersion
from app.templating import setup
from benchmarks.data import MUNICIPALITY
from benchmarks.database import KINDS, SQLITE, Database, databases
from benchmarks.samvev import (
    ACCOUNT,
    PERSON_SERIES,
    Samvev,
    identifier,
    stored,
)
from benchmarks.subject import PASSWORD, SECRET, Scale
from config import Mode, Settings

PLANS, OWN_PLANS, PERSONS = 100_000, 60, 2_000
ENTRIES, VERSIONS, PARTICIPANTS = 200, 2_000, 40
PLAN_SERIES = 0x019D
ME, FIRST_PARTICIPANT = 2, 100
GIVEN = {
    Section.GOALS: Level.READ,
    Section.ACTIVITIES: Level.WRITE,
    Section.COMMENTS: Level.WRITE,
    Section.ABOUT_ME: Level.READ,
    Section.PARTICIPANTS: Level.READ,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, ask, and print the medians in milliseconds."""
    parser = argparse.ArgumentParser(prog="benchmarks.plans", description=__doc__)
    parser.add_argument("--samples", type=int, default=30)
    parser.add_argument("--plans", type=int, default=PLANS)
    parser.add_argument("--databases", default=",".join(KINDS))
    options = parser.parse_args(arguments)
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    folder = Path(tempfile.mkdtemp(prefix="samvev-plans-"))
    wrong = 0
    try:
        for kind in options.databases.split(","):
            with databases(kind, folder) as create:
                wrong += _on(create("plans"), folder, options.plans, options.samples)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(bool(wrong))


def _on(database: Database, folder: Path, plans: int, samples: int) -> int:
    """Measure on one database; how many answers were wrong."""
    program = Samvev().prepare(database, folder, Scale(PERSONS))
    fill_plans(database, plans)
    settings = Settings(
        mode=Mode.TEST,
        instance=Path(program.environment["SAMVEV_INSTANCE"]),
        database_url=database.url,
        secret_key=SECRET,
        encryption_key=f"{SECRET}-encryption",
    )
    app = create_app(settings)
    with app.app_context():
        big = plant(database)
    database.settle()
    return _measure(app, database.kind, big, samples)


# --- filling -------------------------------------------------------------------------------------


def fill_plans(database: Database, count: int, version_id: str | None = None) -> None:
    """Put plans straight into the table, as the panel would have written them; made from a version
    of a template, if any."""
    database = replace(database, answers=(("samvev_municipality", MUNICIPALITY),))
    columns = (
        "id municipality_id kind state owner_id coordinator_id needs resources cooperation"
        " started_at last_activity_at version template_version_id"
    )
    database.fill("plan", columns.split(), _plan_rows(database, count, version_id))


def _plan_rows(
    database: Database, count: int, version_id: str | None
) -> Iterator[tuple[object, ...]]:
    begun = date(2023, 1, 1)
    template = None if version_id is None else stored(database, version_id)
    for number in range(count):
        day = begun + timedelta(days=number % 1000)
        at = f"{day} 09:00:00.000000" + ("" if database.kind == SQLITE else "+00")
        owner, coordinator = 10 + number % (PERSONS - 10), 3 + number % 7
        yield (
            stored(database, identifier(PLAN_SERIES, number)),
            MUNICIPALITY,
            "education_plan",
            "active",
            stored(database, identifier(PERSON_SERIES, owner)),
            stored(database, identifier(PERSON_SERIES, coordinator)),
            "",
            "",
            "",
            at,
            at,
            1,
            template,
        )


def plant(database: Database) -> str:
    """The person with 60 plans and the large plan; the large plan's id."""
    _add_login(database, 2, "bench2")
    _add_login(database, 3, "bench3")
    me = identifier(PERSON_SERIES, ME)
    with acting_as(db.session(), operator(MUNICIPALITY)), transaction() as session:
        setup.ensure(session, MUNICIPALITY, at=utc_now())
        for role in (Role.COORDINATOR, Role.PARTICIPANT):
            session.add(_membership(2, me, role))
        session.add(_membership(3, identifier(PERSON_SERIES, FIRST_PARTICIPANT), Role.PARTICIPANT))
        text_id = setup.consent_text(session, PlanKind.EDUCATION_PLAN).id
        for number in range(OWN_PLANS):
            plan = session.get_one(Plan, identifier(PLAN_SERIES, number * 97))
            session.get_one(Person, plan.owner_id).birth_date = date(1980, 1, 1)
            _let_in(plan, [me], text_id)
        return _big_plan(me, text_id)


def _add_login(database: Database, account: int, username: str) -> None:
    columns = "id first_name last_name username password active email login_count fail_login_count"
    password = database.text(f"SELECT password FROM ab_user WHERE id = {ACCOUNT}")
    mail = f"{username}@example.com"
    row = (account, "Bench", username, username, password, True, mail, 0, 0)
    database.fill("ab_user", columns.split(), [row])


def _membership(account: int, person: str, role: Role) -> Membership:
    return Membership(
        account_id=account,
        person_id=person,
        role=role,
        starts_on=date(2024, 1, 1),
        created_at=utc_now(),
    )


def _let_in(plan: Plan, persons: Sequence[str], text_id: str) -> list[Participant]:
    """Participants with grants, and the owner's consent to them."""
    consent = Consent(
        plan_id=plan.id,
        kind=ConsentKind.INFORMATION_IS_SHARED,
        giver_id=plan.owner_id,
        capacity=ConsentCapacity.OWNER,
        text_id=text_id,
        method=ConsentMethod.DIGITAL,
        starts_on=today() - timedelta(days=30),
        ends_on=today() + timedelta(days=335),
        given_at=utc_now(),
    )
    db.session.add(consent)
    found = [
        Participant(
            plan_id=plan.id,
            person_id=person,
            function="lærer",
            starts_on=today() - timedelta(days=30),
            added_at=utc_now(),
        )
        for person in persons
    ]
    db.session.add_all(found)
    db.session.flush()
    for one in found:
        for section, level in GIVEN.items():
            of = {"plan_id": plan.id, "participant_id": one.id, "section": section, "level": level}
            db.session.add(Grant(**of, starts_on=one.starts_on, given_at=utc_now()))
            db.session.add(ConsentCover(**of, consent_id=consent.id))
    return found


def _big_plan(me: str, text_id: str) -> str:
    owner = db.session.get_one(Person, identifier(PERSON_SERIES, 11))
    owner.birth_date = date(1980, 1, 1)
    plan = Plan(
        kind=PlanKind.EDUCATION_PLAN,
        state=PlanState.ACTIVE,
        owner_id=owner.id,
        coordinator_id=me,
        started_at=utc_now(),
        last_activity_at=utc_now(),
    )
    db.session.add(plan)
    db.session.flush()
    first = FIRST_PARTICIPANT
    others = [identifier(PERSON_SERIES, first + number) for number in range(PARTICIPANTS)]
    people = _let_in(plan, others, text_id)
    parent = None
    for number in range(ENTRIES):
        is_goal = number % 5 == 0
        entry = PlanEntry(
            plan_id=plan.id,
            section=Section.GOALS if is_goal else Section.ACTIVITIES,
            kind=EntryKind.GOAL if is_goal else EntryKind.ACTIVITY,
            parent_id=None if is_goal else parent,
            position=number,
            title=f"Mål eller aktivitet {number}",
            body="Hvordan det skal gjøres, i noen setninger. " * 5,
            status=EntryStatus.ONGOING,
            responsible_id=people[number % PARTICIPANTS].id,
            author_id=me,
            created_at=utc_now(),
            changed_at=utc_now(),
        )
        db.session.add(entry)
        db.session.flush()
        parent = entry.id if is_goal else parent
        for version in range(VERSIONS // ENTRIES):
            of = {"plan_id": plan.id, "entry_id": entry.id, "number": version + 1}
            values = {"title": entry.title, "body": entry.body}
            db.session.add(PlanEntryVersion(**of, values=values, author_id=me, at=utc_now()))
    return str(plan.id)


# --- measuring -----------------------------------------------------------------------------------


def _measure(app: Flask, kind: str, big: str, samples: int) -> int:
    administrator, member = _client(app, "bench"), _client(app, "bench2")
    participant = _client(app, "bench3")
    pages: dict[str, tuple[object, str]] = {
        "the local administrator's list": (administrator, "/plans/list/"),
        "the list, by state": (administrator, "/plans/list/?state=active"),
        "my plans, 60 of them": (member, "/my-plans/"),
        "the large plan, overview": (member, f"/plan/show/{big}"),
        "the large plan, goals": (member, f"/plan-content/section/{big}?section=goals"),
        "the large plan, participants": (member, f"/plan-participant/overview/{big}"),
        "the large plan, who sees what": (member, f"/plan-access/who/{big}"),
        "the large plan, consents": (member, f"/plan-consent/overview/{big}"),
        "as a participant, overview": (participant, f"/plan/show/{big}"),
        "as a participant, goals": (participant, f"/plan-content/section/{big}?section=goals"),
        "as a participant, participants": (participant, f"/plan-participant/overview/{big}"),
    }
    wrong = 0
    sys.stdout.write(f"| {kind} | median | slowest | processor |\n")
    sys.stdout.write("| --- | ---: | ---: | ---: |\n")
    for name, (client, path) in pages.items():
        answer = client.get(path)  # type: ignore[attr-defined]
        if answer.status_code != 200:
            wrong += 1
            sys.stdout.write(f"| {name} | FAILED {answer.status_code} | | |\n")
            continue
        _tell(name, _times(lambda c=client, p=path: c.get(p), samples))  # type: ignore[misc]
    _tell_predicate(app, samples)
    return wrong


def _tell_predicate(app: Flask, samples: int) -> None:
    """The list of entries and of plans with the access predicate, and without it."""
    with app.app_context():
        at, session = utc_now(), db.session()
        administrator = find_actor(session, ACCOUNT, MUNICIPALITY, at)
        with acting_as(session, administrator):
            plain = select(Plan).order_by(Plan.last_activity_at.desc(), Plan.id).limit(25)
            seen = plain.where(scope.visible(administrator, Plan, Action.LIST))
            _tell("25 plans, without predicate", _times(lambda: _rows(plain), samples))
            _tell("25 plans, with predicate", _times(lambda: _rows(seen), samples))
            counted = select(func.count(Plan.id))
            ruled = counted.where(scope.visible(administrator, Plan, Action.LIST))
            _tell("counting all, without predicate", _times(lambda: _rows(counted), samples))
            _tell("counting all, with predicate", _times(lambda: _rows(ruled), samples))


def _rows(statement: object) -> object:
    db.session.expunge_all()
    return db.session.execute(statement).all()  # type: ignore[call-overload]


def _client(app: Flask, username: str) -> object:
    client = app.test_client()
    page = client.get("/login/").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    client.post("/login/", data={"csrf_token": token, "username": username, "password": PASSWORD})
    return client


@dataclass(frozen=True)
class Cost:
    """What one answer took, in seconds: on the clock, and of our processor, without the server's
    where the database is one. The second says most on a machine with other work."""

    time: float
    processor: float


def _times(ask: Callable[[], object], samples: int) -> list[Cost]:
    ask()
    found = []
    for _sample in range(samples):
        begun, worked = time.perf_counter(), time.process_time()
        ask()
        found.append(Cost(time.perf_counter() - begun, time.process_time() - worked))
    return found


def _tell(name: str, costs: Sequence[Cost]) -> None:
    times = [one.time * 1000 for one in costs]
    processor = statistics.median(one.processor * 1000 for one in costs)
    sys.stdout.write(
        f"| {name} | {statistics.median(times):.1f} ms | {max(times):.1f} ms"
        f" | {processor:.1f} ms |\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
