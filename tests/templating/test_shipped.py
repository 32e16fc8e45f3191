"""The templates and standard roles that a municipality begins with are ready for Monday."""

import re

import pytest
from pydantic import BaseModel

from app.enums import PlanKind, Section
from app.templating import heads
from app.templating.shipped.all_templates import TEMPLATES
from app.templating.shipped_roles import ROLES
from app.templating.shipped_types import CONSENT_TEXTS, TYPES
from app.templating.template_check import RoleFacts, Surroundings, checklist
from app.templating.template_content import TemplateContent
from app.templating.texts import Text, key_of

NAMES = [one.names.nb for one in TEMPLATES]
ROLE_OF = {one.key: one for one in ROLES}
ROLES_IN_USE = {
    key: RoleFacts([str(kind) for kind in one.content.kinds], bool(one.content.matrix))
    for key, one in ROLE_OF.items()
}


def texts(part: object) -> list[Text]:
    """Every text in a piece of content."""
    if isinstance(part, Text):
        return [part]
    if isinstance(part, BaseModel):
        return [text for name in type(part).model_fields for text in texts(getattr(part, name))]
    if isinstance(part, tuple):
        return [text for one in part for text in texts(one)]
    return []


def test_there_are_twelve_with_one_blank_for_each_kind_and_sixteen_roles():
    blank = {one.kind for one in TEMPLATES if one.names.nb.startswith("Tom")}

    assert len(TEMPLATES) - len(blank) + 1 == 12
    assert blank == set(PlanKind)
    assert len(ROLES) == 16
    assert len({key_of(name) for name in NAMES}) == len(TEMPLATES)


@pytest.mark.parametrize("content", TEMPLATES, ids=NAMES)
def test_every_text_is_written_in_three_languages(content: TemplateContent):
    assert [one.nb for one in texts(content) if one.nb and not (one.nn and one.en)] == []


@pytest.mark.parametrize("content", TEMPLATES, ids=NAMES)
def test_every_section_and_field_says_what_it_is_for(content: TemplateContent):
    assert [one.names.nb for one in content.sections if not one.helps.nb] == []
    assert [one.names.nb for _section, one in content.fields if not one.helps.nb] == []
    assert content.descriptions.nb


@pytest.mark.parametrize("content", TEMPLATES, ids=NAMES)
def test_suggested_participants_have_a_role_of_the_kind_that_gives_something(content):
    for one in content.participants:
        role = ROLE_OF[one.role].content
        assert content.kind in role.kinds
        assert role.matrix


@pytest.mark.parametrize("content", TEMPLATES, ids=NAMES)
def test_the_same_content_comes_back_from_what_is_kept(content: TemplateContent):
    assert TemplateContent.model_validate(heads.as_json(content)) == content


@pytest.mark.parametrize("content", TEMPLATES, ids=NAMES)
def test_every_one_passes_its_own_checklist_and_all_advice(content: TemplateContent, context):
    offered = next(one.sections for one in TYPES if one.kind is content.kind)
    around = Surroundings(roles=ROLES_IN_USE, offered=offered)

    assert [str(one.title) for one in checklist(content, around) if not one.is_met] == []


def test_individual_plans_ask_for_what_only_the_owner_and_others_can_say():
    for content in TEMPLATES:
        points = {point for _section, one in content.fields for point in one.legal_points}
        if content.kind is PlanKind.INDIVIDUAL_PLAN:
            assert {1, 9} <= points, content.names.nb


def test_nobody_but_those_who_may_gets_more_than_a_participant_can_be_given():
    steered = {Section.CONSENTS, Section.EVENT_LOG, Section.ACCESS_LOG}

    assert [one.nb for one in ROLES if steered & set(one.content.matrix)] == []


def test_each_kind_of_plan_has_a_consent_text_of_its_own_in_three_languages():
    assert set(CONSENT_TEXTS) == set(PlanKind)
    assert len({text["nb"] for text in CONSENT_TEXTS.values()}) == len(PlanKind)
    for text in CONSENT_TEXTS.values():
        assert {len(text[code].split("\n\n")) for code in ("nb", "nn", "en")} == {6}


def test_ready_goals_are_goals_and_no_advice_on_writing_one():
    advice = re.compile(r"bytt ut|skriv |beskriv|gjør målet", re.IGNORECASE)
    said = [text.nb for one in TEMPLATES for text in texts(one.goals)]

    assert said
    assert [one for one in said if advice.search(one)] == []
