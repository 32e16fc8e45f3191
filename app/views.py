"""Every generated screen, and the menu from top to bottom.

A screen here is a declaration; what it shares stands in ``app.screens.scoped_view``. Pages with
steps are in ``app/<feature>/views.py`` and are registered here.
"""

from functools import partial
from typing import Any

from flask_appbuilder import AppBuilder
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, case
from sqlalchemy.orm import aliased
from wtforms import BooleanField

from app.accounts.central_screen import CentralAppointmentView
from app.accounts.key_roles import KeyRolesView
from app.accounts.login import KeptFormView, LoginView, MunicipalityChoiceView
from app.accounts.municipality_screen import MunicipalityView
from app.accounts.own_page import OwnPageView
from app.accounts.request_list import LinkRequestView
from app.accounts.screens import MembershipView
from app.accounts.views import AppointView, FirstAdministratorView, PasswordLinkView
from app.clock import day_of, today, utc_now
from app.desk import to_do
from app.desk.pages import DeskPages
from app.duplicates.account_pages import AccountTwiceView
from app.duplicates.by_hand_pages import TogetherView
from app.duplicates.kind_pages import (
    KindsView,
    ParticipantTwiceView,
    PlanTwiceView,
    UnitTwiceView,
)
from app.duplicates.merge_list_page import MergeListView
from app.duplicates.merge_pages import MergeView
from app.duplicates.review_pages import DuplicateView
from app.duplicates.unit_hints import AsksAboutNamesakes
from app.enums import Language, Role, UnitKind
from app.jobs import cards as job_cards
from app.jobs import lists as job_lists
from app.jobs.alike_pages import AlikeRowsView
from app.jobs.clean_up_pages import CleanUpView
from app.jobs.clean_up_receipts import TidyReceiptView
from app.jobs.duplicate_scan_pages import DuplicateScanView
from app.jobs.incoming_units_pages import IncomingUnitsView
from app.jobs.joining_pages import JoiningView
from app.jobs.pages import ImportView, JobPages
from app.jobs.role_publishing_pages import RolePublishingView
from app.jobs.template_publishing_pages import TemplateProposalView
from app.jobs.unit_move_pages import UnitMoveView
from app.method.screens import CourseView, GatheringView, RoutineView
from app.method.training_screen import TrainingView
from app.models import AuditEvent, Job, Person, Plan, Unit
from app.people import lists as person_lists
from app.people import operations as people
from app.people import registering
from app.people.elsewhere_pages import ElsewhereView
from app.people.forms import ConfirmField, WhyAnywayField, anyway_of, person_facts
from app.people.national_id import mask
from app.people.pages import PersonPages, shown_phone
from app.plans import lists as plan_lists
from app.plans.access_pages import AccessView
from app.plans.arriving_list_page import IncomingListView
from app.plans.arriving_pages import IncomingView
from app.plans.authority_pages import AuthorityView
from app.plans.consent_ending import EndConsentView
from app.plans.consent_giving import GiveConsentView
from app.plans.consent_pages import ConsentView
from app.plans.consent_recording import RecordConsentView
from app.plans.consent_told import ToldWithdrawalView
from app.plans.content_pages import ContentView
from app.plans.copy_pages import CopyView, FindView
from app.plans.decision_pages import DecisionView
from app.plans.entry_pages import EntryView
from app.plans.handover_pages import HandoverView
from app.plans.history_pages import EntryHistoryView
from app.plans.introduction_pages import IntroductionView
from app.plans.list_pages import PlanListPages
from app.plans.matrix_pages import MatrixView
from app.plans.move_consent_pages import MoveConsentView
from app.plans.move_pages import MoveView
from app.plans.my_plans_pages import MyPlansView
from app.plans.outside_pages import OutsideView
from app.plans.participant_pages import ParticipantView
from app.plans.participation_pages import ParticipationView
from app.plans.plan_log_pages import PlanLogView
from app.plans.plan_pages import PlanView
from app.plans.proposal_pages import ProposalView
from app.plans.proposing_pages import ProposingView
from app.plans.pulse_pages import PulseView
from app.plans.role_matrix_pages import RoleMatrixView
from app.plans.role_preview_pages import RolePreviewView
from app.plans.role_sample_pages import RoleSampleView
from app.plans.shortening_pages import ShorteningView
from app.plans.standard_role_pages import StandardRoleView
from app.plans.start_pages import StartView
from app.plans.template_pages import PlanTemplateView
from app.plans.tidying_pages import TidyPlanView
from app.plans.twice_pages import TwiceView
from app.reports.pages import ReportView
from app.reports.success_pages import SuccessView
from app.screens import log_pages
from app.screens.fields import (
    NEEDED,
    EmailField,
    NorwegianDateField,
    OneOfField,
    PhoneField,
    PostcodeField,
    TextField,
    at_most,
    person_choice,
    show_date,
    show_moment,
    show_number,
    show_phone,
    unit_choice,
)
from app.screens.listing import Shown
from app.screens.log_pages import LogPages, role_words, say, show_instant, who
from app.screens.menu import offered_to
from app.screens.open_pages import OpenPagesView
from app.screens.saved_view_page import SavedViewPage
from app.screens.table import TableInterface
from app.screens.words import options, words
from app.searching.pages import SearchView
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.templating.file_pages import NationalFileView, SetUpFileView
from app.templating.kind_pages import KindView
from app.templating.national_pages import NationalTemplateDraftView, NationalView
from app.templating.national_role_pages import NationalRoleView
from app.templating.proposal_pages import NationalProposalView
from app.templating.role_pages import StandardRoleEditView
from app.templating.template_draft_pages import TemplateDraftView
from app.templating.template_pages import TemplateView
from app.units import lists as unit_lists
from app.units import operations as units
from app.units import queries as unit_queries
from app.units.views import UnitPages

SHOWN = options(Shown)


def masked_national_id(person: Person) -> str:
    """The first six digits, and that there are more; empty without a number."""
    digits = people.read_national_id(person)
    return mask(digits) if digits else ""


class PersonView(PersonPages):
    """Everyone the municipality has registered."""

    resource = Resource.PERSON
    route_base = "/person"
    datamodel = TableInterface(Person)
    eager = (Person.unit,)
    choice_column = "search_family"

    buttons = (("ImportView.upload", Action.IMPORT, _l("Import persons")),)

    list_title = _l("Persons")
    add_title = _l("Register a person")
    edit_title = _l("Change what is registered")
    intro = _l(
        "Citizens, next of kin and staff whom the municipality has registered. For administrators"
        " and coordinators."
    )
    add_intro = _l(
        "Fill in what you know; only the name is needed. Those who are registered already and"
        " resemble the person are shown as you write, so that nobody is registered twice."
    )
    edit_intro = _l("Correct what is wrong or out of date. Every change is noted in the log.")
    show_intro = _l(
        "What the municipality has registered about the person. A person with a login keeps the"
        " contact data in order on their own page."
    )
    add_label = _l("Register a person")
    empty_text = _l("No person is registered yet.")
    label_columns = {
        "name": _l("Name"),
        "given_name": _l("Given name"),
        "family_name": _l("Family name"),
        "birth_date": _l("Birth date"),
        "national_id": _l("National id"),
        "national_id_confirmed": _l("I have checked the national id, and it is right"),
        "national_id_removed": _l("Remove the national id that is registered"),
        "external_id": _l("Id in another system"),
        registering.REASON: _l("Why you register a new person"),
        "email": _l("E-mail"),
        "phone": _l("Phone"),
        "address": _l("Address"),
        "postcode": _l("Postcode"),
        "language": _l("Preferred language"),
        "unit_id": _l("Unit"),
        "unit": _l("Unit"),
        "list_phone": _l("Phone"),
        "list_email": _l("E-mail"),
        "state": _l("In use"),
        "created_at": _l("Registered"),
    }
    list_columns = ["name", "birth_date", "unit", "list_phone", "list_email"]
    more_columns = ("address", "postcode", "language", "external_id", "created_at")
    show_columns = [
        "given_name",
        "family_name",
        "birth_date",
        "national_id",
        "email",
        "phone",
        "address",
        "postcode",
        "language",
        "unit",
        "external_id",
    ]
    add_columns = [
        "given_name",
        "family_name",
        "birth_date",
        "national_id",
        "national_id_confirmed",
        "email",
        "phone",
        "address",
        "postcode",
        "language",
        "unit_id",
        "external_id",
    ]
    edit_columns = [*add_columns[:5], "national_id_removed", *add_columns[5:]]
    add_columns = [*add_columns, registering.REASON]
    search_columns = ["given_name"]
    description_columns = {
        "given_name": _l("All given names, as the person writes them."),
        "national_id": _l("Leave empty to keep the number that is registered."),
    }
    add_form_extra_fields = {
        "given_name": TextField(label_columns["given_name"], [NEEDED, at_most(100)]),
        "family_name": TextField(label_columns["family_name"], [NEEDED, at_most(100)]),
        "birth_date": NorwegianDateField(label_columns["birth_date"]),
        "national_id": TextField(label_columns["national_id"], [at_most(20)]),
        "national_id_confirmed": ConfirmField(label_columns["national_id_confirmed"]),
        "external_id": TextField(label_columns["external_id"], [at_most(100)]),
        "email": EmailField(label_columns["email"], [at_most(320)]),
        "phone": PhoneField(label_columns["phone"], [at_most(30)]),
        "address": TextField(label_columns["address"], [at_most(200)]),
        "postcode": PostcodeField(label_columns["postcode"]),
        "language": OneOfField(label_columns["language"], Language),
        "unit_id": unit_choice(label_columns["unit_id"]),
    }
    edit_form_extra_fields = add_form_extra_fields | {
        "national_id": TextField(
            label_columns["national_id"],
            [at_most(20)],
            description=description_columns["national_id"],
        ),
        "national_id_removed": BooleanField(label_columns["national_id_removed"]),
    }
    add_form_extra_fields[registering.REASON] = WhyAnywayField(
        label_columns[registering.REASON],
        description=_l("Whoever looks through possible duplicates will read this."),
    )
    filters = person_lists.SCREEN_FILTERS
    main_filters = ("birth_date", "unit", "national_id")
    orders = person_lists.SCREEN_ORDERS
    formatters_columns = {
        "name": lambda person: f"{person.family_name}, {person.given_name}",
        "birth_date": lambda person: show_date(person.birth_date),
        "unit": lambda person: "" if person.is_shielded or not person.unit else person.unit.name,
        "language": lambda person: words(person.language),
        "phone": lambda person: show_phone(shown_phone(person)),
        "list_phone": lambda person: "" if person.is_shielded else show_phone(person.phone),
        "list_email": lambda person: "" if person.is_shielded else person.email,
        "national_id": lambda person: masked_national_id(person),
        "created_at": lambda person: show_date(day_of(person.created_at)),
    }
    export_columns = (
        "family_name",
        "given_name",
        "birth_date",
        "phone",
        "email",
        "unit",
        "address",
        "postcode",
        "language",
        "external_id",
        "created_at",
    )
    usual_export = export_columns[:6]
    exported_as = {
        "name": ("family_name", "given_name"),
        "list_phone": ("phone",),
        "list_email": ("email",),
    }

    def describe(self, row: Person) -> str:
        """The full name."""
        return row.full_name

    def hint(self, row: Person) -> str:
        """The birth date."""
        return show_date(row.birth_date)

    def create(self, form: Any) -> Person:
        """Register the person of the form."""
        return registering.register(
            current_actor(),
            person_facts(form),
            national_id_text=form.national_id.data,
            is_confirmed=form.national_id_confirmed.data,
            anyway=anyway_of(form),
            at=utc_now(),
            today=today(),
        )

    def change(self, row: Person, form: Any) -> None:
        """Correct the person; an empty national id field leaves the number as it is."""
        people.put_facts(row, person_facts(form), today=today())
        if form.national_id.data or form.national_id_removed.data:
            people.set_national_id(
                row,
                form.national_id.data,
                is_confirmed=form.national_id_confirmed.data,
                today=today(),
            )

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """What is registered; of a shielded person neither contact, address nor unit."""
        return base.outerjoin(Unit, Person.unit_id == Unit.id).with_only_columns(
            Person.family_name,
            Person.given_name,
            Person.birth_date,
            case((Person.is_shielded, None), else_=Person.phone),
            case((Person.is_shielded, None), else_=Person.email),
            case((Person.is_shielded, None), else_=Unit.name),
            case((Person.is_shielded, None), else_=Person.address),
            case((Person.is_shielded, None), else_=Person.postcode),
            Person.language,
            Person.external_id,
            Person.created_at,
        )


def leader_name(unit: Unit) -> str:
    """The leader of a unit, when the actor may see who it is."""
    leader = unit_queries.open_leader(current_actor(), unit)
    return "" if leader is None else leader.full_name


class UnitView(AsksAboutNamesakes, UnitPages):
    """The units of the municipality, and the outside bodies it works with."""

    resource = Resource.UNIT
    route_base = "/unit"
    datamodel = TableInterface(Unit)
    eager = (Unit.parent, Unit.leader)
    choice_column = "search_name"

    list_title = _l("Units")
    add_title = _l("Add a unit")
    edit_title = _l("Change the unit")
    intro = _l(
        "Schools, services and offices of the municipality, and outside bodies. They tell where"
        " people belong, and how far a role reaches. For local administrators and coordinators."
    )
    add_intro = _l(
        "A unit can be part of another. Whoever has a role in the one above reaches all below it."
    )
    edit_intro = _l("The unit is moved and merged on pages of their own, which show the effect.")
    show_intro = _l("How to reach the unit, what it is part of, and who belongs to it.")
    add_label = _l("Add a unit")
    empty_text = _l("No unit is registered yet.")
    label_columns = {
        "name": _l("Name"),
        "kind": _l("Kind of unit"),
        "parent": _l("Part of"),
        "parent_id": _l("Part of"),
        "leader": _l("Leader"),
        "leader_id": _l("Leader"),
        "is_outside": _l("Outside body, not part of the municipality"),
        "email": _l("E-mail"),
        "phone": _l("Phone"),
        "address": _l("Address"),
        "postcode": _l("Postcode"),
    }
    list_columns = ["name", "kind", "parent", "leader"]
    more_columns = ("is_outside", "email", "phone", "address", "postcode")
    show_columns = [
        "name",
        "kind",
        "parent",
        "leader",
        "is_outside",
        "email",
        "phone",
        "address",
        "postcode",
    ]
    add_columns = [
        "name",
        "kind",
        "parent_id",
        "leader_id",
        "is_outside",
        "email",
        "phone",
        "address",
        "postcode",
    ]
    edit_columns = [name for name in add_columns if name != "parent_id"]
    search_columns = ["name"]
    add_form_extra_fields = edit_form_extra_fields = {
        "name": TextField(label_columns["name"], [NEEDED, at_most(200)]),
        "kind": OneOfField(label_columns["kind"], UnitKind, validators=[NEEDED]),
        "parent_id": unit_choice(label_columns["parent_id"]),
        "leader_id": person_choice(
            label_columns["leader_id"], is_open=lambda leader: not leader.is_shielded
        ),
        "is_outside": BooleanField(label_columns["is_outside"]),
        "email": EmailField(label_columns["email"], [at_most(320)]),
        "phone": PhoneField(label_columns["phone"], [at_most(30)]),
        "address": TextField(label_columns["address"], [at_most(200)]),
        "postcode": PostcodeField(label_columns["postcode"]),
    }
    filters = unit_lists.SCREEN_FILTERS
    orders = unit_lists.ORDERS
    formatters_columns = {
        "kind": lambda unit: words(unit.kind),
        "parent": lambda unit: unit.parent.name if unit.parent else "",
        "leader": lambda unit: leader_name(unit),
        "phone": lambda unit: show_phone(unit.phone),
        "is_outside": lambda unit: _l("Yes") if unit.is_outside else _l("No"),
    }
    export_columns = (
        "name",
        "kind",
        "email",
        "phone",
        "address",
        "postcode",
        "parent",
        "leader",
        "is_outside",
    )

    def describe(self, row: Unit) -> str:
        """The name."""
        return row.name

    def hint(self, row: Unit) -> str:
        """The kind."""
        return str(words(row.kind))

    def create(self, form: Any) -> Unit:
        """Add the unit of the form."""
        parent = form.parent_id.chosen
        unit = Unit()
        form.populate_obj(unit)
        return units.add(current_actor(), unit, parent, at=utc_now())

    def change(self, row: Unit, form: Any) -> None:
        """Correct the unit; it is moved and merged by pages of their own."""
        form.populate_obj(row)
        units.rename(row)

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """Name, kind, contact and place in the tree; no leader who is shielded."""
        above = aliased(Unit)
        is_above = and_(Unit.parent_id == above.id, Unit.municipality_id == above.municipality_id)
        led: Any = base.outerjoin(above, is_above).outerjoin(
            Person, and_(Unit.leader_id == Person.id, Person.is_shielded.is_(False))
        )
        found: Select[Any] = led.with_only_columns(
            Unit.name,
            Unit.kind,
            Unit.email,
            Unit.phone,
            Unit.address,
            Unit.postcode,
            above.name,
            Person.given_name + " " + Person.family_name,
            case((Unit.is_outside, _("Yes")), else_=_("No")),
        )
        return found


class PlanListView(PlanListPages):
    """Every plan of the municipality, for who keeps the overview: that it is, not what is in it."""

    resource = Resource.PLAN
    route_base = "/plans"
    datamodel = TableInterface(Plan)
    include_route_methods = {"list", "export", "arrange", "keep_view"}
    eager = (Plan.owner, Plan.coordinator, Plan.unit)

    buttons = (("CleanUpView.index", Action.TIDY, _l("Clean up in the plans")),)

    list_title = _l("All plans")
    intro = _l(
        "Every plan in the municipality, and who has the responsibility. For local administrators:"
        " what is written in a plan is not shown."
    )
    empty_text = _l("No plan has been started yet.")
    empty_help = _l("Coordinators start plans. You give the role under Roles and logins.")
    label_columns = {
        "owner": _l("Plan owner"),
        "kind": _l("Kind of plan"),
        "state": _l("State"),
        "coordinator": _l("Coordinator"),
        "unit": _l("Unit"),
        "consent": _l("Consent until"),
        "next_evaluation_on": _l("Next evaluation"),
        "last_activity_at": _l("Last activity"),
        "started_at": _l("Started"),
        "closed_at": _l("Closed"),
        "consent_state": _l("Consent"),
        "coordinator_state": _l("The coordinator's role"),
        "owner_access": _l("The owner's side can sign in"),
        "liveliness": _l("Liveliness"),
        "meter": _l("Legal meter, counted points"),
    }
    list_columns = ["owner", "kind", "state", "coordinator", "consent", "last_activity_at"]
    more_columns = ("unit", "next_evaluation_on", "started_at", "closed_at", *plan_lists.SIGNS)
    add_columns = edit_columns = search_columns = ["kind"]
    filters = plan_lists.FILTERS
    main_filters = ("state", "kind", "unit", "coordinator")
    orders = plan_lists.ORDERS
    ready_views = plan_lists.READY_VIEWS
    formatters_columns = {
        "owner": lambda plan: f"{plan.owner.family_name}, {plan.owner.given_name}",
        "kind": lambda plan: words(plan.kind),
        "state": lambda plan: words(plan.state),
        "coordinator": lambda plan: plan.coordinator.full_name,
        "unit": lambda plan: "" if plan.owner.is_shielded or not plan.unit else plan.unit.name,
        "consent": lambda plan: show_date(plan_lists.consent_until(plan)),
        "next_evaluation_on": lambda plan: show_date(plan.next_evaluation_on),
        "last_activity_at": lambda plan: show_date(day_of(plan.last_activity_at)),
        "started_at": lambda plan: show_date(day_of(plan.started_at)),
        "closed_at": lambda plan: show_date(day_of(plan.closed_at)) if plan.closed_at else "",
    } | {name: partial(plan_lists.sign, column=name) for name in plan_lists.SIGNS}
    export_columns = (
        "owner",
        "kind",
        "state",
        "coordinator",
        "unit",
        "consent",
        "next_evaluation_on",
        "last_activity_at",
        "started_at",
        "closed_at",
        *plan_lists.SIGNS,
    )
    usual_export = export_columns[:10]


class AuditEventView(LogPages):
    """What was done and what was refused, newest first."""

    resource = Resource.AUDIT_EVENT
    route_base = "/audit-event"
    datamodel = TableInterface(AuditEvent)

    list_title = _l("Log")
    intro = _l(
        "Everything that was changed or refused, and each time something protected was shown."
        " For those who check that all goes right."
    )
    show_intro = _l("One event. What stands in the log can never be changed or removed.")
    empty_text = _l("Nothing is in the log yet.")
    empty_help = _l("What people do in the panel is written here as they do it.")
    label_columns = {
        "at": _l("Time"),
        "who": _l("Who"),
        "role": _l("Role"),
        "action": _l("What happened"),
        "outcome": _l("Outcome"),
        "object": _l("Record"),
        "object_id": _l("Id of the record"),
        "fields": _l("Fields"),
        "request_id": _l("Request"),
    }
    list_columns = ["at", "who", "action", "outcome", "object"]
    more_columns = ("role", "fields")
    show_columns = [
        "at",
        "who",
        "role",
        "action",
        "outcome",
        "object",
        "object_id",
        "fields",
        "request_id",
    ]
    search_columns = add_columns = edit_columns = ["action"]
    filters = log_pages.FILTERS
    main_filters = ("since", "until", "action", "who")
    orders = log_pages.ORDERS
    formatters_columns = {
        "at": lambda event: show_instant(event.at),
        "who": who,
        "role": lambda event: role_words(event.role),
        "action": lambda event: say().action(event.action),
        "outcome": lambda event: words(event.outcome),
        "object": lambda event: say().object(event.object_type),
        "fields": lambda event: say().field_list(event.fields),
    }
    export_columns = (
        "at",
        "who",
        "role",
        "action",
        "outcome",
        "object",
        "object_id",
        "fields",
    )


class JobView(JobPages):
    """Long pieces of work: read here, and cancelled."""

    resource = Resource.JOB
    route_base = "/job"
    datamodel = TableInterface(Job)

    list_title = _l("Jobs")
    intro = _l(
        "Imports and other work that takes time: how far it is, and what it needs from you. For"
        " local administrators."
    )
    empty_text = _l("No long work has been ordered yet.")
    empty_help = _l("When somebody orders an import or other long work, you follow it here.")
    label_columns = {
        "kind": _l("What"),
        "created_at": _l("Ordered"),
        "state": _l("State"),
        "progress": _l("How far"),
        "started_at": _l("Started"),
        "ended_at": _l("Ended"),
    }
    list_columns = ["kind", "created_at", "state", "progress"]
    more_columns = ("started_at", "ended_at")
    export_columns = (*list_columns, *more_columns)
    add_columns = edit_columns = search_columns = ["title"]
    filters = job_lists.FILTERS
    orders = job_lists.ORDERS
    formatters_columns = {
        "kind": lambda job: words(job.kind),
        "created_at": lambda job: show_moment(job.created_at),
        "state": job_lists.shown_state,
        "progress": lambda job: (
            f"{show_number(job.done)} / {show_number(job.total)}" if job.total else ""
        ),
        "started_at": lambda job: show_moment(job.started_at) if job.started_at else "",
        "ended_at": lambda job: show_moment(job.ended_at) if job.ended_at else "",
    }

    def describe(self, row: Job) -> str:
        """What it does."""
        return str(words(row.kind))

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """What the list tells of each."""
        return job_lists.exported(base)


class DeskView(DeskPages):
    """Where a local administrator begins."""

    route_base = "/desk"
    cards = (*to_do.CARDS, job_cards.FAILED)


PLAN_VIEWS = (DecisionView, PlanView, HandoverView, PlanTemplateView, MoveView, MoveConsentView)
CONTENT_VIEWS = (ContentView, EntryView, EntryHistoryView)
CONSENT_VIEWS = (
    ConsentView,
    GiveConsentView,
    RecordConsentView,
    EndConsentView,
    ToldWithdrawalView,
)
ACCESS_VIEWS = (
    ParticipantView,
    TwiceView,
    ParticipationView,
    ShorteningView,
    MatrixView,
    ProposalView,
    AccessView,
    RolePreviewView,
    AuthorityView,
    PlanLogView,
    ProposingView,
    CopyView,
    FindView,
    IntroductionView,
    PulseView,
)

UNLISTED_VIEWS = (
    KeptFormView,
    SavedViewPage,
    OwnPageView,
    PasswordLinkView,
    FirstAdministratorView,
    AppointView,
    SearchView,
    DuplicateScanView,
    MergeListView,
    MergeView,
    CleanUpView,
    TidyReceiptView,
    TidyPlanView,
    ElsewhereView,
    OpenPagesView,
    LinkRequestView,
    ImportView,
    AlikeRowsView,
    JoiningView,
    UnitMoveView,
    IncomingUnitsView,
)

DUPLICATE_VIEWS = (
    KindsView,
    AccountTwiceView,
    ParticipantTwiceView,
    PlanTwiceView,
    UnitTwiceView,
    TogetherView,
)
METHOD_VIEWS = (CourseView, TrainingView, RoutineView, GatheringView)
SET_UP_VIEWS = (
    StandardRoleEditView,
    RoleMatrixView,
    RoleSampleView,
    RolePublishingView,
    TemplateDraftView,
    NationalTemplateDraftView,
    NationalRoleView,
    SetUpFileView,
    NationalFileView,
)

MENU = (
    (
        "plans",
        _l("Plans"),
        (
            (StartView, _l("Start a plan")),
            (PlanListView, _l("All plans")),
            (IncomingListView, _l("From other municipalities")),
        ),
    ),
    (
        "follow_up",
        _l("Follow-up"),
        (
            (ReportView, _l("Reports")),
            (SuccessView, _l("Success factors")),
            (KeyRolesView, _l("Overview of key roles")),
        ),
    ),
    (
        "people",
        _l("People and units"),
        (
            (PersonView, _l("Persons")),
            (DuplicateView, _l("Duplicates")),
            (UnitView, _l("Units")),
            (MembershipView, _l("Roles and logins")),
            (OutsideView, _l("People across municipalities")),
        ),
    ),
    (
        "set_up",
        _l("Set-up"),
        (
            (KindView, _l("Kinds of plans")),
            (StandardRoleView, _l("Standard roles")),
            (TemplateView, _l("Templates")),
            (NationalProposalView, _l("News from the national library")),
            (NationalView, _l("National library")),
        ),
    ),
    (
        "operation",
        _l("Operation"),
        (
            (JobView, _l("Jobs")),
            (AuditEventView, _l("Log")),
            (MunicipalityView, _l("Municipalities")),
            (CentralAppointmentView, _l("Central administrators")),
        ),
    ),
)
"""The menu below the desk and one's own plans: names, headings, and what stands under each."""

OFFERED = {MunicipalityView: offered_to(Role.CENTRAL_ADMINISTRATOR, Role.LOCAL_ADMINISTRATOR)}


def register_views(appbuilder: AppBuilder) -> None:
    """Register every screen; the order is the menu's."""
    appbuilder.add_view_no_menu(LoginView)
    appbuilder.add_view_no_menu(MunicipalityChoiceView)
    for view in UNLISTED_VIEWS:
        appbuilder.add_view_no_menu(view)
    for plan_view in (*PLAN_VIEWS, *CONTENT_VIEWS, *ACCESS_VIEWS, *CONSENT_VIEWS):
        appbuilder.add_view_no_menu(plan_view)
    views = (IncomingView, TemplateProposalView, *SET_UP_VIEWS, *DUPLICATE_VIEWS, *METHOD_VIEWS)
    for other_view in views:
        appbuilder.add_view_no_menu(other_view)
    for view, label in (DeskView, _l("Desk")), (MyPlansView, _l("My plans")):
        appbuilder.add_view(view, view.__name__, label=label)
    for name, heading, entries in MENU:
        for view, label in entries:
            appbuilder.add_view(
                view,
                view.__name__,
                label=label,
                category=name,
                category_label=heading,
                menu_cond=OFFERED.get(view),
            )
