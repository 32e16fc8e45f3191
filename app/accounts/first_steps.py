"""What a new local administrator does first: a list that ticks itself off.

Each step is a question to the database, asked through the scope of whoever looks; nobody ticks
anything off by hand. A new step is one more line in ``STEPS``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_appbuilder import Model
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from app.accounts.fields import is_current
from app.clock import today
from app.db import db
from app.enums import Role
from app.models import AccountProfile, AuditEvent, Membership, Person, Plan, StandardRole, Unit
from app.security import policy, scope
from app.security.actor import Actor, open_municipalities
from app.security.roles import Action, Resource
from app.security.tenancy import here
from app.set_up_tables import StandardRoleVersion, Template, TemplateVersion

NATIONAL_ANSWERED = ("national_piece:taken_over", "national_piece:declined")


@dataclass(frozen=True)
class Step:
    """Something to do once: what, why, where, and how to see that it is done."""

    title: Any
    help: Any
    endpoint: str
    is_done: Callable[[Actor], bool]
    right: tuple[Action, Resource] | None = None
    concerns: Callable[[Actor], bool] = lambda _actor: True


@dataclass(frozen=True)
class Shown:
    """A step as it stands for one administrator."""

    step: Step
    is_done: bool


def _any(actor: Actor, model: type[Model], *conditions: ColumnElement[bool]) -> bool:
    found = scope.rows(actor, model).where(*conditions)
    return bool(db.session.scalar(found.with_only_columns(model.id).limit(1)))


def _has_units(actor: Actor) -> bool:
    return _any(actor, Unit, Unit.retired_at.is_(None))


def _has_persons(actor: Actor) -> bool:
    return _any(actor, Person, Person.retired_at.is_(None), Person.id != actor.person_id)


def _has_coordinator(actor: Actor) -> bool:
    return _any(actor, Membership, Membership.role == Role.COORDINATOR, is_current(today()))


def _has_plan(actor: Actor) -> bool:
    return _any(actor, Plan)


def _has_set_up(
    actor: Actor, head: Any, versions: type[StandardRoleVersion] | type[TemplateVersion], own: Any
) -> bool:
    """Whether somebody here has published, retired, or answered what the nation proposed.

    A copy of what is national is published as it was added; a draft that somebody has saved is
    written more than once.
    """
    written = select(own).where(
        here(versions), versions.published_at.is_not(None), versions.version > 1
    )
    answered = select(AuditEvent.object_id).where(
        AuditEvent.municipality_id == actor.municipality_id,
        AuditEvent.action.in_(NATIONAL_ANSWERED),
        AuditEvent.object_type == head.__tablename__,
    )
    return _any(actor, head, or_(head.retired_at.is_not(None), head.id.in_(written))) or bool(
        db.session.scalar(answered.limit(1))
    )


def _has_set_up_roles(actor: Actor) -> bool:
    return _has_set_up(actor, StandardRole, StandardRoleVersion, StandardRoleVersion.role_id)


def _has_set_up_templates(actor: Actor) -> bool:
    return _has_set_up(actor, Template, TemplateVersion, TemplateVersion.template_id)


def _has_own_contact(actor: Actor) -> bool:
    own = scope.rows(actor, Person, Action.EDIT_CONTACT).where(
        Person.id == actor.person_id, Person.email.is_not(None), Person.phone.is_not(None)
    )
    return db.session.scalar(own) is not None


def _has_many_municipalities(actor: Actor) -> bool:
    return len(open_municipalities(db.session(), actor.account_id or 0, today())) > 1


def _has_changed_municipality(actor: Actor) -> bool:
    profile = db.session.get(AccountProfile, actor.account_id)
    return profile is not None and profile.last_municipality_id is not None


STEPS = (
    Step(
        _l("Write how people can reach you"),
        _l("Your e-mail address and phone number, on your own page."),
        "OwnPageView.index",
        _has_own_contact,
    ),
    Step(
        _l("Register the units"),
        _l("Schools, kindergartens, services and offices that take part in the work on plans."),
        "UnitView.list",
        _has_units,
        (Action.ADD, Resource.UNIT),
    ),
    Step(
        _l("Register or import persons"),
        _l("One by one, or all at once from a file. You see what a file holds before it is saved."),
        "PersonView.list",
        _has_persons,
        (Action.ADD, Resource.PERSON),
    ),
    Step(
        _l("Appoint a coordinator"),
        _l("Give the role of coordinator to a registered person, who gets a link to sign in."),
        "MembershipView.list",
        _has_coordinator,
        (Action.ADD, Resource.MEMBERSHIP),
    ),
    Step(
        _l("Fit the standard roles to your municipality"),
        _l(
            "What a teacher or a doctor may see in a plan. You begin with the national ones; change"
            " and publish one, or retire one that you don't use."
        ),
        "StandardRoleView.index",
        _has_set_up_roles,
        (Action.EDIT, Resource.STANDARD_ROLE),
    ),
    Step(
        _l("Fit the templates to your municipality"),
        _l(
            "What a new plan begins with. You begin with the national ones; change and publish one,"
            " or retire one that you don't use."
        ),
        "TemplateView.index",
        _has_set_up_templates,
        (Action.EDIT, Resource.TEMPLATE),
    ),
    Step(
        _l("See to it that the first plan is started"),
        _l("A coordinator starts it. You see that it exists, not what is written in it."),
        "PlanListView.list",
        _has_plan,
        (Action.EXPORT, Resource.PLAN),
    ),
    Step(
        _l("Try to change municipality"),
        _l(
            "You have roles in several municipalities. You work in one at a time, and its name"
            " stands at the top of every page."
        ),
        "MunicipalityChoiceView.choose",
        _has_changed_municipality,
        concerns=_has_many_municipalities,
    ),
)


def concerns(actor: Actor) -> bool:
    """Whether the first steps are for this actor at all."""
    return actor.holds(Role.LOCAL_ADMINISTRATOR)


def steps_of(actor: Actor) -> list[Shown]:
    """The steps that the actor may take here, with what is done; empty when all are."""
    found = [
        Shown(step, step.is_done(actor))
        for step in STEPS
        if (step.right is None or policy.may_open(actor, *step.right)) and step.concerns(actor)
    ]
    return found if any(not one.is_done for one in found) else []


def are_hidden(actor: Actor) -> bool:
    """Whether the actor has put the first steps away."""
    profile = db.session.get(AccountProfile, actor.account_id)
    return profile is not None and profile.first_steps_hidden_at is not None
