"""What moves when municipalities are joined, read from the tables so that none is forgotten.

What can't be read from them is written here; a test compares it with every key that there is.
"""

from collections.abc import Iterator

from flask_appbuilder import Model
from sqlalchemy import Column, Index, Table, UniqueConstraint

from app.duplicate_tables import MatchKey, MatchState
from app.models import TENANT_MODELS, AuditEvent, Person
from app.security.lifting import inner_references

HERE = "municipality_id"

STAYS: dict[type[Model], str] = {
    AuditEvent: "the log of the one that goes is closed, and stays as it was written",
    MatchKey: "made anew: the key it is made with is the municipality's own",
    MatchState: "made anew, with the keys it stands for",
}
"""Tables whose rows do not move."""

OTHER_PLACES: dict[tuple[str, str], str] = {
    ("audit_link", HERE): "stays: the log of the one that goes is closed, and linked as it was",
    ("api_token", HERE): "ends: it was made for one municipality, and would reach another's",
    ("account_profile", "last_municipality_id"): "becomes the one that takes over",
    ("plan_move", "to_municipality_id"): "becomes the one that takes over while the plan waits",
    ("incoming_plan", "from_municipality_id"): "becomes the one that takes over while it waits",
    ("unit_move", "to_municipality_id"): "stays: what went where; one that goes on stops a joining",
    ("incoming_units", "from_municipality_id"): "stays: what came from where; the same",
    ("municipality", "joined_into_id"): "becomes the one that takes over: whose log is read there",
    ("municipality_code", HERE): "stays: the numbers and names that each has had",
    ("municipality_joining", "from_id"): "stays: what was joined when",
    ("municipality_joining", "into_id"): "stays: what was joined when",
}
"""Columns beside the rows' own that name a municipality."""

COLLIDES: dict[str, str] = {
    "uq_person_national_id": "both stay; of the one that comes along the number is a claimed one",
    "uq_person_external_id": "all that come along get the number of their municipality in front",
    "uq_saved_view_name": "the one that comes along gets the name of its municipality behind it",
    "uq_plan_type_kind": "the one that takes over keeps its own; the other's stays behind",
    "uq_age_rule_from": "the one that takes over keeps its own; the other's stay behind",
    "uq_consent_text_number": "those that come along get numbers before the first",
    "uq_standard_role_key": "the one that comes along is retired, under another key",
    "uq_template_key": "the one that comes along is retired, under another key",
    "uq_match_model": "the one that takes over keeps its own; the other's stays behind",
    "uq_not_the_same": "the answer of the one that takes over holds; the other's stays behind",
    "uq_entry_draft_place": "never: a place names its plan or its piece of content",
}
"""Keys that rows of two municipalities can share, and how that is settled."""

KEPT_ON_MERGED = {
    ("person", "merged_into_id"): "old ids lead on from one to the next",
    ("person_merge", "kept_id"): "what was merged when",
    ("person_merge", "gone_id"): "what was merged when",
    ("duplicate_pair", "first_id"): "what was asked about another row than the one kept",
    ("duplicate_pair", "second_id"): "what was asked about another row than the one kept",
    ("protected_address", "person_id"): "nobody with a protected address is made one",
    ("plan_entry_version", "author_id"): "who saved what, added and never changed",
    ("match_key", "person_id"): "made anew",
    ("match_state", "person_id"): "made anew",
}
"""What goes on pointing at the row of somebody who becomes one with the row they have there."""


def moving() -> list[type[Model]]:
    """The tables whose rows move."""
    return [model for model in TENANT_MODELS if model not in STAYS]


def of_person() -> Iterator[tuple[Table, Column[str]]]:
    """The columns that point at a person, and follow when two rows are one."""
    for key in inner_references():
        if key.referred_table is not Person.__table__:
            continue
        column = next(one for one in key.columns if one.name != HERE)
        if (key.table.name, column.name) not in KEPT_ON_MERGED:
            yield key.table, column


def shared_keys() -> Iterator[UniqueConstraint | Index]:
    """Keys that a row of one municipality can share with one of another: they name nothing that
    is one municipality's."""
    for model in moving():
        table: Table = model.__table__
        inner = {
            column.name
            for key in inner_references()
            if key.table is table
            for column in key.columns
        }
        unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
        unique += [one for one in table.indexes if one.unique]  # type: ignore[misc]
        for one in unique:
            names = {column.name for column in one.columns}
            if HERE in names and "id" not in names and not names & (inner - {HERE}):
                yield one
