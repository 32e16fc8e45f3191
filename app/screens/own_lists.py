"""What an account keeps of its lists: columns and page size, and saved views. Operations only."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.db import db
from app.errors import DomainError, NotFound
from app.people.names import tidy
from app.security import policy, scope
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.side_tables import ListSetting, SavedView

MOST_VIEWS = 30
LONGEST_NAME = 100


class NameNeeded(DomainError):
    """A saved view is found again by its name."""

    status = 422
    message = _l("Write a name for the view.")


class NameTooLong(DomainError):
    """The name has no room."""

    status = 422
    message = _l("The name of a view can have at most 100 characters.")


class NameTaken(DomainError):
    """Another view of the same list has this name."""

    status = 422
    message = _l("You have a view with this name already. Choose another name.")


class TooManyViews(DomainError):
    """More views than anybody finds their way among."""

    message = _l("You have 30 saved views of this list. Remove one of them first.")


def setting_of(actor: Actor, list_name: str) -> ListSetting | None:
    """How the actor wants the list to look, when that was said."""
    found: ListSetting | None = db.session.scalar(
        scope.rows(actor, ListSetting, Action.SHOW).where(ListSetting.list_name == list_name)
    )
    return found


def keep_setting(actor: Actor, list_name: str, *, columns: Sequence[str], size: int | None) -> None:
    """Remember the columns and the page size; none of either stands for the usual ones."""
    policy.require_open(actor, Action.EDIT, Resource.LIST_SETTING)
    row = setting_of(actor, list_name)
    if row is None:
        row = ListSetting(account_id=actor.account_id, list_name=list_name)
        db.session.add(row)
    policy.require(actor, Action.EDIT, row)
    row.columns = list(columns)
    row.size = size


def views_of(actor: Actor, list_name: str) -> Sequence[SavedView]:
    """The actor's saved views of a list, oldest first."""
    if actor.municipality_id is None:
        return []
    return db.session.scalars(
        scope.rows(actor, SavedView)
        .where(SavedView.list_name == list_name, SavedView.ended_at.is_(None))
        .order_by(SavedView.id)
    ).all()


def find_view(actor: Actor, pk: str, action: Action) -> SavedView:
    """The actor's own saved view of this id.

    Raises:
        NotFound: it is somebody else's, removed or missing.
    """
    row: SavedView | None = db.session.scalar(
        scope.rows(actor, SavedView, action).where(SavedView.id == pk, SavedView.ended_at.is_(None))
    )
    if row is None:
        raise NotFound
    policy.require(actor, action, row)
    return row


def save_view(
    actor: Actor, list_name: str, name: str, parameters: dict[str, str], *, at: datetime
) -> SavedView:
    """Keep what a list is asked for under a name.

    Raises:
        NameNeeded, NameTooLong, NameTaken, TooManyViews
    """
    policy.require_open(actor, Action.ADD, Resource.SAVED_VIEW)
    row = SavedView(
        account_id=actor.account_id,
        municipality_id=actor.municipality_id,
        list_name=list_name,
        parameters=parameters,
        created_at=at,
    )
    policy.require(actor, Action.ADD, row)
    if len(views_of(actor, list_name)) >= MOST_VIEWS:
        raise TooManyViews
    row.name = _free_name(actor, list_name, name)
    db.session.add(row)
    return row


def rename_view(actor: Actor, row: SavedView, name: str) -> None:
    """Give a saved view another name.

    Raises:
        NameNeeded, NameTooLong, NameTaken
    """
    policy.require(actor, Action.EDIT, row)
    row.name = _free_name(actor, row.list_name, name, but=row)


def remove_view(actor: Actor, row: SavedView, *, at: datetime) -> None:
    """Remove a saved view, with all that was typed in it."""
    policy.require(actor, Action.END, row)
    row.name, row.parameters, row.ended_at = "", {}, at


def _free_name(actor: Actor, list_name: str, name: str, *, but: SavedView | None = None) -> str:
    wanted = tidy(name)
    if not wanted:
        raise NameNeeded(field="name")
    if len(wanted) > LONGEST_NAME:
        raise NameTooLong(field="name")
    taken = (
        scope.rows(actor, SavedView)
        .where(
            SavedView.list_name == list_name,
            SavedView.name == wanted,
            SavedView.ended_at.is_(None),
            *([] if but is None else [SavedView.id != but.id]),
        )
        .with_only_columns(SavedView.id)
    )
    if db.session.scalar(select(func.count()).select_from(taken.subquery())):
        raise NameTaken(field="name")
    return wanted
