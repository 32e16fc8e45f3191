"""What the pages of a clean-up are sent: which plans, by what, and who is to have them.

All that was chosen goes along from page to page, so that no page has to be kept open and none needs
JavaScript. What is sent only ever narrows what the actor may clean up anyhow.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request
from sqlalchemy import select

from app.db import db
from app.desk.tidy_rules import RULES, Search, acts_of, has_limit
from app.enums import TidyAct, TidyRule
from app.errors import BadRequest
from app.models import Plan
from app.plans.successors import Successor
from app.screens.listing import is_id

PAGE_SIZE = 50
MOST_CHOSEN = 20_000


@dataclass(frozen=True)
class Picked:
    """All the plans found but some, or only some."""

    is_all: bool = True
    but: frozenset[str] = frozenset()

    def takes(self, plan_id: str) -> bool:
        """Whether a plan is among those chosen."""
        return (plan_id in self.but) is not self.is_all

    def after(self, shown: Collection[str], ticked: Collection[str]) -> "Picked":
        """With what was ticked and unticked on a page."""
        named = set(shown) - set(ticked) if self.is_all else set(shown) & set(ticked)
        return replace(self, but=(self.but - set(shown)) | named)

    @property
    def packed(self) -> str:
        """The ids, as one field holds them."""
        return " ".join(sorted(self.but))


@dataclass(frozen=True)
class Asked:
    """What was chosen so far. ``settled`` says who was shown, or chosen, to take which plan."""

    search: Search
    picked: Picked = Picked()
    among: frozenset[str] | None = None
    settled: Mapping[str, str] = field(default_factory=dict)
    page: int = 1

    @property
    def hidden(self) -> Sequence[tuple[str, str]]:
        """(name, value) of the fields that carry it on."""
        search = self.search
        return [
            ("act", search.act.value),
            ("rule", "" if search.rule is None else search.rule.value),
            ("limit", str(search.limit)),
            ("of", search.of_id or ""),
            ("all", "yes" if self.picked.is_all else "no"),
            ("but", self.picked.packed),
        ]

    @property
    def packed_settled(self) -> str:
        """Who takes which plan, as one field holds it."""
        return pack(self.settled)


def pack(settled: Mapping[str, str | None]) -> str:
    """Who takes which plan, as one field holds it."""
    return " ".join(f"{plan}:{person}" for plan, person in sorted(settled.items()) if person)


def lacks_choice() -> bool:
    """Whether the first page was sent without saying what is to be done."""
    return request.args.get("act") == ""


def asked() -> Asked:
    """What the request asks for.

    Raises:
        BadRequest: it names something that there is not.
    """
    return Asked(
        search=_search(),
        picked=_picked(),
        among=_among(),
        settled=_settled(),
        page=_page(),
    )


def _search() -> Search:
    values = request.values
    try:
        act = TidyAct(values.get("act", ""))
        rule = TidyRule(values["rule"]) if values.get("rule") else None
    except ValueError:
        raise BadRequest from None
    usual = 0 if rule is None else RULES[rule].usual
    limit = values.get("limit", str(usual))
    of_id = values.get("of") or None
    is_known = limit.isascii() and limit.isdigit() and has_limit(rule, int(limit[:6]))
    if not is_known or act not in acts_of(rule) or (rule is None) != is_id(of_id or ""):
        raise BadRequest
    return Search(act, rule, int(limit[:6]), of_id)


def _picked() -> Picked:
    form = request.form
    is_all = form.get("all", "yes") == "yes"
    picked = Picked(is_all, frozenset(_ids(form.get("but", ""))))
    go = form.get("go", "")
    if go in ("tick_all", "tick_none"):
        return Picked(is_all=go == "tick_all")
    if "shown" not in form:
        return picked
    return picked.after(_ids(form["shown"]), form.getlist("take"))


def _ids(text: str) -> list[str]:
    found = text.split()
    if len(found) > MOST_CHOSEN or not all(map(is_id, found)):
        raise BadRequest
    return found


def _among() -> frozenset[str] | None:
    """Those ticked to take plans over; None before anybody was asked."""
    if "among_asked" not in request.form:
        return None
    return frozenset(one for one in request.form.getlist("among") if is_id(one))


def _settled() -> dict[str, str]:
    """Who was shown, or chosen, to take which plan; nothing when it is to be spread anew."""
    if request.form.get("go") == "spread":
        return {}
    found: dict[str, str] = {}
    for pair in request.form.get("settled", "").split():
        plan_id, _colon, person_id = pair.partition(":")
        found[plan_id] = person_id
    for name, value in request.form.items():
        plan_id = name.removeprefix("to-")
        if plan_id != name and value:
            found[plan_id] = value
    if not all(is_id(one) for pair in found.items() for one in pair):
        raise BadRequest
    return found


def _page() -> int:
    go = request.form.get("go", "")
    text = go.removeprefix("page:") if go.startswith("page:") else request.form.get("page", "1")
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 5):
        raise BadRequest
    return max(int(text), 1)


def usual_successors(known: Sequence[Successor], of_id: str | None) -> frozenset[str]:
    """Whom plans are spread among unless others are ticked: the coordinators of the unit of whoever
    leaves, or everyone."""
    leaving = next((one for one in known if one.id == of_id), None)
    unit_id = leaving.unit_id if leaving is not None else _unit_of(of_id)
    same = frozenset(
        one.id for one in known if one.id != of_id and unit_id and one.unit_id == unit_id
    )
    return same or frozenset(one.id for one in known if one.id != of_id)


def _unit_of(person_id: str | None) -> Any:
    """The unit that most of the plans of somebody who works no more belong to; None for nobody."""
    if person_id is None:
        return None
    found = select(Plan.unit_id).where(Plan.coordinator_id == person_id, Plan.closed_at.is_(None))
    units = [one for one in db.session.scalars(found) if one]
    return max(sorted(set(units)), key=units.count, default=None)
