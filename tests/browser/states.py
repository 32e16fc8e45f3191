"""States of pages that no address alone gives: errors, no hits, conflicts, open menus, results.

Each takes a watcher who is signed in as the state's actor, and leaves it where there is something
to see. Parts of a page are found by what they are for, never by words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from flask_appbuilder.security.sqla.models import User

from app.accounts import link_codes, link_requests
from app.accounts.holding import Terms
from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Role
from app.models import Person
from app.screens import problems
from app.security.actor import acting_as, operator
from app.security.roles import Resource
from tests.accounts import towns
from tests.browser.hands import Keyboard
from tests.browser.inspection import Watcher
from tests.browser.site import Site
from tests.jobs import steps
from tests.matrix.things import fresh, numbers
from tests.people import person_files

LOCAL, CENTRAL, OWN = "lokal.strandvik", "sentral", "planeier"
STRANGER, NOBODY = "a stranger", "utgatt"
SEND = "main form.record .actions button"
Reach = Callable[[Watcher, Site], None]


@dataclass(frozen=True)
class State:
    """One state: whose it is, how it is reached, and the status of its answer."""

    actor: str
    reach: Reach
    status: int = 200


STATES: dict[str, State] = {}


def state(actor: str, status: int = 200) -> Callable[[Reach], Reach]:
    """Put a function among the states, under its name."""

    def keep(reach: Reach) -> Reach:
        STATES[reach.__name__] = State(actor, reach, status)
        return reach

    return keep


def thing(site: Site, resource: Resource) -> str:
    """The key of a row of its own in Strandvik."""
    with site.app.app_context():
        return fresh(resource, site.world.strandvik).key


# --- signing in ----------------------------------------------------------------------------------


@state(STRANGER, 422)
def login_without_anything(watcher: Watcher, site: Site) -> None:
    watcher.open("/login/")
    watcher.page.click(SEND)


@state(STRANGER, 422)
def login_with_a_wrong_password(watcher: Watcher, site: Site) -> None:
    watcher.open("/login/")
    # Another one each time: after ten tries the answer is that one must wait.
    watcher.page.fill("#username", f"nobody{next(numbers)}")
    watcher.page.fill("#password", "not this one")
    watcher.page.click(SEND)


@state(STRANGER, 422)
def a_password_that_is_too_short(watcher: Watcher, site: Site) -> None:
    client, key = site.client(LOCAL), thing(site, Resource.MEMBERSHIP)
    page = client.send(f"/role/password-link/{key}").text
    watcher.open("/password/" + page.partition("/password/")[2].partition("<")[0])
    watcher.page.fill("#password", "short")
    watcher.page.click(SEND)


# --- forms ---------------------------------------------------------------------------------------


@state(LOCAL, 422)
def a_person_with_errors(watcher: Watcher, site: Site) -> None:
    watcher.open("/person/add")
    watcher.page.fill("#birth_date", "31.02.2010")
    watcher.page.fill("#email", "not an address")
    watcher.page.click(SEND)


@state(LOCAL)
def a_unit_searched_for_in_a_form(watcher: Watcher, site: Site) -> None:
    watcher.open("/person/add")
    watcher.page.locator("#unit_id_search").press_sequentially("må")
    watcher.page.wait_for_selector("[role=option]")


@state(LOCAL)
def a_person_just_registered(watcher: Watcher, site: Site) -> None:
    watcher.open("/person/add")
    watcher.page.fill("#given_name", "Kari")
    # In each look another one, whom nobody resembles.
    watcher.page.fill("#family_name", uuid4().hex)
    watcher.page.click(SEND)


@state(LOCAL, 409)
def a_conflict_of_two(watcher: Watcher, site: Site) -> None:
    path = f"/person/edit/{thing(site, Resource.PERSON)}"
    watcher.open(path)
    watcher.page.fill("#given_name", "Mine")
    other = site.client(LOCAL)
    names = {"given_name": "Theirs", "family_name": "Nordby", "version": "1"}
    assert other.send(path, names).status_code == 302
    watcher.page.click(SEND)


@state(LOCAL, 422)
def retired_without_a_reason(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/person/retire/{thing(site, Resource.PERSON)}")
    watcher.page.click(SEND)


@state(LOCAL, 422)
def a_unit_with_errors(watcher: Watcher, site: Site) -> None:
    watcher.open("/unit/add")
    watcher.page.click(SEND)


@state(LOCAL, 422)
def a_move_to_nowhere(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/unit/move/{thing(site, Resource.UNIT)}")
    watcher.page.click(SEND)


@state(LOCAL)
def a_merge_before_it_is_done(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/unit/merge/{thing(site, Resource.UNIT)}")
    Keyboard(watcher.page).choose("winner_id", "nav", site.world.strandvik.units["nav"])
    watcher.page.click(SEND)


@state(LOCAL, 422)
def a_role_with_errors(watcher: Watcher, site: Site) -> None:
    watcher.open("/role/add")
    watcher.page.click(SEND)


@state(LOCAL)
def a_link_to_hand_over(watcher: Watcher, site: Site) -> None:
    key = thing(site, Resource.MEMBERSHIP)
    watcher.open(f"/role/show/{key}")
    watcher.page.click(f"form[action$='/password-link/{key}'] button")


@state(CENTRAL)
def a_code_to_hand_over(watcher: Watcher, site: Site) -> None:
    with site.app.app_context():
        town, username = towns.new_town(site.app), towns.new_account()
    site.app.test_cli_runner().invoke(args=["central", "vacate", town.number])
    watcher.open(f"/municipality/appoint/{town.number}")
    watcher.page.fill("#given_name", "Kari")
    watcher.page.fill("#family_name", "Nordby")
    watcher.page.fill("#username", username)
    watcher.page.check("#has_account")
    watcher.page.click(SEND)


@state(CENTRAL, 422)
def an_appointment_with_errors(watcher: Watcher, site: Site) -> None:
    watcher.open("/municipality/appoint/9902")
    watcher.page.click(SEND)


@state(CENTRAL, 422)
def a_central_administrator_with_errors(watcher: Watcher, site: Site) -> None:
    watcher.open("/central-administrator/add")
    watcher.page.click(SEND)


# --- lists ---------------------------------------------------------------------------------------


@state(LOCAL)
def persons_without_hits(watcher: Watcher, site: Site) -> None:
    watcher.open("/person/list/?family_name=qqqq")


@state(LOCAL, 400)
def a_filter_with_an_error(watcher: Watcher, site: Site) -> None:
    watcher.open("/audit-event/list/?since=31.02.2026")


@state(LOCAL)
def the_second_page_of_persons(watcher: Watcher, site: Site) -> None:
    watcher.open("/person/list/")
    watcher.page.click("a[rel=next]")
    watcher.page.wait_for_url("**after=*")


@state(LOCAL)
def persons_sorted_another_way(watcher: Watcher, site: Site) -> None:
    watcher.open("/person/list/?order=-given_name")


# --- people --------------------------------------------------------------------------------------


@state(LOCAL)
def a_person_with_long_words(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/person/show/{site.world.strandvik.persons['long']}")


@state(LOCAL)
def a_form_with_long_words(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/person/edit/{site.world.strandvik.persons['long']}")


@state(LOCAL)
def a_national_id_shown(watcher: Watcher, site: Site) -> None:
    key = site.world.strandvik.persons["long"]
    watcher.open(f"/person/show/{key}")
    watcher.page.click(f"form[action$='/national-id/{key}'] button")


@state(LOCAL)
def a_protected_address_shown(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/person/show/{thing(site, Resource.PROTECTED_ADDRESS)}")
    watcher.page.click("form[action*=protected] button")


@state(LOCAL, 422)
def a_protection_with_errors(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/person/protection/{thing(site, Resource.PROTECTED_ADDRESS)}")
    watcher.page.fill("#since", "31.02.2026")
    watcher.page.click(f"{SEND} >> nth=0")


# --- imports -------------------------------------------------------------------------------------


def rows(count: int) -> bytes:
    """A file with good rows, and some at fault."""
    return person_files.with_faults(person_files.rows(count, "", "vandring"))[0]


@state(LOCAL)
def columns_to_choose(watcher: Watcher, site: Site) -> None:
    watcher.open(f"/person-import/columns/{steps.upload(site.client(LOCAL), rows(9))}")


@state(LOCAL)
def an_import_that_waits(watcher: Watcher, site: Site) -> None:
    client = site.client(LOCAL)
    job_id = steps.upload(client, rows(9))
    steps.choose_columns(client, job_id)
    watcher.open(f"/job/show/{job_id}")


@state(LOCAL)
def an_import_with_rows_at_fault(watcher: Watcher, site: Site) -> None:
    place = site.world.strandvik.id
    job_id = steps.check(site.app, site.client(LOCAL), place, rows(300))
    watcher.open(f"/job/show/{job_id}")


@state(LOCAL, 422)
def a_file_that_is_none(watcher: Watcher, site: Site) -> None:
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"%PDF-1.7 no table"}
    watcher.open("/person-import/")
    watcher.page.set_input_files("#file", file)  # type: ignore[arg-type]
    watcher.page.click(SEND)


# --- one's own page ------------------------------------------------------------------------------


@state(OWN, 422)
def a_wrong_old_password(watcher: Watcher, site: Site) -> None:
    watcher.open("/me/")
    watcher.page.fill("#old_password", "not this one")
    watcher.page.click("form[action='/me/password'] button")


@state(LOCAL)
def a_new_access_key(watcher: Watcher, site: Site) -> None:
    watcher.open("/me/")
    watcher.page.fill("#token_name", "Fagsystem")
    watcher.page.select_option("#token_access", index=1)
    watcher.page.fill("#token_last_day", f"{today() + timedelta(days=9):%d.%m.%Y}")
    watcher.page.click("form[action='/me/token'] button")


@state(NOBODY)
def a_home_with_nothing_to_open(watcher: Watcher, site: Site) -> None:
    watcher.open("/")


def ask(site: Site, username: str) -> str:
    """A request of Fjellby's to a login, anew; its code."""
    place, terms = site.world.fjellby, Terms(Role.PARTICIPANT, today())
    with (
        site.app.app_context(),
        acting_as(db.session(), operator(place.id)) as asker,
        transaction(),
    ):
        person = db.session.get_one(Person, place.persons["own"])
        account = db.session.get_one(User, site.world.accounts[username])
        return link_requests.ask(asker, person, account, terms, at=utc_now())


def write_code(watcher: Watcher, code: str) -> None:
    """Say yes on the own page, with a code."""
    watcher.page.fill("[name=link_code]", code)
    watcher.page.click("button[name=answer][value=yes]")


@state(NOBODY, 422)
def a_wrong_code_for_a_request(watcher: Watcher, site: Site) -> None:
    ask(site, NOBODY)
    watcher.open("/me/")
    write_code(watcher, "2222-2222")


@state(NOBODY)
def a_request_without_a_code(watcher: Watcher, site: Site) -> None:
    ask(site, NOBODY)
    client = site.client(NOBODY)
    found = re.search(r'action="(/me/[a-z-]+/[0-9a-f-]{36})"', client.get("/me/").text)
    assert found is not None
    for _try in range(link_codes.TRIES):
        client.send(found[1], {"answer": "yes", "link_code": "2222-2222"})
    watcher.open("/me/")


# --- menus ---------------------------------------------------------------------------------------


@state(LOCAL)
def the_languages_open(watcher: Watcher, site: Site) -> None:
    watcher.open("/person/list/")
    watcher.page.click("[popovertarget=languages]")


@state(LOCAL)
def the_own_menu_open(watcher: Watcher, site: Site) -> None:
    watcher.open("/person/list/")
    watcher.page.click("[popovertarget=own-menu]")


@state(LOCAL)
def the_main_menu_open(watcher: Watcher, site: Site) -> None:
    watcher.open("/unit/tree/")
    if watcher.page.is_visible("[popovertarget=menu]"):
        watcher.page.click("[popovertarget=menu]")


# --- refusals ------------------------------------------------------------------------------------


@state(OWN, 403)
def a_page_that_is_not_mine(watcher: Watcher, site: Site) -> None:
    watcher.open("/person/list/")


@state(LOCAL, 400)
def a_form_that_is_too_old(watcher: Watcher, site: Site) -> None:
    watcher.open("/unit/add")
    watcher.page.eval_on_selector("main [name=csrf_token]", "(field) => { field.value = 'old' }")
    watcher.page.click(SEND)


@state(LOCAL, 500)
def an_error_of_our_own(watcher: Watcher, site: Site) -> None:
    with site.app.test_request_context(headers={"Accept-Language": watcher.look.language}):
        answer = problems.answer(500, "…")
    watcher.page.route(
        "**/broken",
        lambda route: route.fulfill(status=500, body=answer.get_data(), content_type="text/html"),
    )
    watcher.open("/broken")
