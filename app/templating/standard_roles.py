"""Standard roles and their versions: adding, copying, drafting, publishing, retiring.

What participants have is not touched here: ``app.plans.role_publishing`` brings them along.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.audit import log
from app.columns import new_id
from app.db import db
from app.enums import Reach
from app.errors import DomainError, StaleVersion
from app.models import StandardRole
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action, Resource
from app.security.tenancy import here
from app.set_up_tables import NationalPiece, NationalVersion, StandardRoleVersion
from app.templating import heads, versions
from app.templating.role_changes import differences
from app.templating.role_content import RoleContent
from app.templating.texts import Text, key_of

COPY = {"nb": "kopi", "nn": "kopi", "en": "copy"}
"""What tells the copy of a role from it, in each language that it has a name in."""


class NameIsTaken(DomainError):
    """Two standard roles that are called the same can't be told apart."""

    status = 422
    message = _l("Another standard role has this name. Choose another one.")


class NothingNew(DomainError):
    """What is to be published says what is in use already."""

    message = _l("Nothing differs from what is in use, so there is nothing to publish.")


class NoNational(DomainError):
    """The role has no national original, or it is published no longer."""

    message = _l("This standard role has no national original to go back to.")


class NoSuchVersion(DomainError):
    """There is no version with this number."""

    status = 422
    message = _l("Choose one of the versions.")


# --- what there is -------------------------------------------------------------------------------


def is_draft_only(role: StandardRole) -> bool:
    """Whether a role has never been published: it is for no kind of plan, and so never offered."""
    return not role.kinds


def hold(role: StandardRole, *, at: datetime) -> None:
    """Let nobody else change a role until the transaction ends, and see it as it is now.

    One from before there were versions gets its first.
    """
    db.session.refresh(role, with_for_update=True)
    if role.kinds and versions.published(role) is None:
        versions.add_published(role, heads.as_json(heads.role_in_use(role)), at=at)
        db.session.flush()


def in_use(role: StandardRole) -> RoleContent | None:
    """What those who get the role now are given; None while it is a draft."""
    return None if is_draft_only(role) else heads.role_in_use(role)


def drafted(
    role: StandardRole, row: StandardRoleVersion | None | Literal["asked"] = "asked"
) -> RoleContent | None:
    """What the draft says; None where it says no more than what is in use.

    ``row`` is the draft where it is known already.
    """
    row = versions.draft(role) if row == "asked" else row
    content = None if row is None else RoleContent.model_validate(row.content)
    return None if _says(content, in_use(role)) else content


def _says(content: RoleContent | None, other: RoleContent | None) -> bool:
    """Whether two say the same, in whatever order."""
    if content is None or other is None:
        return content is other
    return not differences(content, other)


def all_drafts() -> dict[str, StandardRoleVersion]:
    """The draft of each role that has one, by the role's id, in one question."""
    found = db.session.scalars(
        select(StandardRoleVersion).where(
            here(StandardRoleVersion), StandardRoleVersion.published_at.is_(None)
        )
    )
    return {row.role_id: row for row in found}


def with_changes(roles: Iterable[StandardRole]) -> set[str]:
    """The ids of those that are in use and have a draft that says something else."""
    drafts = all_drafts()
    return {
        one.id
        for one in roles
        if one.id in drafts and not is_draft_only(one) and drafted(one, drafts[one.id]) is not None
    }


def latest(role: StandardRole) -> RoleContent:
    """What the draft says, or else what is in use."""
    return drafted(role) or heads.role_in_use(role)


def draft_version(
    role: StandardRole, row: StandardRoleVersion | None | Literal["asked"] = "asked"
) -> str:
    """What a form about the draft keeps, to see whether somebody else saved it meanwhile."""
    row = versions.draft(role) if row == "asked" else row
    return f"{role.number}.{0 if row is None else row.version}"


def contents(role: StandardRole) -> dict[int, RoleContent]:
    """Every published version by its number."""
    found = versions.newest_first(role)
    if role.kinds and not found:
        return {1: heads.role_in_use(role)}
    return {one.number: RoleContent.model_validate(one.content) for one in found}


def national_of(role: StandardRole) -> NationalVersion | None:
    """The national version in use of what the role was copied from."""
    piece = db.session.get(NationalPiece, role.national_id) if role.national_id else None
    if piece is None or piece.number is None:
        return None
    row: NationalVersion | None = versions.published(piece)
    return row


def made_of(role: StandardRole) -> RoleContent | None:
    """What the national version said that the role, or its draft, was made of."""
    piece = db.session.get(NationalPiece, role.national_id) if role.national_id else None
    told = versions.made_of(versions.published(role) or versions.draft(role))
    number = role.national_number if told is None else told
    row = None if piece is None or number is None else versions.published(piece, number)
    return None if row is None else RoleContent.model_validate(row.content)


# --- new roles -----------------------------------------------------------------------------------


def add(actor: Actor, content: RoleContent, *, key: str | None = None) -> StandardRole:
    """A new standard role, which is a draft until it is published. Its key is made of its name
    unless it has one that is free.

    Raises:
        NameIsTaken
    """
    policy.require_open(actor, Action.ADD, Resource.STANDARD_ROLE)
    _require_own_name(content)
    last = db.session.scalar(select(func.max(StandardRole.position)).where(here(StandardRole)))
    taken = db.session.scalars(select(StandardRole.key).where(here(StandardRole)))
    role = StandardRole(
        id=new_id(),
        key=key_of(key or content.names.nb, {one for one in taken if one}),
        names=content.names.by_language,
        kinds=[],
        matrix={},
        capabilities=[],
        given_by=[],
        months=content.months,
        number=0,
        position=0 if last is None else last + 1,
    )
    db.session.add(role)
    db.session.flush()
    versions.begin(role, heads.as_json(content))
    return role


def copy(actor: Actor, role: StandardRole) -> StandardRole:
    """A new draft that says what another role says, under a name of its own. It comes from the
    same national original, if any."""
    policy.require(actor, Action.ADD, role)
    content = latest(role)
    row = versions.published(role) if drafted(role) is None else versions.draft(role)
    made = add(actor, content.model_copy(update={"names": name_of_copy(content.names)}))
    made.national_id, made.national_number = role.national_id, role.national_number
    versions.tell_origin(versions.draft(made), versions.made_of(row))
    return made


def is_taken(names: Text, but: StandardRole | None = None) -> bool:
    """Whether a role that is not retired, another than ``but``, has this name."""
    return _folded(names.nb) in {_folded(one) for one in _names_in_use(but)}


def name_of_copy(names: Text) -> Text:
    """A name like this that no role has."""
    taken = {_folded(one) for one in _names_in_use()}
    for number in range(1, len(taken) + 3):
        copied = Text(
            **{code: _copied(code, text, number) for code, text in names.by_language.items()}
        )
        if _folded(copied.nb) not in taken:
            return copied
    raise AssertionError("one of the names is free")


def _copied(code: str, text: str, number: int) -> str:
    return (
        f"{text[:150]} ({COPY[code]})" if number == 1 else f"{text[:150]} ({COPY[code]} {number})"
    )


def _names_in_use(but: StandardRole | None = None) -> Iterator[str]:
    found = select(StandardRole).where(here(StandardRole), StandardRole.retired_at.is_(None))
    for one in db.session.scalars(found):
        if but is None or one.id != but.id:
            yield one.names.get("nb", "")


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _require_own_name(content: RoleContent, but: StandardRole | None = None) -> None:
    if is_taken(content.names, but):
        raise NameIsTaken(field="name_nb")


# --- the draft -----------------------------------------------------------------------------------


def save(
    actor: Actor, role: StandardRole, content: RoleContent, *, version: str, at: datetime
) -> None:
    """Keep what a role is to say; it gives nobody anything before it is published.

    Raises:
        StaleVersion: somebody else has saved or published it since.
        NameIsTaken
    """
    policy.require(actor, Action.EDIT, role)
    hold(role, at=at)
    if version != draft_version(role):
        raise StaleVersion
    _require_own_name(content, role)
    keep(role, content, national_number=versions.made_of(versions.draft(role)))


def keep(role: StandardRole, content: RoleContent, *, national_number: int | None = None) -> None:
    """Let the draft say this, and which national version it was made of; one that says what is in
    use tells of none. Policy is asked, and the role held, by those who call."""
    said, is_used = heads.as_json(content), _says(content, in_use(role))
    row = versions.draft(role)
    if row is None:
        if is_used:
            return
        row = versions.begin(role, said)
    elif row.content != said:
        versions.keep(row, said, version=str(row.version))
    versions.tell_origin(row, None if is_used else national_number)
    if is_draft_only(role):
        role.names = content.names.by_language
    db.session.flush()


# --- publishing ----------------------------------------------------------------------------------


def publish(actor: Actor, role: StandardRole, reach: Reach, *, version: str, at: datetime) -> None:
    """Make the draft what is in use, for those who get the role from now on.

    Raises:
        StaleVersion: the draft is another than the one that was looked over.
        NothingNew, NameIsTaken
    """
    policy.require(actor, Action.EDIT, role)
    hold(role, at=at)
    if version != draft_version(role):
        raise StaleVersion
    content, row = drafted(role), versions.draft(role)
    if content is None:
        raise NothingNew
    _require_own_name(content, role)
    versions.publish(role, row, at=at)
    row.reach = reach
    heads.put_role(role, content)
    log.record(actor, "standard_role:published", role)
    db.session.flush()


def widen_reach(actor: Actor, role: StandardRole, *, version: str, at: datetime) -> None:
    """Let the version in use be for those who have the role already, too.

    Raises:
        StaleVersion: another version is in use, or there is a draft, since it was looked over.
        NothingNew: nothing is in use.
    """
    policy.require(actor, Action.EDIT, role)
    hold(role, at=at)
    if version != draft_version(role):
        raise StaleVersion
    row: StandardRoleVersion | None = versions.published(role)
    if row is None:
        raise NothingNew
    row.reach = Reach.ALL_EXISTING
    log.record(actor, "standard_role:published", role)


def retire(actor: Actor, role: StandardRole, *, at: datetime) -> None:
    """Take a role out of use: nobody gets it any more; those who have it keep what they have."""
    policy.require(actor, Action.RETIRE, role)
    role.retired_at = at


def restore(actor: Actor, role: StandardRole) -> None:
    """Take a role back into use.

    Raises:
        NameIsTaken: another has got its name meanwhile.
    """
    policy.require(actor, Action.RESTORE, role)
    names = role.names.get("nb", "")
    if _folded(names) in {_folded(one) for one in _names_in_use(role)}:
        raise NameIsTaken
    role.retired_at = None
