"""Every page that somebody may open, by the routes themselves, and in which looks it is seen."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from app.security.routes import Audience
from tests.browser.looks import FEWEST, LOOKS, PAIRED, Look
from tests.browser.site import Site
from tests.drills import IS_FULL, size
from tests.matrix.cells import (
    ACTORS,
    MAY_FIND_NOTHING,
    SENDING_OUT,
    Cell,
    Visitor,
    all_cells,
    expected,
)

# Pages whose address holds what no row does; ``states`` opens them.
BY_SECRET = {"PasswordLinkView.set_password", "FirstAdministratorView.make"}
IN_STATES = {*BY_SECRET, "ImportView.columns"}
MISSING = "/nothing/is/here"
ALIKE = {"lokal.fjellby": "lokal.strandvik", "koordinator.fjellby": "koordinator.strandvik"}
"""Who has the same role in the other municipality, and so sees the same pages."""

MOST_ROLES = 3
"""As so many a page is seen in a test run; in a drill as everyone."""


@dataclass(frozen=True)
class Opening:
    """A page that an actor gets."""

    actor: str
    endpoint: str
    path: str
    about: str
    status: int = 200

    @property
    def name(self) -> str:
        """What its picture is called."""
        return f"{self.endpoint} {self.about} {self.actor}"


@dataclass(frozen=True)
class Visit:
    """A page as an actor, in one look."""

    opening: Opening
    look: Look

    def __str__(self) -> str:
        return f"{self.opening.actor} at {self.opening.path}, {self.look}"


def page_cells(app: Flask, site: Site) -> list[Cell]:
    """What a browser may ask for with GET, on every kind of row; not the REST side."""
    return [
        cell
        for cell in all_cells(app, site.world)
        if cell.method == "GET"
        and "GET" in (cell.rule.methods or ())
        and not cell.is_rest
        and cell.endpoint not in {*SENDING_OUT, "static"}
    ]


def openings(site: Site) -> list[Opening]:
    """Every page as everyone who gets it, and one refusal and one blank for each actor.

    Raises:
        AssertionError: there is a page that nobody opens here.
    """
    visitors = {name: site.visitor(name, "en") for name in ACTORS}
    with site.app.app_context():
        cells = [
            (cell, cell.thing.load() if cell.thing else None) for cell in page_cells(site.app, site)
        ]
        found = [
            Opening(actor, cell.endpoint, cell.path(), cell.thing.name if cell.thing else "")
            for cell, row in cells
            for actor, who in visitors.items()
            if expected(cell, who, row) in ("let in", "open")
            and (cell.thing is None or row is not None)
        ]
    ours = {cell.endpoint for cell, _row in cells}
    assert ours == {one.endpoint for one in found}, "somewhere, nobody may come in"
    asked = {one.endpoint: one for one in found}
    pages = {endpoint for endpoint, one in asked.items() if _is_page(visitors[one.actor], one)}
    plain = {cell.endpoint for cell, _row in cells if cell.door.audience is not Audience.RULED}
    plain |= MAY_FIND_NOTHING
    seen = [
        one
        for one in found
        if one.endpoint in pages - IN_STATES
        and (one.endpoint not in plain or _is_page(visitors[one.actor], one))
    ]
    return seen + [Opening(actor, "404", MISSING, "", 404) for actor in ACTORS]


def _is_page(who: Visitor, one: Opening) -> bool:
    """Whether there is a page for people, and not a file, data for a program or another way."""
    answer = who.client.get(one.path)
    answer.close()
    return answer.status_code == 200 and "text/html" in answer.content_type


def visits(site: Site) -> list[Visit]:
    """Some openings of each page in one look each; a page that one may open is seen twice.

    In a drill, every opening in every look.
    """
    found = openings(site) if IS_FULL else few(openings(site))
    return list(in_looks(found, size(FEWEST, len(LOOKS)), size(1, len(LOOKS))))


def few(found: list[Opening]) -> list[Opening]:
    """Each page on every kind of row, and as other roles up to ``MOST_ROLES``, not all of both."""
    seen: set[tuple[str, str, str]] = set()
    times: Counter[str] = Counter()
    kept = []
    for one in found:
        role = one.actor if one.path == MISSING else ALIKE.get(one.actor, one.actor)
        as_whom = ("actor", one.endpoint, role)
        on_what = ("about", one.endpoint, one.about.removeprefix("9901 ").removeprefix("9902 "))
        is_seen_enough = times[one.endpoint] >= MOST_ROLES and one.path != MISSING
        if on_what not in seen or as_whom not in seen and not is_seen_enough:
            kept.append(one)
            times[one.endpoint] += 1
        seen |= {as_whom, on_what}
    return kept


def in_looks(found: list[Opening], for_page: int, for_opening: int) -> Iterator[Visit]:
    """Each opening in ``for_opening`` looks at least, and each page in ``for_page`` at least; the
    next page begins with the next two looks."""
    of_page: dict[str, list[Opening]] = defaultdict(list)
    for one in found:
        of_page[one.endpoint].append(one)
    for page, endpoint in enumerate(sorted(of_page)):
        ones = of_page[endpoint]
        number = max(for_page, len(ones) * for_opening)
        for turn in range(number):
            lap, place = divmod(turn, len(ones))
            look = place + lap if for_opening > 1 else 2 * page % PAIRED + turn
            yield Visit(ones[place], LOOKS[look % len(LOOKS)])
