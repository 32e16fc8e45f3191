"""The pages of one piece of plan content: read, changed, moved, deleted and brought back."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm

from app.audit import log
from app.clock import utc_now
from app.db import db, transaction
from app.enums import EntryKind, Section
from app.errors import DomainError, NotFound
from app.models import PlanEntry
from app.plans import (
    content,
    content_queries,
    drafts,
    entry_forms,
    entry_order,
    form_entries,
    history,
)
from app.plans.content_pages import Rights
from app.plans.kinds import MOVED
from app.plans.pages import Answer
from app.plans.writing_pages import (
    Writing,
    WritingPage,
    describe,
    page_section,
    place_on_page,
)
from app.screens import forms
from app.screens.fields import NEEDED, ListedField
from app.screens.listing import is_id
from app.screens.words import words
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

TO_TOP = "top"


class MoveForm(FlaskForm):
    """What an entry is to be part of."""

    parent = ListedField(_l("Part of"), [NEEDED], choices=[])


class EntryPage(WritingPage):
    """Base of views about one piece of plan content."""

    resource = Resource.PLAN_ENTRY

    @staticmethod
    def entry_of(pk: str, action: Action) -> PlanEntry:
        """The entry of an address, when the actor may do ``action`` with it.

        Raises:
            NotFound: foreign, missing and hidden alike.
            NotAllowed: the actor sees it but may not do this.
        """
        entry = content_queries.seen(current_actor(), pk) if is_id(pk) else None
        if entry is None:
            raise NotFound
        content.require_offered(entry.plan, entry.section)
        policy.require(current_actor(), action, entry)
        return entry

    def opened_entry(self, pk: str, action: Action, event: str) -> PlanEntry:
        """As ``entry_of``, and the log is told; inside the caller's transaction, if any."""
        with transaction():
            entry = self.entry_of(pk, action)
            told = policy.decide(current_actor(), Action.SHOW, entry)
            log.record(current_actor(), event, entry, basis=told.basis)
        return entry

    def entry_page(self, template: str, entry: PlanEntry, **values: Any) -> Answer:
        """A page about an entry, inside its plan."""
        return self.page(
            template,
            entry.plan,
            entry=entry,
            name=describe(entry),
            place=place_on_page(entry.plan, entry.section, entry),
            place_section=page_section(entry.plan, entry.section),
            **values,
        )


class EntryView(EntryPage):
    """One piece of plan content."""

    route_base = "/plan-entry"
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """All of an entry, how it was evaluated, and what is said about it."""
        actor = current_actor()
        with transaction():
            entry = self.opened_entry(pk, Action.SHOW, "plan_entry:shown")
            evaluations = content_queries.parts(entry, entry.section)
            comments = self._comments(entry)
            parent = content_queries.seen(actor, entry.parent_id)
            if parent is not None and parent.section is not entry.section:
                log.record(actor, "plan_entry:shown", parent)
        may = Rights(entry.plan)
        may_comment = may.comments_on(entry.section) and entry.kind not in (
            EntryKind.COMMENT,
            EntryKind.EVALUATION,
        )
        return self.entry_page(
            "plans/content/entry.html",
            entry,
            parent=parent,
            form_answers=form_entries.said(entry),
            evaluations=[one for one in evaluations if one.kind is EntryKind.EVALUATION],
            comments=comments,
            changed_by=history.last_authors([entry, *evaluations, *comments]),
            may=may,
            may_here=self._may_here(entry),
            comment_form=self._comment_form() if may_comment else None,
            comment_draft=self._comment_draft(entry) if may_comment else None,
            form_key=forms.new_key(),
        )

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def edit(self, pk: str) -> Answer:
        """A form with what is saved, and what it sends."""
        if request.method == "POST":
            # What was deleted in the meantime is told on the form, which keeps what was written.
            return self.write(lambda: self._sent(pk), self._sent(pk))
        entry = self.opened_entry(pk, Action.EDIT, "plan_entry:shown")
        return self.write(lambda: self._known(pk, Action.EDIT), self._known(entry.id, Action.EDIT))

    # --- its place -------------------------------------------------------------------------------

    @expose("/up/<pk>", methods=["POST"])
    @door(Action.MOVE)
    def up(self, pk: str) -> Answer:
        """Change places with the one before."""
        return self._shift(pk, up=True)

    @expose("/down/<pk>", methods=["POST"])
    @door(Action.MOVE)
    def down(self, pk: str) -> Answer:
        """Change places with the one after."""
        return self._shift(pk, up=False)

    @expose("/move/<pk>", methods=["GET", "POST"])
    @door(Action.MOVE)
    def move(self, pk: str) -> Answer:
        """Make it part of something else, or of nothing."""
        entry, form = self.entry_of(pk, Action.MOVE), MoveForm()
        if entry.kind not in MOVED:
            raise NotFound
        places = entry_order.may_hold(current_actor(), entry)
        form.parent.choices = [("", ""), (TO_TOP, _("Of nothing: it stands on its own"))]
        form.parent.choices += [(one.id, describe(one)) for one in places]
        if request.method != "POST":
            form.parent.data = entry.parent_id or TO_TOP
            return self.entry_page("plans/content/move.html", entry, form=form)
        if not form.validate():
            return self.entry_page("plans/content/move.html", entry, form=form, status=422)
        try:
            with transaction():
                entry = self.entry_of(pk, Action.MOVE)
                chosen = form.parent.data
                parent = None if chosen == TO_TOP else self.entry_of(chosen, Action.SHOW)
                entry_order.move(current_actor(), entry, parent, at=utc_now())
        except DomainError as error:
            if error.is_refusal:
                raise
            form.parent.errors = [str(error)]
            entry = self.entry_of(pk, Action.MOVE)
            return self.entry_page("plans/content/move.html", entry, form=form, status=error.status)
        flash(_("%(name)s is moved.", name=describe(entry)), "success")
        return redirect(place_on_page(entry.plan, entry.section, entry))

    # --- the bin ---------------------------------------------------------------------------------

    @expose("/delete/<pk>", methods=["POST"])
    @door(Action.RETIRE)
    def delete(self, pk: str) -> Answer:
        """Move it to the bin, with what is part of it."""
        with transaction():
            entry = self.entry_of(pk, Action.SHOW)
            along = content.move_to_bin(current_actor(), entry, at=utc_now())
        text = _("%(name)s lies in the bin.", name=describe(entry))
        if along:
            text += " " + ngettext(
                "%(num)s thing that is part of it went along.",
                "%(num)s things that are part of it went along.",
                along,
            )
        undo = {"text": text, "undo": url_for("EntryView.restore", pk=entry.id)}
        flash(undo, "success")  # type: ignore[arg-type]
        return redirect(place_on_page(entry.plan, entry.section, None))

    @expose("/restore/<pk>", methods=["POST"])
    @door(Action.RESTORE)
    def restore(self, pk: str) -> Answer:
        """Bring it back, with what was deleted together with it."""
        try:
            with transaction():
                entry = self.entry_of(pk, Action.SHOW)
                along = content.bring_back(current_actor(), entry, at=utc_now())
                text = _where_it_went(entry, along)
        except (content.ParentInBin, content.FilledInAgain) as error:
            text = str(error)
            flash(text, "warning")
            entry = self.entry_of(pk, Action.SHOW)
            return redirect(url_for("ContentView.bin", pk=entry.plan_id))
        flash(text, "success")
        return redirect(place_on_page(entry.plan, entry.section, entry))

    # --- shared ----------------------------------------------------------------------------------

    def _shift(self, pk: str, *, up: bool) -> Answer:
        with transaction():
            entry = self.entry_of(pk, Action.MOVE)
            entry_order.shift(current_actor(), entry, up=up, at=utc_now())
        return redirect(place_on_page(entry.plan, entry.section, entry))

    def _sent(self, pk: str) -> Writing:
        """What a form that was sent is about, also when it lies in the bin by now."""
        entry = self.entry_of(pk, Action.SHOW)
        return self._known(pk, Action.SHOW if entry.deleted_at is not None else Action.EDIT)

    def _known(self, pk: str, action: Action) -> Writing:
        entry = self.entry_of(pk, action)
        place, key = drafts.place_of(entry), entry.details.get("section", "")
        return Writing(entry.plan, entry.kind, entry.section, place, entry=entry, key=key)

    @staticmethod
    def _comments(entry: PlanEntry) -> list[PlanEntry]:
        """What is said about an entry, for who reads comments; the log is told."""
        actor, plan = current_actor(), entry.plan
        if entry.section is Section.COMMENTS:
            return []
        if not content_queries.readable(actor, plan, [Section.COMMENTS]):
            return []
        found = list(content_queries.parts(entry, Section.COMMENTS))
        if found:
            told = policy.decide(actor, Action.READ, plan, section=Section.COMMENTS)
            log.record(
                actor, "plan:section_shown", plan, section=Section.COMMENTS, basis=told.basis
            )
        return found

    @staticmethod
    def _comment_form() -> entry_forms.EntryForm:
        return entry_forms.CommentForm(formdata=None)

    @staticmethod
    def _comment_draft(entry: PlanEntry) -> Any:
        place = drafts.place_of_new(entry.plan, EntryKind.COMMENT, entry)
        return drafts.find(current_actor(), place)

    @staticmethod
    def _may_here(entry: PlanEntry) -> dict[str, bool]:
        """Which buttons do something with this entry."""
        actor = current_actor()
        return {
            "edit": bool(policy.decide(actor, Action.EDIT, entry)),
            "move": entry.kind in MOVED and bool(policy.decide(actor, Action.MOVE, entry)),
            "delete": bool(policy.decide(actor, Action.RETIRE, entry)),
            "restore": bool(policy.decide(actor, Action.RESTORE, entry)),
        }


def _where_it_went(entry: PlanEntry, along: int) -> str:
    """What was brought back, and where it stands now; what it is part of, where that is read."""
    said = {"name": describe(entry), "part": words(entry.section)}
    parent = db.session.get(PlanEntry, entry.parent_id) if entry.parent_id else None
    if parent is not None and parent.deleted_at is not None:
        text = _(
            "%(name)s is brought back to “%(part)s”. It stands on its own there, since what it was"
            " part of lies in the bin.",
            **said,
        )
    elif parent is not None and policy.decide(current_actor(), Action.SHOW, parent):
        said["parent"] = describe(parent)
        text = _("%(name)s is brought back to “%(part)s”, under “%(parent)s”.", **said)
    else:
        text = _("%(name)s is brought back to “%(part)s”.", **said)
    if not along:
        return text
    more = ngettext(
        "%(num)s thing that is part of it came along.",
        "%(num)s things that are part of it came along.",
        along,
    )
    return f"{text} {more}"
