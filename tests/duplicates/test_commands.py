"""The scan as a job and by night, and the commands: from a file of persons to a file of pairs."""

import csv
import sys
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app import duplicates as app_duplicates
from app.clock import today, utc_now
from app.db import db, transaction
from app.duplicates import linking, scanning, scratch
from app.enums import JobState, MatchBand, PairState
from app.errors import NotAllowed
from app.files.short_lived import held
from app.jobs import duplicate_scan, rounds, runner
from app.models import AuditEvent, DuplicatePair, Job, MatchState, Person
from app.people import operations as people
from app.people.import_columns import COLUMNS
from app.people.keyring import keyring
from app.people.national_id import synthetic
from app.security.actor import acting_as, find_actor, operator
from tests.duplicates.conftest import registered


@pytest.fixture
def orderer(context, world):
    """The local administrator of Strandvik."""
    return find_actor(
        db.session(), world.accounts["lokal.strandvik"], world.strandvik.id, utc_now()
    )


def ordered(actor):
    with acting_as(db.session(), actor), transaction():
        return duplicate_scan.queue_scan(actor, at=utc_now()).id


def job(job_id, place):
    with acting_as(db.session(), operator(place)):
        return db.session.get(Job, job_id)


def events(place, action):
    with acting_as(db.session(), operator(place)):
        found = db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all()
        db.session.rollback()
        return len(found)


def twice(actor, family):
    for given in ("Sunniva", "SUNNIVA"):
        registered(actor, given, family, external_id=f"{family}-{given}")
    db.session.rollback()


def run(app, *arguments):
    answer = app.test_cli_runner().invoke(args=["duplicates", *arguments])
    return answer.exit_code, answer.output


def exported(app, path, *arguments):
    assert run(app, "export", str(path), *arguments)[0] == 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["external_id_a", "external_id_b", "score", "state"]
    return {tuple(sorted(row[:2])): row[2:] for row in rows[1:]}


# --- as a job -------------------------------------------------------------------------------------


def test_a_scan_that_is_ordered_is_done_and_says_what_came_of_it(here, orderer, client_as):
    twice(here, "Jobbestad")
    place = here.municipality_id

    job_id = ordered(orderer)
    assert ordered(orderer) == job_id, "one that waits is enough"
    runner.run_job(job_id, place)

    row = job(job_id, place)
    assert (row.state, row.done) == (JobState.DONE, row.total)
    assert row.report["persons"] == row.total / 2 >= 2
    assert row.report["new"] == row.report["found"] >= 1
    assert events(place, "duplicate_pair:scanned") >= 1
    page = client_as("lokal.strandvik").get(f"/job/show/{job_id}")
    assert page.status_code == 200
    assert ordered(orderer) != job_id


def test_a_scan_that_is_cancelled_stops_and_keeps_what_it_has(here, orderer, monkeypatch):
    twice(here, "Avbrutt")
    place = here.municipality_id
    job_id = ordered(orderer)
    plain = scanning.scan

    def cancelled(municipality_id, turn, **options):
        with acting_as(db.session(), operator(place)), transaction() as session:
            session.get(Job, job_id).cancel_asked = True
        return plain(municipality_id, turn, **options)

    monkeypatch.setattr(scanning, "scan", cancelled)
    runner.run_job(job_id, place)

    assert job(job_id, place).state is JobState.CANCELLED


def test_a_second_scan_of_the_same_municipality_gives_way(app, here, orderer):
    place = here.municipality_id
    job_id = ordered(orderer)

    with duplicate_scan.only_one(place) as is_ours:
        runner.run_job(job_id, place)
        by_command = run(app, "scan", "--municipality", "9901")

    assert is_ours
    row = job(job_id, place)
    assert (row.state, row.report["failure"]) == (JobState.FAILED, "scan_runs_already")
    assert "a scan runs already" in by_command[1]


def test_whoever_may_not_answer_duplicates_orders_no_scan(context, world):
    coordinator = find_actor(
        db.session(), world.accounts["koordinator.strandvik"], world.strandvik.id, utc_now()
    )

    with pytest.raises(NotAllowed):
        ordered(coordinator)


def test_at_night_every_municipality_with_somebody_new_is_scanned(context, world):
    for place in (world.strandvik, world.fjellby):
        with acting_as(db.session(), operator(place.id)) as actor:
            twice(actor, "Nattevakt")

    first, second = rounds.scan_all(), rounds.scan_all()

    assert first >= 4
    assert second == 0
    for place in (world.strandvik, world.fjellby):
        with acting_as(db.session(), operator(place.id)):
            assert db.session.scalar(select(DuplicatePair.id).limit(1))
            left = select(MatchState).where(MatchState.scanned_digest.is_(None))
            assert db.session.scalars(left).all() == []


# --- commands -------------------------------------------------------------------------------------


def test_from_a_file_of_persons_to_a_file_of_pairs(app, context, world, tmp_path):
    path = tmp_path / "persons.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for number in range(40):
            known = {
                "given_name": "Tarjei",
                "family_name": f"Skog{chr(97 + number % 26) * 3}{number}",
                "birth_date": f"19{50 + number}-06-0{1 + number % 9}",
                "phone": f"9{number:07}",
            }
            writer.writerow(known | {"external_id": f"A{number}"})
            if number % 4 == 0:
                other = {"family_name": known["family_name"].upper(), "external_id": f"B{number}"}
                writer.writerow(known | other)
    place = world.fjellby.id

    arguments = ["persons", "import", str(path), "--municipality", "9902"]
    imported = app.test_cli_runner().invoke(args=arguments)
    scanned = run(app, "scan", "--municipality", "9902")
    pairs = exported(app, tmp_path / "pairs.csv", "--municipality", "9902")

    assert "50 persons imported" in imported.output, imported.output
    assert scanned[0] == 0
    wanted = {(f"A{number}", f"B{number}") for number in range(0, 40, 4)}
    found = {pair for pair in pairs if pair[0].startswith("A") and pair[1][0] in "AB"}
    assert found == wanted
    assert all(float(pairs[pair][0]) > 0 for pair in wanted)
    assert {pairs[pair][1] for pair in wanted} <= {"certain", "probable", "possible"}
    assert events(place, "duplicate_pair:scanned") >= 1
    assert events(place, "duplicate_pair:exported") == 1


def test_what_was_answered_is_exported_as_such_and_what_faded_is_not(app, here, tmp_path):
    states = (PairState.LATER, PairState.NOT_SAME, PairState.MERGED, PairState.FADED)
    for state in states:
        twice(here, f"Svar{state.value.replace('_', '')}")
    run(app, "scan")
    families = {state: f"Svar{state.value.replace('_', '')}" for state in states}
    with acting_as(db.session(), here), transaction() as session:
        for pair in session.scalars(select(DuplicatePair)):
            for state, family in families.items():
                if pair.first.family_name == family:
                    pair.state = state

    pairs = exported(app, tmp_path / "pairs.csv")

    def state_of(family):
        return pairs.get((f"{family}-SUNNIVA", f"{family}-Sunniva"), [None, None])[1]

    found = [state_of(family) for family in families.values()]
    assert found == ["later", "not_same", "merged", None]
    assert (tmp_path / "pairs.csv").stat().st_mode & 0o077 == 0


def test_the_words_of_states_are_in_the_help(app):
    output = run(app, "export", "--help")[1]

    assert all(word in output for word in ("certain", "probable", "possible", "not_same", "later"))


def test_an_unknown_municipality_is_named(app):
    code, output = run(app, "scan", "--municipality", "0000")

    assert code == 1
    assert "0000" in output


def test_rows_are_imported_without_what_cannot_be_used_unless_strict(app, context, world, tmp_path):
    number = synthetic(date(1960, 5, 6), 3)
    path = tmp_path / "persons.csv"
    rows = [
        {"external_id": "L1", "national_id": number},
        {"external_id": "L2", "national_id": number, "phone": "123", "birth_date": "31.02.1960"},
        {"external_id": "L2"},
        {"external_id": "L4", "email": "nobody@", "postcode": "30"},
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({"given_name": "Ut", "family_name": "Latt"} | row for row in rows)
    arguments = ["persons", "import", str(path), "--municipality", "9902"]

    strict = app.test_cli_runner().invoke(args=[*arguments, "--strict", "--dry-run"])
    lenient = app.test_cli_runner().invoke(args=arguments)

    assert "4 rows, 2 good, 2 at fault" in strict.output
    assert "3 persons imported" in lenient.output
    assert number not in lenient.output
    with acting_as(db.session(), operator(world.fjellby.id)):
        found = {
            one.external_id: one
            for one in db.session.scalars(select(Person).where(Person.family_name == "Latt"))
        }
    assert sorted(found) == ["L1", "L2", "L4"]
    assert found["L1"].national_id_hash
    assert keyring().decrypt(found["L2"].claimed_id_cipher) == number
    left_out = (found["L2"].national_id_hash, found["L2"].phone, found["L2"].birth_date)
    assert left_out == (None, None, None)
    assert (found["L4"].email, found["L4"].postcode) == (None, None)

    app.test_cli_runner().invoke(args=["duplicates", "scan", "--municipality", "9902"])
    with acting_as(db.session(), operator(world.fjellby.id)):
        both = {found["L1"].id, found["L2"].id}
        pairs = db.session.scalars(select(DuplicatePair)).all()
        [pair] = [one for one in pairs if {one.first_id, one.second_id} == both]
    assert pair.band is MatchBand.CERTAIN
    assert "id_same" in {level for _field, level, _bits in pair.findings}

    with acting_as(db.session(), operator(world.fjellby.id)), transaction():
        claiming = db.session.get_one(Person, found["L2"].id)
        people.set_national_id(claiming, None, is_confirmed=False, today=today())
        assert claiming.claimed_id_cipher is None


# --- pairs that Splink finds ----------------------------------------------------------------------

NATIONWIDE = "app.duplicates.nationwide"


def test_without_splink_the_command_says_how_to_get_it(app, context, monkeypatch):
    monkeypatch.setitem(sys.modules, NATIONWIDE, None)
    monkeypatch.delattr(app_duplicates, "nationwide", raising=False)

    code, output = run(app, "link", "--municipality", "9902")

    assert code == 1
    assert "pip install" in output


@pytest.fixture
def splink(monkeypatch):
    """Stands in for Splink, and finds that whoever is named Nasjonal may be one person.

    Gives what it was asked to do: the file, how it lay, what was in it, and where it compares.
    """
    asked = []

    def write(path, records):
        asked.append(SimpleNamespace(path=path, mode=path.parent.stat().st_mode & 0o077))
        asked[-1].records = list(records)

    def link(path, *, lowest, scratch):
        asked[-1].scratch = scratch
        names = [(int(number), record) for number, record in asked[-1].records]
        of_interest = [number for number, record in names if record.family == "nasjonal"]
        yield str(of_interest[1]), str(of_interest[0]), 20.0
        yield "0", "1", 12.0

    fake = SimpleNamespace(link=link)
    monkeypatch.setattr(linking.linkage_rows, "write", write)
    monkeypatch.setitem(sys.modules, NATIONWIDE, fake)
    monkeypatch.setattr(app_duplicates, "nationwide", fake, raising=False)
    return asked


@pytest.fixture
def nationals(context, world):
    """Two persons in Fjellby who may be one; the id of the municipality."""
    with acting_as(db.session(), operator(world.fjellby.id)) as actor:
        for given in ("Sunniva", "SUNNIVA"):
            registered(actor, given, "Nasjonal")
    db.session.rollback()
    return world.fjellby.id


def test_pairs_that_splink_finds_are_compared_and_kept_as_others_are(app, nationals, splink):
    code, output = run(app, "link", "--municipality", "9902")

    assert code == 0, output
    assert "2 pairs compared" in output
    [asked] = splink
    assert (asked.mode, asked.scratch) == (0, None)
    assert not asked.path.parent.exists()
    with acting_as(db.session(), operator(nationals)):
        states = [
            pair.state
            for pair in db.session.scalars(select(DuplicatePair))
            if pair.first.family_name == "Nasjonal"
        ]
    assert set(states) == {PairState.OPEN}


def test_files_that_killed_runs_left_are_removed_and_those_of_living_ones_are_not(
    app, nationals, splink
):
    folder = duplicate_scan._folder()
    for name in ("linking-killed", "linking-alive"):
        (folder / name).mkdir()
        (folder / name / "persons.csv").touch()

    with held(folder / "linking-alive") as is_ours:
        code, output = run(app, "link", "--municipality", "9902")

    assert is_ours
    assert code == 0, output
    assert [left.name for left in folder.glob("linking-*")] == ["linking-alive"]


@pytest.fixture
def linkage_url(app, monkeypatch):
    """Sets the address of the scratch database."""
    settings = app.config["SAMVEV"]
    return lambda url: monkeypatch.setattr(settings, "linkage_url", url)


def test_another_engine_needs_an_address(app, nationals, splink, linkage_url):
    linkage_url("")

    code, output = run(app, "link", "--municipality", "9902", "--engine", "postgresql")

    assert (code, splink) == (1, [])
    assert "SAMVEV_LINKAGE_URL is not set" in output


def test_another_engine_may_not_use_the_panels_own_database(
    app, nationals, splink, linkage_url, databases, database_name
):
    is_own = database_name == "postgresql"
    linkage_url(app.config["SAMVEV"].database_url if is_own else databases.make("postgresql"))

    code, output = run(app, "link", "--municipality", "9902", "--engine", "postgresql")

    assert (code, splink) == (1, [])
    assert ("the panel's own database" in output) is is_own
    assert ("lacks the extension" in output) is not is_own


def test_another_engine_compares_in_the_scratch_database(
    app, nationals, splink, linkage_url, monkeypatch
):
    linkage_url("postgresql://somewhere/scratch")
    monkeypatch.setattr(scratch, "ready", lambda url, *, panel: (url, panel))

    code, output = run(app, "link", "--municipality", "9902", "--engine", "postgresql")

    assert code == 0, output
    [asked] = splink
    assert asked.scratch[0] == "postgresql://somewhere/scratch"
