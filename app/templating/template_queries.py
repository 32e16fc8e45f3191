"""What the pages about templates ask: lists, versions, plans that use them, and surroundings."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.db import db
from app.enums import LanguageForm, Level, PlanKind, Section, SetUpKind
from app.models import Municipality, Plan, StandardRole
from app.security import scope
from app.security.actor import Actor
from app.security.roles import Action
from app.security.tenancy import here
from app.set_up_tables import NationalPiece, NationalVersion, Template, TemplateVersion
from app.templating import setup, versions
from app.templating.setup import in_own_words
from app.templating.template_check import RoleFacts, Surroundings
from app.templating.templates import read

Head = Template | NationalPiece


@dataclass(frozen=True)
class Published:
    """A published version of a template, and how many plans use it that the actor sees."""

    number: int
    published_at: datetime
    plans: int = 0


@dataclass(frozen=True)
class Line:
    """A template in the list."""

    template: Template
    versions: tuple[Published, ...]
    has_draft: bool

    @property
    def name(self) -> str:
        """What it is called, in the user's language."""
        return in_own_words(self.template.names)

    @property
    def used(self) -> tuple[Published, ...]:
        """The versions that plans use."""
        return tuple(one for one in self.versions if one.plans)


@dataclass
class _Found:
    published: list[Published] = field(default_factory=list)
    has_draft: bool = False


def lines(actor: Actor) -> list[Line]:
    """The templates that the actor may see, by kind, in order; those out of use last of all."""
    templates = list(db.session.scalars(scope.rows(actor, Template)))
    templates.sort(key=lambda one: (one.retired_at is not None, one.position, one.id))
    found = _versions_of(actor, scope.visible(actor, TemplateVersion))
    return [Line(one, tuple(found[one.id].published), found[one.id].has_draft) for one in templates]


def published(actor: Actor, template: Template) -> tuple[Published, ...]:
    """The published versions of a template, the newest first."""
    found = _versions_of(actor, TemplateVersion.template_id == template.id)
    return tuple(found[template.id].published)


def _versions_of(actor: Actor, condition: Any) -> defaultdict[str, _Found]:
    """What there is of versions, by template, without what they say."""
    plans = _plans(actor)
    columns = (
        TemplateVersion.id,
        TemplateVersion.template_id,
        TemplateVersion.number,
        TemplateVersion.published_at,
    )
    rows = select(*columns).where(here(TemplateVersion), condition)
    found: defaultdict[str, _Found] = defaultdict(_Found)
    for version_id, template_id, number, at in db.session.execute(
        rows.order_by(TemplateVersion.number.desc())
    ):
        if at is None:
            found[template_id].has_draft = True
        else:
            one = Published(number, at, plans.get(version_id, 0))
            found[template_id].published.append(one)
    return found


def _plans(actor: Actor) -> dict[str, int]:
    """How many plans use each version, among those that the actor sees."""
    counted = (
        select(Plan.template_version_id, func.count())
        .where(
            here(Plan),
            scope.visible(actor, Plan, Action.LIST),
            Plan.template_version_id.is_not(None),
        )
        .group_by(Plan.template_version_id)
    )
    return {version_id: count for version_id, count in db.session.execute(counted) if version_id}


def plans_with(actor: Actor, head: Head) -> int:
    """How many plans that the actor sees were made from a version of the template."""
    if not isinstance(head, Template):
        return 0
    return sum(one.plans for one in published(actor, head))


# --- surroundings --------------------------------------------------------------------------------


def surroundings(head: Head, kind: PlanKind) -> Surroundings:
    """What the draft of a template is checked against."""
    before = versions.published(head)
    in_use = None if before is None else read(before)
    if isinstance(head, NationalPiece):
        return Surroundings(roles=_national_roles(), before=in_use)
    municipality = db.session.get_one(Municipality, head.municipality_id)
    return Surroundings(
        roles=_role_facts((role.key, role.kinds, role.matrix) for role in roles_in_use()),
        offered=offered(kind),
        needs_nynorsk=municipality.language_form is LanguageForm.NYNORSK,
        before=in_use,
    )


def offered(kind: PlanKind) -> tuple[Section, ...]:
    """The parts that plans of a kind have here."""
    return tuple(Section(one) for one in setup.plan_type(db.session(), kind).sections)


def roles_in_use() -> Sequence[StandardRole]:
    """The standard roles that can be given here, in order."""
    found = select(StandardRole).where(here(StandardRole), StandardRole.retired_at.is_(None))
    return db.session.scalars(found.order_by(StandardRole.position, StandardRole.id)).all()


def role_choices(head: Head, kind: PlanKind) -> list[tuple[str, str]]:
    """The standard roles for a kind of plan: (key, name)."""
    if isinstance(head, NationalPiece):
        return [(piece.key, in_own_words(piece.names)) for piece, _row in _national()]
    return [
        (role.key, in_own_words(role.names))
        for role in roles_in_use()
        if role.key and str(kind) in role.kinds
    ]


def _national() -> list[tuple[NationalPiece, NationalVersion]]:
    found = (
        select(NationalPiece, NationalVersion)
        .join(NationalVersion, NationalVersion.piece_id == NationalPiece.id)
        .where(
            NationalPiece.what == SetUpKind.STANDARD_ROLE,
            NationalPiece.retired_at.is_(None),
            NationalVersion.number == NationalPiece.number,
            NationalVersion.published_at.is_not(None),
        )
        .order_by(NationalPiece.position, NationalPiece.id)
    )
    return [(piece, row) for piece, row in db.session.execute(found)]


def _national_roles() -> dict[str, RoleFacts]:
    return _role_facts(
        (piece.key, row.content["kinds"], row.content.get("matrix", {}))
        for piece, row in _national()
    )


def _role_facts(found: Iterable[tuple[str | None, Any, Any]]) -> dict[str, RoleFacts]:
    return {
        key: RoleFacts(kinds, any(level != Level.NONE for level in matrix.values()))
        for key, kinds, matrix in found
        if key
    }
