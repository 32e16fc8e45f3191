"""Hostile values in every parameter of every route: no crash, and nothing said of the inside."""

import random
import re

import pytest

from tests.conftest import with_world
from tests.drills import size, tell
from tests.matrix.cells import ACTORS, SENDING_OUT, all_cells, foreign_words, visitor

REQUESTS = size(600, 10_000)
SEED = 20_260_101
WEEK_POINTS = re.compile(
    r"Traceback|sqlalchemy|psycopg|sqlite3|SELECT .* FROM|INSERT INTO|UPDATE .* SET|\.py\b"
    r"|/site-packages/",
    re.IGNORECASE,
)
HUGE = 2**63
VALUES = [
    "abc",
    "-1",
    "0",
    str(HUGE),
    str(-HUGE - 1),
    "1e309",
    "NaN",
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202eabc",
    "\ufeff",
    "\u2028",
    "e\u0301",
    "😀" * 50,
    "' OR 1=1 --",
    "'; DROP TABLE person; --",
    "%27%20OR%201=1",
    "%_%",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${7*7}",
    "%(x)s",
    "{0.__class__}",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "!(" * 2000,
    "(" * 3000,
    "[" * 5000,
    "A" * 20_000,
    "0001-01-01",
    "31.02.2020",
    "29.02.2023",
    "99.99.9999",
    "9999-12-31",
    "null",
    "true",
    "[]",
    "{}",
    "=1+1",
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-7000-8000-00000000000G",
    "\r\nSet-Cookie: a=b",
]
NAMES = [
    "page",
    "page_PersonView",
    "psize_PersonView",
    "_oc_PersonView",
    "_od_PersonView",
    "_flt_0_unit",
    "_flt_99_family_name",
    "q",
    "order",
    "after",
    "before",
    "size",
    "format",
    "end",
    "state",
    "family_name",
    "birth_date",
    "columns",
    "filters",
    "keys",
    "next",
    "find",
    "version",
    "form_key",
    "unit_id",
    "municipality_id",
    "id",
    "role",
    "national_id",
    "__proto__",
    "\x00",
    "_method",
]


class Hostile:
    """Makes hostile requests from a seed, the same each time."""

    def __init__(self, cells):
        self.random = random.Random(SEED)
        self.cells = [cell for cell in cells if cell.method not in ("HEAD", "OPTIONS")]

    def value(self):
        """A hostile value."""
        return self.random.choice(VALUES)

    def values(self):
        """Some hostile parameters, names hostile too now and then."""
        many = self.random.randint(1, 4)
        names = [*NAMES, self.value()]
        return {self.random.choice(names): self.value() for _ in range(many)}

    def send(self, who):
        """Make one request; the cell and the answer."""
        cell = self.random.choice(self.cells)
        key = _path_part(self.value()) if self.random.random() < 0.3 else None
        path = cell.path(key)
        options = {"method": cell.method, "query_string": _sendable(self.values())}
        if cell.is_rest:
            options["headers"] = {"Authorization": f"Bearer {who.secret or self.value()[:50]}"}
            options["headers"] = {k: _header(v) for k, v in options["headers"].items()}
        if cell.method != "GET":
            self._add_body(cell, who, options)
        return cell, who.client.open(path, **options)

    def _add_body(self, cell, who, options):
        kind = self.random.random()
        if cell.is_rest and kind < 0.7:
            options["json"] = self.random.choice(
                [self.values(), [], None, self.value()[:500], HUGE * 2, {"a": {"b": [{}] * 50}}]
            )
            if options["json"] is None or "\ud800" in repr(options["json"]):
                options.pop("json")
                options["data"] = b'{"a": "\\ud800", "a": 1e999}'
                options["content_type"] = "application/json"
        elif kind < 0.9:
            options["data"] = _sendable(self.values()) | {"csrf_token": who.csrf}
        else:
            options["data"] = self.random.randbytes(2_000)
            options["content_type"] = self.random.choice(
                ["application/json", "multipart/form-data; boundary=x", "text/plain", "x"]
            )


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own: what is sent here changes whatever it hits."""
    return with_world(make_app(database_name))


def _sendable(values):
    """Parameters as bytes on the wire would be, lone surrogates percent-encoded."""
    return {
        k.encode("utf-8", "replace").decode(): v.encode("utf-8", "replace").decode()
        for k, v in values.items()
    }


def _path_part(value):
    """A value as one part of a path."""
    return value.encode("utf-8", "replace").decode().replace("/", "_") or "x"


def _header(value):
    return re.sub(r"[^\x20-\x7e]", "?", value)


@pytest.mark.drill
def test_hostile_values_crash_nothing_and_learn_nothing(app, world, client_as, capsys):
    with app.app_context():
        cells = [cell for cell in all_cells(app, world) if cell.endpoint not in SENDING_OUT]
    visitors = [
        visitor(app, world, name, client_as)
        for name in ACTORS
        if name not in ("larer, nowhere yet", "utgatt")
    ]
    hostile = Hostile(cells)

    wrong = []
    for number in range(REQUESTS):
        who = visitors[number % len(visitors)]
        cell, answer = hostile.send(who)
        text = answer.get_data(as_text=True)
        if answer.status_code >= 500 and cell.endpoint != "ready":
            wrong.append(f"{cell}: {answer.status_code}")
        if WEEK_POINTS.search(text) and cell.endpoint not in ("metrics",):
            wrong.append(f"{cell}: says {WEEK_POINTS.search(text).group(0)!r}")
        if any(word in text for word in foreign_words(who, world, cell)):
            wrong.append(f"{cell}: shows a foreign row")
        answer.close()

    tell(capsys, f"fuzz: {REQUESTS} hostile requests, wrong: {len(wrong)}")
    assert not wrong, "\n".join(sorted(set(wrong))[:40])


def test_a_field_of_ten_megabytes_is_refused(client_as):
    client = client_as("lokal.strandvik")

    answer = client.send("/person/add", {"given_name": "A" * 10_000_000, "family_name": "B"})

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "query", ["unknown=1", "family_name=a&family_name=b", "order=phone", "size=-1", "after=1"]
)
def test_a_filter_that_is_not_understood_is_refused(client_as, query):
    client = client_as("lokal.strandvik")

    assert client.get(f"/person/list/?{query}").status_code == 400
    assert client.get("/person/list/?family_name=a&order=-family_name&size=10").status_code == 200
