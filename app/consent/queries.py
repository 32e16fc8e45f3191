"""Questions about the consents of a plan. What the asker may read is decided before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app.consent.rights import Right, who_may
from app.consent.terms import Offer, offers
from app.db import db
from app.enums import ConsentKind, Section
from app.models import Consent, ConsentText, Participant, Person, Plan
from app.security.plan_access import consented_level, valid_consents
from app.security.plan_rights import Levels
from app.security.tenancy import here


def hold(plan_id: str) -> None:
    """Hold a plan's row to the end of the transaction: consents to it change one after another."""
    db.session.execute(select(Plan.id).where(Plan.id == plan_id).with_for_update())


def fetch(plan: Plan) -> None:
    """Load at once what pages about consent ask of a plan: its participants and its consents."""
    participants, consents = list(plan.participants), list(plan.consents)
    db.session.scalars(
        select(Participant)
        .where(Participant.id.in_([one.id for one in participants]))
        .options(
            selectinload(Participant.person),
            selectinload(Participant.unit),
            selectinload(Participant.grants),
        )
    ).all()
    db.session.scalars(
        select(Consent)
        .where(Consent.id.in_([one.id for one in consents]))
        .options(
            selectinload(Consent.giver),
            selectinload(Consent.authority),
            selectinload(Consent.consent_text),
            selectinload(Consent.covers),
        )
    ).all()


def texts(plan: Plan) -> Sequence[ConsentText]:
    """The consent texts for a plan, the one to read now first: that of its version of the
    template, if it has one, then those of its kind, newest first."""
    of_kind = ConsentText.template_version_id.is_(None)
    of_template = ConsentText.template_version_id == plan.template_version_id
    found = select(ConsentText).where(
        here(ConsentText), ConsentText.kind == plan.kind, or_(of_kind, of_template)
    )
    newest = found.order_by(of_kind, ConsentText.number.desc())
    return db.session.scalars(newest).all()


class Standing(StrEnum):
    """How it is with somebody's consent."""

    GIVEN = "given"
    WAITED_FOR = "waited_for"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


@dataclass(frozen=True)
class Status:
    """How it is with the consent of one who may give it: that the plan is made, and sharing."""

    right: Right
    standing: Standing
    made: Consent | None = None
    shared: Consent | None = None
    earlier: Consent | None = None

    @property
    def giver(self) -> Person:
        """Who gives it."""
        return self.right.giver


def statuses(plan: Plan, on: date) -> list[Status]:
    """One status for each whose consent would count."""
    return [_status(plan, right, on) for right in who_may(plan, on)]


def _status(plan: Plan, right: Right, on: date) -> Status:
    made = _valid(plan, ConsentKind.PLAN_IS_MADE, right, on)
    shared = _valid(plan, ConsentKind.INFORMATION_IS_SHARED, right, on)
    if made is not None:
        return Status(right, Standing.GIVEN, made, shared)
    earlier = [one for one in plan.consents if one.giver_id == right.giver.id]
    last = max(earlier, key=lambda one: one.given_at, default=None)
    if last is None:
        return Status(right, Standing.WAITED_FOR, None, shared)
    standing = Standing.ENDED if last.withdrawn_at is None else Standing.WITHDRAWN
    return Status(right, standing, None, shared, last)


def _valid(plan: Plan, kind: ConsentKind, right: Right, on: date) -> Consent | None:
    """The newest consent by this right. One without an authority is valid of the owner alone, one
    with it of its holder: who gave it needs no asking."""
    authority_id = right.authority.id if right.authority is not None else None
    found = [one for one in valid_consents(plan, kind, on) if one.authority_id == authority_id]
    return max(found, key=lambda one: one.given_at, default=None)


@dataclass(frozen=True)
class Reach:
    """How far consent reaches for one participant: what is seen, and what is granted in vain."""

    offer: Offer
    seen: Levels
    missing: Levels


def reaches(plan: Plan, on: date) -> list[Reach]:
    """For each who takes part today: which accesses are consented to, and which are not."""
    found = []
    for offer in offers(plan, on):
        agreed = {s: consented_level(plan, offer.participant, s, on) for s in offer.levels}
        seen = {
            section: min(level, agreed[section], key=lambda one: one.rank)
            for section, level in offer.levels.items()
            if agreed[section].rank
        }
        missing = {
            section: level
            for section, level in offer.levels.items()
            if agreed[section].rank < level.rank
        }
        found.append(Reach(offer, seen, missing))
    return found


def active_of(plan: Plan, giver_id: str, on: date) -> list[Consent]:
    """The consents of one giver that are neither withdrawn nor run out."""
    return [one for one in plan.consents if one.giver_id == giver_id and one.is_active(on)]


def last_change(plan: Plan, giver_id: str) -> datetime | None:
    """When a giver last gave or withdrew a consent to the plan."""
    instants = [
        instant
        for one in plan.consents
        if one.giver_id == giver_id
        for instant in (one.given_at, one.withdrawn_at)
        if instant is not None
    ]
    return max(instants, default=None)


def given_together(consent: Consent) -> list[Consent]:
    """A consent and the other kind that was given in the same act, that of the plan first."""
    found = select(Consent).where(
        Consent.plan_id == consent.plan_id,
        Consent.giver_id == consent.giver_id,
        Consent.given_at == consent.given_at,
    )
    return sorted(db.session.scalars(found), key=lambda one: list(ConsentKind).index(one.kind))


@dataclass(frozen=True)
class Covered:
    """What a consent lets one participant, or one service, see."""

    participant_id: str | None
    unit_id: str | None
    levels: Levels


def covered(consent: Consent) -> list[Covered]:
    """What a consent covers, participants before services, each with its sections in order."""
    found: dict[tuple[str | None, str | None], Levels] = {}
    for cover in sorted(consent.covers, key=lambda one: list(Section).index(one.section)):
        levels = found.setdefault((cover.participant_id, cover.unit_id), {})
        levels[cover.section] = cover.level
    ordered = sorted(found.items(), key=lambda one: (one[0][0] is None, str(one[0])))
    return [Covered(participant, unit, levels) for (participant, unit), levels in ordered]
