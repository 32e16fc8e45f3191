"""Registering persons, correcting what is registered, taking out of use, finding by national id.

Address protection is in ``protection``, the import of a file in ``imports``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, exists, or_, select

from app.columns import new_id
from app.db import db
from app.enums import Language
from app.errors import DomainError, OutOfReach
from app.merged_ids import kept_id
from app.models import Person, Plan, Unit
from app.people import national_id
from app.people.contact import tells_place
from app.people.keyring import keyring
from app.people.names import search_form, tidy
from app.people.national_id_words import OF_PROBLEM
from app.security import policy, scope, tenancy
from app.security.actor import Actor
from app.security.roles import Action

LONGEST_REASON = 500


class KnownNationalId(DomainError):
    """Another person in the municipality is registered with this national id."""

    message = _l("A person with this national id is registered already.")


class KnownExternalId(DomainError):
    """Another person in the municipality has this id of another system."""

    message = _l("A person with this id in another system is registered already.")


class ReasonNeeded(DomainError):
    """A person is retired for a reason that later readers can understand."""

    status = 422
    message = _l("Write why the person is retired.")


class BirthInFuture(DomainError):
    """Nobody is born after today."""

    status = 422
    message = _l("The birth date is in the future.")


class InOpenPlan(DomainError):
    """An open plan is about the person, or coordinated by them."""

    message = _l(
        "This person owns or coordinates a plan that is open. Close the plan or hand it over first."
    )


class SyntheticNationalId(DomainError):
    """A synthetic national id was sent to an installation with real persons."""

    status = 422
    message = OF_PROBLEM[national_id.Problem.SYNTHETIC]


class PlaceIsProtected(DomainError):
    """The unit of a shielded person changes with the protection alone."""

    message = _l("The address of this person is protected, and is changed on its own page.")


class MovedSince(DomainError):
    """Somebody has moved the person again, so the move can't be undone."""

    message = _l("Was moved again in the meantime.")


class WasMerged(DomainError):
    """A merged person comes back by undoing the merge alone."""

    message = _l(
        "This person was merged with another and can't be brought back by itself. Undo the merge."
    )


class DoubtfulNationalId(DomainError):
    """The national id has the wrong form or check digits, and nobody confirmed it."""

    status = 422

    def __init__(self, doubts: Iterable[national_id.Problem], *, field: str) -> None:
        advice = _("Check the number, and tick the box below to use it all the same.")
        super().__init__(" ".join([*(str(OF_PROBLEM[one]) for one in doubts), advice]), field=field)


@dataclass(frozen=True)
class PersonFacts:
    """What is registered about a person, apart from the address under protection."""

    given_name: str
    family_name: str
    birth_date: date | None = None
    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    postcode: str | None = None
    language: Language | None = None
    unit_id: str | None = None


def facts_of(person: Person) -> PersonFacts:
    """What is registered about a person now, to be changed in part."""
    return PersonFacts(**{field.name: getattr(person, field.name) for field in fields(PersonFacts)})


def register(
    actor: Actor,
    facts: PersonFacts,
    *,
    national_id_text: str | None = None,
    is_confirmed: bool = False,
    at: datetime,
    today: date,
) -> Person:
    """Register a new person in the actor's municipality.

    ``is_confirmed`` says that the user has seen the warning about the national id.

    Raises:
        BirthInFuture: born after ``today``.
        DoubtfulNationalId: wrong form or check digits, and not confirmed.
        SyntheticNationalId: a synthetic number, where real persons are registered.
        KnownNationalId: the number is another person's.
        KnownExternalId: so is the id of another system.
    """
    person = Person(
        id=new_id(), municipality_id=actor.municipality_id, created_at=at, is_shielded=False
    )
    put_facts(person, facts, today=today)
    set_national_id(person, national_id_text, is_confirmed=is_confirmed, today=today)
    db.session.add(person)
    return person


def put_facts(person: Person, facts: PersonFacts, *, today: date) -> None:
    """Put facts on a person.

    Raises:
        BirthInFuture: born after ``today``.
        KnownExternalId: the id of another system is another person's.
    """
    if facts.birth_date is not None and facts.birth_date > today:
        raise BirthInFuture(field="birth_date")
    write_facts(person, facts)
    _refuse_taken_external_id(person)


def write_facts(person: Person, facts: PersonFacts) -> None:
    """Put facts on a person whose id of another system was looked up already.

    What could tell where a shielded person is (address, unit, a landline number) is neither set
    nor emptied here: it is not in the form, and changes with the protection alone.
    """
    person.given_name = tidy(facts.given_name)
    person.family_name = tidy(facts.family_name)
    person.search_family = search_form(person.family_name, person.given_name)
    person.search_given = search_form(person.given_name, person.family_name)
    person.birth_date = facts.birth_date
    person.email = facts.email
    person.language = facts.language
    if not (person.is_shielded and facts.phone is None and tells_place(person.phone)):
        person.phone = facts.phone
    if not person.is_shielded:
        person.unit_id = facts.unit_id
        person.address = facts.address
        person.postcode = facts.postcode
    person.external_id = facts.external_id


def set_national_id(person: Person, text: str | None, *, is_confirmed: bool, today: date) -> None:
    """Keep a national id encrypted, with its keyed hash; empty text removes it.

    Raises:
        SyntheticNationalId: a synthetic number, where real persons are registered.
        DoubtfulNationalId: wrong form or check digits, and not confirmed.
        KnownNationalId: the number is another person's in the municipality.
    """
    digits = national_id.normalise(text or "")
    person.claimed_id_cipher = None
    if not digits:
        person.national_id_cipher = person.national_id_hash = None
        person.national_id_is_doubtful = False
        return
    doubts = doubts_about(digits, today=today)
    if national_id.Problem.SYNTHETIC in doubts:
        raise SyntheticNationalId(field="national_id")
    if doubts and not is_confirmed:
        raise DoubtfulNationalId(doubts, field="national_id")
    digest = national_id_hash(digits)
    if _is_taken(Person.national_id_hash == digest, but=person.id):
        raise KnownNationalId(field="national_id")
    keep_national_id(person, digits, digest, is_doubtful=bool(doubts))


def keep_national_id(person: Person, digits: str, digest: str, *, is_doubtful: bool) -> None:
    """Put a checked number and its hash on a person who may have it."""
    if person.national_id_hash != digest:
        person.national_id_cipher = keyring().encrypt(digits)
        person.national_id_hash = digest
    person.national_id_is_doubtful = is_doubtful


def read_claimed_id(person: Person) -> str | None:
    """The national id that was given with the person though it is another's, 11 digits."""
    cipher = person.claimed_id_cipher
    return keyring().decrypt(cipher) if cipher is not None else None


def keep_claimed_id(person: Person, digits: str) -> None:
    """Keep a number that another person has, to compare the two by; nobody is found by it."""
    person.claimed_id_cipher = keyring().encrypt(digits)


def national_id_hash(digits: str) -> str:
    """What stands for a number in the database, so that it can be found without being shown."""
    return keyring().keyed_hash("national id", digits)


def doubts_about(digits: str, *, today: date) -> tuple[national_id.Problem, ...]:
    """What is odd about the number; a synthetic one only where real persons are registered."""
    found = national_id.examine(digits, today=today)
    return found.doubts(synthetic_allowed=allows_synthetic())


def allows_synthetic() -> bool:
    """Whether synthetic national ids may be registered in this installation."""
    return bool(current_app.config["SAMVEV"].allows_synthetic_ids)


def _refuse_taken_external_id(person: Person) -> None:
    if person.external_id is not None and _is_taken(
        Person.external_id == person.external_id, but=person.id
    ):
        raise KnownExternalId(field="external_id")


def _is_taken(condition: ColumnElement[bool], *, but: str) -> bool:
    """Whether another person of the municipality meets ``condition``, who is in use or was merged
    into one: a number that somebody had before is still theirs."""
    here = Person.municipality_id == tenancy.current_scope().municipality_id
    in_use = exists(
        select(Person.id).where(here, condition, Person.retired_at.is_(None), Person.id != but)
    )
    # Asked apart, so that each has an index of its own.
    merged = select(Person.id).where(here, condition, Person.merged_into_id.is_not(None))
    with db.session.no_autoflush:
        if db.session.scalar(select(in_use)):
            return True
        return any(kept_id(one) != but for one in db.session.scalars(merged).all())


def read_national_id(person: Person) -> str | None:
    """The national id in clear; the caller writes the showing to the audit log."""
    cipher = person.national_id_cipher
    return None if cipher is None else keyring().decrypt(cipher)


def find_by_national_id(actor: Actor, text: str) -> Person | None:
    """The person with this national id among those that ``actor`` may see, one in use first."""
    digits = national_id.normalise(text)
    if not digits:
        return None
    found: Person | None = db.session.scalar(
        scope.rows(actor, Person, Action.SHOW)
        .where(Person.national_id_hash == national_id_hash(digits))
        .order_by(Person.retired_at.is_not(None), Person.id.desc())
        .limit(1)
    )
    return found


def require_movable(actor: Actor, person: Person) -> None:
    """Refuse to move a person whom ``move`` would refuse to move anywhere.

    Raises:
        NotFound, NotAllowed: ``actor`` may not change the person.
        PlaceIsProtected: the person is shielded.
    """
    policy.require(actor, Action.EDIT, person)
    if person.is_shielded:
        raise PlaceIsProtected


def move(actor: Actor, person: Person, unit: Unit | None) -> None:
    """Let a person belong to another unit, or to none.

    Raises:
        NotFound, NotAllowed: ``actor`` may not change the person, or not choose the unit.
        PlaceIsProtected: the person is shielded.
        OutOfReach: the actor would not see the person there.
    """
    require_movable(actor, person)
    if unit is not None:
        policy.require(actor, Action.CHOOSE, unit)
    person.unit_id = unit.id if unit is not None else None
    db.session.flush()
    db.session.expire(person, ["unit"])
    if not policy.decide(actor, Action.SHOW, person):
        raise OutOfReach


def retire(actor: Actor, person: Person, *, reason: str | None, at: datetime) -> None:
    """Take a person out of use at ``at`` (UTC), and keep why.

    Raises:
        ReasonNeeded: no reason was written.
        InOpenPlan: a plan would lose its owner or its coordinator.
    """
    policy.require(actor, Action.RETIRE, person)
    why = tidy(reason or "")
    if not why:
        raise ReasonNeeded(field="reason")
    if has_open_plan(person):
        raise InOpenPlan
    person.retired_at = at
    person.retired_reason = why[:LONGEST_REASON]


def has_open_plan(person: Person) -> bool:
    """Whether an open plan is about the person, or coordinated by them."""
    is_theirs = or_(Plan.owner_id == person.id, Plan.coordinator_id == person.id)
    found = select(Plan.id).where(
        Plan.municipality_id == person.municipality_id, is_theirs, Plan.closed_at.is_(None)
    )
    return db.session.scalar(found.limit(1)) is not None


def restore(actor: Actor, person: Person) -> None:
    """Bring a person back into use.

    Raises:
        WasMerged: all they had is another's by now.
        KnownNationalId: somebody registered since has the same national id.
        KnownExternalId: or the same id of another system.
    """
    policy.require(actor, Action.RESTORE, person)
    if person.merged_into_id is not None:
        raise WasMerged
    if person.national_id_hash is not None and _is_taken(
        Person.national_id_hash == person.national_id_hash, but=person.id
    ):
        raise KnownNationalId
    _refuse_taken_external_id(person)
    person.retired_at = person.retired_reason = None
