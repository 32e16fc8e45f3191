"""Answering a proposal of more access: the coordinator says yes or no.

A yes gives it as any other access is given, so nothing of it opens before it is consented to.
"""

from collections.abc import Mapping
from datetime import date, datetime

from app.clock import day_of
from app.db import db
from app.enums import Capability, Level, NoticeKind, Section
from app.errors import StaleVersion
from app.models import Participant, StandardRole
from app.notifications import notices
from app.plans import granting, role_holders, role_proposals
from app.plans.role_steps import Step, step
from app.security import plan_access, policy
from app.security.actor import Actor
from app.security.roles import Action
from app.set_up_tables import RoleProposal
from app.templating import standard_roles
from app.templating.role_changes import rights


def asked(actor: Actor, proposal: RoleProposal, at: datetime) -> Step:
    """What a proposal asks for as things are now, as far as the actor may give it."""
    participant = proposal.participant
    role = db.session.get_one(StandardRole, proposal.role_id)
    versions = {one: rights(said) for one, said in standard_roles.contents(role).items()}
    since = [one for one in role_proposals.brought(participant) if one < proposal.number]
    before = role_proposals.held(participant.standard_role_number, since, versions)
    after = versions.get(proposal.number)
    if participant.standard_role_id != proposal.role_id or before is None or after is None:
        return Step()
    given = granting.granted(participant, day_of(at))
    plan = participant.plan
    one = role_holders.fitting(step(before, after, given), plan.state, granting.sections_of(plan))
    return Step(
        proposed=_as_may_be_given(actor, participant, one.proposed, given),
        capabilities=one.capabilities,
    )


def _as_may_be_given(
    actor: Actor,
    participant: Participant,
    proposed: Mapping[Section, Level],
    given: Mapping[Section, Level],
) -> dict[Section, Level]:
    may = {
        section: min(
            level,
            plan_access.most_given(actor, participant.plan, section),
            key=lambda one: one.rank,
        )
        for section, level in proposed.items()
    }
    return {s: one for s, one in may.items() if one.rank > given.get(s, Level.NONE).rank}


def answer(
    actor: Actor, participant: Participant, proposal_id: str, *, accepted: bool, at: datetime
) -> list[granting.Change]:
    """Give what was proposed, or leave it; what a yes changes.

    Raises:
        StaleVersion: it was answered, or another has taken its place.
        NotToBeGiven, AlreadyOver
    """
    policy.require(actor, Action.STEER_ACCESS, participant)
    granting.require_open(participant, day_of(at))
    proposal = role_proposals.open_one(participant)
    if proposal is None or proposal.id != proposal_id:
        raise StaleVersion
    made: list[granting.Change] = []
    if accepted:
        made = _give(actor, participant, asked(actor, proposal, at), at)
        participant.standard_role_number = proposal.number
    role_proposals.close(participant, accepted=accepted, at=at)
    if not role_proposals.open_in(participant.plan_id):
        notices.settle(participant.plan_id, NoticeKind.ROLE_PROPOSED, at=at)
    return made


def changes(actor: Actor, participant: Participant, one: Step, on: date) -> list[granting.Change]:
    """What a yes would change."""
    wanted = _wanted(actor, participant, one)
    return granting.changes(participant, wanted, on, own_only=_own_only(one))


def _give(actor: Actor, participant: Participant, one: Step, at: datetime) -> list[granting.Change]:
    return granting.set_matrix(
        actor,
        participant,
        _wanted(actor, participant, one),
        capabilities=one.capabilities,
        own_only=_own_only(one),
        at=at,
    )


def _wanted(actor: Actor, participant: Participant, one: Step) -> dict[Section, Level]:
    return {**one.proposed, **granting.of_capabilities(actor, participant.plan, one.capabilities)}


def _own_only(one: Step) -> bool | None:
    """A limit among what is proposed is one that the newer version has no more."""
    return False if Capability.OWN_ACTIVITIES_ONLY in one.capabilities else None
