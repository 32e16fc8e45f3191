"""A template, a standard role and plans in one transaction, on which anything is done in any order.

For ``set_up_machine``: what is done here is done by the operations, as the local
administrator or the coordinator, and undone at the end.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Capability, EntryKind, FieldKind, Level, PlanKind, PlanState, Reach, Section
from app.errors import DomainError
from app.jobs import role_publishing
from app.models import Participant, Person, Plan, PlanEntry, StandardRole
from app.plans import (
    content,
    form_entries,
    history,
    participation,
    role_answers,
    role_proposals,
    starting,
    template_moves,
    template_proposals,
)
from app.security.actor import acting_as, find_actor
from app.set_up_tables import Template
from app.side_tables import BulkChange
from app.templating import (
    exports,
    file_reading,
    imports,
    pieces,
    role_drafts,
    standard_roles,
    template_drafts,
    template_queries,
    templates,
    versions,
)
from app.templating.contents import parsed
from app.templating.file_content import as_text
from app.templating.file_content import pieces as read_pieces
from app.templating.imports import Choice
from app.templating.pieces import Address
from app.templating.template_check import checklist
from tests.plans import form_world, garden
from tests.plans.role_scenes import content as role_content
from tests.plans.role_scenes import in_use, numbers

KIND = PlanKind.DEVELOPMENT_PLAN
PARTS = (Section.GOALS, Section.ACTIVITIES, Section.COMMENTS, Section.MAPPING)
LEVELS = (Level.NONE, Level.READ, Level.WRITE)
TAKERS = ("larer", "other", "utgatt")
ALL_KINDS = form_world.FIRST["sections"][0]["fields"]


class Undone(Exception):
    """Ends the transaction of an example."""


def said(name: str) -> dict[str, str]:
    """A text in both written languages."""
    return {"nb": name, "nn": name}


def first() -> dict[str, Any]:
    """What the template says first: all kinds of fields, and ready for publishing."""
    mapping = form_world.section("skole", "mapping", *ALL_KINDS, helps=said("Hjelp"))
    about = form_world.section("om", "about_me", form_world.field("hilsen"), helps=said("Hjelp"))
    return {
        "kind": str(KIND),
        "names": said(f"Mal {next(numbers)}"),
        "descriptions": said("En mal"),
        "sections": [mapping, about],
        "goals": [{"names": said("Et mål")}],
    }


@dataclass
class Scene:
    """What there is. ``texts`` are those written in templates, ``filled`` what was written in each
    form by field, and ``consented`` what the owners consented to for each participant."""

    world: Any
    random: Random
    texts: list[str] = field(default_factory=list)
    filled: dict[str, dict[str, Any]] = field(default_factory=dict)
    consented: dict[str, dict[Section, int]] = field(default_factory=dict)
    answered: str | None = None
    number: int = 0

    def open(self) -> None:
        """Begin the transaction, and plant a template, a role and a plan made from them."""
        self.stack, self.at = ExitStack(), utc_now()
        place = self.place = self.world.strandvik
        self.local, self.coordinator = (
            find_actor(db.session(), self.world.accounts[one], place.id, self.at)
            for one in ("lokal.strandvik", "koordinator.strandvik")
        )
        self.stack.enter_context(acting_as(db.session(), self.local))
        self.unit_of_work = transaction()
        self.unit_of_work.__enter__()
        head, _versions = form_world.template(first(), key=f"m{next(numbers)}")
        self.templates = [head]
        self.roles = [in_use(f"Rolle {next(numbers)}").id]
        self.plans: list[str] = []
        self.start(self.template())
        self.join(self.plan(), self.role())
        self.fill(self.plan())

    def close(self) -> None:
        """Undo everything."""
        with suppress(Undone):
            self.unit_of_work.__exit__(Undone, Undone(), None)
        self.stack.close()

    def token(self) -> str:
        """A word that nobody has written before."""
        self.number += 1
        return f"ord{self.number}x"

    def template(self) -> Template:
        """One of the templates."""
        return db.session.get_one(Template, self.random.choice(self.templates))

    def role(self) -> StandardRole:
        """One of the standard roles."""
        return db.session.get_one(StandardRole, self.random.choice(self.roles))

    def plan(self) -> Plan:
        """One of the plans."""
        return db.session.get_one(Plan, self.random.choice(self.plans))

    @contextmanager
    def doing(self) -> Iterator[None]:
        """One thing. What is refused changes nothing."""
        self.at = utc_now()
        with suppress(DomainError), db.session.begin_nested():
            yield
            db.session.flush()
        db.session.expire_all()

    # --- templates -------------------------------------------------------------------------------

    def write(self, row: Template) -> None:
        """Add a section, a field or a goal to the draft."""
        name, what = self.token(), self.random.choice(["goals", "sections", "field", "field"])
        with self.doing():
            sections = templates.begin_draft(self.local, row).content["sections"]
            facts: dict[str, Any] = {"names": said(name)}
            if what == "sections":
                facts |= {"part": str(self.random.choice(PARTS[:2])), "helps": said("Hjelp")}
            elif what == "field" and sections:
                what = f"sections/{self.random.choice(sections)['key']}/fields"
                like = self.random.choice(ALL_KINDS)
                facts = {**{key: one for key, one in like.items() if key != "key"}, **facts}
            elif what == "field":
                return
            template_drafts.add(self.local, row, Address.read(what), facts)
            self.texts.append(name)

    def remove(self, row: Template) -> None:
        """Take a section or a field out of the draft."""
        with self.doing():
            draft = template_drafts.needed(self.local, row)
            if draft.content.sections:
                section = self.random.choice(draft.content.sections)
                at = f"sections/{section.key}"
                if section.fields and self.random.random() < 0.7:
                    at += f"/fields/{self.random.choice(section.fields).key}"
                seen = pieces.mark(pieces.find(draft.content, Address.read(at)), "")
                template_drafts.remove(self.local, row, Address.read(at), seen=seen, at=self.at)

    def retype(self, row: Template) -> None:
        """Let a field of the draft be of another kind, and be called something else."""
        with self.doing():
            draft = template_drafts.needed(self.local, row)
            found = list(draft.content.fields)
            if not found:
                return
            section, one = self.random.choice(found)
            address = Address.read(f"sections/{section.key}/fields/{one.key}")
            name, like = self.token(), self.random.choice(ALL_KINDS)
            facts = {"names": said(name), "kind": like["kind"]}
            facts |= {key: like.get(key, []) for key in ("choices", "columns")}
            seen = pieces.mark(one, address.list_name)
            template_drafts.change(self.local, row, address, facts, seen=seen, at=self.at)
            # What it was called in the draft was written over by the one who wrote it.
            self.texts = [text for text in self.texts if text != one.names.nb] + [name]

    def publish(self, row: Template) -> None:
        """Publish the draft, if all of its checklist lets it be."""
        with self.doing():
            draft = template_drafts.needed(self.local, row)
            checks = checklist(draft.content, template_queries.surroundings(row, row.kind))
            templates.publish(self.local, row, checks, version=draft.version, at=self.at)

    def copy(self, row: Template) -> None:
        """Copy a template."""
        made = []
        with self.doing():
            made = [templates.copy(self.local, row).id]
        self.templates += made

    def retire(self, row: Template) -> None:
        """Take a template out of use."""
        with self.doing():
            templates.retire(self.local, row, at=self.at)

    def restore(self, row: Template) -> None:
        """Take it back into use."""
        with self.doing():
            templates.restore(self.local, row)

    def take_up(self, row: Template) -> None:
        """Let the draft say what an earlier version says."""
        with self.doing():
            draft = versions.draft(row)
            seen = "" if draft is None else str(draft.version)
            number = self.random.randint(1, row.number or 1)
            was = templates.take_up(self.local, row, number, version=seen)
            template_drafts.note(self.local, row, template_drafts.REPLACED, was, at=self.at)

    def undo(self, row: Template) -> None:
        """Undo what was done last in drafts."""
        with self.doing():
            found = select(BulkChange.id).order_by(BulkChange.id.desc()).limit(1)
            pk = db.session.scalar(found.where(BulkChange.undone_at.is_(None))) or ""
            written_over = self._written_over(row, pk)
            template_drafts.undo(self.local, row, pk, at=self.at)
            self.texts = [text for text in self.texts if text != written_over]

    @staticmethod
    def _written_over(row: Template, pk: str) -> str | None:
        """What a piece is called now, where undoing gives it its earlier name back."""
        done = db.session.get(BulkChange, pk) if pk else None
        if done is None or done.action != template_drafts.CHANGED:
            return None
        draft = versions.draft(row)
        if draft is None or done.rows[0]["id"] != row.id:
            return None
        content = templates.read(draft)
        piece = pieces.find(content, Address.read(done.rows[0]["before"]["at"]))
        return str(piece.names.nb)

    def propose(self, row: Template) -> None:
        """Tell the coordinators of a newer version."""
        with self.doing():
            template_proposals.propose(self.local, row, at=self.at)

    def take_out_and_in(self, head: Template | StandardRole) -> None:
        """Export, and import what was exported: it says the same, and is a draft."""
        made: list[Any] = []
        with self.doing():
            file = exports.one(self.local, head)
            assert file is not None
            read = file_reading.read(as_text(file, "https://example.org/schema").encode())
            assert [one.content for one in read_pieces(read)] == [
                one.content for one in read_pieces(file)
            ]
            line = imports.lines(self.local, read)[0]
            may = [one for one in line.choices if one is not Choice.LEAVE_OUT]
            # What puts another's draft away is done by nobody who has seen it.
            may = [one for one in may if one is Choice.ADD or not line.has_draft]
            chosen = {0: self.random.choice(may)}
            made = imports.take_in(self.local, read, chosen, at=self.at)
        for one in made:
            known = self.templates if isinstance(one, Template) else self.roles
            known += [] if one.id in known else [one.id]

    # --- standard roles --------------------------------------------------------------------------

    def edit_role(self, role: StandardRole) -> None:
        """Save other levels as the draft."""
        levels = {part: self.random.choice(LEVELS) for part in self.random.sample(PARTS, 3)}
        able = self.random.sample(list(Capability), self.random.randint(0, 2))
        with self.doing():
            plain = role_content("x", levels, capabilities=tuple(able))
            wanted = plain.model_copy(update={"names": standard_roles.latest(role).names})
            version = standard_roles.draft_version(role)
            standard_roles.save(self.local, role, wanted, version=version, at=self.at)

    def publish_role(self, role: StandardRole, reach: Reach | None = None) -> None:
        """Publish it, for new ones or for all."""
        reach = reach or self.random.choice([Reach.NEW_ONLY, Reach.ALL_EXISTING])
        with self.doing():
            version = standard_roles.draft_version(role)
            role_publishing.publish(self.local, role, reach, version=version, at=self.at)

    def release_role(self, role: StandardRole) -> None:
        """Save other levels, and publish them for all at once."""
        self.edit_role(role)
        self.publish_role(role, Reach.ALL_EXISTING)

    def turn_role(self, role: StandardRole) -> None:
        """Copy, retire, restore, reset, or let the draft say something earlier."""
        seen = {"version": standard_roles.draft_version(role), "at": self.at}
        act: Callable[[], Any] = self.random.choice(
            [
                lambda: standard_roles.retire(self.local, role, at=self.at),
                lambda: standard_roles.restore(self.local, role),
                lambda: role_drafts.reset(self.local, role, **seen),
                lambda: role_drafts.use_again(self.local, role, 1, **seen),
                lambda: role_drafts.throw_away(self.local, role, **seen),
                lambda: standard_roles.copy(self.local, role),
            ]
        )
        made = None
        with self.doing():
            made = act()
        if isinstance(made, StandardRole):
            self.roles.append(made.id)

    # --- plans -----------------------------------------------------------------------------------

    def start(self, row: Template) -> None:
        """Start a plan of somebody of age from a template, if it is in use."""
        owner = garden.person(self.place, f"of {next(numbers)}", "Eier", garden.born(40)).id
        made = []
        with self.doing():
            facts = starting.StartFacts(kind=KIND, owner_id=owner, template_id=row.id)
            made = [starting.start(self.coordinator, facts, at=self.at).id]
        for pk in made:
            plan = db.session.get_one(Plan, pk)
            plan.state = PlanState.ACTIVE
            garden.consent(plan)
        self.plans += made

    def move(self, plan: Plan) -> None:
        """Move a plan to another version of its template, later or earlier."""
        with self.doing():
            to = self.random.choice(template_moves.versions_for(plan))
            now = plan.template_version_id
            template_moves.move(self.coordinator, plan, to.id, was=now, at=self.at)

    def fill(self, plan: Plan) -> None:
        """Fill in a form of the plan's template, or write one of its fields anew."""
        asked = parsed(template_moves.version_of(plan)).sections
        if not asked:
            return
        section = self.random.choice(asked)
        rows = select(PlanEntry).where(PlanEntry.plan_id == plan.id)
        forms = db.session.scalars(rows.where(PlanEntry.kind == EntryKind.FORM)).all()
        entry = next((one for one in forms if one.details["section"] == section.key), None)
        if entry is not None and entry.section is not section.part:
            return
        details = entry.details if entry is not None else {"section": section.key}
        kind = form_entries.filling_in(plan, section.part, details)
        if not kind.about.section.fields:
            return
        values = dict(kind.about.values)
        most = min(1 if entry else 3, len(kind.about.section.fields))
        fields = self.random.sample(kind.about.section.fields, most)
        written = {one.key: self.answer(one) for one in fields}
        data = form_entries.filled(kind.about.section, values | written)
        facts = kind(formdata=None, data=data).facts
        known = dict(self.filled.get(entry.id, {})) if entry is not None else {}
        for key in written:
            # Only what stood whole in the field was written over.
            known = {k: v for k, v in known.items() if v != values.get(key) or k[0] != key}
        with self.doing():
            if entry is None:
                entry = content.add(self.coordinator, plan, EntryKind.FORM, facts, at=self.at)
            else:
                number = history.last_number(entry)
                content.save(self.coordinator, entry, facts, number=number, at=self.at)
            new = {(key, self.token()): value for key, value in written.items()}
            self.filled[entry.id] = known | new

    def answer(self, one: Any) -> Any:
        """Something to write in a field."""
        texts = {FieldKind.SHORT_TEXT, FieldKind.LONG_TEXT}
        if one.kind in texts:
            return self.token()
        self.number += 1
        return {
            FieldKind.CHOICE: lambda: self.random.choice(one.choices).key,
            FieldKind.DATE: lambda: "2026-09-01",
            FieldKind.NUMBER: lambda: str(self.number),
            FieldKind.PERSON: lambda: {"name": self.token()},
            FieldKind.TABLE: lambda: [{column.key: self.token() for column in one.columns}],
        }[one.kind]()

    def join(self, plan: Plan, role: StandardRole) -> None:
        """Let somebody take part, with a standard role, and the owner consent to what it gives."""
        person = db.session.get_one(Person, self.place.persons[self.random.choice(TAKERS)])
        made = []
        with self.doing():
            terms = participation.Terms("lærer", None, role, today(), None)
            made = [participation.add(self.coordinator, plan, person, terms, at=self.at)]
        for one in made:
            grants = [grant for grant in one.grants if grant.ended_at is None]
            garden.consent(plan, None, [(one, grant.section, grant.level) for grant in grants])
            self.consented[one.id] = {grant.section: grant.level.rank for grant in grants}

    def answer_proposal(self, _plan: Plan) -> None:
        """Say yes or no to what is proposed for somebody in any of the plans."""
        waiting = sorted(one for pk in self.plans for one in role_proposals.open_in(pk))
        if not waiting:
            return
        one = db.session.get_one(Participant, self.random.choice(waiting))
        proposal = role_proposals.open_one(one)
        assert proposal is not None
        is_yes = self.random.random() < 0.5
        with self.doing():
            role_answers.answer(self.coordinator, one, proposal.id, accepted=is_yes, at=self.at)
            self.answered = one.id if is_yes else None
