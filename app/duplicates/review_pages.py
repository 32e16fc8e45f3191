"""The pages where possible duplicates are reviewed: the queue, one pair at a time, and the answers.

Every look at a pair is an event for both persons, written before the answer. Pairs are answered
one by one; there is no answer to many at once.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import flash, g, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.audit import log
from app.clock import day_of, today, utc_now
from app.db import db, transaction
from app.duplicate_tables import DuplicatePair
from app.duplicates import answering, exporting, figures, kinds, pace, queue
from app.duplicates.reasons import reasons_of
from app.duplicates.side_by_side import (
    BAND_COLOURS,
    CAUTION_WORDS,
    NUMBER_WORDS,
    Likeness,
    births_of,
    cautions,
    lines,
    names_of,
    number_line,
    numbers_of,
    registered_on,
)
from app.duplicates.used_in import uses_of
from app.enums import MatchBand, MergeState, PairState
from app.errors import BadRequest, DomainError
from app.models import Person
from app.screens.fields import show_date
from app.screens.list_pages import LIST_DOORS
from app.screens.listing import ListRequest, read_request
from app.screens.scoped_view import ScopedModelView
from app.screens.table import TableInterface
from app.screens.words import words
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | str | tuple[str, int]
MERGE_PAGE = "MergeView.choose"
SCAN = "DuplicateScanView.start"
MERGE = "merge"
OF_UNDOING = frozenset({"version", "to"})
KEPT_PARAMETERS = frozenset(queue.FILTERS) | {"order"}


def shown_state(pair: DuplicatePair) -> str:
    """The answer, and when it was given."""
    said = str(words(pair.state))
    return said if pair.answered_at is None else f"{said} {show_date(day_of(pair.answered_at))}"


def known_scans() -> queue.Scans:
    """The scan under way and the last one, asked once a request."""
    if "duplicate_scans" not in g:
        g.duplicate_scans = queue.scans(current_actor())
    found: queue.Scans = g.duplicate_scans
    return found


class NothingWaits:
    """That nothing waits, and when that was last found out; asked when it is said."""

    def __str__(self) -> str:
        ended_at = known_scans().ended_at
        if ended_at is None:
            return _("Nobody has looked for duplicates yet.")
        day = show_date(day_of(ended_at))
        return _("No pair waits for an answer. Last looked for on %(day)s.", day=day)


class DuplicateView(ScopedModelView):
    """Pairs of persons who may be one."""

    resource = Resource.DUPLICATE
    route_base = "/duplicates"
    datamodel = TableInterface(DuplicatePair)
    include_route_methods = {
        *LIST_DOORS,
        "figures",
        *("show", "answer", "take_back"),
    }
    buttons = (
        ("DuplicateView.figures", Action.LIST, _l("Clean-up figures")),
        ("MergeListView.list", Action.LIST, _l("Merges")),
        ("TogetherView.choose", Action.ADD, _l("Put two records together")),
    )
    eager = (DuplicatePair.first, DuplicatePair.second)

    list_title = _l("Duplicates")
    intro = _l(
        "Persons who may be registered twice. Each pair is looked at by a human: nothing is merged"
        " by itself. For local administrators."
    )
    show_intro = _l(
        "Look at both, and answer below. Nothing is merged before you have seen what it leads to."
    )
    empty_text = NothingWaits()
    list_sections = ("duplicates/queue.html",)
    label_columns = {
        "names": _l("The two"),
        "band": _l("How sure"),
        "births": _l("Birth date"),
        "first_born": _l("Birth date of the first"),
        "second_born": _l("Birth date of the second"),
        "reasons": _l("Why"),
        "found_at": _l("Found"),
        "state": _l("Answer"),
        "registered_reason": _l("Reason for registering anyway"),
        "note": _l("Note"),
        "score": _l("Points"),
    }
    list_columns = ["names", "band", "births", "reasons", "found_at"]
    more_columns = ("state", "registered_reason", "note", "score")
    add_columns = edit_columns = search_columns = ["note"]
    export_columns = (
        "names", "first_born", "second_born", "band", "found_at",
        "state", "registered_reason", "note", "score",
    )  # fmt: skip
    usual_export = export_columns[:5]
    exported_as: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "births": ("first_born", "second_born"),
        "reasons": (),
    }
    filters = queue.FILTERS
    main_filters = ("band", "used")
    orders = queue.ORDERS
    formatters_columns = {
        "names": names_of,
        "band": lambda pair: words(pair.band),
        "births": births_of,
        "reasons": lambda pair: reasons_of(pair).few,
        "found_at": lambda pair: show_date(day_of(pair.found_at)),
        "state": shown_state,
    }

    # --- the queue -------------------------------------------------------------------------------

    def describe(self, row: DuplicatePair) -> str:
        """The two names."""
        return names_of(row)

    def export_query(self, base: Select[Any]) -> Select[Any]:
        """What the queue tells of each pair; why they are alike is told on their page."""
        return exporting.queued(base)

    def scans(self) -> queue.Scans:
        """The scan under way and the last one."""
        return known_scans()

    def open_by_band(self) -> dict[MatchBand, int]:
        """How many pairs wait, by band."""
        return queue.open_by_band(current_actor())

    def tabs(self) -> list[kinds.Tab]:
        """The way to the other kinds of duplicates."""
        return kinds.tabs()

    def scan_address(self) -> str | None:
        """Where a scan is started, for those who may."""
        actor = current_actor()
        found = DuplicatePair(municipality_id=actor.municipality_id)
        return url_for(SCAN) if policy.decide(actor, Action.ADD, found) else None

    def url(self, method: str, row: Any = None, **values: Any) -> str:
        """The address of a page; a pair's own keeps what the queue was asked for."""
        if method in ("show", "answer"):
            values = {**_kept(), **values}
        return super().url(method, row, **values)

    def address(self, method: str, **values: Any) -> str:
        """The address of a page in the queue that was asked for."""
        return url_for(f"{self.endpoint}.{method}", **{**_kept(), **values})

    @expose("/figures", methods=["GET"])
    @door(Action.LIST)
    def figures(self) -> str:
        """How the clean-up stands, each number with its list."""
        actor = current_actor()
        return render_template(
            "duplicates/figures.html",
            view=self,
            groups=[*figures.groups(actor), figures.of_kinds(actor, at=utc_now())],
            oldest=figures.oldest(actor),
            reasons=figures.reasons_given(actor),
            anyway=figures.ANYWAY,
            scans=known_scans(),
        )

    # --- one pair --------------------------------------------------------------------------------

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """The two side by side."""
        with transaction():
            pair = self.get_row(pk, Action.SHOW)
            for person in (pair.first, pair.second):
                log.record(current_actor(), "person:compared", person)
        return self._pair_page(pair)

    def _pair_page(
        self, pair: DuplicatePair, *, status: int = 200, wrong: str = "", note_wrong: str = ""
    ) -> Answer:
        actor, base = current_actor(), self.query(Action.LIST)
        page = render_template(
            "duplicates/pair.html",
            view=self,
            pair=pair,
            spot=queue.place_of(db.session(), base, self._asked(), pair),
            chain=queue.chain_of(actor, base, pair),
            merging=queue.merge_of(actor, pair),
            answerer=queue.answerer_of(actor, pair),
            merge_states=MergeState,
            reasons=reasons_of(pair),
            note=request.form.get("note", pair.note or ""),
            wrong=wrong,
            note_wrong=note_wrong,
            states=PairState,
            colours=BAND_COLOURS,
            registered_on=registered_on,
            merge=MERGE,
            may_merge=bool(policy.decide(actor, Action.MERGE, pair)),
            may_answer=bool(policy.decide(actor, Action.ANSWER, pair)),
            **self._compared(pair.first, pair.second),
        )
        return page, status

    @staticmethod
    def _compared(first: Person, second: Person) -> Mapping[str, Any]:
        """What is told of the two: fields, cautions, and what they are in use for."""
        actor, on = current_actor(), today()
        numbers = numbers_of(first, second, on=on)
        number = number_line(first, second, numbers)
        found = lines(first, second)
        return {
            "lines": [*found[:3], *([number] if number else []), *found[3:]],
            "likenesses": Likeness,
            "number_note": NUMBER_WORDS.get(numbers),
            "number": number,
            "cautions": [CAUTION_WORDS[one] for one in cautions(first, second, numbers, on=on)],
            "uses": [uses_of(actor, one, on=on) for one in (first, second)],
        }

    def _asked(self) -> ListRequest:
        """The queue that the pair is looked at in.

        Raises:
            BadRequest: the address holds what the queue does not know.
        """
        known = {name: value for name, value in request.args.items() if name not in OF_UNDOING}
        asked = read_request(MultiDict(known), self.filters, self.orders)
        if asked.errors:
            raise BadRequest
        return asked

    # --- answers ---------------------------------------------------------------------------------

    @expose("/answer/<pk>", methods=["POST"])
    @door(Action.ANSWER)
    def answer(self, pk: str) -> Answer:
        """Keep the answer, and go on to the next pair."""
        said, asked = request.form.get("answer", ""), self._asked()
        try:
            if said == MERGE:
                return self._go_on_to_merge(pk)
            with transaction() as session:
                pair = self.get_row(pk, Action.ANSWER)
                if said not in {str(one) for one in answering.ANSWERS}:
                    raise BadRequest
                pace.keep(current_actor(), at=utc_now())
                before = pair.state
                following = queue.following(session, self.query(Action.LIST), asked, pair)
                answering.answer(
                    current_actor(),
                    pair,
                    PairState(said),
                    note=request.form.get("note", ""),
                    version=_version(),
                    at=utc_now(),
                )
                session.flush()
        except DomainError as error:
            return self._refused(pk, error)
        undo = self.url("take_back", pair, version=pair.version, to=before)
        self.say(_said(pair), undo if before is not pair.state else None)
        return self._on(following)

    def _go_on_to_merge(self, pk: str) -> Answer:
        with transaction():
            pair = self.get_row(pk, Action.ANSWER)
            policy.require(current_actor(), Action.MERGE, pair)
            answering.keep_note(current_actor(), pair, request.form.get("note", ""))
        return redirect(url_for(MERGE_PAGE, pk=pair.id))

    def _refused(self, pk: str, error: DomainError) -> Answer:
        """The pair again, with the broken rule; a refused access gets its own page."""
        if error.is_refusal or isinstance(error, BadRequest):
            raise error
        pair = self.get_row(pk, Action.SHOW)
        if error.field == "note":
            return self._pair_page(pair, status=error.status, note_wrong=str(error))
        return self._pair_page(pair, status=error.status, wrong=str(error))

    def _on(self, following: str | None) -> Response:
        if following is not None:
            return redirect(self.address("show", pk=following))
        flash(_("That was the last pair of this queue."), "info")
        return redirect(self.address("list"))

    @expose("/take-back/<pk>", methods=["POST"])
    @door(Action.UNDO)
    def take_back(self, pk: str) -> Answer:
        """Undo an answer; back to the pair."""
        to = PairState.LATER if request.args.get("to") == PairState.LATER else PairState.OPEN
        try:
            with transaction():
                pair = self.get_row(pk, Action.UNDO)
                answering.take_back(current_actor(), pair, version=_version(), to=to)
        except DomainError as error:
            return self._refused(pk, error)
        names = {"first": pair.first.full_name, "second": pair.second.full_name}
        text = _("The answer about %(first)s and %(second)s is taken back.", **names)
        flash(text, "success")
        return redirect(url_for(f"{self.endpoint}.show", pk=pair.id))


def _kept() -> dict[str, str]:
    """What the address asks of the queue."""
    return {name: value for name, value in request.args.items() if name in KEPT_PARAMETERS}


def _version() -> int:
    """The version of the pair that was answered."""
    text = request.values.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadRequest
    return int(text)


def _said(pair: DuplicatePair) -> str:
    """What was answered, in words."""
    names = {"first": pair.first.full_name, "second": pair.second.full_name}
    if pair.state is PairState.LATER:
        return _("%(first)s and %(second)s are put off.", **names)
    return _(
        "%(first)s and %(second)s are kept as two persons. They are proposed again only if what"
        " is registered about them changes.",
        **names,
    )
