"""Making two persons one: looked over first, then done whole or not at all.

What holds after every merge, and what tests hold it to:

    For every plan, section and action, the login that stays may do no more than the most that it,
    or the other registration's own login, could do before. A registration without a login counts
    as what a login for it would open: giving it one is the local administrator's to do, and the
    summary says which plans it is about. Where own activities alone are open, what either
    registration wrote is one's own. Every other login may do no more than before. No consent
    opens another plan than the one it was given for.

``preview`` says what would be done as a plain value. ``merge`` takes hold of both persons and all
their plans, makes it again, and refuses when it is another than what was looked over.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select

from app.accounts.holding import cut_off, hold, require_other_administrator
from app.accounts.queries import is_used_elsewhere
from app.audit import log
from app.clock import day_of
from app.columns import new_id
from app.db import db
from app.duplicate_tables import DuplicatePair
from app.duplicates import (
    merge_facts,
    merge_finding,
    merge_moves,
    merge_rules,
    merge_told,
    pair_answers,
)
from app.duplicates.merge_facts import Two, typed
from app.duplicates.merge_moves import Moves
from app.duplicates.merge_plan import (
    ADDED,
    NOW,
    Addition,
    Change,
    Login,
    MergePlan,
    Reason,
    Remark,
    Side,
    as_list,
)
from app.duplicates.merge_rows import Rows, Standing
from app.enums import MergeState, PairState, Role
from app.errors import DomainError, NotAllowed
from app.models import TENANT_MODELS, Membership, Person, PersonMerge, Plan
from app.security import policy, scope
from app.security.actor import Actor, Holding
from app.security.roles import Action

KEPT_FOR = timedelta(days=90)
MODELS: dict[str, Any] = {model.__tablename__: model for model in TENANT_MODELS} | {"ab_user": User}
LONGEST_NOTE = 500
VERSION = "version"
"""In what is kept of a merge: the version of a row after it."""


class ChangedSince(DomainError):
    """What would be done is another than what was looked over."""

    message = _l(
        "Something has changed since you looked this over. Nothing was done. Look it over again."
    )


class AnsweredAlready(DomainError):
    """It waits for nobody any more."""

    message = _l("This merge has been answered already.")


class NotByOneself(DomainError):
    """Two decide, not one twice."""

    message = _l("You asked for this merge yourself. Another local administrator must approve it.")


def preview(
    actor: Actor,
    kept: Person,
    gone: Person,
    choices: Mapping[str, str],
    *,
    at: datetime,
    waiting: PersonMerge | None = None,
) -> MergePlan:
    """What merging ``gone`` into ``kept`` would do. ``choices`` says by field whose value is kept,
    and whose login.

    Raises:
        CannotMerge, ChoiceMissing: see ``merge_rules``.
        NotFound, NotAllowed
    """
    two = Two(kept, gone)
    merge_rules.require_mergeable(actor, two, waiting=waiting)
    rows = Rows(two, day_of(at))
    sides = merge_facts.chosen(two, choices)
    stays = merge_rules.staying(rows, choices)
    merge_rules.require_settled(rows, sides, stays)
    moves = merge_finding.find(rows, stays)
    if merge_facts.is_strict(two):
        moves.remark(Remark.ADDRESS_ERASED)
    login = _login(actor, rows, stays, at)
    return MergePlan(
        kept_id=kept.id,
        gone_id=gone.id,
        choices=tuple(sorted((*sides.items(), *_login_choice(choices)))),
        changes=tuple(moves.changes),
        additions=tuple(moves.additions),
        narrowed=tuple(moves.narrowed),
        login=login,
        remarks=tuple(sorted(moves.remarks.items())),
        second=merge_facts.second_needed(two, rows.on) | _second_for(login),
        versions=_versions(two, moves),
    )


def _login_choice(choices: Mapping[str, str]) -> list[tuple[str, str]]:
    found = choices.get(merge_facts.LOGIN)
    return [(merge_facts.LOGIN, str(found))] if found else []


def _versions(two: Two, moves: Moves) -> tuple[int, ...]:
    protections = merge_facts.protections_of(two)
    plans = [moves.rows.plans[key] for key in sorted(moves.rows.plans)]
    rows = (two.kept, two.gone, *protections, *plans)
    return (_merges_into(two), *(one.version for one in rows))


def _merges_into(two: Two) -> int:
    """How many were merged into one of the two: another merge meanwhile is a change as well."""
    found = select(func.count()).select_from(PersonMerge)
    is_theirs = (PersonMerge.kept_id.in_(two.ids), PersonMerge.state == MergeState.DONE)
    return db.session.scalar(found.where(*is_theirs)) or 0


def _login(actor: Actor, rows: Rows, stays: Standing | None, at: datetime) -> Login:
    """Which login stays, which ends, and the plans that the one that stays comes to."""
    if stays is None:
        return Login()
    other_id = next(one for one in rows.two.ids if one != stays.person_id)
    other = rows.standing(other_id)
    ends = other.account_id if other.account_id != stays.account_id else None
    roles = other.roles if other.account_id is not None else stays.roles
    leaving = [one for one in rows.memberships if ends is not None and one.account_id == ends]
    if leaving:
        require_other_administrator(leaving, rows.on)
    own = _open_to(actor, stays.person_id, stays.roles, at)
    others = _open_to(actor, other_id, roles, at)
    return Login(stays.account_id, ends, tuple(sorted(others - own)))


def _second_for(login: Login) -> frozenset[Reason]:
    """Why one person alone does not decide on the logins: who could make a second registration of
    somebody, with a login, would otherwise come to the plans of the first one unseen."""
    takes_over = login.ends is not None and login.gains
    return frozenset({Reason.LOGIN_ENDS}) if takes_over else frozenset()


def _open_to(actor: Actor, person_id: str, roles: frozenset[Role], at: datetime) -> set[str]:
    """The plans that are open to somebody for their part in them."""
    held = tuple(Holding(role) for role in sorted(roles - {Role.LOCAL_ADMINISTRATOR}))
    who = Actor(0, actor.municipality_id, person_id, held, at=at)
    return set(db.session.scalars(select(Plan.id).where(scope.visible(who, Plan, Action.SHOW))))


# --- doing it ------------------------------------------------------------------------------------


def merge(
    actor: Actor,
    kept: Person,
    gone: Person,
    choices: Mapping[str, str],
    *,
    mark: str,
    note: str = "",
    at: datetime,
) -> PersonMerge:
    """Merge ``gone`` into ``kept`` as looked over; or, where a second person must agree, ask.

    The row says which: DONE or WAITING.

    Raises:
        ChangedSince: the preview is another by now.
        CannotMerge, ChoiceMissing, NotFound, NotAllowed: as ``preview``.
    """
    hold_both(Two(kept, gone), day_of(at))
    plan = preview(actor, kept, gone, choices, at=at)
    if plan.mark != mark:
        raise ChangedSince
    row = _asked_for(actor, plan, note, at)
    if plan.second:
        log.record(actor, "person_merge:asked", row)
    else:
        _carry_out(actor, row, Two(kept, gone), plan, at)
    db.session.flush()
    return row


def _asked_for(actor: Actor, plan: MergePlan, note: str, at: datetime) -> PersonMerge:
    """The row of a merge that nobody has carried out yet."""
    if actor.account_id is None:
        raise NotAllowed
    row = PersonMerge(
        id=new_id(),
        municipality_id=actor.municipality_id,
        kept_id=plan.kept_id,
        gone_id=plan.gone_id,
        state=MergeState.WAITING,
        choices=dict(plan.choices),
        note=note.strip()[:LONGEST_NOTE] or None,
        wanted_at=at,
        wanted_by=actor.account_id,
    )
    db.session.add(row)
    return row


def approve(actor: Actor, row: PersonMerge, *, mark: str, at: datetime) -> None:
    """Carry out a merge that somebody else asked for, as looked over now.

    Raises:
        AnsweredAlready, NotByOneself, ChangedSince
        CannotMerge, NotFound, NotAllowed: as ``preview``.
    """
    policy.require(actor, Action.APPROVE, row)
    kept, gone = persons_of(row)
    hold_both(Two(kept, gone), day_of(at))
    _require_waiting(row)
    if actor.account_id is None or _is_same_human(actor, row.wanted_by):
        raise NotByOneself
    plan = preview(actor, kept, gone, row.choices, at=at, waiting=row)
    if plan.mark != mark:
        raise ChangedSince
    _carry_out(actor, row, Two(kept, gone), plan, at)


def _is_same_human(actor: Actor, account_id: int) -> bool:
    """Whether a login is the actor's, too: the same one, or of one who is, or may be, the same."""
    if actor.account_id == account_id:
        return True
    held = select(Membership.person_id).where(Membership.account_id == account_id)
    theirs = set(db.session.scalars(held))
    if actor.person_id is None or not theirs:
        return False
    first, second = DuplicatePair.first_id, DuplicatePair.second_id
    may_be = select(DuplicatePair.id).where(
        DuplicatePair.state.in_((PairState.OPEN, PairState.LATER)),
        or_(
            (first == actor.person_id) & second.in_(theirs),
            (second == actor.person_id) & first.in_(theirs),
        ),
    )
    return actor.person_id in theirs or db.session.scalar(may_be.limit(1)) is not None


def decline(actor: Actor, row: PersonMerge, *, at: datetime) -> None:
    """Say no to a merge that waits, or take back that one has asked for it.

    Raises:
        AnsweredAlready
    """
    policy.require(actor, Action.DECLINE, row)
    _require_waiting(row)
    row.state, row.merged_by = MergeState.DECLINED, actor.account_id
    is_own = actor.account_id == row.wanted_by
    log.record(actor, "person_merge:taken_back" if is_own else "person_merge:declined", row)


def _require_waiting(row: PersonMerge) -> None:
    db.session.refresh(row, with_for_update=True)
    if row.state is not MergeState.WAITING:
        raise AnsweredAlready


def persons_of(row: PersonMerge) -> tuple[Person, Person]:
    """The one kept and the other."""
    return db.session.get_one(Person, row.kept_id), db.session.get_one(Person, row.gone_id)


def hold_both(two: Two, on: date) -> None:
    """Let nobody else change the persons or their plans until the transaction ends.

    All are taken in one order, so that of two merges at once one waits for the other, and never
    both. What was read before is read anew.
    """
    db.session.flush()
    _take(Person, Person.id.in_(sorted(two.ids)))
    _take(Plan, Plan.id.in_(sorted(Rows(two, on).plans)))


def _take(model: type[Any], condition: ColumnElement[bool]) -> None:
    found = select(model).where(condition).order_by(model.id).with_for_update()
    db.session.scalars(found.execution_options(populate_existing=True)).all()


def _carry_out(actor: Actor, row: PersonMerge, two: Two, plan: MergePlan, at: datetime) -> None:
    kept, gone = two.kept, two.gone
    before, answers = merge_facts.before(two), pair_answers.of_both(two)
    done = _end_login(two, plan.login, at)
    log.record(actor, "person:merged", gone, fields=("merged_into_id", "retired_at"))
    gone.retired_at, gone.merged_into_id = at, kept.id
    db.session.flush()
    rows = rows_of(plan.changes)
    for part in merge_moves.ordered(plan.changes):
        done += [_apply(rows, one, at) for one in part]
        db.session.flush()
    done += [_add(one, at) for one in plan.additions]
    merge_facts.put(two, _sides(plan))
    log.record(actor, "person:took_over", kept)
    db.session.flush()
    pair_answers.keep_holding(two, answers)
    row.state, row.merged_at, row.merged_by = MergeState.DONE, at, actor.account_id
    row.moved = [as_list(one) for one in (*done, *_versions_after(done))]
    answered = {"answers": answers, "answers_after": pair_answers.of_both(two)}
    row.before = merge_facts.seal(two, {**before, **answered})
    log.record(actor, "person_merge:done", row)
    merge_told.tell_coordinators(two, plan.login, at=at)
    db.session.flush()
    db.session.expire_all()


def _sides(plan: MergePlan) -> dict[str, Side]:
    return {field: Side(side) for field, side in plan.choices if field != merge_facts.LOGIN}


def _end_login(two: Two, login: Login, at: datetime) -> list[Change]:
    """Cut off the login that ends here; without a role anywhere it closes. Its password stays, so
    that undoing gives it back as it was."""
    if login.ends is None:
        return []
    place = two.kept.municipality_id
    account = hold(login.ends)
    cut_off(account.id, place, at)
    if not account.active or is_used_elsewhere(account.id, place, day_of(at)):
        return []
    account.active = False
    return [Change("ab_user", str(account.id), "active", before=True, after=False)]


RowsByKey = dict[tuple[str, str], Any]


def rows_of(changes: Iterable[Change]) -> RowsByKey:
    """The rows that changes are about, as they are now, by table and id."""
    return rows_by_key((one.table, one.row_id) for one in changes)


def rows_by_key(keys: Iterable[tuple[str, str]]) -> RowsByKey:
    """The rows of those tables and ids that there are, as they are now."""
    wanted: dict[str, set[Any]] = {}
    for table, row_id in keys:
        is_account = MODELS[table] is User
        wanted.setdefault(table, set()).add(int(row_id) if is_account else row_id)
    return {
        (table, str(row.id)): row
        for table, ids in wanted.items()
        for row in db.session.scalars(select(MODELS[table]).where(MODELS[table].id.in_(ids)))
    }


def _apply(rows: RowsByKey, change: Change, at: datetime) -> Change:
    """Make a change; what was made of it, with the instant in it."""
    made = replace(change, after=at.isoformat()) if change.after == NOW else change
    row = rows[change.table, change.row_id]
    setattr(row, change.column, typed(type(row), change.column, made.after))
    return made


def _add(addition: Addition, at: datetime) -> Change:
    """Make a new row."""
    model = MODELS[addition.table]
    row = model(id=new_id())
    for name, value in addition.values:
        setattr(row, name, at if value == NOW else typed(model, name, value))
    db.session.add(row)
    return Change(addition.table, row.id, ADDED, None, None)


def _versions_after(done: Iterable[Change]) -> Iterator[Change]:
    """The version of each row after the merge, which tells whether somebody changes it later."""
    for (table, row_id), row in rows_of(done).items():
        if hasattr(row, VERSION):
            yield Change(table, row_id, VERSION, None, row.version)
