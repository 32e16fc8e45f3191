"""The garden's Strandvik for tests of access: asked of ``decide`` and ``visible`` at once."""

from contextlib import contextmanager
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.clock import utc_now
from app.db import db
from app.enums import (
    Section,
)
from app.models import (
    Consent,
    Membership,
    Participant,
    Person,
    Plan,
    PlanEntry,
)
from app.security import policy, scope, tenancy
from app.security.actor import find_actor
from app.security.roles import Action
from tests.conftest import with_world
from tests.plans import garden as gardens

OSLO = ZoneInfo("Europe/Oslo")
GOALS, ABOUT_ME, ACTIVITIES = Section.GOALS, Section.ABOUT_ME, Section.ACTIVITIES


def planted(app):
    """``app`` with the small world and the garden in it."""
    app = with_world(app)
    with app.app_context():
        app.extensions["test_garden"] = gardens.build(app.extensions["test_world"])
    return app


class Town:
    """Strandvik for one test: what it plants and changes there is undone afterwards."""

    def __init__(self, world, bed):
        self.world, self.bed, self.place = world, bed, bed.place
        self.session = db.session()

    def actor(self, username, at=None, **options):
        """Whoever signs in under this name, found anew."""
        account_id = self.world.accounts[username]
        return find_actor(self.session, account_id, self.place.id, at or utc_now(), **options)

    def row(self, model, key):
        return self.session.get_one(model, key)

    def give_role(self, username, role, **values):
        """A role more for a login that has one here."""
        values = {"starts_on": gardens.yesterday(), "created_at": utc_now()} | values
        row = Membership(
            account_id=self.world.accounts[username],
            person_id=self.place.persons[username],
            role=role,
            municipality_id=self.place.id,
            **values,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def membership(self, username):
        return self.row(Membership, self.place.memberships[username])

    def consent(self, name):
        """The consent that lets larer into a plan."""
        return self.row(Consent, self.bed.consents[name, "larer"])

    def larer(self, name):
        """larer's participation in a plan."""
        return self.row(Participant, self.bed.participants[name, "larer"])

    def entry(self, name, section):
        return self.row(PlanEntry, self.bed.entries[name, section])

    def person(self, key):
        return self.row(Person, self.place.persons[key])

    def plan(self, name):
        return self.row(Plan, self.bed.plans[name])

    def may(self, username, action, thing, section=None, at=None):
        """The answer of ``decide``; those of ``visible`` and ``open_sections`` must not differ."""
        self.session.flush()
        self.session.expire_all()
        actor = self.actor(username, at)
        model, decided = type(thing), policy.decide(actor, action, thing, section=section)
        condition = scope.visible(actor, model, action, section=section)
        found = self.session.scalar(select(model.id).where(model.id == thing.id, condition))
        assert (found is not None) is decided.allowed, (username, action, thing)
        if section is not None:
            opened = policy.open_sections(actor, action, thing)
            assert (section in opened) is decided.allowed, (username, action, section)
        return decided.allowed

    def reads(self, username, plan, section=GOALS, at=None):
        return self.may(username, Action.READ, plan, section, at)

    def sees(self, username, thing, at=None):
        return self.may(username, Action.SHOW, thing, None, at)


@contextmanager
def in_town(app):
    """Strandvik's rows in an open session; nothing that is done with them is kept."""
    world, session = app.extensions["test_world"], db.session()
    session.rollback()
    with tenancy.applied(session, tenancy.Scope(world.strandvik.id)):
        yield Town(world, app.extensions["test_garden"].strandvik)
        session.rollback()
