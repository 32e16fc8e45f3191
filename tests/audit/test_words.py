"""Every action that the program records has words."""

import ast
import re
from pathlib import Path

import pytest

from app.audit import log
from app.audit.field_words import FIELDS
from app.audit.words import ACTIONS, OBJECTS, REFUSED, THINGS, action_options, spoken
from app.screens.scoped_view import ScopedModelView
from config import ROOT

CODE = re.compile(r"[a-z_]+:[a-z_]+")
RECORDERS = {"record", "record_refusal", "_event", "_tell"}
SOURCES = sorted((ROOT / "app").rglob("*.py"))


def recorded_codes(source: Path):
    """The action codes that calls in a file name outright."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and called(node) in RECORDERS:
            for part in node.args:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def own_codes():
    return {code for source in SOURCES for code in recorded_codes(source) if CODE.fullmatch(code)}


def composed_codes(source: Path):
    """The codes that calls in a file put together, as they are written."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and called(node) in RECORDERS:
            yield from (ast.unparse(one) for one in node.args if isinstance(one, ast.JoinedStr))


COMPOSED = {
    "f'{row.__tablename__}:added'": set(),  # Told below, by model.
    "f'{row.__tablename__}:changed'": set(),
    "f'{self.resource}:exported'": set(),  # Told below, by screen.
    "f'municipality:{kind.value}'": {
        "municipality:ended",
        "municipality:merged",
        "municipality:split",
    },
    "f'{kind}:exported'": {
        "standard_role:exported",
        "template:exported",
        "national_piece:exported",
    },
    "f'{kind}:imported'": {
        "standard_role:imported",
        "template:imported",
        "national_piece:imported",
    },
    "f'job:{state}'": {"job:failed", "job:cancelled"},
}


def test_every_code_that_is_put_together_has_words():
    composed = {code for source in SOURCES for code in composed_codes(source)}
    composed = {code for code in composed if not code.startswith(f"f'{REFUSED}")}

    assert composed == COMPOSED.keys()
    assert set().union(*COMPOSED.values()) <= ACTIONS.keys()


def test_codes_are_found_in_the_program():
    assert {"account:signed_in", "unit:merged", "person:national_id_shown"} <= own_codes()


def test_every_code_that_is_recorded_has_words():
    assert own_codes() - ACTIONS.keys() == set()


def test_every_change_that_tells_itself_has_words():
    names = {model.__tablename__ for model in log.FOLLOWED}

    assert {f"{name}:{verb}" for name in names for verb in ("added", "changed")} <= ACTIONS.keys()
    assert names <= OBJECTS.keys()


def test_every_screen_that_exports_has_words(app):
    views = app.appbuilder.baseviews
    exported = {
        f"{view.resource}:exported"
        for view in views
        if isinstance(view, ScopedModelView) and view.has_door("export")
    }

    assert {"person:exported", "unit:exported", "audit_event:exported"} <= exported
    assert exported <= ACTIONS.keys()


def test_every_field_that_a_change_can_name_has_words():
    columns = {
        column.key
        for model in log.FOLLOWED
        for column in model.__mapper__.column_attrs
        if column.key not in log.NOT_TOLD
    }
    never_changed = {
        "offered",
        "open_plans",
        "unit_ids",
        "id",
        "municipality_id",
        "account_id",
        "created_at",
        "at",
        "answered_at",
        "requested_by_id",
        "proposed_by_id",
        "proposed_at",
        "approved_by_id",
        "made_at",
        "expires_at",
        "secret_hash",
        "may_write",
        "county_number",
        "list_name",
        "action",
        "count",
        "language_form",
        "is_demonstration",
        "key",
        "role_id",
        "template_id",
        "added_at",
        "author_id",
        "authority_id",
        "from_id",
        "given_at",
        "given_by_id",
        "giver_id",
        "holder_id",
        "offered_at",
        "participant_id",
        "plan_id",
        "published_at",
        "recorded_at",
        "recorded_by_id",
        "started_at",
        "starts_at",
        "stated_at",
        "stated_by_id",
        "text_id",
        "to_id",
        "asked_at",
        "from_municipality_id",
        "move_id",
        "text_number",
        "to_municipality_id",
    }

    assert columns - FIELDS.keys() - never_changed == set()


def test_every_code_belongs_to_a_group_that_the_filter_offers():
    groups = {code.partition(":")[0] + ":" for code in ACTIONS} | {REFUSED}

    assert groups == THINGS.keys()
    assert len({value for value, _words in action_options()}) == len(action_options())


@pytest.mark.parametrize("code", sorted(ACTIONS))
def test_words_are_not_the_code(app, code):
    with app.test_request_context():
        said = spoken().action(code)

    assert said
    assert said != code
