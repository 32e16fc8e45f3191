"""All rows that a merge of two persons is about, read in one place.

Nothing is decided here. What of it moves is in ``merge_moves``, what refuses in ``merge_rules``.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.db import db
from app.duplicates.merge_facts import Two
from app.enums import Role
from app.models import (
    AccountLinkRequest,
    Authority,
    Consent,
    DuplicatePair,
    EmergencyAccess,
    Handover,
    IncomingPlan,
    Membership,
    Notice,
    Participant,
    Plan,
    PlanEntry,
    PlanMove,
    PlanVisit,
    StandIn,
    Unit,
)


@dataclass(frozen=True)
class Standing:
    """The login in use of one of the two: its account and roles; neither where there is none."""

    person_id: str
    account_id: int | None = None
    roles: frozenset[Role] = frozenset()


@dataclass
class Rows:
    """What refers to two persons, and to the plans in which they have a part."""

    two: Two
    on: date

    def _of(self, model: type[Any], *conditions: ColumnElement[bool]) -> list[Any]:
        return list(db.session.scalars(select(model).where(*conditions).order_by(model.id)))

    def about(self, model: type[Any], column: str, *conditions: ColumnElement[bool]) -> list[Any]:
        """Rows of a table that name one of them in a column."""
        return self._of(model, getattr(model, column).in_(self.two.ids), *conditions)

    @cached_property
    def authorities(self) -> list[Authority]:
        """Authorities that one of them holds, or is under."""
        ids = self.two.ids
        return self._of(Authority, or_(Authority.owner_id.in_(ids), Authority.holder_id.in_(ids)))

    @cached_property
    def standing_authorities(self) -> list[Authority]:
        """Those of them that are not over."""
        return [one for one in self.authorities if not is_over(one, self.on)]

    @cached_property
    def participants(self) -> list[Participant]:
        """Participations of both, the ended as well."""
        return self._of(Participant, Participant.person_id.in_(self.two.ids))

    @cached_property
    def stand_ins(self) -> list[StandIn]:
        """Times that one of them stands in for a coordinator, the ended as well."""
        return self._of(StandIn, StandIn.person_id.in_(self.two.ids))

    @cached_property
    def handovers(self) -> list[Handover]:
        """Open offers of the coordinator's role, to or from one of them."""
        ids = self.two.ids
        is_theirs = or_(Handover.to_id.in_(ids), Handover.from_id.in_(ids))
        return self._of(Handover, is_theirs, Handover.answered_at.is_(None))

    @cached_property
    def entries(self) -> list[PlanEntry]:
        """What one of them has written."""
        return self._of(PlanEntry, PlanEntry.author_id.in_(self.two.ids))

    def answered_for(self, participant_id: str) -> list[PlanEntry]:
        """What a participant is responsible for."""
        return self._of(PlanEntry, PlanEntry.responsible_id == participant_id)

    @cached_property
    def consents(self) -> list[Consent]:
        """Consents that one of them gave, or that were given by an authority over one of them."""
        by = [one.id for one in self.authorities]
        return self._of(
            Consent, or_(Consent.giver_id.in_(self.two.ids), Consent.authority_id.in_(by))
        )

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """Every plan in which one of them has, or had, a part."""
        ids = self.two.ids
        in_part = {
            one.plan_id
            for rows in (self.participants, self.stand_ins, self.handovers, self.entries)
            for one in rows
        } | {one.plan_id for one in self.consents}
        looked_after = {one.owner_id for one in self.authorities}
        is_theirs = or_(
            Plan.owner_id.in_({*ids, *looked_after}),
            Plan.coordinator_id.in_(ids),
            Plan.id.in_(in_part),
        )
        return {one.id: one for one in self._of(Plan, is_theirs)}

    @cached_property
    def ties(self) -> dict[str, set[str]]:
        """Ids of the plans in which each has, or had, a part."""
        found: dict[str, set[str]] = defaultdict(set)
        for plan in self.plans.values():
            found[plan.owner_id].add(plan.id)
            found[plan.coordinator_id].add(plan.id)
            for one in self.authorities:
                if one.owner_id == plan.owner_id:
                    found[one.holder_id].add(plan.id)
        taking_part: list[Any] = [*self.participants, *self.stand_ins]
        for row in taking_part:
            found[row.person_id].add(row.plan_id)
        for offer in self.handovers:
            found[offer.to_id].add(offer.plan_id)
        for entry in self.entries:
            found[entry.author_id or ""].add(entry.plan_id)
        for consent in self.consents:
            found[consent.giver_id].add(consent.plan_id)
        return found

    def is_of_one(self, plan_id: str) -> bool:
        """Whether the one kept has had no part in a plan: it goes over as it is."""
        return plan_id not in self.ties[self.two.kept.id]

    def owned(self, person_id: str) -> list[Plan]:
        """The plans that one of them owns."""
        return [plan for plan in self.plans.values() if plan.owner_id == person_id]

    @cached_property
    def memberships(self) -> list[Membership]:
        """Roles of both, the ended as well."""
        return self._of(Membership, Membership.person_id.in_(self.two.ids))

    def accounts(self, person_id: str) -> set[int]:
        """The accounts with a role, now or later, as one of them."""
        return {
            one.account_id
            for one in self.memberships
            if one.person_id == person_id and not one.is_over(self.on)
        }

    def standing(self, person_id: str) -> Standing:
        """The login in use of one of them."""
        found = self.accounts(person_id)
        if not found:
            return Standing(person_id)
        account_id = min(found)
        roles = frozenset(
            one.role
            for one in self.memberships
            if one.account_id == account_id and one.is_active(self.on)
        )
        return Standing(person_id, account_id, roles)

    @cached_property
    def requests(self) -> list[AccountLinkRequest]:
        """Questions to accounts that wait for an answer."""
        is_theirs = AccountLinkRequest.person_id.in_(self.two.ids)
        return self._of(AccountLinkRequest, is_theirs, AccountLinkRequest.answered_at.is_(None))

    @cached_property
    def emergencies(self) -> list[EmergencyAccess]:
        """Emergency accesses that nobody has ended."""
        is_theirs = EmergencyAccess.person_id.in_(self.two.ids)
        return self._of(EmergencyAccess, is_theirs, EmergencyAccess.ended_at.is_(None))

    @cached_property
    def notices(self) -> list[Notice]:
        """What one of them has not seen to."""
        return self._of(Notice, Notice.person_id.in_(self.two.ids), Notice.settled_at.is_(None))

    @cached_property
    def visits(self) -> list[PlanVisit]:
        """When they were last in plans."""
        return self._of(PlanVisit, PlanVisit.person_id.in_(self.two.ids))

    @cached_property
    def units(self) -> list[Unit]:
        """Units that the one who goes leads."""
        return self._of(Unit, Unit.leader_id == self.two.gone.id)

    @cached_property
    def incoming(self) -> list[IncomingPlan]:
        """Plans that arrive and wait for one of them."""
        is_theirs = IncomingPlan.coordinator_id.in_(self.two.ids)
        return self._of(IncomingPlan, is_theirs, IncomingPlan.ended_at.is_(None))

    @cached_property
    def moves(self) -> list[PlanMove]:
        """Plans of theirs that are on their way to another municipality."""
        return self._of(PlanMove, PlanMove.plan_id.in_(self.plans), PlanMove.ended_at.is_(None))

    @cached_property
    def pairs(self) -> list[DuplicatePair]:
        """What was found of them."""
        ids = self.two.ids
        return self._of(
            DuplicatePair, or_(DuplicatePair.first_id.in_(ids), DuplicatePair.second_id.in_(ids))
        )


def is_over(period: Any, on: date) -> bool:
    """Whether somebody has ended it, or its last day is before this day in Norway."""
    return period.ended_at is not None or (period.ends_on is not None and period.ends_on <= on)
