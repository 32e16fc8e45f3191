"""The templates and standard roles that a municipality begins with are ready for Monday."""

import re

import pytest
from pydantic import BaseModel

from app.enums import Capability, Level, PlanKind, Section
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


# Rows of domain.md 3.2: about me, mapping, goals, activities, comments, documents, meetings,
# calendar, messages and participants. An "o" is to write what is one's own, an "a" to write in
# one's own area, an "s" to read what is chosen; the two last hold one to one's own activities.
COLUMNS = (
    Section.ABOUT_ME,
    Section.MAPPING,
    Section.GOALS,
    Section.ACTIVITIES,
    Section.COMMENTS,
    Section.DOCUMENTS,
    Section.MEETINGS,
    Section.CALENDAR,
    Section.MESSAGES,
    Section.PARTICIPANTS,
)
LEVELS = {"-": Level.NONE, "r": Level.READ, "s": Level.READ, "c": Level.COMMENT} | dict.fromkeys(
    "woa", Level.WRITE
)
PROFESSIONAL, EDUCATOR = "roaaworwwr", "rwwwwwrwwr"
TABLE = {
    "Foresatt, lese": "rrrrcrrrwr",
    "Pårørende": "r-rrc-rrwr",
    "Pedagog (IOP)": EDUCATOR,
    "Fastlege": "rraaworrwr",
    "Spesialisthelsetjenesten": "rraaworrwr",
    "Fagperson, skrive": PROFESSIONAL,
    "Fagperson, lese": "rrrrcrrrwr",
    "Avlaster eller støttekontakt": "r-ssc--rwr",
    "Vikar": "----------",
    "Observatør eller student": "----------",
}
WITHIN = {
    "Lærer": EDUCATOR,
    "PP-rådgiver": EDUCATOR,
    "Helsesykepleier": PROFESSIONAL,
    "Barnevern": PROFESSIONAL,
    "NAV-veileder": PROFESSIONAL,
    "Hjemmetjeneste": PROFESSIONAL,
}
"""Roles of single services, which the table has no row for: no more than the row they come from."""


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


@pytest.mark.parametrize("role", ROLES, ids=[one.nb for one in ROLES])
def test_each_standard_role_gives_what_its_row_in_the_table_says(role):
    row = TABLE.get(role.nb) or WITHIN[role.nb]
    given = [role.content.level(one) for one in COLUMNS]
    most = [LEVELS[letter] for letter in row]
    is_own = row[COLUMNS.index(Section.ACTIVITIES)] in "as"
    may = {Capability.OWN_ACTIVITIES_ONLY} if is_own else set()
    may |= {Capability.PRINT_EXPORT} if role.nb == "Pedagog (IOP)" else set()

    assert given == most or role.nb in WITHIN
    assert all(one.rank <= at_most.rank for one, at_most in zip(given, most, strict=True))
    assert set(role.content.capabilities) == may
    assert set(role.content.matrix) <= {*COLUMNS, Section.SUB_PLANS}
    assert role.content.level(Section.SUB_PLANS).rank <= role.content.level(Section.GOALS).rank
    assert role.months == {"Vikar": 1, "Observatør eller student": 3}.get(role.nb, 12)
