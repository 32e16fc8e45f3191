"""Every address that can be asked with GET, about the rows of ``plan_words``, by the registry."""

from collections.abc import Iterator
from urllib.parse import urlencode

from flask import Flask
from werkzeug.routing import Rule

from app.enums import EntryKind, PlanKind, PlanState, Section
from app.security.roles import Resource
from app.security.routes import Door
from tests.matrix.cells import SENDING_OUT
from tests.plans.garden import KINDS
from tests.security.plan_words import MARK, Wood

ELSEWHERE = {"static", "live", "ready", "metrics", "OpenApi.get", *SENDING_OUT}
FEW = ("goals", "binned activities", "documents")
"""The entries that those without any access ask about."""
MANY = (*map(str, KINDS), "binned goals", "binned activities", "binned documents")
"""The entries that those with some access ask about."""

HIDDEN = ("needs", "entries.body")
GUESSES = [
    *(f"order={one}" for one in HIDDEN),
    *(f"order=-{one}" for one in HIDDEN),
    *(f"columns={one}" for one in HIDDEN),
    *(f"{one}={MARK}" for one in HIDDEN),
    *(f"_flt_0_{one}={MARK}" for one in HIDDEN),
    f"q=(columns:!(id,needs),filters:!((col:needs,opr:ct,value:{MARK})))",
    "q=(order_column:needs,order_direction:asc)",
    "q=(select_columns:!(entries.body),keys:!(none))",
    f"q=(filters:!((col:participants,opr:rel_m_m,value:{MARK})))",
    f"q=(filters:!((col:owner,opr:rel_o_m,value:{MARK})))",
]
"""Ways to ask a list for what it does not show."""


def lists(app: Flask) -> list[str]:
    """The addresses without an id: lists, files of lists, choices, and pages of one's own."""
    return [
        rule.rule
        for rule in rules(app)
        if not rule.arguments and not rule.rule.startswith("/api/v1/_")
    ]


def rules(app: Flask) -> Iterator[Rule]:
    """The routes that are asked with GET."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" in (rule.methods or ()) and rule.endpoint not in ELSEWHERE:
            yield rule


def narrowed(app: Flask) -> Iterator[str]:
    """The lists of plans, asked for with every filter and order that they know."""
    asked = (f"kind={PlanKind.INDIVIDUAL_PLAN}", f"state={PlanState.CLOSED}")
    orders = ("order=activity", "order=-activity", "order=started", "order=-started")
    for path in ("/plans/list/", "/plans/export", "/api/v1/plan/"):
        yield from (f"{path}?{one}" for one in (*asked, *orders))
    for path in ("/plans/list/", "/plans/export"):
        yield f"{path}?order=evaluation"
        yield f"{path}?{urlencode({'q': 'Ola'})}"
    yield "/plans/export?format=xlsx"
    yield "/api/v1/participant/?order=-starts_on"
    yield "/api/v1/consent/?order=-given_at"


def about(app: Flask, wood: Wood, entries: tuple[str, ...]) -> Iterator[str]:
    """The addresses with an id, on every row of the plans; of the content, on these ``entries``."""
    doors: dict[str, Door] = app.extensions["samvev_doors"]
    ids = {
        Resource.PLAN: [wood.plans["open"]],
        Resource.PARTICIPANT_IN_PLAN: [*wood.participants.values()],
        Resource.CONSENT: [*wood.consents.values()],
        Resource.PLAN_ENTRY: [wood.entries[one] for one in entries],
        Resource.HANDOVER: [wood.handover],
        Resource.PERSON: [wood.owner],
        Resource.UNIT: [wood.place.units["school"]],
    }
    yield f"/plan/show/{wood.plans['closed']}"
    yield f"/plan-content/section/{wood.plans['closed']}?section={Section.ACTIVITIES}"
    for rule in rules(app):
        if len(rule.arguments) != 1:
            continue
        for pk in ids.get(doors[rule.endpoint].resource, ()):
            built = rule.build(dict.fromkeys(rule.arguments, pk))
            assert built is not None
            yield from (built[1] + query for query in _queries(rule.endpoint, wood))


def _queries(endpoint: str, wood: Wood) -> list[str]:
    if endpoint.endswith("Api.get"):
        return ["", f"?columns=needs&q={MARK}"]
    if endpoint == "ContentView.section":
        return [f"?section={one}" for one in Section]
    if endpoint == "ContentView.add":
        meeting = wood.entries["meetings"]
        kinds = (EntryKind.GOAL, EntryKind.ACTIVITY)
        return [*(f"?kind={one}" for one in kinds), f"?kind=comment&parent={meeting}"]
    return {
        "EntryHistoryView.show": ["?old=1&new=2"],
        "EntryHistoryView.download": ["", "?number=1"],
        "EntryView.edit": ["", "?take_up=1"],
        "CopyView.download": [f"?format={one}" for one in ("xlsx", "csv", "json")],
        "ParticipantView.add": ["", f"?proposal={wood.notice}"],
        "DecisionView.edit": [f"?decision={wood.decision}"],
        "AuthorityView.withhold": [f"?authority={wood.authority}"],
        "EndConsentView.withdraw": ["", f"?participant={wood.participants['former']}"],
    }.get(endpoint, [""])


def guesses(app: Flask) -> Iterator[str]:
    """The lists that hold rows of plans, asked for what they do not show."""
    lists_of_plans = ("/plans/list/", "/plans/export", "/api/v1/plan/", "/api/v1/participant/")
    for path in (*lists_of_plans, "/api/v1/consent/"):
        yield from (f"{path}?{one}" for one in GUESSES)
