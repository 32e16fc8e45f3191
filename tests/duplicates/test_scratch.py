"""The scratch database of ``duplicates link``: what is refused, and that nothing stays in it."""

import os
import signal
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from app.duplicates import scratch, stopping
from app.duplicates.linkage_engine import POSTGRESQL
from app.duplicates.linking import Unusable
from app.duplicates.scratch import PREFIX, Scratch

NOBODY = f"{PREFIX}{7:016x}"
SECRET = "hemmelig"

# The server of the tests has no extensions: this one stands in, with the one function we call.
CONTROL = "default_version = '1.0'\nrelocatable = true\ntrusted = {trusted}\n"
LEVENSHTEIN = """
CREATE FUNCTION levenshtein_less_equal(a text, b text, most int) RETURNS int
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF a = '' OR b = '' THEN RETURN length(a) + length(b); END IF;
    IF left(a, 1) = left(b, 1) THEN
        RETURN levenshtein_less_equal(substr(a, 2), substr(b, 2), most);
    END IF;
    IF most <= 0 THEN RETURN 1; END IF;
    RETURN 1 + least(
        levenshtein_less_equal(substr(a, 2), b, most - 1),
        levenshtein_less_equal(a, substr(b, 2), most - 1),
        levenshtein_less_equal(substr(a, 2), substr(b, 2), most - 1)
    );
END
$$;
"""


@contextmanager
def speaking(url):
    with closing(psycopg.connect(scratch._plain(url), autocommit=True)) as connection:
        yield connection


def schemas(url):
    with speaking(url) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'samvev%'")
        return {name for (name,) in found}


@pytest.fixture
def url(databases):
    """The address of an empty PostgreSQL database."""
    return make_url(databases.make("postgresql"))


@pytest.fixture
def role(url):
    """A role that may log in and nothing else."""
    name = f"guest_{url.database}"
    with speaking(url) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        yield name
        connection.execute(f"DROP OWNED BY {name}")
        connection.execute(f"DROP ROLE {name}")


def ready(url, panel=None):
    return scratch.ready(url.render_as_string(hide_password=False), panel=panel)


def refusal(url, panel=None):
    with pytest.raises(Unusable) as refused:
        ready(url, panel)
    return str(refused.value)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "named"),
    [
        pytest.param("", "is not set", id="none"),
        pytest.param("scratch", "no address", id="no address"),
        pytest.param("sqlite:///scratch.db", "no address", id="another database"),
        pytest.param(f"postgresql://role:{SECRET}@host:port/scratch", "no address", id="no port"),
        pytest.param(
            f"postgresql://role:{SECRET}@127.0.0.1:1/scratch", "can't be reached", id="nobody there"
        ),
        pytest.param(
            f"postgresql://role:{SECRET}@127.0.0.1:1/scratch?colour=red",
            "can't be reached",
            id="unknown option",
        ),
    ],
)
def test_an_address_of_no_use_is_refused_without_its_password(address, named):
    with pytest.raises(Unusable) as refused:
        scratch.ready(address, panel=None)

    assert "SAMVEV_LINKAGE_URL" in str(refused.value)
    assert named in str(refused.value)
    assert SECRET not in str(refused.value)


def test_the_panels_own_database_is_refused_and_its_neighbour_is_not(url, databases):
    neighbour = make_url(databases.make("postgresql"))
    with speaking(url) as connection:
        panel = scratch._identity(connection)

    assert "the panel's own database" in refusal(url, panel)
    assert "the panel's own database" not in refusal(neighbour, panel)


def test_a_server_without_the_extension_is_named_so(url):
    assert "lacks the extension fuzzystrmatch" in refusal(url)


def test_a_role_that_may_make_no_schema_is_told_what_it_needs(url, role):
    guest = url.set(username=role)

    before = refusal(guest)
    with speaking(url) as connection:
        connection.execute(f"GRANT CREATE ON DATABASE {url.database} TO {role}")

    assert f"GRANT CREATE ON DATABASE {url.database} TO {role}" in before
    assert "extension" in refusal(guest)


def test_a_database_in_another_alphabet_is_refused(url):
    latin = url.set(database=f"{url.database}_latin")
    with speaking(url) as connection:
        connection.execute(
            f"CREATE DATABASE {latin.database} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
        )

    assert "LATIN1" in refusal(latin)


@pytest.fixture
def extension(databases, url):
    """Lets the server of ``url`` find an extension, that anybody may make or administrators."""
    databases.make("postgresql")
    folder = Path(databases.server_folder) / f"extensions_{url.database}"

    def offered(*, trusted):
        (folder / "extension").mkdir(parents=True)
        control = CONTROL.format(trusted=str(trusted).lower())
        (folder / "extension" / "fuzzystrmatch.control").write_text(control)
        (folder / "extension" / "fuzzystrmatch--1.0.sql").write_text(LEVENSHTEIN)
        with speaking(url) as connection:
            connection.execute(
                f"ALTER DATABASE {url.database} SET extension_control_path = '{folder}:$system'"
            )

    return offered


def test_the_extension_is_made_where_the_role_may(url, role, extension):
    extension(trusted=True)
    with speaking(url) as connection:
        connection.execute(f"GRANT CREATE ON DATABASE {url.database} TO {role}")

    first, second = ready(url.set(username=role)), ready(url.set(username=role))

    assert first == second
    assert first.functions_in == "public"


def test_where_administrators_must_make_the_extension_it_says_so(url, role, extension):
    extension(trusted=False)
    with speaking(url) as connection:
        connection.execute(f"GRANT CREATE ON DATABASE {url.database} TO {role}")

    refused = refusal(url.set(username=role))
    with speaking(url) as connection:
        connection.execute("CREATE SCHEMA elsewhere")
        connection.execute("CREATE EXTENSION fuzzystrmatch WITH SCHEMA elsewhere")

    assert f"{role} may not make the extension fuzzystrmatch" in refused
    assert ready(url.set(username=role)).functions_in == "elsewhere"


# --- nothing stays --------------------------------------------------------------------------------


def test_a_schema_lives_as_long_as_its_run(url):
    with scratch.schema(Scratch(url, "public")) as schema:
        with schema.connected() as connection:
            connection.execute("CREATE TABLE persons (given text)")
        with schema.connected() as connection:
            count = connection.execute("SELECT count(*) FROM persons").fetchone()
        during = schemas(url)

    assert count == (0,)
    assert during == {schema.name}
    assert schemas(url) == set()


@pytest.mark.parametrize("end", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_run_that_fails_or_is_interrupted_leaves_nothing(url, end):
    def run():
        with scratch.schema(Scratch(url, "public")) as schema, schema.connected() as connection:
            connection.execute("CREATE TABLE persons AS SELECT 1 AS given")
            connection.execute("BEGIN")
            connection.execute("SELECT * FROM persons")
            raise end

    with pytest.raises(end):
        run()

    assert schemas(url) == set()


def test_what_a_killed_run_left_is_removed_with_what_it_still_does(url):
    with speaking(url) as connection:
        connection.execute(f"CREATE SCHEMA {NOBODY}")
        connection.execute(f"CREATE TABLE {NOBODY}.persons (given text)")
        connection.execute(f"CREATE SCHEMA {PREFIX}of_somebody_else")
    left = psycopg.connect(scratch._plain(url), application_name=NOBODY)
    left.execute(f"LOCK TABLE {NOBODY}.persons")

    with closing(left), scratch.schema(Scratch(url, "public")) as alive:
        refusal(url)
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")

        assert schemas(url) == {alive.name, f"{PREFIX}of_somebody_else"}


def test_what_could_not_be_removed_is_said(url):
    with speaking(url.set(database="postgres")) as administrator:
        allow = f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS"
        with pytest.raises(Unusable) as said, scratch.schema(Scratch(url, "public")) as schema:
            administrator.execute(f"{allow} false")
        administrator.execute(f"{allow} true")

    assert f"{schema.name} still lies" in str(said.value)
    assert schemas(url) == {schema.name}
    refusal(url)
    assert schemas(url) == set()


def test_a_command_that_is_told_to_stop_ends_in_order():
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(SystemExit) as stopped, stopping.in_order():
        os.kill(os.getpid(), signal.SIGTERM)

    assert stopped.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is before is signal.SIG_DFL


def test_a_signal_that_is_ignored_stays_ignored(monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with stopping.in_order():
        os.kill(os.getpid(), signal.SIGHUP)
        during = signal.getsignal(signal.SIGHUP)

    signal.signal(signal.SIGHUP, before)
    assert during is signal.SIG_IGN


# --- what PostgreSQL answers of two texts ---------------------------------------------------------

LIKE = [
    ("one_slip('12345678', '12345678')", True),
    ("one_slip('12345678', '12345679')", True),
    ("one_slip('12345678', '1234567')", True),
    ("one_slip('12345678', '21345678')", True),
    ("one_slip('12345678', '12345687')", True),
    ("one_slip('12345678', '12345699')", False),
    ("one_slip('12345678', '32145678')", False),
    ("one_slip('12345678', '1234568')", True),
    ("one_slip('1234567', '12345786')", False),
    ("like_name('kristoffer', 'kristofer')", True),
    ("like_name('kristoffer', 'christoffer')", True),
    ("like_name('ole', 'ola')", True),
    ("like_name('ole', 'kari')", False),
    ("like_name('anne', 'anne marie')", True),
    ("like_name('anne marie', 'anne')", True),
    ("like_name('an', 'anders')", False),
    ("like_street('storgate', 'storgat')", True),
    ("like_street('storgate', 'kirke')", False),
    ("within('a@b.no', 'a@b.com', 2)", True),
    ("within('a@b.no', 'ccc@b.no', 2)", False),
    ("within(repeat('a', 300), repeat('a', 299), 2)", True),
    ("shares_word('anne marie', 'marie')", True),
    ("shares_word('anne marie', 'mari')", False),
    ("log2(8.0) BETWEEN 2.999999 AND 3.000001", True),
]


def test_the_functions_of_the_model_mean_what_they_say(url):
    with scratch.schema(Scratch(url, "public")) as schema, schema.connected() as connection:
        connection.execute(LEVENSHTEIN)
        connection.execute(POSTGRESQL)
        found = [
            (asked, connection.execute(f"SELECT {asked}").fetchone()[0]) for asked, _wanted in LIKE
        ]

    assert found == LIKE
