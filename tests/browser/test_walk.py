"""Every page, as everyone who may open it, in three languages, wide and narrow, light and dark."""

from urllib.parse import urlsplit

import pytest

from tests.browser.looks import LOOKS, NARROW, PAIRED, WIDE
from tests.browser.pages import Visit, in_looks, visits
from tests.drills import IS_FULL, tell
from tests.matrix.cells import ACTORS

MOST_SHOWN = 40


@pytest.fixture(scope="session")
def planned(site):
    """Every visit of the walk."""
    return visits(site)


def see(site, watcher, visit: Visit, before: Visit | None) -> list[str]:
    """Make one visit; what is wrong. What is open already is looked at in its other looks without
    being fetched again: the answer depends on the language alone."""
    opening = visit.opening
    watcher.become(site.cookie_of(opening.actor, visit.look.language), visit.look)
    wrong = [] if before and _is_open(visit, before) else _open(watcher, opening)
    return [*wrong, *watcher.problems(opening.name)]


def _open(watcher, opening) -> list[str]:
    watcher.open(opening.path)
    where = urlsplit(watcher.page.url).path
    wrong = [] if watcher.status == opening.status else [f"status {watcher.status}"]
    return wrong + ([] if where == opening.path else [f"led to {where}"])


def _is_open(visit: Visit, before: Visit) -> bool:
    return visit.opening == before.opening and visit.look.language == before.look.language


@pytest.mark.drill
@pytest.mark.parametrize("actor", ACTORS)
def test_every_page_is_right_for(actor, site, watcher, planned, capsys):
    own = [visit for visit in planned if visit.opening.actor == actor]
    own.sort(key=lambda visit: (visit.look.language, visit.opening.path, str(visit.look)))
    before = watcher.figures.pages

    wrong = [
        f"{visit}: {found}"
        for last, visit in zip([None, *own], own, strict=False)
        for found in see(site, watcher, visit, last)
    ]

    pages = len({visit.opening.path for visit in own})
    if IS_FULL:
        tell(capsys, f"{actor}: {watcher.figures.pages - before} views of {pages} addresses")
    assert watcher.figures.pages > before
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong[:MOST_SHOWN]])


def test_every_page_is_seen_wide_and_narrow_and_in_two_languages(planned):
    """A drill sees each in every look."""
    seen = {}
    for visit in planned:
        seen.setdefault(visit.opening.endpoint, set()).add(visit.look)

    for endpoint, looks in seen.items():
        assert len({one.language for one in looks}) >= 2, endpoint
        assert {one.width for one in looks} == {WIDE, NARROW}, endpoint
    assert {look for looks in seen.values() for look in looks} >= set(LOOKS[:PAIRED])


def test_a_drill_sees_every_page_of_everyone_in_every_look(planned):
    found = list({visit.opening for visit in planned})

    drill = set(in_looks(found, len(LOOKS), len(LOOKS)))

    assert len(drill) == len(found) * len(LOOKS)
