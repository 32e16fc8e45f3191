"""Merging on the pages: choosing, looking over, approval by a second person, undoing, old ids."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.duplicates import undoing
from app.enums import MergeState, PairState, ProtectionGrade, Role
from app.models import Membership, Person, PersonMerge, ProtectedAddress, Unit
from app.people.national_id import synthetic
from app.security.actor import acting_as, operator
from tests.conftest import with_world
from tests.duplicates.pairing import BORN, Pairing
from tests.plans import garden as gardens
from tests.world import CANARY

LOCAL = "lokal.strandvik"
OTHER = "larer"
HIDDEN = re.compile(r'name="(\w+)" value="([^"]*)"')
SHOW = "/duplicates/merge/show/{}"


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own, with a second local administrator."""
    app = with_world(make_app(database_name))
    place = app.extensions["test_world"].strandvik
    with app.app_context(), gardens.planting(place):
        db.session.add(
            Membership(
                account_id=app.extensions["test_world"].accounts[OTHER],
                person_id=place.persons[OTHER],
                role=Role.LOCAL_ADMINISTRATOR,
                starts_on=today() - timedelta(days=1),
                created_at=utc_now(),
            )
        )
    return app


@pytest.fixture
def here(app, world):
    """Makes persons and pairs in Strandvik."""
    return Pairing(app, world.strandvik)


@pytest.fixture
def clerk(client_as):
    """A local administrator's browser."""
    return in_english(client_as(LOCAL))


@pytest.fixture
def second(client_as):
    """Another's."""
    return in_english(client_as(OTHER, in_="9901"))


def in_english(client):
    client.send("/language/", {"language": "en"})
    return client


def person_of(here, pk):
    with here._at_work() as session:
        row = session.get_one(Person, pk, populate_existing=True)
        session.expunge_all()
    return row


def merge_of(here, pair):
    with here._at_work() as session:
        ids = (pair.first_id, pair.second_id)
        row = session.scalar(
            select(PersonMerge).where(PersonMerge.kept_id.in_(ids)).order_by(PersonMerge.id.desc())
        )
        session.expunge_all()
    return row


def look_over(client, pair_id, **choices):
    """Send the choices; the summary."""
    page = client.get(f"/duplicates/merge/{pair_id}").text
    kept = re.search(r'name="kept" value="([^"]+)"', page).group(1)
    return client.send(f"/duplicates/merge/summary/{pair_id}", {"kept": kept, **choices})


def confirm(client, pair_id, summary):
    """Send the summary back as it is."""
    form = summary.text.partition('action="/duplicates/merge/summary/')[2]
    sent = {name: value for name, value in HIDDEN.findall(form) if name != "csrf_token"}
    return client.send(f"/duplicates/merge/summary/{pair_id}", sent)


def merged(client, pair_id, **choices):
    """Both steps; the answer to the second."""
    summary = look_over(client, pair_id, **choices)
    assert summary.status_code == 200, summary.text
    return confirm(client, pair_id, summary)


def pair_of(here, name, **other):
    """Two of one name, the second as told."""
    one = here.register("Kari", name, phone="+4792000001")
    two = here.register("Kari", name, **{"phone": "+4792000002", **other})
    return here.pair(one, two), one, two


def test_merging_with_different_phones_and_undoing_it(here, clerk):
    pair_id, one, two = pair_of(here, "Fjord")

    unsaid = look_over(clerk, pair_id)
    summary = look_over(clerk, pair_id, phone=two)
    done = confirm(clerk, pair_id, summary)

    assert unsaid.status_code == 422
    assert "Choose which of the two is right." in unsaid.text
    assert "92000002" in summary.text
    assert "92000001" not in summary.text
    assert done.status_code == 302
    merge = merge_of(here, here.load(pair_id))
    kept = person_of(here, merge.kept_id)
    assert merge.state is MergeState.DONE
    assert kept.phone == "+4792000002"
    assert here.load(pair_id).state is PairState.MERGED
    gone = {one, two} - {kept.id}
    assert person_of(here, gone.pop()).merged_into_id == kept.id

    undone = clerk.send(f"/duplicates/merge/undo/{pair_id}")

    assert undone.status_code == 302
    assert [person_of(here, pk).phone for pk in (one, two)] == ["+4792000001", "+4792000002"]
    assert [person_of(here, pk).retired_at for pk in (one, two)] == [None, None]
    assert here.load(pair_id).state is PairState.OPEN
    assert "All is as it was" in clerk.get(SHOW.format(pair_id)).text


def test_what_was_done_since_is_listed_with_where_it_is(here, clerk, world):
    pair_id, one, two = pair_of(here, "Sund", phone="+4792000001")
    assert merged(clerk, pair_id).status_code == 302
    kept = merge_of(here, here.load(pair_id)).kept_id
    with here._at_work():
        coordinator = world.strandvik.persons["koordinator.strandvik"]
        plan = gardens.make_plan(kept, coordinator)
        part = gardens.add_participant(gardens.make_plan(coordinator, coordinator), kept)
        started, joined = plan.id, part.plan_id

    clerk.send(f"/duplicates/merge/undo/{pair_id}")

    page = clerk.get(SHOW.format(pair_id)).text.partition("<h2>What needs a look")[2]
    assert f'href="/plan/show/{started}"' in page
    assert f'href="/plan/show/{joined}"' in page


def test_old_ids_lead_to_the_one_kept_in_links_forms_and_rest(here, clerk, app):
    pair_id, _one, two = pair_of(here, "Havn")
    merged(clerk, pair_id, phone=two)
    merge = merge_of(here, here.load(pair_id))

    link = clerk.get(f"/person/show/{merge.gone_id}")
    rest = clerk.get(f"/api/v1/person/{merge.gone_id}")
    restored = clerk.send(f"/person/restore/{merge.gone_id}")

    assert link.status_code == 302
    assert link.headers["Location"].endswith(merge.kept_id)
    assert rest.status_code in (200, 401)
    assert rest.status_code == 401 or rest.json["result"]["id"] == merge.kept_id
    assert restored.status_code == 409
    assert person_of(here, merge.gone_id).retired_at is not None


def test_what_has_changed_since_it_was_looked_over_is_not_done(here, clerk):
    pair_id, one, two = pair_of(here, "Vik")
    summary = look_over(clerk, pair_id, phone=two)
    with here._at_work() as session:
        session.get_one(Person, one).email = "ny@vik.invalid"

    answer = confirm(clerk, pair_id, summary)

    assert answer.status_code == 409
    assert "Look it over again" in answer.text
    assert person_of(here, one).retired_at is None


def g2_child(here):
    name = "Barn"
    one = here.register("Kari", name, born=BORN)
    return here.pair(one, here.register("Kari", name, born=gardens.born(9))), one


def g2_numbers(here):
    one = here.register("Kari", "Tall", number=synthetic(BORN, 51))
    return here.pair(one, here.register("Kari", "Tall", number=synthetic(BORN, 52))), one


def g2_protected(here):
    one = here.register("Kari", "Vern", address="Gata 1", postcode="5003")
    other = here.register("Kari", "Vern")
    here.shield(other)
    return here.pair(one, other), one


@pytest.mark.parametrize("make", [g2_child, g2_numbers, g2_protected])
def test_g2_some_merges_need_a_second_person(here, clerk, second, make):
    pair_id, one = make(here)
    pair = here.load(pair_id)
    chosen = {"birth_date": one, "national_id": one}

    summary = look_over(clerk, pair_id, **chosen)
    asked = confirm(clerk, pair_id, summary)
    waiting = merge_of(here, pair)
    own = clerk.get(SHOW.format(pair_id)).text
    mark = re.search(r'name="mark" value="(\w+)"', second.get(SHOW.format(pair_id)).text).group(1)
    by_self = clerk.send(f"/duplicates/merge/approve/{pair_id}", {"mark": mark})
    approved = second.send(f"/duplicates/merge/approve/{pair_id}", {"mark": mark})

    assert "Another local administrator must therefore approve" in summary.text
    assert asked.status_code == approved.status_code == 302
    assert waiting.state is MergeState.WAITING
    assert waiting.merged_at is None
    assert "Approve: make" not in own
    assert "Take the wish back" in own
    assert by_self.status_code == 409
    assert merge_of(here, pair).state is MergeState.DONE


def test_who_asked_can_take_it_back_and_another_can_decline(here, clerk, second):
    for client in (clerk, second):
        pair_id, one = g2_child(here)
        merged(clerk, pair_id, birth_date=one)

        answer = client.send(f"/duplicates/merge/decline/{pair_id}")
        again = second.send(f"/duplicates/merge/approve/{pair_id}", {"mark": "x"})

        assert answer.status_code == 302
        assert again.status_code == 409
        assert person_of(here, one).retired_at is None


def test_nobody_merges_themselves(here, clerk, world):
    own = world.strandvik.persons[LOCAL]
    pair_id = here.pair(own, here.register("Lokal", f"{CANARY['9901']}stad", born=None))

    answer = look_over(clerk, pair_id)

    assert answer.status_code == 409
    assert "Ask another local administrator" in answer.text


def test_two_open_individual_plans_are_a_question(here, clerk, world):
    pair_id, one, two = pair_of(here, "Plan")
    with here._at_work():
        plans = [
            gardens.make_plan(pk, world.strandvik.persons["koordinator.strandvik"]).id
            for pk in (one, two)
        ]

    answer = look_over(clerk, pair_id, phone=one)

    assert answer.status_code == 409
    assert all(plan in answer.text for plan in plans)
    assert "can have only one" in answer.text


def test_g8_the_strictest_protection_wins_and_an_erased_address_stays_erased(here, clerk, second):
    one = here.register("Kari", "Streng", address="Gata 1", postcode="5003")
    other = here.register("Kari", "Streng")
    here.shield(other)
    with here._at_work() as session:
        session.add(
            ProtectedAddress(
                person_id=other,
                grade=ProtectionGrade.STRICTLY_CONFIDENTIAL,
                since=today(),
            )
        )
    pair_id = here.pair(one, other)

    page = clerk.get(f"/duplicates/merge/{pair_id}").text
    merged(clerk, pair_id)
    mark = re.search(r'name="mark" value="(\w+)"', second.get(SHOW.format(pair_id)).text).group(1)
    second.send(f"/duplicates/merge/approve/{pair_id}", {"mark": mark})
    merge = merge_of(here, here.load(pair_id))

    assert "Gata 1" not in page
    for pk in (one, other):
        row = person_of(here, pk)
        assert row.is_shielded
        assert row.address is None
    with here._at_work() as session:
        held = session.scalars(
            select(ProtectedAddress).where(ProtectedAddress.person_id == merge.kept_id)
        ).one()
        assert held.grade is ProtectionGrade.STRICTLY_CONFIDENTIAL
        assert held.address is None

    clerk.send(f"/duplicates/merge/undo/{pair_id}")

    assert not person_of(here, one).is_shielded
    assert person_of(here, one).address is None
    assert "Address was changed since" in clerk.get(SHOW.format(pair_id)).text


def test_what_undoing_needs_is_kept_no_longer_than_undoing_is_possible(here, clerk, app):
    pair_id, _one, two = pair_of(here, "Gammel")
    merged(clerk, pair_id, phone=two)
    with app.app_context(), acting_as(db.session(), operator(here.place.id)), transaction():
        found = select(PersonMerge).where(PersonMerge.state == MergeState.DONE)
        row = db.session.scalars(found.order_by(PersonMerge.id.desc())).first()
        early, late = row.merged_at + timedelta(days=89), row.merged_at + timedelta(days=90)
        forgotten = [undoing.forget_old(db.session(), at) for at in (early, late)]
        left = row.before
        is_open = undoing.may_undo(row, late)
    assert forgotten[0] == 0
    assert forgotten[1] >= 1
    assert left is None
    assert not is_open


def test_g10_nothing_merges_many_at_once(app):
    merging = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("MergeView.")]

    changing = [rule for rule in merging if "POST" in rule.methods]
    assert len(changing) == 4
    assert all(rule.arguments == {"pk"} for rule in changing)


def test_merges_are_listed_with_those_that_wait_first(here, clerk):
    waits, one = g2_child(here)
    merged(clerk, waits, birth_date=one)
    done, _one, two = pair_of(here, "Liste")
    merged(clerk, done, phone=two)

    lists = "/duplicates/merge/list/"
    page = clerk.get(lists).text

    assert 0 < page.index(SHOW.format(waits)) < page.index(SHOW.format(done))
    # The older one comes first however few stand on a page.
    first = clerk.get(f"{lists}?size=1").text
    assert SHOW.format(waits) in first
    assert SHOW.format(done) not in first
    assert SHOW.format(done) in clerk.get(f"{lists}?state=done&q=Liste").text
    rows = clerk.get("/duplicates/merge/export?state=waiting").text.splitlines()
    assert len(rows) == 2
    assert ";Waits for approval;" in rows[1]
    clerk.send(f"/duplicates/merge/decline/{waits}")
    assert 'class="empty"' in clerk.get(f"{lists}?state=waiting").text


def test_another_municipality_finds_nothing(here, client_as):
    pair_id, _one, _two = pair_of(here, "Langt")
    foreign = client_as("lokal.fjellby")
    coordinator = client_as("koordinator.strandvik")

    for path in (f"/duplicates/merge/{pair_id}", SHOW.format(pair_id)):
        assert foreign.get(path).status_code == 404
        assert coordinator.get(path).status_code in (403, 404)


def test_whoever_is_registered_is_told_at_the_next_sign_in_in_general_words(
    here, clerk, client_as, world
):
    place = world.strandvik
    assert "registered twice" not in in_english(client_as("planeier")).get("/my-plans/").text
    other = here.register("Plan", f"{CANARY['9901']}stad", born=None)
    pair_id = here.pair(place.persons["planeier"], other)
    merged(clerk, pair_id, name=place.persons["planeier"])

    page = client_as("planeier").get("/me/").text
    again = client_as("planeier").get("/me/").text

    assert "registered twice in Strandvik" in page
    assert "registered twice" not in again
    clerk.send(f"/duplicates/merge/undo/{pair_id}")


def test_the_old_id_of_somebody_in_a_form_chooses_the_one_kept(here, clerk):
    pair_id, _one, two = pair_of(here, "Skjema")
    merged(clerk, pair_id, phone=two)
    merge = merge_of(here, here.load(pair_id))
    unit = here.place.units["nav"]

    answer = clerk.send(
        f"/unit/edit/{unit}",
        {
            "name": "NAV Ny",
            "kind": "nav",
            "leader_id": merge.gone_id,
            "version": str(unit_of(here, unit).version),
        },
    )

    assert answer.status_code == 302
    assert unit_of(here, unit).leader_id == merge.kept_id


def unit_of(here, pk):
    with here._at_work() as session:
        row = session.get_one(Unit, pk, populate_existing=True)
        session.expunge_all()
    return row
