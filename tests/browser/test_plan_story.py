"""A plan as new users meet it: from nothing to consent, writing, stopping, and the end."""

import pytest
from playwright.sync_api import Page

from app.clock import today
from app.enums import Level, Section
from app.models import Person, Plan
from app.security import plan_access
from tests import world as worlds
from tests.browser.hands import Keyboard, Mouse
from tests.browser.site import served
from tests.plans import garden as gardens
from tests.world import CANARY

PHONE, DESK = 390, 1280
HERE = CANARY["9901"]
SEND = "main form.record p.actions button >> nth=0"
SUCCESS = ".ds-alert[data-color=success]"


@pytest.fixture(scope="module")
def town(make_app):
    """An installation of its own; the owner is 16, and the child of foresatt is 9."""
    app = make_app("sqlite")
    with app.app_context():
        world = app.extensions["test_world"] = worlds.build()
        with gardens.planting(world.strandvik) as _:
            owner = gardens.db.session.get_one(Person, world.strandvik.persons["planeier"])
            owner.birth_date = gardens.born(16)
            gardens.person(world.strandvik, "child", "Lillegutt", gardens.born(9))
    with served(app) as running:
        yield running


@pytest.fixture
def at_desk(browser, town):
    """Opens a page for somebody; pages stay open until the test ends."""
    contexts = []

    def sit_down(username: str, width: int = DESK) -> Page:
        context = browser.new_context(
            base_url=town.address,
            locale="nb-NO",
            viewport={"width": width, "height": 850},
            reduced_motion="reduce",
            java_script_enabled=False,
        )
        contexts.append(context)
        place = "larer in Strandvik" if username == "larer" else username
        context.add_cookies([town.cookie(town.visitor(place, "nb").client)])
        page = context.new_page()
        page.set_default_timeout(30_000)
        return page

    yield sit_down
    for context in contexts:
        context.close()


def start(page: Page, town, owner: str, kind: str, level: str = "", parent: str = "") -> str:
    """Start a plan from nothing, as its coordinator; the plan's id."""
    hands, persons = Mouse(page), town.world.strandvik.persons
    page.goto("/plan-start/")
    page.select_option("[name=kind]", kind)
    page.select_option("[name=level]", level)
    page.click(SEND)
    if templates := page.locator("[name=template_id]").all():
        templates[-1].check()
        page.click(SEND)
    hands.choose("owner_id", HERE, persons[owner])
    page.click(SEND)
    if parent:
        hands.choose("holder_id", HERE, persons[parent])
        page.select_option("[name=kind]", "parental_responsibility")
        page.check("[name=may_consent]")
        page.fill("[name=ground]", "Sett i Folkeregisteret")
        page.check("[name=confirmed]")
        page.locator("main form.record p.actions button").last.click()
    page.click("button[name=next]")
    page.click(SEND)
    page.click(SEND)
    page.wait_for_url("**/plan/show/*")
    return page.url.rpartition("/")[2]


def let_in_teacher(page: Page, town, plan: str, role: str = "Lærer") -> None:
    """Add larer as a teacher."""
    page.goto(f"/plan-participant/add/{plan}")
    Mouse(page).choose("person_id", HERE, town.world.strandvik.persons["larer"])
    page.select_option("[name=standard_role_id]", label=role)
    page.click(SEND)
    page.fill("[name=function]", "lærer")
    page.fill("[name=starts_on]", today().strftime("%d.%m.%Y"))
    page.click(SEND)
    page.wait_for_selector(SUCCESS)


def consent(page: Page, plan: str) -> None:
    """Consent in four steps, to everyone who is there."""
    page.goto(f"/plan-consent-give/what/{plan}")
    page.click(SEND)
    assert page.locator("main input:checked").count() == 0
    for box in page.locator("[name=chosen]").all():
        box.check()
    page.check("[name=length] >> nth=0")
    page.click(SEND)
    page.click(SEND)
    page.wait_for_url("**given=1")


def test_a_plan_lives_from_nothing_to_a_withdrawn_consent(town, at_desk):
    coordinator, owner = at_desk("koordinator.strandvik"), at_desk("planeier", PHONE)
    teacher = at_desk("larer")
    plan = start(coordinator, town, "planeier", "development_plan")
    let_in_teacher(coordinator, town, plan)
    coordinator.goto(f"/plan-content/add/{plan}?kind=goal")
    coordinator.fill("[name=title]", "Gå til skolen alene")
    coordinator.click(SEND)
    assert teacher.goto(f"/plan/show/{plan}").status == 404

    consent(owner, plan)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert owner.evaluate(overflow) <= 0
    goals = owner.locator("nav.parts a[href*='section=goals']")
    assert not goals.is_visible()
    owner.click("nav.parts summary")
    assert goals.is_visible()

    teacher.goto(f"/plan-content/section/{plan}?section=goals")
    assert not teacher.is_visible("nav.parts summary")
    assert teacher.is_visible("nav.parts a")
    assert "Gå til skolen alene" in teacher.inner_text("main")
    teacher.goto(f"/plan-content/section/{plan}?section=comments")
    teacher.click("main a.ds-button >> nth=0")
    teacher.fill("main textarea", "Det gikk fint i dag.")

    withdraw_all(owner, plan)

    with teacher.expect_navigation():
        teacher.click(SEND)
    assert "Det gikk fint i dag." in teacher.content()
    assert "trukket et samtykke" in teacher.inner_text("main")
    assert teacher.goto(f"/plan/show/{plan}").status == 404


def withdraw_all(page: Page, plan: str) -> None:
    """Withdraw everything: two presses from the page about consent."""
    page.goto(f"/plan-consent/overview/{plan}")
    page.locator("main a[href*='/plan-consent-end/withdraw/']").last.click()
    page.locator("main form button[data-color=danger]").click()
    page.wait_for_selector(SUCCESS)


def test_a_mother_sees_who_sees_what_and_stops_an_access(town, at_desk):
    coordinator, mother = at_desk("koordinator.strandvik"), at_desk("foresatt", PHONE)
    teacher = at_desk("larer")
    plan = start(coordinator, town, "child", "relay_log", "1", "foresatt")
    let_in_teacher(coordinator, town, plan)
    consent(mother, plan)
    assert teacher.goto(f"/plan/show/{plan}").status == 200

    mother.goto(f"/plan-access/who/{plan}")
    assert f"Larer {HERE}stad" in mother.inner_text("main")
    mother.locator("main form[action*='/participation/stop/'] button").first.click()
    mother.wait_for_load_state()

    assert teacher.goto(f"/plan/show/{plan}").status == 404


# --- a standard role, from a copy to those who have it --------------------------------------------

PRESS = "main form.record > p.actions > button"


def sees(town, plan: str) -> dict[Section, Level]:
    """What larer sees of a plan now."""
    with town.app.app_context(), gardens.planting(town.world.strandvik):
        row = gardens.db.session.get_one(Plan, plan)
        return dict(plan_access.shared_levels(row, row.participants[0], today()))


def test_a_standard_role_is_copied_changed_published_and_given(town, at_desk):
    local, coordinator = at_desk("lokal.strandvik"), at_desk("koordinator.strandvik")
    owner, hands = at_desk("planeier", PHONE), Keyboard(local)
    plan = start(coordinator, town, "planeier", "education_plan")

    local.goto("/standard-role/")
    teacher = local.get_by_role("link", name="Lærer", exact=True).get_attribute("href")
    hands.press(f"form[action$='/copy/{teacher.rpartition('/')[2]}'] button")
    local.wait_for_selector("[name=name_nb]")
    hands.write("[name=name_nb]", "Lærer på SFO")
    hands.write("[name=name_nn]", "Lærar på SFO")
    hands.pick("[name=level_mapping]", "none")
    hands.pick("[name=level_documents]", "write")
    hands.press(PRESS)
    local.wait_for_url("**/standard-role-publishing/review/*")
    role = local.url.rpartition("/")[2]
    assert "Det endrer ingenting for noen som alt deltar" in local.inner_text("main")
    hands.press(PRESS)
    local.wait_for_selector(SUCCESS)

    let_in_teacher(coordinator, town, plan, "Lærer på SFO")
    consent(owner, plan)
    first = sees(town, plan)
    assert first[Section.DOCUMENTS] is Level.WRITE
    assert Section.MAPPING not in first

    local.goto(f"/standard-role-edit/edit/{role}")
    hands.pick("[name=level_mapping]", "read")
    hands.pick("[name=level_documents]", "none")
    hands.press(PRESS)
    local.wait_for_url("**/standard-role-publishing/review/*")
    assert local.inner_text("main").count("1 deltaker i 1 plan") == 2
    hands.pick("[name=reach]", "new_only")
    hands.press(PRESS)
    local.wait_for_selector(SUCCESS)
    assert sees(town, plan) == first

    local.goto(f"/standard-role-publishing/review/{role}")
    hands.pick("[name=reach]", "all_existing")
    hands.press(PRESS)
    local.wait_for_selector(SUCCESS)
    narrowed = sees(town, plan)
    assert Section.DOCUMENTS not in narrowed
    assert Section.MAPPING not in narrowed

    coordinator.goto(f"/plan-access/who/{plan}")
    coordinator.click("a[href*='/participation-proposal/answer/']")
    coordinator.click("button[value=yes]")
    coordinator.wait_for_selector(SUCCESS)
    assert sees(town, plan) == narrowed

    consent(owner, plan)
    assert sees(town, plan) == narrowed | {Section.MAPPING: Level.READ}
