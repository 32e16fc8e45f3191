"""What the fields that a change names in the log are called, in the user's language."""

from typing import Any

from flask_babel import lazy_gettext as _l

FIELDS: dict[str, Any] = {
    "accepted": _l("Answer"),
    "address": _l("Address"),
    "answered_at": _l("Answered"),
    "approved_at": _l("Approved"),
    "birth_date": _l("Birth date"),
    "body": _l("Text"),
    "capabilities": _l("What it lets one do besides"),
    "capacity": _l("In what capacity"),
    "closed_at": _l("Closed"),
    "closed_reason": _l("Reason"),
    "code_hash": _l("Code"),
    "complaint_until": _l("Last day to complain"),
    "consent_months": _l("Usual length of a consent"),
    "content": _l("What it says"),
    "continues_id": _l("Continues"),
    "contribution": _l("Contribution"),
    "cooperation": _l("Cooperation with others"),
    "contact": _l("Who sent it"),
    "coordinator_id": _l("Coordinator"),
    "coordinator_names": _l("What the coordinator is called"),
    "deadline_on": _l("Deadline"),
    "decided_on": _l("Date of the decision"),
    "deleted_at": _l("Moved to the bin"),
    "details": _l("Details"),
    "email": _l("E-mail"),
    "ended_at": _l("Ended"),
    "ended_reason": _l("Reason"),
    "ends_at": _l("Until"),
    "ends_on": _l("Last day"),
    "external_id": _l("Id in another system"),
    "expires_at": _l("Last moment to answer"),
    "family_name": _l("Family name"),
    "function": _l("Function"),
    "given_by": _l("Given by"),
    "given_name": _l("Given name"),
    "grade": _l("Kind of protection"),
    "ground": _l("Ground"),
    "is_in_use": _l("In use"),
    "is_offered": _l("Offered"),
    "is_outside": _l("Outside body"),
    "is_shielded": _l("Address protection"),
    "kind": _l("Kind"),
    "kinds": _l("Kinds of plans"),
    "language": _l("Preferred language"),
    "leader_id": _l("Leader"),
    "legal_ground": _l("Legal ground"),
    "level": _l("Level"),
    "lifted_at": _l("Lifted"),
    "matrix": _l("Accesses"),
    "may_consent": _l("May consent"),
    "merged_into_id": _l("Merged into"),
    "method": _l("How it was given"),
    "months": _l("Usual length"),
    "name": _l("Name"),
    "names": _l("Name"),
    "national_id": _l("National original"),
    "national_id_cipher": _l("National id"),
    "national_id_hash": _l("National id"),
    "national_id_is_doubtful": _l("National id"),
    "national_number": _l("Version of the national original"),
    "needs": _l("Needs"),
    "next_evaluation_on": _l("Next evaluation"),
    "not_after_on": _l("Last day that the owner has set"),
    "note": _l("Note"),
    "number": _l("Number"),
    "official_names": _l("Official names"),
    "own_consent": _l("Parts consented to by themselves"),
    "own_consent_age": _l("Age of own consent"),
    "own_only": _l("Own activities only"),
    "owner_id": _l("Plan owner"),
    "package_id": _l("Package"),
    "parameters": _l("What the list was asked for"),
    "parent_id": _l("Part of"),
    "period_from": _l("First day of the period"),
    "period_to": _l("Last day of the period"),
    "person_id": _l("Person"),
    "phone": _l("Phone"),
    "postcode": _l("Postcode"),
    "reach": _l("Whom it is for"),
    "reason": _l("Reason"),
    "renew_by": _l("Renew by"),
    "resources": _l("Resources"),
    "responsible_id": _l("Responsible"),
    "retired_at": _l("Retired"),
    "retired_reason": _l("Reason"),
    "revoked_at": _l("Ended"),
    "role": _l("Role"),
    "rows": _l("Records"),
    "scan_key": _l("Scanned form"),
    "scan_type": _l("Scanned form"),
    "sealed_content": _l("What is in it"),
    "sealed_owner": _l("Whom it is about"),
    "section": _l("Part of the plan"),
    "sections": _l("Parts of the plan"),
    "sent_at": _l("Sent"),
    "sent_sections": _l("What went along"),
    "since": _l("Since"),
    "standard_role_id": _l("Standard role"),
    "standard_role_number": _l("Version of the standard role"),
    "starts_on": _l("First day"),
    "state": _l("State"),
    "status": _l("Status"),
    "template_version_id": _l("Version of the template"),
    "texts": _l("Text"),
    "title": _l("Title"),
    "undone_at": _l("Undone"),
    "unit_id": _l("Unit"),
    "valid_from": _l("Valid from"),
    "valid_to": _l("Valid to"),
    "what": _l("What was decided"),
    "withdrawn_at": _l("Withdrawn"),
    "withdrawn_reason": _l("Reason"),
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
