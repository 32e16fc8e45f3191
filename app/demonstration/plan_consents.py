"""The consents of the demonstration's plans, in every state that a consent can be in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.columns import new_id
from app.consent.ending import BY_GIVER
from app.demonstration.plan_people import Registered, years
from app.demonstration.plan_recipes import Given, Mark, Recipe
from app.demonstration.plan_words import Words
from app.enums import (
    AuthorityKind,
    ConsentCapacity,
    ConsentKind,
    ConsentMethod,
    NoticeKind,
    PlanState,
)
from app.models import Consent, ConsentCover, Grant, Participant, Plan
from app.security.plan_rights import USUAL_OWN_CONSENT_AGE
from app.side_tables import Notice

TERMS: dict[Given, tuple[int, int]] = {
    Given.ENDING: (-345, 20),
    Given.EXPIRED: (-400, -10),
    Given.WITHDRAWN: (-120, 245),
}
"""The first day and the day after the last, in days from today; a year from 90 days ago if not."""
USUAL_TERM = (-90, 275)
METHODS = {Given.PAPER: ConsentMethod.PAPER, Given.ORAL: ConsentMethod.ORAL}
ENDED_BEFORE = 12
CAPACITIES = {
    AuthorityKind.PARENTAL_RESPONSIBILITY: ConsentCapacity.GUARDIAN,
    AuthorityKind.LEGAL_GUARDIAN: ConsentCapacity.REPRESENTATIVE,
    AuthorityKind.POWER_OF_ATTORNEY: ConsentCapacity.REPRESENTATIVE,
}


@dataclass(frozen=True)
class Helper:
    """Somebody who may consent for an owner, and by what right."""

    authority_id: str
    person_id: str
    kind: AuthorityKind


@dataclass(frozen=True)
class Setting:
    """What all consents of one plan share."""

    plan: Plan
    recipe: Recipe
    text_id: str
    words: Words
    recorder_id: int
    at: datetime
    today: date


def add_consents(
    setting: Setting,
    owner: Registered,
    helpers: Sequence[Helper],
    shared: Sequence[tuple[Participant, Sequence[Grant]]],
) -> Iterator[Any]:
    """The rows of a plan's consents, and what those who have not answered are told."""
    givers = _givers(owner, helpers, setting.today)
    given = setting.recipe.given
    answered = {Given.NONE: [], Given.HALF: givers[1:]}.get(given, givers)
    for person_id, helper in answered:
        made = _consent(setting, person_id, helper, ConsentKind.PLAN_IS_MADE)
        told = _consent(setting, person_id, helper, ConsentKind.INFORMATION_IS_SHARED)
        yield made
        yield told
        yield from covers(setting, told, shared)
    if setting.plan.state is PlanState.AWAITING_CONSENT:
        waiting = givers[:1] if given is Given.HALF else givers
        for person_id, _helper in waiting:
            yield Notice(
                plan_id=setting.plan.id,
                person_id=person_id,
                kind=NoticeKind.CONSENT_WANTED,
                at=setting.at - timedelta(days=5),
            )


def _givers(
    owner: Registered, helpers: Sequence[Helper], today: date
) -> list[tuple[str, Helper | None]]:
    """Everyone who has to consent: parents of a child, a representative, else the owner alone."""
    if years(owner[1].born, today) >= USUAL_OWN_CONSENT_AGE:
        by_right = [one for one in helpers if one.kind is AuthorityKind.LEGAL_GUARDIAN]
        if not by_right:
            return [(owner[0].id, None)]
        return [(one.person_id, one) for one in by_right]
    return [(one.person_id, one) for one in helpers]


def _consent(setting: Setting, person_id: str, helper: Helper | None, kind: ConsentKind) -> Consent:
    given, words = setting.recipe.given, setting.words
    begins, ends = TERMS.get(given, USUAL_TERM)
    if setting.recipe.state is PlanState.ARCHIVED:
        begins, ends = -420, -60
    row = Consent(
        id=new_id(),
        plan_id=setting.plan.id,
        kind=kind,
        giver_id=person_id,
        capacity=ConsentCapacity.OWNER if helper is None else CAPACITIES[helper.kind],
        authority_id=None if helper is None else helper.authority_id,
        text_id=setting.text_id,
        method=METHODS.get(given, ConsentMethod.DIGITAL),
        note={Given.PAPER: words.on_paper, Given.ORAL: words.orally}.get(given, ""),
        starts_on=setting.today + timedelta(days=begins),
        ends_on=setting.today + timedelta(days=ends),
        given_at=setting.at + timedelta(days=begins),
        recorded_by_id=setting.recorder_id if given in METHODS else None,
    )
    is_shared = kind is ConsentKind.INFORMATION_IS_SHARED
    if given is Given.WITHDRAWN or (given is Given.RESET and is_shared):
        row.withdrawn_at = setting.at - timedelta(days=ENDED_BEFORE)
        row.withdrawn_reason = BY_GIVER if given is Given.WITHDRAWN else words.reset
    return row


def covers(
    setting: Setting, consent: Consent, shared: Sequence[tuple[Participant, Sequence[Grant]]]
) -> Iterator[ConsentCover]:
    """Each participant's sections; where the recipe says so, those of the service they act for."""
    seen: set[tuple[str, str]] = set()
    for participant, grants in shared:
        to_service = Mark.TO_SERVICES in setting.recipe.marks and participant.unit_id is not None
        whom = str(participant.unit_id if to_service else participant.id)
        for grant in grants:
            if (whom, grant.section) in seen:
                continue
            seen.add((whom, grant.section))
            yield ConsentCover(
                plan_id=setting.plan.id,
                consent_id=consent.id,
                participant_id=None if to_service else participant.id,
                unit_id=participant.unit_id if to_service else None,
                section=grant.section,
                level=grant.level,
            )
