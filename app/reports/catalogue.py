"""Every report: what it is called, what it counts, what it leaves out, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from app.reports import other_counts, plan_counts
from app.reports.counted import Counted
from app.security.actor import Actor

YEARS = 3
"""For so many calendar years one may ask: this one and those before."""

OPEN_PLANS = _l("Plans in Samvev that are not closed, as they stand on the day.")
NO_CLOSED = _l("Closed and archived plans, which stand in the report of new and closed plans.")
NOTHING = _l("Nothing.")


@dataclass(frozen=True)
class Report:
    """One report: fixed groups of the whole that its reader keeps the overview of.

    ``is_yearly`` ones are about one calendar year; ``is_whole`` ones about the municipality as a
    whole, and not for an administrator of a part.
    """

    key: str
    title: Any
    about: Any
    rows: Any
    counted: Any
    count: Callable[..., Counted]
    source: Any = OPEN_PLANS
    left_out: Any = NO_CLOSED
    is_yearly: bool = False
    is_whole: bool = False

    def ask(self, actor: Actor, on: date, year: int) -> Counted:
        """What it counts for the actor on a day in Norway."""
        return self.count(actor, on, year) if self.is_yearly else self.count(actor, on)


@dataclass(frozen=True)
class Shelf:
    """Reports under one heading."""

    heading: Any
    reports: Sequence[Report]


_PLANS = _l("Plans")
SHELVES: tuple[Shelf, ...] = (
    Shelf(
        _l("Which plans there are"),
        (
            Report(
                "kinds",
                _l("Plans by kind and state"),
                _l("How many plans there are of each kind, and how far they have come."),
                _l("Kind of plan"),
                _PLANS,
                plan_counts.kinds,
            ),
            Report(
                "units",
                _l("Plans by unit"),
                _l("How many plans belong to each unit, with all below it."),
                _l("Unit"),
                _PLANS,
                plan_counts.units,
                left_out=_l(
                    "Closed and archived plans. The unit of an owner whose address is protected"
                    " is not told; the plan is counted on the last line."
                ),
            ),
            Report(
                "ages",
                _l("Plans by the owner's age"),
                _l("How many plans there are for owners of each age."),
                _l("Age"),
                _PLANS,
                plan_counts.ages,
            ),
            Report(
                "months",
                _l("New and closed plans"),
                _l("How many plans were started and closed in each of the last 24 whole months."),
                _l("Month"),
                _PLANS,
                other_counts.months,
                source=_l("All plans in Samvev, by the day they were started and closed."),
                left_out=_l("The month that is not over. A plan that was reopened is not closed."),
            ),
            Report(
                "moves",
                _l("Transfers between municipalities"),
                _l("How many plans are or were on their way to and from other municipalities."),
                _l("How far it has come"),
                _PLANS,
                other_counts.moves,
                source=_l("Transfers in Samvev, from the first on."),
                left_out=NOTHING,
            ),
        ),
    ),
    Shelf(
        _l("How the plans stand"),
        (
            Report(
                "consents",
                _l("Consents"),
                _l("How many plans have valid consent, and for how long."),
                _l("Consent"),
                _PLANS,
                plan_counts.consents,
            ),
            Report(
                "evaluations",
                _l("Evaluations"),
                _l("How many plans are to be evaluated, and how many should have been."),
                _l("Next evaluation"),
                _PLANS,
                plan_counts.evaluations,
            ),
            Report(
                "activities",
                _l("Overdue activities"),
                _l("How many plans have activities that are past their deadline."),
                _l("Activities"),
                _PLANS,
                plan_counts.activities,
                left_out=_l(
                    "Closed and archived plans. Plans are counted, not activities: many activities"
                    " may be one person's."
                ),
            ),
            Report(
                "meetings",
                _l("Meetings"),
                _l("How many meetings were held for each plan in a calendar year."),
                _l("Meetings"),
                _PLANS,
                plan_counts.meetings,
                is_yearly=True,
            ),
            Report(
                "decisions",
                _l("Decisions"),
                _l("What was decided about the plans: the last decision that is recorded."),
                _l("Decision"),
                _PLANS,
                plan_counts.decisions,
            ),
            Report(
                "meter",
                _l("The legal meter"),
                _l(
                    "How many of four points of the law the individual plans meet: participants,"
                    " coordinator, activities and consents. The page of each plan says all nine."
                ),
                _l("Points met"),
                _PLANS,
                plan_counts.meter,
                source=_l("Individual plans in Samvev that are not closed."),
                left_out=_l("Other kinds of plans, and plans that are closed or archived."),
            ),
        ),
    ),
    Shelf(
        _l("Those who take part"),
        (
            Report(
                "coordinators",
                _l("Plans for each coordinator"),
                _l("How many coordinators have few plans, and how many have many."),
                _l("Load"),
                _l("Coordinators"),
                other_counts.loads,
                source=_l("Plans that are not closed, and those who hold the coordinator's role."),
                left_out=_l("Names, which stand in the overview of key roles."),
            ),
            Report(
                "owners",
                _l("Participation of owners"),
                _l("When the owner, or somebody who decides for the owner, was last in the plan."),
                _l("Last in the plan"),
                _PLANS,
                plan_counts.owners,
            ),
            Report(
                "writers",
                _l("Who writes in the plans"),
                _l(
                    "How much of what was saved in each plan in the last 12 months was the"
                    " coordinator's, and how much others wrote."
                ),
                _l("Who has written"),
                _PLANS,
                plan_counts.writers,
            ),
            Report(
                "waiting",
                _l("Waiting times"),
                _l("How long plans that were started in a calendar year waited."),
                _l("What was waited for"),
                _PLANS,
                other_counts.waits,
                is_yearly=True,
                source=_l("Plans started in the year, their first consent, and the log."),
                left_out=_l(
                    "Plans that still wait. A median is told from 5 plans on, quartiles from 20,"
                    " in whole weeks."
                ),
            ),
            Report(
                "logins",
                _l("Logins in use"),
                _l("When those who have a role in the municipality last signed in."),
                _l("Last signed in"),
                _l("Logins"),
                other_counts.logins,
                source=_l("Logins with a role on the day."),
                left_out=_l("Logins without a role on the day."),
            ),
            Report(
                "duplicates",
                _l("Duplicates"),
                _l("How many pairs of persons who may be one were found, and what was answered."),
                _l("Answer"),
                _l("Pairs"),
                other_counts.duplicates,
                source=_l("The queue of possible duplicates."),
                left_out=_l("Logins, participants, plans and units that are kept twice."),
                is_whole=True,
            ),
        ),
    ),
)
REPORTS: dict[str, Report] = {one.key: one for shelf in SHELVES for one in shelf.reports}
