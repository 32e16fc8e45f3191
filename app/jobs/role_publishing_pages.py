"""Looking over what a draft of a standard role changes, for how many, and publishing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.clock import today, utc_now
from app.db import transaction
from app.enums import Reach, Section
from app.errors import DomainError
from app.jobs import queue, role_publishing
from app.models import Job, StandardRole
from app.plans import role_holders
from app.plans.role_holders import Touched
from app.plans.role_publishing import Brought
from app.screens import forms
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating import role_matrix, role_words, standard_roles
from app.templating.role_changes import Difference, Facet, differences
from app.templating.role_content import RoleContent
from app.templating.role_forms import ReachForm
from app.templating.role_pages import find_role, name_of

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True)
class Line:
    """One change, and whom it would touch if it is for those who have the role, too.

    ``difference`` is None for what only those with an earlier version have otherwise.
    """

    section: Section | None
    difference: Difference | None
    touched: Touched | None


class RolePublishingView(BaseView):
    """From a draft to what is in use."""

    resource = Resource.STANDARD_ROLE
    route_base = "/standard-role-publishing"
    menu_homes = ("StandardRoleView",)
    default_view = "review"

    @expose("/review/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def review(self, pk: str) -> Answer:
        """What changes, for how many; and, when sent, the publishing."""
        role, form = find_role(pk, Action.EDIT), ReachForm()
        if request.method != "POST":
            return self._page(role, form)
        if standard_roles.is_draft_only(role):
            form.reach.data, is_valid = str(Reach.NEW_ONLY), True
        else:
            is_valid = form.validate()
        if not is_valid:
            return self._page(role, form, status=422)
        try:
            location = self._publish(pk, Reach(form.reach.data))
        except DomainError as error:
            if error.is_refusal:
                raise
            form.form_errors.append(str(error))
            return self._page(find_role(pk, Action.EDIT), form, status=error.status)
        return redirect(location)

    @staticmethod
    def _publish(pk: str, reach: Reach) -> str:
        """Publish once, however many times it is sent; where it goes on."""
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        with transaction() as session:
            earlier = forms.earlier_result(session, actor, key)
            if earlier is not None:
                flash(_("This was saved already."), "success")
                return earlier
            role = find_role(pk, Action.EDIT)
            version = request.form.get("version", "")
            made = role_publishing.publish(actor, role, reach, version=version, at=at)
            location = (
                url_for("JobView.show", pk=made.id)
                if isinstance(made, Job)
                else url_for("StandardRoleEditView.show", pk=pk)
            )
            forms.remember(session, actor, key, location, at)
        if isinstance(made, Job):
            queue.send(made.id, made.municipality_id)
            flash(
                _("The version is in use. Those who have the role are brought along now."), "info"
            )
        else:
            flash(_said(role, made), "success")
        return location

    @staticmethod
    def _page(role: StandardRole, form: ReachForm, *, status: int = 200) -> tuple[str, int]:
        actor, on = current_actor(), today()
        used, draft = standard_roles.in_use(role), standard_roles.drafted(role)
        content = draft or standard_roles.latest(role)
        touched: Mapping[Section | None, Touched] = {}
        if used is not None:
            is_new = draft is not None
            touched = role_holders.touched(actor, role, content, on, is_new=is_new)
        page = render_template(
            "templating/role_review.html",
            role=role,
            name=name_of(role),
            form=form,
            used=used,
            draft=draft,
            content=content,
            sections=role_matrix.given(content),
            lines=_lines(used, content, touched),
            left=role_holders.counted(pair for one in touched.values() for pair in one.left),
            count=role_holders.counts(actor, on).get(role.id, role_holders.Count()),
            is_touching=any(one.all.participants for one in touched.values()),
            version=standard_roles.draft_version(role),
            form_key=forms.form_key() or forms.new_key(),
            texts=role_words,
            counted=role_holders.counted,
            reaches=Reach,
        )
        return page, status


def _lines(
    used: RoleContent | None, content: RoleContent, touched: Mapping[Section | None, Touched]
) -> list[Line]:
    if used is None:
        return []
    found = [Line(_section(one), one, _touched(one, touched)) for one in differences(used, content)]
    told = {line.section for line in found}
    older = [s for s in Section if s in touched and s not in told and touched[s].all.participants]
    return found + [Line(section, None, touched[section]) for section in older]


def _section(one: Difference) -> Section | None:
    return one.key if one.facet is Facet.LEVEL else None


def _touched(one: Difference, touched: Mapping[Section | None, Touched]) -> Touched | None:
    """Whom a difference touches; None where it is none of rights."""
    if one.facet is Facet.LEVEL:
        return touched.get(one.key, Touched())
    return touched.get(None, Touched()) if one.facet is Facet.CAPABILITY else None


def _said(role: StandardRole, made: Brought) -> str:
    """What came of bringing those who have the role along."""
    said: list[Any] = [_("The new version of %(name)s is in use.", name=name_of(role))]
    if made.narrowed:
        said.append(
            ngettext(
                "%(num)s participant has less access now.",
                "%(num)s participants have less access now.",
                made.narrowed,
            )
        )
    if made.proposed:
        said.append(
            ngettext(
                "More access is proposed for %(num)s participant: the coordinator answers.",
                "More access is proposed for %(num)s participants: the coordinators answer.",
                made.proposed,
            )
        )
    if made.left:
        said.append(
            ngettext(
                "%(num)s participant keeps what was given by hand.",
                "%(num)s participants keep what was given by hand.",
                made.left,
            )
        )
    return " ".join(str(one) for one in said)
