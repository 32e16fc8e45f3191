"""Plans, who takes part in them, and consents over REST, to be read; what is written in plans is
not given out here. Each reading is written to the log of the plans it shows."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_appbuilder.api import expose
from flask_appbuilder.security.decorators import protect
from flask_babel import lazy_gettext as _l
from marshmallow import fields as shown

from app.api import reading
from app.api.fields import IDENTIFIER
from app.api.openapi import Operation, described
from app.api.scoped_api import READING, ScopedRestApi, Shown
from app.audit import log
from app.clock import today
from app.db import transaction
from app.enums import PlanKind, PlanState
from app.models import Consent, Participant, Plan, StandardRole
from app.screens.listing import OneOfFilter, Order
from app.screens.table import TableInterface
from app.screens.words import options
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

NULL_ID = {"type": "string", "nullable": True} | IDENTIFIER
NULL_TEXT = {"type": "string", "nullable": True}
NULL_NUMBER = {"type": "integer", "nullable": True}
LANGUAGES = {"type": "object", "additionalProperties": {"type": "string"}}


def unit_id(row: Any) -> str | None:
    """The id of the unit, which could tell where a shielded owner is."""
    plan = row if isinstance(row, Plan) else row.plan
    return None if plan.owner.is_shielded else row.unit_id


class PlanShown(Shown):
    """That a plan is, whose, and who has the responsibility."""

    id = shown.String(metadata=IDENTIFIER)
    kind = shown.String()
    state = shown.String()
    level = shown.Integer(allow_none=True, metadata=NULL_NUMBER)
    owner_id = shown.String(metadata=IDENTIFIER)
    owner_name = shown.String(attribute="owner.full_name")
    coordinator_id = shown.String(metadata=IDENTIFIER)
    coordinator_name = shown.String(attribute="coordinator.full_name")
    unit_id = shown.Function(unit_id, metadata=NULL_ID)
    continues_id = shown.String(allow_none=True, metadata=NULL_ID)
    template_version_id = shown.String(allow_none=True, metadata=NULL_ID)
    period_from = shown.Date(allow_none=True)
    period_to = shown.Date(allow_none=True)
    next_evaluation_on = shown.Date(allow_none=True)
    started_at = shown.AwareDateTime()
    last_activity_at = shown.AwareDateTime()
    closed_at = shown.AwareDateTime(allow_none=True)
    version = shown.Integer()


class ParticipantShown(Shown):
    """Who takes part in a plan, as what, and until when; ``ends_on`` is the first day without."""

    id = shown.String(metadata=IDENTIFIER)
    plan_id = shown.String(metadata=IDENTIFIER)
    person_id = shown.String(metadata=IDENTIFIER)
    person_name = shown.String(attribute="person.full_name")
    unit_id = shown.Function(unit_id, metadata=NULL_ID)
    function = shown.String()
    starts_on = shown.Date()
    ends_on = shown.Date(allow_none=True)
    ended_at = shown.AwareDateTime(allow_none=True)
    is_active = shown.Function(lambda one: one.is_active(today()), metadata={"type": "boolean"})
    version = shown.Integer()


class ConsentShown(Shown):
    """Who consented to what, how, and until when; ``ends_on`` is the first day without."""

    id = shown.String(metadata=IDENTIFIER)
    plan_id = shown.String(metadata=IDENTIFIER)
    kind = shown.String()
    giver_id = shown.String(metadata=IDENTIFIER)
    giver_name = shown.String(attribute="giver.full_name")
    capacity = shown.String()
    method = shown.String()
    text_number = shown.Integer(attribute="consent_text.number")
    starts_on = shown.Date()
    ends_on = shown.Date()
    given_at = shown.AwareDateTime()
    withdrawn_at = shown.AwareDateTime(allow_none=True)
    version = shown.Integer()


class StandardRoleShown(Shown):
    """A named bundle of levels, by section."""

    id = shown.String(metadata=IDENTIFIER)
    names = shown.Dict(keys=shown.String(), values=shown.String(), metadata=LANGUAGES)
    kinds = shown.List(shown.String())
    matrix = shown.Dict(keys=shown.String(), values=shown.String(), metadata=LANGUAGES)
    months = shown.Integer(allow_none=True, metadata=NULL_NUMBER)
    version = shown.Integer()


class ReadingApi(ScopedRestApi):
    """A resource that is read alone, each time with an event in the log of the plans shown."""

    include_route_methods = READING
    read_event = ""

    @expose("/", methods=["GET"])
    @described(Operation("A page of the list.", gives="list"))
    @door(Action.LIST)
    @protect()
    def get_list(self) -> Response:
        """A page of the list; ``after`` asks for the next."""
        asked = self._asked()
        page = self.read_page(asked)
        self._tell(page.rows)
        return self.list_answer(page)

    @expose("/<key:pk>", methods=["GET"])
    @described(Operation("One record.", gives="get"))
    @door(Action.SHOW)
    @protect()
    def get(self, pk: str) -> Response:
        """One record."""
        reading.refuse_parameters()
        row = self.get_row(pk, Action.SHOW)
        self._tell([row])
        return self.row_answer(row)

    def _tell(self, rows: Sequence[Any]) -> None:
        """One event for each plan that is shown, before the answer."""
        told: set[str] = set()
        with transaction():
            for row in rows:
                plan_id = row.id if isinstance(row, Plan) else row.plan_id
                if plan_id not in told:
                    told.add(plan_id)
                    log.record(current_actor(), self.read_event, row)


class PlanApi(ReadingApi):
    """Plans that the caller may see: that they are, not what is written in them."""

    resource = Resource.PLAN
    resource_name = openapi_spec_tag = "plan"
    datamodel = TableInterface(Plan)
    eager = (Plan.owner, Plan.coordinator)
    read_event = "plan:shown"
    filters = {
        "kind": OneOfFilter(_l("Kind of plan"), Plan.kind, options(PlanKind)),
        "state": OneOfFilter(_l("State"), Plan.state, options(PlanState)),
    }
    orders = {
        "activity": Order(_l("Last activity"), Plan.last_activity_at, descending=True),
        "started": Order(_l("Started"), Plan.id, descending=True),
    }
    list_model_schema = PlanShown()
    show_model_schema = PlanShown()


class ParticipantApi(ReadingApi):
    """Who takes part in plans whose participants the caller may see, former ones too."""

    resource = Resource.PARTICIPANT_IN_PLAN
    resource_name = openapi_spec_tag = "participant"
    datamodel = TableInterface(Participant)
    eager = (Participant.person, Participant.plan)
    read_event = "participant:shown"
    orders = {"starts_on": Order(_l("Since"), Participant.starts_on, descending=True)}
    list_model_schema = ParticipantShown()
    show_model_schema = ParticipantShown()


class ConsentApi(ReadingApi):
    """Consents to plans whose consents the caller may see, former ones too."""

    resource = Resource.CONSENT
    resource_name = openapi_spec_tag = "consent"
    datamodel = TableInterface(Consent)
    eager = (Consent.giver, Consent.consent_text)
    read_event = "consent:shown"
    orders = {"given_at": Order(_l("Given"), Consent.given_at, descending=True)}
    list_model_schema = ConsentShown()
    show_model_schema = ConsentShown()


class StandardRoleApi(ScopedRestApi):
    """The standard roles of the municipality, the retired ones too."""

    resource = Resource.STANDARD_ROLE
    resource_name = openapi_spec_tag = "standardrole"
    datamodel = TableInterface(StandardRole)
    include_route_methods = READING
    orders = {"position": Order(_l("Order"), StandardRole.position)}
    list_model_schema = StandardRoleShown()
    show_model_schema = StandardRoleShown()
