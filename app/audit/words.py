"""What happened, in the user's language: the words for every action code that is recorded.

Codes read ``thing:what_happened``. A refused attempt has the code ``refused:<page>``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.audit.field_words import FIELDS

REFUSED = "refused:"

THINGS: dict[str, Any] = {
    "account:": _l("Everything about accounts"),
    "account_link_request:": _l("Everything about link requests"),
    "age_rule:": _l("Everything about ages of own consent"),
    "api_token:": _l("Everything about access for programs"),
    "audit_event:": _l("Everything about this log"),
    "authority:": _l("Everything about who acts for an owner"),
    "bulk_change:": _l("Everything about changes to many records at once"),
    "central_appointment:": _l("Everything about central administrators"),
    "consent:": _l("Everything about consents"),
    "consent_text:": _l("Everything about consent texts"),
    "emergency_access:": _l("Everything about emergency access"),
    "handover:": _l("Everything about hand-overs"),
    "incoming_plan:": _l("Everything about plans from other municipalities"),
    "job:": _l("Everything about long pieces of work"),
    "membership:": _l("Everything about roles"),
    "move_consent:": _l("Everything about consents to moving a plan"),
    "municipality:": _l("Everything about municipalities"),
    "participant:": _l("Everything about participants"),
    "person:": _l("Everything about persons"),
    "plan:": _l("Everything about plans"),
    "plan_decision:": _l("Everything about decisions"),
    "plan_entry:": _l("Everything about what is written in plans"),
    "plan_grant:": _l("Everything about accesses"),
    "plan_move:": _l("Everything about moving plans to another municipality"),
    "plan_type:": _l("Everything about kinds of plans"),
    "protected_address:": _l("Everything about protected addresses"),
    REFUSED: _l("Everything that was refused"),
    "saved_view:": _l("Everything about saved views"),
    "stand_in:": _l("Everything about stand-ins"),
    "standard_role:": _l("Everything about standard roles"),
    "standard_role_version:": _l("Everything about versions of standard roles"),
    "template:": _l("Everything about templates"),
    "template_version:": _l("Everything about versions of templates"),
    "national_piece:": _l("Everything about what is national"),
    "role_proposal:": _l("Everything about proposals of more access"),
    "unit:": _l("Everything about units"),
    "withheld_section:": _l("Everything about what is kept from guardians"),
}

ACTIONS: dict[str, Any] = {
    "account:created": _l("Account made"),
    "account:link_made": _l("Link for choosing a password made"),
    "account:other_sessions_ended": _l("Signed out everywhere else"),
    "account:password_changed": _l("Password changed"),
    "account:reopened": _l("Account opened again"),
    "account:sign_in_refused": _l("Sign-in refused"),
    "account:signed_in": _l("Signed in"),
    "account:withdrawn": _l("Account withdrawn"),
    "account_link_request:accepted": _l("Link request accepted"),
    "account_link_request:added": _l("Holder of an account asked for a link"),
    "account_link_request:changed": _l("Link request answered"),
    "account_link_request:declined": _l("Link request declined"),
    "account_link_request:sent_again": _l("Link request sent again, with a new code"),
    "account_link_request:voided": _l("Link request void after too many wrong codes"),
    "account_link_request:wrong_code": _l("Wrong code written for a link request"),
    "age_rule:added": _l("Age of own consent set"),
    "age_rule:changed": _l("Age of own consent changed"),
    "api_token:added": _l("Access for a program given"),
    "api_token:changed": _l("Access for a program changed or ended"),
    "audit_event:exported": _l("This log downloaded"),
    "audit_event:listed": _l("This log read"),
    "audit_event:shown": _l("Event in this log read"),
    "authority:added": _l("Authority to act for an owner stated"),
    "authority:changed": _l("Authority to act for an owner changed or ended"),
    "bulk_change:added": _l("One or more records changed in one go"),
    "bulk_change:changed": _l("A change was undone"),
    "central_appointment:added": _l("Central administrator proposed"),
    "central_appointment:approved": _l("Central administrator approved"),
    "central_appointment:approved_alone": _l("Central administrator approved by the proposer"),
    "central_appointment:changed": _l("Central administrator approved or ended"),
    "central_appointment:ended": _l("Appointment of a central administrator ended"),
    "central_appointment:ended_by_command": _l("Central administrator ended from the server"),
    "central_appointment:first": _l("First central administrator made"),
    "consent:added": _l("Consent given"),
    "consent:changed": _l("Consent changed"),
    "consent:narrowed": _l("Part of a consent taken back"),
    "consent:recorded": _l("Consent on paper or given orally registered"),
    "consent:reset": _l("Consents reset"),
    "consent:scan_downloaded": _l("Scanned consent downloaded"),
    "consent:shown": _l("Consent read"),
    "consent:withdrawal_recorded": _l("Withdrawal told to the coordinator registered"),
    "consent:withdrawn": _l("Consent withdrawn"),
    "consent_text:added": _l("Consent text published"),
    "consent_text:changed": _l("Consent text changed"),
    "emergency_access:added": _l("Plan opened in an emergency"),
    "emergency_access:changed": _l("Emergency access ended"),
    "handover:accepted": _l("Coordinator's role taken over"),
    "handover:added": _l("Coordinator's role offered"),
    "handover:changed": _l("Hand-over answered"),
    "handover:declined": _l("Hand-over declined"),
    "incoming_plan:added": _l("Plan sent here by another municipality"),
    "incoming_plan:changed": _l("Plan from another municipality dealt with"),
    "incoming_plan:declined": _l("Plan from another municipality declined"),
    "incoming_plan:listed": _l("Plans from other municipalities looked through"),
    "incoming_plan:shown": _l("What came with a plan from another municipality read"),
    "job:added": _l("Long piece of work started"),
    "job:cancel_asked": _l("Long piece of work asked to stop"),
    "job:cancelled": _l("Long piece of work stopped"),
    "job:decided": _l("Decided what a long piece of work does"),
    "job:done": _l("Long piece of work finished"),
    "job:failed": _l("Long piece of work failed"),
    "job:failed_rows_downloaded": _l("File of rows that failed downloaded"),
    "job:ready": _l("Long piece of work ready for a decision"),
    "membership:added": _l("Role given"),
    "membership:changed": _l("Role changed"),
    "membership:ended": _l("Role ended"),
    "membership:exported": _l("Roles downloaded"),
    "move_consent:added": _l("Consent to moving a plan given or registered"),
    "move_consent:changed": _l("Consent to moving a plan taken back"),
    "move_consent:scan_downloaded": _l("Scanned consent to moving a plan downloaded"),
    "municipality:added": _l("Municipality added to the register"),
    "municipality:changed": _l("Municipality changed"),
    "municipality:ended": _l("Municipality ended in the national register"),
    "municipality:exported": _l("Municipalities downloaded"),
    "municipality:merged": _l("Municipality merged into another"),
    "municipality:renamed": _l("Municipality renamed"),
    "municipality:renumbered": _l("Municipality given another number"),
    "municipality:reopened": _l("Municipality in the national register again"),
    "municipality:split": _l("Municipality divided"),
    "participant:added": _l("Participant added"),
    "participant:changed": _l("Participation changed"),
    "participant:ended": _l("Participation ended"),
    "participant:reopened": _l("End of a participation undone"),
    "participant:seen_as": _l("Plan seen as a participant sees it"),
    "participant:shown": _l("Participants read"),
    "person:added": _l("Person registered"),
    "person:changed": _l("Person changed"),
    "person:exported": _l("Persons downloaded"),
    "person:imported": _l("Persons imported from a file"),
    "person:national_id_shown": _l("National id shown"),
    "person:matched": _l("Looked for who resembles a person"),
    "person:registered_anyway": _l("Registered though somebody resembles the person"),
    "person:searched_by_national_id": _l("Person searched for by national id"),
    "plan:access_shown": _l("Who sees what in a plan read"),
    "plan:activated": _l("Plan taken into use"),
    "plan:added": _l("Plan started"),
    "plan:authorities_shown": _l("Who acts for the owner read"),
    "plan:arrived": _l("Plan taken over from another municipality"),
    "plan:bin_shown": _l("Bin read"),
    "plan:change_asked": _l("Change of access asked for"),
    "plan:changed": _l("Plan changed"),
    "plan:closed": _l("Plan closed"),
    "plan:document_downloaded": _l("Document downloaded"),
    "plan:continued": _l("Log continued as an individual plan"),
    "plan:exported": _l("List of plans downloaded"),
    "plan:history_shown": _l("Earlier versions read"),
    "plan:move_asked": _l("Move of a plan to another municipality begun"),
    "plan:move_sent": _l("Plan sent to another municipality"),
    "plan:move_shown": _l("What goes along with a move read"),
    "plan:move_stopped": _l("Move of a plan stopped"),
    "plan:moved": _l("Plan moved to another municipality, and closed here"),
    "plan:paused": _l("Plan paused"),
    "plan:reopened": _l("Plan opened again"),
    "plan:resumed": _l("Plan resumed"),
    "plan:section_shown": _l("Part of a plan read"),
    "plan:shown": _l("Plan opened"),
    "plan:template_moved": _l("Plan moved to another version of its template"),
    "template:proposed": _l("Newer version of a template proposed to coordinators"),
    "plan_decision:added": _l("Decision recorded"),
    "plan_decision:changed": _l("Decision changed"),
    "plan_entry:added": _l("Something written in a plan"),
    "plan_entry:binned": _l("Something moved to the bin"),
    "plan_entry:changed": _l("Something changed in a plan"),
    "plan_entry:moved": _l("Something moved in a plan"),
    "plan_entry:shown": _l("Something written in a plan read"),
    "plan_entry:restored": _l("Something brought back from the bin"),
    "plan_entry:version_restored": _l("Earlier version brought back"),
    "plan_grant:added": _l("Access given"),
    "plan_grant:changed": _l("Access changed or stopped"),
    "plan_move:added": _l("Move of a plan begun"),
    "plan_move:changed": _l("Move of a plan went on or ended"),
    "plan_type:added": _l("Kind of plan set up"),
    "plan_type:changed": _l("Kind of plan changed"),
    "protected_address:added": _l("Address protected"),
    "protected_address:changed": _l("Address protection changed"),
    "protected_address:shown": _l("Protected address shown"),
    "saved_view:added": _l("View of a list saved"),
    "saved_view:changed": _l("Saved view changed or removed"),
    "stand_in:added": _l("Stand-in appointed"),
    "stand_in:changed": _l("Stand-in changed or ended"),
    "national_piece:added": _l("National standard role or template added"),
    "national_piece:changed": _l("National standard role or template changed"),
    "national_piece:declined": _l("Stayed with what is here when the national one changed"),
    "national_piece:taken_over": _l("Draft made of what the national one says"),
    "national_piece:exported": _l("National standard roles or templates downloaded as a file"),
    "national_piece:imported": _l("National standard role or template imported from a file"),
    "role_proposal:added": _l("More access proposed, as the standard role gives it"),
    "role_proposal:changed": _l("Proposal of more access answered"),
    "standard_role:added": _l("Standard role added"),
    "standard_role:changed": _l("Standard role changed"),
    "standard_role:exported": _l("Standard roles downloaded as a file"),
    "standard_role:imported": _l("Standard role imported from a file"),
    "standard_role_version:added": _l("Draft of a standard role begun"),
    "standard_role_version:changed": _l("Draft of a standard role saved or published"),
    "template:added": _l("Template added"),
    "template:changed": _l("Template changed"),
    "template:exported": _l("Templates downloaded as a file"),
    "template:imported": _l("Template imported from a file"),
    "template_version:added": _l("Draft of a template begun"),
    "template_version:changed": _l("Draft of a template saved or published"),
    "unit:added": _l("Unit added"),
    "unit:changed": _l("Unit changed"),
    "unit:exported": _l("Units downloaded"),
    "unit:merged": _l("Unit merged into another"),
    "unit:moved": _l("Unit moved"),
    "unit:restored": _l("Unit brought back into use"),
    "unit:retired": _l("Unit retired"),
    "unit:took_over": _l("Unit took over another"),
    "withheld_section:added": _l("Part of a plan kept from a guardian"),
    "withheld_section:changed": _l("Part of a plan opened to a guardian again"),
    "plan:seen_as_role": _l("Plan looked at as a standard role"),
    "standard_role:published": _l("Standard role published"),
    "standard_role:draft_thrown_away": _l("Draft of a standard role thrown away"),
}

OBJECTS: dict[str, Any] = {
    "account_link_request": _l("Link request"),
    "age_rule": _l("Age of own consent"),
    "api_token": _l("Access for a program"),
    "audit_event": _l("Event"),
    "authority": _l("Authority to act for an owner"),
    "bulk_change": _l("Change in one go"),
    "central_appointment": _l("Central administrator"),
    "consent": _l("Consent"),
    "consent_text": _l("Consent text"),
    "emergency_access": _l("Emergency access"),
    "handover": _l("Hand-over"),
    "incoming_plan": _l("Plan from another municipality"),
    "job": _l("Long piece of work"),
    "membership": _l("Role"),
    "move_consent": _l("Consent to moving a plan"),
    "municipality": _l("Municipality"),
    "participant": _l("Participant"),
    "person": _l("Person"),
    "plan": _l("Plan"),
    "plan_decision": _l("Decision"),
    "plan_entry": _l("Entry in a plan"),
    "plan_grant": _l("Access to a part of a plan"),
    "plan_move": _l("Move of a plan"),
    "plan_type": _l("Kind of plan"),
    "protected_address": _l("Protected address"),
    "saved_view": _l("Saved view"),
    "stand_in": _l("Stand-in"),
    "national_piece": _l("National standard role or template"),
    "role_proposal": _l("Proposal of more access"),
    "standard_role": _l("Standard role"),
    "standard_role_version": _l("Version of a standard role"),
    "template": _l("Template"),
    "template_version": _l("Version of a template"),
    "unit": _l("Unit"),
    "withheld_section": _l("Part kept from a guardian"),
}


@dataclass(frozen=True)
class Spoken:
    """The words in one language, which can be said after the request has ended."""

    actions: Mapping[str, str]
    objects: Mapping[str, str]
    fields: Mapping[str, str]
    refused: str

    def action(self, code: str) -> str:
        """What a code says happened; a code that is no longer used is shown as it was kept."""
        if code.startswith(REFUSED):
            return f"{self.refused}: {code.removeprefix(REFUSED)}"
        return self.actions.get(code, code)

    def object(self, table: str | None) -> str:
        """What kind of record an event is about."""
        return "" if table is None else self.objects.get(table, table)

    def field_list(self, names: list[str]) -> str:
        """The fields of an event, each once; a name without words is shown as it was kept."""
        return ", ".join(dict.fromkeys(self.fields.get(name, name) for name in names))


def spoken() -> Spoken:
    """The words in the language of the request."""
    return Spoken(_said(ACTIONS), _said(OBJECTS), _said(FIELDS), str(_l("Refused")))


def action_options() -> list[tuple[str, Any]]:
    """(value, words) pairs for a filter: whole groups first, then each code."""
    return [*THINGS.items(), *ACTIONS.items()]


def _said(words: Mapping[str, Any]) -> dict[str, str]:
    return {code: str(text) for code, text in words.items()}
