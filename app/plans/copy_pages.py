"""The pages that print a plan, save a copy of what is filled in, and find words in it."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.audit import log
from app.clock import utc_now
from app.db import db, transaction
from app.enums import Section
from app.errors import BadRequest
from app.models import Person, Plan
from app.plans import content_queries, copies, finding, history
from app.plans.pages import WRITTEN, Answer, find_plan
from app.plans.writing_pages import WritingPage
from app.screens.download import csv_download, file_download, xlsx_download
from app.screens.fields import show_moment
from app.screens.words import words
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door

LONGEST_TYPED = 100
JSON = "application/json"


class CopyView(WritingPage):
    """Printing a plan and saving a copy of it."""

    route_base = "/plan-copy"
    default_view = "overview"

    @expose("/overview/<pk>", methods=["GET"])
    @door(Action.READ)
    def overview(self, pk: str) -> Answer:
        """What can be printed and saved, and what is in it."""
        plan = self.opened(pk, Action.READ, section=Section.PRINT_EXPORT)
        found = copies.read_by(current_actor(), plan)
        return self.page("plans/content/copy.html", plan, readable=found)

    @expose("/paper/<pk>", methods=["GET"])
    @door(Action.READ)
    def paper(self, pk: str) -> Answer:
        """All that the actor may read, on one page to print."""
        plan = _copied(pk, "plan:printed")
        found = list(copies.parts(current_actor(), plan))
        frame = Section.MAPPING in copies.read_by(current_actor(), plan)
        shown = [one.entry for part in found for one in part.forms if one.entry]
        shown += [one.entry for part in found for one in content_queries.flat(part.branches)]
        return self.page(
            "plans/content/paper.html",
            plan,
            parts=found,
            frame=frame,
            at=utc_now(),
            reader=db.session.get_one(Person, current_actor().person_id).full_name,
            changed_by=history.last_authors(shown),
        )

    @expose("/download/<pk>", methods=["GET"])
    @door(Action.READ)
    def download(self, pk: str) -> Response:
        """Every field that is filled in, as a file."""
        kind = request.args.get("format", "xlsx")
        if kind not in ("xlsx", "csv", "json"):
            raise BadRequest
        plan = _copied(pk, "plan:copy_downloaded")
        found = copies.fields(current_actor(), plan)
        name = f"plan-{plan.id[-8:]}.{kind}"
        if kind == "json":
            return file_download(name, _as_json(plan, found), JSON)
        header = [_("Part of the plan"), _("What it is"), _("Field"), _("Kind"), _("Filled in")]
        header += [_("By whom"), _("When")]
        rows = [_row(one) for one in found]
        make = csv_download if kind == "csv" else xlsx_download
        return make(name, header, rows)


class FindView(WritingPage):
    """Finding words in a plan. What is typed is sent in the body, and stands in no address."""

    route_base = "/plan-find"
    default_view = "find"

    @expose("/find/<pk>", methods=["GET", "POST"])
    @door(Action.READ)
    def find(self, pk: str) -> Answer:
        """The hits among what the actor may read."""
        typed = " ".join(request.form.get("text", "").split())[:LONGEST_TYPED]
        actor = current_actor()
        with transaction():
            plan = find_plan(pk, Action.SHOW)
            if not policy.open_sections(actor, Action.READ, plan):
                policy.require(actor, Action.READ, plan, section=WRITTEN[0])
            hits = finding.find(actor, plan, typed)
            _tell(plan, "plan:searched", {one.part for one in hits})
        return self.page(
            "plans/content/found.html",
            plan,
            typed=typed,
            hits=hits,
            is_whole=len(hits) < finding.MOST,
            readable=copies.read_by(actor, plan),
        )


def _copied(pk: str, event: str) -> Plan:
    """The plan, when the actor may print and save it; each part that goes along is told of."""
    actor = current_actor()
    with transaction():
        plan = find_plan(pk, Action.READ, Section.PRINT_EXPORT)
        readable = copies.read_by(actor, plan)
        _tell(plan, event, readable or {Section.PRINT_EXPORT})
    return plan


def _tell(plan: Plan, event: str, sections: Collection[Section]) -> None:
    """Tell the log of each part that was read."""
    actor = current_actor()
    for section in sorted(sections):
        told = policy.decide(actor, Action.READ, plan, section=section)
        log.record(actor, event, plan, section=section, basis=told.basis)


def _row(one: copies.FilledField) -> list[Any]:
    return [
        str(words(one.part)),
        one.heading,
        one.label,
        str(words(one.kind)),
        one.text,
        one.by,
        show_moment(one.at),
    ]


def _as_json(plan: Plan, found: Iterator[copies.FilledField]) -> bytes:
    """The fields as they are kept, for programs."""
    fields = [
        {
            "part": one.part,
            "entry": one.entry_id,
            "heading": one.heading,
            "field": one.key,
            "label": one.label,
            "kind": one.kind,
            "value": one.value,
            "text": one.text,
            "by": one.by,
            "at": one.at.isoformat(),
        }
        for one in found
    ]
    whole = {"plan": plan.id, "kind": plan.kind, "at": utc_now().isoformat(), "fields": fields}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()
