"""The pages of a plan's sections: what stands in one, a form for something new, and the bin."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_babel import lazy_gettext as _l

from app.audit import log
from app.db import transaction
from app.enums import EntryKind, Section
from app.errors import BadRequest, NotAllowed, NotFound
from app.models import Plan, PlanEntry
from app.plans import (
    content,
    content_queries,
    drafts,
    form_entries,
    history,
    plan_template,
)
from app.plans.kinds import ADDED_IN
from app.plans.pages import WRITTEN, Answer, asked_section, find_plan, plan_is_read
from app.plans.writing_pages import Writing, WritingPage
from app.screens.listing import is_id
from app.security import plan_access, policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door

TOGETHER: dict[Section, tuple[Section, ...]] = {
    Section.GOALS: (Section.GOALS, Section.ACTIVITIES),
}
"""Sections that stand on the page of another, for who reads them too."""


INTROS: dict[Section, Any] = {
    Section.ABOUT_ME: _l("What the plan owner wants those who help to know."),
    Section.MAPPING: _l("How things are now: what works, what is hard, and what is needed."),
    Section.GOALS: _l("What the plan owner wants to reach, what is done for it, and how it goes."),
    Section.ACTIVITIES: _l("What is done, by whom, how much and by when."),
    Section.COMMENTS: _l("What those who take part say about the plan and what is in it."),
    Section.SUB_PLANS: _l("Plans that the services keep themselves, so that all know of them."),
    Section.DOCUMENTS: _l("Files that belong to the plan."),
    Section.MEETINGS: _l("Meetings about the plan, with agenda and minutes."),
}
ADD_LABELS: dict[Section, Any] = {
    Section.ABOUT_ME: _l("New text about me"),
    Section.MAPPING: _l("New subject in the mapping"),
    Section.GOALS: _l("New goal"),
    Section.ACTIVITIES: _l("New activity"),
    Section.COMMENTS: _l("New comment"),
    Section.SUB_PLANS: _l("New sub-plan"),
    Section.DOCUMENTS: _l("New document"),
    Section.MEETINGS: _l("New meeting"),
}


class ContentView(WritingPage):
    """The sections of a plan that hold what people write."""

    route_base = "/plan-content"
    default_view = "section"

    @expose("/section/<pk>", methods=["GET"])
    @door(Action.READ)
    def section(self, pk: str) -> Answer:
        """What stands in a section."""
        section, actor = asked_section(), current_actor()
        with transaction():
            plan = self.opened(pk, Action.READ, "plan:section_shown", section)
            _require_written(plan, section)
            together = TOGETHER.get(section, (section,))
            shown = content_queries.readable(actor, plan, together)
            forms, found = _apart(content_queries.entries(actor, plan, shown))
            about = _about(plan, found, section)
            _tell(plan, {one.section for one in (*found, *forms, *about.values())} - {section})
        reads_comments = bool(content_queries.readable(actor, plan, [Section.COMMENTS]))
        return self.page(
            "plans/content/section.html",
            plan,
            section=section,
            forms_here=form_entries.here(plan, _asked_parts(plan, shown), forms),
            branches=content_queries.tree(found),
            about=about,
            may=self.rights(plan),
            kind=ADDED_IN[section],
            changed_by=history.last_authors([*found, *forms]),
            comment_counts=content_queries.count_comments(plan) if reads_comments else {},
            drafts=_drafts_here(plan, section, [*found, *forms]),
            has_bin=content_queries.may_have_binned(actor, plan),
            intro=INTROS[section],
            add_label=ADD_LABELS[section],
        )

    @expose("/add/<pk>", methods=["GET", "POST"])
    @door(Action.COMMENT)
    def add(self, pk: str) -> Answer:
        """A form for something new, and what it sends."""
        return self.write(lambda: _new(pk), _new(pk))

    @expose("/bin/<pk>", methods=["GET"])
    @door(Action.READ)
    def bin(self, pk: str) -> Answer:
        """What was deleted and can be brought back, for those who write."""
        actor = current_actor()
        with transaction():
            plan = find_plan(pk, Action.SHOW)
            if not content_queries.may_have_binned(actor, plan):
                policy.require(actor, Action.COMMENT, plan, section=Section.COMMENTS)
            rows = content_queries.binned(actor, plan)
            shown: set[Section | None] = {one.section for one in rows}
            for section in shown or {None}:
                log.record(actor, "plan:bin_shown", plan, section=section)
        by = content_queries.who_binned(plan, rows)
        return self.page("plans/content/bin.html", plan, rows=rows, by=by)

    @staticmethod
    def rights(plan: Plan) -> "Rights":
        """What the actor may do in each section, to show those buttons that do something."""
        return Rights(plan)


class Rights:
    """Which buttons are worth showing on a page; each press is decided anew."""

    def __init__(self, plan: Plan) -> None:
        actor, offered = current_actor(), content.offered(plan)
        sections = [one for one in WRITTEN if one in offered]
        may_write = policy.open_sections(actor, Action.WRITE, plan)
        may_comment = policy.open_sections(actor, Action.COMMENT, plan)
        self.write = [one for one in sections if one in may_write]
        self.comment = [one for one in sections if one in may_comment]

    def comments_on(self, section: Section) -> bool:
        """Whether a comment can be written on something in the section."""
        return Section.COMMENTS in self.comment and section in self.comment


def _require_written(plan: Plan, section: Section) -> None:
    if section not in WRITTEN:
        raise NotFound
    content.require_offered(plan, section)


def _asked_parts(plan: Plan, shown: Sequence[Section]) -> list[Section]:
    """The parts whose forms are told of while they are empty: not to those who see their own
    activities alone, from whom filled in ones are kept too."""
    is_narrow = plan_access.sees_own_only(current_actor(), plan, [Section.ACTIVITIES])
    return [one for one in shown if not (is_narrow and one is Section.ACTIVITIES)]


def _apart(found: Sequence[PlanEntry]) -> tuple[list[PlanEntry], list[PlanEntry]]:
    """Forms of the template, and everything else."""
    forms = [one for one in found if one.kind is EntryKind.FORM]
    return forms, [one for one in found if one.kind is not EntryKind.FORM]


def _about(plan: Plan, found: Sequence[PlanEntry], section: Section) -> dict[str, PlanEntry]:
    """What the entries are part of, where that stands on another page and the actor sees it."""
    here = {one.id for one in found}
    if section not in (Section.COMMENTS, Section.ACTIVITIES):
        return {}
    elsewhere = {one.parent_id for one in found if one.parent_id and one.parent_id not in here}
    return content_queries.seen_of(current_actor(), plan, elsewhere)


def _tell(plan: Plan, sections: Collection[Section]) -> None:
    """Tell the log of what was read besides the section that was asked for."""
    actor = current_actor()
    for section in sorted(sections):
        told = policy.decide(actor, Action.READ, plan, section=section)
        log.record(actor, "plan:section_shown", plan, section=section, basis=told.basis)


def _drafts_here(
    plan: Plan, section: Section, found: Sequence[PlanEntry]
) -> list[tuple[Any, str, dict[str, Any]]]:
    """The actor's drafts that belong on the page: (draft, endpoint, address)."""
    waiting = drafts.waiting(current_actor(), plan)
    if not waiting:
        return []
    kept: list[tuple[Any, str, dict[str, Any]]] = []
    by_id = {one.id: one for one in found}
    kinds = {ADDED_IN[one] for one in TOGETHER.get(section, (section,))}
    for draft in waiting:
        _plan, what, name, *rest = draft.place.split(":")
        if what == "entry" and name in by_id:
            if policy.decide(current_actor(), Action.EDIT, by_id[name]):
                kept.append((draft, "EntryView.edit", {"pk": name}))
        elif what == "new":
            address = {"pk": plan.id, "kind": name, "parent": rest[0] or None}
            if _is_open(plan, name, rest[0], kinds | {EntryKind.EVALUATION}, by_id):
                kept.append((draft, "ContentView.add", address))
        elif what == "form" and Section(name) in TOGETHER.get(section, (section,)):
            kept += _draft_of_form(plan, draft, Section(name), rest[0])
    return kept


def _draft_of_form(
    plan: Plan, draft: Any, part: Section, key: str
) -> list[tuple[Any, str, dict[str, Any]]]:
    """Where a draft of a form of the template goes on, when the actor may write there."""
    if not policy.decide(current_actor(), Action.WRITE, plan, section=part):
        return []
    entry = plan_template.open_form(plan, part, key)
    if entry is not None:
        return [(draft, "EntryView.edit", {"pk": entry.id})]
    asked = plan_template.section_of_plan(plan, key)
    if asked is None or asked.part is not part:
        return []
    return [(draft, "ContentView.add", {"pk": plan.id, "kind": EntryKind.FORM, "key": key})]


def _is_open(
    plan: Plan,
    kind: str,
    parent_id: str,
    kinds: Collection[EntryKind],
    by_id: dict[str, PlanEntry],
) -> bool:
    """Whether the form of a draft for something new is on this page, and open to the actor."""
    parent = by_id.get(parent_id)
    if kind not in kinds or (parent_id and parent is None):
        return False
    needed = EntryKind(kind)
    section = content.section_of(needed, parent.section if parent is not None else None)
    action = Action.COMMENT if needed is EntryKind.COMMENT else Action.WRITE
    return section is not None and bool(
        policy.decide(current_actor(), action, plan, section=section)
    )


def _new(pk: str) -> Writing:
    """What the address asks to add.

    Raises:
        BadRequest: it asks for nothing that there is.
        NotFound, NotAllowed: as ``content.require_may_add``.
    """
    plan, actor = find_plan(pk, Action.SHOW), current_actor()
    if not plan_is_read(actor, plan):
        raise NotAllowed
    try:
        kind = EntryKind(request.args.get("kind", ""))
    except ValueError:
        raise BadRequest from None
    if kind is EntryKind.FORM:
        return _new_form(plan, request.args.get("key", ""))
    parent = _parent(plan, request.args.get("parent", ""))
    section = content.require_may_add(actor, plan, kind, parent)
    place = drafts.place_of_new(plan, kind, parent)
    return Writing(plan, kind, section, place, parent=parent)


def _new_form(plan: Plan, key: str) -> Writing:
    """A form of the template to fill in; the one that is filled in already, if somebody has."""
    part = content.require_may_add(current_actor(), plan, EntryKind.FORM, key=key)
    place = drafts.place_of_form(plan.id, part, key)
    entry = plan_template.open_form(plan, part, key)
    if entry is not None:
        policy.require(current_actor(), Action.EDIT, entry)
    return Writing(plan, EntryKind.FORM, part, place, entry=entry, key=key)


def _parent(plan: Plan, pk: str) -> PlanEntry | None:
    if not pk:
        return None
    parent = content_queries.seen(current_actor(), pk) if is_id(pk) else None
    if parent is None or parent.plan_id != plan.id:
        raise NotFound
    return parent
