"""What all pages about one plan share: finding it, telling the log, and the way between its parts.

Every read of a plan is an event, written before the answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import current_app, g, render_template, request, url_for
from flask_appbuilder import BaseView
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.audit import log
from app.clock import utc_now
from app.db import db, transaction
from app.enums import Section
from app.errors import BadRequest, NotFound
from app.models import Plan, PlanType
from app.plans import life
from app.screens.listing import is_id
from app.screens.words import words
from app.security import policy
from app.security.actor import Actor, current_actor
from app.security.roles import Action, Resource
from app.side_tables import PlanVisit
from app.templating.setup import in_own_words

Answer = Response | str | tuple[str, int]

WRITTEN = (
    Section.ABOUT_ME,
    Section.MAPPING,
    Section.GOALS,
    Section.ACTIVITIES,
    Section.COMMENTS,
    Section.SUB_PLANS,
    Section.DOCUMENTS,
    Section.MEETINGS,
)
"""Sections that hold what people write. Goals and their activities stand on one page."""


@dataclass(frozen=True)
class Tab:
    """A part of a plan that the actor may open."""

    label: Any
    url: str
    is_current: bool


class PlanPage(BaseView):
    """Base of a view with pages about one plan. Access is asked of policy; nothing is kept."""

    resource: ClassVar[Resource] = Resource.PLAN
    menu_homes: ClassVar[tuple[str, ...]] = ("PlanListView", "MyPlansView")

    def plan_of(self, pk: str, action: Action, section: Section | None = None) -> Plan:
        """The plan of an address, when the actor may do ``action`` in it.

        Raises:
            NotFound: foreign, missing and hidden alike.
            NotAllowed: the actor sees the plan but may not do this.
        """
        return find_plan(pk, action, section)

    def opened(
        self, pk: str, action: Action, event: str = "plan:shown", section: Section | None = None
    ) -> Plan:
        """As ``plan_of``, and the log and the plan's visit book are told."""
        actor = current_actor()
        with transaction():
            plan = find_plan(pk, action, section)
            told = policy.decide(actor, action, plan, section=section)
            log.record(actor, event, plan, section=section, basis=told.basis)
            if plan_is_read(actor, plan):
                _note_visit(actor, plan)
        return plan

    def page(
        self, template: str, plan: Plan, *, status: int = 200, **values: Any
    ) -> tuple[str, int]:
        """A page of the plan, with its heading and the way to its other parts."""
        actor = current_actor()
        emergencies = life.emergencies(plan, utc_now())
        if plan_is_read(actor, plan) and actor.person_id not in {
            one.person_id for one in emergencies
        }:
            g.menu_homes = ("MyPlansView",)
        page = render_template(
            template,
            view=self,
            plan=plan,
            tabs=list(tabs(plan)),
            kind_name=name_of(plan),
            initials=initials_of(plan),
            emergencies=emergencies,
            **values,
        )
        return page, status


def find_plan(pk: str, action: Action, section: Section | None = None) -> Plan:
    """The plan with this id, when the actor of the request may do ``action`` in it.

    Raises:
        NotFound, NotAllowed: as ``PlanPage.plan_of``.
    """
    if not is_id(pk):
        raise NotFound
    actor = current_actor()
    # One plan is decided in memory: the condition for many costs more than the whole answer.
    plan: Plan | None = db.session.scalar(select(Plan).where(Plan.id == pk))
    if plan is None or not policy.decide(actor, Action.SHOW, plan):
        raise NotFound
    policy.require(actor, action, plan, section=section)
    return plan


def plan_is_read(actor: Actor, plan: Plan) -> bool:
    """Whether the actor comes as one who takes part, not as one who keeps the overview."""
    return actor.person_id is not None and bool(policy.open_sections(actor, Action.READ, plan))


def _note_visit(actor: Actor, plan: Plan) -> None:
    visit = db.session.scalar(
        select(PlanVisit).where(
            PlanVisit.plan_id == plan.id, PlanVisit.person_id == actor.person_id
        )
    )
    if visit is None:
        visit = PlanVisit(plan_id=plan.id, person_id=actor.person_id)
        db.session.add(visit)
    visit.seen_at = utc_now()


def asked_section() -> Section:
    """The section that the address asks for.

    Raises:
        BadRequest: it is none.
    """
    try:
        return Section(request.values.get("section", ""))
    except ValueError:
        raise BadRequest from None


def type_of(plan: Plan) -> PlanType:
    """How the plan's kind is set up in its municipality."""
    return plan.type


def name_of(plan: Plan) -> str:
    """What the municipality calls the plan's kind."""
    return in_own_words(type_of(plan).names) or str(words(plan.kind))


def initials_of(plan: Plan) -> str:
    """Whom the plan is about, for who knows it already: the first letter of each name."""
    return "".join(f"{name[0]}." for name in plan.owner.full_name.split())


def coordinator_word(plan: Plan) -> str:
    """What the municipality calls whoever coordinates a plan of this kind."""
    return in_own_words(type_of(plan).coordinator_names)


def tabs(plan: Plan) -> Iterator[Tab]:
    """The parts of the plan that the actor may open, in order."""
    actor = current_actor()
    read = policy.open_sections(actor, Action.READ, plan)
    for endpoint, label, action, section in _parts(plan):
        if endpoint not in current_app.view_functions:
            continue
        is_open = section in read if section else policy.decide(actor, action, plan)
        if not is_open:
            continue
        asked: dict[str, Any] = {"section": section} if section in WRITTEN else {}
        is_current = request.endpoint == endpoint and (
            not asked or request.args.get("section") == section
        )
        yield Tab(label, url_for(endpoint, pk=plan.id, **asked), is_current)


def _parts(plan: Plan) -> Iterator[tuple[str, Any, Action, Section | None]]:
    """Endpoint and name of each part, and what opens it: reading a section, or another action."""
    yield "PlanView.show", _l("Overview"), Action.SHOW, None
    offered = type_of(plan).sections
    for section in WRITTEN:
        if section in offered:
            yield "ContentView.section", words(section), Action.READ, section
    yield "ParticipantView.overview", _l("Participants"), Action.READ, Section.PARTICIPANTS
    yield "AccessView.who", _l("Who sees what"), Action.SHOW_ACCESS, None
    yield "PlanLogView.show", _l("Who has looked"), Action.READ, Section.ACCESS_LOG
    yield "CopyView.overview", _l("Print and download"), Action.READ, Section.PRINT_EXPORT
    yield "ConsentView.overview", _l("Consent"), Action.READ, Section.CONSENTS
    yield "DecisionView.overview", _l("Decisions"), Action.READ, Section.CONSENTS
