"""What somebody has ended since a merge: undoing opens none of it by beginning the other row again.

While two were one, one row stood for both: who ended or narrowed that one ended what it stood for.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, select

from app.clock import day_of
from app.db import db
from app.duplicates import references
from app.duplicates.merge_facts import Two
from app.duplicates.merge_plan import ADDED, Change
from app.enums import ConsentKind, MergeState, Role, Section
from app.models import (
    AccountLinkRequest,
    Authority,
    Consent,
    EmergencyAccess,
    Grant,
    Handover,
    Membership,
    Participant,
    PersonMerge,
    Plan,
    StandIn,
    WithheldSection,
)

WIDTH = (Role.PARTICIPANT, Role.COORDINATOR, Role.LOCAL_ADMINISTRATOR)
"""Roles, each wider than those before it."""


class Since:
    """What has been ended since a merge, as it is before anything goes back."""

    def __init__(self, row: PersonMerge, two: Two, changes: Sequence[Change], on: date) -> None:
        self.row, self.two, self.on = row, two, on
        self.merged_at: Any = row.merged_at
        self.added = {one.row_id for one in changes if one.column == ADDED}
        self._replaced = self._replaced_accesses(changes)
        held = db.session.scalars(select(Membership).where(Membership.person_id == two.kept.id))
        self._held = held.all()

    def is_over(self, one: Any) -> bool:
        """Whether a row has been ended since, or has come to its last day since."""
        if one.ended_at is not None:
            return bool(one.ended_at > self.merged_at)
        ends_on = getattr(one, "ends_on", None)
        return ends_on is not None and day_of(self.merged_at) < ends_on <= self.on

    # --- logins ----------------------------------------------------------------------------------

    def is_role_withdrawn(self, role: Role) -> bool:
        """Whether a role of this kind, or a wider one, or the login, was withdrawn from the one
        kept."""
        standing = {one.account_id for one in self._held if not one.is_over(self.on)}
        accounts = db.session.scalars(select(User).where(User.id.in_(standing)))
        if not any(one.active for one in accounts):
            return True
        wider = WIDTH[WIDTH.index(role) :] if role in WIDTH else (role,)
        return any(one.role in wider and self.is_over(one) for one in self._held)

    def is_login_withdrawn(self, account_id: str, ended: Sequence[Membership]) -> bool:
        """Whether no role that the merge ended of a login begins again."""
        roles = [one.role for one in ended if str(one.account_id) == account_id]
        return bool(roles) and all(self.is_role_withdrawn(one) for one in roles)

    # --- rows ------------------------------------------------------------------------------------

    def stays_ended(self, one: Any) -> bool:
        """Whether beginning again would open what somebody has ended since, be there twice, or
        name somebody who is another now."""
        if self._names_somebody_merged(one):
            return True
        if isinstance(one, Membership):
            return self.is_role_withdrawn(one.role)
        if isinstance(one, Grant):
            return (one.participant_id, one.section) in self._replaced
        if isinstance(one, Participant):
            return self._has_left(one)
        if isinstance(one, Authority):
            return self._is_authority_narrowed(one)
        if isinstance(one, StandIn | EmergencyAccess):
            return self._is_called_off(one)
        if isinstance(one, Handover | AccountLinkRequest):
            return self._is_asked_anew(one)
        return False

    def _names_somebody_merged(self, one: Any) -> bool:
        """Whether a third person that it is about has been merged with another since: that other
        is not given it, or undoing that merge would leave it with the wrong one."""
        columns = [column for table, column in references.MOVED if table == one.__tablename__]
        ids = {getattr(one, column) for column in columns} - {None, *self.two.ids}
        since = select(PersonMerge.id).where(
            PersonMerge.gone_id.in_(ids),
            PersonMerge.state == MergeState.DONE,
            PersonMerge.id != self.row.id,
            PersonMerge.merged_at >= self.merged_at,
        )
        return bool(ids) and db.session.scalar(since.limit(1)) is not None

    def _replaced_accesses(self, changes: Sequence[Change]) -> set[tuple[str, Section]]:
        """Accesses that somebody has given or taken since, by participant and section."""
        grants = [one for one in changes if one.table == Grant.__tablename__]
        ids = {one.row_id for one in grants}
        own = ids & self.added
        about = select(Grant.participant_id).where(Grant.id.in_(ids))
        found = db.session.scalars(select(Grant).where(Grant.participant_id.in_(about)))
        return {
            (one.participant_id, one.section)
            for one in (found if ids else ())
            if (one.id in own and one.ended_at is not None)
            or (one.id not in own and one.given_at > self.merged_at)
        }

    # --- participation ---------------------------------------------------------------------------

    def _has_left(self, one: Participant) -> bool:
        """Whether what stood for both participations has been ended or narrowed since, or the
        person added anew."""
        others = db.session.scalars(
            select(Participant).where(
                Participant.plan_id == one.plan_id,
                Participant.person_id.in_(self.two.ids),
                Participant.id != one.id,
            )
        ).all()
        is_twice = any(o.ended_at is None and o.person_id == one.person_id for o in others)
        return is_twice or any(self._is_narrowed(other) for other in others)

    def _is_narrowed(self, other: Participant) -> bool:
        """Whether a participation has been ended since, or opens less than the merge left it."""
        if self.is_over(other):
            return True
        standing = [one for one in other.grants if one.ended_at is None]
        for old in (one for one in other.grants if self.is_over(one)):
            if not any(_is_as_wide(one, old) for one in standing):
                return True
        return self._is_consent_taken_back(other)

    def _is_consent_taken_back(self, other: Participant) -> bool:
        """Whether a consent that reached a participation was withdrawn, and none reaches as far."""
        found = db.session.scalars(
            select(Consent).where(
                Consent.plan_id == other.plan_id, Consent.kind == ConsentKind.INFORMATION_IS_SHARED
            )
        ).all()
        reach = {
            (given.giver_id, cover.section, cover.level)
            for given in found
            if given.withdrawn_at is None
            for cover in given.covers
            if cover.participant_id == other.id
        }
        return any(
            not any(
                (giver, section) == (given.giver_id, cover.section)
                and level.rank >= cover.level.rank
                for giver, section, level in reach
            )
            for given in found
            if given.withdrawn_at is not None and given.withdrawn_at > self.merged_at
            for cover in given.covers
            if cover.participant_id == other.id
        )

    # --- those who act for owners, and for coordinators ------------------------------------------

    def _is_authority_narrowed(self, one: Authority) -> bool:
        """Whether somebody has ended since what stood for both, or kept a part from it."""
        found = db.session.scalars(
            select(Authority).where(
                Authority.owner_id.in_(self.two.ids),
                Authority.holder_id == one.holder_id,
                Authority.kind == one.kind,
                Authority.id != one.id,
            )
        ).all()
        if any(self.is_over(other) for other in found):
            return True
        withheld = select(WithheldSection.id).where(
            WithheldSection.authority_id.in_([other.id for other in found]),
            WithheldSection.since > self.merged_at,
            WithheldSection.lifted_at.is_(None),
        )
        return bool(found) and db.session.scalar(withheld.limit(1)) is not None

    def _is_called_off(self, one: StandIn | EmergencyAccess) -> bool:
        """Whether the same was ended for the other of the two since; or, of a stand-in, the plan
        has another coordinator."""
        plan = db.session.get_one(Plan, one.plan_id)
        theirs = {plan.owner_id, plan.coordinator_id} & {*self.two.ids} - {one.person_id}
        if isinstance(one, StandIn) and not theirs:
            return True
        model: Any = type(one)
        found = db.session.scalars(
            select(model).where(
                model.plan_id == one.plan_id,
                model.person_id.in_(self.two.ids),
                model.id != one.id,
            )
        )
        return any(self.is_over(other) for other in found)

    # --- what waits for an answer ----------------------------------------------------------------

    def _is_asked_anew(self, one: Handover | AccountLinkRequest) -> bool:
        """Whether the same has been asked again since; or, for a hand-over, has happened."""
        if isinstance(one, Handover):
            same: list[ColumnElement[bool]] = [Handover.plan_id == one.plan_id]
            if self._is_handed_over(one):
                return True
        else:
            same = [
                AccountLinkRequest.person_id == one.person_id,
                AccountLinkRequest.account_id == one.account_id,
            ]
        model: Any = type(one)
        found = select(model.id).where(*same, model.answered_at.is_(None), model.id != one.id)
        return db.session.scalar(found.limit(1)) is not None

    def _is_handed_over(self, one: Handover) -> bool:
        """Whether the plan has got another coordinator since, or been closed."""
        closed_at = db.session.get_one(Plan, one.plan_id).closed_at
        if closed_at is not None and closed_at > self.merged_at:
            return True
        accepted = select(Handover.id).where(
            Handover.plan_id == one.plan_id,
            Handover.accepted.is_(True),
            Handover.answered_at > self.merged_at,
        )
        return db.session.scalar(accepted.limit(1)) is not None


def _is_as_wide(one: Grant, old: Grant) -> bool:
    """Whether an access that stands reaches as far as one that was ended, and as long."""
    return (
        one.section == old.section
        and one.level.rank >= old.level.rank
        and (old.own_only or not one.own_only)
        and (one.ends_on is None or (old.ends_on is not None and one.ends_on >= old.ends_on))
    )
