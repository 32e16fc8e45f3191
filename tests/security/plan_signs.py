"""How it stands with consent, owner and coordinator is the same in SQL and for one plan, in a town
drawn at random."""

from collections import Counter

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.columns import new_id
from app.enums import Role
from app.models import Membership, Person, Plan
from app.plans import consent_states, coordinator_states, owners_side
from app.plans.consent_states import ConsentState
from app.security import plan_access
from tests.plans.loading import whole
from tests.security.plan_worlds import ACCOUNTS, Planter, Town

PLANS = 24


def plant(session, world, random, pivot):
    """A town full of plans, and the logins of its people."""
    accounts = [
        User(
            username=f"a{new_id()}",
            first_name="",
            last_name="",
            email=f"{new_id()}@account.invalid",
            active=random.random() < 0.8,
            password="",
        )
        for _ in range(ACCOUNTS)
    ]
    session.add_all(accounts)
    session.flush()
    town = Town(world.strandvik.id, [one.id for one in accounts])
    Planter(session, random, pivot).town(town, PLANS)
    return town


def compared(session, on):
    """What was found, once the two agree about every plan."""
    signs = (
        consent_states.state(on).label("state"),
        consent_states.is_valid(on).label("valid"),
        consent_states.is_expired(on).label("expired"),
        owners_side.has_login(on).label("login"),
        coordinator_states.is_able(on).label("can"),
    )
    roles = [
        *session.execute(select(Membership, User).join(User, User.id == Membership.account_id))
    ]
    retired = {*session.scalars(select(Person.id).where(Person.retired_at.is_not(None)))}
    told = Counter()
    for row in session.execute(select(Plan, *signs).options(*whole(Plan))):
        plan, state = row[0], consent_states.state_of(row[0], on)
        let_in = {one.person_id for one, login in roles if one.is_active(on) and login.active}
        decides = {plan.owner_id} | {
            one.holder_id
            for one in plan.authorities
            if one.may_consent and plan_access.reaches(one, plan, on)
        }
        coordinates = {
            one.person_id
            for one, login in roles
            if one.role is Role.COORDINATOR and one.is_active(on) and login.active
        } - retired
        assert row.state == state
        assert row.valid == (state is ConsentState.VALID)
        assert row.expired == (state is ConsentState.EXPIRED)
        assert row.login == bool(decides & let_in)
        assert row.can == (plan.coordinator_id in coordinates)
        told.update([state, "login" if row.login else "no login", "can" if row.can else "can't"])
    return told
