"""Persons of Strandvik to merge, each made for one test, and the merge in one call."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import User

from app.clock import utc_now
from app.columns import new_id
from app.db import db, transaction
from app.duplicates import merging, undoing
from app.duplicates.merge_plan import MergePlan
from app.enums import Role
from app.models import Membership, Person, PersonMerge
from app.security.actor import Actor, Holding, acting_as, find_actor
from app.templating import setup
from tests.plans import garden
from tests.world import Place, World

numbers = count(1)


class Merger:
    """A local administrator at work in Strandvik."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world, self.place = app, world, world.strandvik

    @property
    def clerk(self) -> Actor:
        """Who merges."""
        return self.by("lokal.strandvik")

    def by(self, username: str) -> Actor:
        """A local administrator under another login."""
        holdings = (Holding(Role.LOCAL_ADMINISTRATOR),)
        account_id = self.world.accounts[username]
        return Actor(account_id, self.place.id, None, holdings, at=utc_now())

    @contextmanager
    def at_work(self) -> Iterator[Place]:
        """A transaction in which rows may be made and read."""
        with (
            self.app.app_context(),
            acting_as(db.session(), self.clerk),
            transaction() as session,
        ):
            setup.ensure(session, self.place.id, at=utc_now())
            yield self.place

    def person(self, years: int | None = None, **values: Any) -> Person:
        """A person of nobody else's."""
        number = next(numbers)
        row = garden.person(
            self.place, f"m{number}", f"Mona{number}", garden.born(years) if years else None
        )
        for name, value in values.items():
            setattr(row, name, value)
        db.session.flush()
        return row

    def login(self, person: Person, role: Role = Role.PARTICIPANT, **values: Any) -> int:
        """A login for a person; the account's id."""
        account = User(
            username=f"u{new_id()}",
            first_name="",
            last_name="",
            email=f"{new_id()}@account.invalid",
            active=True,
            password="x",
        )
        db.session.add(account)
        db.session.flush()
        given = {"starts_on": garden.yesterday(), "created_at": utc_now(), **values}
        row = Membership(account_id=account.id, person_id=person.id, role=role, **given)
        db.session.add(row)
        db.session.flush()
        return int(account.id)

    def actor(self, account_id: int) -> Actor:
        """Whoever signs in with an account."""
        db.session.flush()
        return find_actor(db.session(), account_id, self.place.id, utc_now())

    def preview(self, kept: Person, gone: Person, **choices: str) -> MergePlan:
        """What a merge would do; names are kept unless something else is said."""
        return merging.preview(self.clerk, kept, gone, named(kept, gone, choices), at=utc_now())

    def merge(self, kept: Person, gone: Person, **choices: str) -> PersonMerge:
        """Look over and merge."""
        mark = self.preview(kept, gone, **choices).mark
        row = merging.merge(
            self.clerk, kept, gone, named(kept, gone, choices), mark=mark, at=utc_now()
        )
        db.session.expire_all()
        return row

    def merge_by_two(self, kept: Person, gone: Person, **choices: str) -> PersonMerge:
        """Merge two of whom one administrator alone does not decide."""
        row = self.merge(kept, gone, **choices)
        second = self.by("sentral")
        plan = merging.preview(second, kept, gone, row.choices, at=utc_now(), waiting=row)
        merging.approve(second, row, mark=plan.mark, at=utc_now())
        return row

    def undo(self, row: PersonMerge) -> list[list[Any]]:
        """Undo a merge; what needs a look."""
        return undoing.undo(self.clerk, row, at=utc_now())


def named(kept: Person, gone: Person, choices: dict[str, str]) -> dict[str, str]:
    """The choices, with a name."""
    return {"name": "kept", **choices}
