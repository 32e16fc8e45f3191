"""The pages of consent, as those who use them meet them."""

import io
import re

import pytest
from sqlalchemy import select

from app.clock import day_of, today, utc_now
from app.consent.terms import add_months
from app.db import db
from app.enums import ConsentKind, ConsentMethod, Level, PlanState, Section
from app.models import AuditEvent, Grant, Participant, Plan
from app.side_tables import EntryDraft
from tests.consent.homes import GIVEN
from tests.files.test_files import PDF
from tests.plans import garden

SHOWN = re.compile(r'name="shown" value="([^"]+)"')
SEAL = re.compile(r'name="seal" value="([^"]+)"')
KEY = re.compile(r'name="form_key" value="([^"]+)"')
TEXT = re.compile(r'name="text" value="([^"]+)"')


def field(pattern, page):
    found = pattern.search(page)
    assert found, pattern.pattern
    return found.group(1)


@pytest.fixture
def owner(client_as):
    return client_as("planeier")


@pytest.fixture
def coordinator(client_as):
    return client_as("koordinator.strandvik")


def read(client, plan_id):
    """Step 1."""
    page = client.get(f"/plan-consent-give/what/{plan_id}").text
    return client.send(f"/plan-consent-give/what/{plan_id}", {"text": field(TEXT, page)})


def choose(client, plan_id, **changes):
    """Step 2: the teacher, for twelve months."""
    page = client.get(f"/plan-consent-give/who/{plan_id}").text
    shown = SHOWN.findall(page)
    usual = {"chosen": shown[0].partition(":")[0], "shown": shown, "length": "12"}
    return client.send(f"/plan-consent-give/who/{plan_id}", usual | changes)


def agree(client, plan_id, **changes):
    """Step 3."""
    page = client.get(f"/plan-consent-give/check/{plan_id}").text
    sent = {"seal": field(SEAL, page), "form_key": field(KEY, page)}
    return client.send(f"/plan-consent-give/check/{plan_id}", sent | changes)


def consent(client, plan_id, **choice):
    assert read(client, plan_id).status_code == 302
    assert choose(client, plan_id, **choice).status_code == 302
    answer = agree(client, plan_id)
    assert answer.status_code == 302, answer.text
    return answer.location


def draft_of(home, plan_id):
    with home.planting():
        found = select(EntryDraft.values).where(EntryDraft.place == f"consent:{plan_id}")
        return db.session.scalar(found)


# --- giving --------------------------------------------------------------------------------------


def test_an_owner_consents_in_four_steps_and_gets_a_receipt(home, owner):
    plan_id = home.young_plan()
    first = owner.get(f"/plan-consent-give/what/{plan_id}").text
    assert "<h1>Steg 1 av 4" in first or "<h1>Step 1 of 4" in first

    location = consent(owner, plan_id)
    receipt = owner.get(location).text

    assert "Step 4 of 4" in receipt or "Steg 4 av 4" in receipt
    last_day = add_months(today(), 12)
    assert f"{last_day.replace(day=last_day.day):%m.%Y}" in receipt
    assert home.sees(plan_id) == GIVEN
    assert home.state(plan_id) is PlanState.ACTIVE
    assert draft_of(home, plan_id) == {}


def test_nothing_is_chosen_beforehand(home, owner):
    plan_id = home.young_plan()
    read(owner, plan_id)
    page = owner.get(f"/plan-consent-give/who/{plan_id}").text.partition("</main>")[0]

    assert page.count('type="checkbox"') == 3
    assert page.count('type="radio"') == 4
    assert " checked" not in page


@pytest.mark.parametrize(
    "changes",
    [
        {"chosen": []},
        {"nobody": "y"},
        {"length": ""},
        {"length": "600"},
        {"length": "until", "until": ""},
        {"length": "until", "until": "01.01.2020"},
        {"length": "until", "until": "i morgen"},
        {"length": "until", "until": "01.01.2040"},
    ],
)
def test_what_is_left_to_choose_is_told_and_the_rest_is_kept(home, owner, changes):
    plan_id = home.young_plan()
    read(owner, plan_id)

    answer = choose(owner, plan_id, **changes)

    assert answer.status_code == 422
    assert "ds-error-summary" in answer.text
    assert agree_page(owner, plan_id).status_code == 302
    if "chosen" not in changes:
        assert " checked" in answer.text


def agree_page(client, plan_id):
    return client.get(f"/plan-consent-give/check/{plan_id}")


def test_what_was_chosen_is_kept_for_a_later_visit_and_nothing_is_given(home, owner, client_as):
    plan_id = home.young_plan()
    read(owner, plan_id)
    answer = choose(owner, plan_id, later="y", length="")
    assert answer.status_code == 302

    again = client_as("planeier")
    overview = again.get(f"/plan-consent/overview/{plan_id}").text
    assert f"/plan-consent-give/who/{plan_id}" in overview
    page = again.get(f"/plan-consent-give/who/{plan_id}").text
    assert page.count(" checked") == 1
    assert home.consents(plan_id) == []


def test_sending_the_last_step_twice_consents_once(home, owner):
    plan_id = home.young_plan()
    read(owner, plan_id)
    choose(owner, plan_id)
    page = agree_page(owner, plan_id).text
    sent = {"seal": field(SEAL, page), "form_key": field(KEY, page)}

    first = owner.send(f"/plan-consent-give/check/{plan_id}", sent)
    second = owner.send(f"/plan-consent-give/check/{plan_id}", sent)

    assert first.location == second.location
    assert len(home.consents(plan_id)) == 2


def set_goals(home, plan_id, level):
    with home.planting():
        found = select(Grant).where(Grant.plan_id == plan_id, Grant.section == Section.GOALS)
        db.session.scalars(found).one().level = level


def test_an_access_that_was_widened_after_step_2_is_told_and_not_consented_to(home, owner):
    plan_id = home.young_plan()
    read(owner, plan_id)
    choose(owner, plan_id)
    page = agree_page(owner, plan_id).text
    set_goals(home, plan_id, Level.WRITE)

    sent = {"seal": field(SEAL, page), "form_key": field(KEY, page)}
    answer = owner.send(f"/plan-consent-give/check/{plan_id}", sent, follow_redirects=True)

    assert home.consents(plan_id) == []
    assert "Step 2 of 4" in answer.text or "Steg 2 av 4" in answer.text
    assert 'data-color="warning"' in answer.text
    assert " checked" not in answer.text.partition('name="length"')[0]


def test_an_access_that_was_widened_while_step_2_was_read_must_be_read_anew(home, owner):
    plan_id = home.young_plan()
    read(owner, plan_id)
    page = owner.get(f"/plan-consent-give/who/{plan_id}").text
    set_goals(home, plan_id, Level.WRITE)
    shown = SHOWN.findall(page)
    sent = {"chosen": shown[0].partition(":")[0], "shown": shown, "length": "12"}

    answer = owner.send(f"/plan-consent-give/who/{plan_id}", sent)

    assert answer.status_code == 422
    assert draft_of(home, plan_id)["shared"] == {}


def test_a_participant_who_left_in_the_meantime_is_not_consented_to(home, owner):
    plan_id = home.young_plan()
    read(owner, plan_id)
    choose(owner, plan_id)
    page = agree_page(owner, plan_id).text
    with home.planting():
        found = select(Participant).where(Participant.plan_id == plan_id)
        db.session.scalars(found).one().ended_at = utc_now()

    sent = {"seal": field(SEAL, page), "form_key": field(KEY, page)}
    answer = owner.send(f"/plan-consent-give/check/{plan_id}", sent)

    assert answer.status_code == 302
    assert home.consents(plan_id) == []


def test_a_choice_changed_in_another_tab_is_looked_over_again(home, owner):
    plan_id = home.young_plan()
    read(owner, plan_id)
    choose(owner, plan_id)
    page = agree_page(owner, plan_id).text
    choose(owner, plan_id, length="3")

    sent = {"seal": field(SEAL, page), "form_key": field(KEY, page)}
    answer = owner.send(f"/plan-consent-give/check/{plan_id}", sent)

    assert answer.status_code == 409
    assert home.consents(plan_id) == []
    assert agree(owner, plan_id).status_code == 302


@pytest.mark.parametrize("foreign", ["another plan's", "made up", "another municipality's"])
def test_posted_ids_reach_nobody_who_was_not_offered(home, owner, foreign):
    plan_id, other = home.young_plan(), home.plan()
    read(owner, plan_id)
    with home.planting():
        found = select(Participant.id).where(Participant.plan_id == other)
        ids = {"another plan's": db.session.scalars(found).one(), "made up": "x"}
    ids["another municipality's"] = home.world.fjellby.persons["larer"]
    sent = {"chosen": ids[foreign], "shown": f"{ids[foreign]}:00000000", "length": "12"}

    assert owner.send(f"/plan-consent-give/who/{plan_id}", sent).status_code == 422
    assert draft_of(home, plan_id)["shared"] == {}


def test_those_who_lose_sight_are_named_before_a_newer_consent(home, owner):
    plan_id = home.young_plan()
    consent(owner, plan_id)
    read(owner, plan_id)
    choose(owner, plan_id, chosen=[], nobody="y")

    page = agree_page(owner, plan_id).text

    assert "Larer" in page
    agree(owner, plan_id)
    assert home.sees(plan_id) == {}


def test_a_shielded_owners_services_are_not_named(home, owner):
    plan_id = home.young_plan()
    read(owner, plan_id)
    school = "Måkeskrik skole"
    assert school in owner.get(f"/plan-consent-give/who/{plan_id}").text
    with home.planting():
        db.session.get_one(Plan, plan_id).owner.is_shielded = True
    try:
        assert school not in owner.get(f"/plan-consent-give/who/{plan_id}").text
    finally:
        with home.planting():
            db.session.get_one(Plan, plan_id).owner.is_shielded = False


# --- withdrawing and resetting -------------------------------------------------------------------


def shared_of(home, plan_id):
    return next(
        one.id
        for one in home.consents(plan_id)
        if one.kind is ConsentKind.INFORMATION_IS_SHARED and not one.withdrawn_at
    )


def test_e2_withdrawn_with_two_presses_it_holds_on_the_teachers_next_request(
    home, owner, client_as
):
    plan_id = home.young_plan()
    consent(owner, plan_id)
    teacher = client_as("larer", in_=str(home.place.number))
    assert teacher.get(f"/plan/show/{plan_id}").status_code == 200

    overview = owner.get(f"/plan-consent/overview/{plan_id}").text
    address = f"/plan-consent-end/withdraw/{shared_of(home, plan_id)}"
    assert address in overview
    assert "Larer" in owner.get(address).text
    assert owner.send(address).status_code == 302

    assert teacher.get(f"/plan/show/{plan_id}").status_code == 404
    assert owner.get(f"/plan/show/{plan_id}").status_code == 200


def test_one_participant_is_stopped_by_the_address_that_names_them(home, owner):
    plan_id = home.young_plan()
    consent(owner, plan_id)
    with home.planting():
        found = select(Participant.id).where(Participant.plan_id == plan_id)
        teacher = db.session.scalars(found).one()
    address = f"/plan-consent-end/withdraw/{shared_of(home, plan_id)}"

    for unknown in ("x", home.plan(), home.owner):
        assert owner.send(f"{address}?participant={unknown}").status_code == 404
    assert home.sees(plan_id) == GIVEN
    assert owner.send(f"{address}?participant={teacher}").status_code == 302
    assert home.sees(plan_id) == {}


def test_withdrawing_what_has_ended_is_told_kindly(home, owner):
    plan_id = home.young_plan()
    consent(owner, plan_id)
    address = f"/plan-consent-end/withdraw/{shared_of(home, plan_id)}"
    owner.send(address)

    again = owner.send(address, follow_redirects=True)

    assert again.status_code == 200
    assert 'data-color="warning"' in again.text


def test_reset_needs_a_reason_and_says_whom_it_shuts_out(home, owner, coordinator):
    plan_id = home.young_plan()
    consent(owner, plan_id)
    address = f"/plan-consent-end/reset/{plan_id}"

    assert "Larer" in coordinator.get(address).text
    assert coordinator.send(address, {"reason": " "}).status_code == 422
    assert home.sees(plan_id) == GIVEN
    assert coordinator.send(address, {"reason": "flytter skole"}).status_code == 302
    assert home.sees(plan_id) == {}
    assert "flytter skole" in coordinator.get(f"/plan-consent/overview/{plan_id}").text


def test_a_withdrawal_by_phone_is_registered_on_a_page_that_says_whom_it_stops(
    home, owner, coordinator
):
    plan_id = home.young_plan()
    consent(owner, plan_id)
    address = f"/plan-consent-told/told/{shared_of(home, plan_id)}"
    told = {"method": "oral", "told_on": f"{today():%d.%m.%Y}", "note": "Ringte fra skolen"}

    assert "/plan-consent-told/told/" in coordinator.get(f"/plan-consent/overview/{plan_id}").text
    page = coordinator.get(address).text
    assert "Larer" in page
    assert " checked" not in page.partition("</main>")[0]
    for changes in ({}, {"what": "all", "note": " "}, {"what": "all", "told_on": "31.12.2090"}):
        assert coordinator.send(address, told | changes).status_code == 422
    assert home.sees(plan_id) == GIVEN

    assert owner.send(address, told | {"what": "sharing"}).status_code == 403
    assert coordinator.send(address, told | {"what": "sharing"}).status_code == 302
    assert home.sees(plan_id) == {}
    assert "Ringte fra skolen" in owner.get(f"/plan-consent/overview/{plan_id}").text
    again = coordinator.send(address, told | {"what": "sharing"}, follow_redirects=True)
    assert 'data-color="warning"' in again.text


# --- on paper ------------------------------------------------------------------------------------


def paper(client, home, plan_id, **changes):
    page = client.get(f"/plan-consent-record/record/{plan_id}").text
    shown = SHOWN.findall(page)
    text_id = re.search(r'id="text_id".*?<option value="([0-9a-f-]{36})"', page, re.S)
    assert text_id
    usual = {
        "giver": home.father,
        "method": "paper",
        "given_on": f"{today():%d.%m.%Y}",
        "text_id": text_id.group(1),
        "chosen": shown[0].partition(":")[0],
        "shown": shown,
        "length": "6",
        "scan": PDF,
        "form_key": field(KEY, page),
    }
    sent = usual | changes
    sent["scan"] = (io.BytesIO(sent["scan"]), "../../<script>.html")
    return client.send(
        f"/plan-consent-record/record/{plan_id}",
        sent,
        content_type="multipart/form-data",
    )


def test_a_signed_form_is_registered_and_its_scan_comes_back_as_a_file(home, coordinator):
    plan_id = home.plan()
    answer = paper(coordinator, home, plan_id)
    assert answer.status_code == 302, answer.text

    made = home.consents(plan_id)
    assert {one.method for one in made} == {ConsentMethod.PAPER}
    scan = coordinator.get(f"/plan-consent/scan/{made[0].id}")
    assert scan.data == PDF
    assert scan.mimetype == "application/pdf"
    assert scan.headers["Content-Disposition"] == 'attachment; filename="consent.pdf"'
    assert scan.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in scan.headers["Content-Security-Policy"]
    with home.planting():
        told = select(AuditEvent.action).where(AuditEvent.plan_id == plan_id)
        assert {"consent:recorded", "consent:scan_downloaded"} <= set(db.session.scalars(told))


@pytest.mark.parametrize(
    "changes",
    [
        {"scan": b"<html>"},
        {"scan": b""},
        {"method": "digital"},
        {"method": "oral", "note": " ", "scan": b""},
        {"giver": ""},
        {"given_on": "31.12.2090"},
        {"given_on": "01.01.2020"},
        {"given_on": ""},
        {"length": ""},
        {"chosen": []},
        {"text_id": "x"},
    ],
)
def test_e5_a_paper_that_can_not_be_right_is_refused(home, coordinator, changes):
    plan_id = home.plan()

    assert paper(coordinator, home, plan_id, **changes).status_code == 422
    assert home.consents(plan_id) == []


def test_e5_a_giver_without_right_is_refused_by_posted_id(home, coordinator):
    plan_id = home.plan()
    for person_id in (home.teacher, home.child, home.world.fjellby.persons["larer"]):
        assert paper(coordinator, home, plan_id, giver=person_id).status_code == 422
    assert home.consents(plan_id) == []


def test_what_was_refused_leaves_no_file_behind(app, home, coordinator):
    plan_id, folder = home.plan(), app.config["SAMVEV"].instance.resolve() / "files"
    before = sorted(folder.rglob("*"))
    paper(coordinator, home, plan_id, given_on="01.01.2020")

    assert sorted(one for one in folder.rglob("*") if one.is_file()) == [
        one for one in before if one.is_file()
    ]


def test_the_form_to_print_holds_the_whole(home, coordinator):
    plan_id = home.plan()
    page = coordinator.get(f"/plan-consent-record/print/{plan_id}").text
    code = SHOWN.findall(coordinator.get(f"/plan-consent-record/record/{plan_id}").text)[0]

    assert code.partition(":")[2] in page
    assert "Per Måkeskrikdal" in page
    assert "<input" not in page.partition("<h1>")[2].partition("</main>")[0]


# --- reading -------------------------------------------------------------------------------------


def test_the_overview_says_who_is_waited_for_and_what_needs_consent(home, coordinator, client_as):
    plan_id = home.plan()
    consent(client_as("foresatt"), plan_id)

    page = coordinator.get(f"/plan-consent/overview/{plan_id}").text

    assert "Per Måkeskrikdal" in page
    assert "Waits for Per" in page or "Venter på Per" in page
    assert "Larer" in page


def test_a_read_of_consents_is_an_event(home, owner):
    plan_id = home.young_plan()
    owner.get(f"/plan-consent/overview/{plan_id}")
    with home.planting():
        told = select(AuditEvent).where(
            AuditEvent.plan_id == plan_id, AuditEvent.action == "consent:shown"
        )
        event = db.session.scalars(told).one()
        assert (event.section, event.basis) == ("consents", "owner")


ADDRESSES = (
    "/plan-consent-give/what/{plan}",
    "/plan-consent-give/who/{plan}",
    "/plan-consent-give/check/{plan}",
    "/plan-consent-record/print/{plan}",
    "/plan-consent-record/record/{plan}",
    "/plan-consent-record/ask/{plan}",
    "/plan-consent-end/reset/{plan}",
    "/plan-consent-end/withdraw/{consent}",
    "/plan-consent/scan/{consent}",
    "/plan-consent/show/{consent}",
    "/plan-consent/overview/{plan}",
)


@pytest.fixture
def given(home, coordinator, client_as):
    """The plan of the child with a consent of each parent, one with a scan."""
    plan_id = home.plan()
    consent(client_as("foresatt"), plan_id)
    assert paper(coordinator, home, plan_id).status_code == 302
    scanned = next(one.id for one in home.consents(plan_id) if one.scan_key)
    return {"plan": plan_id, "consent": scanned}


@pytest.mark.parametrize("username", ["larer", "lokal.strandvik", "lokal.fjellby", "planeier"])
def test_participants_administrators_and_strangers_get_in_nowhere(home, given, client_as, username):
    client = client_as(username, in_=home.place.number if username == "larer" else None)
    token, before = client.csrf(), len(home.consents(given["plan"]))
    for address in ADDRESSES:
        path = address.format(**given)
        posted = client.post(path, data={"csrf_token": token, "reason": "x"})
        answers = {client.get(path).status_code, posted.status_code}
        assert answers <= {403, 404, 405}, path

    assert len(home.consents(given["plan"])) == before
    assert home.sees(given["plan"]) == GIVEN


def test_those_it_is_for_get_in_everywhere(home, given, client_as, coordinator):
    """The positive twin: the parent to give and withdraw, the coordinator to register and reset."""
    mother = client_as("foresatt")
    own = next(one.id for one in home.consents(given["plan"]) if one.giver_id == home.mother)
    for address in ADDRESSES:
        client = coordinator if "record" in address or "reset" in address else mother
        path = address.format(**(given | ({"consent": own} if "withdraw" in address else {})))
        answer = client.send(path) if "/ask/" in address else client.get(path)
        assert answer.status_code in (200, 302), path


def test_a_guardian_who_may_not_consent_reads_the_plan_and_none_of_its_consents(home, client_as):
    with home.planting():
        child = garden.person(home.place, f"c{utc_now()}", "Lill", garden.born(8)).id
        garden.authority(child, home.mother, may_consent=False)
    plan_id, client = home.plan(child), client_as("foresatt")

    assert client.get(f"/plan/show/{plan_id}").status_code == 200
    assert client.get(f"/plan-consent/overview/{plan_id}").status_code == 403
    for address in ADDRESSES[:7]:
        path = address.format(plan=plan_id)
        assert {client.get(path).status_code, client.send(path).status_code} <= {403, 405}
    assert home.consents(plan_id) == []


def test_an_owner_under_age_reads_and_does_no_more(home, owner):
    plan_id = home.young_plan()
    with home.planting():
        db.session.get_one(Plan, plan_id).owner.birth_date = garden.born(14)
    try:
        assert owner.get(f"/plan-consent/overview/{plan_id}").status_code == 200
        for address in ADDRESSES[:7]:
            path = address.format(plan=plan_id)
            assert {owner.get(path).status_code, owner.send(path).status_code} <= {403, 405}
    finally:
        with home.planting():
            db.session.get_one(Plan, plan_id).owner.birth_date = garden.born(16)
    assert home.consents(plan_id) == []
    assert owner.get(f"/plan-consent-give/what/{plan_id}").status_code == 200


def test_another_parents_consent_is_read_and_not_withdrawn(home, given, client_as):
    mother = client_as("foresatt")
    assert mother.get(f"/plan-consent/show/{given['consent']}").status_code == 200
    assert mother.send(f"/plan-consent-end/withdraw/{given['consent']}").status_code == 403
    assert home.sees(given["plan"]) == GIVEN


def test_e12_the_consent_shows_the_text_it_was_given_to(home, owner):
    from app.consent import queries
    from app.models import ConsentText

    plan_id = home.young_plan()
    receipt = consent(owner, plan_id)
    with home.planting():
        plan = db.session.get_one(Plan, plan_id)
        number = queries.texts(plan)[0].number + 1
        texts = {"nb": "Helt ny tekst", "en": "Quite new text"}
        db.session.add(
            ConsentText(kind=plan.kind, number=number, texts=texts, published_at=utc_now())
        )

    shown = owner.get(receipt).text
    assert "ny tekst" not in shown
    step = owner.get(f"/plan-consent-give/what/{plan_id}").text
    assert "Helt ny tekst" in step or "Quite new text" in step
    assert day_of(utc_now()) == today()
