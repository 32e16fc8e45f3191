"""Keys of persons: made with a key of the installation, and in step with every change."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from app.clock import today, utc_now
from app.columns import new_id
from app.db import db, transaction
from app.duplicates import index, scanning
from app.duplicates.record import record_of
from app.enums import ProtectionGrade
from app.errors import TenantViolation
from app.models import DuplicatePair, MatchKey, MatchState, Person, Unit
from app.people import operations as people
from app.people import protection
from app.people.names import search_form
from app.people.national_id import synthetic
from app.security import derived, tenancy
from app.security.actor import acting_as, operator
from app.security.keys import Keyring
from tests.duplicates.conftest import BORN, registered

NUMBER = synthetic(BORN, 7)


def keys_kept(person):
    found = select(MatchKey.key).where(MatchKey.person_id == person.id)
    return sorted(db.session.scalars(found))


def keys_due(person):
    return index.hashes(person.municipality_id).keys(record_of(index.facts_of(person)))


def state_of(person):
    db.session.expire_all()
    return db.session.get(MatchState, (person.municipality_id, person.id))


def test_a_new_person_has_the_keys_of_its_facts(here):
    person = registered(here, "Arnvid", "Bergland", national_id=NUMBER, phone="+4790554433")

    state = state_of(person)
    assert index.facts_of(person).national_id == NUMBER
    assert keys_kept(person) == keys_due(person) == index.unpacked(state.keys)
    assert state.digest == index.hashes(here.municipality_id).digest_of(person)
    assert state.scanned_digest is None


def test_a_change_of_what_is_compared_changes_the_keys_and_no_other_change_does(here):
    person = registered(here, "Aslaug", "Kvalvåg")
    before, state = keys_kept(person), state_of(person).digest

    with transaction():
        person.language = None
        person.external_id = "K-1"
    assert (keys_kept(person), state_of(person).digest) == (before, state)

    with transaction():
        facts = replace(people.facts_of(person), family_name="Solhaug", email="as@example.no")
        people.put_facts(person, facts, today=today())

    assert keys_kept(person) == keys_due(person) != before
    assert set(keys_kept(person)) & set(before), "keys of the birth date stay"
    assert state_of(person).digest != state


def test_a_person_out_of_use_has_no_keys_until_they_are_back(here):
    person = registered(here, "Torgeir", "Vindenes")
    before = keys_kept(person)

    with transaction():
        people.retire(here, person, reason="Flyttet", at=utc_now())
    retired = (keys_kept(person), state_of(person).keys)
    with transaction():
        people.restore(here, person)

    assert retired == ([], b"")
    assert keys_kept(person) == before


def test_what_is_undone_leaves_no_keys(here):
    class Undone(Exception):
        pass

    person = registered(here, "Ingeborg", "Tveit")
    before = keys_kept(person)

    def rename():
        with transaction():
            person.family_name = "Lunde"
            db.session.flush()
            assert keys_kept(person) != before
            raise Undone

    with pytest.raises(Undone):
        rename()

    assert keys_kept(person) == before


def test_where_a_shielded_person_lives_or_belongs_is_in_no_key(here, world):
    unit = db.session.get(Unit, world.strandvik.units["school"])
    person = registered(
        here, "Solveig", "Gjemt", address="Storgata 12", postcode="9901", unit_id=unit.id
    )
    before = keys_kept(person)
    with transaction():
        facts = protection.ProtectionFacts(ProtectionGrade.CONFIDENTIAL, today(), unit_id=unit.id)
        protection.protect(here, person, facts)

    facts = index.facts_of(person)

    assert person.unit_id == unit.id
    assert (facts.address, facts.postcode, facts.unit_id) == (None, None, None)
    assert set(keys_kept(person)) < set(before)


def test_g11_keys_are_made_with_a_key_that_no_database_holds_and_differ_between_municipalities():
    """G11: whoever has the database and tries all numbers finds no key of theirs."""
    record = record_of(
        index.Facts("Kari", "Nordmann", BORN, NUMBER, "kari@example.no", "+4790112233")
    )
    ours, theirs = Keyring("x" * 40), Keyring("y" * 40)
    found = [
        set(index.Hashes(ring, place).keys(record))
        for ring, place in ((ours, 1), (ours, 2), (theirs, 1))
    ]

    assert all(len(keys) >= 5 for keys in found)
    assert not found[0] & (found[1] | found[2])
    assert found[0] == set(index.Hashes(Keyring("x" * 40), 1).keys(record))
    assert all(-(1 << 63) <= key < 1 << 63 for key in found[0])


def test_persons_who_came_before_there_were_keys_get_them_by_a_scan(here):
    person = registered(here, "Gudmund", "Eldgammel")
    turn = scanning.plainly(here.municipality_id)
    with transaction():
        old = bytes([index.SCHEME - 1]) + b"\0" * 15
        place = here.municipality_id
        derived.put(
            db.session(),
            MatchState,
            ("municipality_id", "person_id", "digest", "keys"),
            [(place, person.id, old, state_of(person).keys)],
        )

    person_id = person.id
    made = scanning.make_keys(here.municipality_id, turn)

    person = db.session.get(Person, person_id)
    assert made == 1
    assert keys_kept(person) == keys_due(person)
    assert scanning.make_keys(here.municipality_id, turn) == 0


# --- the narrow door ------------------------------------------------------------------------------

KEY_COLUMNS = ("municipality_id", "key", "person_id")


def test_rows_of_another_municipality_pass_the_door_neither_in_nor_out(here, world):
    theirs = world.fjellby.persons["own"]
    row = (world.fjellby.id, 1, theirs)
    mixed = [(here.municipality_id, 1, world.strandvik.persons["own"]), row]

    for rows in ([row], mixed):
        with pytest.raises(TenantViolation), transaction():
            derived.put(db.session(), MatchKey, KEY_COLUMNS, rows)
        with pytest.raises(TenantViolation), transaction():
            derived.drop(db.session(), MatchKey, KEY_COLUMNS, rows)
    # The municipality is named first, or what stands first would be taken for it.
    other_way_round = (here.municipality_id, world.fjellby.id, theirs)
    for scope, columns, row in (
        (here.scope, ("key", "municipality_id", "person_id"), other_way_round),
        (tenancy.NOWHERE, KEY_COLUMNS, (None, 1, theirs)),
    ):
        with (
            tenancy.asking(scope),
            pytest.raises(TenantViolation, match="another municipality"),
            transaction(),
        ):
            derived.put(db.session(), MatchKey, columns, [row])


def test_a_row_is_whole_or_refused(here, world):
    own = world.strandvik.persons["own"]

    for row in ((here.municipality_id, 1, own, 2), (here.municipality_id, 1)):
        with pytest.raises(ValueError, match="argument"), transaction():
            derived.put(db.session(), MatchKey, KEY_COLUMNS, [row])


def test_what_is_copied_is_so_in_the_rows_that_are_named_alone(here):
    one, other = registered(here, "Kopi", "Ert"), registered(here, "Kopi", "Ikke")
    with transaction():
        derived.copy(
            db.session(),
            MatchState,
            ("municipality_id", "person_id"),
            [(here.municipality_id, one.id)],
            source="digest",
            target="scanned_digest",
        )

    assert state_of(one).scanned_digest == state_of(one).digest
    assert state_of(other).scanned_digest is None


def test_what_stands_for_nothing_derived_does_not_pass_the_door(here, world):
    person, place = world.strandvik.persons["own"], here.municipality_id

    with pytest.raises(TenantViolation), transaction():
        derived.put(db.session(), Person, ("municipality_id", "id"), [(place, person)])
    with pytest.raises(TenantViolation), transaction():
        derived.drop(db.session(), MatchState, ("municipality_id", "person_id"), [(place, person)])
    with pytest.raises(TenantViolation), transaction():
        db.session.execute(delete(MatchKey))


def test_the_wall_in_the_database_stands_behind_the_door(here, world, monkeypatch):
    """With the check at the door switched off, the database still refuses."""
    theirs = world.fjellby.persons["own"]
    with tenancy.asking(tenancy.Scope(world.fjellby.id)):
        key = db.session.scalar(select(MatchKey.key).where(MatchKey.person_id == theirs).limit(1))
        db.session.rollback()
    assert key is not None
    monkeypatch.setattr(derived, "stands", lambda _wall: False)
    row = (world.fjellby.id, key, theirs)

    with pytest.raises(DBAPIError), transaction():
        derived.put(db.session(), MatchKey, KEY_COLUMNS, [(*row[:1], key + 1, theirs)])
    try:
        with transaction():
            derived.drop(db.session(), MatchKey, KEY_COLUMNS, [row])
    except DBAPIError:
        db.session.rollback()

    with tenancy.asking(tenancy.Scope(world.fjellby.id)):
        kept = db.session.scalar(select(MatchKey.key).where(MatchKey.key == key))
        db.session.rollback()
    assert kept == key


def test_nothing_else_of_a_municipality_can_be_deleted(here, world):
    registered(here, "Slett", "Meg")
    for table in ("match_state", "person", DuplicatePair.__tablename__):
        statement = text(f"DELETE FROM {table}").execution_options(samvev_scoped=True)
        if table == "duplicate_pair":
            with transaction():
                db.session.add(_pair(world.strandvik.persons))
        with pytest.raises(DBAPIError), transaction():
            db.session.connection().execute(statement)


def _pair(persons):
    first, second = sorted((persons["own"], persons["other"]))
    return DuplicatePair(
        first_id=first,
        second_id=second,
        score=1.0,
        band="possible",
        findings=[],
        facts=b"\0" * 16,
        found_at=utc_now(),
    )


def test_a_person_added_by_itself_in_another_municipality_has_keys_of_that_one(context, world):
    with acting_as(db.session(), operator(world.fjellby.id)) as there:
        person = registered(there, "Arnvid", "Bergland", national_id=NUMBER)
        assert keys_kept(person) == keys_due(person)
    with acting_as(db.session(), operator(world.strandvik.id)):
        assert keys_kept(person) == []


def test_persons_who_are_added_together_have_keys_each(here):
    with transaction():
        several = [
            Person(
                id=new_id(),
                given_name=f"Nr{number}",
                family_name="Mange",
                search_family=search_form("Mange"),
                search_given=search_form(f"Nr{number}"),
                birth_date=BORN,
                created_at=utc_now(),
            )
            for number in range(30)
        ]
        db.session.add_all(several)

    assert all(keys_kept(person) == keys_due(person) for person in several)
