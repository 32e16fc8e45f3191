"""Persons, units and municipalities are found by typing: lists of them grow too long to look
through. What is chosen from a list that is written out has its name here, with why it is short."""

import re
from collections.abc import Iterator

from flask_wtf import FlaskForm
from wtforms import Form
from wtforms.fields.choices import SelectFieldBase
from wtforms.fields.core import UnboundField

from app.screens.fields import NorwegianDateField, OneOfField
from config import ROOT

ONE_PLAN = "what one plan holds: its participants, those who act for its owner, its entries"
OUR_WORDS = "the panel's own words: kinds, states, levels, parts of a plan, years"
SET_UP = "roles, templates and texts that the municipality keeps"
FEW = "few by nature: two logins of one person, counties, bodies that take part from outside"
EVERYBODY = "who of all coordinators takes what, side by side with how many plans each has"

SHORT_FIELDS = {
    ONE_PLAN: {
        "ActivityForm.responsible", "MoveForm.parent", "RecordForm.apart", "RecordForm.chosen",
        "RecordForm.giver", "RecordForm.service", "RecordMoveForm.giver", "WhoForm.apart",
        "WhoForm.chosen", "WhoForm.service",
    },
    OUR_WORDS: {
        "AgreeForm.sections", "BeginForm.sections", "FieldForm.legal_points",
        "KindForm.own_consent", "KindForm.sections", "KindForm.level", "PartsForm.sections",
        "PulseForm.heard", "PulseForm.knows_who", "PulseForm.useful", "ReachForm.reach",
        "RecordForm.length", "RecordForm.method", "RecordMoveForm.method",
        "RecordMoveForm.sections", "RestForm.what", "RoleForm.capabilities", "RoleForm.given_by",
        "RoleForm.kinds", "SectionForm.part", "StatementForm.may_consent", "TokenForm.token_access",
        "ToldForm.method", "ToldForm.what", "WhoForm.length",
    },
    SET_UP: {
        "AddForm.standard_role_id", "ChooseForm.standard_role_id", "ParticipantForm.role",
        "RecordForm.text_id", "TemplateForm.template_id",
    },
    FEW: {"KeepForm.keep"},
}  # fmt: skip
SHORT_FILTERS = {
    OUR_WORDS: {
        "AgeFilter", "AnsweredFilter", "AnswerFilter", "BandFilter", "CodeFilter", "CourseFilter",
        "DayFilter", "EndsFilter", "LeavingFilter", "LoginFilter", "OneOfFilter", "PlansFilter",
        "PlanStateFilter", "RetiredFilter", "RoleFilter", "StateFilter", "UseFilter", "YesNoFilter",
    },
    FEW: {"LookedUpFilter", "WhereFromFilter"},
}  # fmt: skip
SHORT_SELECTS = {
    ONE_PLAN: {"plans/access/as_role.html", "plans/content/history.html"},
    OUR_WORDS: {
        "plans/access/log.html", "plans/access/matrix.html", "reports/kostra.html",
        "reports/show.html", "templating/_editing.html", "templating/_roles.html",
        "templating/file_preview.html", "templating/role.html", "templating/role_matrix.html",
        "templating/role_sample.html",
        "tidy/choose.html",
    },
    SET_UP: {"templating/compare.html", "templating/role_show.html"},
    EVERYBODY: {"tidy/successors.html"},
    "fields and filters, which are looked through above": {
        "_forms.html", "screens/_list.html", "templating/_generated.html",
    },
}  # fmt: skip


def forms(base: type) -> Iterator[type]:
    for one in base.__subclasses__():
        yield one
        yield from forms(one)


def short(named: dict[str, set[str]]) -> set[str]:
    return set().union(*named.values())


def test_what_is_chosen_in_a_form_from_a_list_is_short_by_nature(app):
    found = {
        f"{form.__name__}.{name}"
        for form in forms(Form)
        if form.__module__.startswith("app.")
        for name in dir(form)
        if not name.startswith("f_")  # A template's field, with the choices that it writes out.
        if isinstance(field := getattr(form, name), UnboundField)
        and issubclass(field.field_class, SelectFieldBase)
        and not issubclass(field.field_class, OneOfField)
    }

    assert found == short(SHORT_FIELDS)


def test_what_a_list_is_filtered_by_from_a_list_is_short_by_nature(app):
    found = {
        type(one).__name__
        for view in app.extensions["samvev_views"]
        for one in getattr(view, "filters", {}).values()
        if one.kind == "choice"
    }

    assert found == short(SHORT_FILTERS)


def test_a_list_that_a_page_writes_out_itself_is_short_by_nature():
    root = ROOT / "templates"
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.html")
        if "<select" in path.read_text("utf-8")
    }

    assert found == short(SHORT_SELECTS)


def test_every_date_says_how_it_is_written(app):
    class DatedForm(FlaskForm):
        day = NorwegianDateField("Day")
        end = NorwegianDateField("End", description="If any.")

    with app.test_request_context(headers={"Accept-Language": "en"}):
        form = DatedForm()

    assert re.search(r"17\.05\.2016", form.day.description)
    assert re.match(r"If any\. .*17\.05\.2016", form.end.description)
