"""Persons and pairs made by hand, for tests of what reviewers see and answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today, utc_now
from app.db import db, transaction
from app.duplicate_tables import DuplicatePair
from app.enums import MatchBand, PairState
from app.models import ApiToken, AuditEvent, Person
from app.people import operations as people
from app.security.actor import acting_as, operator
from app.security.keys import secret_hash
from tests.world import Place

BORN = date(1979, 3, 14)
FINDINGS = [
    ["birth_date", "birth_same", 9.0],
    ["given_name", "given_same", 5.0],
    ["phone", "phone_same", 11.0],
    ["address", "address_differs", -1.0],
    ["together", "date_and_contact", 2.0],
]
ANSWERED = (PairState.NOT_SAME, PairState.LATER, PairState.MERGED)


@dataclass(frozen=True)
class Pairing:
    """Makes persons and pairs in one municipality, each in a context of its own."""

    app: Flask
    place: Place

    @contextmanager
    def _at_work(self) -> Iterator[Session]:
        with (
            self.app.app_context(),
            acting_as(db.session(), operator(self.place.id)),
            transaction() as session,
        ):
            yield session

    def register(
        self, given: str, family: str, born: date | None = BORN, number: str = "", **more: Any
    ) -> str:
        """A person; the id."""
        with self._at_work():
            person = people.register(
                operator(self.place.id),
                people.PersonFacts(given, family, born, **more),
                national_id_text=number,
                is_confirmed=True,
                at=utc_now(),
                today=today(),
            )
            return person.id

    def claim(self, person_id: str, number: str) -> None:
        """Let a number be given with a person though it is another's."""
        with self._at_work() as session:
            people.keep_claimed_id(session.get_one(Person, person_id), number)

    def shield(self, person_id: str) -> None:
        """Let where the person is be protected."""
        with self._at_work() as session:
            person = session.get_one(Person, person_id)
            person.is_shielded, person.address, person.postcode = True, None, None

    def pair(
        self,
        one: str,
        other: str,
        *,
        score: float = 20.0,
        band: MatchBand = MatchBand.CERTAIN,
        state: PairState = PairState.OPEN,
        found_at: datetime | None = None,
        **more: Any,
    ) -> str:
        """A pair of two persons; the id."""
        first, second = sorted((one, other))
        if state in ANSWERED:
            more.setdefault("answered_at", utc_now())
        with self._at_work() as session:
            row = DuplicatePair(
                first_id=first,
                second_id=second,
                score=score,
                band=band,
                state=state,
                findings=more.pop("findings", FINDINGS),
                facts=b"0" * 16,
                found_at=found_at or utc_now() - timedelta(hours=1),
                **more,
            )
            session.add(row)
            session.flush()
            return row.id

    def two(self, name: str, **more: Any) -> str:
        """A pair of two persons of one name; the pair's id."""
        persons = [self.register("Kari", name, phone=f"+479200000{n}") for n in (1, 2)]
        return self.pair(*persons, **more)

    def load(self, pair_id: str) -> DuplicatePair:
        """The pair as it is now."""
        with self._at_work() as session:
            row = session.get_one(DuplicatePair, pair_id, populate_existing=True)
            _ = row.first, row.second
            session.expunge_all()
        return row

    def token(self, account_id: int) -> str:
        """The secret of a bearer token that may write."""
        secret = f"samvev_{uuid4()}"
        with self._at_work() as session:
            session.add(
                ApiToken(
                    account_id=account_id,
                    municipality_id=self.place.id,
                    name="review",
                    secret_hash=secret_hash(secret),
                    may_write=True,
                    made_at=utc_now(),
                    expires_at=utc_now() + timedelta(days=1),
                )
            )
        return secret

    def told(self, action: str) -> list[str | None]:
        """The ids of the records that events of this kind are about."""
        with self._at_work() as session:
            found = select(AuditEvent.object_id).where(AuditEvent.action == action)
            return list(session.scalars(found))
