"""Every way to ask or write by SQLAlchemy, for every table of plans, across the border."""

import pytest
from sqlalchemy import delete, exists, func, insert, inspect, select, text, union_all, update
from sqlalchemy.orm import Session, aliased, selectinload

from app.clock import today, utc_now
from app.db import db
from app.enums import DecisionKind, Section
from app.models import PLAN_TABLES, Plan, PlanEntry, StandardRole
from app.security import tenancy
from app.security.published import PublishedForever
from app.security.tenancy import Scope
from app.set_up_tables import RoleProposal, Template, TemplateVersion
from app.side_tables import EntryDraft, PlanDecision, PlanEntryVersion, PlanVisit
from tests.conftest import with_world
from tests.plans import desk_rows
from tests.plans import garden as gardens
from tests.plans.move_rows import moved
from tests.security.test_query_forms import STOPPED

TABLES = pytest.mark.parametrize("model", PLAN_TABLES, ids=lambda model: model.__tablename__)


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation with a row of every table of plans in both municipalities."""
    app = with_world(make_app(database_name))
    with app.app_context():
        world = app.extensions["test_world"]
        garden = gardens.build(world)
        for bed in (garden.strandvik, garden.fjellby):
            with gardens.planting(bed.place):
                _fill(bed, world.accounts["larer"])
    return app


def _fill(bed, account_id):
    """What the garden does not hold in both."""
    session, persons = db.session(), bed.place.persons
    plan = session.get_one(Plan, bed.plans["ip"])
    by = gardens.authority(plan.owner_id, persons["other"])
    gardens.withhold(by, Section.GOALS)
    gardens.stand_in(plan, persons["other"])
    gardens.emergency(plan, persons["other"])
    of = {"plan_id": plan.id}
    entry_id = bed.entries["ip", Section.GOALS]
    session.add_all(
        [
            PlanDecision(
                **of,
                kind=DecisionKind.INDIVIDUAL_DECISION,
                what="plass",
                legal_ground="loven",
                decided_on=today(),
                recorded_at=utc_now(),
            ),
            PlanVisit(**of, person_id=persons["larer"], seen_at=utc_now()),
            PlanEntryVersion(**of, entry_id=entry_id, number=7, at=utc_now()),
            EntryDraft(account_id=account_id, place="ny", saved_at=utc_now()),
            desk_rows.tidied(plan, account_id),
            desk_rows.introduced(plan, persons["larer"]),
            desk_rows.asked(plan, persons["other"]),
        ]
    )
    _fill_set_up(plan, bed.participants["ip", "larer"])
    moved(plan, by, persons["other"])


def _fill_set_up(plan, participant_id):
    """A template that the plan is made from, and a proposal of more access."""
    session = db.session()
    role_id = session.scalars(select(StandardRole.id).limit(1)).one()
    template = Template(kind=plan.kind, key="mal")
    session.add(template)
    session.flush()
    version = TemplateVersion(template_id=template.id, number=1, published_at=utc_now())
    of = {"plan_id": plan.id, "participant_id": participant_id}
    session.add_all([version, RoleProposal(**of, role_id=role_id, number=2, made_at=utc_now())])
    session.flush()
    plan.template_version_id = version.id


@pytest.fixture
def ids(context, world):
    """Finds the ids of a table's rows in a municipality."""

    def find(model, place):
        with Session(db.engine) as session, tenancy.applied(session, Scope(place.id)):
            return set(session.scalars(select(model.id)))

    return find


@pytest.fixture
def in_strandvik(context, world):
    """A session in Strandvik's scope; what it does is undone."""
    with Session(db.engine) as session, tenancy.applied(session, Scope(world.strandvik.id)):
        yield session
        session.rollback()


def _aliased(session, model):
    row = aliased(model)
    return session.scalars(select(row.id)).all()


READS = {
    "entity": lambda s, m: [row.id for row in s.scalars(select(m))],
    "column": lambda s, m: s.scalars(select(m.id)).all(),
    "alias": _aliased,
    "subquery": lambda s, m: s.scalars(select(select(m.id).subquery().c.id)).all(),
    "common table expression": lambda s, m: s.scalars(select(select(m.id).cte().c.id)).all(),
    "union": lambda s, m: s.scalars(union_all(select(m.id), select(m.id))).all(),
    "legacy query": lambda s, m: [row.id for row in s.query(m).all()],
    "core table": lambda s, m: s.scalars(select(m.__table__.c.id)).all(),
    "text": lambda s, m: s.scalars(text(f"SELECT id FROM {m.__tablename__}")).all(),
    "from_statement text": lambda s, m: [
        row.id
        for row in s.scalars(select(m).from_statement(text(f"SELECT * FROM {m.__tablename__}")))
    ],
    "driver text": lambda s, m: [
        row[0] for row in s.connection().exec_driver_sql(f"SELECT id FROM {m.__tablename__}")
    ],
}


@TABLES
@pytest.mark.parametrize("form", READS)
def test_no_form_of_reading_finds_a_foreign_row_of_plans(in_strandvik, world, ids, model, form):
    """D20."""
    own, foreign = ids(model, world.strandvik), ids(model, world.fjellby)
    assert own
    assert foreign
    try:
        found = {str(one) for one in READS[form](in_strandvik, model)}
    except STOPPED:
        assert form not in ("entity", "column", "alias", "subquery", "legacy query")
        return

    plain = {one.replace("-", "") for one in found}
    assert plain.isdisjoint(one.replace("-", "") for one in foreign)
    if form in ("entity", "column", "alias", "subquery", "legacy query"):
        assert found == own


@TABLES
def test_a_foreign_row_of_plans_is_not_got_counted_or_known_by_its_id(
    in_strandvik, world, ids, model
):
    key = min(ids(model, world.fjellby))

    assert in_strandvik.get(model, key) is None
    counted = select(func.count()).select_from(model).where(model.id == key)
    assert in_strandvik.scalar(counted) == 0
    assert not in_strandvik.scalar(select(exists(select(model.id).where(model.id == key))))
    assert in_strandvik.get(model, min(ids(model, world.strandvik))) is not None


def _change_foreign(session, model, key):
    row = session.get(model, key)
    assert row is None
    session.execute(update(model).where(model.id == key).values(id=key))


WRITES = {
    "bulk update": lambda s, m, key: s.execute(update(m).values(id=m.id)),
    "bulk update of one": _change_foreign,
    "bulk delete": lambda s, m, key: s.execute(delete(m)),
    "legacy bulk delete": lambda s, m, key: s.query(m).delete(),
    "core update": lambda s, m, key: s.execute(update(m.__table__).values(id=m.__table__.c.id)),
    "core delete": lambda s, m, key: s.execute(delete(m.__table__)),
    "core insert": lambda s, m, key: s.execute(insert(m.__table__).values(id=key)),
    "text delete": lambda s, m, key: s.execute(text(f"DELETE FROM {m.__tablename__}")),
    "text update": lambda s, m, key: s.execute(text(f"UPDATE {m.__tablename__} SET id = id")),
    "delete of an own row": lambda s, m, key: (
        s.delete(s.scalars(select(m).limit(1)).one()),
        s.flush(),
    ),
}


@TABLES
@pytest.mark.parametrize("form", WRITES)
def test_no_form_of_writing_changes_or_deletes_rows_of_plans(in_strandvik, world, ids, model, form):
    """D20."""
    before = [ids(model, place) for place in (world.strandvik, world.fjellby)]

    with pytest.raises(STOPPED):
        WRITES[form](in_strandvik, model, min(before[1]))

    in_strandvik.rollback()
    assert [ids(model, place) for place in (world.strandvik, world.fjellby)] == before


@TABLES
def test_a_row_of_plans_is_not_moved_across_the_border(in_strandvik, world, model):
    row = in_strandvik.scalars(select(model).limit(1)).one()
    row.municipality_id = world.fjellby.id

    with pytest.raises(STOPPED):
        in_strandvik.flush()


REFERENCES = [
    (model, key.name, column.name)
    for model in PLAN_TABLES
    for key in sorted(model.__table__.foreign_key_constraints, key=lambda key: str(key.name))
    if "municipality_id" in key.column_keys and len(key.column_keys) == 2
    for column in key.columns
    if column.name != "municipality_id"
]


@pytest.mark.parametrize(("model", "name", "column"), REFERENCES, ids=lambda one: str(one))
def test_no_row_of_plans_points_across_the_border(context, world, ids, model, name, column):
    """D3."""
    key = next(k for k in model.__table__.foreign_key_constraints if k.name == name)
    target = next(m for m in _mapped() if m.__table__ is key.referred_table)
    foreign = min(ids(target, world.fjellby))
    with Session(db.engine) as session, tenancy.applied(session, Scope(world.strandvik.id)):
        row = session.scalars(select(model).limit(1)).one()
        setattr(row, column, foreign)

        with pytest.raises((*STOPPED, PublishedForever)):
            session.flush()
        session.rollback()


def _mapped():
    return [mapper.class_ for mapper in inspect(Plan).registry.mappers]


def test_relationships_load_own_rows_alone(in_strandvik, world, ids):
    foreign = ids(PlanEntry, world.fjellby)
    plans = in_strandvik.scalars(
        select(Plan).options(selectinload(Plan.participants), selectinload(Plan.consents))
    ).all()

    assert plans
    for plan in plans:
        for row in (*plan.participants, *plan.consents, plan.owner, plan.coordinator):
            assert row.municipality_id == world.strandvik.id
    assert not {entry.id for entry in in_strandvik.scalars(select(PlanEntry))} & foreign
