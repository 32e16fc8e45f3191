"""Taking a part of a consent back, when the owner's side stops somebody's access.

A consent is what somebody said, so its covers never change: the old one is withdrawn, and one that
covers less takes its place. Without this a coordinator could give back at once what the owner has
stopped. A consent to a service goes over to those of it who take part now, by name, since whoever
came later would otherwise be let in unseen.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.audit import log
from app.clock import day_of
from app.columns import new_id
from app.consent.ending import CARRIED, ENDED_FIELDS, NARROWED
from app.consent.operations import add_covers
from app.db import db
from app.enums import ConsentKind, Level, Section
from app.models import Consent, Participant, Plan
from app.security import plan_access
from app.security.actor import Actor


@dataclass(frozen=True)
class Cover:
    """What a consent lets a participant or a service see."""

    participant_id: str | None
    unit_id: str | None
    section: Section
    level: Level


def take_back(
    actor: Actor,
    participant: Participant,
    sections: Iterable[Section],
    *,
    keeps: bool = False,
    at: datetime,
) -> list[list[str]]:
    """Narrow the consents that let a participant see ``sections``; the ids of old and new.

    With ``keeps`` the participant stays covered by name, and the service no longer is.
    """
    plan, wanted = participant.plan, frozenset(sections)
    replaced = []
    for consent in _narrowed_by(actor, plan, day_of(at)):
        now = [Cover(c.participant_id, c.unit_id, c.section, c.level) for c in consent.covers]
        less = list(dict.fromkeys(_without(now, plan, participant, wanted, keeps=keeps)))
        if less != now:
            replaced.append([consent.id, _replace(actor, consent, less, at=at).id])
    db.session.flush()
    db.session.expire(plan, ["consents"])
    return replaced


def give_back(actor: Actor, plan: Plan, replaced: Iterable[list[str]], *, at: datetime) -> None:
    """Undo ``take_back``, where the narrower consents still stand."""
    for old_id, new_id_ in replaced:
        old, new = _find(plan, old_id), _find(plan, new_id_)
        if old is None or new is None or new.withdrawn_at is not None:
            continue
        covers = [Cover(c.participant_id, c.unit_id, c.section, c.level) for c in old.covers]
        _replace(actor, new, covers, at=at)
    db.session.flush()
    db.session.expire(plan, ["consents"])


def _find(plan: Plan, pk: str) -> Consent | None:
    found: Consent | None = db.session.scalar(
        select(Consent).where(Consent.id == pk, Consent.plan_id == plan.id)
    )
    return found


def _narrowed_by(actor: Actor, plan: Plan, on: date) -> list[Consent]:
    """A parent's own consents, without which nobody is let in; for others all that count."""
    given = plan_access.valid_consents(plan, ConsentKind.INFORMATION_IS_SHARED, on)
    parents = {one.holder_id for one in plan_access.who_must_consent(plan, on)}
    if actor.person_id not in parents:
        return given
    return [one for one in given if one.giver_id == actor.person_id]


def _without(
    covers: Iterable[Cover],
    plan: Plan,
    participant: Participant,
    sections: frozenset[Section],
    *,
    keeps: bool,
) -> Iterator[Cover]:
    for cover in covers:
        of_unit = cover.unit_id is not None and cover.unit_id == participant.unit_id
        is_theirs = cover.participant_id == participant.id and not keeps
        if cover.section not in sections or not (of_unit or is_theirs):
            yield cover
        elif of_unit:
            for one in plan.participants:
                is_named = one.unit_id == cover.unit_id and one.ended_at is None
                if is_named and (keeps or one.id != participant.id):
                    yield Cover(one.id, None, cover.section, cover.level)


def _replace(actor: Actor, consent: Consent, covers: Iterable[Cover], *, at: datetime) -> Consent:
    consent.withdrawn_at, consent.withdrawn_reason = max(at, consent.given_at), NARROWED
    log.record(actor, "consent:narrowed", consent, fields=ENDED_FIELDS)
    carried = {name: getattr(consent, name) for name in CARRIED}
    new = Consent(id=new_id(), starts_on=day_of(at), given_at=at, **carried)
    db.session.add(new)
    db.session.flush()
    add_covers(new, [(c.participant_id, c.unit_id, c.section, c.level) for c in covers])
    return new
