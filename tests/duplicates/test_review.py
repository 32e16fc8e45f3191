"""Reviewing possible duplicates: the queue, one pair at a time, answers, and who may."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.db import db, transaction
from app.duplicate_tables import DuplicatePair
from app.duplicates import pace
from app.duplicates.reasons import reasons_of
from app.enums import MatchBand, PairState
from app.people.national_id import synthetic
from app.security.actor import acting_as, operator
from tests.duplicates.pairing import BORN, Pairing
from tests.world import CANARY

LOCAL = "lokal.strandvik"
BY_PROGRAM = {"not-same": PairState.NOT_SAME, "later": PairState.LATER}
HIT = re.compile(r'<th scope="row"><a href="/duplicates/show/([0-9a-f-]{36})')


@pytest.fixture
def here(app, world):
    """Makes persons and pairs in Strandvik."""
    return Pairing(app, world.strandvik)


@pytest.fixture
def once(database_name):
    """For what is the same on every database."""
    if database_name == "postgresql":
        pytest.skip("tried on the other database")


def pairs_in(page: str) -> list[str]:
    """The ids of the pairs that a list shows, in order."""
    return HIT.findall(page)


def send(client, pair_id, here, query="", **data):
    """Send an answer, as the page's own form would."""
    return client.send(
        f"/duplicates/answer/{pair_id}{query}",
        {"version": str(here.load(pair_id).version)} | data,
    )


# --- the queue -----------------------------------------------------------------------------------


def test_the_queue_shows_the_likeliest_first_and_each_filter_its_own(here, client_as):
    name = f"{CANARY['9901']}ko"
    sure = here.two(name, score=30.0)
    likely = here.two(name, score=9.5, band=MatchBand.PROBABLE, registered_reason="Sa hun var ny")
    old = here.two(
        name, score=1.0, band=MatchBand.POSSIBLE, found_at=utc_now() - timedelta(days=100)
    )
    client = client_as(LOCAL)

    def shown(**asked):
        query = {"q": name, **asked}
        return pairs_in(client.get("/duplicates/list/", query_string=query).text)

    assert shown() == [sure, likely, old]
    assert shown(order="found_at")[0] == old
    assert shown(band="probable") == [likely]
    assert shown(age="quarter") == [old]
    assert shown(age="new") == [sure, likely]
    assert shown(registered_anyway="yes") == [likely]
    assert shown(state="later") == shown(used="plan") == shown(answered="this_month") == []


def test_pairs_are_found_by_what_the_two_are_used_in(here, client_as):
    mine = here.place.persons["lokal.strandvik"]
    found = here.pair(mine, here.register("Lokal", f"{CANARY['9901']}stad"), score=2.5)
    client = client_as(LOCAL)

    assert found in pairs_in(client.get("/duplicates/list/?used=role").text)
    assert found not in pairs_in(client.get("/duplicates/list/?used=plan").text)


def test_two_that_no_search_has_found_are_put_together_by_hand(here, client_as):
    one, other = (here.register(name, "Handmo", phone=None) for name in ("Siv", "Aud"))
    client, page = client_as(LOCAL), "/duplicates/together/"

    alone = client.send(page, {"first_id": one, "second_id": one})
    done = client.send(page, {"first_id": other, "second_id": one})
    pair = done.location.rpartition("/")[2]
    client.send(f"/duplicates/answer/{pair}", {"answer": "not_same", "version": "1", "note": ""})
    again = client.send(page, {"first_id": one, "second_id": other})
    foreign = client_as("lokal.fjellby").send(page, {"first_id": one, "second_id": other})

    assert (alone.status_code, done.status_code, foreign.status_code) == (422, 302, 422)
    assert {here.load(pair).first_id, here.load(pair).second_id} == {one, other}
    assert again.location == done.location
    assert here.load(pair).state is PairState.OPEN
    assert client_as("koordinator.strandvik").get(page).status_code == 403


@pytest.mark.usefixtures("once")
def test_an_empty_queue_offers_to_look(app, client_as, world):
    there = operator(world.fjellby.id)
    with app.app_context(), acting_as(db.session(), there), transaction():
        for pair in db.session.scalars(select(DuplicatePair)):
            pair.state = PairState.FADED

    page = client_as("lokal.fjellby").get("/duplicates/list/").text

    assert 'class="empty"' in page
    assert "/duplicate-scan/start" in page


def test_a_queue_of_two_pages_is_turned_without_a_name_in_the_address(here, client_as):
    name = f"{CANARY['9901']}side"
    made = [here.two(name, score=50.0 - n) for n in range(3)]
    client = client_as(LOCAL)

    page = client.get("/duplicates/list/", query_string={"q": name, "size": "2"}).text
    then = client.get(
        "/duplicates/list/", query_string={"q": name, "size": "2", "after": made[1]}
    ).text

    assert pairs_in(page) == made[:2]
    assert pairs_in(then) == made[2:]


def test_a_scan_is_started_from_the_queue_and_shown_while_it_goes_on(client_as):
    client = client_as("lokal.fjellby")

    started = client.send("/duplicate-scan/start")
    again = client.send("/duplicate-scan/start")

    assert started.location == again.location
    assert client.get(started.location).status_code == 200
    assert started.location in client.get("/duplicates/list/").text
    assert client_as("koordinator.fjellby").send("/duplicate-scan/start").status_code == 403
    client.send(started.location.replace("/show/", "/cancel/"))
    assert started.location not in client.get("/duplicates/list/").text


# --- one pair ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("once")
def test_a_pair_is_told_field_by_field_in_words(here, client_as):
    first = here.register("Anne", "Lie", phone="+4792000001", email="anne@eksempel.example")
    second = here.register("Anne", "Lie-Berg", phone="+4792000002")
    client = client_as(LOCAL)
    client.send("/language/", {"language": "en"})

    page = client.get(f"/duplicates/show/{here.pair(first, second)}?q=Lie-Berg").text

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    for said in (
        "Given name Same",
        "Family name Different",
        "Phone Different",
        "E-mail Missing",
        "Pair 1 of 1",
    ):
        assert said in text, said


def test_each_look_is_an_event_for_both_persons(here, client_as):
    pair_id = here.two(f"{CANARY['9901']}sett")
    row = here.load(pair_id)

    assert client_as(LOCAL).get(f"/duplicates/show/{pair_id}").status_code == 200

    assert {row.first_id, row.second_id} <= set(here.told("person:compared"))


@pytest.mark.usefixtures("once")
def test_national_ids_are_masked_and_two_valid_ones_are_warned_of(here, client_as):
    numbers = [synthetic(BORN, serial) for serial in (70, 71)]
    made = [here.register("Liv", "Nes", number=number) for number in numbers]

    page = client_as(LOCAL).get(f"/duplicates/show/{here.pair(*made)}").text

    assert numbers[0][:6] in page
    assert not any(number[6:] in page for number in numbers)
    assert 'data-color="warning"' in page


@pytest.mark.usefixtures("once")
def test_nothing_tells_where_a_shielded_person_is(here, client_as):
    unit = here.place.units["nav"]
    facts = {"phone": "+4792111111", "address": "Skjult vei 7", "postcode": "9995"}
    hidden = here.register("Mona", "Skog", unit_id=unit, **facts)
    open_one = here.register("Mona", "Skog", unit_id=unit, **facts)
    here.shield(hidden)
    pair_id = here.pair(hidden, open_one)
    client = client_as(LOCAL)

    page = client.get(f"/duplicates/show/{pair_id}").text
    listed = client.get("/duplicates/list/?q=Skog").text

    assert page.count("92111111") == page.count("Skjult vei 7") == 1
    assert page.count(f"NAV {CANARY['9901']}") == 1
    told = reasons_of(here.load(pair_id))
    assert (len(told.speaks_for), len(told.speaks_against)) == (2, 0)
    assert "Skog" in listed
    assert "92111111" not in listed


def test_a_chain_is_shown_whole_from_each_of_its_pairs(here, client_as):
    name = f"{CANARY['9901']}lenke"
    a, b, c = (here.register(given, name) for given in ("Siv", "Siv Eva", "Eva"))
    ab, bc = here.pair(a, b, score=22), here.pair(b, c, score=21)
    client = client_as(LOCAL)

    for here_is, other in ((ab, bc), (bc, ab)):
        page = client.get(f"/duplicates/show/{here_is}").text
        assert f"/duplicates/show/{other}" in page
        assert "aria-current" in page


@pytest.mark.usefixtures("once")
def test_a_pair_alone_is_no_chain(here, client_as):
    page = client_as(LOCAL).get(f"/duplicates/show/{here.two('Alenesen')}").text

    assert '<ol class="found">' not in page


# --- answers -------------------------------------------------------------------------------------


def test_an_answer_is_kept_and_the_next_pair_of_the_same_queue_opens(here, client_as):
    name = f"{CANARY['9901']}neste"
    first, second = here.two(name, score=40.0), here.two(name, score=39.0)
    client = client_as(LOCAL)

    answer = send(client, first, here, f"?q={name}", answer="not_same", note="Ringte begge")
    page = client.get(answer.location).text

    assert f"/duplicates/show/{second}" in answer.location
    row = here.load(first)
    assert (row.state, row.note) == (PairState.NOT_SAME, "Ringte begge")
    assert row.answered_at is not None
    assert row.answered_by is not None
    assert f"/duplicates/take-back/{first}" in page
    assert f"Lokal {CANARY['9901']}stad" in client.get(f"/duplicates/show/{first}").text


@pytest.mark.usefixtures("once")
def test_after_the_last_pair_the_queue_opens(here, client_as):
    name = f"{CANARY['9901']}sist"
    last = here.two(name)

    answer = send(client_as(LOCAL), last, here, f"?q={name}", answer="later")

    assert answer.location.startswith("/duplicates/list/")
    assert here.load(last).state is PairState.LATER


@pytest.mark.parametrize("before", [PairState.OPEN, PairState.LATER])
def test_an_answer_is_taken_back_to_what_it_was(here, client_as, before):
    pair_id = here.two(f"{CANARY['9901']}angre", state=before)
    client = client_as(LOCAL)
    page = client.get(
        send(client, pair_id, here, answer="not_same").location, follow_redirects=True
    )
    undo = re.search(rf'action="(/duplicates/take-back/{pair_id}[^"]*)"', page.text)
    assert undo

    answer = client.send(undo[1].replace("&amp;", "&"))

    assert answer.location.endswith(pair_id)
    assert here.load(pair_id).state is before


def test_an_answer_that_was_changed_since_is_not_taken_back(here, client_as):
    pair_id = here.two(f"{CANARY['9901']}seint")
    client = client_as(LOCAL)
    send(client, pair_id, here, answer="later")
    early = here.load(pair_id).version
    send(client, pair_id, here, answer="not_same")

    answer = client.send(f"/duplicates/take-back/{pair_id}?version={early}&to=open")

    assert answer.status_code == 409
    assert here.load(pair_id).state is PairState.NOT_SAME


def test_of_two_reviewers_the_second_is_told(here, client_as):
    pair_id = here.two(f"{CANARY['9901']}begge")
    stale = here.load(pair_id).version
    client = client_as(LOCAL)
    send(client, pair_id, here, answer="not_same", note="Først")

    late = client.send(
        f"/duplicates/answer/{pair_id}", {"version": str(stale), "answer": "later", "note": "Sist"}
    )

    assert late.status_code == 409
    assert "Sist" in late.text
    assert here.load(pair_id).note == "Først"


def test_sending_the_same_answer_twice_is_harmless(here, client_as):
    pair_id = here.two(f"{CANARY['9901']}dobbel")
    client, form = client_as(LOCAL), {"version": "1", "answer": "later"}

    answers = [client.send(f"/duplicates/answer/{pair_id}", form).status_code for _time in (1, 2)]

    assert answers == [302, 302]
    assert here.load(pair_id).version == 2


@pytest.mark.usefixtures("once")
def test_a_note_that_is_too_long_is_kept_on_the_page(here, client_as):
    pair_id = here.two(f"{CANARY['9901']}lang")

    answer = send(client_as(LOCAL), pair_id, here, answer="later", note="x" * 501)

    assert answer.status_code == 422
    assert "x" * 501 in answer.text
    assert here.load(pair_id).state is PairState.OPEN


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("state", [PairState.MERGED, PairState.FADED])
def test_what_is_settled_gets_no_other_answer(here, client_as, state):
    pair_id = here.two(f"{CANARY['9901']}ferdig", state=state)
    client = client_as(LOCAL)

    assert client.get(f"/duplicates/show/{pair_id}").status_code == 200
    assert send(client, pair_id, here, answer="not_same").status_code == 409
    assert here.load(pair_id).state is state


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("sent", [{"answer": "merged"}, {"answer": ""}, {"version": "x"}])
def test_what_no_form_of_ours_sends_is_refused(here, client_as, sent):
    pair_id = here.two(f"{CANARY['9901']}rar")

    answer = send(client_as(LOCAL), pair_id, here, **({"answer": "later"} | sent))

    assert answer.status_code == 400
    assert here.load(pair_id).state is PairState.OPEN


def test_g10_answers_come_no_faster_than_somebody_can_look(here, client_as, monkeypatch):
    pair_id = here.two(f"{CANARY['9901']}fort")
    client = client_as(LOCAL)
    with monkeypatch.context() as patch:
        patch.setattr(pace, "MOST_ANSWERS", 0)
        refused = send(client, pair_id, here, answer="later")

    assert refused.status_code == 429
    assert here.load(pair_id).state is PairState.OPEN
    assert send(client, pair_id, here, answer="later").status_code == 302


@pytest.mark.usefixtures("once")
def test_a_number_that_was_given_though_it_is_anothers_is_told_masked(here, client_as):
    number = synthetic(BORN, 77)
    first = here.register("Kaja", "Krav", number=number)
    second = here.register("Kaia", "Krav")
    here.claim(second, number)

    page = client_as(LOCAL).get(f"/duplicates/show/{here.pair(first, second)}").text

    assert number not in page
    line = page[page.index("Fødselsnummer") :][:600]
    assert "som en annen person har" in line
    assert "Likt" in line


def test_there_is_no_door_that_answers_many_pairs(app):
    """G10."""
    rules = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("DuplicateView.")]
    writing = {r.endpoint for r in rules if "POST" in r.methods and "<pk>" not in r.rule}

    assert rules
    assert writing == {"DuplicateView.arrange", "DuplicateView.keep_view"}


# --- figures -------------------------------------------------------------------------------------


def test_each_figure_is_the_length_of_the_list_it_leads_to(here, client_as):
    name = f"{CANARY['9901']}tall"
    long_ago = utc_now() - timedelta(days=70)
    here.two(name, band=MatchBand.POSSIBLE, score=1.0)
    here.two(name, state=PairState.LATER)
    here.two(name, state=PairState.MERGED)
    here.two(name, state=PairState.NOT_SAME)
    here.two(name, state=PairState.NOT_SAME, answered_at=long_ago)
    here.two(name, registered_reason="Legen sa de er to", registered_at=utc_now())
    client = client_as(LOCAL)

    page = client.get("/duplicates/figures").text

    figures = re.findall(r'href="([^"]+)"><strong class="number">(\d+)</strong><span>([^<]+)', page)
    of_pairs_and_persons, of_other_kinds = figures[:8], figures[8:]
    assert [address for address, _number, _label in of_other_kinds] == [
        f"/duplicates/{kind}/" for kind in ("accounts", "participants", "plans", "units")
    ]
    for address, number, label in of_pairs_and_persons:
        listed = client.get(address.replace("&amp;", "&")).text
        found = re.search(r'class="count" role="status">\s*(\d+)', listed)
        assert int(number) == (int(found[1]) if found else 0), label
        assert int(number) > 0 or "probable" in address, label
    assert "Legen sa de er to" in page


def test_the_oldest_is_told_and_opened_in_the_order_of_age(here, client_as):
    name = f"{CANARY['9901']}eldst"
    oldest = here.two(name, found_at=utc_now() - timedelta(days=4000))

    page = client_as(LOCAL).get("/duplicates/figures").text

    assert f"/duplicates/show/{oldest}?order=found_at" in page


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("once")
def test_only_local_administrators_find_the_menu_entry(client_as):
    entry = 'href="/duplicates/list/"'

    assert entry in client_as("lokal.strandvik").get("/", follow_redirects=True).text
    for other in ("sentral", "koordinator.strandvik", "planeier"):
        assert entry not in client_as(other).get("/", follow_redirects=True).text


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("username", ["koordinator.strandvik", "planeier", "lokal.fjellby"])
def test_an_answer_by_somebody_else_changes_nothing(here, client_as, username):
    pair_id = here.two("Stengtsen")

    client = client_as(username)
    for answer in ("not_same", "later", "merge"):
        status = client.send(
            f"/duplicates/answer/{pair_id}", {"version": "1", "answer": answer}
        ).status_code
        assert status in (403, 404)

    assert here.load(pair_id).state is PairState.OPEN


@pytest.mark.parametrize(("door", "state"), BY_PROGRAM.items())
def test_a_program_answers_with_the_version_it_has_seen(app, world, here, door, state):
    pair_id = here.two("Programsen")
    program = app.test_client()
    headers = {"Authorization": f"Bearer {here.token(world.accounts[LOCAL])}"}
    shown = program.get(f"/api/v1/duplicate/{pair_id}", headers=headers)
    path = f"/api/v1/duplicate/{pair_id}/{door}"

    stale = program.post(path, json={"version": 9}, headers=headers)
    answer = program.post(
        path, json={"note": "Sett"}, headers={**headers, "If-Match": shown.headers["ETag"]}
    )

    assert stale.status_code == 409
    assert answer.status_code == 200
    assert answer.json["result"]["state"] == state
    assert (here.load(pair_id).state, here.load(pair_id).note) == (state, "Sett")
    assert here.load(pair_id).first_id in here.told("person:compared")
