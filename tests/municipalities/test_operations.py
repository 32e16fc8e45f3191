"""The register in the database: loaded twice, and brought up to date from KLASS."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.clock import today
from app.db import db, transaction
from app.enums import LanguageForm
from app.models import AuditEvent, County, Municipality, MunicipalityCode
from app.municipalities import operations
from app.municipalities.klass import CodeChange, KlassFact
from app.municipalities.operations import Refusal, UpdateRefused
from app.municipalities.register import MunicipalityFact, Register, load_register
from app.municipalities.report import Kind, lines
from app.security import tenancy

CHANGED_ON = date(2026, 1, 1)
LONG_AGO = date(2020, 1, 1)
NOW = date(2026, 6, 1)


@pytest.fixture
def empty(database_name: str, make_app) -> Flask:
    """An installation without a register."""
    return make_app(database_name)


@pytest.fixture(scope="module")
def loaded(database_name: str, make_app) -> Flask:
    """An installation with the whole register; tests only read it."""
    app = make_app(database_name)
    with app.app_context(), transaction() as session:
        operations.load(session, load_register(), demonstration=True)
    return app


def everything(app: Flask) -> dict[str, list[tuple]]:
    """All rows of the register as values."""
    with app.app_context():
        return {
            model.__tablename__: sorted(
                (tuple(row) for row in db.session.execute(select(*model.__table__.c))), key=repr
            )
            for model in (County, Municipality, MunicipalityCode)
        }


def events(app: Flask) -> list[tuple[str, str]]:
    """What the log of the installation tells, oldest first: action and id."""
    central = tenancy.Scope(is_central=True)
    with app.app_context(), tenancy.applied(db.session(), central):
        found = select(AuditEvent).order_by(AuditEvent.id)
        return [(event.action, event.object_id) for event in db.session.scalars(found)]


# --- loading -------------------------------------------------------------------------------------


def test_the_register_has_357_municipalities_in_15_counties(loaded):
    with loaded.app_context():
        real = Municipality.is_demonstration.is_(False)
        assert db.session.scalar(select(func.count(Municipality.id)).where(real)) == 357
        used = select(func.count(func.distinct(Municipality.county_number))).where(real)
        assert db.session.scalar(used) == 15
        assert not db.session.scalars(select(Municipality).where(Municipality.is_in_use)).all()


def test_the_two_of_one_name_are_told_apart(loaded):
    with loaded.app_context():
        shared = db.session.scalars(select(Municipality).where(Municipality.has_namesake)).all()
        names = sorted(row.display_name for row in shared)

    assert names == [
        "Herøy (Møre og Romsdal)",
        "Herøy (Nordland)",
        "Våler (Innlandet)",
        "Våler (Østfold)",
    ]


def test_the_id_of_a_municipality_is_its_first_number(loaded):
    with loaded.app_context():
        rows = db.session.scalars(select(Municipality)).all()

    assert all(row.id == int(row.number) for row in rows)


def test_every_municipality_has_its_code(loaded):
    with loaded.app_context():
        codes = {
            (code.municipality_id, code.number, code.name, code.valid_from, code.valid_to)
            for code in db.session.scalars(select(MunicipalityCode))
        }
        rows = db.session.scalars(select(Municipality)).all()

    assert codes == {(row.id, row.number, row.name, row.valid_from, None) for row in rows}


@pytest.mark.parametrize("demonstration", [False, True])
def test_loading_twice_gives_the_same(empty, demonstration):
    counts, seen = [], []
    for _ in range(2):
        with empty.app_context(), transaction() as session:
            added = operations.load(session, load_register(), demonstration=demonstration)
        counts.append((added.counties, added.municipalities))
        seen.append((everything(empty), events(empty)))

    assert counts == [(15 + demonstration, 357 + 2 * demonstration), (0, 0)]
    assert seen[0] == seen[1]


def test_the_made_up_ones_come_only_when_asked_for(empty):
    with empty.app_context():
        for demonstration, expected in ((False, []), (True, ["9901", "9902"])):
            with transaction() as session:
                operations.load(session, load_register(), demonstration=demonstration)
            found = select(Municipality.number).where(Municipality.is_demonstration)
            assert sorted(db.session.scalars(found)) == expected


def test_every_municipality_added_is_told_in_the_installations_log(loaded):
    told = [pk for action, pk in events(loaded) if action == "municipality:added"]

    assert len(told) == len(set(told)) == 359
    assert "301" in told


# --- newer lists ---------------------------------------------------------------------------------

SMALL = Register(
    counties=tuple(one for one in load_register().counties if one.number in ("03", "11", "15")),
    municipalities=(
        MunicipalityFact(
            "0301", "Oslo", (("sma", "Oslove"),), LanguageForm.NEUTRAL, "03", LONG_AGO
        ),
        MunicipalityFact("1101", "Eigersund", (), LanguageForm.BOKMAL, "11", LONG_AGO),
        MunicipalityFact("1111", "Sokndal", (), LanguageForm.NYNORSK, "11", LONG_AGO),
        MunicipalityFact("1508", "Ålesund", (), LanguageForm.NEUTRAL, "15", LONG_AGO),
    ),
    demonstration_counties=(),
    demonstration_municipalities=(),
)
UNCHANGED = tuple(KlassFact(fact.number, fact.names, LONG_AGO) for fact in SMALL.municipalities)


@pytest.fixture
def small(empty: Flask) -> Flask:
    """An installation with four municipalities; Sokndal and Ålesund are in use."""
    with empty.app_context(), transaction() as session:
        operations.load(session, SMALL)
        session.get(Municipality, 1111).is_in_use = True
        session.get(Municipality, 1508).is_in_use = True
    return empty


def without(*numbers: str) -> list[KlassFact]:
    return [fact for fact in UNCHANGED if fact.number not in numbers]


def update(app: Flask, newer, table=(), **options):
    with app.app_context(), transaction() as session:
        return operations.update_from_klass(session, newer, table, today=NOW, **options)


def row(app: Flask, pk: int) -> Municipality:
    with app.app_context():
        return db.session.get_one(Municipality, pk)


def codes(app: Flask, pk: int) -> list[tuple]:
    with app.app_context():
        found = select(MunicipalityCode).where(MunicipalityCode.municipality_id == pk)
        return sorted(
            (code.valid_from, code.valid_to, code.number, code.name)
            for code in db.session.scalars(found)
        )


def test_a_list_that_agrees_changes_nothing(small):
    before = everything(small), events(small)

    report = update(small, UNCHANGED)

    assert list(lines(report)) == ["Nothing has changed."]
    assert (everything(small), events(small)) == before


def test_a_new_municipality_is_added_and_not_in_use(small):
    report = update(small, [*UNCHANGED, KlassFact("1199", ("Nyby",), CHANGED_ON)])

    added = row(small, 1199)
    assert (added.name, added.county_number, added.is_in_use) == ("Nyby", "11", False)
    assert added.valid_from == CHANGED_ON
    assert codes(small, 1199) == [(CHANGED_ON, None, "1199", "Nyby")]
    assert [finding.kind for finding in report.findings] == [Kind.NEW]


def test_a_municipality_that_ends_is_closed_and_kept(small):
    report = update(small, without("1101"))

    assert row(small, 1101).valid_to == NOW
    assert codes(small, 1101) == [(LONG_AGO, NOW, "1101", "Eigersund")]
    assert report.of(Kind.ENDED)[0].stranded == ()
    assert events(small)[-1] == ("municipality:ended", "1101")


def test_a_municipality_in_use_that_ends_is_reported_and_stays_in_use(small):
    report = update(small, without("1111"))

    assert row(small, 1111).valid_to == NOW
    assert row(small, 1111).is_in_use
    assert report.of(Kind.ENDED)[0].stranded == ("1111 Sokndal",)
    assert any("1111 Sokndal is in use here" in line for line in lines(report))


def test_a_renamed_municipality_keeps_its_id_and_its_earlier_name(small):
    update(small, [*without("1101"), KlassFact("1101", ("Egersund",), LONG_AGO)])

    renamed = row(small, 1101)
    assert (renamed.name, renamed.search_name) == ("Egersund", "egersund")
    assert codes(small, 1101) == [
        (LONG_AGO, NOW, "1101", "Eigersund"),
        (NOW, None, "1101", "Egersund"),
    ]
    assert events(small)[-1] == ("municipality:renamed", "1101")


def test_a_name_in_another_language_keeps_the_language_that_is_known(small):
    names = ("Oslo", "Oslove", "Osloi")
    update(small, [*without("0301"), KlassFact("0301", names, LONG_AGO)])

    assert row(small, 301).name == "Oslo"
    assert row(small, 301).official_names == {"sma": "Oslove", "und": "Osloi"}


def test_a_name_with_lost_letters_is_reported_and_not_used(small):
    report = update(small, [*without("1101"), KlassFact("1101", ("E?gersund by",), LONG_AGO)])

    assert row(small, 1101).name == "Eigersund"
    assert "lost" in report.of(Kind.RENAMED)[0].note


def test_a_renumbered_municipality_keeps_its_id_and_its_data(small):
    newer = [*without("1508"), KlassFact("1509", ("Ålesund",), CHANGED_ON)]
    update(small, newer, [CodeChange("1508", "1509", CHANGED_ON)])

    moved = row(small, 1508)
    assert (moved.number, moved.is_in_use, moved.valid_to) == ("1509", True, None)
    assert codes(small, 1508) == [
        (LONG_AGO, CHANGED_ON, "1508", "Ålesund"),
        (CHANGED_ON, None, "1509", "Ålesund"),
    ]
    assert events(small)[-1] == ("municipality:renumbered", "1508")


def test_a_merger_ends_those_that_went_into_it_and_reports_those_in_use(small):
    newer = [*without("1101", "1111"), KlassFact("1150", ("Dalane",), CHANGED_ON)]
    table = [CodeChange(old, "1150", CHANGED_ON) for old in ("1101", "1111")]

    report = update(small, newer, table)

    assert row(small, 1150).language_form is LanguageForm.NEUTRAL
    assert {row(small, pk).valid_to for pk in (1101, 1111)} == {CHANGED_ON}
    assert report.of(Kind.MERGED)[0].stranded == ("1111 Sokndal",)
    merged = [pk for action, pk in events(small) if action == "municipality:merged"]
    assert merged == ["1101", "1111"]


def test_one_that_takes_in_another_goes_on(small):
    report = update(small, without("1111"), [CodeChange("1111", "1101", CHANGED_ON)])

    assert row(small, 1101).valid_to is None
    assert row(small, 1111).valid_to is not None
    assert report.of(Kind.MERGED)[0].after == ("1101 Eigersund",)


def test_one_that_is_divided_ends_and_its_parts_begin(small):
    names = {"1510": "Vest", "1511": "Aust"}
    parts = [KlassFact(number, (name,), CHANGED_ON) for number, name in names.items()]
    table = [CodeChange("1508", part.number, CHANGED_ON) for part in parts]

    report = update(small, [*without("1508"), *parts], table)

    assert (row(small, 1510).name, row(small, 1511).name) == ("Vest", "Aust")
    assert row(small, 1508).valid_to == CHANGED_ON
    assert report.of(Kind.SPLIT)[0].stranded == ("1508 Ålesund",)


def test_one_that_had_ended_begins_again_as_the_same(small):
    update(small, without("1101"))

    update(small, UNCHANGED)

    assert row(small, 1101).valid_to is None
    assert codes(small, 1101)[-1][1] is None
    assert events(small)[-1] == ("municipality:reopened", "1101")


def test_a_name_that_becomes_shared_is_told_apart(small):
    update(small, [*without("1101"), KlassFact("1101", ("Sokndal",), LONG_AGO)])

    assert row(small, 1101).display_name == "Sokndal (Rogaland)"
    assert row(small, 1111).has_namesake


def test_loading_again_does_not_undo_a_newer_list(small):
    newer = [*without("1508", "1101"), KlassFact("1509", ("Ålesund",), CHANGED_ON)]
    update(small, newer)
    before = everything(small)

    with small.app_context(), transaction() as session:
        operations.load(session, SMALL)

    assert everything(small) == before


def test_the_same_list_twice_changes_nothing_more(small):
    newer = [*without("1508", "1101"), KlassFact("1509", ("Ålesund",), CHANGED_ON)]
    update(small, newer)
    before = everything(small), events(small)

    report = update(small, newer)

    assert report.findings == ()
    assert (everything(small), events(small)) == before


def test_a_dry_run_reports_and_writes_nothing(small):
    before = everything(small), events(small)
    newer = [*without("1111"), KlassFact("1199", ("Nyby",), CHANGED_ON)]

    dry = update(small, newer, dry_run=True)

    assert (everything(small), events(small)) == before
    assert dry == update(small, newer)
    assert everything(small) != before[0]


def test_a_list_of_the_future_waits(small):
    before = everything(small)
    future = KlassFact("1199", ("Nyby",), NOW + timedelta(days=1))

    report = update(small, [*UNCHANGED, future])

    assert report.is_future
    assert everything(small) == before
    assert update(small, [*UNCHANGED, replace(future, valid_from=NOW)]).is_future is False
    assert row(small, 1199).name == "Nyby"


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        (KlassFact("7701", ("Nyby",), CHANGED_ON), Refusal.UNKNOWN_COUNTY),
        (KlassFact("1199", ("Ny?y",), CHANGED_ON), Refusal.LOST_LETTERS),
    ],
)
def test_a_list_that_cannot_be_written_whole_is_not_written(small, fact, problem):
    before = everything(small)

    with pytest.raises(UpdateRefused) as refused:
        update(small, [*without("1101"), fact])

    assert refused.value.problem is problem
    assert refused.value.numbers == (fact.number,)
    assert everything(small) == before


def test_the_made_up_ones_are_not_compared(loaded):
    with loaded.app_context():
        facts = [
            KlassFact(fact.number, fact.names, fact.valid_from)
            for fact in load_register().municipalities
        ]
        report = operations.update_from_klass(db.session(), facts, today=today(), dry_run=True)

    assert report.findings == ()


# --- commands ------------------------------------------------------------------------------------


def klass_file(folder: Path, *facts: tuple[str, str]) -> str:
    """A code list as KLASS exports it."""
    path = folder / "codes.csv"
    rows = "".join(f'"{number}";"{name}";"2020-01-01"\n' for number, name in facts)
    path.write_text('"code";"name";"validFrom"\n' + rows, encoding="utf-8")
    return str(path)


def run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=["municipalities", *arguments])


def test_the_commands_say_what_they_did(empty, tmp_path):
    assert run(empty, "load").output == "357 municipalities and 15 counties added\n"
    assert run(empty, "load", "--demo").output == "2 municipalities and 1 counties added\n"

    facts = [(f.number, " - ".join(f.names)) for f in load_register().municipalities]
    same, fewer = klass_file(tmp_path, *facts), None
    assert run(empty, "update", same).output == "Nothing has changed.\n"

    fewer = klass_file(tmp_path, *(fact for fact in facts if fact[0] != "1151"))
    dry = run(empty, "update", fewer, "--dry-run")
    assert dry.output.startswith("Ended: 1151 Utsira is no longer a municipality.\n")
    assert dry.output.endswith("A dry run: nothing is written.\n")
    assert row(empty, 1151).valid_to is None

    run(empty, "update", fewer)
    assert row(empty, 1151).valid_to == today()


def test_a_file_that_is_no_list_is_refused_with_its_line(small, tmp_path):
    file = klass_file(tmp_path, ("0301", "Oslo"), ("x", "Feil"))

    answer = run(small, "update", file)

    assert answer.exit_code == 1
    assert answer.output == "Error: codes.csv, line 3: bad number\n"


def test_a_refused_list_is_told_in_words(small, tmp_path):
    answer = run(small, "update", klass_file(tmp_path, ("7701", "Nyby")))

    assert answer.exit_code == 1
    assert "lacks the county of 7701" in answer.output
