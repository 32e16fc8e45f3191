"""The last day that the owner's side has set for one part of the plan: pure over grants in memory.

Nothing is kept of it but the grant that ends: it was given by somebody who decides for the owner,
since nobody of the owner's side gives anything but an earlier end.
"""

from datetime import date

from app.enums import Section
from app.models import Participant


def owners_end(participant: Participant, section: Section) -> date | None:
    """The day, exclusive, after which a part takes new consent; None where none is set.

    Whatever was given longer since then was consented to anew, or the end was undone.
    """
    plan = participant.plan
    deciders = {plan.owner_id, *(one.holder_id for one in plan.authorities)}
    found: date | None = None
    for grant in sorted(participant.grants, key=lambda one: (one.given_at, one.id)):
        if grant.section is not section:
            continue
        if found is not None and (grant.ends_on is None or grant.ends_on > found):
            found = None
        if grant.ends_on is not None and grant.given_by_id in deciders:
            found = grant.ends_on
    return found


def is_past(end: date | None, on: date) -> bool:
    """Whether an end has been reached."""
    return end is not None and end <= on
