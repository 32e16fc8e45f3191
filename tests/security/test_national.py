"""What is national: ``decide`` and ``visible`` say the same, and a draft is its maker's alone."""

import itertools

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.columns import new_id
from app.db import db
from app.enums import Role, SetUpKind
from app.security import policy, scope, tenancy
from app.security.actor import NOBODY, Actor, Holding
from app.security.roles import ON_RETIRED, ROLE_RIGHTS, Action, Resource
from app.set_up_tables import NationalPiece, NationalVersion

MADE = ("draft", "published", "with a draft", "retired")


def actors(world):
    """Everybody who may come, in Strandvik, below a unit there, and in no municipality."""
    place = world.strandvik
    yield "nobody", NOBODY
    yield "central", Actor(1, holdings=(Holding(Role.CENTRAL_ADMINISTRATOR),))
    for role in (Role.LOCAL_ADMINISTRATOR, Role.COORDINATOR, Role.PARTICIPANT):
        yield str(role), Actor(1, place.id, holdings=(Holding(role),))
    below = Holding(Role.LOCAL_ADMINISTRATOR, "/a/")
    yield "limited", Actor(1, place.id, holdings=(below,))
    both = (Holding(Role.LOCAL_ADMINISTRATOR), Holding(Role.CENTRAL_ADMINISTRATOR))
    yield "both", Actor(1, place.id, holdings=both)


@pytest.fixture
def library(context):
    """A session with one national piece of each sort, never kept."""
    with Session(db.engine) as session, tenancy.applied(session, tenancy.Scope(is_central=True)):
        for name in MADE:
            is_draft = name == "draft"
            piece = NationalPiece(
                id=new_id(),
                what=SetUpKind.TEMPLATE,
                key=name.replace(" ", "_"),
                names={"nb": name},
                number=None if is_draft else 1,
                retired_at=utc_now() if name == "retired" else None,
            )
            session.add(piece)
            session.flush()
            if not is_draft:
                session.add(NationalVersion(piece_id=piece.id, number=1, published_at=utc_now()))
            if is_draft or name == "with a draft":
                session.add(NationalVersion(piece_id=piece.id, number=2))
        session.flush()
        yield session
        session.rollback()


def slow_answer(actor, action, row):
    """The rules, written out."""
    is_piece = isinstance(row, NationalPiece)
    if is_piece and row.retired_at and action not in ON_RETIRED:
        return False
    if action is Action.RESTORE and not (is_piece and row.retired_at):
        return False
    if actor.holds(Role.CENTRAL_ADMINISTRATOR):
        central = ROLE_RIGHTS[Role.CENTRAL_ADMINISTRATOR][Resource.NATIONAL_PIECE]
        if action in central:
            return True
    if not actor.holds(Role.LOCAL_ADMINISTRATOR):
        return False
    is_published = row.number is not None if is_piece else row.published_at is not None
    return is_published and action in (Action.LIST, Action.SHOW, Action.CHOOSE)


@pytest.mark.parametrize("model", [NationalPiece, NationalVersion])
def test_what_is_national_is_decided_alike_in_memory_and_in_the_database(library, world, model):
    rows = library.scalars(select(model)).all()
    mine = {row.key for row in library.scalars(select(NationalPiece))}
    assert mine >= {name.replace(" ", "_") for name in MADE}

    for (name, actor), action in itertools.product(actors(world), Action):
        seen = set(library.scalars(select(model.id).where(scope.visible(actor, model, action))))
        for row in rows:
            decided = bool(policy.decide(actor, action, row))
            assert decided == slow_answer(actor, action, row), (name, action, row)
            if getattr(row, "retired_at", None) is None and action is not Action.RESTORE:
                assert decided == (row.id in seen), (name, action, row)


def test_a_national_draft_is_seen_by_no_municipality(library, world):
    for name, actor in actors(world):
        pieces = library.scalars(
            select(NationalPiece.key).where(scope.visible(actor, NationalPiece, Action.SHOW))
        ).all()
        drafts = library.scalars(
            select(NationalVersion.id).where(
                scope.visible(actor, NationalVersion, Action.SHOW),
                NationalVersion.published_at.is_(None),
            )
        ).all()
        is_maker = actor.holds(Role.CENTRAL_ADMINISTRATOR)

        assert ("draft" in pieces) is is_maker, name
        assert bool(drafts) is is_maker, name
        if actor.holds(Role.LOCAL_ADMINISTRATOR):
            assert {"published", "retired"} <= set(pieces)
