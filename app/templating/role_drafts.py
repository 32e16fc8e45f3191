"""Putting something else in the place of a standard role's draft, and undoing it.

What the draft said is kept, for whoever put it away. Nothing here commits.
"""

from datetime import datetime
from typing import Any

from app.audit import log
from app.db import db
from app.errors import NotFound, StaleVersion
from app.models import StandardRole
from app.screens import bulk
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action
from app.templating import heads, standard_roles, versions
from app.templating.national_changes import NothingToUndo
from app.templating.role_content import RoleContent

LIST_NAME, REPLACED = "role_draft", "replace_draft"


def throw_away(actor: Actor, role: StandardRole, *, version: str, at: datetime) -> str | None:
    """Let the draft say what is in use again; the id by which that is undone.

    Raises:
        StaleVersion
        NothingNew: nothing is in use yet; such a role is retired instead.
    """
    policy.require(actor, Action.EDIT, role)
    if standard_roles.is_draft_only(role):
        raise standard_roles.NothingNew
    change = replace(actor, role, heads.role_in_use(role), version=version, at=at)
    log.record(actor, "standard_role:draft_thrown_away", role)
    return change


def use_again(
    actor: Actor, role: StandardRole, number: int, *, version: str, at: datetime
) -> str | None:
    """Let the draft say what an earlier version says; the id by which that is undone.

    Raises:
        StaleVersion, NoSuchVersion
    """
    policy.require(actor, Action.EDIT, role)
    standard_roles.hold(role, at=at)
    row = versions.published(role, number)
    if row is None:
        raise standard_roles.NoSuchVersion
    content = RoleContent.model_validate(row.content)
    return replace(actor, role, content, version=version, at=at)


def reset(actor: Actor, role: StandardRole, *, version: str, at: datetime) -> str | None:
    """Let the draft say what the national original says; the id by which that is undone.

    A role whose national name another has here keeps its own name.

    Raises:
        StaleVersion, NoNational
    """
    policy.require(actor, Action.EDIT, role)
    row = standard_roles.national_of(role)
    if row is None:
        raise standard_roles.NoNational
    content = RoleContent.model_validate(row.content)
    if standard_roles.is_taken(content.names, role):
        content = content.model_copy(update={"names": standard_roles.latest(role).names})
    return replace(actor, role, content, made_of=row.number, version=version, at=at)


def replace(
    actor: Actor,
    role: StandardRole,
    content: RoleContent,
    *,
    made_of: int | None = None,
    version: str,
    at: datetime,
) -> str | None:
    """Let the draft say something else, made of a national version if so; the id by which that is
    undone, where changes were put away by it.

    Raises:
        StaleVersion: somebody else has saved or published it since.
    """
    policy.require(actor, Action.EDIT, role)
    standard_roles.hold(role, at=at)
    if version != standard_roles.draft_version(role):
        raise StaleVersion
    return _replace(actor, role, content, made_of, at)


def undo(actor: Actor, role: StandardRole, pk: str, *, at: datetime) -> str | None:
    """Let the draft say what it said before; the id by which that is undone in turn.

    Raises:
        NotFound: it is somebody else's, of another role, or missing.
        UndoneAlready
        NothingToUndo: the draft was published meanwhile.
    """
    policy.require(actor, Action.EDIT, role)
    standard_roles.hold(role, at=at)
    done = bulk.find_change(db.session(), actor, LIST_NAME, pk)
    if [row["id"] for row in done.rows] != [role.id]:
        raise NotFound
    if versions.draft(role) is None:
        raise NothingToUndo
    before = done.rows[0]["before"]
    done.undone_at, done.rows = at, []
    content = RoleContent.model_validate(before["content"])
    return _replace(actor, role, content, before["made_of"], at)


def _replace(
    actor: Actor, role: StandardRole, content: RoleContent, made_of: int | None, at: datetime
) -> str | None:
    before, row = standard_roles.drafted(role), versions.draft(role)
    told: dict[str, Any] = {"made_of": versions.made_of(row)}
    standard_roles.keep(role, content, national_number=made_of)
    if before is None or before == content:
        return None
    kept = [{"id": role.id, "before": told | {"content": heads.as_json(before)}}]
    return str(bulk.note(db.session(), actor, LIST_NAME, REPLACED, kept, at=at).id)
