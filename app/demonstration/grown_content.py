"""What is written in the plans of a municipality that is grown, over the years, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.columns import new_id
from app.demonstration.grown_shapes import Shape
from app.demonstration.plan_content import STATUSES, first_versions
from app.demonstration.plan_texts import Aim, Theme
from app.demonstration.plans import Moment
from app.enums import EntryKind, PlanState, Section
from app.models import Plan, PlanEntry
from app.side_tables import PlanEntryVersion

HALF_YEAR, BETWEEN_MEETINGS, NEVER_EVALUATED = 182, 150, 0.3
ANSWERS = ("yes", "yes", "partly", "no", "too_early")
Row = PlanEntry | PlanEntryVersion


@dataclass
class Writing:
    """Writes one plan. ``helpers`` are (participant's id, person's id) of those who take part."""

    plan: Plan
    shape: Shape
    helpers: Sequence[tuple[str, str]]
    moment: Moment
    draw: Random
    rows: list[Row] = field(default_factory=list)
    position: int = 0

    def write(self, sections: Sequence[str]) -> list[Row]:
        """All that a theme holds, spread over the life of the plan, and what was said since."""
        theme = self.shape.recipe.theme
        for title, body in theme.about:
            self._piece(Section.ABOUT_ME, EntryKind.ABOUT, title, body, self.plan.owner_id)
        if self.plan.state is PlanState.DRAFT:
            return self.rows
        for title, body in theme.mapping[:1]:
            self._piece(Section.MAPPING, EntryKind.MAPPING, title, body)
        for aim in theme.aims[: self.draw.randint(1, 2)]:
            self._aim(aim)
        self._comments(theme)
        self._meetings(theme)
        if theme.sub_plan is not None and str(Section.SUB_PLANS) in sections:
            title, service, body = theme.sub_plan
            details = {"service": service}
            self._piece(Section.SUB_PLANS, EntryKind.SUB_PLAN, title, body, details=details)
        return self.rows

    def _aim(self, aim: Aim) -> None:
        goal = self._piece(
            Section.GOALS,
            EntryKind.GOAL,
            aim.title,
            aim.shown_by,
            status=self.draw.choice(STATUSES),
            deadline_on=self.moment.day(self.draw.randint(-60, 300)),
        )
        self._revise(goal)
        for deed in aim.deeds[:2]:
            responsible, person = self._helper()
            activity = self._piece(
                Section.ACTIVITIES,
                EntryKind.ACTIVITY,
                deed.title,
                deed.how,
                parent_id=goal.id,
                status=self.draw.choice(STATUSES),
                deadline_on=self.moment.day(self.draw.randint(-90, 200)),
                responsible_id=responsible,
                details={"scope": deed.much},
            )
            self._revise(activity)
            self._evaluations(activity, deed.evaluated or aim.shown_by, person)

    def _evaluations(self, activity: PlanEntry, text: str, person_id: str) -> None:
        """Twice a year, where anybody evaluates at all."""
        if self.draw.random() < NEVER_EVALUATED:
            return
        for day in range(self.shape.started - HALF_YEAR, self.shape.quiet, -HALF_YEAR):
            answer = self.draw.choice(ANSWERS)
            details = {
                "date": self.moment.day(-day).isoformat(),
                "done": answer,
                "helped": answer,
            }
            self._piece(
                Section.ACTIVITIES,
                EntryKind.EVALUATION,
                "",
                text,
                person_id,
                days=day,
                parent_id=activity.id,
                details=details,
            )

    def _comments(self, theme: Theme) -> None:
        for place in range(self.draw.randint(0, 4)):
            text = theme.comments[place % len(theme.comments)]
            _id, person = self._helper()
            days = self.shape.quiet if place == 0 else None
            self._piece(Section.COMMENTS, EntryKind.COMMENT, "", text, person, days=days)

    def _meetings(self, theme: Theme) -> None:
        every = self.draw.choice((BETWEEN_MEETINGS, BETWEEN_MEETINGS * 2, 2_000))
        for day in range(self.shape.started - 30, self.shape.quiet, -every):
            details = {
                "date": self.moment.day(-day).isoformat(),
                "time": "14.30",
                "agenda": theme.agenda,
            }
            self._piece(
                Section.MEETINGS,
                EntryKind.MEETING,
                "Ansvarsgruppe",
                theme.minutes,
                days=day,
                details=details,
            )

    # --- rows ------------------------------------------------------------------------------------

    def _helper(self) -> tuple[str | None, str]:
        """Somebody who takes part; the coordinator where nobody does, and half of the time."""
        if not self.helpers or self.draw.random() < 0.5:
            return None, self.plan.coordinator_id
        return self.draw.choice(self.helpers)

    def _at(self, days: int | None) -> datetime:
        """So many days ago, or some day of the plan's life."""
        if days is None:
            days = self.draw.randint(self.shape.quiet, self.shape.started - 1)
        return self.moment.before(days)

    def _piece(
        self,
        section: Section,
        kind: EntryKind,
        title: str,
        body: str,
        author_id: str | None = None,
        *,
        days: int | None = None,
        **values: Any,
    ) -> PlanEntry:
        at = self._at(days)
        row = PlanEntry(
            id=new_id(),
            plan_id=self.plan.id,
            section=section,
            kind=kind,
            title=title,
            body=body,
            position=self.position,
            author_id=author_id or self.plan.coordinator_id,
            created_at=at,
            changed_at=at,
            **({"details": {}} | values),
        )
        self.position += 1
        self.rows += [row, *first_versions([row])]
        return row

    def _revise(self, entry: PlanEntry) -> None:
        """Some later versions of a piece that was just written, each by somebody."""
        first, quiet = self.rows[-1], self.moment.before(self.shape.quiet)
        for number in range(2, 2 + self.draw.randint(0, 2)):
            left = (quiet - entry.changed_at).days
            if left < 1:
                return
            entry.changed_at += timedelta(days=self.draw.randint(1, left))
            _id, person = self._helper()
            values = first.values if isinstance(first, PlanEntryVersion) else {}
            self.rows.append(
                PlanEntryVersion(
                    plan_id=entry.plan_id,
                    entry_id=entry.id,
                    number=number,
                    values=values,
                    author_id=person,
                    at=entry.changed_at,
                )
            )
