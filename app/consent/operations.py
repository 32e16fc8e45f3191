"""Giving and registering consent, and asking for it. Ending it stands in ``ending``.

The caller holds the plan's row (``queries.hold``) before it reads the plan, so that what is decided
here is decided on what is true when it is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l

from app.audit import log
from app.clock import OSLO, day_of
from app.columns import new_id
from app.consent import drafts, queries
from app.consent.rights import Right, right_of
from app.consent.terms import Choice, Cover, changed_since, latest_end, offers
from app.db import db
from app.enums import ConsentCapacity, ConsentKind, ConsentMethod, NoticeKind, PlanState
from app.errors import DomainError
from app.models import Consent, ConsentCover, Plan
from app.notifications import notices
from app.security import policy
from app.security.actor import Actor
from app.security.plan_access import may_be_made
from app.security.roles import Action

REPLACED = "replaced"
NOT_YET = (PlanState.DRAFT, PlanState.AWAITING_CONSENT)


class NoRight(DomainError):
    """Whoever is said to consent has no right to."""

    status = 422
    message = _l("This person has no right to consent to this plan on that day.")


class OfferChanged(DomainError):
    """What is shared, or the text, is another than what was read."""

    message = _l(
        "Something has changed since you read it: the text, or who would see what. Nothing is"
        " consented to. Look it over again."
    )


class BadPeriod(DomainError):
    """The dates can't be right."""

    status = 422


@dataclass(frozen=True)
class Evidence:
    """How a consent was given: to which text, by which method, when, and what shows it."""

    text_id: str
    method: ConsentMethod
    given_at: datetime
    note: str = ""
    scan_key: str | None = None
    scan_type: str | None = None
    recorded_by_id: int | None = None


@dataclass(frozen=True)
class Told:
    """What a coordinator states about a consent on paper or given orally."""

    giver_id: str
    text_id: str
    method: ConsentMethod
    given_on: date
    note: str = ""
    scan_key: str | None = None
    scan_type: str | None = None


def give(actor: Actor, plan: Plan, text_id: str | None, choice: Choice, *, at: datetime) -> Consent:
    """Consent, as the one who is signed in, to the text and the choice that were looked over.

    Gives the consent that the plan is made; the draft is emptied.

    Raises:
        NoRight, OfferChanged, BadPeriod: see there.
    """
    policy.require(actor, Action.CONSENT, plan)
    right = right_of(plan, actor.person_id, day_of(at))
    if right is None:
        raise NoRight(_l("Your consent would not count for this plan: others decide on it."))
    if text_id != queries.texts(plan)[0].id:
        raise OfferChanged
    made = _enter(actor, plan, right, Evidence(text_id, ConsentMethod.DIGITAL, at), choice, at)
    drafts.empty(actor, plan, at=at)
    return made


def record(actor: Actor, plan: Plan, told: Told, choice: Choice, *, at: datetime) -> Consent:
    """Register a consent given on paper or orally. It holds from today, never from before.

    Raises:
        NoRight, OfferChanged, BadPeriod: see there.
    """
    policy.require(actor, Action.RECORD_CONSENT, plan)
    right = _right_then_and_now(plan, told, day_of(at))
    if told.text_id not in {one.id for one in queries.texts(plan)}:
        raise OfferChanged
    evidence = Evidence(
        told.text_id,
        told.method,
        _instant(told.given_on, at),
        told.note,
        told.scan_key,
        told.scan_type,
        actor.account_id,
    )
    made = _enter(actor, plan, right, evidence, choice, at)
    log.record(actor, "consent:recorded", made)
    return made


def ask(actor: Actor, plan: Plan, *, at: datetime) -> None:
    """Ask those whose consent is missing for it."""
    policy.require(actor, Action.RECORD_CONSENT, plan)
    on = day_of(at)
    missing = [one for one in queries.statuses(plan, on) if one.made is None or one.shared is None]
    if not missing and not any(one.missing for one in queries.reaches(plan, on)):
        raise DomainError(_l("Nothing is missing: everyone has consented to all of it."))
    wanted = missing or queries.statuses(plan, on)
    if not wanted:
        raise NoRight(_l("There is nobody who can consent to this plan yet."))
    notices.tell(plan, [one.giver.id for one in wanted], NoticeKind.CONSENT_WANTED, at=at)
    if plan.state is PlanState.DRAFT:
        plan.state = PlanState.AWAITING_CONSENT
    plan.last_activity_at = at


def _right_then_and_now(plan: Plan, told: Told, on: date) -> Right:
    """The right by which the consent was given, which must still be theirs.

    Raises:
        NoRight: they had none that day, or have none now.
        BadPeriod: given in the future, or before they last gave or withdrew a consent.
    """
    if told.given_on > on:
        raise BadPeriod(_l("The day is in the future."), field="given_on")
    then = right_of(plan, told.giver_id, told.given_on)
    now = right_of(plan, told.giver_id, on)
    if now is None or then != now:
        raise NoRight(field="giver")
    last = queries.last_change(plan, told.giver_id)
    if last is not None and told.given_on < day_of(last):
        raise BadPeriod(
            _l("The same person gave or withdrew consent after that day. The newest holds."),
            field="given_on",
        )
    return now


def _instant(given_on: date, at: datetime) -> datetime:
    """When it was given, as near as it is known: noon of an earlier day."""
    if given_on == day_of(at):
        return at
    return datetime.combine(given_on, time(12), tzinfo=OSLO)


def _enter(
    actor: Actor, plan: Plan, right: Right, evidence: Evidence, choice: Choice, at: datetime
) -> Consent:
    """Make the rows, in place of what the same giver agreed to before."""
    on = day_of(at)
    _require_sound(plan, choice, on)
    for earlier in queries.active_of(plan, right.giver.id, on):
        earlier.withdrawn_at, earlier.withdrawn_reason = max(at, earlier.given_at), REPLACED
    made = _row(plan, right, evidence, ConsentKind.PLAN_IS_MADE, choice, on)
    if choice.shared:
        shared = _row(plan, right, evidence, ConsentKind.INFORMATION_IS_SHARED, choice, on)
        db.session.flush()
        add_covers(shared, choice.covers())
    refresh(plan)
    _tell_given(actor, plan, right, at)
    return made


def _require_sound(plan: Plan, choice: Choice, on: date) -> None:
    """Refuse a choice that is not just what is offered today, or whose end can't be right."""
    if not on < choice.ends_on <= latest_end(on):
        raise BadPeriod(
            _l("The last day must be today or later, and at most three years ahead."), field="until"
        )
    if (
        changed_since(choice, offers(plan, on))
        or not choice.services.keys() <= choice.shared.keys()
    ):
        raise OfferChanged


def _row(
    plan: Plan, right: Right, evidence: Evidence, kind: ConsentKind, choice: Choice, on: date
) -> Consent:
    row = Consent(
        id=new_id(),
        plan_id=plan.id,
        kind=kind,
        giver_id=right.giver.id,
        capacity=right.capacity,
        authority_id=right.authority.id if right.authority is not None else None,
        text_id=evidence.text_id,
        method=evidence.method,
        note=evidence.note,
        scan_key=evidence.scan_key,
        scan_type=evidence.scan_type,
        starts_on=on,
        ends_on=choice.ends_on,
        given_at=evidence.given_at,
        recorded_by_id=evidence.recorded_by_id,
    )
    db.session.add(row)
    return row


def add_covers(consent: Consent, covers: Iterable[Cover]) -> None:
    """Add what a consent covers: participant or service, section, level."""
    for participant_id, unit_id, section, level in covers:
        db.session.add(
            ConsentCover(
                plan_id=consent.plan_id,
                consent_id=consent.id,
                participant_id=participant_id,
                unit_id=unit_id,
                section=section,
                level=level,
            )
        )


def refresh(plan: Plan) -> None:
    """Let the plan see the consents as they now are."""
    db.session.flush()
    db.session.expire(plan, ["consents"])


def _tell_given(actor: Actor, plan: Plan, right: Right, at: datetime) -> None:
    """Take the plan into use when nothing is missing any more, and tell whom it concerns."""
    for kind in (NoticeKind.CONSENT_WANTED, NoticeKind.CONSENT_ENDS):
        notices.settle(plan.id, kind, at=at, person_id=right.giver.id)
    for kind in (NoticeKind.CONSENT_GIVEN, NoticeKind.CONSENT_ENDS):
        notices.settle(plan.id, kind, at=at, person_id=plan.coordinator_id)
    if right.capacity is ConsentCapacity.OWNER:
        # The review of who decides, at the owner's birthday, has got its answer.
        notices.settle(plan.id, NoticeKind.AGE_REACHED, at=at)
    db.session.flush()
    if actor.person_id != plan.coordinator_id:
        notices.tell(plan, [plan.coordinator_id], NoticeKind.CONSENT_GIVEN, at=at)
    if plan.state in NOT_YET:
        _take_into_use(actor, plan, day_of(at))
    plan.last_activity_at = at


def _take_into_use(actor: Actor, plan: Plan, on: date) -> None:
    if may_be_made(plan, on):
        plan.state = PlanState.ACTIVE
        log.record(actor, "plan:activated", plan, fields=("state",))
    else:
        plan.state = PlanState.AWAITING_CONSENT
