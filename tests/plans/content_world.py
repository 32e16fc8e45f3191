"""What the tests of plan content share: addresses, forms, and rows beside the pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from app.columns import TenantOwned
from app.db import db
from app.enums import Section
from app.models import AuditEvent, Plan, PlanEntry
from app.security.actor import acting_as, operator
from app.side_tables import PlanEntryVersion
from tests.plans import garden as gardens
from tests.world import Place

Row = TypeVar("Row", bound=TenantOwned)
VERSION = re.compile(r'name="version" value="(\d+)"')


class Plot:
    """The rows beside a test of pages, each look in an application context of its own."""

    def __init__(self, app: Flask, place: Place) -> None:
        self.app = app
        self.place = place

    @contextmanager
    def planting(self) -> Iterator[None]:
        """A transaction in the municipality."""
        with self.app.app_context(), gardens.planting(self.place):
            yield

    @contextmanager
    def looking(self) -> Iterator[None]:
        """A look at what is true now."""
        with self.app.app_context(), acting_as(db.session(), operator(self.place.id)):
            yield

    def read(self, model: type[Row], pk: str) -> Row:
        """The row as it is now."""
        with self.looking():
            return db.session.get_one(model, pk)

    def entries(self, plan_id: str, **values: Any) -> list[PlanEntry]:
        """The plan's entries with these values, in order."""
        with self.looking():
            found = select(PlanEntry).where(PlanEntry.plan_id == plan_id).filter_by(**values)
            return list(db.session.scalars(found.order_by(PlanEntry.position, PlanEntry.id)))

    def versions(self, entry_id: str) -> list[PlanEntryVersion]:
        """The versions of an entry, oldest first."""
        with self.looking():
            found = select(PlanEntryVersion).where(PlanEntryVersion.entry_id == entry_id)
            return list(db.session.scalars(found.order_by(PlanEntryVersion.number)))

    def events(self, plan_id: str) -> list[AuditEvent]:
        """What the log tells about a plan, oldest first."""
        with self.looking():
            found = select(AuditEvent).where(AuditEvent.plan_id == plan_id)
            return list(db.session.scalars(found.order_by(AuditEvent.id)))

    def add_entry(self, plan_id: str, section: Section, title: str, **values: Any) -> str:
        """The id of a new entry, made without the pages."""
        with self.planting():
            plan = db.session.get_one(Plan, plan_id)
            return gardens.entry(plan, section, title, **values).id


def section_of(plan_id: str, section: Section | str) -> str:
    """The address of a section."""
    return f"/plan-content/section/{plan_id}?section={section}"


def add_to(plan_id: str, kind: str, parent: str | None = None) -> str:
    """The address of the form for something new."""
    asked = {"kind": kind} | ({"parent": parent} if parent else {})
    return f"/plan-content/add/{plan_id}?{urlencode(asked)}"


def version_on(page: str) -> str:
    """The version that a form was opened as."""
    found = VERSION.search(page)
    assert found, "the form has no version"
    return found.group(1)
