"""The chain of the log: what is changed, removed, put between or cut off afterwards is found."""

import json
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.audit import anchors, chain, log, verifying
from app.audit.chain import Head
from app.audit.verifying import FaultKind
from app.clock import utc_now
from app.columns import new_id
from app.db import db, transaction
from app.enums import Outcome
from app.jobs import log_rounds, schedule
from app.log_tables import AuditLink
from app.models import AuditEvent, Municipality
from app.people.keyring import keyring
from app.security import walls
from app.security.actor import acting_as, operator
from app.security.keys import Keyring
from tests.conftest import with_world

EVENTS, LINKS = AuditEvent.__table__, AuditLink.__table__


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: its log is spoiled here."""
    return with_world(make_app(database_name))


@pytest.fixture
def place(context, world):
    """The municipality whose log it is; nothing is linked yet, and nothing was told."""
    with as_owner(context) as owner:
        owner.execute(delete(LINKS))
    (context.config["SAMVEV"].instance / anchors.NAME).unlink(missing_ok=True)
    return world.strandvik.id


@contextmanager
def as_owner(app):
    """A transaction of the role that owns the tables, with the walls down: it may do anything."""
    db.session.rollback()
    engine = app.extensions["samvev_owner_engine"]
    with engine.begin() as connection:
        walls.take_down(connection)
        yield connection
        walls.put_up(connection)
    engine.dispose()


def written(place, count=1):
    """Events of a municipality, or of the installation; their ids in the order they were made."""
    with acting_as(db.session(), operator(place)), transaction() as session:
        found = [
            AuditEvent(
                municipality_id=place,
                id=new_id(),
                at=utc_now(),
                action="person:shown",
                outcome=Outcome.DONE,
                object_id=f"æ{number}",
                fields=["name", "født"],
            )
            for number in range(count)
        ]
        ids = [one.id for one in found]
        session.add_all(found)
    return ids


def event_of(place, key):
    """An event of this id; the id."""
    with acting_as(db.session(), operator(place)), transaction() as session:
        session.add(
            AuditEvent(
                id=key,
                municipality_id=place,
                at=utc_now(),
                action="person:changed",
                outcome=Outcome.DONE,
                fields=[],
            )
        )
    return key


def seal(place):
    return chain.seal(db.session(), keyring(), place)


def verify(place, told=None):
    return verifying.verify(db.session(), keyring(), place, told or {})


def faults(place, told=None):
    """What is wrong: kinds and events."""
    return [(one.kind, one.event_id) for one in verify(place, told).named]


def links(place):
    found = select(AuditLink).where(chain.of_chain(AuditLink, place)).order_by(AuditLink.number)
    return list(db.session.scalars(found))


def told_of(place):
    """What was told outside of the chain."""
    return anchors.read(log_rounds.heads_file())[place]


def test_every_column_of_an_event_is_vouched_for():
    unsaid = {"chain_number", "previous_hash", "hash"}

    assert set(chain.SAID) == set(EVENTS.columns.keys()) - unsaid


def test_each_event_is_linked_once_and_the_chain_is_whole(place):
    waited = verify(place).waiting
    ids = written(place, 3)

    first, again = seal(place), seal(place)

    checked = verify(place)
    assert (first, again) == (waited + 3, 0)
    assert [one.event_id for one in links(place)][-3:] == ids
    assert [one.number for one in links(place)] == list(range(1, first + 1))
    assert (checked.links, checked.faults, checked.waiting) == (first, 0, 0)


def test_more_events_than_are_linked_at_once(place, monkeypatch):
    monkeypatch.setattr(chain, "AT_ONCE", 4)
    monkeypatch.setattr(verifying, "AT_ONCE", 3)
    written(place, 11)

    count = seal(place)

    assert count >= 11
    assert (verify(place).links, verify(place).faults) == (count, 0)


def test_municipalities_and_the_installation_have_chains_of_their_own(place, world):
    written(world.fjellby.id)
    written(None)
    seal(place)

    there, own = seal(world.fjellby.id), seal(None)

    assert there >= 1
    assert own >= 1
    for one in (place, world.fjellby.id, None):
        assert [link.number for link in links(one)] == list(range(1, len(links(one)) + 1))
        assert verify(one).faults == 0


def test_an_event_that_is_committed_late_is_linked_behind_those_before_it(place):
    late = new_id()
    written(place, 2)
    seal(place)
    event_of(place, late)

    assert seal(place) == 1
    assert links(place)[-1].event_id == late
    assert verify(place).faults == 0


def test_events_written_by_the_panel_itself_are_linked(place, world):
    seal(place)
    with acting_as(db.session(), operator(place)), transaction():
        log.record(operator(place), "person:shown")

    assert seal(place) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"object_id": "another"},
        {"account_id": 1},
        {"action": "person:opened"},
        {"outcome": "refused"},
        {"fields": ["name"]},
        {"basis": "consent"},
        {"at": utc_now()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_event_that_was_changed_is_found(place, context, change):
    changed, *_others = written(place, 3)
    seal(place)

    with as_owner(context) as owner:
        owner.execute(update(EVENTS).where(EVENTS.c.id == changed).values(**change))

    assert faults(place) == [(FaultKind.CHANGED, changed)]


def test_an_event_that_was_removed_is_found(place, context):
    _first, removed, _last = written(place, 3)
    seal(place)

    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id == removed))

    assert faults(place) == [(FaultKind.REMOVED, removed)]


def test_an_event_that_was_given_to_another_municipality_is_found(place, context, world):
    taken, _last = written(place, 2)
    seal(place)

    with as_owner(context) as owner:
        other = update(EVENTS).where(EVENTS.c.id == taken)
        owner.execute(other.values(municipality_id=world.fjellby.id))

    assert faults(place) == [(FaultKind.REMOVED, taken)]


def test_an_event_that_was_removed_with_its_link_is_found(place, context):
    _first, removed, last = written(place, 3)
    seal(place)

    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id == removed))
        owner.execute(delete(LINKS).where(LINKS.c.event_id == removed))

    assert faults(place) == [(FaultKind.LINK_MISSING, last)]


def test_links_that_were_made_anew_without_the_key_are_found(place, context):
    _first, removed, last = written(place, 3)
    seal(place)
    before, gone = links(place)[-3:-1]
    with acting_as(db.session(), operator(place)):
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.id == last)).one()
        forged = chain.next_head(Keyring("another key"), Head(before.number, before.hash), event)

    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id == removed))
        owner.execute(delete(LINKS).where(LINKS.c.event_id == removed))
        of_last = update(LINKS).where(LINKS.c.event_id == last)
        owner.execute(of_last.values(number=gone.number, hash=forged.hash))

    assert faults(place) == [(FaultKind.CHANGED, last)]


def test_an_end_that_was_cut_off_is_found_by_what_was_told_outside(place, context):
    ids = written(place, 3)
    log_rounds.seal_all()
    number = links(place)[-1].number

    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id.in_(ids[1:])))
        owner.execute(delete(LINKS).where(LINKS.c.event_id.in_(ids[1:])))
    cut = verify(place, told_of(place)).named
    written(place, 2)
    log_rounds.seal_all()
    grown_again = verify(place, told_of(place)).named

    assert faults(place) == []
    assert [(one.kind, one.number) for one in cut] == [(FaultKind.CUT_OFF, number)]
    assert [(one.kind, one.number) for one in grown_again] == [(FaultKind.CUT_OFF, number)]


def test_all_faults_are_counted_and_the_first_are_named(place, context):
    ids = written(place, 25)
    seal(place)

    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id.in_(ids)))

    checked = verify(place)
    assert checked.faults == 25
    assert len(checked.named) == verifying.MOST_NAMED


def test_a_link_before_the_first_is_refused(place):
    before_all = insert(LINKS).values(event_id=new_id(), municipality_id=place, number=0, hash="x")
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(before_all)


def test_an_event_that_is_put_far_back_afterwards_is_found(place, context):
    written(place)
    seal(place)

    forged = event_of(place, "01900000-0000-7000-8000-000000000001")
    sealed, found = seal(place), faults(place)

    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id == forged))
    assert sealed == 0
    assert found == [(FaultKind.NEVER_LINKED, forged)]


def test_an_id_of_a_clock_that_goes_wrong_keeps_no_other_event_from_being_linked(place, context):
    wrong = event_of(place, "fffffff0-ffff-7000-8000-000000000000")
    seal(place)

    after = written(place)
    sealed, found = seal(place), faults(place)

    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id == wrong))
    assert (sealed, found) == (1, [])
    assert links(place)[-1].event_id == after[0]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_link SET number = 9", "DELETE FROM audit_link"]
)
def test_the_panel_itself_can_only_add_links(place, statement):
    written(place)
    seal(place)
    before = [(one.number, one.hash) for one in links(place)]
    db.session.rollback()

    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(statement))

    assert [(one.number, one.hash) for one in links(place)] == before


def test_a_number_is_given_once_in_each_chain(place):
    written(None)
    seal(place)
    seal(None)
    for where in (place, None):
        twice = insert(LINKS).values(event_id=new_id(), municipality_id=where, number=1, hash="x")
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(twice)


# --- by the clock --------------------------------------------------------------------------------


def test_the_round_seals_every_chain_and_tells_the_heads_outside(place, context, world):
    written(place)
    written(None)

    counts = log_rounds.seal_all()

    file = log_rounds.heads_file()
    told = anchors.read(file)
    assert counts[place] >= 1
    assert counts[log_rounds.INSTALLATION] >= 1
    for one in (place, None):
        last = links(one)[-1]
        assert told[one] == {last.number: last.hash}
    assert file.stat().st_mode & 0o777 == 0o600
    assert log_rounds.seal_all()[place] == 0
    assert len(file.read_text().splitlines()) == 1


def test_a_head_that_nobody_was_told_of_is_told_the_next_time(place):
    """After a restore, or where the one that sealed was killed before it told."""
    written(place)
    seal(place)

    log_rounds.seal_all()

    assert told_of(place) == {links(place)[-1].number: links(place)[-1].hash}


def test_a_municipality_that_is_out_of_use_is_sealed_and_looked_through_too(place, context, world):
    other = world.fjellby.id
    of_other = update(Municipality.__table__).where(Municipality.__table__.c.id == other)
    written(other)
    with as_owner(context) as owner:
        owner.execute(of_other.values(is_in_use=False))
    try:
        sealed = log_rounds.seal_all()[other]
        with as_owner(context) as owner:
            owner.execute(delete(LINKS).where(LINKS.c.municipality_id == other))
        found = log_rounds.verify_all()[other]
    finally:
        with as_owner(context) as owner:
            owner.execute(of_other.values(is_in_use=True))

    assert sealed >= 1
    assert found is None


def test_a_value_that_cant_be_read_stops_the_work_on_no_other_log(place, monkeypatch, world):
    spoiled, there = written(place)[0], written(world.fjellby.id)[0]
    real = chain.next_head

    def reading(ring, before, event):
        if event.id == spoiled:
            raise ValueError
        return real(ring, before, event)

    monkeypatch.setattr(chain, "next_head", reading)
    sealed = log_rounds.seal_all()
    monkeypatch.undo()
    seal(place)
    monkeypatch.setattr(chain, "next_head", reading)
    found = log_rounds.verify_all()

    assert sealed[world.fjellby.id] >= 1
    assert links(world.fjellby.id)[-1].event_id == there
    assert found[world.fjellby.id] >= 1
    assert (sealed[place], found[place]) == (None, None)


def test_the_nightly_check_counts_links_and_tells_which_log_was_changed(place, context, world):
    removed = written(place)[0]
    log_rounds.seal_all()
    before = log_rounds.verify_all()

    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id == removed))
    after = log_rounds.verify_all()

    count = db.session.scalar(select(func.count()).where(AuditLink.municipality_id == place))
    assert before[place] == count
    assert after[place] is None
    assert after[world.fjellby.id] == before[world.fjellby.id]


def test_the_page_of_jobs_tells_that_the_log_was_changed(place, context, client_as):
    removed = written(place)[0]
    log_rounds.seal_all()
    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id == removed))
    schedule.run(next(one for one in schedule.REGULAR if one.name == "verify_log"))

    here, there = (
        client_as(one).get("/job/list/").text for one in ("lokal.strandvik", "lokal.fjellby")
    )

    assert "Kommandoen audit verify" in here
    assert "Kommandoen audit verify" not in there


# --- by command ----------------------------------------------------------------------------------


def test_the_command_ends_well_when_the_log_is_as_it_was_written(place, context):
    written(place)
    log_rounds.seal_all()
    written(place)

    said = context.test_cli_runner().invoke(args=["audit", "verify", "--municipality", "9901"])

    assert said.exit_code == 0, said.output
    assert said.output.startswith("9901 Strandvik: ")
    assert "as written; compared with 1 heads; 1 wait to be linked" in said.output
    assert len(said.output.splitlines()) == 1


def test_the_command_names_what_is_wrong_and_ends_with_an_error(place, context):
    removed = written(place)[0]
    log_rounds.seal_all()
    number = links(place)[-1].number
    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id == removed))

    said = context.test_cli_runner().invoke(args=["audit", "verify"])

    assert said.exit_code == 1
    assert f"number {number}: the event was removed, event {removed}" in said.output
    assert "The installation: " in said.output
    assert "9902 Fjellby: " in said.output


def test_the_command_compares_with_a_copy_that_is_kept_elsewhere(place, context, tmp_path):
    ids = written(place, 2)
    log_rounds.seal_all()
    copy = tmp_path / "copy.jsonl"
    log_rounds.heads_file().rename(copy)
    with as_owner(context) as owner:
        owner.execute(delete(EVENTS).where(EVENTS.c.id == ids[-1]))
        owner.execute(delete(LINKS).where(LINKS.c.event_id == ids[-1]))

    without = context.test_cli_runner().invoke(args=["audit", "verify"])
    compared = context.test_cli_runner().invoke(args=["audit", "verify", "--heads", str(copy)])

    assert "compared with 0 heads" in without.output
    assert without.exit_code == 0
    assert compared.exit_code == 1
    assert "the chain was cut off or made anew" in compared.output


def test_the_command_knows_no_municipality_of_a_wrong_number(place, context):
    said = context.test_cli_runner().invoke(args=["audit", "verify", "--municipality", "0000"])

    assert said.exit_code == 1
    assert "No municipality has the number 0000." in said.output


# --- what is told outside ------------------------------------------------------------------------


def test_of_two_hashes_of_a_number_the_first_holds(tmp_path):
    anchors.tell(tmp_path / anchors.NAME, {7: Head(3, "c")}, at=utc_now())
    anchors.tell(tmp_path / anchors.NAME, {7: Head(3, "x")}, at=utc_now())

    assert anchors.read(tmp_path / anchors.NAME) == {7: {3: "c"}}


def test_a_line_that_was_cut_short_is_passed_and_the_next_one_is_whole(tmp_path):
    anchors.tell(tmp_path / anchors.NAME, {7: Head(3, "c")}, at=utc_now())
    path = tmp_path / anchors.NAME
    path.write_text(path.read_text() + '{"at": "2026-')

    anchors.tell(tmp_path / anchors.NAME, {7: Head(5, "e"), None: Head(1, "a")}, at=utc_now())

    assert anchors.read(tmp_path / anchors.NAME) == {7: {3: "c", 5: "e"}, None: {1: "a"}}
    assert json.loads(path.read_text().splitlines()[-1])["heads"]["installation"] == [1, "a"]


def test_what_was_told_before_a_restore_is_of_another_past(tmp_path):
    anchors.tell(tmp_path / anchors.NAME, {7: Head(3, "c")}, at=utc_now())
    anchors.begin_anew(tmp_path / anchors.NAME, at=utc_now())
    after = anchors.read(tmp_path / anchors.NAME)
    anchors.tell(tmp_path / anchors.NAME, {7: Head(2, "b")}, at=utc_now())

    assert after == {}
    assert anchors.read(tmp_path / anchors.NAME) == {7: {2: "b"}}
