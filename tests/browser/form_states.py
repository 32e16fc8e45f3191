"""Forms of every kind of work as they stand after an error, one for each; among the states."""

from app.enums import EntryKind
from app.security.roles import Resource
from tests.browser.inspection import Watcher
from tests.browser.site import Site
from tests.browser.states import CENTRAL, LOCAL, SEND, STATES, state, thing
from tests.matrix import plan_things

__all__ = ["STATES"]
COORDINATOR = "koordinator.strandvik"


def plan_of(site: Site) -> str:
    """A plan of the coordinator's, which no state changes."""
    with site.app.app_context():
        return plan_things.garden_of(site.world).strandvik.plans["ip"]


@state(COORDINATOR, 422)
def a_plan_handed_over_to_nobody(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/plan/hand-over/{plan_of(site)}")
    watcher.page.click(SEND)


@state(COORDINATOR, 422)
def an_entry_without_a_text(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/plan-content/add/{plan_of(site)}?kind={EntryKind.GOAL}")
    watcher.page.click(SEND)


@state(COORDINATOR, 422)
def a_consent_on_paper_without_anything(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/plan-consent-record/record/{plan_of(site)}")
    watcher.page.click(SEND)


@state(COORDINATOR, 422)
def a_decision_with_errors(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/plan-decision/add/{plan_of(site)}")
    watcher.page.fill("#decided_on", "31.02.2026")
    watcher.page.click(SEND)


@state(COORDINATOR, 422)
def a_participant_who_is_nobody(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/plan-participant/add/{plan_of(site)}")
    watcher.page.click(SEND)


@state(LOCAL, 422)
def a_clean_up_of_nobody(watcher: Watcher, site: Site) -> None:
    plan_of(site)
    watcher.open("/tidy/")
    watcher.page.click("main form[method=post] .actions button")


@state(LOCAL, 422)
def a_merge_without_a_choice(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/duplicates/merge/{thing(site, Resource.DUPLICATE)}")
    watcher.page.click(SEND)


@state(LOCAL, 422)
def a_template_without_a_name(watcher: Watcher, site: Site) -> None:
    watcher.open("/templates/add")
    watcher.page.click(SEND)


@state(LOCAL, 422)
def a_standard_role_without_a_name(watcher: Watcher, site: Site) -> None:
    watcher.open("/standard-role-edit/add/")
    watcher.page.click(SEND)


@state(LOCAL, 422)
def a_course_with_errors(watcher: Watcher, site: Site) -> None:
    watcher.open("/course/add")
    watcher.page.fill("#held_on", "31.02.2026")
    watcher.page.click(SEND)


@state(CENTRAL, 422)
def a_joining_of_nothing(watcher: Watcher, site: Site) -> None:
    watcher.open("/municipality-joining/add")
    watcher.page.click(SEND)
