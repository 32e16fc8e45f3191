"""What the look ahead says, in words: what moves, what is settled how, and what stops it."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.joining.outlook import Outlook, Settled, Stop

MOVES: dict[str, Any] = {
    "person": _l("Persons"),
    "unit": _l("Units"),
    "plan": _l("Plans"),
    "participant": _l("Participations in plans"),
    "consent": _l("Consents"),
    "plan_entry": _l("Pieces of content in plans"),
    "membership": _l("Roles"),
    "duplicate_pair": _l("Questions and answers about duplicates"),
}
"""The tables that are named; the others are told together."""

OTHERS = _l("Other records")

SETTLED: dict[Settled, tuple[Any, Any]] = {
    Settled.SAME_LOGIN: (
        _l("People with a login in both"),
        _l("They become one person, with the roles and plans that they have in both."),
    ),
    Settled.SAME_NATIONAL_ID: (
        _l("People registered in both with the same national id"),
        _l("Both records are kept. They are asked about under Duplicates afterwards."),
    ),
    Settled.TWO_OPEN_PLANS: (
        _l("Of them with an open individual plan in both"),
        _l("Both plans go on, each with its own owner, until the two records are looked at."),
    ),
    Settled.EXTERNAL_IDS: (
        _l("People whose number in another system may be somebody else's there"),
        _l("The number of the municipality is put in front of it: 9902:1001."),
    ),
    Settled.ADMINISTRATORS_LIMITED: (
        _l("Local administrators of the one that goes"),
        _l("They go on administering its units, and not the rest."),
    ),
    Settled.PLANS_PLACED: (
        _l("Plans without a unit"),
        _l("They come to belong to the topmost unit of the one that goes."),
    ),
    Settled.KINDS_KEPT: (
        _l("Kinds of plans"),
        _l("Names, ages and usual consent are those of the one that takes over."),
    ),
    Settled.CONSENT_TEXTS: (
        _l("Consent texts"),
        _l("They go along with the consents given to them. New consents use the text there."),
    ),
    Settled.ROLES_RETIRED: (
        _l("Standard roles that both have"),
        _l("Those who have one keep it and what it gives. Nobody new is given it."),
    ),
    Settled.TEMPLATES_RETIRED: (
        _l("Templates that both have"),
        _l("Plans made from one keep it. New plans are made from the one there."),
    ),
    Settled.PLANS_WAITING: (
        _l("Plans from other municipalities that wait for an answer"),
        _l("They are answered by the one that takes over."),
    ),
    Settled.REQUESTS_ENDED: (
        _l("Open questions to a login that works in the other place already"),
        _l("They are taken back. Ask anew afterwards."),
    ),
    Settled.TOKENS_ENDED: (
        _l("Keys for programs"),
        _l("They stop. Whoever made one makes a new one afterwards."),
    ),
    Settled.VIEWS_RENAMED: (
        _l("Saved views of the same name"),
        _l("The name of the municipality that goes is added."),
    ),
}

STOPS: dict[Stop, tuple[Any, Any]] = {
    Stop.NOT_IN_USE: (
        _l("Municipalities that are not in use"),
        _l("Take the municipality into use, or leave the joining."),
    ),
    Stop.WORK_UNFINISHED: (
        _l("Jobs that are not finished in the one that goes"),
        _l("Wait until they are done, or cancel them there."),
    ),
    Stop.PLANS_ON_THE_WAY: (
        _l("Plans on their way between the two"),
        _l("Answer them, or take them back."),
    ),
    Stop.UNITS_ON_THE_WAY: (
        _l("Units on their way to or from one of the two"),
        _l("Finish each of these moves, or let it be taken back or declined."),
    ),
    Stop.AGES_DIFFER: (
        _l("Kinds of plans with another age of own consent"),
        _l(
            "It would change who consents, and so who sees the plans. Agree on one age, and set it"
            " in both first."
        ),
    ),
    Stop.PARTS_LACK: (
        _l("Kinds of plans that lack a part there"),
        _l("What is written in that part would be seen by nobody. Add the part there first."),
    ),
    Stop.LOGIN_OF_TWO: (
        _l("Logins in both that can't become one person"),
        _l(
            "The national ids differ, an address is protected, both own an open individual plan,"
            " or a role would open a plan that is closed to the person now. End the role in one"
            " of the two, or put right what is wrong, first."
        ),
    ),
    Stop.TOO_DEEP: (
        _l("Levels of units"),
        _l("The units would stand more than 12 levels down. Move some of them up first."),
    ),
}


def moving(outlook: Outlook) -> Iterator[tuple[Any, int]]:
    """What moves, by what it is called."""
    for table, text in MOVES.items():
        yield text, outlook.rows.get(table, 0)
    named = sum(outlook.rows.get(table, 0) for table in MOVES)
    yield OTHERS, outlook.total - named


def settled(numbers: Mapping[str, int]) -> Iterator[tuple[Any, Any, int]]:
    """What is settled by rule: what, how, and how often."""
    for what, (text, how) in SETTLED.items():
        if numbers.get(what):
            yield text, how, numbers[what]


def stops(outlook: Outlook) -> Iterator[tuple[Any, Any, int]]:
    """What has to be seen to first: what, how, and how many."""
    for what, (text, how) in STOPS.items():
        if outlook.stops.get(what):
            yield text, how, outlook.stops[what]
