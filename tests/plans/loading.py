"""What must be read together with a row of a plan, so that access to it can be decided afterwards.

Access is found through the plan and all that belongs to it. A row that leaves its session, as rows
of the matrix do, takes all of that along.
"""

from sqlalchemy.orm import selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app.models import Authority, Consent, Introduction, Participant, Plan, PlanEntry, Pulse
from app.side_tables import Handover, Notice

OF_PLAN = (Consent, Handover, Introduction, Notice, Participant, PlanEntry, Pulse)


def whole(model: type) -> list[_AbstractLoad]:
    """The loader options for all that ``policy.decide`` asks of a row of ``model``."""
    if model is Plan:
        return [_part(*path) for path in PATHS]
    if model in OF_PLAN:
        of_plan = [selectinload(model.plan).options(_part(*path)) for path in PATHS]
        return of_plan + ([_part(*path) for path in OF_ENTRY] if model is PlanEntry else [])
    return []


PATHS = (
    (Plan.owner,),
    (Plan.unit,),
    (Plan.age_rules,),
    (Plan.stand_ins,),
    (Plan.emergencies,),
    (Plan.authorities, Authority.withheld),
    (Plan.participants, Participant.grants),
    (Plan.consents, Consent.covers),
    (Plan.consents, Consent.authority),
)

OF_ENTRY = ((PlanEntry.responsible,), (PlanEntry.parent, PlanEntry.responsible))


def _part(*path: object) -> _AbstractLoad:
    first, *rest = path
    option = selectinload(first)
    for one in rest:
        option = option.selectinload(one)
    return option
