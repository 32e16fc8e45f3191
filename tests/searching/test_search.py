"""Search: everything one may see and nothing else, by several words in any order."""

from datetime import date
from uuid import uuid4

import pytest

from app.clock import utc_now
from app.db import db
from app.enums import JobKind, JobState, Role, UnitKind
from app.models import Job
from app.people.national_id import synthetic
from app.screens.typed import is_like_national_id, terms
from tests.accounts import towns
from tests.units.planting import Garden, give_role, plant, staff
from tests.units.test_unit_limited import limited  # noqa: F401 - a fixture
from tests.world import CANARY

PERSONS, UNITS, ROLES = "Persons", "Units", "Roles and logins"


@pytest.fixture
def garden(app):
    """Rows behind the pages."""
    return Garden(app)


def asked(client, text):
    """The groups that the palette gets, by name, with (text, hint, url) of each hit."""
    answer = client.send("/search/hits", {"q": text})
    assert answer.status_code == 200
    return {
        group["name"]: [(hit["text"], hit["hint"], hit["url"]) for hit in group["hits"]]
        for group in answer.json["groups"]
    }


def names(client, text, group=PERSONS):
    """What the hits of one group are called."""
    return [hit[0] for hit in asked(client, text).get(group, [])]


def register(client, given, family, **facts):
    """A new person; the id."""
    answer = client.register({"given_name": given, "family_name": family, **facts})
    assert answer.status_code == 302
    return answer.location.rpartition("/")[2]


@pytest.fixture
def admin(client_as):
    """The local administrator of Strandvik, reading English."""
    client = client_as("lokal.strandvik")
    client.send("/language/", {"language": "en"})
    return client


@pytest.fixture
def word():
    """A name that nobody else has."""
    return f"Q{uuid4().hex[:9]}"


@pytest.mark.parametrize(
    "typed", ["{w} kar", "kar {w}", "KARI {w}", "mar {w}", "{w} marie kari", "kari mar {w}", "{w}"]
)
def test_words_find_a_person_in_any_order(admin, word, typed):
    register(admin, "Kari-Marie", word, birth_date="17.05.2010")

    hits = asked(admin, typed.format(w=word[:-2]))[PERSONS]

    assert [(text, hint) for text, hint, _url in hits] == [(f"Kari-Marie {word}", "17.05.2010")]
    assert admin.get(hits[0][2]).status_code == 200


@pytest.mark.parametrize("typed", ["{w} per", "karin {w}", "{w} kari olsen", "!!! {w}x", "."])
def test_every_word_must_fit(admin, word, typed):
    register(admin, "Kari", word)

    assert names(admin, typed.format(w=word)) == []


def test_letters_with_marks_are_found_with_and_without_them(admin, word):
    register(admin, "Áile", f"Østby {word}")

    assert names(admin, f"aile {word}") == names(admin, f"Áile øst {word}") != []
    assert names(admin, f"ostby {word}") == []


def test_five_are_shown_and_the_lists_hold_them_all(admin, word):
    for given in "abcdefg":
        register(admin, f"{given}{word}", f"{word}sen")

    answer = admin.send("/search/hits", {"q": word}).json
    group = next(group for group in answer["groups"] if group["name"] == PERSONS)
    page = admin.get(f"/search/?q={word}").text

    assert len(group["hits"]) == 5
    lists = [one["url"] for one in group["lists"]]
    assert lists == [f"/person/list/?q={word}"]
    assert all(url in page for url in lists)
    assert admin.get(lists[0]).text.count(f"{word}sen, ") == 7
    assert answer["said"].startswith("The first 5 hits")


def test_the_list_of_several_words_finds_them_all(admin, word):
    for number in range(7):
        register(admin, "Kari", f"{word}{number}")

    answer = admin.send("/search/hits", {"q": f"kar {word}"}).json
    group = next(group for group in answer["groups"] if group["name"] == PERSONS)
    page = admin.get(group["lists"][0]["url"])

    assert len(group["lists"]) == 1
    assert page.text.count(f"{word}") >= 7


def test_units_are_found_by_any_word_of_the_name(admin, garden, world, word):
    with garden.working_in(world.strandvik) as actor:
        unit = plant(actor, name=f"Øvre {word} skole")
        old = plant(actor, name=f"Nedre {word} skole")
        unit.kind = UnitKind.SCHOOL
        old.retired_at = utc_now()

    assert [hit[:2] for hit in asked(admin, f"sko {word} øv")[UNITS]] == [
        (f"Øvre {word} skole", "School")
    ]
    assert names(admin, word, UNITS) == [f"Øvre {word} skole"]


def test_roles_in_force_are_found_by_who_holds_them(admin):
    assert asked(admin, "koord måke")[ROLES][0][:2] == (
        f"Koordinator {CANARY['9901']}stad",
        "Coordinator",
    )
    assert names(admin, "utgatt", ROLES) == []


def test_jobs_are_found_by_what_they_do_and_how_far_they_are(admin, garden, world):
    with garden.working_in(world.strandvik):
        job = Job(
            kind=JobKind.PERSON_IMPORT,
            state=JobState.FAILED,
            account_id=world.accounts["lokal.strandvik"],
            title="x",
            created_at=utc_now(),
        )
        db.session.add(job)
        db.session.flush()
        url = f"/job/show/{job.id}"

    assert url in [hit[2] for hit in asked(admin, "import per")["Jobs"]]
    assert url in [hit[2] for hit in asked(admin, "fail")["Jobs"]]
    assert "Jobs" not in asked(admin, "import zz")


def test_retired_persons_are_not_found(admin, word):
    pk = register(admin, "Kari", word)
    assert names(admin, word) != []

    admin.send(f"/person/retire/{pk}", {"reason": "x"})

    assert names(admin, word) == []


@pytest.mark.parametrize("is_shielded", [False, True])
def test_of_a_shielded_person_the_name_and_never_the_place(admin, garden, world, word, is_shielded):
    with garden.working_in(world.strandvik) as actor:
        place = plant(actor, name=f"Hemmelig {word}")
        person = staff(actor, place, f"{word}sen")
        person.is_shielded = is_shielded
        give_role(person, world.accounts["sperret"], Role.PARTICIPANT, place)

    found = asked(admin, f"{word}sen")

    assert len(found[PERSONS]) == len(found[ROLES]) == 1
    assert f"{word}sen" in found[PERSONS][0][0]
    assert "Hemmelig" not in str(found[PERSONS])
    assert ("Hemmelig" in str(found[ROLES])) is not is_shielded


# --- who sees what --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lokal.strandvik", "koordinator.strandvik", "larer", "planeier"])
@pytest.mark.parametrize("text", [CANARY["9902"], "ravn", "kari ravn", "nav"])
def test_nothing_of_another_municipality_is_found(client_as, name, text):
    """D7."""
    client = client_as(name, "9901" if name == "larer" else None)

    assert CANARY["9902"] not in client.send("/search/hits", {"q": text}).text
    found = client.get("/search/", query_string={"q": text}).text
    assert CANARY["9902"] not in found.replace(f'value="{text}"', "")


def test_a_coordinator_finds_persons_units_and_roles_but_no_job(client_as):
    client = client_as("koordinator.strandvik")
    client.send("/language/", {"language": "en"})

    assert {PERSONS, UNITS, ROLES} <= set(asked(client, "måke"))
    assert "Jobs" not in asked(client, "import")


def test_who_may_list_nobody_finds_nobody(app):
    town = towns.new_town(app)
    town.person()
    administrator, participant = (
        towns.sign_in(app, name) for name in (town.admin, town.member(Role.PARTICIPANT))
    )
    for client in (administrator, participant):
        client.send("/language/", {"language": "en"})

    found = asked(participant, "test") | asked(participant, "navn") | asked(participant, "import")

    assert {PERSONS, ROLES} <= set(asked(administrator, "test"))
    assert set(found) <= {"Go to"}
    assert "Navn" not in participant.get("/search/?q=test").text


def test_a_central_administrator_finds_municipalities_and_no_person(client_as):
    client = client_as("sentral")
    client.send("/language/", {"language": "en"})

    assert [hit[:2] for hit in asked(client, "strand")["Municipalities"]] == [("Strandvik", "9901")]
    assert names(client, "9902", "Municipalities") == ["Fjellby"]
    assert {PERSONS, UNITS, ROLES}.isdisjoint(asked(client, "kari") | asked(client, "måke"))


def test_pages_and_commands_are_those_the_actor_may_open(admin, client_as):
    coordinator, owner = client_as("koordinator.strandvik"), client_as("planeier")
    for client in (coordinator, owner):
        client.send("/language/", {"language": "en"})

    assert names(admin, "register pers", "Do") == ["Register a person"]
    assert names(admin, "import", "Do") == ["Import persons"]
    assert names(coordinator, "register", "Do") == ["Register a person"]
    assert names(coordinator, "import", "Do") == names(coordinator, "unit", "Do") == []
    assert names(owner, "", "Do") == names(owner, "persons", "Go to") == []
    assert "Persons" in names(admin, "", "Go to")
    for client in (admin, coordinator, owner):
        found = asked(client, "")
        for _text, _hint, url in found["Go to"] + found.get("Do", []):
            assert client.get(url, follow_redirects=True).status_code == 200, url


def test_only_a_limited_part_of_the_tree_is_searched(limited):  # noqa: F811
    client, ids = limited

    found = "".join(str(asked(client, text)) for text in ("enhet", "innenfor", "utenfor", "uten"))

    assert ids["pupil"] in found
    assert ids["inside"] in found
    assert not any(ids[key] in found for key in ("stranger", "homeless", "outside", "above"))


# --- the page -------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in(client_as):
    stranger = client_as(None)

    for answer in (stranger.get("/search/?q=kari"), stranger.send("/search/hits", {"q": "kari"})):
        assert answer.status_code == 302
        assert answer.location.startswith("/login/")
        assert "kari" not in answer.location


def test_the_form_in_the_header_leads_to_the_page_of_the_hits(admin):
    answer = admin.send("/search/", {"q": "kari måke"}, follow_redirects=True)

    assert answer.request.path == "/search/"
    assert f"Kari {CANARY['9901']}sen" in answer.text
    assert 'value="kari måke"' in answer.text
    assert 'action="/search/"' in admin.get("/desk/").text


def test_head_and_an_empty_search_are_answered(admin):
    assert admin.head("/search/?q=kari").status_code == 200
    assert "No hits" not in admin.get("/search/").text
    assert "No hits" in admin.get("/search/?q=qqqqqqqq").text
    assert "No hits" in admin.get("/search/?q=%21%21").text


@pytest.mark.parametrize("path", ["/search/?x=1", "/search/?q=a&page=2", f"/search/?q={'a' * 201}"])
def test_what_is_not_understood_is_refused(admin, path):
    assert admin.get(path).status_code == 400


def test_more_than_the_words_is_refused_in_the_body_too(admin):
    assert admin.send("/search/hits", {"q": "a", "scope": "all"}).status_code == 400
    assert admin.post("/search/hits", data={"q": "kari"}).status_code == 400  # no token


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "' OR 1=1 --", "{a", "\U0010ffff", "a" * 200, "a b " * 50, "ﷺ", "٠١٢"]
)
def test_hostile_words_find_nothing_and_break_nothing(admin, text):
    assert admin.get("/search/", query_string={"q": text}).status_code == 200
    assert admin.send("/search/hits", {"q": text}).status_code == 200
    assert admin.send("/person/choices", {"q": text}).status_code == 200


@pytest.mark.parametrize("shape", ["{}", "{} kari", "kari {}", "{0:.6}  {1}", "{0:.6}-{1}"])
def test_a_national_id_is_turned_away_without_being_repeated(admin, shape):
    digits = synthetic(date(2010, 5, 17), 77)
    text = shape.format(digits, digits[6:])

    for answer in (
        admin.get("/search/", query_string={"q": text}),
        admin.send("/search/", {"q": text}),
    ):
        assert answer.status_code == 400
        assert digits[6:] not in answer.text
        assert "National id" in answer.text or "national id" in answer.text
    assert admin.send("/search/hits", {"q": text}).json["groups"] == []


@pytest.mark.parametrize("text", ["17.05.2010", "+47 400 11 222", "1234567890", "kari 9901"])
def test_other_numbers_are_not_taken_for_national_ids(text):
    assert not is_like_national_id(text)


def test_words_are_kept_as_typed_each_once():
    assert [(one.text, one.form) for one in terms(" Østby kari  Kari !! ")] == [
        ("Østby", "{bstby"),
        ("kari", "kari"),
    ]


# --- choices by typing ----------------------------------------------------------------------------


def test_choices_tell_namesakes_apart_and_count_themselves(admin, word):
    for day in ("01.02.2010", "03.04.2012"):
        register(admin, "Kari", word, birth_date=day)

    answer = admin.send("/person/choices", {"q": f"kari {word}"}).json

    assert [(hit["text"], hit["hint"]) for hit in answer["result"]] == [
        (f"Kari {word}", "01.02.2010"),
        (f"Kari {word}", "03.04.2012"),
    ]
    assert answer["said"] == "2 hits"
    assert admin.get(f"/person/choices?q={word}").json == answer


def test_choices_of_units_say_the_kind_and_hold_no_retired_one(admin):
    answer = admin.send("/unit/choices", {"q": "skole måke"}).json["result"]

    assert [(hit["text"], hit["hint"]) for hit in answer] == [(f"{CANARY['9901']} skole", "School")]


def test_choices_refuse_what_they_do_not_know(admin):
    assert admin.get("/person/choices?q=a&order=x").status_code == 400
    assert admin.send("/unit/choices", {"name": "x"}).status_code == 400


def test_a_name_that_was_typed_and_not_chosen_is_not_dropped(admin, word):
    form = {"given_name": "Kari", "family_name": word, "unit_id": "", "unit_id_search": "skole"}

    refused = admin.send("/person/add", form)
    saved = admin.send("/person/add", form | {"unit_id_search": " "})

    assert refused.status_code == 422
    assert "Choose one of the hits, or empty the search box." in refused.text
    assert 'value="skole"' in refused.text
    assert saved.status_code == 302


def test_a_choice_is_kept_after_an_error_elsewhere(admin, world):
    school = world.strandvik.units["school"]

    page = admin.send("/person/add", {"given_name": "", "unit_id": school}).text

    assert f'value="{school}" checked' in page
    assert f"{CANARY['9901']} skole (School)" in page


def test_forms_with_a_choice_name_where_to_ask(admin):
    page = admin.get("/unit/add").text

    assert 'data-choices="/unit/choices" data-name="parent_id"' in page
    assert 'data-choices="/person/choices" data-name="leader_id"' in page
    assert "choice.js" in page
    assert "choice.js" not in admin.get("/person/list/").text
