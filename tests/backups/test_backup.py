"""A backup of the whole panel, and what comes back of it."""

import json
import os
import sqlite3
import stat
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from threading import Event, Thread
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, func, select, text

from app import database, migrating
from app.audit import anchors, log
from app.audit.chain import Head
from app.backups import (
    manifest,
    parts,
    postgresql_loading,
    restoring,
    sqlite_copying,
    stored,
    taking,
)
from app.backups.refusals import Refused
from app.clock import utc_now
from app.columns import new_id
from app.db import db, transaction
from app.files import storage
from app.jobs import log_rounds
from app.models import ApiToken, AuditEvent, OneTimeLink
from app.security import walls
from app.security.actor import Actor
from app.security.keys import KEYRING, Keyring
from tests import world as worlds
from tests.backups import installations
from tests.backups.installations import CONTENT, KEY, contents, counters, looking
from tests.conftest import Client, with_world

EARLIER = "0014"
LEFT_OUT = {"audit_event", "login_session", "api_token", "one_time_link"}
"""Tables in which a restore, or the taking of the backup, writes something itself."""


@pytest.fixture(scope="module")
def source(database_name, make_app):
    """A panel with people, plans, a file, a session and a token."""
    app = with_world(make_app(database_name, encryption_key=KEY))
    app.test_client_class = Client
    with app.app_context():
        app.extensions["file"] = installations.fill(app)
        make_token(app.extensions["test_world"])
    app.extensions["client"] = signed_in(app)
    return app


def signed_in(app):
    """A client that is signed in."""
    client = app.test_client()
    sent = {"username": "lokal.strandvik", "password": worlds.PASSWORD}
    assert client.send("/login/", sent).status_code == 302
    assert client.get("/person/list/").status_code == 200
    return client


def make_token(world):
    """A token that is valid for a day."""
    at = utc_now()
    with transaction() as session:
        session.add(
            ApiToken(
                account_id=world.accounts["lokal.strandvik"],
                municipality_id=world.strandvik.id,
                name="kopi",
                secret_hash="a" * 64,
                made_at=at,
                expires_at=at + timedelta(days=1),
            )
        )
    db.session.remove()


@pytest.fixture(scope="module")
def backup(source, tmp_path_factory):
    """A backup of the source, and what the source held then."""
    into = tmp_path_factory.mktemp("backups") / "kopier"
    with source.app_context():
        log_rounds.seal_all()
    before = contents(source)
    return take(source, into), before


@pytest.fixture(scope="module")
def target(database_name, databases, tmp_path_factory):
    """A panel that was never set up."""
    folder = tmp_path_factory.mktemp("never_set_up")
    app = installations.never_set_up(databases, database_name, folder)
    app.test_client_class = Client
    yield app
    installations.end_everything(app)


@pytest.fixture(scope="module")
def empty(database_name, make_app):
    """A panel that was set up, and that nobody has used."""
    return make_app(database_name, encryption_key=KEY)


@pytest.fixture(scope="module")
def restored(target, backup):
    """What was restored into the panel that was never set up, after a restore that was killed."""
    with target.app_context():
        ended = installations.in_a_child_that_dies(lambda: killed_restore(target, backup[0].folder))
        assert ended == -9
        with looking(target) as connection:
            assert not connection.dialect.has_table(connection, "person")
    file = target.config["SAMVEV"].instance / anchors.NAME
    anchors.tell(file, {None: Head(10**6, "f" * 64)}, at=utc_now())
    return restore(target, backup[0].folder.parent)


def killed_restore(app, folder):
    """A restore that is killed when all but the commit is done."""
    walls.gaps = installations.die
    restoring.restore(app, folder, at=utc_now())


def take(app, into):
    """Take a backup of the panel."""
    with app.app_context():
        return taking.take(into, at=utc_now())


def restore(app, folder):
    """Restore within the panel."""
    with app.app_context():
        return restoring.restore(app, folder, at=utc_now())


# --- A whole one ---------------------------------------------------------------------------------


def test_every_row_comes_back(restored, source, target, backup):
    before, after = backup[1], contents(target)

    assert set(before) == set(after)
    same = {name for name in before if before[name] == after[name]}
    assert set(before) - same <= LEFT_OUT
    assert set(before["audit_event"]) < set(after["audit_event"])
    assert len(before["person"]) > 10
    assert len(before["plan_entry"]) > 5
    assert installations.rules(target) == installations.rules(source)


def test_numbers_go_on_where_they_were(restored, source, target, backup):
    told, now = backup[0].manifest.sequences, counters(target)

    assert all(now[name] >= last for name, last in told.items())
    with looking(target) as connection:
        highest = connection.scalar(select(func.max(text("id"))).select_from(text("ab_user")))
    assert now.get("ab_user_id_seq", highest) >= highest > 5


def test_the_walls_stand_round_what_was_restored(restored, target):
    with target.app_context(), looking(target) as connection:
        assert walls.gaps(connection) == []


def test_one_can_sign_in_and_finds_only_ones_own_municipality(restored, target):
    page = signed_in(target).get("/person/list/").text

    assert worlds.CANARY["9901"] in page
    assert worlds.CANARY["9902"] not in page


def test_no_session_token_or_link_outlives_a_restore(restored, source, target):
    before = source.extensions["client"]
    client = target.test_client()
    client.set_cookie("samvev", before.get_cookie("samvev").value)

    assert before.get("/person/list/").status_code == 200
    assert client.get("/person/list/").status_code == 302
    assert restored.ended >= 2
    with target.app_context():
        tokens = db.session.scalars(select(ApiToken)).all()
        links = select(OneTimeLink).where(OneTimeLink.expires_at > utc_now())
        assert [one.name for one in tokens] == ["kopi"]
        assert all(one.revoked_at is not None for one in tokens)
        assert db.session.scalars(links).all() == []


def test_files_come_back_and_are_reconciled(restored, source, target):
    key = source.extensions["file"]

    with target.app_context():
        assert storage.read(key) == CONTENT
        assert stored.reconcile({key}) == stored.Reconciled((), ())
        assert stored.reconcile({"f" * 32}) == stored.Reconciled(("f" * 32,), (key,))
    assert restored.files == stored.Reconciled((), ())
    assert restored.manifest.files == 1


def test_the_log_tells_of_taking_and_restoring(restored, source, target, backup):
    taken_at = backup[0].manifest.taken_at
    about = select(AuditEvent.action, AuditEvent.object_id).where(
        AuditEvent.action.startswith("backup:")
    )

    def told(app):
        with looking(app) as connection:
            return [tuple(row) for row in connection.execute(about)]

    assert told(target) == [("backup:restored", taken_at.isoformat(timespec="seconds"))]
    assert ("backup:taken", None) in told(source)


def test_the_log_is_as_written_whatever_was_told_before_the_restore(restored, target, source):
    world = source.extensions["test_world"]
    places = (None, world.strandvik.id, world.fjellby.id)

    with target.app_context():
        told = anchors.read(log_rounds.heads_file())
        found = {place: log_rounds.verified(place, told) for place in places}
        log_rounds.seal_all()
        heads = anchors.read(log_rounds.heads_file())

    assert {checked.faults for checked in found.values()} == {0}
    assert all(checked.links for checked in found.values())
    assert found[None].waiting >= 1
    assert told == {}
    assert heads.keys() >= set(places)


def test_nobody_but_the_servers_account_reads_any_of_it(restored, source, target, backup):
    folder = backup[0].folder
    instance = target.config["SAMVEV"].instance
    key = source.extensions["file"]

    def mode(path):
        return stat.S_IMODE(path.stat().st_mode)

    assert sorted(one.name for one in folder.iterdir()) == ["database", "files", "manifest"]
    assert {mode(one) for one in folder.iterdir()} == {0o600}
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o700)
    assert mode(instance / "files" / key[:2] / key) == 0o600
    owning = target.extensions["samvev_owner_engine"]
    if owning.dialect.name == "sqlite":
        place = sqlite_copying.place(owning)
        assert mode(place) == 0o600
        assert not list(place.parent.glob(".backup-*"))


def test_nothing_can_be_read_in_a_backup(backup):
    stored_bytes = b"".join(one.read_bytes() for one in backup[0].folder.iterdir())

    for word in (*worlds.CANARY.values(), "planeier", "plan_entry", KEY):
        assert word.encode() not in stored_bytes


def test_a_second_backup_gets_a_folder_of_its_own(source, backup):
    first = backup[0]
    before = {one.name: one.read_bytes() for one in first.folder.iterdir()}

    with source.app_context():
        second = taking.take(first.folder.parent / "flere", at=first.manifest.taken_at)
        third = taking.take(first.folder.parent / "flere", at=first.manifest.taken_at)

    assert third.folder.name == f"{second.folder.name}-2"
    assert restoring.find(first.folder.parent / "flere") == third.folder
    assert {one.name: one.read_bytes() for one in first.folder.iterdir()} == before


@pytest.fixture(scope="module")
def written_to(source, make_app, database_name, tmp_path_factory):
    """A panel restored by the commands from a backup that was taken while others wrote pairs of
    events, and what the commands said."""
    into = str(tmp_path_factory.mktemp("written_to"))
    stop, begun = Event(), Event()

    def write():
        with source.app_context():
            while not stop.is_set():
                mark = new_id()
                with transaction():
                    log.record(Actor(), f"pair:{mark}")
                    db.session.flush()
                    log.record(Actor(), f"pair:{mark}")
                begun.set()

    writer = Thread(target=write)
    writer.start()
    try:
        assert begun.wait(30)
        taken = command(source, "create", into)
    finally:
        stop.set()
        writer.join()
    other = make_app(database_name, encryption_key=KEY)
    return other, into, taken, command(other, "restore", into)


def command(app, *arguments):
    """What a command of backups said, and its exit code."""
    answer = app.test_cli_runner().invoke(args=["backup", *arguments])
    return answer.output, answer.exit_code


def test_a_backup_is_of_one_instant_while_others_write(written_to):
    other, _into, _taken, _restored = written_to
    pair = AuditEvent.action.startswith("pair:")

    with looking(other) as connection:
        each = select(func.count()).where(pair).group_by(AuditEvent.action)
        counts = connection.scalars(each).all()
    assert counts
    assert set(counts) == {2}


def test_the_commands_say_what_they_did(written_to, tmp_path):
    other, into, (taken, first), (restored, second) = written_to

    again, third = command(other, "restore", into)
    nothing, fourth = command(other, "restore", str(tmp_path))
    nowhere, fifth = command(other, "create", "/proc/nowhere")

    assert (first, second, third, fourth, fifth) == (0, 0, 1, 1, 1)
    assert "rows and 1 files as of" in taken
    assert "counts, references and walls were checked" in restored
    assert "What was done after that is gone" in restored
    assert "not empty" in again
    assert "no manifest was found" in nothing
    assert again.endswith("Nothing was restored.\n")
    assert "No backup was taken." in nowhere


def test_a_backup_of_an_earlier_release_is_brought_up_to_this_one(
    make_app, database_name, tmp_path, monkeypatch
):
    earlier, later = (make_app(database_name, encryption_key=KEY) for _number in range(2))
    migrating.prepare(earlier, earlier.config["SAMVEV"], EARLIER)
    with pytest.raises(Refused, match="run setup first"):
        take(earlier, tmp_path)
    with monkeypatch.context() as then, earlier.app_context():
        for module in (database, taking):
            then.setattr(module, "newest_migration", lambda: EARLIER)
        with transaction():
            log.record(Actor(), "pair:earlier")
        taken = taking.take(tmp_path, at=utc_now())
    assert taken.manifest.revision == EARLIER

    restore(later, taken.folder)

    with later.app_context(), looking(later) as connection:
        assert database.is_current(connection)
        assert walls.gaps(connection) == []
        told = connection.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert told == ["pair:earlier", "backup:restored"]


# --- What is refused -----------------------------------------------------------------------------


def copy_of(backup, folder):
    """A copy of the backup that may be spoilt."""
    folder.mkdir(mode=0o700)
    for one in backup[0].folder.iterdir():
        (folder / one.name).write_bytes(one.read_bytes())
    return folder


def flipped(name, place):
    """Spoils one byte of a file."""

    def spoil(folder):
        content = bytearray((folder / name).read_bytes())
        content[place] ^= 4
        (folder / name).write_bytes(content)

    return spoil


def cut(name):
    """Cuts the last byte off a file."""
    return lambda folder: os.truncate(folder / name, (folder / name).stat().st_size - 1)


def lost(name):
    """Loses a file."""
    return lambda folder: (folder / name).unlink()


def of_another_version(folder):
    """Writes a later version of the format into the manifest, properly."""
    lines = (folder / "manifest").read_bytes().split(b"\n")
    first = json.dumps(json.loads(lines[0]) | {"version": 2}).encode()
    body = first + b"\n" + lines[1] + b"\n"
    (folder / "manifest").write_bytes(body + sha256(body).hexdigest().encode() + b"\n")


def saying(**other):
    """Writes a manifest that says something else, sealed with the right key."""

    def spoil(folder):
        told, keys = manifest.read(folder, Keyring(KEY))
        (folder / "manifest").unlink()
        manifest.write(folder, replace(told, **other), keys)

    return spoil


def with_more_rows(folder):
    """Writes a manifest that tells of a person more than there is."""
    told, _keys = manifest.read(folder, Keyring(KEY))
    saying(rows=told.rows | {"person": told.rows["person"] + 1})(folder)


DAMAGED = "manifest is damaged"
REFUSED = {
    "a byte of the database": (flipped("database", 1000), "database was changed or damaged"),
    "a byte of the files": (flipped("files", 20), "files was changed or damaged"),
    "the last byte of the database": (flipped("database", -1), "database was changed or damaged"),
    "a cut database": (cut("database"), "database is cut short"),
    "cut files": (cut("files"), "files is cut short"),
    "a lost database": (lost("database"), "database is missing"),
    "lost files": (lost("files"), "files is missing"),
    "no manifest": (lost("manifest"), "no manifest was found"),
    "a cut manifest": (cut("manifest"), DAMAGED),
    "a byte of the sealed manifest": (flipped("manifest", 400), DAMAGED),
    "a byte of the manifest's heading": (flipped("manifest", 60), DAMAGED),
    "the first byte of the manifest": (flipped("manifest", 0), DAMAGED),
    "the manifest's last byte": (flipped("manifest", -2), DAMAGED),
    "another version": (of_another_version, "format 2, and this program knows 1"),
    "a later migration": (saying(revision="9999"), "migration 9999, and this program goes to"),
    "other rows than it says": (with_more_rows, "Other rows came than were backed up, in: person"),
    "another number of files": (saying(files=7), "1 files came, and 7 were backed up"),
}


@pytest.mark.parametrize(("spoil", "said"), REFUSED.values(), ids=REFUSED)
def test_a_backup_that_is_not_whole_is_refused(spoil, said, backup, empty, tmp_path):
    folder = copy_of(backup, tmp_path / "kopi")
    spoil(folder)
    before = contents(empty)

    with pytest.raises(Refused, match=said):
        restore(empty, folder)

    assert contents(empty) == before
    with empty.app_context():
        assert list(storage.kept()) == []


def test_a_backup_made_with_another_key_is_refused(backup, empty, monkeypatch):
    monkeypatch.setitem(empty.extensions, KEYRING, Keyring("some other key"))

    with pytest.raises(Refused, match="made with another encryption key"):
        restore(empty, backup[0].folder)


def test_a_backup_of_the_other_kind_of_database_is_refused(backup, empty, tmp_path):
    folder = copy_of(backup, tmp_path / "kopi")
    kind = backup[0].manifest.kind
    saying(kind={"sqlite": "postgresql"}.get(kind, "sqlite"))(folder)

    with pytest.raises(Refused, match=r"The backup is of \w+, and this panel is on"):
        restore(empty, folder)


def test_nothing_is_restored_over_what_is_there(backup, source):
    before = contents(source)

    with pytest.raises(Refused, match="The panel is not empty"):
        restore(source, backup[0].folder)

    assert contents(source) == before


def test_nothing_is_restored_beside_files_of_another_panel(backup, empty):
    before = contents(empty)
    with empty.app_context():
        key = storage.keep(b"fra et annet sted")

        try:
            with pytest.raises(Refused, match="holds 1 of another panel"):
                restore(empty, backup[0].folder)

            assert list(storage.kept()) == [key]
        finally:
            storage.drop(key)
    assert contents(empty) == before


def test_a_restore_waits_for_nobody_who_is_at_work(backup, empty, database_name, monkeypatch):
    if database_name == "sqlite":
        pytest.skip("SQLite copies the whole into place at once")
    monkeypatch.setattr(postgresql_loading, "LONGEST_WAIT", "50ms")

    with looking(empty) as connection:
        connection.execute(text("LOCK TABLE ab_user IN ACCESS SHARE MODE"))
        with pytest.raises(Refused, match="Stop the panel first"):
            restore(empty, backup[0].folder)


def test_only_the_owner_of_the_database_restores(backup, empty, database_name, monkeypatch):
    if database_name == "sqlite":
        pytest.skip("SQLite has no roles")
    owning = empty.extensions["samvev_owner_engine"]
    options = {"connect_args": {"options": f"-c role={walls.RUNTIME_ROLE}"}}
    other = create_engine(owning.url, **options)
    monkeypatch.setitem(empty.extensions, "samvev_owner_engine", other)

    with pytest.raises(Refused, match="must log in as the role that owns the database"):
        restore(empty, backup[0].folder)

    other.dispose()


def test_a_restore_that_is_killed_while_it_writes_leaves_the_panel_as_it_was(
    backup, empty, database_name
):
    before = contents(empty)

    def work():
        if database_name == "sqlite":
            connect = partial(sqlite3.connect, factory=Dying)
            sqlite_copying.sqlite3 = SimpleNamespace(connect=connect)
        else:
            parts._Unpacked.read = dying_after(parts._Unpacked.read, 40)
        restore(empty, backup[0].folder)

    assert installations.in_a_child_that_dies(work) == -9
    assert contents(empty) == before


class Dying(sqlite3.Connection):
    """Is killed when ten pages of a copy are written."""

    def backup(self, goal):
        """Copy, and never come to the end."""
        super().backup(goal, pages=10, progress=installations.die)


def dying_after(read, times):
    """``read`` until it has been asked so many times."""
    left = iter(range(times))

    def reading(self, size):
        if next(left, None) is None:
            installations.die()
        return read(self, size)

    return reading


def test_no_backup_is_left_when_one_cannot_be_finished(source, tmp_path, monkeypatch):
    def full(_part):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stored, "write", full)

    with pytest.raises(OSError, match="No space"):
        take(source, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_rows_that_a_rule_hides_stop_the_backup(source, tmp_path, database_name):
    if database_name == "sqlite":
        pytest.skip("SQLite has no row level security")
    owning = source.extensions["samvev_owner_engine"]
    with owning.begin() as connection:
        connection.execute(text("ALTER POLICY municipality ON person USING (false)"))

    try:
        with pytest.raises(Refused, match="hides rows from the backup.*: person"):
            take(source, tmp_path)
    finally:
        with owning.begin() as connection:
            walls.put_up(connection)

    assert list(tmp_path.iterdir()) == []
    assert take(source, tmp_path).manifest.rows["person"] > 10
