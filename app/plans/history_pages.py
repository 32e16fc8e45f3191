"""The pages of earlier versions, and the door through which documents leave."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import utc_now
from app.db import transaction
from app.enums import EntryKind
from app.errors import BadRequest, NotFound, StaleVersion
from app.files import storage
from app.files.sniffing import FileType
from app.models import PlanEntry
from app.plans import (
    content,
    content_queries,
    entry_facts,
    entry_forms,
    form_entries,
    history,
)
from app.plans.entry_facts import FILE, RESPONSIBLE
from app.plans.entry_pages import EntryPage
from app.plans.pages import Answer, coordinator_word
from app.plans.text_difference import Change, Piece, pieces
from app.plans.writing_pages import file_words
from app.screens.download import file_download
from app.screens.listing import is_id
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action
from app.security.routes import door
from app.side_tables import PlanEntryVersion


@dataclass(frozen=True)
class Compared:
    """A field of two versions, and the pieces that lead from one to the other."""

    label: Any
    pieces: list[Piece]

    @property
    def is_alike(self) -> bool:
        """Whether the field is the same in both."""
        return all(piece.change is Change.KEPT for piece in self.pieces)


class EntryHistoryView(EntryPage):
    """Earlier versions of a piece of plan content, and its file."""

    route_base = "/plan-entry-history"
    default_view = "show"

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """All versions, and what differs between two of them."""
        entry = self.opened_entry(pk, Action.SHOW, "plan:history_shown")
        found = history.versions(entry)
        old, new = _chosen(found, "old", 1), _chosen(found, "new", 0)
        return self.entry_page(
            "plans/content/history.html",
            entry,
            versions=found,
            old=old,
            new=new,
            compared=_compared(entry, old, new) if old is not None and new is not None else [],
            change=Change,
            may_edit=bool(policy.decide(current_actor(), Action.EDIT, entry)),
        )

    @expose("/restore/<pk>", methods=["POST"])
    @door(Action.EDIT)
    def restore(self, pk: str) -> Answer:
        """Make an earlier version the newest; all versions stay."""
        try:
            with transaction():
                entry = self.entry_of(pk, Action.EDIT)
                version = history.version(entry, _number("number"))
                content.restore_version(
                    current_actor(), entry, version, number=_number("version"), at=utc_now()
                )
        except StaleVersion as error:
            text = str(error)
            flash(text, "warning")
            return redirect(url_for("EntryHistoryView.show", pk=pk))
        flash(_("Version %(number)s is brought back.", number=version.number), "success")
        return redirect(url_for("EntryView.show", pk=entry.id))

    @expose("/download/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def download(self, pk: str) -> Answer:
        """The file of a document, or of an earlier version of it."""
        with transaction():
            entry = self.opened_entry(pk, Action.SHOW, "plan:document_downloaded")
            number = request.args.get("number", "")
            details = history.version(entry, _number("number")).values["details"] if number else {}
            file = (details or entry.details).get(FILE)
            if file is None:
                raise NotFound
            try:
                data = storage.read(file["key"])
            except storage.NotKept:
                raise NotFound from None
        kind = FileType(file["type"])
        return file_download(f"dokument-{entry.id[-8:]}.{kind.ending}", data, kind)


def _number(name: str) -> int:
    sent = request.values.get(name, "")
    if not (sent.isascii() and sent.isdigit() and len(sent) < 9):
        raise BadRequest
    return int(sent)


def _chosen(
    found: "list[PlanEntryVersion] | Any", name: str, usual: int
) -> PlanEntryVersion | None:
    """The version that the address names, otherwise the one at ``usual`` from the newest."""
    asked = request.args.get(name, "")
    if asked:
        number = _number(name)
        return next((one for one in found if one.number == number), None)
    return found[usual] if len(found) > usual else None


def _compared(entry: PlanEntry, old: PlanEntryVersion, new: PlanEntryVersion) -> list[Compared]:
    if entry.kind is EntryKind.FORM:
        details = (old.values["details"], new.values["details"])
        words = form_entries.compared_words(entry.plan, entry.section, *details)
        return [Compared(label, pieces(text, other)) for label, text, other in words]
    before, after = _in_words(entry, old), _in_words(entry, new)
    return [
        Compared(label, pieces(text, other))
        for (label, text), (_label, other) in zip(before, after, strict=True)
    ]


def _in_words(entry: PlanEntry, version: PlanEntryVersion) -> list[tuple[Any, str]]:
    """The fields of a version as users read them."""
    named = version.values.get(RESPONSIBLE)
    word = coordinator_word(entry.plan)
    ids = [named] if named is not None and is_id(named) else []
    choices = content_queries.all_ever(entry.plan, word, ids)
    facts = entry_facts.of_json(version.values)
    found = list(
        entry_forms.in_words(entry_forms.shown(entry_forms.FORMS[entry.kind], choices, facts))
    )
    if entry.kind is EntryKind.DOCUMENT:
        file = facts.details.get(FILE)
        found.append((_("File"), file_words(file) if file else ""))
    return found
