"""Every page, as everyone who may open it, in three languages, wide and narrow, light and dark."""

from collections import Counter
from urllib.parse import urlsplit

import pytest

from tests.browser.pages import Visit, visits
from tests.drills import IS_FULL, tell
from tests.matrix.cells import ACTORS

MOST_SHOWN = 40


@pytest.fixture(scope="session")
def planned(site):
    """Every visit of the walk."""
    return visits(site)


@pytest.fixture(scope="session")
def cookies(site):
    """The cookie of an actor who reads in a language; signed in when first needed."""
    kept = {}

    def of(actor, language):
        if (actor, language) not in kept:
            kept[actor, language] = site.cookie(site.visitor(actor, language).client)
        return kept[actor, language]

    return of


def see(watcher, cookies, visit: Visit) -> list[str]:
    """Make one visit; what is wrong."""
    opening = visit.opening
    watcher.become(cookies(opening.actor, visit.look.language), visit.look)
    status = watcher.open(opening.path)
    if urlsplit(watcher.page.url).path != opening.path:
        return []
    wrong = [] if status == opening.status else [f"status {status}"]
    return [*wrong, *watcher.problems(visit.look, opening.name)]


@pytest.mark.drill
@pytest.mark.parametrize("actor", ACTORS)
def test_every_page_is_right_for(actor, site, watcher, cookies, planned, capsys):
    own = [visit for visit in planned if visit.opening.actor == actor]
    own.sort(key=lambda visit: (str(visit.look), visit.opening.path))
    before = watcher.figures.pages

    wrong = [f"{visit}: {found}" for visit in own for found in see(watcher, cookies, visit)]

    pages = len({visit.opening.path for visit in own})
    if IS_FULL:
        tell(capsys, f"{actor}: {watcher.figures.pages - before} views of {pages} addresses")
    assert watcher.figures.pages > before
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong[:MOST_SHOWN]])


def test_every_page_is_seen_in_every_pair_of_language_width_and_scheme(planned):
    seen = {}
    for visit in planned:
        seen.setdefault(visit.opening.endpoint, set()).add(visit.look)

    for endpoint, looks in seen.items():
        pairs = Counter(
            pair
            for look in looks
            for pair in (
                (look.language, look.width),
                (look.language, look.scheme),
                (look.width, look.scheme),
            )
        )
        assert len(pairs) == 16, endpoint
