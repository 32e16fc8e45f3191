"""Standard roles and templates as files: out, in, and what is wrong told by path and line."""

import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.db import db
from app.enums import Capability, FieldKind, Giver, Level, PlanKind, Section
from app.models import StandardRole
from app.security.actor import acting_as, operator
from app.security.plan_rights import MOST_GIVEN
from app.set_up_tables import Template
from app.templating import file_content, file_reading, shelf, versions
from app.templating.file_content import SetFile, as_text, piece, pieces
from app.templating.file_reading import BadFile, pack, read, unpack
from app.templating.json_lines import places
from app.templating.role_content import RoleContent
from app.templating.template_content import PARTS, TemplateContent
from tests.conftest import with_world
from tests.drills import size
from tests.plans import garden as gardens

LITERAL = "{{7*7}} <script>alert(1)</script> =HYPERLINK(1) %(name)s \u202eabc"
PACKED = re.compile(r'name="file" value="([^"]+)"')

# --- what a file says, as a rule ------------------------------------------------------------------

texts = st.builds(
    lambda nb, nn: {"nb": nb, "nn": nn},
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
        lambda text: text.strip()
    )
    | st.just(LITERAL),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)
keys = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
roles = st.builds(
    lambda names, kinds, matrix, abilities, givers, months: RoleContent(
        names=names,
        kinds=tuple(kinds),
        matrix={s: at for s, at in matrix.items() if at.rank <= MOST_GIVEN[s].rank},
        capabilities=tuple(abilities),
        given_by=tuple(givers),
        months=months,
    ),
    texts,
    st.lists(st.sampled_from(PlanKind), min_size=1, unique=True),
    st.dictionaries(st.sampled_from(Section), st.sampled_from(Level)),
    st.lists(st.sampled_from(Capability), unique=True),
    st.lists(st.sampled_from(Giver), min_size=1, unique=True),
    st.none() | st.integers(1, 60),
)


def _listed(part, **more):
    return st.lists(
        st.fixed_dictionaries({"key": keys, "names": texts, **part}, optional=more),
        max_size=3,
        unique_by=lambda one: one["key"],
    )


def _fields(kind):
    of_kind = {
        FieldKind.CHOICE: {"choices": _listed({}).filter(bool)},
        FieldKind.TABLE: {
            "columns": _listed({"kind": st.sampled_from(["date", "number"])}).filter(bool)
        },
    }
    known = {"key": keys, "names": texts, "kind": st.just(kind), "is_required": st.booleans()}
    return st.fixed_dictionaries(known | of_kind.get(kind, {}))


templates = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(PlanKind),
        "names": texts,
        "sections": _listed(
            {
                "part": st.sampled_from(PARTS),
                "fields": st.lists(
                    st.sampled_from(FieldKind).flatmap(_fields),
                    max_size=3,
                    unique_by=lambda one: one["key"],
                ),
            }
        ),
        "goals": st.lists(st.fixed_dictionaries({"names": texts}), max_size=2),
        "participants": st.lists(
            st.fixed_dictionaries({"functions": texts, "role": keys}), max_size=2
        ),
    }
).map(TemplateContent.model_validate)


@settings(max_examples=size(60, 1000), deadline=None)
@given(st.lists(roles | templates, max_size=4))
def test_what_is_taken_out_is_what_is_taken_in(contents):
    files = [piece(f"x_{number}", content) for number, content in enumerate(contents)]
    file = SetFile(
        roles=tuple(one for one in files if isinstance(one, file_content.RoleFile)),
        templates=tuple(one for one in files if isinstance(one, file_content.TemplateFile)),
    )
    data = as_text(file, "https://example.org/schema").encode()

    for found in (read(data), read(unpack(pack(data)))):
        assert {one.key: one.content for one in pieces(found)} == {
            one.key: one.content for one in files
        }


@settings(max_examples=size(150, 3000), deadline=None)
@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
)
def test_whatever_the_bytes_are_they_are_a_file_or_told_what_is_wrong(data):
    with pytest.raises(BadFile) as told:
        read(data)
    assert told.value.problems
    with pytest.raises(BadFile):
        read(unpack(data.decode("latin-1")))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=size(100, 2000), deadline=None)
@given(json_values)
def test_the_line_of_every_value_is_found(value):
    text = json.dumps(value, indent=1, ensure_ascii=False)
    wanted = {}

    def number(one, path):
        """Put a mark in place of every value, to see on which line it comes out."""
        wanted[path] = len(wanted)
        if isinstance(one, dict):
            for key, inner in one.items():
                number(inner, (*path, key))
        if isinstance(one, list):
            for place, inner in enumerate(one):
                number(inner, (*path, place))

    number(value, ())
    found = places(text, list(wanted)).lines

    lines = text.split("\n")
    for path in wanted:
        step = path[-1] if path else ""
        if isinstance(step, str) and path:
            assert json.dumps(step, ensure_ascii=False) in lines[found[path] - 1]
    assert sorted(found[path] for path in wanted)[-1] <= len(lines)


def _role(**changes):
    said = {
        "form": "samvev-standard-role/1",
        "key": "x",
        "names": {"nb": "X"},
        "kinds": ["individual_plan"],
    }
    return json.dumps(said | changes, indent=1).encode()


@pytest.mark.parametrize(
    ("data", "what", "path", "line"),
    [
        (b"", "not_json", (), 1),
        (b'{\n"form": 1,\n}', "not_json", (), 3),
        (b"[]", "no_form", ("form",), 1),
        (b'{"form": "noe/1"}', "no_form", ("form",), 1),
        (b"\n\xff", "not_utf8", (), 2),
        (b"[" * 100_000, "not_json_values", (), None),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "too_deep", ("a",) * 41, 1),
        (b'{"form": NaN}', "not_json_values", (), None),
        (b" " * (file_reading.LARGEST + 1), "too_large", (), None),
        (_role(navn="X"), "extra_forbidden", ("navn",), 10),
        (_role(kinds=["individual_plan", "hytteplan"]), "enum", ("kinds", 1), 9),
        (_role(names={"nn": "X"}), "name_needed", ("names",), 4),
        (_role(names={"nb": "\ud800"}), "control_character", ("names", "nb"), 5),
        (_role(names={"nb": "a\u0000"}), "control_character", ("names", "nb"), 5),
        (_role(matrix={"event_log": "read"}), "level_too_high", ("matrix",), 10),
        (_role(months="mange"), "int_parsing", ("months",), 10),
        (_role().replace(b'"key"', b'"form"'), "name_twice", ("form",), 3),
    ],
)
def test_what_is_wrong_is_told_with_where_it_stands(data, what, path, line):
    with pytest.raises(BadFile) as told:
        read(data)

    found = [(one.what, one.path, one.line) for one in told.value.problems]
    assert (what, path, line) in found


def test_a_set_whose_pieces_have_the_same_key_is_refused():
    one = piece("x", RoleContent(names={"nb": "X"}, kinds=(PlanKind.RELAY_LOG,)))

    with pytest.raises(BadFile) as told:
        read(as_text(SetFile(roles=(one, one)), "").encode())

    (problem,) = told.value.problems
    assert (problem.what, problem.path) == ("key_twice", ("roles", 1, "key"))


# --- as the local administrator meets it ---------------------------------------------------------


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own, with both municipalities set up."""
    app = with_world(make_app(database_name))
    with app.app_context():
        for place in (app.extensions["test_world"].strandvik, app.extensions["test_world"].fjellby):
            with gardens.planting(place):
                pass
    return app


@pytest.fixture
def look(app, world):
    """Asks something in Strandvik."""

    def ask(question):
        with app.app_context(), acting_as(db.session(), operator(world.strandvik.id)):
            return question()

    return ask


def _row(model, key):
    return db.session.scalar(select(model).where(model.key == key))


def _file(said):
    return {"file": (io.BytesIO(json.dumps(said).encode()), "fil.json")}


def _taken(client, said, *chosen):
    """Look at a file, choose, and send; the answer."""
    page = client.send("/set-up-files/", _file(said))
    assert page.status_code == 200, page.text
    packed = PACKED.search(page.text)[1]
    return client.send(
        "/set-up-files/take-in",
        {"file": packed, **{f"piece-{n}": one for n, one in enumerate(chosen)}},
    )


def test_a_set_that_is_taken_out_says_the_same_as_what_is_here(client_as):
    client = client_as("lokal.strandvik")

    answer = client.get("/set-up-files/everything")
    page = client.send("/set-up-files/", _file(answer.json))

    assert answer.json["$schema"].endswith("/set-up-files/schema")
    assert len(answer.json["templates"]) == 16
    assert page.text.count('value="leave_out" selected') == len(pieces(read(answer.data)))


def test_a_template_from_a_file_becomes_a_draft_and_nothing_else_changes(client_as, look):
    client = client_as("lokal.strandvik")
    key = "tom_familieplan"
    pk = look(lambda: _row(Template, key).id)
    said = client.get(f"/set-up-files/template/{pk}").json
    said["names"]["nb"] = LITERAL

    page = client.send("/set-up-files/", _file(said))
    answer = _taken(client, said, "change")

    assert "&lt;script&gt;" in page.text
    assert "<script>alert" not in page.text
    assert "{{7*7}}" in page.text
    assert answer.status_code == 302
    head = look(lambda: _row(Template, key))
    assert head.names["nb"] == "Tom familieplan"
    assert look(lambda: versions.draft(head).content["names"]["nb"]) == LITERAL
    assert client.get(answer.location).status_code == 200


def test_a_role_that_is_added_beside_gets_a_name_and_key_and_the_file_s_templates_follow(
    client_as, look
):
    client = client_as("lokal.strandvik")
    role = client.get("/set-up-files/everything").json["roles"][2]
    assert role["key"] == "laerer"
    template = {
        "form": "samvev-template/1",
        "key": "delt",
        "kind": "family_plan",
        "names": {"nb": "Delt"},
        "participants": [
            {"functions": {"nb": "Lærer"}, "role": "laerer"},
            {"functions": {"nb": "Fyrvokter"}, "role": "fyrvokter"},
        ],
    }
    said = {"form": "samvev-set/1", "roles": [role | {"months": 7}], "templates": [template]}

    page = client.send("/set-up-files/", _file(said))
    answer = _taken(client, said, "add", "add")

    assert "Fyrvokter" in page.text
    assert answer.status_code == 302
    made = look(lambda: _row(StandardRole, "laerer_2"))
    assert (made.kinds, made.names["nb"]) == ([], "Lærer (kopi)")
    draft = look(lambda: versions.draft(_row(Template, "delt")).content)
    assert [one["role"] for one in draft["participants"]] == ["laerer_2", "fyrvokter"]


def test_a_draft_that_somebody_works_on_is_left_unless_one_says_so(client_as, look):
    client = client_as("lokal.strandvik")
    pk = look(lambda: _row(Template, "tom_iup").id)
    said = client.get(f"/set-up-files/template/{pk}").json
    _taken(client, said | {"review_weeks": 3}, "change")

    page = client.send("/set-up-files/", _file(said | {"review_weeks": 4}))

    assert '<option value="leave_out" selected>' in page.text
    assert look(lambda: shelf.drafted(_row(Template, "tom_iup")).review_weeks) == 3


def test_a_bad_file_is_told_by_line_and_nothing_is_taken_in(client_as, look):
    client = client_as("lokal.strandvik")
    before = look(lambda: len(db.session.scalars(select(Template)).all()))

    page = client.send(
        "/set-up-files/",
        _file({"form": "samvev-template/1", "key": "a", "kind": "family_plan", "navn": "<b>"}),
    )
    smuggled = client.send("/set-up-files/take-in", {"file": "tull", "piece-0": "add"})

    assert (page.status_code, smuggled.status_code) == (422, 422)
    assert "names" in page.text
    assert "navn" in page.text
    assert look(lambda: len(db.session.scalars(select(Template)).all())) == before


def test_what_is_chosen_must_be_possible_and_something(client_as):
    client = client_as("lokal.strandvik")
    said = json.loads(_role(key="helt_ny"))

    assert _taken(client, said, "leave_out").status_code == 422
    assert _taken(client, said, "change").status_code == 409
    assert _taken(client, said, "tull").status_code == 422


@pytest.mark.parametrize("login", ["koordinator.strandvik", "planeier", "sentral"])
def test_nobody_else_takes_files_in_or_out(client_as, look, login):
    pk = look(lambda: _row(Template, "tom_iop").id)

    for path in ("/set-up-files/", "/set-up-files/everything", f"/set-up-files/template/{pk}"):
        assert client_as(login).get(path).status_code == 403
    assert client_as("lokal.fjellby").get(f"/set-up-files/template/{pk}").status_code == 404


def test_the_schema_stands_at_the_address_that_files_name(client_as):
    answer = client_as("lokal.strandvik").get("/set-up-files/schema")

    assert answer.mimetype == "application/schema+json"
    assert {"RoleFile", "TemplateFile", "SetFile"} <= answer.json["$defs"].keys()
