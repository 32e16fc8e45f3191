"""What a municipality and the national library have changed apart is put together; pure."""

from functools import partial

import pytest

from app.enums import Capability, Level, Section
from app.templating.merging import Side, merged
from app.templating.role_content import RoleContent
from app.templating.template_content import TemplateContent
from tests.plans.form_world import FIRST, SECOND, field, section, text

FORM = section("skole", "mapping", field("navn"), field("trinn"), field("fag"))
BASE = {
    "kind": "individual_plan",
    "names": {"nb": "Mal", "nn": "Mal"},
    "sections": [FORM, section("fritid", "mapping", field("liker"))],
    "goals": [{"names": text("Mål"), "texts": text("Slik")}],
    "review_weeks": 12,
}


def with_fields(*names, **more):
    """The template with these fields in its first form."""
    fields = [field(name, **more.get(name, {})) for name in names]
    return BASE | {"sections": [section("skole", "mapping", *fields), BASE["sections"][1]]}


def template(said):
    return TemplateContent.model_validate(said)


def keys(content):
    return [one.key for one in content.section("skole").fields]


def both(ours, theirs, base=BASE):
    """What comes of two changes, with what both have changed as we say it and as they do."""
    sides = [template(one) for one in (base, ours, theirs)]
    return [merged(*sides, of_both=one) for one in Side]


def test_what_one_side_has_changed_is_taken_from_it_and_nothing_is_left_to_look_at():
    ours = with_fields("navn", "vaar", "trinn", trinn={"helps": text("Vår hjelp")})
    theirs = with_fields("trinn", "fag", "ny", trinn={"is_required": True}) | {"review_weeks": 8}

    made, other = both(ours, theirs)

    assert made == other
    assert keys(made) == ["vaar", "trinn", "ny"]
    step = made.section("skole").fields[1]
    assert (step.helps.nb, step.is_required, made.review_weeks) == ("Vår hjelp", True, 8)


def test_what_both_have_changed_stays_ours_and_differs_from_theirs_in_that_alone():
    ours = with_fields("navn", "trinn", "fag", navn={"names": text("Vårt")}) | {"review_weeks": 26}
    theirs = with_fields("navn", "trinn", "fag", navn={"names": {"nb": "Deres", "nn": "Deira"}})

    made, other = both(ours, theirs)

    assert made == template(ours)
    assert made.section("skole").fields[0].names.nn == ""
    changed = other.section("skole").fields[0].names
    assert (changed.nb, changed.nn, other.review_weeks) == ("Deres", "Deira", 26)


def test_what_we_removed_and_they_changed_stays_removed_and_is_told():
    theirs = with_fields("navn", "trinn", "fag", navn={"is_required": True})
    ours = with_fields("trinn", "fag")

    made, other = both(ours, theirs)

    assert keys(made) == ["trinn", "fag"]
    assert keys(other) == ["navn", "trinn", "fag"]


def test_a_field_that_is_of_another_kind_there_is_whole_on_either_side():
    answers = {"kind": "choice", "choices": [{"key": "a", "names": text("Svar")}]}
    columns = {"kind": "table", "columns": [{"key": "b", "names": text("Kolonne")}]}
    ours = with_fields("navn", "trinn", "fag", navn=answers)
    theirs = with_fields("navn", "trinn", "fag", navn=columns)

    assert both(ours, theirs) == [template(ours), template(theirs)]


@pytest.mark.parametrize("said", [FIRST, SECOND], ids=["first", "second"])
def test_where_only_one_has_changed_anything_it_is_taken_whole(said):
    base, other = template(FIRST), template(said)

    assert merged(base, base, other) == other
    assert merged(base, other, base) == other
    assert merged(base, other, other) == other


def test_a_role_is_put_together_part_by_part():
    role = partial(RoleContent, names=text("Lærer"), kinds=("relay_log", "family_plan"))
    base = role(matrix={Section.GOALS: Level.READ, Section.MAPPING: Level.READ})
    ours = role(
        matrix={Section.GOALS: Level.WRITE, Section.MAPPING: Level.READ},
        capabilities=(Capability.INVITE,),
        months=6,
    )
    theirs = RoleContent(
        names=text("Lærer"),
        kinds=("family_plan",),
        matrix={Section.GOALS: Level.COMMENT, Section.MEETINGS: Level.READ},
        capabilities=(Capability.PRINT_EXPORT,),
    )

    made, other = (merged(base, ours, theirs, of_both=one) for one in Side)

    assert made.matrix == {Section.GOALS: Level.WRITE, Section.MEETINGS: Level.READ}
    assert set(made.capabilities) == {Capability.INVITE, Capability.PRINT_EXPORT}
    assert (made.kinds, made.months) == (("family_plan",), 6)
    assert other == made.model_copy(update={"matrix": other.matrix})
    assert other.level(Section.GOALS) is Level.COMMENT
