"""Consents of the plans of a municipality that is grown: one a year from each who must give it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from app.columns import new_id
from app.consent.ending import BY_GIVER
from app.demonstration.grown_shapes import Shape
from app.demonstration.plan_consents import CAPACITIES, METHODS, Helper, Setting, covers
from app.demonstration.plan_recipes import Given
from app.enums import ConsentCapacity, ConsentKind, ConsentMethod
from app.models import Consent, ConsentCover, Grant, Participant

Giver = tuple[str, Helper | None]
YEAR = 365
BEGUN_AFTER = 3


def years_of_consents(
    setting: Setting,
    shape: Shape,
    givers: Sequence[Giver],
    shared: Sequence[tuple[Participant, Sequence[Grant]]],
) -> Iterator[Consent | ConsentCover]:
    """Every year's consents that the plan is made and that information is shared; who sees what is
    in the newest."""
    given = shape.recipe.given
    answered = {Given.NONE: [], Given.HALF: givers[1:]}.get(given, list(givers))
    for giver in answered:
        terms = _terms(shape)
        for begins in terms:
            is_last = begins == terms[-1]
            for kind in ConsentKind:
                row = _consent(setting, giver, kind, begins)
                if is_last:
                    _end(setting, shape, row, begins)
                yield row
                if is_last and kind is ConsentKind.INFORMATION_IS_SHARED:
                    yield from covers(setting, row, shared)


def _terms(shape: Shape) -> list[int]:
    """The first days of the years, in days from today; who did not renew has one fewer."""
    first, last = BEGUN_AFTER - shape.started, -(shape.closed or 0)
    found = list(range(first, max(last, first + 1), YEAR))
    return found[:-1] if shape.recipe.given is Given.EXPIRED and len(found) > 1 else found


def _consent(setting: Setting, giver: Giver, kind: ConsentKind, begins: int) -> Consent:
    person_id, helper = giver
    given, words = setting.recipe.given, setting.words
    return Consent(
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
        ends_on=setting.today + timedelta(days=begins + YEAR),
        given_at=setting.at + timedelta(days=begins),
        recorded_by_id=setting.recorder_id if given in METHODS else None,
    )


def _end(setting: Setting, shape: Shape, row: Consent, begins: int) -> None:
    """What was withdrawn, or reset for all, some days before the plan went quiet."""
    given = shape.recipe.given
    is_shared = row.kind is ConsentKind.INFORMATION_IS_SHARED
    if given is Given.WITHDRAWN or (given is Given.RESET and is_shared):
        row.withdrawn_at = setting.at - timedelta(days=min(shape.quiet, -begins))
        row.withdrawn_reason = BY_GIVER if given is Given.WITHDRAWN else setting.words.reset
