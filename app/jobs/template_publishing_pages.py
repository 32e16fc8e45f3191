"""Telling the coordinators of plans that there is a newer version of their template."""

from flask import flash, redirect, render_template, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.db import db, transaction
from app.errors import NotFound
from app.jobs import queue, template_publishing
from app.models import Job
from app.plans import template_proposals
from app.screens import forms
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.set_up_tables import Template
from app.templating import versions
from app.templating.contents import parsed

Answer = Response | str | tuple[str, int]


class TemplateProposalView(BaseView):
    """From a published version of a template to the plans that have an earlier one."""

    resource = Resource.TEMPLATE
    route_base = "/template-proposal"
    menu_homes = ("TemplateView",)
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.EDIT)
    def show(self, pk: str) -> Answer:
        """How many plans have which version, and the button that tells their coordinators."""
        template = _template(pk)
        counts = template_proposals.count_by_version(current_actor(), template)
        return render_template(
            "templating/proposal.html",
            template=template,
            name=parsed(versions.published(template)).names.here,
            counts=counts,
            total=sum(count for _number, count in counts),
            form_key=forms.new_key(),
        )

    @expose("/propose/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def propose(self, pk: str) -> Answer:
        """Tell them, once, however many times it is sent."""
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        with transaction() as session:
            earlier = forms.earlier_result(session, actor, key)
            if earlier is not None:
                return redirect(earlier)
            made = template_publishing.propose(actor, _template(pk), at=at)
            location = (
                url_for("JobView.show", pk=made.id)
                if isinstance(made, Job)
                else url_for("TemplateProposalView.show", pk=pk)
            )
            forms.remember(session, actor, key, location, at)
        if isinstance(made, Job):
            queue.send(made.id, made.municipality_id)
        else:
            said = ngettext(
                "The coordinator of %(num)s plan is told.",
                "The coordinators of %(num)s plans are told.",
                made.plans,
            )
            flash(said, "success")
        return redirect(location)


def _template(pk: str) -> Template:
    """The template of an address, published, when the actor may set it up."""
    actor = current_actor()
    found: Template | None = None
    if is_id(pk):
        wanted = scope.rows(actor, Template, Action.SHOW).where(Template.id == pk)
        found = db.session.scalar(wanted)
    if found is None or found.number is None:
        raise NotFound
    policy.require(actor, Action.EDIT, found)
    return found
