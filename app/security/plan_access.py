"""What an actor may do in one plan: pure over a plan and its rows in memory, no by default.

Its twin for many plans at once is ``plan_scope``; a property test holds the two equal, and both
to a slow model of the rules. Nothing is kept between requests: a consent withdrawn, a role lost or
a birthday reached counts at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from app.clock import day_of
from app.enums import AuthorityKind, ConsentCapacity, ConsentKind, Level, Role, Section
from app.models import AgeRule, Authority, Consent, Participant, Plan, PlanEntry
from app.security.actor import Actor
from app.security.own_activities import is_held_to_own, is_let_through
from app.security.plan_rights import (
    ACTIONS,
    IN_STATES,
    LEVEL_OF,
    LEVELS,
    MOST_GIVEN,
    SHARED,
    UNDER_WAY,
    USUAL_OWN_CONSENT_AGE,
    Basis,
    Levels,
)
from app.security.roles import Action
from app.security.tenancy import stands


@dataclass(frozen=True)
class Relation:
    """One thing that an actor is to a plan, and the sections that it opens.

    ``own_only`` holds it to the actor's own activities, and to what is said about those.
    """

    basis: Basis
    levels: Levels
    own_only: bool = False


def basis_for(
    actor: Actor,
    action: Action,
    plan: Plan,
    section: Section | None = None,
    *,
    about: PlanEntry | None = None,
) -> Basis | None:
    """By which relation ``actor`` may do ``action`` in ``plan``; None when by none.

    READ, COMMENT, WRITE and MANAGE are about a ``section``, all others about the plan. With
    ``about`` the relation must open that piece of content, and not its section alone.
    """
    needed = LEVEL_OF.get(action)
    if needed is None:
        if plan.state not in IN_STATES.get(action, (plan.state,)):
            return None
        return next((r.basis for r in relations(actor, plan) if action in ACTIONS[r.basis]), None)
    if section is None or (needed is not Level.READ and plan.state not in UNDER_WAY):
        return None
    for relation in relations(actor, plan):
        is_open = relation.levels.get(section, Level.NONE).rank >= needed.rank
        if is_open and (about is None or _shows(relation, actor, about)):
            return relation.basis
    return None


def open_sections(actor: Actor, action: Action, plan: Plan) -> frozenset[Section]:
    """The sections in which ``actor`` may do ``action``: ``basis_for``, of all sections at once."""
    needed = LEVEL_OF[action]
    if needed is not Level.READ and plan.state not in UNDER_WAY:
        return frozenset()
    return frozenset(
        section
        for relation in relations(actor, plan)
        for section, one in relation.levels.items()
        if one.rank >= needed.rank
    )


def _shows(relation: Relation, actor: Actor, entry: PlanEntry) -> bool:
    return not relation.own_only or is_let_through(actor.person_id, entry)


def level(actor: Actor, plan: Plan, section: Section) -> Level:
    """The highest level that ``actor`` has in a section now."""
    found = [r.levels.get(section, Level.NONE) for r in relations(actor, plan)]
    return capped(plan, max(found, key=_rank, default=Level.NONE))


def capped(plan: Plan, highest: Level) -> Level:
    """A level as it holds in the plan's state: one that is not under way can only be read."""
    if plan.state in UNDER_WAY:
        return highest
    return min(highest, Level.READ, key=_rank)


def relations(actor: Actor, plan: Plan) -> Iterator[Relation]:
    """Everything that ``actor`` is to ``plan`` now."""
    if actor.at is None or actor.municipality_id is None:
        return
    if stands("policy") and plan.municipality_id != actor.municipality_id:
        return
    if actor.person_id is not None:
        on = day_of(actor.at)
        yield from _as_coordinator(actor, plan, on)
        yield from _as_owner(actor, plan, on)
        yield from _by_authority(actor, plan, on)
        yield from _as_participant(actor, plan, on)
        yield from _in_emergency(actor, plan, actor.at)
    if _administers(actor, plan):
        yield Relation(Basis.LOCAL_ADMINISTRATOR, {})


def _as_coordinator(actor: Actor, plan: Plan, on: date) -> Iterator[Relation]:
    if not actor.holds(Role.COORDINATOR):
        return
    if plan.coordinator_id == actor.person_id:
        yield Relation(Basis.COORDINATOR, LEVELS[Basis.COORDINATOR])
    if any(one.person_id == actor.person_id and one.is_active(on) for one in plan.stand_ins):
        yield Relation(Basis.STAND_IN, LEVELS[Basis.STAND_IN])


def _as_owner(actor: Actor, plan: Plan, on: date) -> Iterator[Relation]:
    if plan.owner_id == actor.person_id:
        basis = Basis.OWNER if is_of_age(plan, on) else Basis.OWNER_UNDER_AGE
        yield Relation(basis, LEVELS[basis])


def _by_authority(actor: Actor, plan: Plan, on: date) -> Iterator[Relation]:
    for one in plan.authorities:
        if one.holder_id == actor.person_id and reaches(one, plan, on):
            basis = Basis.AUTHORITY if one.may_consent else Basis.AUTHORITY_TO_READ
            withheld = {row.section for row in one.withheld if row.lifted_at is None}
            levels = {s: level for s, level in LEVELS[basis].items() if s not in withheld}
            yield Relation(basis, levels)


def _as_participant(actor: Actor, plan: Plan, on: date) -> Iterator[Relation]:
    for one in plan.participants:
        if one.person_id == actor.person_id and (levels := shared_levels(plan, one, on)):
            yield Relation(Basis.PARTICIPANT, levels, is_held_to_own(one))


def _in_emergency(actor: Actor, plan: Plan, at: datetime) -> Iterator[Relation]:
    if not _administers(actor, plan):
        return
    for one in plan.emergencies:
        if (
            one.person_id == actor.person_id
            and one.ended_at is None
            and one.starts_at <= at < one.ends_at
        ):
            yield Relation(Basis.EMERGENCY, LEVELS[Basis.EMERGENCY])


def _administers(actor: Actor, plan: Plan) -> bool:
    """Whether the actor is local administrator of the municipality, or of the plan's unit."""
    return any(
        holding.role is Role.LOCAL_ADMINISTRATOR
        and (
            holding.unit_path is None
            or (plan.unit is not None and plan.unit.path.startswith(holding.unit_path))
        )
        for holding in actor.holdings
    )


# --- age, authority and consent ------------------------------------------------------------------


def own_consent_age(rules: Iterable[AgeRule], on: date) -> int:
    """From which age, in years, an owner alone consents, by the newest rule of the day."""
    ages = [rule.own_consent_age for rule in rules if rule.valid_from <= on]
    return ages[-1] if ages else USUAL_OWN_CONSENT_AGE


def has_reached(born: date | None, rules: Iterable[AgeRule], on: date) -> bool:
    """Whether somebody alone consents, by rules in the order of their first day.

    Not while the birth date is unknown. Who is born on 29 February reaches an age on 1 March in
    other years.
    """
    if born is None:
        return False
    return _number(on) - _number(born) >= own_consent_age(rules, on) * 10_000


def is_of_age(plan: Plan, on: date) -> bool:
    """Whether the owner alone consents to this plan."""
    return has_reached(plan.owner.birth_date, plan.age_rules, on)


def _number(day: date) -> int:
    """A day as yyyymmdd: the difference of two holds the full years between them."""
    return day.year * 10_000 + day.month * 100 + day.day


def reaches(authority: Authority, plan: Plan, on: date) -> bool:
    """Whether an authority holds now: parental responsibility until the owner alone consents."""
    if not authority.is_active(on):
        return False
    if authority.kind is not AuthorityKind.PARENTAL_RESPONSIBILITY:
        return True
    return plan.owner.birth_date is not None and not is_of_age(plan, on)


def who_must_consent(plan: Plan, on: date) -> list[Authority]:
    """The parents who all have to consent; empty where the owner or a representative does."""
    return [
        one
        for one in plan.authorities
        if one.kind is AuthorityKind.PARENTAL_RESPONSIBILITY
        and one.may_consent
        and reaches(one, plan, on)
    ]


def valid_consents(plan: Plan, kind: ConsentKind, on: date) -> list[Consent]:
    """Consents that hold today, given by somebody whose right to give them holds today too."""
    return [
        one
        for one in plan.consents
        if one.kind is kind and one.is_active(on) and _may_still_give(one, plan, on)
    ]


def _may_still_give(consent: Consent, plan: Plan, on: date) -> bool:
    if consent.capacity is ConsentCapacity.OWNER:
        return consent.giver_id == plan.owner_id and is_of_age(plan, on)
    by = consent.authority
    if by is None or by.holder_id != consent.giver_id or by.owner_id != plan.owner_id:
        return False
    is_parent = by.kind is AuthorityKind.PARENTAL_RESPONSIBILITY
    is_fit = is_parent is (consent.capacity is ConsentCapacity.GUARDIAN)
    return is_fit and by.may_consent and reaches(by, plan, on)


def may_be_made(plan: Plan, on: date) -> bool:
    """Whether everyone who has to has consented to the plan being made."""
    return is_agreed(plan, ConsentKind.PLAN_IS_MADE, on)


def is_agreed(plan: Plan, kind: ConsentKind, on: date) -> bool:
    """Whether everyone who has to has given a consent of this kind, whatever it covers."""
    given = valid_consents(plan, kind, on)
    parents = who_must_consent(plan, on)
    if parents:
        return {one.id for one in parents} <= {one.authority_id for one in given}
    return any(one.capacity is not ConsentCapacity.GUARDIAN for one in given)


def consented_level(plan: Plan, participant: Participant, section: Section, on: date) -> Level:
    """How far those who have to have agreed that a participant sees a section."""
    return consented_levels(plan, participant, on).get(section, Level.NONE)


def consented_levels(plan: Plan, participant: Participant, on: date) -> Levels:
    """How far those who have to have agreed that a participant sees each section."""
    given = valid_consents(plan, ConsentKind.INFORMATION_IS_SHARED, on)
    parents = who_must_consent(plan, on)
    if not parents:
        by_right = [one for one in given if one.capacity is not ConsentCapacity.GUARDIAN]
        return _covered(by_right, participant)
    first, *others = [
        _covered([c for c in given if c.authority_id == one.id], participant) for one in parents
    ]
    for one in others:
        first = {section: _lower(level, one.get(section)) for section, level in first.items()}
    return first


def _lower(one: Level, other: Level | None) -> Level:
    return Level.NONE if other is None else min(one, other, key=lambda level: level.rank)


def _covered(consents: Iterable[Consent], participant: Participant) -> Levels:
    """The highest level that one of the consents lets the participant have, by section."""
    found: Levels = {}
    own_id, unit_id = participant.id, participant.unit_id
    for consent in consents:
        for cover in consent.covers:
            if cover.participant_id != own_id and (unit_id is None or cover.unit_id != unit_id):
                continue
            before = found.get(cover.section, cover.level)
            found[cover.section] = max(before, cover.level, key=_rank)
    return found


def participant_levels(plan: Plan, participant: Participant, on: date) -> Levels:
    """What a participant sees now: what was granted, as far as consent reaches."""
    if not participant.is_active(on):
        return {}
    consented = consented_levels(plan, participant, on)
    levels = {
        grant.section: _lower(grant.level, consented.get(grant.section))
        for grant in participant.grants
        if grant.is_active(on)
    }
    return {section: one for section, one in levels.items() if one is not Level.NONE}


def shared_levels(plan: Plan, participant: Participant, on: date) -> Levels:
    """As ``participant_levels``, and nothing before the plan is shared with anyone."""
    return participant_levels(plan, participant, on) if plan.state in SHARED else {}


def sees_own_only(actor: Actor, plan: Plan, sections: Iterable[Section]) -> bool:
    """Whether one of ``sections`` may be open to ``actor`` without all that stands in it.

    The first relation that opens all of them whole is the answer: no other is looked for.
    """
    wanted, is_held = frozenset(sections), False
    for one in relations(actor, plan):
        opened = {section for section, at in one.levels.items() if at is not Level.NONE}
        if not one.own_only and wanted <= opened:
            return False
        is_held = is_held or one.own_only
    return is_held


def most_given(actor: Actor, plan: Plan, section: Section) -> Level:
    """The highest level in a section that ``actor`` can give to a participant now."""
    if not basis_for(actor, Action.STEER_ACCESS, plan):
        return Level.NONE
    held = level(actor, plan, section)
    return min(held, MOST_GIVEN[section], key=_rank)


def _rank(one: Level) -> int:
    return one.rank
