"""The register in stock Flask-AppBuilder 5.3, by its own documentation.

Explicit columns, no relation to persons in a search form, a base filter on the municipality,
units loaded in one statement, permissions written once (``python -m``) and not at each start.
Choosing a person is the framework's own drop-down. It has no export, so there is a method on the
view, as its documentation shows for own pages.
"""
# mypy: disable-error-code="import-untyped, misc, no-untyped-call, untyped-decorator"

import csv
import io
import os
from datetime import date

from flask import Flask, Response
from flask_appbuilder import AppBuilder, Model, ModelView, expose
from flask_appbuilder.models.sqla.base import SQLA
from flask_appbuilder.models.sqla.filters import FilterEqual
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access
from flask_appbuilder.urltools import get_filter_args
from sqlalchemy import ForeignKey, Index, String, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Mapped, mapped_column, relationship

from benchmarks.subject import EXPORT_COLUMNS, FORM_COLUMNS, PAGE_SIZE, PASSWORD, SECRET

MUNICIPALITY = 1
ONE_MUNICIPALITY = [["municipality_id", FilterEqual, MUNICIPALITY]]


class Unit(Model):
    """A place of work."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))

    def __repr__(self) -> str:
        return self.name


class Person(Model):
    """A person in one municipality."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_name", "municipality_id", "family_name", "id"),
        Index("ix_person_given", "municipality_id", "given_name"),
        Index("ix_person_unit", "municipality_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int]
    given_name: Mapped[str] = mapped_column(String(100))
    family_name: Mapped[str] = mapped_column(String(100))
    birth_date: Mapped[date]
    national_id: Mapped[str] = mapped_column(String(11))
    email: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
    postcode: Mapped[str] = mapped_column(String(4))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    unit: Mapped[Unit] = relationship(lazy="selectin")

    def __repr__(self) -> str:
        return f"{self.family_name}, {self.given_name}"


class Plan(Model):
    """A plan for one person."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(default=MUNICIPALITY)
    title: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()


class UnitView(ModelView):
    """Units."""

    datamodel = SQLAInterface(Unit)
    base_filters = ONE_MUNICIPALITY
    list_columns = ["name"]
    search_columns = ["name"]
    add_columns = edit_columns = show_columns = ["name"]


class PersonView(ModelView):
    """Persons."""

    datamodel = SQLAInterface(Person)
    base_filters = ONE_MUNICIPALITY
    base_order = ("family_name", "asc")
    page_size = PAGE_SIZE
    list_columns = ["family_name", "given_name", "birth_date", "email", "phone", "unit"]
    search_columns = ["family_name", "given_name", "birth_date", "national_id", "email", "unit"]
    show_columns = add_columns = edit_columns = [*FORM_COLUMNS]

    @expose("/export")
    @has_access
    def export(self) -> Response:
        """The filtered list as CSV."""
        get_filter_args(self._filters)
        filters = self._filters.get_joined_filters(self._base_filters)
        _count, persons = self.datamodel.query(filters, *self.base_order)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(EXPORT_COLUMNS)
        writer.writerows([getattr(person, name) for name in EXPORT_COLUMNS] for person in persons)
        return Response(text.getvalue(), mimetype="text/csv")


class PlanView(ModelView):
    """Plans; the form's drop-down holds every person, which is the framework's way."""

    datamodel = SQLAInterface(Plan)
    base_filters = ONE_MUNICIPALITY
    list_columns = ["title"]
    search_columns = ["title"]
    add_columns = edit_columns = show_columns = ["title", "person"]


def create_app(*, writes_permissions: bool = False) -> Flask:
    """The application; ``writes_permissions`` once, when the database is made."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=SECRET,
        SQLALCHEMY_DATABASE_URI=os.environ["BENCH_DATABASE_URL"],
        FAB_UPDATE_PERMS=writes_permissions,
        FAB_CREATE_DB=writes_permissions,
    )
    db = SQLA(metadata=Model.metadata)
    db.init_app(app)
    with app.app_context():
        if db.engine.name == "sqlite":
            event.listen(db.engine, "connect", _set_pragmas)
        builder = AppBuilder(app, db.session)
        for view, name in ((PersonView, "Persons"), (UnitView, "Units"), (PlanView, "Plans")):
            builder.add_view(view, name)
        if writes_permissions:
            role = builder.sm.find_role("Admin")
            builder.sm.add_user("bench", "Bench", "User", "bench@example.com", role, PASSWORD)
    return app


def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "cache_size=-65536", "mmap_size=268435456"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


if __name__ == "__main__":
    create_app(writes_permissions=True)
