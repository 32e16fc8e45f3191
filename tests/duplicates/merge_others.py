"""What others do in a municipality while persons are merged and separated there."""

from datetime import timedelta
from typing import Any

from sqlalchemy import inspect, or_, select

from app.columns import new_id
from app.duplicates import answering
from app.enums import (
    ConsentCapacity,
    ConsentKind,
    Level,
    PairState,
    ProtectionGrade,
    Role,
    Section,
)
from app.models import (
    Authority,
    Consent,
    ConsentCover,
    DuplicatePair,
    Grant,
    Membership,
    Participant,
    Plan,
    WithheldSection,
)
from app.people import protection
from tests.duplicates.merge_world import MergeTown


class Others:
    """Everybody but the two clerks: each call does one thing, drawn at random, and says what."""

    def __init__(self, town: MergeTown) -> None:
        self.town, self.random = town, town.random
        self.at: Any = None
        self.near: list[str] = []
        """Who was merged last: most of what is done is about them and their plans."""

    def work(self) -> str:
        """Do one thing; what it was, nothing where there was nothing to do it with."""
        self.town.at = self.town.at.replace(microsecond=0)
        self.at = self.town.clerk().at
        what = self.random.choice(
            [
                *(self._end(one) for one in (Participant, Grant, Authority, Membership)),
                self._withdraw,
                self._write,
                self._consent,
                self._grant,
                self._add_participant,
                self._give_role,
                self._state_authority,
                self._withhold,
                self._protect,
                self._keep_apart,
            ]
        )
        said = what()
        self.town.session.flush()
        return said

    # --- drawing ---------------------------------------------------------------------------------

    def _one(self, model: type[Any], *conditions: Any) -> Any:
        """A row of a table, drawn at random; None when there is none."""
        found = select(model).where(*conditions).order_by(model.id)
        rows: Any = []
        if self.near and self.random.random() < 0.7:
            rows = self.town.session.scalars(found.where(self._is_near(model))).all()
        rows = rows or self.town.session.scalars(found).all()
        if model is Membership:
            rows = [one for one in rows if one.account_id in self.town.accounts]
        return self.random.choice(rows) if rows else None

    def _is_near(self, model: Any) -> Any:
        names = ("person_id", "owner_id", "coordinator_id", "holder_id", "first_id", "second_id")
        theirs = [getattr(model, one).in_(self.near) for one in names if hasattr(model, one)]
        if hasattr(model, "plan_id") or model is Plan:
            of_plan = or_(Plan.owner_id.in_(self.near), Plan.coordinator_id.in_(self.near))
            taking_part = select(Participant.plan_id).where(Participant.person_id.in_(self.near))
            column = model.id if model is Plan else model.plan_id
            theirs += [column.in_(select(Plan.id).where(of_plan)), column.in_(taking_part)]
        return or_(*theirs)

    def _person(self) -> str:
        """Somebody in use."""
        in_use = self.town.in_use()
        near = [one for one in in_use if one in self.near]
        return self.random.choice(near if near and self.random.random() < 0.7 else in_use)

    def _open(self, model: type[Any]) -> Any:
        """A row that nobody has ended."""
        return self._one(model, model.ended_at.is_(None))

    def _again(self, row: Any, **values: Any) -> Any:
        """A new row like one that there is."""
        names = [c.key for c in inspect(type(row)).column_attrs if c.key not in ("id", "version")]
        kept = {name: getattr(row, name) for name in names}
        new = type(row)(**(kept | {"id": new_id()} | values))
        self.town.session.add(new)
        self.town.session.flush()
        return new

    # --- ending ----------------------------------------------------------------------------------

    def _end(self, model: type[Any]) -> Any:
        def end() -> str:
            if row := self._open(model):
                row.ended_at = self.at
            return f"ended {model.__tablename__}"

        return end

    def _withdraw(self) -> str:
        if row := self._one(Consent, Consent.withdrawn_at.is_(None)):
            row.withdrawn_at = max(self.at, row.given_at)
        return "withdrawn"

    def _write(self) -> str:
        if row := self._one(Plan):
            row.needs = "noe nytt"
        return "wrote"

    def _withhold(self) -> str:
        if row := self._open(Authority):
            values = {"section": self.random.choice(list(Section)), "reason": "ønske"}
            self.town.session.add(WithheldSection(authority_id=row.id, since=self.at, **values))
        return "withheld"

    # --- giving ----------------------------------------------------------------------------------

    def _consent(self) -> str:
        """The owner, or who acts for them, consents to all that participants are given."""
        plan, like = self._one(Plan), self._one(Consent)
        if plan is None or like is None:
            return "nobody consents"
        by = self._one(Authority, Authority.owner_id == plan.owner_id, Authority.ended_at.is_(None))
        by = self.random.choice([by, None])
        capacity = ConsentCapacity.OWNER
        if by is not None:
            is_parent = by.kind.value == "parental_responsibility"
            capacity = ConsentCapacity.GUARDIAN if is_parent else ConsentCapacity.REPRESENTATIVE
        given = self._again(
            like,
            plan_id=plan.id,
            kind=ConsentKind.INFORMATION_IS_SHARED,
            giver_id=plan.owner_id if by is None else by.holder_id,
            capacity=capacity,
            authority_id=by and by.id,
            given_at=self.at,
            withdrawn_at=None,
            starts_on=self.town.on,
            ends_on=self.town.on + timedelta(days=300),
        )
        who = Participant.plan_id == plan.id, Participant.ended_at.is_(None)
        for one in self.town.session.scalars(select(Participant).where(*who)):
            for section in self.random.sample(list(Section), 3):
                cover = {"participant_id": one.id, "section": section, "level": Level.WRITE}
                self.town.session.add(ConsentCover(plan_id=plan.id, consent_id=given.id, **cover))
        return "consented"

    def _grant(self) -> str:
        """Another level than before, of a part that a participant has."""
        old = self._open(Grant)
        if old is None:
            return "nobody is given anything"
        old.ended_at = self.at
        self.town.session.flush()
        level = self.random.choice([Level.READ, Level.COMMENT, Level.WRITE])
        self._again(old, level=level, given_at=self.at, ended_at=None)
        return "granted"

    def _add_participant(self) -> str:
        like, person_id = self._one(Participant), self._person()
        if like is None:
            return "nobody takes part"
        plan = self.town.session.get_one(Plan, like.plan_id)
        theirs = (Participant.plan_id == plan.id, Participant.person_id == person_id)
        known = self._one(Participant, *theirs, Participant.ended_at.is_(None))
        if known is None and person_id not in (plan.owner_id, plan.coordinator_id):
            new = self._again(like, person_id=person_id, added_at=self.at, ended_at=None)
            self.town.session.add(
                Grant(
                    plan_id=plan.id,
                    participant_id=new.id,
                    section=Section.GOALS,
                    level=Level.WRITE,
                    starts_on=self.town.on,
                    given_at=self.at,
                )
            )
        return "takes part"

    def _give_role(self) -> str:
        # Who is out of use is given none.
        in_use = Membership.person_id.in_(self.town.in_use())
        if like := self._one(Membership, Membership.ended_at.is_(None), in_use):
            role = self.random.choice([Role.COORDINATOR, Role.PARTICIPANT])
            self._again(like, role=role, created_at=self.at)
        return "has a role"

    def _state_authority(self) -> str:
        like, owner_id = self._open(Authority), self._person()
        if like is not None and owner_id != like.holder_id:
            self._again(like, owner_id=owner_id, stated_at=self.at)
        return "acts for"

    # --- persons ---------------------------------------------------------------------------------

    def _protect(self) -> str:
        person = self.town.person(self._person())
        grade = self.random.choice([*ProtectionGrade, ProtectionGrade.CONFIDENTIAL])
        facts = protection.ProtectionFacts(grade, self.town.on)
        protection.protect(self.town.clerk(), person, facts)
        return "protected"

    def _keep_apart(self) -> str:
        pair = self._one(DuplicatePair, DuplicatePair.state == PairState.OPEN)
        if pair is not None:
            values = {"note": "naboer", "version": pair.version, "at": self.at}
            answering.answer(self.town.clerk(), pair, PairState.NOT_SAME, **values)
        return "kept apart"
