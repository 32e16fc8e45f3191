"""Drafts: what somebody was writing and has not saved. Each account sees its own alone.

They are asked for by those pages only that let the account write there now, so nothing is offered
after access is lost. Rows are emptied, not deleted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.db import db
from app.enums import EntryKind, Section
from app.errors import DomainError
from app.models import Plan, PlanEntry
from app.security.actor import Actor
from app.side_tables import EntryDraft

LONGEST = 60_000


class DraftTooLong(DomainError):
    """What was written is more than a draft keeps."""

    status = 422
    message = _l("The draft is too long to be kept. Save it, or make it shorter.")


def place_of_new(plan: Plan, kind: EntryKind, parent: PlanEntry | None) -> str:
    """The name of the form for something new."""
    return f"{plan.id}:new:{kind}:{parent.id if parent is not None else ''}"


def place_of(entry: PlanEntry) -> str:
    """The name of the form for an entry that exists."""
    if entry.kind is EntryKind.FORM:
        return place_of_form(entry.plan_id, entry.section, entry.details["section"])
    return f"{entry.plan_id}:entry:{entry.id}"


def place_of_form(plan_id: str, part: Section, key: str) -> str:
    """The name of a form of the template, filled in already or not."""
    return f"{plan_id}:form:{part}:{key}"


def find(actor: Actor, place: str) -> EntryDraft | None:
    """The account's draft of a form; None when there is none, or an emptied one."""
    found = _row(actor, place)
    return found if found is not None and found.values else None


def waiting(actor: Actor, plan: Plan) -> Sequence[EntryDraft]:
    """The account's drafts in a plan, oldest first."""
    found = select(EntryDraft).where(
        EntryDraft.account_id == actor.account_id,
        EntryDraft.place.startswith(f"{plan.id}:", autoescape=True),
    )
    return [one for one in db.session.scalars(found.order_by(EntryDraft.saved_at)) if one.values]


def keep(actor: Actor, place: str, values: Mapping[str, str], *, at: datetime) -> None:
    """Keep what is written so far, in place of what was kept before.

    Raises:
        DraftTooLong: it is more than fits.
    """
    if sum(map(len, values.values())) > LONGEST:
        raise DraftTooLong
    row = _row(actor, place)
    if row is None:
        row = EntryDraft(account_id=actor.account_id, place=place)
        db.session.add(row)
    row.values, row.saved_at = dict(values), at


def empty(actor: Actor, place: str) -> None:
    """Forget the draft of a form: it was saved, or thrown away."""
    row = _row(actor, place)
    if row is not None:
        row.values = {}


def _row(actor: Actor, place: str) -> EntryDraft | None:
    return db.session.scalar(
        select(EntryDraft).where(
            EntryDraft.account_id == actor.account_id, EntryDraft.place == place
        )
    )
