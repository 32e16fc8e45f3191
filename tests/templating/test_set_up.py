"""What a municipality begins with: copies of what is national, made once, that remember it."""

import threading

import pytest
from sqlalchemy import func, select

from app.columns import new_id
from app.db import db, transaction
from app.enums import SetUpKind
from app.models import StandardRole
from app.security.actor import acting_as, operator
from app.set_up_tables import NationalPiece, Template
from app.templating import setup, versions
from app.templating.national_stock import shipped
from app.templating.shipped_roles import ROLES
from tests.conftest import with_world
from tests.plans import garden as gardens


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation whose Fjellby has roles from before there were keys and versions."""
    app = with_world(make_app(database_name))
    place = app.extensions["test_world"].fjellby
    with app.app_context(), acting_as(db.session(), operator(place.id)), transaction() as session:
        for role in ROLES[:3]:
            said = role.content.model_dump(mode="json")
            session.add(
                StandardRole(
                    id=new_id(),
                    names={"nb": role.nb},
                    kinds=said["kinds"],
                    matrix=said["matrix"] if role is ROLES[0] else {"goals": "read"},
                    months=3,
                )
            )
    return app


@pytest.fixture(scope="module", autouse=True)
def set_up_at_once(app):
    """Both municipalities, set up by several at the same time."""
    world, errors = app.extensions["test_world"], []

    def set_up(place):
        try:
            with app.app_context(), gardens.planting(place):
                pass
        except Exception as error:
            errors.append(error)

    places = (world.strandvik, world.fjellby) * 2
    threads = [threading.Thread(target=set_up, args=[place]) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_what_is_shipped_is_made_national_once(app):
    with app.app_context():
        counted = select(NationalPiece.what, func.count()).group_by(NationalPiece.what)
        found = dict(iter(db.session.execute(counted)))
        numbers = set(db.session.scalars(select(NationalPiece.number)))

    assert sum(found.values()) == len(list(shipped()))
    assert set(found) == set(SetUpKind)
    assert numbers == {1}


def test_a_municipality_gets_copies_that_remember_where_they_come_from(app, world):
    with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
        heads = [*db.session.scalars(select(StandardRole)), *db.session.scalars(select(Template))]

        assert len(heads) == len(list(shipped()))
        for head in heads:
            piece = db.session.get_one(NationalPiece, head.national_id)
            assert (head.key, head.national_number, head.number) == (piece.key, 1, 1)
            assert versions.published(head).content == versions.published(piece).content


def test_roles_from_before_keep_what_they_give_and_get_what_they_lack(app, world):
    with app.app_context(), acting_as(db.session(), operator(world.fjellby.id)):
        roles = {role.key: role for role in db.session.scalars(select(StandardRole))}
        old = roles[ROLES[1].key]

        assert len(roles) == len(ROLES)
        assert (old.matrix, old.months) == ({"goals": "read"}, 3)
        assert (old.national_number, old.number) == (0, 1)
        assert versions.published(old).content["matrix"] == {"goals": "read"}
        assert roles[ROLES[5].key].national_number == 1


def test_setting_up_once_more_changes_nothing(app, world):
    def counted():
        return [
            db.session.scalar(select(func.count()).select_from(model))
            for model in (StandardRole, Template, NationalPiece)
        ]

    with app.app_context(), acting_as(db.session(), operator(world.fjellby.id)):
        before = counted()
    with app.app_context(), gardens.planting(world.fjellby):
        setup.ensure(db.session(), world.fjellby.id, at=gardens.utc_now())
    with app.app_context(), acting_as(db.session(), operator(world.fjellby.id)):
        assert counted() == before
