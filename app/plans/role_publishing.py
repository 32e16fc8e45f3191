"""Bringing those who have a standard role to a newer version of it, one by one and never half.

What is less holds at once. What is more becomes a proposal to the coordinator, and the owner's
side is told; nothing of it is given by this.
"""

from dataclasses import dataclass
from datetime import datetime

from app.clock import day_of
from app.consent.rights import who_may
from app.db import db
from app.enums import Capability, NoticeKind
from app.models import Participant, Plan, StandardRole
from app.notifications import notices
from app.plans import activity, consent_wanted, granting, role_holders, role_proposals
from app.plans.role_steps import Step, step
from app.security import policy
from app.security.actor import Actor
from app.security.plan_rights import OPEN
from app.security.roles import Action
from app.templating import standard_roles
from app.templating.role_changes import Rights, rights

AT_ONCE = 25
"""So many are brought along in one transaction; for more a job is ordered."""


@dataclass(frozen=True)
class Brought:
    """How many were brought to a version, and what came of it."""

    participants: int = 0
    narrowed: int = 0
    proposed: int = 0
    left: int = 0
    after: str | None = None

    def and_also(self, one: Step, participant_id: str) -> "Brought":
        """With one participant more."""
        return Brought(
            self.participants + 1,
            self.narrowed + bool(one.narrowed or one.limits),
            self.proposed + one.is_wider,
            self.left + bool(one.left),
            participant_id,
        )


def bring(
    actor: Actor, role: StandardRole, number: int, *, after: str | None = None, at: datetime
) -> Brought:
    """Bring the next ones who have the role to its version ``number``, in the order of their ids.

    ``after`` of the answer tells where to go on; None when nobody was left.
    """
    policy.require(actor, Action.EDIT, role)
    asked = role_holders.holding(actor, role, day_of(at)).limit(AT_ONCE)
    if after is not None:
        asked = asked.where(Participant.id > after)
    versions = {one: rights(said) for one, said in standard_roles.contents(role).items()}
    done = Brought()
    for participant in db.session.scalars(asked).all():
        activity.hold(participant.plan)
        db.session.refresh(participant)
        made = Step()
        if participant.standard_role_id == role.id and participant.ended_at is None:
            made = _bring_one(actor, participant, number, versions, at)
        done = done.and_also(made, participant.id)
    return done


def _bring_one(
    actor: Actor,
    participant: Participant,
    number: int,
    versions: dict[int, Rights],
    at: datetime,
) -> Step:
    """Bring one participant along; nothing is done twice."""
    since = role_proposals.brought(participant)
    if max((participant.standard_role_number or 0, *since)) >= number:
        return Step()
    before = role_proposals.held(participant.standard_role_number, since, versions)
    if before is None:
        return Step()
    plan, on = participant.plan, day_of(at)
    db.session.expire(participant, ["grants"])
    plain = step(before, versions[number], granting.granted(participant, on))
    made = role_holders.fitting(plain, plan.state, granting.sections_of(plan))
    if made.narrowed or made.limits:
        own_only = Capability.OWN_ACTIVITIES_ONLY in made.limits
        granting.lower(actor, participant, made.narrowed, own_only=own_only, at=at)
        _tell_narrowed(plan, participant, at)
    if plain.is_wider:
        role_proposals.add(participant, number, is_open=made.is_wider, at=at)
    else:
        role_proposals.close(participant, at=at)
        participant.standard_role_number = number
    if made.is_wider:
        _tell_proposed(plan, participant, at)
    return made


def _tell_narrowed(plan: Plan, participant: Participant, at: datetime) -> None:
    """Tell the coordinator whose access is less, and stop asking for consent to what is gone."""
    if plan.state in OPEN:
        name = participant.person.full_name
        notices.tell_each_time(
            plan, plan.coordinator_id, NoticeKind.ACCESS_STOPPED, at=at, text=name
        )
    consent_wanted.ask(plan, at=at)


def _tell_proposed(plan: Plan, participant: Participant, at: datetime) -> None:
    """Tell the coordinator, who answers, and the owner and those who decide for the owner."""
    deciders = [one.giver.id for one in who_may(plan, day_of(at))]
    persons = [plan.coordinator_id, plan.owner_id, *deciders]
    name = participant.person.full_name
    notices.tell(plan, persons, NoticeKind.ROLE_PROPOSED, at=at, text=name)
