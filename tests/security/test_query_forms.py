"""Every way to ask or write by SQLAlchemy, in one municipality's scope, about the other's rows."""

import pytest
from sqlalchemy import (
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.clock import utc_now
from app.columns import new_id
from app.db import db, transaction
from app.enums import UnitKind
from app.errors import TenantViolation
from app.models import (
    AuditEvent,
    Membership,
    Person,
    ProtectedAddress,
    Unit,
)
from app.security import tenancy
from app.security.tenancy import Scope
from tests.world import CANARY

STOPPED = (TenantViolation, DBAPIError, NoResultFound)
person = Person.__table__

ALIAS = aliased(Unit)
SCHEMAS = {"sqlite": "main", "postgresql": "public"}
READS = {
    "entity": lambda s, w: s.scalars(select(Person)).all(),
    "columns": lambda s, w: s.execute(select(Person.family_name, Person.municipality_id)).all(),
    "legacy query": lambda s, w: s.query(Person).all(),
    "get by id": lambda s, w: s.get(Person, w.fjellby.persons["own"]),
    "get_one by id": lambda s, w: s.get_one(Person, w.fjellby.persons["own"]),
    "alias": lambda s, w: s.scalars(select(aliased(Person))).all(),
    "alias in an outer join": lambda s, w: s.execute(
        select(Unit.name, ALIAS.name).outerjoin(ALIAS, literal_column("1") == 1)
    ).all(),
    "subquery": lambda s, w: s.execute(select(select(Person).subquery())).all(),
    "common table expression": lambda s, w: s.execute(select(select(Person).cte())).all(),
    "union": lambda s, w: s.execute(union_all(select(Person.family_name), select(Unit.name))).all(),
    "join": lambda s, w: s.execute(
        select(Person.family_name, Unit.name).join(Unit, Person.unit_id == Unit.id)
    ).all(),
    "joined eager load": lambda s, w: s.scalars(
        select(Person).options(joinedload(Person.unit))
    ).all(),
    "select-in load": lambda s, w: s.scalars(
        select(Person).options(selectinload(Person.unit))
    ).all(),
    "scalar subquery": lambda s, w: s.execute(
        select(select(func.max(Person.family_name)).scalar_subquery())
    ).all(),
    "from_statement text": lambda s, w: s.scalars(
        select(Person).from_statement(text("SELECT * FROM person"))
    ).all(),
    "core table": lambda s, w: s.execute(select(person)).all(),
    "core columns": lambda s, w: s.execute(select(person.c.family_name)).all(),
    "text": lambda s, w: s.execute(text("SELECT family_name FROM person")).all(),
    "quoted text": lambda s, w: s.execute(text('SELECT family_name FROM "person"')).all(),
    "text with its schema": lambda s, w: s.execute(
        text(f"SELECT family_name FROM {SCHEMAS[s.connection().dialect.name]}.person")
    ).all(),
    "text in capitals, over lines": lambda s, w: s.execute(
        text("SELECT FAMILY_NAME\nFROM\nPERSON\nWHERE 1 = 1")
    ).all(),
    "literal column": lambda s, w: s.execute(
        select(literal_column("family_name")).select_from(text("person"))
    ).all(),
    "connection text": lambda s, w: s.connection().execute(text("SELECT * FROM person")).all(),
    "driver text": lambda s, w: s.connection().exec_driver_sql("SELECT * FROM person").all(),
    "audit events": lambda s, w: [
        e.municipality_id
        for e in s.scalars(select(AuditEvent))
        if e.municipality_id != w.strandvik.id
    ],
    "memberships": lambda s, w: [
        m.id for m in s.scalars(select(Membership)) if m.municipality_id != w.strandvik.id
    ],
    "protected addresses": lambda s, w: [
        a.id for a in s.scalars(select(ProtectedAddress)) if a.municipality_id != w.strandvik.id
    ],
    "exists": lambda s, w: s.scalar(
        select(exists(select(Person.id).where(Person.id == w.fjellby.persons["own"])))
    ),
    "count": lambda s, w: s.scalar(
        select(func.count()).select_from(Person).where(Person.id == w.fjellby.persons["own"])
    ),
    "core count": lambda s, w: s.scalar(select(func.count()).select_from(person)),
    "union of a count": lambda s, w: s.scalar(
        select(func.count()).select_from(
            select(Person.id).where(Person.municipality_id == w.fjellby.id).subquery()
        )
    ),
}


def new_person(world, municipality_id):
    return {
        "id": new_id(),
        "municipality_id": municipality_id,
        "given_name": "Sneket",
        "family_name": "Inn",
        "search_family": "inn",
        "search_given": "sneket",
        "is_shielded": False,
        "national_id_is_doubtful": False,
        "created_at": utc_now(),
        "version": 1,
    }


def load_and_change(s, w):
    row = s.get(Person, w.fjellby.persons["own"])
    if row is None:
        raise NoResultFound
    row.family_name = "Stjålet"
    s.flush()


def move_own_across(s, w):
    row = s.get(Person, w.strandvik.persons["own"])
    row.municipality_id = w.fjellby.id
    s.flush()


def link_across(s, w):
    s.get_one(Person, w.strandvik.persons["own"]).unit_id = w.fjellby.units["school"]
    s.flush()


def add_across(s, w):
    s.add(Person(**new_person(w, w.fjellby.id)))
    s.flush()


def delete_own(s, w):
    s.delete(s.get_one(Person, w.strandvik.persons["own"]))
    s.flush()


WRITES = {
    "load and change": load_and_change,
    "move a row across": move_own_across,
    "link across": link_across,
    "add across": add_across,
    "delete own": delete_own,
    "bulk update": lambda s, w: s.execute(update(Person).values(family_name="Stjålet")),
    "bulk delete": lambda s, w: s.execute(delete(Person)),
    "legacy bulk update": lambda s, w: s.query(Person).update({"family_name": "Stjålet"}),
    "legacy bulk delete": lambda s, w: s.query(Person).delete(),
    "bulk insert": lambda s, w: s.execute(insert(Person), [new_person(w, w.fjellby.id)]),
    "core insert": lambda s, w: s.execute(insert(person).values(**new_person(w, w.fjellby.id))),
    "core update": lambda s, w: s.execute(update(person).values(family_name="Stjålet")),
    "core delete": lambda s, w: s.execute(delete(person)),
    "text update": lambda s, w: s.execute(text("UPDATE person SET family_name = 'Stjålet'")),
    "text delete": lambda s, w: s.execute(text("DELETE FROM person")),
    "bulk_save_objects": lambda s, w: s.bulk_save_objects([Person(**new_person(w, w.fjellby.id))]),
    "bulk_insert_mappings": lambda s, w: s.bulk_insert_mappings(
        Person, [new_person(w, w.fjellby.id)]
    ),
    "audit event changed": lambda s, w: s.execute(text("UPDATE audit_event SET action = 'x'")),
    "audit event deleted": lambda s, w: s.execute(text("DELETE FROM audit_event")),
}


@pytest.fixture
def in_strandvik(context, world):
    """A session in Strandvik's scope; what it does is undone."""
    with Session(db.engine) as session, tenancy.applied(session, Scope(world.strandvik.id)):
        yield session
        session.rollback()


@pytest.mark.parametrize("form", READS)
def test_no_form_of_reading_finds_a_foreign_row(in_strandvik, world, form):
    """D20."""
    try:
        found = READS[form](in_strandvik, world)
    except STOPPED:
        return

    assert CANARY["9902"] not in str(_values(found))
    assert form not in NOTHING_AT_ALL or not found


NOTHING_AT_ALL = {
    "get by id",
    "audit events",
    "memberships",
    "protected addresses",
    "exists",
    "count",
    "union of a count",
}


def _values(found):
    rows = found if isinstance(found, list) else [found]
    return [
        (row.family_name, row.municipality_id, row.unit) if isinstance(row, Person) else str(row)
        for row in rows
    ]


def test_the_same_forms_find_own_rows(in_strandvik, world):
    assert CANARY["9901"] in str(_values(READS["entity"](in_strandvik, world)))
    assert CANARY["9901"] in str(_values(READS["columns"](in_strandvik, world)))
    assert CANARY["9901"] in str(_values(READS["join"](in_strandvik, world)))
    assert in_strandvik.get(Person, world.strandvik.persons["own"]) is not None


def write_and_commit(form, world):
    """Do it in Strandvik's scope, for good."""
    with Session(db.engine) as session, tenancy.applied(session, Scope(world.strandvik.id)):
        form(session, world)
        session.commit()


@pytest.mark.parametrize("form", WRITES)
def test_no_form_of_writing_reaches_a_foreign_row(context, world, form):
    """D20."""
    with pytest.raises(STOPPED):
        write_and_commit(WRITES[form], world)

    with Session(db.engine) as session, tenancy.applied(session, Scope(world.fjellby.id)):
        kept = session.get_one(Person, world.fjellby.persons["own"])
        assert kept.family_name == f"{CANARY['9902']}sen"


def test_a_row_of_ones_own_can_be_written(context, world):
    with tenancy.applied(db.session(), Scope(world.strandvik.id)), transaction() as session:
        unit = session.get_one(Unit, world.strandvik.units["nav"])
        unit.phone = "+4799999999"
        unit.kind = UnitKind.NAV

    with tenancy.applied(db.session(), Scope(world.strandvik.id)):
        assert db.session.get_one(Unit, world.strandvik.units["nav"]).phone == "+4799999999"


def test_a_row_loaded_in_one_scope_is_not_found_in_the_next(context, world):
    """D20."""
    session = db.session()
    with tenancy.applied(session, Scope(world.fjellby.id)):
        assert session.get(Person, world.fjellby.persons["own"]) is not None

    with tenancy.applied(session, Scope(world.strandvik.id)):
        assert session.get(Person, world.fjellby.persons["own"]) is None


def test_without_a_scope_nothing_is_found(context):
    """D17."""
    assert db.session.scalars(select(Person)).all() == []
    assert db.session.scalars(select(Unit)).all() == []
    assert db.session.scalars(select(Membership)).all() == []
