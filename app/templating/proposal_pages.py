"""The page where a local administrator meets what is new in the national library."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.db import db, transaction
from app.errors import DomainError, NotFound
from app.models import StandardRole
from app.screens.listing import is_id
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.set_up_tables import NationalPiece, Template
from app.templating import proposals, setup, shelf
from app.templating.file_pages import page_of
from app.templating.setup import in_own_words
from app.templating.template_pages import say
from app.templating.texts import isolated

Answer = Response | str | tuple[str, int]
TAKE_OVER = "take_over"
UNDO: dict[Any, str] = {
    StandardRole: "StandardRoleEditView.undo",
    Template: "TemplateDraftView.undo",
}


class NationalProposalView(BaseView):
    """What is new nationally, beside what the municipality has."""

    resource = Resource.TEMPLATE
    route_base = "/national-proposals"
    default_view = "index"
    intro = _l(
        "When a national standard role or template changes, nothing changes here by itself. You see"
        " what is different, and choose. For local administrators."
    )

    @expose("/", methods=["GET"])
    @door(Action.EDIT)
    def index(self) -> Answer:
        """Proposals that wait, and what is national and not used here."""
        actor = current_actor()
        with transaction() as session:
            setup.ensure(session, actor.municipality_id or 0, at=utc_now())
        return render_template(
            "templating/proposals.html",
            view=self,
            waiting=proposals.waiting(actor),
            not_here=proposals.not_here(actor),
            name_of=in_own_words,
        )

    @expose("/role/<pk>", methods=["GET"])
    @door(Action.EDIT, Resource.STANDARD_ROLE)
    def role(self, pk: str) -> Answer:
        """What is different in a standard role."""
        return self._proposal(StandardRole, pk)

    @expose("/template/<pk>", methods=["GET"])
    @door(Action.EDIT)
    def template(self, pk: str) -> Answer:
        """What is different in a template."""
        return self._proposal(Template, pk)

    @expose("/answer-role/<pk>", methods=["POST"])
    @door(Action.EDIT, Resource.STANDARD_ROLE)
    def answer_role(self, pk: str) -> Answer:
        """Make a draft of what a national standard role says, or stay with what is here."""
        return self._answer(StandardRole, pk)

    @expose("/answer-template/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def answer_template(self, pk: str) -> Answer:
        """Make a draft of what a national template says, or stay with what is here."""
        return self._answer(Template, pk)

    @expose("/use/<pk>", methods=["POST"])
    @door(Action.CHOOSE, Resource.NATIONAL_PIECE)
    def use(self, pk: str) -> Answer:
        """Use something national here, as a copy of one's own."""

        def copy() -> tuple[str, str | None]:
            piece = _found(NationalPiece, pk, Action.CHOOSE)
            return page_of(proposals.use(current_actor(), piece, at=utc_now())), None

        return _done(copy, _("It is in use here now. You can change it as you like."))

    def _proposal(self, model: Any, pk: str) -> Answer:
        copy = _found(model, pk, Action.EDIT)
        proposal = proposals.of(current_actor(), copy)
        if proposal is None:
            flash(_("There is no proposal about this any more."), "info")
            return redirect(page_of(copy))
        new, before = proposals.national_now(proposal), proposals.before(proposal)
        draft, merged = shelf.drafted(copy), proposals.merge(proposal)
        here = draft or shelf.in_use(copy)
        return render_template(
            "templating/proposal_national.html",
            proposal=proposal,
            name=isolated(in_own_words(copy.names)),
            page=page_of(copy),
            has_draft=draft is not None,
            version=shelf.draft_version(copy),
            merged=merged,
            nationally=None if before is None else proposals.changes(before, new),
            mine=None if here is None else proposals.changes(here, merged.content),
            answer=f"{self.endpoint}.answer_{'role' if model is StandardRole else 'template'}",
        )

    @staticmethod
    def _answer(model: Any, pk: str) -> Answer:
        is_taken = request.form.get("answer") == TAKE_OVER
        sent = request.form.get("number", "")
        number = int(sent) if sent.isdecimal() and len(sent) < 9 else 0

        def take_over() -> tuple[str, str | None]:
            copy, version = _found(model, pk, Action.EDIT), request.form.get("version", "")
            change = proposals.take_over(
                current_actor(), copy, number, version=version, at=utc_now()
            )
            undo = change and url_for(UNDO[model], pk=copy.id, change=change)
            return page_of(copy), undo

        def decline() -> tuple[str, str | None]:
            proposals.decline(current_actor(), _found(model, pk, Action.EDIT), number)
            return url_for("NationalProposalView.index"), None

        if is_taken:
            said = _("What is new nationally is in the draft now. Publish it if you agree.")
            return _done(take_over, said)
        return _done(decline, _("What you have stays as it is."))


def _found(model: Any, pk: str, action: Action) -> Any:
    """The row of an address, when the actor may do ``action`` with it.

    Raises:
        NotFound: foreign, missing and hidden alike.
        NotAllowed: the actor sees it but may not do this.
    """
    actor, row = current_actor(), None
    if is_id(pk):
        row = db.session.scalar(scope.rows(actor, model, Action.SHOW).where(model.id == pk))
    if row is None:
        raise NotFound
    policy.require(actor, action, row)
    return row


def _done(change: Callable[[], tuple[str, str | None]], said: str) -> Answer:
    """Change in one transaction and go on, with a way to undo it where there is one; or back to
    the proposals with what stood in the way."""
    try:
        with transaction():
            location, undo = change()
        say(said, undo)
    except DomainError as error:
        if error.is_refusal:
            raise
        said = str(error)
        flash(said, "warning")
        location = url_for("NationalProposalView.index")
    return redirect(location)
