"""The eight questions that the administrator's part must answer (domain.md 10), asked of the pages.

In the demonstration world, as ``lokal.strandvik`` would look, in bokmål on a wide screen. A test
fails when the answer is not on the page.
"""

import re
from datetime import date

import pytest

from app.clock import today, utc_now
from app.db import transaction
from app.demonstration import world
from app.demonstration.accounts import PASSWORD
from app.jobs.demo import look_for_doubles
from app.municipalities import operations as municipalities
from app.municipalities.register import load_register
from app.people.national_id import synthetic
from tests.browser.looks import WIDE
from tests.browser.site import served
from tests.browser.states import SEND

WHO = "lokal.strandvik"
SUCCESS = ".ds-alert[data-color=success]"
COORDINATOR = "Naustdal, Berit"
DATE = r"\d\d\.\d\d\.20\d\d"
BORN_IN_FJELLBY = "21.02.1978"
NUMBER_IN_FJELLBY = synthetic(date(1978, 2, 21), 40)
"""Of the coordinator there, who has a login."""


@pytest.fixture(scope="module")
def address(make_app):
    """Where the demonstration world is served, with the night's search for duplicates done."""
    app = make_app("sqlite", demo=True)
    with app.app_context():
        with transaction() as session:
            municipalities.load(session, load_register(), demonstration=True)
            world.load(session, at=utc_now(), today=today())
        look_for_doubles()
    app.extensions["test_world"] = None
    with served(app) as site:
        yield site.address


@pytest.fixture(scope="module")
def page(browser, address):
    """A window in which the local administrator of Strandvik has signed in by the form."""
    context = browser.new_context(
        base_url=address,
        locale="nb-NO",
        viewport={"width": WIDE, "height": 900},
        reduced_motion="reduce",
        service_workers="block",
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto("/login/")
    page.fill("#username", WHO)
    page.fill("#password", PASSWORD)
    page.click(SEND)
    page.wait_for_url(f"{address}/**")
    yield page
    context.close()


def said(page, path=None):
    """The main part of a page, as text."""
    if path is not None:
        assert page.goto(path).status == 200, path
    return page.inner_text("main")


def rows(page, path=None):
    """The rows of the list on a page, each with its cells under each other."""
    said(page, path)
    return page.locator("main tbody tr").all_inner_texts()


def row_of(page, name):
    """The row of a list that holds a name."""
    found = page.locator("main tbody tr", has_text=name)
    assert found.count() == 1, name
    return found


def follow(page, selector):
    """Use a link or a button that leads to another page."""
    with page.expect_navigation():
        page.click(selector)


def test_1_is_every_coordinator_in_one_list_with_plans_course_unit_and_last_login(page):
    plans = len(rows(page, "/plans/list/?coordinator=Berit Naustdal&state=open&size=100"))
    said(page, "/key-roles/?role=coordinator")
    cells = row_of(page, COORDINATOR).locator("th, td").all_inner_texts()
    told = " ".join(cells)

    assert len(rows(page)) == 3
    assert "Koordinerende enhet" in cells
    assert str(plans) in cells
    assert re.search(DATE, told)  # The day of the last course.
    said(page, "/key-roles/?role=local_administrator")
    assert f"{today():%d.%m.%Y}" in row_of(page, "Fyhn").inner_text()  # Has just signed in.


def test_2_how_is_the_municipality_organised_and_can_a_unit_be_moved_and_merged(page):
    said(page, "/unit/tree/")
    upbringing = page.locator("main li", has_text="Oppvekst").last
    assert "Nordneset skole" in upbringing.inner_text()
    follow(page, "main a:text-is('Nordneset skole')")
    shown = page.url
    assert page.locator("main dl.record").count() == 1  # Who leads it, and where it stands.

    follow(page, "main a[href^='/unit/move/']")
    move_to(page, "Velferd")

    said(page, "/unit/tree/")
    assert "Nordneset skole" in page.locator("main li", has_text="Velferd").last.inner_text()
    page.goto(shown)
    assert page.locator("main a[href^='/unit/merge/']").count() == 1
    administrators = rows(page, "/key-roles/?role=local_administrator")
    assert any("Fyhn, Anne Kristin" in one for one in administrators)


def move_to(page, name):
    """Choose the unit above in the form, and send it."""
    page.fill("#parent_id_search", name)
    page.wait_for_selector("[role=option]")
    page.click(f"[role=option]:has-text('{name}')")
    follow(page, SEND)
    if page.locator("main form.record").count():
        follow(page, SEND)


def test_3_do_people_from_elsewhere_come_in_with_the_login_they_have(page):
    outside = rows(page, "/from-outside/")
    assert outside
    assert all("Habiliteringstjenesten" in one for one in outside)
    elsewhere = rows(page, "/ours-elsewhere/")
    assert any("Lunde Aasen, Ingrid" in one for one in elsewhere)
    assert not any("Fjellby" in one for one in elsewhere)  # That it is so, not what it is.

    said(page, "/person/add")
    page.fill("#given_name", "Oddvar")
    page.fill("#family_name", "Brekke")
    page.fill("#birth_date", BORN_IN_FJELLBY)
    page.fill("#national_id", NUMBER_IN_FJELLBY)
    follow(page, SEND)
    said(page, f"/role/add?person={page.url.rpartition('/')[2]}")
    page.select_option("select[name=role]", "participant")
    follow(page, SEND)

    assert page.locator("main .secret code").count() == 1  # Handed over instead of a second login.
    assert any("Brekke" in one for one in rows(page, "/link-request/list/"))


def test_4_are_plans_found_by_their_state_and_cleaned_up_and_reopened_with_a_reason(page):
    everything = len(rows(page, "/plans/list/?size=100"))
    for asked in (
        "kind=individual_plan",
        "state=active",
        "coordinator=Berit Naustdal",
        "activity=3",
        "consent=expired",
    ):
        assert 0 <= len(rows(page, f"/plans/list/?{asked}&size=100")) < everything, asked

    for act in ("close", "reassign"):
        assert page.goto("/tidy/").status == 200
        assert page.locator(f"main option[value={act}]").count() > 0
    said(page, "/tidy/plans?rule=evaluation_overdue&limit=0&act=remind")
    found = page.locator("main input[type=checkbox][name=take]")
    assert found.count() == len(rows(page, "/plans/list/?evaluation=overdue&state=active"))

    said(page, "/plans/list/?state=closed")
    follow(page, "main tbody th a >> nth=0")
    follow(page, "main a[href^='/plan/reopen/']")
    page.fill("#reason", "Familien ba om hjelp igjen")
    follow(page, SEND)
    assert page.locator(SUCCESS).count() == 1


def test_5_is_one_warned_of_duplicates_and_can_they_be_merged_and_parted_again(page):
    said(page, "/person/add")
    page.fill("#given_name", "Kjersti")
    page.fill("#family_name", "Bakke Nygård")
    page.fill("#birth_date", "12.04.1988")
    follow(page, SEND)
    assert "/person/add" in page.url
    assert "Nygaard" in said(page)

    assert len(rows(page, "/duplicates/list/?band=likely")) > 3
    follow(page, "main tbody th a:has-text('Torstein')")
    follow(page, "#answer button[value=merge]")
    for field in ("name", "phone"):
        page.check(f"#{field}-A")
    follow(page, "main form[action*='/merge/summary/'] button.ds-button")
    follow(page, "main form[action*='/merge/summary/'] button[data-color=danger]")
    assert re.search(r"/duplicates/merge/show/", page.url)
    follow(page, "main form[action*='/merge/undo/'] button")
    assert page.locator(SUCCESS).count() == 1


def test_6_are_standard_roles_made_copied_and_ended_and_is_it_told_whom_it_concerns(page):
    said(page, "/standard-role/")
    teacher = row_of(page, "Lærer")
    holders = int(re.search(r"\d+", teacher.inner_text().split("Endre")[0]).group())
    follow(page, "main a[href^='/standard-role/holders/']:has-text('Lærer')")
    assert len(rows(page)) == holders  # Who has it now.

    said(page, "/standard-role/")
    assert page.locator("main a[href='/standard-role-edit/add/']").count() == 1
    assert row_of(page, "Lærer").locator("form[action*='/copy/']").count() == 1
    follow(page, "main a[href^='/standard-role-edit/edit/']:has-text('Lærer')")
    page.select_option("[name=level_goals]", "none")
    assert page.inner_text(".changed") == "Endret: Lese og skrive → Ingen tilgang"
    follow(page, "main form.record button.ds-button[type=submit], main form.record .actions button")
    assert "/standard-role-publishing/review/" in page.url or "review" in page.content()
    assert str(holders) in said(page)  # Before anything is saved for anyone.


def test_7_are_templates_versioned_previewed_and_retired_without_harm(page):
    said(page, "/templates/")
    row = row_of(page, "IP voksen – rehabilitering etter hjerneslag")
    assert "versjon 1" in row.inner_text()
    assert page.locator("main h2").count() >= 5  # Of each kind of plan.
    follow(page, "main a:has-text('IP voksen – rehabilitering etter hjerneslag')")
    shown = page.url
    assert page.locator("main form[action*='/templates/copy/']").count() == 1
    follow(page, "main form[action*='/templates/retire/'] button")
    page.goto(shown)
    assert page.locator("main form[action*='/templates/restore/']").count() == 1
    assert "1 plan" in said(page)


def test_8_does_one_page_tell_what_makes_the_method_succeed(page):
    told = said(page, "/success/")

    assert len(rows(page)) >= 10
    assert "2 of 3" in told or "2 av 3" in told  # Coordinators with a course lately.
    for register in ("/course/list/", "/routine/list/", "/gathering/list/"):
        assert page.locator(f"main a[href='{register}']").count() >= 1
        assert rows_of_register(page, register)
        page.goto("/success/")


def rows_of_register(page, path):
    """What a register holds."""
    return rows(page, path)
