"""The page with a form for plan content, for what is new and for what is changed: drawing it,
drafts, saving once, and two writers at once.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.clock import today, utc_now
from app.db import transaction
from app.enums import EntryKind, EvaluationAnswer, Section
from app.errors import DomainError, StaleVersion
from app.files import storage
from app.files.receiving import DOCUMENTS, Received, receive
from app.files.sniffing import FileType
from app.models import Plan, PlanEntry
from app.plans import (
    content,
    content_queries,
    drafts,
    entry_facts,
    entry_forms,
    form_entries,
    from_template,
    history,
    plan_template,
)
from app.plans.entry_facts import FILE, EntryFacts
from app.plans.entry_forms import Choices, EntryForm
from app.plans.pages import Answer, PlanPage, coordinator_word
from app.screens import forms
from app.screens.fields import show_date, show_number
from app.screens.words import words
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.side_tables import EntryDraft
from app.templating.answers import Answer as Answered
from app.templating.generated_forms import GeneratedForm
from app.templating.setup import in_own_words

DRAFT, WHILE_TYPING, TAKE_UP, THROW_AWAY = "draft", "typed", "take_up", "throw_away"
VERSION = "version"
BEFORE_IT_WAS = "-1"
"""The version that a draft goes on from which was begun before anything was saved."""


@dataclass(frozen=True)
class Writing:
    """What is written: something new as part of ``parent``, or a change of ``entry``. A form of
    the template has the key of its section."""

    plan: Plan
    kind: EntryKind
    section: Section
    place: str
    entry: PlanEntry | None = None
    parent: PlanEntry | None = None
    key: str = ""

    @property
    def form_type(self) -> type[EntryForm]:
        """The form that it is written in."""
        if self.kind is not EntryKind.FORM:
            return entry_forms.FORMS[self.kind]
        details = self.entry.details if self.entry is not None else {"section": self.key}
        return form_entries.filling_in(self.plan, self.section, details)


Wanted = Callable[[], Writing]
"""Finds anew what is written, with every right to do it asked for again."""


class _SavedBefore(Exception):
    """The same form was saved already; where it led."""

    def __init__(self, location: str) -> None:
        super().__init__()
        self.location = location


class WritingPage(PlanPage):
    """Base of views with a form for plan content."""

    def page(self, template: str, plan: Plan, *, status: int = 200, **values: Any) -> Any:
        """As for every page of a plan, with the words that content is drawn with."""
        return super().page(
            template,
            plan,
            status=status,
            today=today(),
            answers={str(one): words(one) for one in EvaluationAnswer},
            day_words=day_words,
            file_words=file_words,
            responsible=content_queries.name_responsible,
            **values,
        )

    def write(self, wanted: Wanted, writing: Writing) -> Answer:
        """Answer the request for a form, or what it sent."""
        if request.method != "POST":
            return self._opened_form(writing)
        form = entry_forms.sent(writing.form_type, self._choices(writing))
        if DRAFT in request.form:
            return self._keep_draft(wanted, form)
        if THROW_AWAY in request.form:
            return self._throw_away(wanted)
        if isinstance(form, GeneratedForm) and form.is_unready:
            left = form.without_field(form.typed)
            return self._form_page(writing, form, status=409 if left else 200, left_over=left)
        if not self._is_valid(form, writing):
            return self._form_page(writing, form, status=422)
        try:
            location, text = self._save_once(wanted, form)
        except StaleVersion:
            return self._conflict_page(wanted(), form)
        except DomainError as error:
            return self._told_on_form(wanted, form, error)
        flash(text, "success")
        return redirect(location)

    # --- the form --------------------------------------------------------------------------------

    def _opened_form(self, writing: Writing) -> Answer:
        draft = drafts.find(current_actor(), writing.place)
        choices = self._choices(writing)
        if draft is not None and TAKE_UP not in request.args:
            return self._form_page(writing, None, draft=draft)
        if draft is not None:
            form = entry_forms.taken_up(writing.form_type, choices, draft.values)
            version = draft.values.get(VERSION) or BEFORE_IT_WAS
            left = form.without_field(draft.values) if isinstance(form, GeneratedForm) else []
            return self._form_page(writing, form, version=version, left_over=left)
        entry = writing.entry
        facts = from_template.begun(writing.plan, writing.kind, entry)
        if entry is not None:
            facts = entry_facts.of_entry(entry)
        return self._form_page(writing, entry_forms.sent(writing.form_type, choices, facts))

    def _form_page(
        self,
        writing: Writing,
        form: EntryForm | None,
        *,
        status: int = 200,
        version: str = "",
        draft: EntryDraft | None = None,
        conflict: list[forms.Difference] | None = None,
        left_over: Sequence[str] = (),
    ) -> Answer:
        is_known = writing.entry is not None
        sent = version or request.form.get(VERSION, "")
        if is_known and not sent:
            sent = str(history.last_number(writing.entry))  # type: ignore[arg-type]
        return self.page(
            "plans/content/form.html",
            writing.plan,
            status=status,
            writing=writing,
            form=form,
            form_key=forms.form_key() or forms.new_key(),
            version=sent if is_known else "",
            draft=draft,
            conflict=conflict,
            left_over=left_over,
            about=form.about if isinstance(form, form_entries.FilledForm) else None,
            earlier=self._earlier(writing, form),
            back=after(writing, writing.entry),
            place_section=page_section(writing.plan, writing.section),
            heading=_heading(writing),
            own_address=_own_address,
        )

    @staticmethod
    def _earlier(writing: Writing, form: EntryForm | None) -> list[Answered]:
        """What earlier versions of the template asked for; it is kept as it is."""
        if not isinstance(form, form_entries.FilledForm):
            return []
        people = form_entries.names_of(writing.plan, [form.about])
        return [one for one in form_entries.answers(form.about, people) if one.is_earlier]

    def _choices(self, writing: Writing) -> Choices:
        if writing.kind not in (EntryKind.ACTIVITY, EntryKind.FORM):
            return []
        word, entry = coordinator_word(writing.plan), writing.entry
        found = content_queries.responsible_choices(current_actor(), writing.plan, word, entry)
        if entry is None or writing.kind is not EntryKind.FORM:
            return found
        about = form_entries.filled_of(writing.plan, entry.section, entry.details)
        named = form_entries.names_of(writing.plan, [about])
        known = {value for value, _name in found}
        return [*found, *((who, name) for who, name in named.items() if who not in known)]

    @staticmethod
    def _is_valid(form: EntryForm, writing: Writing) -> bool:
        is_valid = bool(form.validate())
        if FILE in form and writing.entry is None and not form[FILE].data:
            form[FILE].errors = [_("Choose a file.")]
            return False
        return is_valid

    def _told_on_form(self, wanted: Wanted, form: EntryForm, error: DomainError) -> Answer:
        """The form with what is wrong; a refused access is answered as everywhere."""
        if error.is_refusal:
            raise error
        if error.field and error.field in form:
            form[error.field].errors = [str(error)]
        else:
            form.form_errors.append(str(error))
        return self._form_page(wanted(), form, status=error.status)

    def _conflict_page(self, writing: Writing, form: EntryForm) -> Answer:
        """Both values of each field, side by side; what was typed stays in the form."""
        entry = writing.entry
        assert entry is not None  # noqa: S101 - only what exists can be saved by another
        facts = entry_facts.of_entry(entry)
        saved = entry_forms.shown(writing.form_type, self._choices(writing), facts)
        return self._form_page(
            writing,
            form,
            status=409,
            version=str(history.last_number(entry)),
            conflict=entry_forms.differences(form, saved),
        )

    # --- saving ----------------------------------------------------------------------------------

    def _save_once(self, wanted: Wanted, form: EntryForm) -> tuple[str, str]:
        """Save once, however many times it is sent; where it led, and what to say."""
        actor, key = current_actor(), forms.form_key()
        received = _received(form)
        try:
            with ExitStack() as kept:
                file = _keep(received, kept) if received is not None else {}
                with transaction() as session:
                    earlier = forms.earlier_result(session, actor, key)
                    if earlier is not None:
                        raise _SavedBefore(earlier)
                    location, text = self._save(wanted(), form, file)
                    forms.remember(session, actor, key, location, utc_now())
                    return location, text
        except _SavedBefore as before:
            return before.location, _("This was saved already.")
        except StaleDataError:
            raise StaleVersion from None
        except IntegrityError:
            with transaction() as session:
                earlier = forms.earlier_result(session, actor, key)
            if earlier is None:
                raise
            return earlier, _("This was saved already.")

    def _save(self, writing: Writing, form: EntryForm, file: dict[str, Any]) -> tuple[str, str]:
        facts, actor, at = form.facts, current_actor(), utc_now()
        if file:
            facts = EntryFacts(facts.title, facts.body, {**facts.details, FILE: file})
        entry = writing.entry
        if entry is None:
            entry = content.add(
                actor, writing.plan, writing.kind, facts, parent=writing.parent, at=at
            )
        else:
            sent = request.form.get(VERSION, "")
            number = int(sent) if sent.isascii() and sent.isdigit() else -1
            content.save(actor, entry, facts, number=number, at=at)
        drafts.empty(actor, writing.place)
        return after(writing, entry), _("%(name)s is saved.", name=describe(entry))

    # --- drafts ----------------------------------------------------------------------------------

    def _keep_draft(self, wanted: Wanted, form: EntryForm) -> Answer:
        """Keep what is written so far; a form that was saved meanwhile leaves no draft."""
        actor, is_typing = current_actor(), request.form[DRAFT] == WHILE_TYPING
        with transaction(is_durable=not is_typing) as session:
            writing = wanted()
            if forms.earlier_result(session, actor, forms.form_key()) is None:
                values = form.written
                if values and writing.entry is not None:
                    values[VERSION] = request.form.get(VERSION, "")
                drafts.keep(actor, writing.place, values, at=utc_now())
        if is_typing:
            return jsonify(said=_("The draft is saved. Only you see it."))
        flash(_("The draft is saved. Only you see it."), "success")
        return redirect(url_for(request.endpoint or "", **_own_address(take_up=1)))

    def _throw_away(self, wanted: Wanted) -> Answer:
        with transaction():
            drafts.empty(current_actor(), wanted().place)
        flash(_("The draft is thrown away."), "success")
        return redirect(url_for(request.endpoint or "", **_own_address()))


def _own_address(**more: Any) -> dict[str, Any]:
    """What makes up the address of this form."""
    asked = {name: one for name, one in request.args.items() if name in ("kind", "parent", "key")}
    return {**(request.view_args or {}), **asked, **more}


def _received(form: EntryForm) -> Received | None:
    """The file that came with the form, examined; None when none came."""
    upload = form[FILE].data if FILE in form else None
    if not upload:
        return None
    with upload.stream as stream:
        data = stream.read()
    try:
        return receive(data, DOCUMENTS)
    except DomainError as error:
        error.field = FILE
        raise


def _keep(received: Received, kept: ExitStack) -> dict[str, Any]:
    """Keep a file until the transaction is through; what its row keeps of it."""
    key = kept.enter_context(storage.kept_until_committed(received.data))
    return {"key": key, "type": str(received.type), "size": len(received.data)}


def day_words(day: str | None) -> str:
    """A day that is kept among details, as users read it."""
    return show_date(date.fromisoformat(day)) if day else ""


def file_words(file: Mapping[str, Any]) -> str:
    """Type and size of a file."""
    kilobytes = max(1, round(file["size"] / 1024))
    kind = FileType(file["type"]).ending.upper()
    return f"{kind}, {show_number(kilobytes)} kB"


def describe(entry: PlanEntry) -> str:
    """What users call an entry."""
    if entry.kind is EntryKind.FORM and entry.details.get("names"):
        return in_own_words(entry.details["names"])
    return entry.title or str(words(entry.kind))


def after(writing: Writing, entry: PlanEntry | None) -> str:
    """Where one goes from the form: what a comment is about, otherwise the page it stands on."""
    parent = writing.parent
    if writing.kind is EntryKind.COMMENT and parent is not None:
        return url_for("EntryView.show", pk=parent.id, _anchor="comments")
    return place_on_page(writing.plan, writing.section, entry)


def place_on_page(plan: Plan, section: Section, entry: PlanEntry | None) -> str:
    """The address of an entry on the page that it stands on."""
    anchor = f"e-{entry.id}" if entry is not None else None
    where = page_section(plan, section)
    return url_for("ContentView.section", pk=plan.id, section=where, _anchor=anchor)


def page_section(plan: Plan, section: Section) -> Section:
    """The section whose page something stands on: activities stand under their goals for who
    sees those."""
    sees_goals = section is Section.ACTIVITIES and policy.decide(
        current_actor(), Action.READ, plan, section=Section.GOALS
    )
    return Section.GOALS if sees_goals else section


def _heading(writing: Writing) -> str:
    if writing.entry is not None:
        return _("Change %(name)s", name=describe(writing.entry))
    if writing.kind is EntryKind.FORM:
        section = plan_template.section_of_plan(writing.plan, writing.key)
        return section.names.here if section is not None else ""
    headings = {
        EntryKind.ABOUT: _("New text about me"),
        EntryKind.MAPPING: _("New subject in the mapping"),
        EntryKind.GOAL: _("New goal") if writing.parent is None else _("New sub-goal"),
        EntryKind.ACTIVITY: _("New activity"),
        EntryKind.EVALUATION: _("New evaluation"),
        EntryKind.COMMENT: _("New comment"),
        EntryKind.SUB_PLAN: _("New sub-plan"),
        EntryKind.MEETING: _("New meeting"),
        EntryKind.DOCUMENT: _("New document"),
    }
    return headings[writing.kind]
