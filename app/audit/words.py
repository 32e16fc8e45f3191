"""What happened, in the user's language: the words for every action code that is recorded.

Codes read ``thing:what_happened``. A refused attempt has the code ``refused:<page>``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

REFUSED = "refused:"

THINGS: dict[str, Any] = {
    "account:": _l("Everything about accounts"),
    "account_link_request:": _l("Everything about link requests"),
    "api_token:": _l("Everything about access for programs"),
    "audit_event:": _l("Everything about this log"),
    "bulk_change:": _l("Everything about changes to many records at once"),
    "central_appointment:": _l("Everything about central administrators"),
    "job:": _l("Everything about long pieces of work"),
    "membership:": _l("Everything about roles"),
    "municipality:": _l("Everything about municipalities"),
    "person:": _l("Everything about persons"),
    "protected_address:": _l("Everything about protected addresses"),
    REFUSED: _l("Everything that was refused"),
    "saved_view:": _l("Everything about saved views"),
    "unit:": _l("Everything about units"),
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
    "api_token:added": _l("Access for a program given"),
    "api_token:changed": _l("Access for a program changed or ended"),
    "audit_event:exported": _l("This log downloaded"),
    "audit_event:listed": _l("This log read"),
    "audit_event:shown": _l("Event in this log read"),
    "bulk_change:added": _l("One or more records changed in one go"),
    "bulk_change:changed": _l("A change was undone"),
    "central_appointment:added": _l("Central administrator proposed"),
    "central_appointment:approved": _l("Central administrator approved"),
    "central_appointment:approved_alone": _l("Central administrator approved by the proposer"),
    "central_appointment:changed": _l("Central administrator approved or ended"),
    "central_appointment:ended": _l("Appointment of a central administrator ended"),
    "central_appointment:ended_by_command": _l("Central administrator ended from the server"),
    "central_appointment:first": _l("First central administrator made"),
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
    "municipality:added": _l("Municipality added to the register"),
    "municipality:changed": _l("Municipality changed"),
    "municipality:ended": _l("Municipality ended in the national register"),
    "municipality:exported": _l("Municipalities downloaded"),
    "municipality:merged": _l("Municipality merged into another"),
    "municipality:renamed": _l("Municipality renamed"),
    "municipality:renumbered": _l("Municipality given another number"),
    "municipality:reopened": _l("Municipality in the national register again"),
    "municipality:split": _l("Municipality divided"),
    "person:added": _l("Person registered"),
    "person:changed": _l("Person changed"),
    "person:exported": _l("Persons downloaded"),
    "person:imported": _l("Persons imported from a file"),
    "person:national_id_shown": _l("National id shown"),
    "person:searched_by_national_id": _l("Person searched for by national id"),
    "protected_address:added": _l("Address protected"),
    "protected_address:changed": _l("Address protection changed"),
    "protected_address:shown": _l("Protected address shown"),
    "saved_view:added": _l("View of a list saved"),
    "saved_view:changed": _l("Saved view changed or removed"),
    "unit:added": _l("Unit added"),
    "unit:changed": _l("Unit changed"),
    "unit:exported": _l("Units downloaded"),
    "unit:merged": _l("Unit merged into another"),
    "unit:moved": _l("Unit moved"),
    "unit:restored": _l("Unit brought back into use"),
    "unit:retired": _l("Unit retired"),
    "unit:took_over": _l("Unit took over another"),
}

OBJECTS: dict[str, Any] = {
    "account_link_request": _l("Link request"),
    "api_token": _l("Access for a program"),
    "audit_event": _l("Event"),
    "bulk_change": _l("Change in one go"),
    "central_appointment": _l("Central administrator"),
    "job": _l("Long piece of work"),
    "membership": _l("Role"),
    "municipality": _l("Municipality"),
    "person": _l("Person"),
    "protected_address": _l("Protected address"),
    "saved_view": _l("Saved view"),
    "unit": _l("Unit"),
}

FIELDS: dict[str, Any] = {
    "accepted": _l("Answer"),
    "address": _l("Address"),
    "approved_at": _l("Approved"),
    "birth_date": _l("Birth date"),
    "code_hash": _l("Code"),
    "email": _l("E-mail"),
    "ended_at": _l("Ended"),
    "ends_on": _l("Last day"),
    "external_id": _l("Id in another system"),
    "family_name": _l("Family name"),
    "given_name": _l("Given name"),
    "grade": _l("Kind of protection"),
    "is_in_use": _l("In use"),
    "is_outside": _l("Outside body"),
    "is_shielded": _l("Address protection"),
    "kind": _l("Kind of unit"),
    "language": _l("Preferred language"),
    "leader_id": _l("Leader"),
    "lifted_at": _l("Lifted"),
    "merged_into_id": _l("Merged into"),
    "name": _l("Name"),
    "national_id_cipher": _l("National id"),
    "national_id_hash": _l("National id"),
    "national_id_is_doubtful": _l("National id"),
    "number": _l("Number"),
    "official_names": _l("Official names"),
    "parameters": _l("What the list was asked for"),
    "parent_id": _l("Part of"),
    "person_id": _l("Person"),
    "phone": _l("Phone"),
    "postcode": _l("Postcode"),
    "retired_at": _l("Retired"),
    "retired_reason": _l("Reason"),
    "revoked_at": _l("Ended"),
    "role": _l("Role"),
    "rows": _l("Records"),
    "since": _l("Since"),
    "renew_by": _l("Renew by"),
    "starts_on": _l("First day"),
    "undone_at": _l("Undone"),
    "unit_id": _l("Unit"),
    "valid_from": _l("Valid from"),
    "valid_to": _l("Valid to"),
    "wrong_codes": _l("Wrong codes"),
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
