"""What two persons can't be merged for. Each is a question for somebody, never a guess."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from app.db import db
from app.duplicates.merge_facts import BIRTH, LOGIN, Two
from app.duplicates.merge_finding import over, terms_of
from app.duplicates.merge_plan import Side
from app.duplicates.merge_rows import Rows, Standing
from app.enums import MergeState, PlanKind, Role
from app.errors import DomainError, NotAllowed
from app.models import Person, PersonMerge, Plan
from app.security import policy
from app.security.actor import Actor
from app.security.roles import Action


class CannotMerge(DomainError):
    """Something must be settled first; ``plan_ids`` are plans that it is about."""

    def __init__(self, plans: Sequence[Plan] = (), *, field: str | None = None) -> None:
        super().__init__(field=field)
        self.plan_ids = tuple(plan.id for plan in plans)


class SamePerson(CannotMerge):
    """Nobody is merged with themselves."""

    status = 422
    message = _l("A person can't be merged with itself.")


class OwnPerson(CannotMerge):
    """Nobody decides on the access of their own login."""

    message = _l("You can't merge a person who is yourself. Ask another local administrator.")


class MergedAlready(CannotMerge):
    """One of them was merged in the meantime."""

    message = _l("One of the two has been merged in the meantime. Nothing was done.")


class OutOfUse(CannotMerge):
    """One of them is retired."""

    message = _l(
        "One of the two is retired. Bring that person back into use first, if it is to be merged."
    )


class WaitsAlready(CannotMerge):
    """One of them waits for another merge."""

    message = _l(
        "A merge of one of the two waits for somebody's approval. It must be answered first."
    )


class TwoOpenPlans(CannotMerge):
    """A person has one open individual plan."""

    message = _l(
        "Both own an individual plan that is open, and a person can have only one. Decide which of"
        " the plans goes on, and have the other closed first."
    )


class OnTheMove(CannotMerge):
    """A plan of one of them is between two municipalities."""

    message = _l(
        "A plan of one of the two is on its way to another municipality. Wait until the move has"
        " ended, or have it stopped first."
    )


class CoordinatesForSelf(CannotMerge):
    """Nobody coordinates the plan that they own."""

    message = _l(
        "One of the two owns a plan that the other coordinates. Have the plan handed over first."
    )


class ActsForSelf(CannotMerge):
    """Nobody acts for themselves."""

    message = _l(
        "One of the two acts for the other as guardian or representative. If they are one and the"
        " same, end that first."
    )


class OtherGuardians(CannotMerge):
    """Somebody would come to a plan that they had no part in."""

    message = _l(
        "Both own plans, and it is not the same people who act for them in the same way, with the"
        " same last day. Merging would let somebody into a plan that they have no part in. State"
        " the same guardians for both first, or end those that are wrong."
    )


class OtherBirthDate(CannotMerge):
    """Age decides who consents, so a plan's owner keeps the birth date they have."""

    message = _l(
        "The owner of a plan would get another birth date, which changes who consents and who sees"
        " what. Correct the birth date on the person first, if it is wrong."
    )


class TwoLogins(CannotMerge):
    """One of them has two logins in use."""

    message = _l("One of the two has two logins in use. End one of them first.")


class LoginMissing(CannotMerge):
    """Both have a login, and nobody has said which stays."""

    status = 422
    message = _l("Choose which login stays.")


class WakesUp(CannotMerge):
    """An open plan would be opened to a login by a role that its coordinator has not."""

    message = _l(
        "One of the two coordinates an open plan without holding the role of coordinator. Have the"
        " plan handed over first."
    )


def require_mergeable(actor: Actor, two: Two, *, waiting: PersonMerge | None = None) -> None:
    """Refuse what can't be merged at all, whatever is chosen.

    Raises:
        SamePerson, MergedAlready, OutOfUse, OwnPerson, WaitsAlready
        NotFound, NotAllowed: they are not the actor's to merge.
    """
    _require_right(actor, two)
    if two.kept.id == two.gone.id:
        raise SamePerson
    for one in (two.kept, two.gone):
        if one.merged_into_id is not None:
            raise MergedAlready
        if one.retired_at is not None:
            raise OutOfUse
    if actor.person_id in two.ids:
        raise OwnPerson
    if _waits(two, waiting):
        raise WaitsAlready


def _require_right(actor: Actor, two: Two) -> None:
    for one in (two.kept, two.gone):
        policy.require(actor, Action.SHOW, one)
    asked = PersonMerge(municipality_id=two.kept.municipality_id)
    if not policy.decide(actor, Action.MERGE, asked):
        raise NotAllowed


def _waits(two: Two, but: PersonMerge | None) -> bool:
    found = select(PersonMerge.id).where(
        PersonMerge.state == MergeState.WAITING,
        or_(PersonMerge.kept_id.in_(two.ids), PersonMerge.gone_id.in_(two.ids)),
    )
    if but is not None:
        found = found.where(PersonMerge.id != but.id)
    return db.session.scalar(found.limit(1)) is not None


def staying(rows: Rows, choices: Mapping[str, str]) -> Standing | None:
    """The login that stays; None where neither has one.

    Raises:
        TwoLogins, LoginMissing
    """
    two = rows.two
    accounts = {side: rows.accounts(two.of(side).id) for side in Side}
    if any(len(found) > 1 for found in accounts.values()):
        raise TwoLogins
    if must_choose_login(rows):
        if choices.get(LOGIN) not in (Side.KEPT, Side.GONE):
            raise LoginMissing(field=LOGIN)
        return rows.standing(two.of(Side(choices[LOGIN])).id)
    for side in Side:
        if accounts[side]:
            return rows.standing(two.of(side).id)
    return None


def must_choose_login(rows: Rows) -> bool:
    """Whether both sign in, and not with the same login."""
    own, others = (rows.accounts(one) for one in rows.two.ids)
    return bool(own) and bool(others) and own != others


def require_settled(rows: Rows, sides: Mapping[str, Side], stays: Standing | None) -> None:
    """Refuse what would be a guess, or would open something to somebody.

    Raises:
        TwoOpenPlans, OnTheMove, CoordinatesForSelf, ActsForSelf, OtherGuardians, OtherBirthDate,
        WakesUp
    """
    _require_one_open_plan(rows)
    tied = {plan.id for plan in rows.plans.values() if _is_near(rows, plan)}
    if moving := [one for one in rows.moves if one.plan_id in tied]:
        raise OnTheMove([rows.plans[one.plan_id] for one in moving])
    _require_apart(rows)
    _require_same_guardians(rows)
    _require_birth_date(rows, sides)
    _require_roles(rows, stays)


def _is_near(rows: Rows, plan: Plan) -> bool:
    """Whether one of the two owns it, coordinates it or acts for its owner."""
    ids = rows.two.ids
    looked_after = {one.owner_id for one in rows.standing_authorities if one.holder_id in ids}
    return bool({plan.owner_id, plan.coordinator_id} & {*ids}) or plan.owner_id in looked_after


def _require_one_open_plan(rows: Rows) -> None:
    found = [
        plan
        for person_id in rows.two.ids
        for plan in rows.owned(person_id)
        if plan.kind is PlanKind.INDIVIDUAL_PLAN and plan.closed_at is None
    ]
    if len(found) > 1:
        raise TwoOpenPlans(found)


def _require_apart(rows: Rows) -> None:
    ids = {*rows.two.ids}
    found = [
        plan
        for plan in rows.plans.values()
        if plan.closed_at is None and {plan.owner_id, plan.coordinator_id} == ids
    ]
    if found:
        raise CoordinatesForSelf(found)
    if any({one.owner_id, one.holder_id} == ids for one in rows.standing_authorities):
        raise ActsForSelf


def _require_same_guardians(rows: Rows) -> None:
    two = rows.two
    if not rows.owned(two.kept.id) or not rows.owned(two.gone.id):
        return
    own, others = (over(rows, person_id) for person_id in two.ids)
    has_begun = all(one.starts_on <= rows.on for one in (*own, *others))
    if not has_begun or Counter(map(terms_of, own)) != Counter(map(terms_of, others)):
        raise OtherGuardians([*rows.owned(two.kept.id), *rows.owned(two.gone.id)])


def _require_birth_date(rows: Rows, sides: Mapping[str, Side]) -> None:
    two = rows.two
    born = two.of(sides[BIRTH]).birth_date
    for one in (two.kept, two.gone):
        if one.birth_date != born and rows.owned(one.id):
            raise OtherBirthDate(rows.owned(one.id), field=BIRTH)


def _require_roles(rows: Rows, stays: Standing | None) -> None:
    if stays is None or Role.COORDINATOR not in stays.roles:
        return
    for person_id in rows.two.ids:
        own = rows.standing(person_id)
        if own.account_id is None or Role.COORDINATOR in own.roles:
            continue
        found = [
            plan
            for plan in rows.plans.values()
            if plan.coordinator_id == person_id and plan.closed_at is None
        ]
        if found:
            raise WakesUp(found)


def birth_date_needed(rows: Rows) -> date | None:
    """The birth date that a plan's owner keeps, when only one of the two owns plans."""
    owners: list[Person] = [one for one in (rows.two.kept, rows.two.gone) if rows.owned(one.id)]
    return owners[0].birth_date if len(owners) == 1 else None
