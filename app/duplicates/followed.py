"""What was done since a merge for a plan, or by somebody, that goes back: it goes along.

Whoever was asked was asked as the one who is two again. A consent that the owner gave is the
owner's; who acts for the owner goes on doing so; and what somebody is told is told to who has a
part in the plan. A login stands for one person, with all its roles. Nothing of it opens more than
it did.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select

from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.duplicates.merge_facts import Two
from app.duplicates.merge_rows import Rows
from app.enums import ConsentCapacity
from app.models import (
    Authority,
    Consent,
    EmergencyAccess,
    Membership,
    PersonMerge,
    Pulse,
    WithheldSection,
)

LookAt = list[Any]


def follow(row: PersonMerge, two: Two, at: Any) -> Iterator[LookAt]:
    """Let what was done since go along with what went back; what it was, by table and id.

    Everything that the merge moved is back by now.
    """
    rows = Rows(two, day_of(at))
    yield from _of_login(row, two, rows)
    if rows.owned(two.gone.id):
        yield from _authorities(row, two, rows)
    for consent in _consents_since(row, two, rows):
        if _put_right(consent, two, rows):
            yield [Consent.__tablename__, consent.id]
    db.session.flush()
    _tell_who_has_part(row, two, rows)


def _tell_who_has_part(row: PersonMerge, two: Two, rows: Rows) -> None:
    """What is told, or asked, about a plan is for the one of the two who has a part in it."""
    plans = rows.ties[two.gone.id] - rows.ties[two.kept.id]
    waits = (Pulse.answered_at.is_(None), Pulse.ended_at.is_(None))
    asked = rows.about(Pulse, "person_id", *waits)
    known = {one.plan_id for one in asked if one.person_id == two.gone.id}
    told: list[tuple[Any, Any]] = [(one, one.at) for one in rows.notices]
    told += [(one, one.asked_at) for one in asked if one.plan_id not in known]
    for one, since in told:
        is_since = since > row.merged_at and one.person_id == two.kept.id
        if is_since and one.plan_id in plans:
            one.person_id = two.gone.id


# --- logins --------------------------------------------------------------------------------------


def _of_login(row: PersonMerge, two: Two, rows: Rows) -> Iterator[LookAt]:
    """A role that a login was given since, and what was opened to it in an emergency, is held as
    whom the login stands for again."""
    merged_at: Any = row.merged_at
    gone = (Membership.__tablename__, "person_id", two.gone.id)
    moved = {
        row_id
        for table, row_id, column, before, _after in row.moved
        if (table, column, before) == gone
    }
    back = {
        one.account_id
        for one in rows.memberships
        if one.id in moved and one.person_id == two.gone.id
    }
    since = [(one, one.created_at) for one in rows.memberships if one.account_id in back]
    if back:
        since += [(one, one.starts_at) for one in rows.about(EmergencyAccess, "person_id")]
    for one, made_at in since:
        if made_at > merged_at and one.person_id == two.kept.id:
            one.person_id = two.gone.id
            yield [one.__tablename__, one.id]


# --- who acts for an owner -----------------------------------------------------------------------


def _authorities(row: PersonMerge, two: Two, rows: Rows) -> Iterator[LookAt]:
    """Those stated since over one who owned plans of both are over both again."""
    merged_at: Any = row.merged_at
    since = [
        one
        for one in rows.standing_authorities
        if one.owner_id == two.kept.id
        and one.stated_at > merged_at
        and one.holder_id not in two.ids
    ]
    for one in since:
        if not rows.owned(two.kept.id):
            one.owner_id = two.gone.id
        elif _same_over_gone(one, two, rows) is None:
            rows.authorities.append(_copied(one, two))
        yield [Authority.__tablename__, one.id]
    db.session.flush()
    # Who must be asked is read anew.
    for name in ("standing_authorities", "consents"):
        rows.__dict__.pop(name, None)


def _copied(one: Authority, two: Two) -> Authority:
    """The same right to act, with what is kept from it, for the owner who comes back."""
    names = ("holder_id", "kind", "may_consent", "ground", "stated_by_id", "stated_at")
    again = Authority(
        id=new_id(),
        municipality_id=one.municipality_id,
        owner_id=two.gone.id,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        **{name: getattr(one, name) for name in names},
    )
    db.session.add(again)
    db.session.flush()
    for part in one.withheld:
        if part.lifted_at is None:
            values = {"section": part.section, "reason": part.reason, "since": part.since}
            db.session.add(WithheldSection(authority_id=again.id, **values))
    return again


def _same_over_gone(one: Authority, two: Two, rows: Rows) -> Authority | None:
    """The authority of the same kind and holder over the one who comes back."""
    found = [
        other
        for other in rows.standing_authorities
        if (other.owner_id, other.holder_id, other.kind) == (two.gone.id, one.holder_id, one.kind)
    ]
    return found[0] if found else None


# --- consents ------------------------------------------------------------------------------------


def _consents_since(row: PersonMerge, two: Two, rows: Rows) -> list[Consent]:
    by = [one.id for one in rows.authorities]
    found = select(Consent).where(
        or_(Consent.giver_id == two.kept.id, Consent.authority_id.in_(by)),
        Consent.given_at > row.merged_at,
    )
    return list(db.session.scalars(found.order_by(Consent.id)))


def _put_right(consent: Consent, two: Two, rows: Rows) -> bool:
    """Let a consent be by the one who can give it in that plan again; whether it was not."""
    plan = rows.plans.get(consent.plan_id)
    if plan is None:
        return False
    before = (consent.giver_id, consent.authority_id)
    if consent.capacity is ConsentCapacity.OWNER:
        if consent.giver_id in two.ids and plan.owner_id in two.ids:
            consent.giver_id = plan.owner_id
    else:
        _by_authority(consent, plan.owner_id, two, rows)
    return before != (consent.giver_id, consent.authority_id)


def _by_authority(consent: Consent, owner_id: str, two: Two, rows: Rows) -> None:
    by = {one.id: one for one in rows.authorities}.get(str(consent.authority_id))
    if by is None:
        return
    if by.owner_id == two.kept.id and owner_id == two.gone.id:
        same = _same_over_gone(by, two, rows)
        consent.authority_id = same.id if same is not None else by.id
    if {consent.giver_id, by.holder_id} == {*two.ids}:
        consent.giver_id = by.holder_id
