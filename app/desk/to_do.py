"""What a local administrator may have to do now, worst first. A new card is one more line.

A card whose page is not there, or not open to the reader, is left out; so is one with nothing on.
"""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func

from app.accounts import request_list
from app.accounts.screens import MembershipView
from app.clock import day_of
from app.db import db
from app.desk.cards import Card, Count, Harm, OfList, OfPage
from app.duplicate_tables import DuplicatePair, PersonMerge
from app.duplicates import figures as duplicate_figures
from app.duplicates import kinds, merge_list_page, not_same, queue
from app.duplicates.kinds import Kind
from app.enums import DuplicateKind, MergeState, MoveState, PlanState, Role
from app.method.filters import PAST
from app.method.screens import RoutineView
from app.models import AccountLinkRequest, Membership, Person, Plan, Routine
from app.people import training
from app.people.training import Training
from app.plans import (
    arriving_list_page,
    consent_states,
    coordinator_states,
    list_filters,
    lists,
)
from app.screens.figures import CountedList
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action
from app.side_tables import IncomingPlan
from app.templating import proposals

ROLES = CountedList(
    Membership, "MembershipView.list", MembershipView.filters, MembershipView.orders
)
ROUTINES = CountedList(Routine, "RoutineView.list", RoutineView.filters, RoutineView.orders)
OPEN_PLANS = {"state": list_filters.OPEN}
ACTIVE_PLANS = {"state": PlanState.ACTIVE.value}


def _of_plans(
    asked: dict[str, str], oldest: Any, *, tells_first_day_without: bool = False
) -> OfList:
    return OfList(lists.COUNTED, asked, oldest, tells_first_day_without)


def _always(column: Any) -> Any:
    def made(_on: date) -> ColumnElement[Any]:
        shown: ColumnElement[Any] = column
        return shown

    return made


def _of_kind(kind: Kind) -> OfPage:
    def counted(actor: Actor, at: datetime) -> Count:
        if not not_same.has_overview(actor, Action.LIST):
            return Count(0)
        return Count(kind.count(actor, at))

    return OfPage(kind.endpoint, counted)


def _untrained(actor: Actor, at: datetime) -> Count:
    """The coordinators without a course, of those whom the actor administers."""
    on = day_of(at)
    coordinators = Person.id.in_(training.coordinator_ids(on))
    untrained = training.stands(Person.id, Training.UNTRAINED, on)
    found = scope.rows(actor, Person, Action.EXPORT).where(coordinators, untrained)
    ids = found.with_only_columns(Person.id).subquery()
    return Count(db.session.scalar(func.count().select().select_from(ids)) or 0)


def _proposals(actor: Actor, _at: datetime) -> Count:
    waiting = proposals.waiting(actor)
    days = [
        day_of(one.version.published_at) for one in waiting if one.version.published_at is not None
    ]
    return Count(len(waiting), min(days, default=None))


KIND_TITLES = {
    DuplicateKind.ACCOUNT: lambda count: ngettext(
        "%(num)s person may have two logins", "%(num)s persons may have two logins", count
    ),
    DuplicateKind.PARTICIPANT: lambda count: ngettext(
        "In %(num)s plan the same person may take part twice",
        "In %(num)s plans the same person may take part twice",
        count,
    ),
    DuplicateKind.PLAN: lambda count: ngettext(
        "%(num)s pair of plans should perhaps be one plan",
        "%(num)s pairs of plans should perhaps be one plan",
        count,
    ),
    DuplicateKind.UNIT: lambda count: ngettext(
        "%(num)s pair of units has nearly the same name",
        "%(num)s pairs of units have nearly the same name",
        count,
    ),
}
KIND_CONSEQUENCES = {
    DuplicateKind.ACCOUNT: _l("What is open to one login is closed to the other."),
    DuplicateKind.PARTICIPANT: _l("Access that is ended for one may still be open for the other."),
    DuplicateKind.PLAN: _l("What is agreed in one may be unknown to those who work by the other."),
    DuplicateKind.UNIT: _l("Persons and plans are spread on both, so that lists miss some."),
}

CARDS: tuple[Card, ...] = (
    Card(
        "consent_expired",
        Harm.SEVERE,
        lambda count: ngettext(
            "The consent to %(num)s plan has expired",
            "The consent to %(num)s plans has expired",
            count,
        ),
        _l("Participants have lost their access. Let the consent be renewed, or close the plan."),
        _of_plans(
            OPEN_PLANS | {"consent": list_filters.EXPIRED},
            consent_states.ran_out_on,
            tells_first_day_without=True,
        ),
        lambda day: _("The oldest ran out on %(day)s.", day=day),
    ),
    Card(
        "owner_without_access",
        Harm.SEVERE,
        lambda count: ngettext(
            "In %(num)s active plan nobody on the owner's side can sign in",
            "In %(num)s active plans nobody on the owner's side can sign in",
            count,
        ),
        _l("They can't follow the plan, nor say who may see what. Give the owner a login."),
        _of_plans(ACTIVE_PLANS | {"owner_access": "none"}, _always(Plan.started_at)),
        lambda day: _("The oldest was started on %(day)s.", day=day),
    ),
    Card(
        "without_coordinator",
        Harm.SEVERE,
        lambda count: ngettext(
            "%(num)s plan is without a coordinator",
            "%(num)s plans are without a coordinator",
            count,
        ),
        _l("The coordinator has no role or no login any more. Let somebody else take over."),
        _of_plans(
            OPEN_PLANS | {"coordinator_state": list_filters.WITHOUT},
            _always(Plan.last_activity_at),
        ),
        lambda day: _("In the oldest, something was last done on %(day)s.", day=day),
    ),
    Card(
        "incoming",
        Harm.SEVERE,
        lambda count: ngettext(
            "%(num)s plan from another municipality waits for an answer",
            "%(num)s plans from other municipalities wait for an answer",
            count,
        ),
        _l("Somebody is moving here, and the work can't go on before a coordinator says yes."),
        OfList(
            arriving_list_page.COUNTED,
            {"state": MoveState.SENT.value},
            _always(IncomingPlan.sent_at),
        ),
        lambda day: _("The oldest was sent on %(day)s.", day=day),
    ),
    Card(
        "coordinator_leaves",
        Harm.SOME,
        lambda count: ngettext(
            "%(num)s plan loses its coordinator within 30 days",
            "%(num)s plans lose their coordinator within 30 days",
            count,
        ),
        _l("Find somebody to take over while the one who leaves can still tell."),
        _of_plans(
            OPEN_PLANS | {"coordinator_state": list_filters.LEAVES},
            lambda _on: coordinator_states.role_ends_on(),
            tells_first_day_without=True,
        ),
        lambda day: _("The first role ends on %(day)s.", day=day),
    ),
    Card(
        "evaluation_overdue",
        Harm.SOME,
        lambda count: ngettext(
            "The evaluation of %(num)s plan is overdue",
            "The evaluation of %(num)s plans is overdue",
            count,
        ),
        _l("Nobody has looked at whether the plan still fits. Remind the coordinator."),
        _of_plans(ACTIVE_PLANS | {"evaluation": "overdue"}, _always(Plan.next_evaluation_on)),
        lambda day: _("The oldest was due on %(day)s.", day=day),
    ),
    Card(
        "persons_twice",
        Harm.SOME,
        lambda count: ngettext(
            "%(num)s pair of persons is probably one person",
            "%(num)s pairs of persons are probably one person each",
            count,
        ),
        _l("What is known of the person is split in two, and so are plans and access."),
        OfList(duplicate_figures.PAIRS, {"band": queue.LIKELY}, _always(DuplicatePair.found_at)),
        lambda day: _("The oldest was found on %(day)s.", day=day),
    ),
    *(
        Card(
            f"{kind.what}_twice",
            Harm.SOME,
            KIND_TITLES[kind.what],
            KIND_CONSEQUENCES[kind.what],
            _of_kind(kind),
        )
        for kind in kinds.KINDS
    ),
    Card(
        "never_signed_in",
        Harm.SOME,
        lambda count: ngettext(
            "%(num)s participant has never signed in",
            "%(num)s participants have never signed in",
            count,
        ),
        _l("They don't see what is expected of them. Hand over a new link, or ask why."),
        OfList(
            ROLES,
            {"role": Role.PARTICIPANT.value, "never_signed_in": "yes"},
            _always(Membership.starts_on),
        ),
        lambda day: _("The oldest role began on %(day)s.", day=day),
    ),
    Card(
        "merges_wait",
        Harm.SOME,
        lambda count: ngettext(
            "%(num)s merge waits for a second administrator",
            "%(num)s merges wait for a second administrator",
            count,
        ),
        _l("Two records of one person stay two until another than the one who asked has agreed."),
        OfList(
            merge_list_page.COUNTED,
            {"state": MergeState.WAITING.value},
            _always(PersonMerge.wanted_at),
        ),
        lambda day: _("The oldest was asked for on %(day)s.", day=day),
    ),
    Card(
        "without_course",
        Harm.NONE,
        lambda count: ngettext(
            "%(num)s coordinator has taken no course in the last 24 months",
            "%(num)s coordinators have taken no course in the last 24 months",
            count,
        ),
        _l("They may not know the role and the law. Sign them up for the coordinator school."),
        OfPage("TrainingView.list", _untrained, {"training": Training.UNTRAINED.value}),
    ),
    Card(
        "routines_overdue",
        Harm.NONE,
        lambda count: ngettext(
            "%(num)s routine should have been looked over",
            "%(num)s routines should have been looked over",
            count,
        ),
        _l("It may tell people to do what is no longer right. Let whoever keeps it look it over."),
        OfList(ROUTINES, {"review": PAST}, _always(Routine.review_on)),
        lambda day: _("The oldest was due on %(day)s.", day=day),
    ),
    Card(
        "link_requests",
        Harm.NONE,
        lambda count: ngettext(
            "%(num)s person has not answered whether a login from elsewhere may be used here",
            "%(num)s persons have not answered whether a login from elsewhere may be used here",
            count,
        ),
        _l("They have no access here before they say yes with the code that they were given."),
        OfList(
            request_list.COUNTED,
            {"answer": request_list.WAITING},
            _always(AccountLinkRequest.at),
        ),
        lambda day: _("The oldest was asked on %(day)s.", day=day),
    ),
    Card(
        "proposals",
        Harm.NONE,
        lambda count: ngettext(
            "%(num)s template or role has a newer national version",
            "%(num)s templates and roles have a newer national version",
            count,
        ),
        _l("See what is different, and choose. Nothing here changes by itself."),
        OfPage("NationalProposalView.index", _proposals),
        lambda day: _("The oldest was published on %(day)s.", day=day),
    ),
)
