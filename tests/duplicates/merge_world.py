"""A municipality drawn at random in which persons are merged, and what everybody may do there.

Sparser than ``plan_worlds``: of two persons drawn at random most can be merged.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import inspect, select
from sqlalchemy.orm import selectinload

from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.duplicates.merge_facts import Two, to_choose
from app.duplicates.merge_rows import Rows
from app.duplicates.merge_rules import must_choose_login
from app.enums import Level, MatchBand, NoticeKind, Role, Section
from app.models import (
    TENANT_MODELS,
    AuditEvent,
    Authority,
    DuplicatePair,
    MatchKey,
    MatchState,
    Membership,
    Notice,
    Person,
    PersonMerge,
    Plan,
    PlanEntry,
    PlanVisit,
    Unit,
    WithheldSection,
)
from app.people.keyring import keyring
from app.people.names import search_form
from app.people.national_id import synthetic
from app.security import part_access, tenancy
from app.security.actor import Actor, Holding, find_actor
from app.security.plan_access import capped, relations
from app.security.plan_rights import ACTIONS
from app.security.roles import Action
from tests.plans.loading import whole
from tests.security.plan_worlds import Planter, Town

ACCOUNTS = 8
PERSONS = 16
PLANS = 14
NOT_COMPARED = (AuditEvent, PersonMerge, MatchKey, MatchState)
"""What a merge and its undoing add to, and what follows from the persons."""


class Sower(Planter):
    """Plants persons with contact data and numbers, few guardians, and what is told of plans."""

    def _persons(self, town: Town) -> None:
        usual = self.birth_date()
        for number in range(PERSONS):
            name = self.random.choice(["Kari", "Kåre", "Ola"])
            row = Person(
                municipality_id=town.id,
                given_name=name,
                family_name="Verden",
                search_family=search_form("Verden", name),
                search_given=search_form(name, "Verden"),
                birth_date=usual if self.chance(0.85) else self.birth_date(),
                email=f"p{number % 3}@verden.invalid" if self.chance(0.6) else None,
                phone=f"+4791234{self.random.randrange(10, 14)}0" if self.chance(0.6) else None,
                address=f"Gata {number}" if self.chance(0.4) else None,
                postcode="5003",
                created_at=self.instant(),
            )
            if self.chance(0.3):
                row.national_id_hash = f"{town.id}-{number}"
                row.national_id_cipher = keyring().encrypt(synthetic(date(1990, 5, 17), number))
            town.persons.append(self.keep(row).id)
        units = [one for one in self.rows[Unit] if one.municipality_id == town.id]
        units[0].leader_id = None

    def _authorities(self, town: Town, owner_id: str) -> list[Any]:
        """Few have any; some have the same as another has."""
        if self.chance(0.08):
            return super()._authorities(town, owner_id)
        known = [one for one in self.rows.get(Authority, ()) if one.municipality_id == town.id]
        if known and self.chance(0.25):
            return self._same(town, owner_id, self.random.choice(known).owner_id)
        return []

    def _same(self, town: Town, owner_id: str, other_id: str) -> list[Any]:
        found = []
        for one in [row for row in self.rows[Authority] if row.owner_id == other_id]:
            if one.holder_id == owner_id:
                continue
            row = Authority(
                municipality_id=town.id,
                owner_id=owner_id,
                holder_id=one.holder_id,
                kind=one.kind,
                may_consent=one.may_consent,
                ground="sagt",
                stated_at=self.instant(),
                starts_on=one.starts_on,
                ends_on=one.ends_on,
                ended_at=one.ended_at,
            )
            found.append(self.keep(row))
            if self.chance(0.4):
                values = {"authority_id": row.id, "section": Section.GOALS, "reason": "ønske"}
                since = {"municipality_id": town.id, "since": self.instant()}
                self.keep(WithheldSection(**values, **since))
        return found

    def _plan(self, town: Town, open_owners: set[str]) -> None:
        """Coordinated by one of a few, so that most are nobody's coordinator."""
        super()._plan(town, open_owners)
        self.rows[Plan][-1].coordinator_id = self.random.choice(town.persons[:4])

    def around(self, town: Town) -> None:
        """Notices, visits and a leader, once all else is there."""
        plans = [one for one in self.rows[Plan] if one.municipality_id == town.id]
        for plan in plans:
            for person_id in self.random.sample(town.persons, 3):
                of = {"municipality_id": town.id, "plan_id": plan.id, "person_id": person_id}
                kind = self.random.choice([NoticeKind.CONSENT_GIVEN, NoticeKind.CHANGE_WANTED])
                self.session.add(Notice(**of, kind=kind, at=self.instant()))
                self.session.add(PlanVisit(**of, seen_at=self.instant()))
        self.rows[Unit][0].leader_id = self.random.choice(town.persons)
        for _ in range(10):
            first, second = sorted(self.random.sample(town.persons, 2))
            if self.session.scalar(
                select(DuplicatePair.id).where(
                    DuplicatePair.first_id == first, DuplicatePair.second_id == second
                )
            ):
                continue
            self.session.add(
                DuplicatePair(
                    municipality_id=town.id,
                    first_id=first,
                    second_id=second,
                    score=9.0,
                    band=MatchBand.PROBABLE,
                    facts=b"0" * 16,
                    found_at=self.instant(),
                )
            )
            self.session.flush()


Access = dict[str, tuple[dict[str, int], frozenset[Action], frozenset[tuple[str, str]]]]
"""By plan: levels by section, actions, and what may be done with single pieces of content."""


class MergeTown:
    """Strandvik with a round of plans in it, in an open session that is never committed."""

    def __init__(self, world: Any, random: Any, pivot: Any) -> None:
        self.session = db.session()
        self.session.rollback()
        self.random, self.world, self.place = random, world, world.strandvik
        self.at = datetime(pivot.year, pivot.month, pivot.day, 11, tzinfo=UTC)
        self.on = day_of(self.at)
        accounts = [self._account() for _ in range(ACCOUNTS)]
        self.session.flush()
        self.accounts = [account.id for account in accounts]
        self.town = Town(self.place.id, self.accounts)
        planter = Sower(self.session, random, pivot)
        planter.town(self.town, PLANS)
        tenancy.enter(tenancy.Scope(self.place.id))
        planter.around(self.town)
        self.session.flush()

    def _account(self) -> User:
        name = f"a{new_id()}"
        row = User(
            username=name,
            first_name="",
            last_name="",
            email=f"{name}@account.invalid",
            active=True,
            password="",
        )
        self.session.add(row)
        return row

    def close(self) -> None:
        """Let go of everything."""
        self.session.rollback()
        tenancy.enter(tenancy.NOWHERE)

    def clerk(self, name: str = "lokal.strandvik") -> Actor:
        """A local administrator at work."""
        self.at += timedelta(seconds=1)
        holdings = (Holding(Role.LOCAL_ADMINISTRATOR),)
        account_id = self.world.accounts[name]
        return Actor(account_id, self.place.id, None, holdings, at=self.at)

    def person(self, person_id: str) -> Person:
        """A row of a person."""
        return self.session.get_one(Person, person_id)

    def in_use(self) -> list[str]:
        """Ids of those who can still be merged."""
        found = select(Person.id).where(
            Person.id.in_(self.town.persons), Person.retired_at.is_(None)
        )
        return list(self.session.scalars(found.order_by(Person.id)))

    def choices(self, kept: Person, gone: Person) -> dict[str, str]:
        """An answer, drawn at random, to everything that must be chosen."""
        two = Two(kept, gone)
        found = {name: self.random.choice(["kept", "gone"]) for name in to_choose(two)}
        if "birth_date" in found and self.random.random() < 0.9:
            owns = self.session.scalar(select(Plan.id).where(Plan.owner_id == gone.id).limit(1))
            found["birth_date"] = "gone" if owns else "kept"
        if must_choose_login(Rows(two, self.on)):
            found["login"] = self.random.choice(["kept", "gone"])
        return found

    # --- what everybody may do -------------------------------------------------------------------

    def plans(self) -> list[Plan]:
        """All plans, with all that access is decided by."""
        self.session.flush()
        self.session.expire_all()
        return list(self.session.scalars(select(Plan).options(*whole(Plan)).order_by(Plan.id)))

    def entries(self) -> dict[str, list[PlanEntry]]:
        """What is written, by plan; the plans are there already."""
        found: dict[str, list[PlanEntry]] = defaultdict(list)
        loads = [selectinload(PlanEntry.responsible), selectinload(PlanEntry.parent)]
        for one in self.session.scalars(select(PlanEntry).options(*loads)):
            found[one.plan_id].append(one)
        return found

    def actor(self, account_id: int) -> Actor:
        """Whoever signs in with an account."""
        return find_actor(self.session, account_id, self.place.id, self.at)

    def as_person(self, person_id: str, holdings: tuple[Holding, ...]) -> Actor:
        """Somebody who would sign in as this person with these roles."""
        return Actor(1, self.place.id, person_id, holdings, at=self.at)

    def holdings(self, person_id: str) -> tuple[Holding, ...] | None:
        """The roles of a person's own login; None without a login in use."""
        held = self.session.scalars(
            select(Membership).where(Membership.person_id == person_id)
        ).all()
        accounts = {one.account_id for one in held if not one.is_over(self.on)}
        return self.actor(min(accounts)).holdings if accounts else None

    def access(self, actor: Actor, plans: list[Plan], entries: Any) -> Access:
        """All that somebody may do in each plan."""
        found: Access = {}
        for plan in plans:
            known = list(relations(actor, plan))
            levels: dict[str, int] = {}
            for one in known:
                for section, level in one.levels.items():
                    rank = capped(plan, level).rank
                    levels[section] = max(rank, levels.get(section, 0))
            actions = frozenset(action for one in known for action in ACTIONS[one.basis])
            pieces = frozenset(
                (entry.id, action)
                for entry in (entries[plan.id] if known else ())
                for action in (Action.SHOW, Action.EDIT)
                if part_access.entry_basis(actor, action, entry)
            )
            found[plan.id] = (levels, actions, pieces)
        return found

    # --- what there is ---------------------------------------------------------------------------

    def snapshot(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Every row of the municipality but its version, by table and id."""
        self.session.flush()
        found = {}
        for model in TENANT_MODELS:
            if model in NOT_COMPARED:
                continue
            names = [c.key for c in inspect(model).column_attrs if c.key != "version"]
            for values in self.session.execute(select(*(getattr(model, n) for n in names))):
                row = dict(zip(names, values, strict=True))
                found[model.__tablename__, str(row["id"])] = row
        accounts = select(User.id, User.active, User.password).where(User.id.in_(self.accounts))
        for values in self.session.execute(accounts):
            found["ab_user", str(values.id)] = {"active": values.active, "pw": values.password}
        return found


def wider(after: Access, *before: Access) -> list[Any]:
    """What is open after and was not before, to any of those."""
    found: list[Any] = []
    for plan_id, (levels, actions, pieces) in after.items():
        earlier = [one[plan_id] for one in before]
        for section, rank in levels.items():
            if rank > max((one[0].get(section, 0) for one in earlier), default=0):
                found.append((plan_id, section, list(Level)[rank]))
        found += [(plan_id, one) for one in actions - frozenset().union(*(e[1] for e in earlier))]
        found += [(plan_id, one) for one in pieces - frozenset().union(*(e[2] for e in earlier))]
    return found
