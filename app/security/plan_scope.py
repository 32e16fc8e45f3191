"""What an actor may see of many plans, and of what is in them: conditions for SQL.

The twin of ``plan_access``. Each relation to a plan is one query for ids; they are joined by UNION,
so that a person with few plans among a hundred thousand costs few look-ups.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    extract,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.clock import day_of
from app.enums import AuthorityKind, ConsentCapacity, ConsentKind, Level, Role, Section
from app.models import (
    AgeRule,
    Authority,
    Consent,
    ConsentCover,
    EmergencyAccess,
    Grant,
    Participant,
    Person,
    Plan,
    PlanEntry,
    StandIn,
    Unit,
    WithheldSection,
)
from app.security.actor import Actor
from app.security.plan_access import ON_ENTRY
from app.security.plan_rights import (
    ACTIONS,
    IN_STATES,
    LEVEL_OF,
    LEVELS,
    SHARED,
    UNDER_WAY,
    USUAL_OWN_CONSENT_AGE,
    Basis,
)
from app.security.roles import Action
from app.security.tenancy import stands
from app.side_tables import Handover

SectionAsked = Section | ColumnElement[Any] | InstrumentedAttribute[Section]
"""A section, or the column that says which."""


def plans(actor: Actor, action: Action, section: Section | None = None) -> ColumnElement[bool]:
    """The condition for plans in which ``actor`` may do ``action``; the twin of ``basis_for``."""
    if actor.at is None or actor.municipality_id is None:
        return false()
    needed = LEVEL_OF.get(action)
    if needed is not None and section is None:
        return false()
    whole = _administered(actor, action)
    if whole is not None and whole.compare(true()):
        return and_(_here(actor, Plan), _in_state(Plan, action))
    by = [_related(actor, action, section, None)]
    if whole is not None:
        by.append(whole)
    return and_(_here(actor, Plan), _in_state(Plan, action), or_(*by))


def entries(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for pieces of content; the twin of ``entry_basis``."""
    if action not in ON_ENTRY or actor.at is None or actor.municipality_id is None:
        return false()
    needed = ON_ENTRY[action]
    in_bin, is_own_comment = PlanEntry.deleted_at.is_not(None), _is_own_comment(actor)
    to_write = or_(
        _entry_open(actor, Action.WRITE),
        and_(is_own_comment, _entry_open(actor, Action.COMMENT)),
    )
    outside = to_write if needed is Action.WRITE else _entry_open(actor, needed)
    if action is Action.RESTORE:
        return and_(_here(actor, PlanEntry), in_bin, to_write)
    if action in (Action.LIST, Action.SHOW):
        return and_(
            _here(actor, PlanEntry),
            or_(and_(not_(in_bin), outside), and_(in_bin, to_write)),
        )
    return and_(_here(actor, PlanEntry), not_(in_bin), outside)


def participants(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for participations; the twin of ``participant_basis``."""
    if action in (Action.LIST, Action.SHOW):
        own = and_(
            Participant.person_id == actor.person_id,
            Participant.plan_id.in_(_ids(actor, Action.SHOW)),
        )
        seen = Participant.plan_id.in_(_ids(actor, Action.READ, Section.PARTICIPANTS))
        return and_(_here(actor, Participant), or_(own, seen))
    if action in (Action.STEER_ACCESS, Action.STOP_ACCESS, Action.SEE_AS):
        return and_(_here(actor, Participant), Participant.plan_id.in_(_ids(actor, action)))
    return false()


def consents(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for consents; the twin of ``consent_basis``."""
    if action in (Action.LIST, Action.SHOW):
        ids = _ids(actor, Action.READ, Section.CONSENTS)
        return and_(_here(actor, Consent), Consent.plan_id.in_(ids))
    if action is Action.WITHDRAW_CONSENT:
        return and_(
            _here(actor, Consent),
            Consent.giver_id == actor.person_id,
            Consent.plan_id.in_(_ids(actor, action)),
        )
    return false()


def handovers(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition for offered hand-overs; the twin of ``handover_basis``."""
    is_theirs = Handover.to_id == actor.person_id if actor.holds(Role.COORDINATOR) else false()
    if action is Action.ANSWER:
        open_plans = _ids(actor, None, states=IN_STATES[Action.HAND_OVER])
        is_open = and_(Handover.answered_at.is_(None), Handover.plan_id.in_(open_plans))
        return and_(_here(actor, Handover), is_theirs, is_open)
    if action in (Action.LIST, Action.SHOW):
        offered = Handover.plan_id.in_(_ids(actor, Action.HAND_OVER))
        return and_(_here(actor, Handover), or_(is_theirs, offered))
    return false()


# --- the parts -----------------------------------------------------------------------------------


def _ids(
    actor: Actor,
    action: Action | None,
    section: Section | None = None,
    *,
    states: frozenset[Any] | None = None,
) -> Select[Any]:
    """Ids of the plans in which the actor may do ``action``, or of those in ``states``."""
    condition = plans(actor, action, section) if action is not None else true()
    found = select(Plan.id).where(condition)
    if states is not None:
        found = found.where(Plan.state.in_(states))
    return found.correlate(None)


def _here(actor: Actor, model: Any) -> ColumnElement[bool]:
    return model.municipality_id == actor.municipality_id if stands("policy") else true()


def _in_state(plan: Any, action: Action) -> ColumnElement[bool]:
    states = IN_STATES.get(action)
    if LEVEL_OF.get(action) not in (None, Level.READ):
        states = UNDER_WAY
    return true() if states is None else plan.state.in_(states)


def _entry_open(actor: Actor, needed: Action) -> ColumnElement[bool]:
    """Whether the section that an entry is in is open to the actor."""
    return _related(actor, needed, PlanEntry.section, PlanEntry.plan_id)


def _is_own_comment(actor: Actor) -> ColumnElement[bool]:
    return and_(PlanEntry.author_id == actor.person_id, PlanEntry.section == Section.COMMENTS)


def _administered(actor: Actor, action: Action) -> ColumnElement[bool] | None:
    """The plans that a local administrator reaches; None where the role gives no such right."""
    if action not in ACTIONS[Basis.LOCAL_ADMINISTRATOR]:
        return None
    return _administered_part(actor, Plan)


def _administered_part(actor: Actor, plan: Any) -> ColumnElement[bool] | None:
    paths = [h.unit_path for h in actor.holdings if h.role is Role.LOCAL_ADMINISTRATOR]
    if not paths:
        return None
    if None in paths:
        return true()
    below = [and_(Unit.path >= path, Unit.path < f"{str(path)[:-1]}0") for path in paths]
    return plan.unit_id.in_(select(Unit.id).where(or_(*below)).correlate(None))


def _related(
    actor: Actor, action: Action, section: SectionAsked | None, plan_id: Any
) -> ColumnElement[bool]:
    """Plans that the actor has a relation to, and where that relation gives the right.

    Without ``plan_id`` a condition on ``Plan``; with it one on a row that names its plan.
    """
    if actor.person_id is None or actor.at is None:
        return false()
    on = day_of(actor.at)
    needed = LEVEL_OF.get(action)
    found: list[Select[Any]] = []
    for basis, plan, condition in _relations(actor, on, actor.at):
        right = _right(basis, action, needed, section)
        if right is not None:
            found.append(select(plan.id).where(condition, right, _in_state(plan, action)))
    found += _as_participant(actor, on, action, section)
    found += _by_authority(actor, on, action, section)
    if not found:
        return false()
    if plan_id is None:
        return Plan.id.in_(union_all(*found) if len(found) > 1 else found[0])
    return or_(*(_for_row(one, plan_id) for one in found))


def _some(rows: tuple[Any, ...], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there are ``rows`` that meet the conditions, which may name rows of any query around.

    Left to itself, SQLAlchemy ties a condition to the nearest query only, and looks through all
    plans for what it names of one further out.
    """
    return exists().where(*conditions).correlate_except(*rows)


def _for_row(ids: Select[Any], plan_id: Any) -> ColumnElement[bool]:
    return exists(ids.where(list(ids.selected_columns)[0] == plan_id))


def _right(
    basis: Basis, action: Action, needed: Level | None, section: SectionAsked | None
) -> ColumnElement[bool] | None:
    """What must be true of the section for a relation to give the right; None: it never does."""
    if needed is None:
        return true() if action in ACTIONS[basis] else None
    open_sections = [s for s, one in LEVELS[basis].items() if one.rank >= needed.rank]
    if isinstance(section, Section):
        return true() if section in open_sections else None
    return section.in_(open_sections) if section is not None else None


def _relations(
    actor: Actor, on: date, at: datetime
) -> list[tuple[Basis, Any, ColumnElement[bool]]]:
    """Every relation that opens fixed sections: (basis, plan, condition)."""
    me = actor.person_id
    found: list[tuple[Basis, Any, ColumnElement[bool]]] = []
    if actor.holds(Role.COORDINATOR):
        plan = aliased(Plan)
        found.append((Basis.COORDINATOR, plan, _mine(actor, plan, plan.coordinator_id)))
        plan, row = aliased(Plan), aliased(StandIn)
        condition = _some((row,), row.plan_id == plan.id, row.person_id == me, _active(row, on))
        found.append((Basis.STAND_IN, plan, condition))
    for basis, is_old in ((Basis.OWNER, True), (Basis.OWNER_UNDER_AGE, False)):
        plan = aliased(Plan)
        age = _is_of_age(plan, on)
        is_it = age if is_old else not_(func.coalesce(age, false()))
        found.append((basis, plan, and_(_mine(actor, plan, plan.owner_id), is_it)))
    administered = _administered_part(actor, plan := aliased(Plan))
    if administered is not None:
        row = aliased(EmergencyAccess)
        condition = _some(
            (row,),
            row.plan_id == plan.id,
            row.person_id == me,
            row.ended_at.is_(None),
            row.starts_at <= at,
            row.ends_at > at,
        )
        found.append((Basis.EMERGENCY, plan, and_(administered, condition)))
    return found


def _mine(actor: Actor, plan: Any, column: Any) -> ColumnElement[bool]:
    return and_(plan.municipality_id == actor.municipality_id, column == actor.person_id)


def _active(row: Any, on: date) -> ColumnElement[bool]:
    return and_(
        row.ended_at.is_(None),
        row.starts_on <= on,
        or_(row.ends_on.is_(None), row.ends_on > on),
    )


# --- age, authority and consent ------------------------------------------------------------------


def _is_of_age(plan: Any, on: date) -> ColumnElement[bool]:
    """The twin of ``is_of_age``; NULL while the birth date is unknown."""
    born = aliased(Person)
    number = (
        extract("year", born.birth_date) * 10_000
        + extract("month", born.birth_date) * 100
        + extract("day", born.birth_date)
    )
    birth = select(number).where(born.id == plan.owner_id).scalar_subquery()
    rule = aliased(AgeRule)
    age = (
        select(rule.own_consent_age)
        .where(
            rule.municipality_id == plan.municipality_id,
            rule.kind == plan.kind,
            rule.valid_from <= on,
        )
        .order_by(rule.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    today = on.year * 10_000 + on.month * 100 + on.day
    return literal(today) - birth >= func.coalesce(age, USUAL_OWN_CONSENT_AGE) * 10_000


def _reaches(authority: Any, plan: Any, on: date) -> ColumnElement[bool]:
    """The twin of ``reaches``, but for the owner."""
    return and_(
        _active(authority, on),
        or_(
            authority.kind != AuthorityKind.PARENTAL_RESPONSIBILITY,
            not_(_is_of_age(plan, on)),
        ),
    )


def _by_authority(
    actor: Actor, on: date, action: Action, section: SectionAsked | None
) -> list[Select[Any]]:
    needed, found = LEVEL_OF.get(action), []
    for basis, may_consent in ((Basis.AUTHORITY, True), (Basis.AUTHORITY_TO_READ, False)):
        right = _right(basis, action, needed, section)
        if right is None:
            continue
        plan, row, withheld = aliased(Plan), aliased(Authority), aliased(WithheldSection)
        query = (
            select(plan.id)
            .join(row, row.owner_id == plan.owner_id)
            .where(
                row.municipality_id == actor.municipality_id,
                row.holder_id == actor.person_id,
                row.may_consent.is_(may_consent),
                _reaches(row, plan, on),
                right,
                _in_state(plan, action),
            )
        )
        if needed is not None:
            query = query.where(
                not_(
                    _some(
                        (withheld,),
                        withheld.authority_id == row.id,
                        withheld.section == section,
                        withheld.lifted_at.is_(None),
                    )
                )
            )
        found.append(query)
    return found


def _as_participant(
    actor: Actor, on: date, action: Action, section: SectionAsked | None
) -> list[Select[Any]]:
    needed = LEVEL_OF.get(action)
    if needed is None and action not in ACTIONS[Basis.PARTICIPANT]:
        return []
    plan, row, grant = aliased(Plan), aliased(Participant), aliased(Grant)
    wanted = (needed or Level.READ).and_above
    query = (
        select(plan.id)
        .join(row, row.plan_id == plan.id)
        .join(grant, grant.participant_id == row.id)
        .where(
            row.municipality_id == actor.municipality_id,
            row.person_id == actor.person_id,
            _active(row, on),
            _active(grant, on),
            grant.level.in_(wanted),
            plan.state.in_(SHARED),
            _in_state(plan, action),
            _is_consented(plan, row, grant.section, wanted, on),
        )
    )
    if section is not None:
        query = query.where(grant.section == section)
    return [query]


def _is_consented(
    plan: Any, participant: Any, section: Any, levels: tuple[Level, ...], on: date
) -> ColumnElement[bool]:
    """The twin of ``consented_level``: whether it reaches one of ``levels``."""
    of_age, parent = _is_of_age(plan, on), aliased(Authority)
    must = and_(
        parent.owner_id == plan.owner_id,
        parent.kind == AuthorityKind.PARENTAL_RESPONSIBILITY,
        parent.may_consent.is_(True),
        _active(parent, on),
    )
    agreed = _covered(plan, participant, section, levels, on)
    is_missing = _some(
        (parent,), must, not_(_by(agreed, lambda consent: _is_guardians(consent, parent)))
    )
    any_parent = aliased(Authority)
    has_parent = _some(
        (any_parent,),
        any_parent.owner_id == plan.owner_id,
        any_parent.kind == AuthorityKind.PARENTAL_RESPONSIBILITY,
        any_parent.may_consent.is_(True),
        _active(any_parent, on),
    )
    represented = _represented(plan, participant, section, levels, on)
    own = _by(
        agreed,
        lambda consent: and_(
            consent.capacity == ConsentCapacity.OWNER, consent.giver_id == plan.owner_id
        ),
    )
    is_young = not_(of_age)
    return or_(
        and_(of_age, own),
        and_(is_young, has_parent, not_(is_missing)),
        and_(not_(and_(func.coalesce(is_young, false()), has_parent)), represented),
    )


def _is_guardians(consent: Any, parent: Any) -> ColumnElement[bool]:
    return and_(
        consent.authority_id == parent.id,
        consent.giver_id == parent.holder_id,
        consent.capacity == ConsentCapacity.GUARDIAN,
    )


def _covered(
    plan: Any, participant: Any, section: Any, levels: tuple[Level, ...], on: date
) -> tuple[Any, Any, list[ColumnElement[bool]]]:
    """A consent to share, what it covers, and what makes it cover a section for a participant."""
    consent, cover = aliased(Consent), aliased(ConsentCover)
    return (
        consent,
        cover,
        [
            consent.plan_id == plan.id,
            consent.kind == ConsentKind.INFORMATION_IS_SHARED,
            consent.withdrawn_at.is_(None),
            consent.starts_on <= on,
            consent.ends_on > on,
            cover.consent_id == consent.id,
            cover.section == section,
            cover.level.in_(levels),
            or_(cover.participant_id == participant.id, cover.unit_id == participant.unit_id),
        ],
    )


def _by(
    agreed: tuple[Any, Any, list[ColumnElement[bool]]],
    given_by: Callable[[Any], ColumnElement[bool]],
) -> ColumnElement[bool]:
    consent, cover, conditions = agreed
    return _some((consent, cover), *conditions, given_by(consent))


def _represented(
    plan: Any, participant: Any, section: Any, levels: tuple[Level, ...], on: date
) -> ColumnElement[bool]:
    """Whether a representative whose authority holds has agreed."""
    consent, cover, conditions = _covered(plan, participant, section, levels, on)
    by = aliased(Authority)
    return _some(
        (consent, cover, by),
        *conditions,
        consent.capacity == ConsentCapacity.REPRESENTATIVE,
        by.id == consent.authority_id,
        by.holder_id == consent.giver_id,
        by.owner_id == plan.owner_id,
        by.kind != AuthorityKind.PARENTAL_RESPONSIBILITY,
        by.may_consent.is_(True),
        _active(by, on),
    )
