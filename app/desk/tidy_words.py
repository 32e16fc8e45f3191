"""The rules of clean-ups in words: what each is called with its limit, and why it finds a plan."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app.clock import day_of
from app.db import db
from app.desk.tidy_rules import RULES, Search, Unit
from app.enums import Role, TidyRule
from app.models import Membership, Plan
from app.plans import consent_states
from app.screens.fields import show_date
from app.screens.words import words
from app.security.tenancy import here

Reasons = Mapping[str, str]


def named(rule: TidyRule, limit: int) -> str:
    """What a rule is called with this limit."""
    if rule is TidyRule.NO_ACTIVITY:
        return ngettext("No activity for %(num)s month", "No activity for %(num)s months", limit)
    if rule is TidyRule.CONSENT_EXPIRED and limit:
        return ngettext(
            "Consent ran out %(num)s day ago or earlier",
            "Consent ran out %(num)s days ago or earlier",
            limit,
        )
    if rule is TidyRule.CONSENT_EXPIRED:
        return _("Consent has run out")
    if rule is TidyRule.COORDINATOR_LEAVES:
        return ngettext(
            "Coordinator leaves within %(num)s day",
            "Coordinator leaves within %(num)s days",
            limit,
        )
    if rule is TidyRule.EVALUATION_OVERDUE and limit:
        return ngettext(
            "Evaluation overdue by more than %(num)s day",
            "Evaluation overdue by more than %(num)s days",
            limit,
        )
    if rule is TidyRule.LONG_CLOSED:
        return ngettext(
            "Closed %(num)s month ago or earlier", "Closed %(num)s months ago or earlier", limit
        )
    return str(words(rule))


def limit_words(rule: TidyRule, limit: int) -> str:
    """A limit that one can choose."""
    if RULES[rule].unit is Unit.MONTHS:
        return ngettext("%(num)s month", "%(num)s months", limit)
    return ngettext("%(num)s day", "%(num)s days", limit)


def reasons(search: Search, plans: Sequence[Plan], on: date) -> Reasons:
    """Why each of these plans is found, by its id."""
    if search.rule is None:
        return {
            one.id: _("Coordinated by %(name)s", name=one.coordinator.full_name) for one in plans
        }
    return _REASONS[search.rule](plans, on)


def _idle(plans: Sequence[Plan], _on: date) -> Reasons:
    return {
        one.id: _("Nothing done since %(day)s", day=show_date(day_of(one.last_activity_at)))
        for one in plans
    }


def _expired(plans: Sequence[Plan], on: date) -> Reasons:
    found = db.session.execute(
        select(Plan.id, consent_states.ran_out_on(on)).where(Plan.id.in_([one.id for one in plans]))
    )
    return {
        plan_id: _("The last consent held until %(day)s", day=_last_day(ran_out_on))
        for plan_id, ran_out_on in found
    }


def _gone(plans: Sequence[Plan], _on: date) -> Reasons:
    return {
        one.id: _(
            "The plan owner is out of the register since %(day)s",
            day=show_date(day_of(one.owner.retired_at)),
        )
        for one in plans
        if one.owner.retired_at
    }


def _without_login(plans: Sequence[Plan], on: date) -> Reasons:
    ended, closed = _ends(plans), _with_role(plans, on)
    return {one.id: _missing(one.coordinator_id, ended, closed) for one in plans}


def _missing(person_id: str, ended: Mapping[str, date | None], with_role: set[str]) -> str:
    if person_id in with_role:
        return _("The coordinator's login is closed, or the coordinator is out of the register")
    if ended.get(person_id):
        return _("The coordinator's role ended after %(day)s", day=_last_day(ended[person_id]))
    return _("The coordinator has no such role")


def _leaves(plans: Sequence[Plan], _on: date) -> Reasons:
    ends = _ends(plans)
    return {
        one.id: _("The coordinator's last day is %(day)s", day=_last_day(ends[one.coordinator_id]))
        for one in plans
    }


def _overdue(plans: Sequence[Plan], _on: date) -> Reasons:
    return {
        one.id: _("The evaluation was due on %(day)s", day=show_date(one.next_evaluation_on))
        for one in plans
    }


def _closed(plans: Sequence[Plan], _on: date) -> Reasons:
    return {
        one.id: _("Closed since %(day)s", day=show_date(day_of(one.closed_at)))
        for one in plans
        if one.closed_at
    }


_REASONS: Mapping[TidyRule, Callable[[Sequence[Plan], date], Reasons]] = {
    TidyRule.NO_ACTIVITY: _idle,
    TidyRule.CONSENT_EXPIRED: _expired,
    TidyRule.OWNER_GONE: _gone,
    TidyRule.COORDINATOR_WITHOUT_LOGIN: _without_login,
    TidyRule.COORDINATOR_LEAVES: _leaves,
    TidyRule.EVALUATION_OVERDUE: _overdue,
    TidyRule.LONG_CLOSED: _closed,
}


def _ends(plans: Sequence[Plan]) -> dict[str, date | None]:
    """The first day without the coordinator's role, by person: of the role that lasts longest."""
    found = db.session.execute(
        select(Membership.person_id, Membership.ends_on, Membership.ended_at).where(
            here(Membership),
            Membership.role == Role.COORDINATOR,
            Membership.person_id.in_({one.coordinator_id for one in plans}),
        )
    )
    ends: dict[str, date | None] = {}
    for person_id, ends_on, ended_at in found:
        end = day_of(ended_at) + timedelta(days=1) if ended_at else ends_on
        known = ends.get(person_id)
        if person_id not in ends or (known is not None and (end is None or end > known)):
            ends[person_id] = end
    return ends


def _with_role(plans: Sequence[Plan], on: date) -> set[str]:
    """Who of the coordinators holds the role now, whatever has become of the login."""
    held = select(Membership.person_id).where(
        here(Membership),
        Membership.role == Role.COORDINATOR,
        Membership.active(on),
        Membership.person_id.in_({one.coordinator_id for one in plans}),
    )
    return set(db.session.scalars(held))


def _last_day(end: date | None) -> str:
    return "" if end is None else str(show_date(end - timedelta(days=1)))
