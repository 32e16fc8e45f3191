"""Those who work in both municipalities with one login: they become one person there.

A login belongs to one human, who has said yes to it in both places with a code that was handed
over. An actor is one person in a municipality, so two rows would close half of what they could
open. Where anything speaks against it, or would open more than before, people have to look first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from app.enums import PlanKind, Role
from app.joining.outlook import Settled, Stop
from app.models import AccountLinkRequest, Membership, Person, Plan, StandIn
from app.side_tables import Handover

if TYPE_CHECKING:
    from app.joining.looking import Looking

Held = Mapping[int, set[str]]


def look(two: "Looking") -> None:
    """Find them, and those who can't be made one."""
    roles = select(Membership.account_id, Membership.person_id, Membership.role).where(
        Membership.ended_at.is_(None),
        or_(Membership.ends_on.is_(None), Membership.ends_on > two.on),
    )
    goes, stays = two.both(roles, Membership)
    old, new = _held(goes), _held(stays)
    shared = sorted(old.keys() & new.keys())
    pairs = {account: (old[account], new[account]) for account in shared}
    fit = _fit(two, pairs, goes, stays)
    two.findings.same_logins = sorted(fit)
    two.settled[Settled.SAME_LOGIN] = len(fit)
    two.stops[Stop.LOGIN_OF_TWO] = len(shared) - len(fit)
    _requests(two, old, new)


def _held(rows: Iterable[Any]) -> Held:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for row in rows:
        found[row.account_id].add(row.person_id)
    return found


def _fit(
    two: "Looking",
    pairs: Mapping[int, tuple[set[str], set[str]]],
    goes: Sequence[Any],
    stays: Sequence[Any],
) -> list[tuple[str, str]]:
    """The pairs of which nothing says that they are two, or that more would be open."""
    old = _persons(two, two.old.id, (one for one, _ in pairs.values()))
    new = _persons(two, two.new.id, (one for _, one in pairs.values()))
    dormant = _coordinating(two)
    fit: list[tuple[str, str]] = []
    for account, (of_old, of_new) in pairs.items():
        if len(of_old) > 1 or len(of_new) > 1:
            continue
        first, second = next(iter(of_old)), next(iter(of_new))
        roles = _roles(goes, account), _roles(stays, account)
        if _is_one(old[first], new[second]) and not _opens(roles, (first, second), dormant):
            fit.append((first, second))
    return _once(fit)


def _once(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs whose persons are in no other: two logins of one are people's to settle."""
    firsts = [one for one, _ in pairs]
    seconds = [one for _, one in pairs]
    return [
        (one, other) for one, other in pairs if firsts.count(one) == 1 and seconds.count(other) == 1
    ]


def _persons(two: "Looking", municipality_id: int, ids: Iterable[set[str]]) -> dict[str, Any]:
    wanted = [one for some in ids for one in some]
    facts = select(Person.id, Person.national_id_hash, Person.is_shielded).where(
        Person.id.in_(wanted)
    )
    return {row.id: row for row in two.of(municipality_id, facts, Person)} if wanted else {}


def _is_one(first: Any, second: Any) -> bool:
    if first.is_shielded or second.is_shielded:
        return False
    hashes = {first.national_id_hash, second.national_id_hash} - {None}
    return len(hashes) < 2


def _roles(rows: Iterable[Any], account: int) -> set[Role]:
    return {row.role for row in rows if row.account_id == account}


def _coordinating(two: "Looking") -> tuple[set[str], set[str]]:
    """Who coordinates a plan, or was asked to, and who owns an open individual plan, anywhere."""
    asked = select(Plan.coordinator_id, Plan.owner_id, Plan.kind, Plan.closed_at)
    goes, stays = two.both(asked, Plan)
    coordinators = {row.coordinator_id for row in (*goes, *stays)}
    for model, column in ((StandIn, StandIn.person_id), (Handover, Handover.to_id)):
        for rows in two.both(select(column), model):
            coordinators |= {row[0] for row in rows}
    owners = {
        row.owner_id
        for row in (*goes, *stays)
        if row.kind == PlanKind.INDIVIDUAL_PLAN and row.closed_at is None
    }
    return coordinators, owners


def _opens(
    roles: tuple[set[Role], set[Role]],
    ids: tuple[str, str],
    found: tuple[set[str], set[str]],
) -> bool:
    """Whether a plan would open that was closed, or one human have two open individual plans.

    Who coordinates a plan without the role of a coordinator there can't open it; the role they hold
    in the other place would.
    """
    coordinators, owners = found
    if set(ids) <= owners:
        return True
    return any(
        Role.COORDINATOR not in own and Role.COORDINATOR in others and one in coordinators
        for own, others, one in ((roles[0], roles[1], ids[0]), (roles[1], roles[0], ids[1]))
    )


def _requests(two: "Looking", old: Held, new: Held) -> None:
    """Open questions to a login that is somebody in the other place: they are asked anew there."""
    asked = select(AccountLinkRequest.id, AccountLinkRequest.account_id).where(
        AccountLinkRequest.answered_at.is_(None)
    )
    goes, stays = two.both(asked, AccountLinkRequest)
    others = {row.account_id for row in goes} & {row.account_id for row in stays}
    voided = [row.id for row in goes if row.account_id in new or row.account_id in others]
    voided += [row.id for row in stays if row.account_id in old]
    two.findings.requests = voided
    two.settled[Settled.REQUESTS_ENDED] = len(voided)
