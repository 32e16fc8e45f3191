"""A plan with a word of its own in every text that it keeps, and who may come upon which of them.

A word is found again in any answer by ``words_in``. A table of plans with a text column that no
word is planted in is told of by a test, so that the next column is not forgotten.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import JSON, Enum, String

from app.clock import today, utc_now
from app.db import db
from app.enums import (
    ConsentKind,
    DecisionKind,
    EntryKind,
    Level,
    NoticeKind,
    PlanState,
    Role,
    Section,
)
from app.files import storage
from app.models import (
    PLAN_TABLES,
    AgeRule,
    Authority,
    ConsentText,
    Membership,
    Participant,
    Plan,
    PlanEntry,
    PlanType,
    StandardRole,
)
from app.set_up_tables import StandardRoleVersion, Template, TemplateVersion
from app.side_tables import EntryDraft, PlanDecision, PlanEntryVersion
from tests.plans import garden
from tests.plans.move_rows import moved
from tests.world import Place, World

MARK = "hegrefjell"
WORD = re.compile(rf"{MARK}-([a-z0-9_.]+)-ord", re.I)
SHARED_WITH_LARER = (Section.ACTIVITIES, Section.COMMENTS)
OPEN_TO_GUARDIAN = Section.GOALS
ABOUT_NO_PLAN = (
    PlanType,
    AgeRule,
    ConsentText,
    StandardRole,
    StandardRoleVersion,
    Template,
    TemplateVersion,
)
NOT_TEXTS = {
    f"{table}.{name}"
    for table in ("consent", "move_consent")
    for name in ("scan_key", "scan_type", "sections")
} | {
    "entry_draft.place",
    "incoming_plan.sections",
    "plan_move.sections",
    "plan_move.sent_sections",
    "tidied_plan.before",
    "tidied_plan.left_because",
}
"""A random name, a type of file, ids, days and codes, and names of sections."""


def word(name: str) -> str:
    """The word of this name."""
    return f"{MARK}-{name}-ord"


def words_in(text: str) -> set[str]:
    """The names of the words in a text; one that was cut off counts as ``cut``."""
    found = {name.lower() for name in WORD.findall(text)}
    return found | ({"cut"} if MARK in WORD.sub("", text).lower() else set())


def all_of(data: bytes, headers: Any) -> str:
    """An answer's body and headers as text; of a workbook, what is in it."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(data)) as workbook:
            data = b"".join(map(workbook.read, workbook.namelist()))
    return data.decode("utf-8", "replace") + str(headers)


@dataclass
class Wood:
    """The plan ``open``, the one before it, ``closed``, and the ids of what is in them."""

    place: Place
    owner: str
    plans: dict[str, str] = field(default_factory=dict)
    participants: dict[str, str] = field(default_factory=dict)
    consents: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    handover: str = ""
    notice: str = ""
    decision: str = ""
    authority: str = ""

    @property
    def ids(self) -> set[str]:
        """Every id that tells that there is such a plan."""
        named = (self.plans, self.participants, self.consents, self.entries)
        return {one for ids in named for one in ids.values()} | {self.handover, self.decision}


def plant(world: World) -> Wood:
    """Make both plans; call within an application context.

    The owner is 14 and foresatt the parent, from whom all but the goals is kept. larer takes part
    with two sections. planeier took part with all of them, until the participation was ended and
    the consent withdrawn. utgatt is a coordinator by now, of other plans, and asked to take over.
    """
    place = world.strandvik
    with garden.planting(place):
        owner = garden.person(place, "eier", "Ola", garden.born(14))
        by = garden.authority(owner.id, place.persons["foresatt"], ground=word("authority.ground"))
        for section in set(Section) - {OPEN_TO_GUARDIAN}:
            garden.withhold(by, section, reason=word("withheld_section.reason"))
        wood = Wood(place, owner.id, authority=by.id)
        _make_plans(wood)
        _write(wood, world.accounts["koordinator.strandvik"])
        plan = db.session.get_one(Plan, wood.plans["open"])
        _let_in(wood, plan, by)
        _tell(wood, plan)
        _give_role(world, "utgatt")
    return wood


def _make_plans(wood: Wood) -> None:
    coordinator = wood.place.persons["koordinator.strandvik"]
    texts = {name: word(f"plan.{name}") for name in ("needs", "resources", "cooperation")}
    closed = {"state": PlanState.CLOSED, "closed_reason": word("plan.closed_reason")}
    for name, values in (("closed", closed), ("open", texts)):
        wood.plans[name] = garden.make_plan(wood.owner, coordinator, **values).id


def _write(wood: Wood, account_id: int) -> None:
    """In each section what stands there, what was thrown away, what it was before, and what
    somebody has begun to write."""
    plan = db.session.get_one(Plan, wood.plans["open"])
    for section in garden.KINDS:
        parent = wood.entries.get("goals") if section is Section.ACTIVITIES else None
        row = garden.entry(
            plan,
            section,
            word(f"plan_entry.body.{section}"),
            title=word(f"plan_entry.title.{section}"),
            details=_details(section),
            author_id=plan.coordinator_id,
            parent_id=parent,
        )
        wood.entries[str(section)] = row.id
        binned = garden.entry(
            plan, section, word(f"plan_entry.body.binned.{section}"), deleted_at=utc_now()
        )
        wood.entries[f"binned {section}"] = binned.id
        _versions_and_draft(plan, row, account_id)
    goal, comment = wood.entries["goals"], wood.entries["comments"]
    garden.entry(
        plan,
        Section.GOALS,
        word("plan_entry.body.evaluation.goals"),
        kind=EntryKind.EVALUATION,
        parent_id=goal,
        details={"date": "2026-11-01", "done": "partly", "helped": "partly"},
    )
    db.session.get_one(PlanEntry, comment).parent_id = wood.entries["meetings"]


def _details(section: Section) -> dict[str, Any]:
    if section is Section.DOCUMENTS:
        data = b"%PDF-1.7\n" + word("plan_entry.details.documents").encode()
        return {"file": {"key": storage.keep(data), "type": "application/pdf", "size": len(data)}}
    names = {
        Section.MEETINGS: ("agenda", "place", "present"),
        Section.ACTIVITIES: ("scope",),
        Section.SUB_PLANS: ("service",),
    }
    return {one: word(f"plan_entry.details.{one}.{section}") for one in names.get(section, ())}


def _versions_and_draft(plan: Plan, row: PlanEntry, account_id: int) -> None:
    text = word(f"plan_entry_version.values.{row.section}")
    for number, body in ((1, text), (2, f"{text} og mer")):
        values = {"title": row.title, "body": body, "details": row.details}
        of = {"plan_id": plan.id, "entry_id": row.id, "number": number}
        db.session.add(PlanEntryVersion(**of, values=values, at=utc_now()))
    db.session.add(
        EntryDraft(
            account_id=account_id,
            place=f"{plan.id}:entry:{row.id}",
            values={"title": "x", "body": word(f"entry_draft.values.{row.section}")},
            saved_at=utc_now(),
        )
    )


def _let_in(wood: Wood, plan: Plan, by: Authority) -> None:
    """larer with two sections in both plans, and planeier, who has all behind."""
    garden.consent(plan, by, note=word("consent.note"))
    for name, one in wood.plans.items():
        at = db.session.get_one(Plan, one)
        row = _participant(at, wood.place.persons["larer"], "larer")
        _share(wood, name, at, by, row, SHARED_WITH_LARER)
        wood.participants[f"{name} larer"] = row.id
    former = _participant(plan, wood.place.persons["planeier"], "former")
    given = _share(wood, "former", plan, by, former, tuple(Section))
    given.withdrawn_at, given.withdrawn_reason = utc_now(), word("consent.withdrawn_reason")
    former.ended_at, former.ended_reason = utc_now(), word("participant.ended_reason")
    wood.participants["former"] = former.id


def _participant(plan: Plan, person_id: str, name: str) -> Participant:
    return garden.add_participant(
        plan,
        person_id,
        function=word(f"participant.function.{name}"),
        contribution=word(f"participant.contribution.{name}"),
    )


def _share(wood, name, plan, by, row, sections):  # type: ignore[no-untyped-def]
    for section in sections:
        garden.grant(row, section, Level.WRITE)
    data = b"%PDF-1.7\n" + word("consent.scan").encode()
    given = garden.consent(
        plan,
        by,
        [(row, section, Level.WRITE) for section in sections],
        note=word("consent.note"),
        scan_key=storage.keep(data),
        scan_type="application/pdf",
    )
    assert given.kind is ConsentKind.INFORMATION_IS_SHARED
    wood.consents[name] = given.id
    return given


def _tell(wood: Wood, plan: Plan) -> None:
    """What stands beside the content: decisions, an offer, an emergency that is over, notices."""
    persons = wood.place.persons
    decision = PlanDecision(
        plan_id=plan.id,
        kind=DecisionKind.INDIVIDUAL_DECISION,
        what=word("plan_decision.what"),
        legal_ground=word("plan_decision.legal_ground"),
        decided_on=today(),
        recorded_at=utc_now(),
    )
    db.session.add(decision)
    db.session.flush()
    wood.decision = decision.id
    by = db.session.get_one(Authority, wood.authority)
    moved(plan, by, persons["utgatt"], text=word("{}"))
    wood.handover = garden.handover(plan, persons["utgatt"], note=word("handover.note")).id
    ended = utc_now() - timedelta(seconds=10)
    reason = word("emergency_access.reason")
    garden.emergency(plan, persons["lokal.strandvik"], reason=reason, ended_at=ended)
    for name in ("koordinator.strandvik", "planeier"):
        text = word(f"notice.text.{name}")
        wood.notice = garden.notice(plan, persons[name], NoticeKind.CHANGE_WANTED, text=text).id


def _give_role(world: World, username: str) -> None:
    db.session.add(
        Membership(
            account_id=world.accounts[username],
            person_id=world.strandvik.persons[username],
            role=Role.COORDINATOR,
            starts_on=garden.yesterday(),
            created_at=utc_now(),
        )
    )


# --- is every text among them --------------------------------------------------------------------


def text_columns() -> Iterator[tuple[Any, str]]:
    """Each column of a table about one plan that holds what somebody wrote: model and name."""
    for model in PLAN_TABLES:
        for column in model.__table__.c:
            is_text = isinstance(column.type, String | JSON) and not isinstance(column.type, Enum)
            name = f"{model.__tablename__}.{column.name}"
            if model not in ABOUT_NO_PLAN and is_text and name not in NOT_TEXTS:
                yield model, column.name
