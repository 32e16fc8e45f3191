"""Starting a plan: who it is about, who acts for them, and who coordinates."""

from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.enums import AuthorityKind, PlanKind, PlanState
from app.errors import DomainError
from app.models import Authority, Person, Plan, PlanType, Unit
from app.plans import from_template
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.security.tenancy import here

LOWEST_LEVEL, HIGHEST_LEVEL = 0, 3


class NotOffered(DomainError):
    """The municipality does not use this kind of plan."""

    status = 422
    message = _l("The municipality does not offer this kind of plan.")


class LevelNeeded(DomainError):
    """A relay log has a level from 0 to 3, other plans have none."""

    status = 422
    message = _l("Choose the level, from 0 to 3.")


class BirthDateNeeded(DomainError):
    """Who consents depends on the owner's age."""

    status = 422
    message = _l(
        "The birth date of this person is not registered. It decides who consents, so register it"
        " first."
    )


class OwnerIsSelf(DomainError):
    """Nobody coordinates their own plan."""

    status = 422
    message = _l("You can't coordinate your own plan. Ask another coordinator to start it.")


class HasOpenPlan(DomainError):
    """The owner has an open individual plan; by law there is one only (pbrl § 7-1)."""

    message = _l("This person has an open individual plan already, and may have only one.")

    def __init__(self, plan: Plan) -> None:
        super().__init__(field="owner_id")
        self.plan = plan


@dataclass(frozen=True)
class StatedAuthority:
    """A right to act for the owner, as the coordinator states it."""

    holder_id: str
    kind: AuthorityKind
    may_consent: bool
    ground: str


@dataclass(frozen=True)
class StartFacts:
    """What a plan is started with."""

    kind: PlanKind
    owner_id: str
    level: int | None = None
    unit_id: str | None = None
    authorities: tuple[StatedAuthority, ...] = field(default=())
    template_id: str | None = None
    """The template it is made from; None for a plan with nothing in it."""


def start(actor: Actor, facts: StartFacts, *, at: datetime) -> Plan:
    """A new plan in draft, coordinated by ``actor``. Nobody else is let in before consent.

    Raises:
        NotAllowed, NotFound: starting is not the actor's right, or a person or unit not theirs.
        NotOffered, LevelNeeded, BirthDateNeeded, OwnerIsSelf, HasOpenPlan
        NotInUse: the template can't be used any more.
    """
    policy.require_open(actor, Action.START, Resource.PLAN)
    owner = require_owner(actor, facts.kind, facts.owner_id)
    require_kind(facts.kind, facts.level)
    if facts.unit_id is not None:
        policy.require(actor, Action.CHOOSE, db.session.get_one(Unit, facts.unit_id))
    version = None
    if facts.template_id is not None:
        version = from_template.version_in_use(actor, facts.kind, facts.template_id)
    plan = Plan(
        id=new_id(),
        municipality_id=actor.municipality_id,
        kind=facts.kind,
        level=facts.level,
        state=PlanState.DRAFT,
        owner_id=owner.id,
        coordinator_id=actor.person_id,
        unit_id=facts.unit_id,
        started_at=at,
        last_activity_at=at,
    )
    db.session.add(plan)
    for stated in facts.authorities:
        state_authority(actor, owner, stated, at=at)
    db.session.flush()
    if version is not None:
        from_template.begin(actor, plan, version, at=at)
    return plan


def require_kind(kind: PlanKind, level: int | None) -> PlanType:
    """How the municipality has set up this kind of plan.

    Raises:
        NotOffered: it does not use it.
        LevelNeeded: a relay log without a level, or another plan with one.
    """
    found = db.session.scalar(select(PlanType).where(here(PlanType), PlanType.kind == kind))
    if found is None or not found.is_offered:
        raise NotOffered(field="kind")
    fits = level is None or LOWEST_LEVEL <= level <= HIGHEST_LEVEL
    if not fits or (kind is PlanKind.RELAY_LOG) != (level is not None):
        raise LevelNeeded(field="level")
    return found


def require_owner(actor: Actor, kind: PlanKind, owner_id: str) -> Person:
    """The person whom a plan of this kind can be about.

    Raises:
        NotFound, NotAllowed: not one that ``actor`` may choose.
        BirthDateNeeded, OwnerIsSelf, HasOpenPlan
    """
    owner = db.session.get_one(Person, owner_id)
    policy.require(actor, Action.CHOOSE, owner)
    if owner.birth_date is None:
        raise BirthDateNeeded(field="owner_id")
    if owner.id == actor.person_id:
        raise OwnerIsSelf(field="owner_id")
    if kind is PlanKind.INDIVIDUAL_PLAN and (earlier := open_individual_plan(owner.id)):
        raise HasOpenPlan(earlier)
    return owner


def open_individual_plan(owner_id: str) -> Plan | None:
    """The open individual plan of a person, whoever may see it: there can be one only."""
    found: Plan | None = db.session.scalar(
        select(Plan).where(
            here(Plan),
            Plan.owner_id == owner_id,
            Plan.kind == PlanKind.INDIVIDUAL_PLAN,
            Plan.closed_at.is_(None),
        )
    )
    return found


def state_authority(
    actor: Actor, owner: Person, stated: StatedAuthority, *, at: datetime
) -> Authority:
    """Keep that somebody may act for ``owner``; one that holds already is kept as it is.

    Raises:
        NotFound, NotAllowed: the holder is not one that ``actor`` may choose.
    """
    holder = db.session.get_one(Person, stated.holder_id)
    policy.require(actor, Action.CHOOSE, holder)
    on = day_of(at)
    for known in db.session.scalars(
        select(Authority).where(
            Authority.owner_id == owner.id,
            Authority.holder_id == holder.id,
            Authority.kind == stated.kind,
        )
    ):
        if known.is_active(on) and known.may_consent is stated.may_consent:
            return known
    authority = Authority(
        id=new_id(),
        owner_id=owner.id,
        holder_id=holder.id,
        kind=stated.kind,
        may_consent=stated.may_consent,
        ground=stated.ground,
        starts_on=on,
        stated_by_id=actor.account_id,
        stated_at=at,
    )
    db.session.add(authority)
    return authority
