"""What a merge does, said in sentences: what moves, who comes to what, and what needs a look."""

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.duplicates.merge_facts import ADDRESS, BIRTH, LOGIN, NAME, NATIONAL_ID, PHONE, UNIT
from app.duplicates.merge_plan import MergePlan, Reason, Remark
from app.duplicates.undoing import ALONG, CHANGED, LEFT, SINCE
from app.enums import MergeState

FIELDS: dict[str, Any] = {
    NAME: _l("Name"),
    BIRTH: _l("Birth date"),
    NATIONAL_ID: _l("National id"),
    "external_id": _l("Id in another system"),
    "email": _l("E-mail"),
    PHONE: _l("Phone"),
    ADDRESS: _l("Address"),
    "language": _l("Preferred language"),
    UNIT: _l("Unit"),
    LOGIN: _l("Login that stays"),
}

STATES: dict[MergeState, Any] = {
    MergeState.WAITING: _l("Waits for approval"),
    MergeState.DONE: _l("Merged"),
    MergeState.DECLINED: _l("Declined"),
    MergeState.UNDONE: _l("Undone"),
}

REASONS: dict[Reason, Any] = {
    Reason.NATIONAL_IDS: _l("The two have different national ids, and both are valid."),
    Reason.ADULT_AND_CHILD: _l("One of the two is of age and the other is a child."),
    Reason.PROTECTED: _l("The address of one of the two is protected."),
    Reason.LOGIN_ENDS: _l(
        "Both have a login. One of them ends, and the other comes to plans that were open to it."
    ),
}

MOVING: dict[tuple[str, str], Callable[[int], str]] = {
    ("plan", "owner_id"): lambda n: ngettext(
        "%(num)s plan that the person owns", "%(num)s plans that the person owns", n
    ),
    ("plan", "coordinator_id"): lambda n: ngettext(
        "%(num)s plan that the person coordinates", "%(num)s plans that the person coordinates", n
    ),
    ("participant", "person_id"): lambda n: ngettext(
        "%(num)s participation in a plan", "%(num)s participations in plans", n
    ),
    ("stand_in", "person_id"): lambda n: ngettext(
        "%(num)s time as stand-in for a coordinator", "%(num)s times as stand-in", n
    ),
    ("handover", "to_id"): lambda n: ngettext(
        "%(num)s offer of a coordinator's role", "%(num)s offers of a coordinator's role", n
    ),
    ("authority", "holder_id"): lambda n: ngettext(
        "the right to act for %(num)s plan owner", "the right to act for %(num)s plan owners", n
    ),
    ("authority", "owner_id"): lambda n: ngettext(
        "%(num)s guardian or representative", "%(num)s guardians or representatives", n
    ),
    ("consent", "giver_id"): lambda n: ngettext(
        "%(num)s consent, in the plan that it was given for",
        "%(num)s consents, each in the plan that it was given for",
        n,
    ),
    ("notice", "person_id"): lambda n: ngettext(
        "%(num)s message that is not seen to", "%(num)s messages that are not seen to", n
    ),
    ("plan_entry", "author_id"): lambda n: ngettext(
        "%(num)s text that the person has written", "%(num)s texts that the person has written", n
    ),
    ("unit", "leader_id"): lambda n: ngettext(
        "%(num)s unit that the person leads", "%(num)s units that the person leads", n
    ),
    ("membership", "person_id"): lambda n: ngettext("%(num)s role", "%(num)s roles", n),
    ("course_attendance", "person_id"): lambda n: ngettext(
        "%(num)s course that the person is signed up for or has taken",
        "%(num)s courses that the person is signed up for or has taken",
        n,
    ),
    ("gathering_attendance", "person_id"): lambda n: ngettext(
        "%(num)s gathering that the person was asked to",
        "%(num)s gatherings that the person was asked to",
        n,
    ),
    ("gathering_action", "responsible_id"): lambda n: ngettext(
        "%(num)s thing to do after a gathering", "%(num)s things to do after gatherings", n
    ),
    ("routine", "keeper_id"): lambda n: ngettext(
        "%(num)s routine that the person keeps", "%(num)s routines that the person keeps", n
    ),
    ("introduction", "person_id"): lambda n: ngettext(
        "%(num)s introduction that the person got", "%(num)s introductions that the person got", n
    ),
    ("incoming_plan", "coordinator_id"): lambda n: ngettext(
        "%(num)s plan that arrives from another municipality",
        "%(num)s plans that arrive from other municipalities",
        n,
    ),
}
"""What goes over, by table and column; when plans were last read is not told."""

REMARKS: dict[Remark, Callable[[int], str]] = {
    Remark.PARTICIPATION_ENDS: lambda n: ngettext(
        "%(num)s participation ends, because the person owns or coordinates the same plan.",
        "%(num)s participations end, because the person owns or coordinates the same plans.",
        n,
    ),
    Remark.GUARDIANS_STAY: lambda n: ngettext(
        "%(num)s guardian or representative does not go over, since no plan goes over with them."
        " State it anew if it is right.",
        "%(num)s guardians or representatives do not go over, since no plan goes over with them."
        " State it anew if it is right.",
        n,
    ),
    Remark.GUARDIANS_END: lambda n: ngettext(
        "%(num)s guardian or representative is ended, who would otherwise come to plans that they"
        " have no part in. State it anew if it is right.",
        "%(num)s guardians or representatives are ended, who would otherwise come to plans that"
        " they have no part in. State it anew if it is right.",
        n,
    ),
    Remark.GUARDIANS_JOINED: lambda n: ngettext(
        "%(num)s guardian or representative is the same for both, and is kept once, with all that"
        " is kept from them.",
        "%(num)s guardians or representatives are the same for both, and are kept once, with all"
        " that is kept from them.",
        n,
    ),
    Remark.COORDINATOR_WITHOUT_ROLE: lambda n: ngettext(
        "%(num)s open plan gets a coordinator whose login has no role as coordinator. Give the"
        " role, or have the plan handed over.",
        "%(num)s open plans get a coordinator whose login has no role as coordinator. Give the"
        " role, or have the plans handed over.",
        n,
    ),
    Remark.ADDRESS_ERASED: lambda _n: _(
        "Addresses are erased and do not come back when the merge is undone, because one of the"
        " two has a strictly confidential address."
    ),
    Remark.REQUESTS_END: lambda n: ngettext(
        "%(num)s question about linking a login is taken back.",
        "%(num)s questions about linking a login are taken back.",
        n,
    ),
}

TABLES: dict[str, Any] = {
    "person": _l("About the person"),
    "plan": _l("Plan"),
    "participant": _l("Participation in a plan"),
    "plan_grant": _l("Access to a part of a plan"),
    "authority": _l("Guardian or representative"),
    "consent": _l("Consent"),
    "membership": _l("Role"),
    "ab_user": _l("Login"),
    "stand_in": _l("Stand-in"),
    "handover": _l("Hand-over"),
    "plan_entry": _l("Text in a plan"),
    "account_link_request": _l("Question about linking a login"),
    "protected_address": _l("Address protection"),
    "emergency_access": _l("Emergency access"),
    "notice": _l("Message"),
    "unit": _l("Unit"),
    "incoming_plan": _l("Plan from another municipality"),
    "course_attendance": _l("Taking part in a course"),
    "gathering_attendance": _l("Being at a gathering"),
    "gathering_action": _l("What a gathering agreed on"),
    "introduction": _l("Introduction"),
    "routine": _l("Routine"),
    "routine_read": _l("Having read a routine"),
    "duplicate_pair": _l("Pair that may be one"),
}
WHY: dict[str, Any] = {
    CHANGED: _l("Changed since the merge; it has gone back with its person."),
    SINCE: _l("Made since the merge; it stays with the record that was kept."),
    LEFT: _l("Changed or ended since the merge, so it was not put back."),
    ALONG: _l("Made since the merge; it has gone along with what it belongs to."),
}


def moving(plan: MergePlan) -> list[str]:
    """What goes over, each in a phrase."""
    return [MOVING[key](number) for key, number in sorted(plan.moving.items()) if key in MOVING]


def remarks(plan: MergePlan) -> list[str]:
    """What else happens, each in a sentence."""
    return [REMARKS[what](number) for what, number in plan.remarks]


def to_look_at(found: list[list[Any]]) -> Iterator[tuple[Any, str, str, Any]]:
    """What needs a look after an undo: what it is, its table and id, and why."""
    for table, row_id, why in found:
        said = WHY.get(why) or _(
            "%(field)s was changed since the merge, and stays as it is now.",
            field=str(FIELDS.get(why, why)),
        )
        yield TABLES.get(table, table), table, row_id, said
