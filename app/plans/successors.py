"""Who can take plans over when a coordinator leaves, and a fair spread of the plans among them.

Nobody takes their own plan, nor one of somebody whom they act for or whom their role, limited to
a unit, does not reach. The spread is pure.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.db import db
from app.enums import Role
from app.models import Authority, Membership, Person, Plan, Unit
from app.plans.plan_troubles import is_open, working_coordinators
from app.security.tenancy import here

EVERYWHERE = ""


@dataclass(frozen=True)
class Successor:
    """A coordinator at work: the units whose plans the role reaches, and how many plans they have.

    ``unit_id`` is where they work; None where that is not to be told. A path is the beginning of
    the paths of all units below; ``EVERYWHERE`` is one too.
    """

    id: str
    name: str
    unit_id: str | None
    paths: tuple[str, ...]
    load: int


@dataclass(frozen=True)
class Loose:
    """A plan that is to change hands, as far as it matters who takes it."""

    id: str
    owner_id: str
    coordinator_id: str
    unit_id: str | None
    paths: tuple[str, ...]


def successors(on: date) -> list[Successor]:
    """All coordinators at work in the municipality of the scope, by family name."""
    paths, loads = _role_paths(on), open_plans_by_coordinator()
    found = (
        select(Person)
        .where(here(Person), Person.id.in_(working_coordinators(on)))
        .order_by(Person.search_family, Person.id)
    )
    return [
        Successor(
            one.id,
            one.full_name,
            None if one.is_shielded else one.unit_id,
            tuple(paths.get(one.id, ())),
            loads.get(one.id, 0),
        )
        for one in db.session.scalars(found)
    ]


def open_plans_by_coordinator() -> dict[str, int]:
    """How many open plans everyone who has any coordinates."""
    found = select(Plan.coordinator_id, func.count(Plan.id)).where(here(Plan), is_open())
    rows = db.session.execute(found.group_by(Plan.coordinator_id))
    return {row[0]: row[1] for row in rows}


def _role_paths(on: date) -> Mapping[str, Sequence[str]]:
    held = db.session.execute(
        select(Membership.person_id, Unit.path)
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .where(here(Membership), Membership.role == Role.COORDINATOR, Membership.active(on))
    )
    found: dict[str, list[str]] = {}
    for person_id, path in held:
        found.setdefault(person_id, []).append(path or EVERYWHERE)
    return found


def loose(plans: Iterable[Plan]) -> list[Loose]:
    """Plans with the places that they and their owners belong to; owners are loaded with them."""
    rows = db.session.execute(select(Unit.id, Unit.path).where(here(Unit)))
    paths: dict[str | None, str] = {row[0]: row[1] for row in rows}
    return [
        Loose(
            one.id,
            one.owner_id,
            one.coordinator_id,
            one.unit_id,
            tuple(paths[unit] for unit in (one.unit_id, one.owner.unit_id) if unit in paths),
        )
        for one in plans
    ]


def acting_for(owner_ids: Collection[str], on: date) -> frozenset[tuple[str, str]]:
    """(owner, holder) of everyone who acts for one of these owners now."""
    found = db.session.execute(
        select(Authority.owner_id, Authority.holder_id).where(
            Authority.owner_id.in_(owner_ids), Authority.active(on)
        )
    )
    return frozenset((owner_id, holder_id) for owner_id, holder_id in found)


def may_take(one: Successor, plan: Loose, acting: Collection[tuple[str, str]]) -> bool:
    """Whether a coordinator can take a plan over."""
    if one.id in (plan.owner_id, plan.coordinator_id) or (plan.owner_id, one.id) in acting:
        return False
    reached = (path.startswith(own) for own in one.paths for path in plan.paths)
    return EVERYWHERE in one.paths or any(reached)


def spread(
    plans: Sequence[Loose],
    among: Sequence[Successor],
    acting: Collection[tuple[str, str]] = (),
    chosen: Mapping[str, str] | None = None,
) -> dict[str, str | None]:
    """Who is to take each plan: always who has fewest by then, of the same unit where two are even.

    ``chosen`` is settled beforehand. None where nobody of them can take a plan.
    """
    settled = dict(chosen or {})
    load = Counter({one.id: one.load for one in among})
    load.update(settled.values())
    found: dict[str, str | None] = dict(settled)
    for plan in plans:
        if plan.id in settled:
            continue
        fit = [one for one in among if may_take(one, plan, acting)]
        best = min(
            fit,
            key=lambda one: (load[one.id], one.unit_id != plan.unit_id, one.name, one.id),
            default=None,
        )
        found[plan.id] = None if best is None else best.id
        if best is not None:
            load[best.id] += 1
    return found
