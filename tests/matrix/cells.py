"""The matrix: every route and method, as everyone, on every kind of row; and what must come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Section
from app.models import AccountProfile, ApiToken
from app.security import policy
from app.security.actor import NOBODY, Actor, find_actor, open_municipalities
from app.security.keys import secret_hash
from app.security.plan_rights import LEVEL_OF
from app.security.roles import Action, Resource
from app.security.routes import Audience, Door
from tests.matrix.things import Thing, another, fresh, things
from tests.plans import garden as gardens
from tests.world import CANARY, World

ACTORS: dict[str, tuple[str | None, str | None]] = {
    "a stranger": (None, None),
    "sentral": ("sentral", None),
    "lokal.strandvik": ("lokal.strandvik", "9901"),
    "lokal.fjellby": ("lokal.fjellby", "9902"),
    "koordinator.strandvik": ("koordinator.strandvik", "9901"),
    "koordinator.fjellby": ("koordinator.fjellby", "9902"),
    "planeier": ("planeier", "9901"),
    "foresatt": ("foresatt", "9901"),
    "larer in Strandvik": ("larer", "9901"),
    "larer in Fjellby": ("larer", "9902"),
    "larer, nowhere yet": ("larer", None),
    "utgatt": ("utgatt", None),
}
READS = ("GET", "HEAD", "OPTIONS")
REST = "/api/"
SENDING_OUT = {"LoginView.logout", "LoginView.language", "MunicipalityChoiceView.choose"}
# Rows in an address that are not of the door's own kind, and what must be allowed with them.
ABOUT: dict[str, tuple[Resource, Action]] = {
    "MembershipView.withdraw": (Resource.MEMBERSHIP, Action.SHOW),
    "MembershipView.password_link": (Resource.MEMBERSHIP, Action.SHOW),
    "AlikeRowsView.show": (Resource.JOB, Action.EDIT),
    "ImportView.columns": (Resource.JOB, Action.EDIT),
    "ImportView.decide": (Resource.JOB, Action.EDIT),
    "ImportView.failed_rows": (Resource.JOB, Action.EDIT),
    "PersonView.protected_address": (Resource.PROTECTED_ADDRESS, Action.SHOW),
    "PersonView.lift_protection": (Resource.PROTECTED_ADDRESS, Action.PROTECT),
}
# What a page about a section of a plan is about, where its address does not say so.
SECTION_OF: dict[str, Section] = {
    "ParticipantView.overview": Section.PARTICIPANTS,
    "ConsentView.overview": Section.CONSENTS,
    "DecisionView.overview": Section.CONSENTS,
    "PlanLogView.show": Section.ACCESS_LOG,
    "ProposingView.propose": Section.PARTICIPANTS,
    "CopyView.overview": Section.PRINT_EXPORT,
    "CopyView.paper": Section.PRINT_EXPORT,
    "CopyView.download": Section.PRINT_EXPORT,
}
# Pages that are open to whoever may do one of these in the plan, in any of the sections.
OPEN_BY_ANY: dict[str, tuple[Action, ...]] = {
    "ContentView.bin": (Action.WRITE, Action.COMMENT),
    # Nothing says what is to be added, which whoever sees the plan is told.
    "ContentView.add": (Action.READ,),
    "FindView.find": (Action.READ,),
}
# What is no refusal when it was done already, to whoever may do the opposite: a second press, and
# a text that was written while somebody deleted what it is about.
REPEATED: dict[str, Action] = {
    "EntryView.delete": Action.RESTORE,
    "EntryView.restore": Action.RETIRE,
    "EntryView.edit": Action.RESTORE,
}
# Sections that pages with a section in their address are asked for.
ASKED_SECTIONS = (Section.GOALS, Section.ABOUT_ME)
# An empty request asks these for something that is not there.
MAY_FIND_NOTHING = {
    "ImportView.decide",
    "ImportView.failed_rows",
    "DecisionView.edit",
    "EntryView.move",
    "EntryHistoryView.download",
    "ConsentView.scan",
    "TemplateDraftView.undo",
    "NationalTemplateDraftView.undo",
    "NationalRoleView.edit",  # It is a template that the matrix asks about.
    "MoveView.scan",
    "ProposingView.decline",  # What waits there is no proposal.
    "MergeView.approve",
    "MergeView.decline",
    "MergeView.undo",
    "TidyReceiptView.show",  # The work that the matrix asks about is no clean-up.
    "TidyReceiptView.undo",
}
SHOWS_OTHER_PLACES = {"MyPlansView", "OwnPageView"}


@dataclass(frozen=True)
class Cell:
    """One request: a method on a route, about a thing or about nothing."""

    endpoint: str
    rule: Rule
    method: str
    door: Door
    thing: Thing | None = None
    section: Section | None = None

    @property
    def resource(self) -> Resource | None:
        """What kind of row stands in the address."""
        return ABOUT[self.endpoint][0] if self.endpoint in ABOUT else self.door.resource

    @property
    def action(self) -> Action:
        """What must be allowed with that row."""
        action = ABOUT[self.endpoint][1] if self.endpoint in ABOUT else self.door.action
        assert action is not None
        return action

    @property
    def is_rest(self) -> bool:
        """Whether the route is of the REST side."""
        return self.rule.rule.startswith(REST)

    def path(self, key: str | None = None) -> str:
        """The address."""
        values = dict.fromkeys(self.rule.arguments, key or (self.thing.key if self.thing else "x"))
        built = self.rule.build(values, append_unknown=False)
        assert built is not None, f"{self.rule} can't be built"
        return built[1]

    @property
    def query(self) -> dict[str, str]:
        """What the address says besides its path."""
        is_said = self.section is not None and self.endpoint not in SECTION_OF
        return {"section": str(self.section)} if is_said else {}

    def __str__(self) -> str:
        about = f" on {self.thing.name}" if self.thing else ""
        about += f", {self.section}" if self.section else ""
        return f"{self.method} {self.rule.rule}{about}"


def all_cells(app: Flask, world: World) -> Iterator[Cell]:
    """Every cell but the actor."""
    doors: dict[str, Door] = app.extensions["samvev_doors"]
    of_kind = cache(lambda kind: things(kind, world))
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        door = doors[rule.endpoint]
        known = sorted(rule.methods or ())
        others = sorted({"PUT", "PATCH", "DELETE", "POST", "GET"} - set(known))
        kind = Cell(rule.endpoint, rule, "GET", door).resource
        about = of_kind(kind) if rule.arguments and kind else [None]
        cells = [
            Cell(rule.endpoint, rule, method, door, thing, section)
            for thing in about
            for method in known
            for section in _sections(rule.endpoint, door)
        ]
        cells += [Cell(rule.endpoint, rule, method, door, about[0]) for method in others]
        yield from (cell for cell in cells if _serves(app, cell))


def _sections(endpoint: str, door: Door) -> tuple[Section | None, ...]:
    """The sections that a page is asked for; one None where it is about none."""
    if door.resource is not Resource.PLAN or door.action not in LEVEL_OF:
        return (None,)
    if endpoint in OPEN_BY_ANY:
        return (None,)
    return (SECTION_OF[endpoint],) if endpoint in SECTION_OF else ASKED_SECTIONS


def _serves(app: Flask, cell: Cell) -> bool:
    """Whether the cell's own rule answers it; several rules may share an address."""
    try:
        endpoint, _values = app.url_map.bind("localhost").match(cell.path(), cell.method)
    except MethodNotAllowed:
        return cell.method not in (cell.rule.methods or ())
    except HTTPException:
        return True
    return bool(endpoint == cell.endpoint)


@dataclass
class Visitor:
    """Somebody who makes requests: by browser, and with a bearer token."""

    name: str
    client: FlaskClient
    actor: Actor
    account_id: int | None
    csrf: str
    secret: str
    has_choice: bool
    closed_words: tuple[str, ...] = ()

    def request(self, cell: Cell, key: str | None) -> TestResponse:
        """Make the request of a cell."""
        options: dict[str, object] = {"method": cell.method, "query_string": cell.query}
        if cell.is_rest:
            if self.secret:
                options["headers"] = {"Authorization": f"Bearer {self.secret}"}
            if cell.method not in READS:
                options["json"] = {}
        elif cell.method not in READS:
            options["data"] = {"csrf_token": self.csrf}
        return self.client.open(cell.path(key), **options)  # type: ignore[arg-type]


def visitor(app: Flask, world: World, name: str, client_as: object) -> Visitor:
    """The visitor of this name, signed in and with a token that may write."""
    username, number = ACTORS[name]
    if username is not None and number is None:
        with app.app_context():
            _forget_last_place(world.accounts[username])
    client = client_as(username)  # type: ignore[operator]
    if username == "larer" and number is not None:
        # Read on, or what the choice tells is shown on the first page that the visitor sees.
        client.send("/municipality-choice/", {"municipality": number}, follow_redirects=True)
    account_id = world.accounts[username] if username else None
    place = world.place(number).id if number else None
    with app.app_context():
        secret = _token(account_id, place) if account_id and place else ""
        session = db.session()
        found = find_actor(session, account_id, place, utc_now()) if account_id else NOBODY
        choices = open_municipalities(session, account_id, today()) if account_id else []
        closed = _closed_words(found, number, world)
    csrf = client.csrf()
    return Visitor(name, client, found, account_id, csrf, secret, bool(choices), closed)


def _closed_words(actor: Actor, number: str | None, world: World) -> tuple[str, ...]:
    """The words of those sections that the visitor reads in no plan of the municipality."""
    if number is None:
        return ()
    plans = [
        thing.load() for thing in things(Resource.PLAN, world) if thing.name.startswith(number)
    ]
    return tuple(
        gardens.canary(number, section)
        for section in gardens.WORDS
        if not any(policy.decide(actor, Action.READ, plan, section=section) for plan in plans)
    )


def _forget_last_place(account_id: int) -> None:
    """Let the next sign-in be one that has chosen no municipality before."""
    with transaction() as session:
        profile = session.get(AccountProfile, account_id)
        if profile is not None:
            profile.last_municipality_id = None


def _token(account_id: int, municipality_id: int) -> str:
    """A bearer token of the visitor's own, that may write."""
    secret = f"samvev_{uuid4()}"
    with transaction() as session:
        session.add(
            ApiToken(
                account_id=account_id,
                municipality_id=municipality_id,
                name="matrix",
                secret_hash=secret_hash(secret),
                may_write=True,
                made_at=utc_now(),
                expires_at=utc_now() + timedelta(days=1),
            )
        )
    return secret


def is_row_asked_about(cell: Cell, who: Visitor) -> bool:
    """Whether it depends on the row what must come: some are turned away at the door."""
    return cell.method in (cell.rule.methods or ()) and cell.door.opens_for(who.actor)


def expected(cell: Cell, who: Visitor, row: object | None) -> str:
    """What must come, by the policy."""
    if cell.method not in (cell.rule.methods or ()):
        return "405"
    if cell.door.audience is Audience.ANYONE:
        return "open"
    if not who.actor.is_signed_in or (cell.is_rest and not who.secret):
        return "401" if cell.is_rest else "sign in"
    if cell.door.audience is Audience.SIGNED_IN:
        return "open"
    if not cell.door.opens_for(who.actor):
        must_choose = not cell.is_rest and who.actor.municipality_id is None and who.has_choice
        return "choose" if must_choose else "403"
    if cell.thing is None or cell.method == "OPTIONS":
        return "let in"
    return _decided(cell, who.actor, row)


def _decided(cell: Cell, actor: Actor, row: object | None) -> str:
    """What the policy says about the row itself."""
    if row is not None and _may(cell, actor, row):
        return "let in"
    return "403" if row is not None and policy.decide(actor, Action.SHOW, row) else "404"


def _may(cell: Cell, actor: Actor, row: object) -> bool:
    if cell.endpoint in OPEN_BY_ANY:
        return any(
            policy.decide(actor, action, row, section=section)
            for action in OPEN_BY_ANY[cell.endpoint]
            for section in Section
        )
    if policy.decide(actor, cell.action, row, section=cell.section):
        return True
    opposite = REPEATED.get(cell.endpoint) if cell.method == "POST" else None
    return opposite is not None and bool(policy.decide(actor, opposite, row))


def got(answer: TestResponse) -> str:
    """What came, in the same words."""
    if answer.status_code == 302 and "/login/" in answer.location:
        return "sign in"
    if answer.status_code == 302 and "/municipality-choice/" in answer.location:
        return "choose"
    if answer.status_code in (401, 403, 404, 405) or answer.status_code >= 500:
        return str(answer.status_code)
    return "let in"


def is_right(cell: Cell, wanted: str, came: str) -> bool:
    """Whether the answer is the one the policy asks for."""
    if wanted == "let in" and came == "404" and cell.endpoint in MAY_FIND_NOTHING:
        return True
    if wanted == "open":
        return came == "503" or not came.startswith("5")
    return wanted == came


def changes_what_it_hits(cell: Cell, who: Visitor, row: object | None) -> bool:
    """Whether the request may change the row, so that a row of its own is needed."""
    return (
        cell.method == "POST"
        and row is not None
        and cell.door.action is not None
        and _may(cell, who.actor, row)
    )


def foreign_words(who: Visitor, world: World, cell: Cell) -> tuple[str, ...]:
    """Words that this visitor must never be shown here."""
    if cell.endpoint.partition(".")[0] in SHOWS_OTHER_PLACES:
        return ()
    here = who.actor.municipality_id
    foreign = [word for number, word in CANARY.items() if world.place(number).id != here]
    return (*foreign, *who.closed_words)


def stand_in(cell: Cell, world: World, row: object) -> Thing:
    """A row of its own, like the one the cell is about."""
    assert cell.resource is not None
    assert cell.thing is not None
    number = next(n for n in CANARY if cell.thing.name.startswith(n))
    if cell.thing.again is not None:
        return another(cell.thing, world.place(number))
    return fresh(
        cell.resource,
        world.place(number),
        retired=getattr(row, "retired_at", None) is not None,
    )
