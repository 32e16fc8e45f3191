"""What is written in the demonstration's plans, with its history, as its theme has it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.columns import new_id
from app.demonstration.plan_forms import fillings
from app.demonstration.plan_texts import Aim, Deed, Theme
from app.enums import EntryKind, EntryStatus, PlanState, Section
from app.models import Participant, Plan, PlanEntry
from app.set_up_tables import TemplateVersion
from app.side_tables import PlanEntryVersion
from app.templating.contents import parsed

STATUSES = (EntryStatus.ONGOING, EntryStatus.PLANNED, EntryStatus.ONGOING, EntryStatus.REACHED)


@dataclass
class Writing:
    """Writes the pieces of one plan. ``number`` makes dates and states differ between plans."""

    plan: Plan
    participants: Sequence[Participant]
    sections: Sequence[str]
    at: datetime
    today: date
    number: int
    template: TemplateVersion | None = None
    rows: list[Any] = field(default_factory=list)

    def write(self, theme: Theme) -> list[Any]:
        """All that a theme holds, in the order of the plan; a draft has got no further than the
        owner's own words."""
        self._about(theme)
        if self.plan.state is PlanState.DRAFT:
            return self.rows
        for title, body in theme.mapping:
            self._entry(Section.MAPPING, EntryKind.MAPPING, title, body)
        for aim in theme.aims:
            self._aim(aim)
        for place, text in enumerate(theme.comments):
            writers = [self.plan.coordinator_id, *(one.person_id for one in self.participants)]
            writer = writers[(self.number + place) % len(writers)]
            self._entry(Section.COMMENTS, EntryKind.COMMENT, "", text, writer, days=place + 1)
        self._meeting(theme)
        if theme.sub_plan is not None and str(Section.SUB_PLANS) in self.sections:
            title, service, body = theme.sub_plan
            self._entry(
                Section.SUB_PLANS, EntryKind.SUB_PLAN, title, body, details={"service": service}
            )
        return self.rows

    def _about(self, theme: Theme) -> None:
        """The owner's own words: in the forms of the template where the plan has one."""
        if self.template is None:
            for title, body in theme.about:
                self._entry(Section.ABOUT_ME, EntryKind.ABOUT, title, body, self.plan.owner_id)
            return
        for section, values in fillings(parsed(self.template), theme):
            details = {
                "section": section.key,
                "names": section.names.by_language,
                "version": self.template.id,
                "values": values,
                "earlier": [],
            }
            author = self.plan.owner_id if section.part is Section.ABOUT_ME else None
            title = section.names.nb
            self._entry(section.part, EntryKind.FORM, title, "", author, details=details)

    def _aim(self, aim: Aim) -> None:
        goal = self._entry(
            Section.GOALS,
            EntryKind.GOAL,
            aim.title,
            aim.shown_by,
            status=EntryStatus.ONGOING,
            deadline_on=self.today + timedelta(days=120 + self.number),
        )
        for place, deed in enumerate(aim.deeds):
            self._deed(goal, deed, place)

    def _deed(self, goal: PlanEntry, deed: Deed, place: int) -> None:
        """An activity; its deadline is past in some plans, soon in others, far off in most."""
        status = STATUSES[(self.number + place) % len(STATUSES)]
        activity = self._entry(
            Section.ACTIVITIES,
            EntryKind.ACTIVITY,
            deed.title,
            deed.how,
            parent_id=goal.id,
            status=status,
            deadline_on=self.today + timedelta(days=(self.number * 17 + place * 40) % 150 - 12),
            details={"scope": deed.much},
        )
        if self.participants:
            chosen = self.participants[-1 - place % len(self.participants)]
            activity.responsible_id = chosen.id
        else:
            activity.details = {"scope": deed.much, "responsible": "coordinator"}
        if deed.evaluated:
            day = (self.today - timedelta(days=25)).isoformat()
            self._entry(
                Section.ACTIVITIES,
                EntryKind.EVALUATION,
                "",
                deed.evaluated,
                activity.responsible_id and self._person(activity.responsible_id),
                parent_id=activity.id,
                details={"date": day, "done": "yes", "helped": "partly"},
            )

    def _person(self, participant_id: str) -> str:
        return next(one.person_id for one in self.participants if one.id == participant_id)

    def _meeting(self, theme: Theme) -> None:
        held = self.today - timedelta(days=40 + self.number % 30)
        self._entry(
            Section.MEETINGS,
            EntryKind.MEETING,
            "Ansvarsgruppe",
            theme.minutes,
            details={"date": held.isoformat(), "time": "14.30", "agenda": theme.agenda},
        )

    def _entry(
        self,
        section: Section,
        kind: EntryKind,
        title: str,
        body: str,
        author_id: str | None = None,
        *,
        days: int = 60,
        **values: Any,
    ) -> PlanEntry:
        """A piece and its first version, written so many days ago; a closed plan's before that."""
        at = self.at - timedelta(days=days)
        if self.plan.closed_at is not None:
            at = self.plan.closed_at - timedelta(days=days)
        row = PlanEntry(
            id=new_id(),
            plan_id=self.plan.id,
            section=section,
            kind=kind,
            title=title,
            body=body,
            position=len(self.rows),
            author_id=author_id or self.plan.coordinator_id,
            created_at=at,
            changed_at=at,
            **({"details": {}} | values),
        )
        self.rows.append(row)
        return row


def first_versions(rows: Sequence[PlanEntry]) -> Iterator[PlanEntryVersion]:
    """What each piece was when it was first saved."""
    for row in rows:
        details = dict(row.details)
        responsible = details.pop("responsible", None)
        yield PlanEntryVersion(
            plan_id=row.plan_id,
            entry_id=row.id,
            number=1,
            values={
                "title": row.title,
                "body": row.body,
                "details": details,
                "status": row.status and str(row.status),
                "deadline_on": row.deadline_on and row.deadline_on.isoformat(),
                "responsible": row.responsible_id or responsible,
            },
            author_id=row.author_id,
            at=row.created_at,
        )
