"""Changing a template piece by piece, its checklist, and two versions compared."""

import pytest

from app.enums import FieldKind, Section
from app.templating import legal_points, pieces
from app.templating.pieces import Address
from app.templating.template_check import RoleFacts, Surroundings, checklist, may_be_published
from app.templating.template_compare import differences
from app.templating.template_content import TemplateContent
from app.templating.texts import Text, isolated


def named(name):
    return {"names": {"nb": name, "nn": name}}


def field(key, kind="short_text", **more):
    return {"key": key, "kind": kind, "helps": {"nb": "Hjelp", "nn": "Hjelp"}, **named(key), **more}


def section(key, part="mapping", *fields):
    return {"key": key, "part": part, "helps": {"nb": "Hjelp", "nn": "Hjelp"}, "fields": fields} | (
        named(key)
    )


@pytest.fixture(scope="module")
def content():
    """Two sections in one part of the plan with one of another part between them, and the rest."""
    asked = field("behov", legal_points=[1, 9])
    return TemplateContent.model_validate(
        {
            **named("Mal"),
            "kind": "individual_plan",
            "descriptions": {"nb": "Til prøve", "nn": "Til prøve"},
            "sections": [
                section("hjem", "mapping", asked, field("dag", "date")),
                section("meg", "about_me", field("navn")),
                section("skole", "mapping", field("trinn", "number")),
            ],
            "goals": [named("Gå"), named("Sykle") | {"activities": [named("Øve")]}],
            "participants": [{"functions": {"nb": "Lærer", "nn": "Lærar"}, "role": "laerer"}],
        }
    )


def around(**changes):
    """Surroundings in which nothing is missing."""
    known = {"laerer": RoleFacts(["individual_plan"], True)}
    return Surroundings(**({"roles": known, "offered": tuple(Section)} | changes))


def keys(content):
    return [one.key for one in content.sections]


def lacks(content, **changes):
    """(address, is needed) of everything that is missing."""
    return [
        (one.at, check.is_needed)
        for check in checklist(content, around(**changes))
        for one in check.lacks
    ]


@pytest.mark.parametrize(
    "text", ["fields", "sections/hjem/goals", "goals/0/fields/x", "rubbish/1", "sections//x/y"]
)
def test_what_can_be_no_address_is_no_piece(content, text):
    with pytest.raises(pieces.NoSuchPiece):
        pieces.find(content, Address.read(text))


def test_a_section_changes_places_with_the_next_one_in_its_part(content):
    moved, address = pieces.move(content, Address.read("sections/skole"), up=True)

    assert keys(moved) == ["skole", "meg", "hjem"]
    assert pieces.place_among(moved, address) == (1, 2)
    again, _address = pieces.move(moved, address, up=True)
    assert again == moved


def test_what_is_removed_and_put_back_is_as_it_was(content):
    for text in ("sections/hjem", "sections/hjem/fields/behov", "goals/1/activities/0", "goals/0"):
        address = Address.read(text)

        less, piece, place = pieces.remove(content, address)

        assert less != content
        assert pieces.add(less, address.listed, piece, place) == content


def test_a_changed_piece_keeps_its_key_and_what_stands_in_it(content):
    address = Address.read("sections/hjem")

    now = pieces.change(content, address, {"names": {"nb": "Bolig"}, "part": "goals"})

    assert (now.sections[0].key, now.sections[0].names.nb) == ("hjem", "Bolig")
    assert now.sections[0].fields == content.sections[0].fields
    assert keys(now) == keys(content)


def test_a_key_that_is_taken_is_made_anew(content):
    more = pieces.add(content, Address.read("sections"), content.sections[0])

    assert keys(more) == ["hjem", "meg", "skole", "hjem_2"]


def test_no_more_is_added_than_there_is_room_for(content):
    full = content.model_copy(update={"goals": content.goals[:1] * 60})

    with pytest.raises(pieces.NoRoom):
        pieces.add(full, Address.read("goals"), content.goals[0])


def test_a_goal_that_others_have_moved_is_known_by_its_mark(content):
    seen = pieces.mark(content.goals[1], "goals")
    moved, _address = pieces.move(content, Address.read("goals/1"), up=True)

    assert str(pieces.located(moved, Address.read("goals/1"), seen)) == "goals/0"


def test_what_stands_in_a_piece_is_no_part_of_its_mark(content):
    address = Address.read("sections/hjem")
    before = pieces.mark(pieces.find(content, address), "sections")

    less, _piece, _place = pieces.remove(content, address.of("fields").of("dag"))

    assert pieces.mark(pieces.find(less, address), "sections") == before


# --- the checklist -------------------------------------------------------------------------------


def test_a_template_with_nothing_missing_may_be_published(content, context):
    checks = checklist(content, around())

    assert [one.title for one in checks if not one.is_met] == []
    assert may_be_published(checks)


@pytest.mark.parametrize(
    ("at", "facts", "changes", "found"),
    [
        ("", {"descriptions": {}}, {}, ("", True)),
        ("sections/meg", {"helps": {}}, {}, ("sections/meg", True)),
        (
            "sections/meg/fields/navn",
            {"kind": "choice", "choices": [{"key": "a", **named("A")}]},
            {},
            ("sections/meg/fields/navn", True),
        ),
        ("", {}, {"offered": (Section.MAPPING, Section.ACTIVITIES)}, ("sections/meg", True)),
        ("", {}, {"roles": {}}, ("participants/0", True)),
        ("", {}, {"roles": {"laerer": RoleFacts(["relay_log"], True)}}, ("participants/0", True)),
        (
            "",
            {},
            {"roles": {"laerer": RoleFacts(["individual_plan"], False)}},
            ("participants/0", True),
        ),
        ("sections/hjem/fields/behov", {"legal_points": [1]}, {}, ("sections", True)),
        ("", {"review_weeks": None}, {}, ("", True)),
        ("goals/0", {"names": {"nb": "Gå"}}, {}, ("goals/0", True)),
        ("goals/0", {"names": {"nb": "Gå"}}, {"needs_nynorsk": False}, ("goals/0", False)),
        ("sections/meg/fields/navn", {"helps": {}}, {}, ("sections/meg/fields/navn", False)),
        ("sections/skole", {"names": {"nb": "HJEM", "nn": "x"}}, {}, ("sections/skole", False)),
    ],
)
def test_what_is_missing_leads_to_where_it_is_mended(content, context, at, facts, changes, found):
    changed = pieces.change(content, Address.read(at), facts) if facts else content

    assert found in lacks(changed, **changes)
    assert may_be_published(checklist(changed, around(**changes))) is not found[1]


def test_nothing_new_is_not_published_again(content, context):
    assert not may_be_published(checklist(content, around(before=content)))


def test_a_field_of_another_kind_than_before_is_warned_of(content, context):
    address = Address.read("sections/hjem/fields/dag")
    changed = pieces.change(content, address, {"kind": "number"})

    assert (str(address), False) in lacks(changed, before=content)


def test_a_plan_asks_itself_for_some_points_of_the_law(content):
    bare = content.model_copy(update={"sections": (), "review_weeks": None})

    assert legal_points.not_asked_for(bare) == (1, 7, 9)
    assert legal_points.not_asked_for(bare, ()) == (1, 5, 6, 7, 9)


# --- two versions --------------------------------------------------------------------------------


def told(old, new):
    return [(one.where, one.what, one.before, one.now) for one in differences(old, new)]


def test_a_renamed_field_is_told_from_one_taken_away_and_another_added(content, context):
    address = Address.read("sections/hjem/fields/dag")
    renamed = pieces.change(content, address, {"names": {"nb": "Dato", "nn": "dag"}})
    less, piece, _place = pieces.remove(content, address)
    other = piece.model_copy(update={"key": "dato", "names": Text(nb="Dato", nn="dag")})
    replaced = pieces.add(less, address.listed, other)

    assert [one[2:] for one in told(content, renamed)] == [("dag", "Dato")]
    assert len(told(content, replaced)) == 2
    assert all(one[2:] == ("", "") for one in told(content, replaced))


@pytest.mark.parametrize(
    ("at", "facts"),
    [
        ("", {"review_weeks": 8}),
        ("", {"agenda": {"nb": "Siden sist"}}),
        ("sections/hjem", {"part": "goals"}),
        ("sections/hjem/fields/behov", {"kind": FieldKind.LONG_TEXT}),
        ("sections/hjem/fields/behov", {"is_required": True}),
        ("sections/hjem/fields/behov", {"legal_points": [1]}),
        ("goals/0", {"texts": {"nb": "Mer"}}),
        ("goals/1/activities/0", {"scopes": {"nb": "Mye"}}),
        ("participants/0", {"role": "tannlege"}),
    ],
)
def test_every_change_is_told_and_nothing_else(content, context, at, facts):
    changed = pieces.change(content, Address.read(at), facts)

    assert len(told(content, changed)) == 1
    assert told(changed, changed) == []


def test_another_order_is_told(content, context):
    moved, _address = pieces.move(content, Address.read("sections/skole"), up=True)

    assert len(told(content, moved)) == 1


def test_a_name_from_right_to_left_turns_nothing_around():
    assert isolated("Hjem") == "Hjem"
    assert isolated("\u0627\u0628") == "\u2068\u0627\u0628\u2069"


def test_a_mark_that_turns_a_text_around_is_seen_and_not_obeyed():
    assert isolated("\u202ecba") == Text(nb="\u202ecba").here == "[U+202E]cba"
