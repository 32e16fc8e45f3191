"""What moves from one person to another when both become one, and what ends instead.

A plan in which only the one who goes has had a part goes over as it is, with another name. Where
both had a part, nothing is joined that could open more than one of them had:

* both took part: one participation stays, with the lower level of each section, the other ends;
* who owns or coordinates a plan does not take part in it beside that;
* what was written, and what has ended, stays under the name that it has;
* a coordinator's standing that its own login had no role for is not woken up by another login.

Each function gives the changes of one kind of rows.
"""

from datetime import date
from typing import Any

from app.duplicates import merge_method, merge_participation, pair_answers
from app.duplicates.merge_facts import plain
from app.duplicates.merge_moves import Moves, is_theirs
from app.duplicates.merge_plan import NOW, Addition, Remark
from app.duplicates.merge_rows import Rows, Standing, is_over
from app.enums import AuthorityKind, ConsentCapacity, PairState, Role
from app.models import Authority, DuplicatePair, Plan

UNANSWERED = (PairState.OPEN, PairState.LATER, PairState.FADED)
"""Pairs of which nobody has said that they are one, or are not."""


def find(rows: Rows, staying: Standing | None) -> Moves:
    """Everything that moves or ends when ``staying`` is the login that stays."""
    moves = Moves(rows, staying)
    for part in (
        _plans,
        merge_participation.find,
        _stand_ins,
        _handovers,
        _emergencies,
        _authorities_held,
        _authorities_over,
        _consents_of_owners,
        _notices,
        _visits,
        _entries,
        _units,
        _incoming,
        merge_method.find,
        _memberships,
        _pairs,
    ):
        part(moves)
    return moves


# --- plans ---------------------------------------------------------------------------------------


def _plans(moves: Moves) -> None:
    ids = moves.rows.two.ids
    for plan in moves.rows.plans.values():
        owner_id, coordinator_id = plan.owner_id, plan.coordinator_id
        if owner_id == moves.gone:
            moves.move(plan, "owner_id")
        if coordinator_id not in ids:
            continue
        is_others = owner_id in ids and owner_id != coordinator_id
        if is_others or moves.is_dormant(coordinator_id):
            moves.park(plan, "coordinator_id")
        else:
            moves.move(plan, "coordinator_id")
            _tell_missing_role(moves, plan)


def _tell_missing_role(moves: Moves, plan: Plan) -> None:
    staying = moves.staying
    if plan.closed_at is None and (staying is None or Role.COORDINATOR not in staying.roles):
        moves.remark(Remark.COORDINATOR_WITHOUT_ROLE)


# --- the coordinator's side ----------------------------------------------------------------------


def _stand_ins(moves: Moves) -> None:
    rows, ids = moves.rows, moves.rows.two.ids
    for one in rows.stand_ins:
        if is_over(one, rows.on):
            continue
        plan = rows.plans[one.plan_id]
        if {plan.owner_id, plan.coordinator_id} & {*ids} - {one.person_id}:
            moves.end(one)
        elif moves.is_dormant(one.person_id):
            moves.park(one, "person_id")
        else:
            moves.move(one, "person_id")


def _handovers(moves: Moves) -> None:
    rows, ids = moves.rows, moves.rows.two.ids
    for one in rows.handovers:
        plan = rows.plans[one.plan_id]
        if one.to_id in ids and is_theirs(plan, ids):
            moves.end(one, "answered_at")
            moves.put(one, "accepted", False)
            continue
        if one.to_id in ids:
            if moves.is_dormant(one.to_id):
                moves.park(one, "to_id")
            else:
                moves.move(one, "to_id")
        if one.from_id == moves.gone and not moves.is_dormant(one.from_id):
            moves.move(one, "from_id")


def _emergencies(moves: Moves) -> None:
    """What was opened in an emergency was opened to one login."""
    stays = moves.staying.person_id if moves.staying is not None else None
    for one in moves.rows.emergencies:
        if one.person_id != moves.kept or stays not in (None, moves.kept):
            moves.end(one)


def _incoming(moves: Moves) -> None:
    for one in moves.rows.incoming:
        if moves.is_dormant(str(one.coordinator_id)):
            moves.park(one, "coordinator_id")
        else:
            moves.move(one, "coordinator_id")


# --- those who act for owners --------------------------------------------------------------------


def _authorities_held(moves: Moves) -> None:
    """Who acts for somebody goes on doing so; what they consented to follows."""
    for one in moves.rows.standing_authorities:
        if one.holder_id != moves.gone:
            continue
        moves.move(one, "holder_id")
        for consent in moves.rows.consents:
            if consent.authority_id == one.id and consent.giver_id in moves.rows.two.ids:
                moves.swap(consent, "giver_id")


def _authorities_over(moves: Moves) -> None:
    """Those who act for an owner come to no plan that they had no part in."""
    rows = moves.rows
    own, others = over(rows, moves.kept), over(rows, moves.gone)
    if not rows.owned(moves.gone):
        if others:
            moves.remark(Remark.GUARDIANS_STAY, len(others))
    elif not rows.owned(moves.kept):
        for one in others:
            moves.move(one, "owner_id")
        for one in own:
            moves.end(one)
            moves.remark(Remark.GUARDIANS_END)
    else:
        for one, other in zip(sorted(own, key=terms_of), sorted(others, key=terms_of), strict=True):
            _join(moves, one, other)


def over(rows: Rows, owner_id: str) -> list[Authority]:
    """The authorities over one of them that are not over."""
    return [one for one in rows.standing_authorities if one.owner_id == owner_id]


def terms_of(one: Authority) -> tuple[str, AuthorityKind, bool, date]:
    """What must be equal for two authorities to be one; both have begun."""
    return one.holder_id, one.kind, one.may_consent, one.ends_on or date.max


def _join(moves: Moves, kept: Authority, gone: Authority) -> None:
    """Let one authority stand for both: it reaches what both reach."""
    moves.end(gone)
    moves.remark(Remark.GUARDIANS_JOINED)
    other = {gone.id: kept.id, kept.id: gone.id}
    for consent in moves.rows.consents:
        # One that was given by the authority over another than the plan's owner opens nothing.
        is_of_gone = moves.rows.plans[consent.plan_id].owner_id == moves.gone
        if is_of_gone and consent.authority_id in other:
            moves.put(consent, "authority_id", other[consent.authority_id])
    held_back = {one.section for one in kept.withheld if one.lifted_at is None}
    for one in gone.withheld:
        if one.lifted_at is None and one.section not in held_back:
            held_back.add(one.section)
            values = {
                "authority_id": kept.id,
                "section": str(one.section),
                "reason": one.reason,
                "since": NOW,
            }
            moves.additions.append(Addition("withheld_section", tuple(values.items())))


def _consents_of_owners(moves: Moves) -> None:
    """What an owner consented to follows their plan, and nothing else does."""
    for consent in moves.rows.consents:
        plan = moves.rows.plans[consent.plan_id]
        is_of_owner = consent.capacity is ConsentCapacity.OWNER and plan.owner_id == moves.gone
        if is_of_owner and consent.giver_id in moves.rows.two.ids:
            moves.swap(consent, "giver_id")


# --- what is told and written --------------------------------------------------------------------


def _notices(moves: Moves) -> None:
    own = {(one.plan_id, one.kind) for one in moves.rows.notices if one.person_id == moves.kept}
    for one in moves.rows.notices:
        if one.person_id == moves.gone and (one.plan_id, one.kind) not in own:
            moves.move(one, "person_id")


def _visits(moves: Moves) -> None:
    own = {one.plan_id for one in moves.rows.visits if one.person_id == moves.kept}
    for one in moves.rows.visits:
        if one.person_id == moves.gone and one.plan_id not in own:
            moves.move(one, "person_id")


def _entries(moves: Moves) -> None:
    for one in moves.rows.entries:
        if one.author_id == moves.gone and moves.rows.is_of_one(one.plan_id):
            moves.move(one, "author_id")


def _units(moves: Moves) -> None:
    for one in moves.rows.units:
        moves.move(one, "leader_id")


# --- logins --------------------------------------------------------------------------------------


def _memberships(moves: Moves) -> None:
    """Let the login that stays be the one kept; the roles of the other end.

    What a login held before stays with the registration that it was held as.
    """
    rows, stays = moves.rows, moves.staying
    for request in rows.requests:
        if stays is not None or request.person_id == moves.gone:
            moves.end(request, "answered_at")
            moves.put(request, "accepted", False)
            moves.remark(Remark.REQUESTS_END)
    if stays is None:
        return
    for one in rows.memberships:
        if one.account_id == stays.account_id:
            moves.move(one, "person_id")
        else:
            if not one.is_over(rows.on):
                moves.end(one)
            moves.park(one, "person_id")


# --- what was found ------------------------------------------------------------------------------


def _pairs(moves: Moves) -> None:
    """This pair is answered; what was found of the one who goes is about the one kept, unless the
    same was found of that one already."""
    ids = {*moves.rows.two.ids}
    known = {_other(one, moves.kept): one for one in moves.rows.pairs if moves.kept in _both(one)}
    for one in moves.rows.pairs:
        if {*_both(one)} == ids:
            moves.put(one, "state", str(PairState.MERGED))
            moves.end(one, "answered_at")
        elif moves.gone in _both(one):
            other = _other(one, moves.gone)
            if other in known:
                _found_of_both(moves, known[other], one)
                continue
            first, second = sorted((moves.kept, other))
            moves.put(one, "first_id", first)
            moves.put(one, "second_id", second)


def _found_of_both(moves: Moves, kept: DuplicatePair, gone: DuplicatePair) -> None:
    """Of two pairs with one and the same third one goes on, with the answer of either."""
    if kept.state in UNANSWERED and pair_answers.holds(gone):
        moves.put(kept, "state", str(PairState.NOT_SAME))
        moves.put(kept, "answered_at", plain(gone.answered_at))
        moves.put(kept, "answered_by", gone.answered_by)
    moves.put(gone, "state", str(PairState.FADED))


def _both(pair: Any) -> tuple[str, str]:
    return pair.first_id, pair.second_id


def _other(pair: Any, person_id: str) -> str:
    return str(pair.second_id if pair.first_id == person_id else pair.first_id)
