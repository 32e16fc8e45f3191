"""The scan: whom it compares, what it keeps, and that it goes on where it was cut off."""

import os
import signal
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.db import db, transaction
from app.duplicates import blocks, estimation, forking, index, learned, reading, scanning
from app.duplicates.levels import Level
from app.duplicates.record import record_of
from app.duplicates.scoring import compare
from app.duplicates.weights import SHIPPED
from app.enums import PairState
from app.models import DuplicatePair, MatchState, Person
from app.people import operations as people
from app.security.actor import acting_as, operator
from tests.duplicates.conftest import registered

NAMES = (
    "Aslaug Bjørnstad", "Bertil Dyrdal", "Conrad Eikeland", "Dordi Fosnes", "Embrik Gjerstad",
    "Frøydis Hovland", "Gunvor Iversrud", "Hallgeir Jondal", "Ingvild Kvamme", "Jostein Lysaker",
)  # fmt: skip
numbers = count(1)


def scan(place, **options):
    return scanning.scan(place, scanning.plainly(place), **options)


def twice(actor, name):
    """The ids of somebody who is registered twice, differently."""
    given, family = name.split()
    phone = f"+479{next(numbers):07}"
    first = registered(actor, given, family, phone=phone)
    second = registered(actor, given.upper(), family, phone=phone)
    return first.id, second.id


def change(person_id, **facts):
    with transaction():
        person = db.session.get(Person, person_id)
        people.put_facts(person, replace(people.facts_of(person), **facts), today=today())


def pair_of(*persons):
    db.session.expire_all()
    first, second = sorted(persons)
    return db.session.scalar(
        select(DuplicatePair).where(
            DuplicatePair.first_id == first, DuplicatePair.second_id == second
        )
    )


def unscanned(place):
    found = select(MatchState.person_id).where(
        MatchState.municipality_id == place, index.is_unscanned()
    )
    return set(db.session.scalars(found))


@pytest.fixture
def place(here):
    """Strandvik, with everybody compared."""
    scan(here.municipality_id)
    return here.municipality_id


def test_who_is_registered_twice_is_found_with_the_reasons_of_the_scorer(here, place):
    first, second = twice(here, "Torfinn Ødegaard")

    counts = scan(place)

    pair = pair_of(first, second)
    persons = [db.session.get(Person, one) for one in (first, second)]
    one, other = (record_of(index.facts_of(person)) for person in persons)
    result = compare(one, other, learned.weights_of(place))
    assert (pair.state, pair.score, pair.band) == (PairState.OPEN, result.score, result.band)
    assert pair.findings == [[one.field, one.level, one.bits] for one in result.findings]
    assert counts.persons == 2
    assert counts.new >= 1
    assert unscanned(place) == set()


def test_a_second_scan_has_nothing_to_do(here, place):
    twice(here, "Ragna Vågsether")
    scan(place)

    counts = scan(place)

    assert (counts.persons, counts.compared, counts.new, counts.faded) == (0, 0, 0, 0)


def test_only_who_has_changed_is_compared_and_what_is_alike_no_more_fades(here, place):
    first, second = twice(here, "Sveinung Tysse")
    others = twice(here, "Margit Rødland")
    phone = db.session.get(Person, first).phone
    scan(place)

    change(second, given_name="Ola", family_name="Helt", phone=None)
    faded = scan(place)
    after = pair_of(first, second).state
    change(second, given_name="Sveinung", family_name="Tysse", phone=phone)
    again = scan(place)

    assert (faded.persons, faded.faded, after) == (1, 1, PairState.FADED)
    assert (again.persons, again.reopened) == (1, 1)
    assert pair_of(first, second).state is PairState.OPEN
    assert pair_of(*others).state is PairState.OPEN


def test_who_is_out_of_use_is_in_no_pair(here, place):
    first, second = twice(here, "Halvard Nes")
    scan(place)

    with transaction():
        people.retire(here, db.session.get(Person, second), reason="Flyttet", at=utc_now())
    counts = scan(place)

    assert (counts.persons, counts.faded) == (1, 1)
    assert pair_of(first, second).state is PairState.FADED


def test_not_the_same_is_asked_again_only_when_the_facts_change(here, place):
    first, second = twice(here, "Borghild Aune")
    scan(place)
    with transaction():
        pair_of(first, second).state = PairState.NOT_SAME

    scan(place, anew=True)
    untouched = pair_of(first, second).state
    change(first, email="borghild@example.no")
    scan(place)

    assert untouched is PairState.NOT_SAME
    assert pair_of(first, second).state is PairState.OPEN


def test_nobody_is_paired_with_somebody_of_another_municipality(here, place, world):
    first, second = twice(here, "Kåre Grenseland")
    phone = db.session.get(Person, first).phone
    with acting_as(db.session(), operator(world.fjellby.id)) as there:
        foreign = registered(there, "Kåre", "Grenseland", phone=phone).id
        scan(world.fjellby.id)

    scan(place)

    found = db.session.scalars(select(DuplicatePair))
    assert not any(foreign in (pair.first_id, pair.second_id) for pair in found)
    assert pair_of(first, second)


def test_keys_read_in_order_and_looked_up_give_the_same_pairs(here, place):
    persons = [one for name in NAMES for one in twice(here, name)]
    keys = reading.keys(place, [one.replace("-", "") for one in persons])

    with reading.reading(place):
        in_order = {frozenset(one.split(",")) for one in blocks.of_all(place, 1_000_000)}
        looked_up = {frozenset(one.split(",")) for one in blocks.of_keys(place, keys)}

    wanted = {one.replace("-", "") for one in persons}
    assert {one for one in in_order if wanted & one} == looked_up
    assert len(looked_up) >= len(NAMES)


@pytest.mark.parametrize("processes", [1, 2])
def test_small_parts_in_several_processes_find_what_one_finds(here, place, monkeypatch, processes):
    monkeypatch.setattr(blocks, "AT_ONCE", 3)
    monkeypatch.setattr(reading, "AT_ONCE", 4)
    monkeypatch.setattr(scanning, "PAYS_FROM", 0)
    both = [twice(here, name) for name in NAMES]

    counts = scan(place, processes=processes)

    assert all(pair_of(*two).state is PairState.OPEN for two in both)
    assert counts.persons == 2 * len(NAMES)
    assert counts.done == counts.total
    assert unscanned(place) == set()


def test_a_scan_that_is_killed_is_whole_as_far_as_it_went_and_goes_on_there(
    here, place, monkeypatch
):
    monkeypatch.setattr(blocks, "AT_ONCE", 4)
    both = [twice(here, name) for name in NAMES]
    db.session.rollback()

    child = os.fork()
    if child == 0:  # pragma: no cover - this process is killed
        db.session.remove()
        scanning.scan(place, _killed_in_the_third(place))
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    db.session.expire_all()
    left = unscanned(place)
    found = [two for two in both if pair_of(*two)]
    counts = scan(place)

    assert os.WTERMSIG(status) == signal.SIGKILL
    assert len(left) == 2 * len(NAMES) - 8
    assert len(found) == 4
    assert counts.persons == len(left)
    assert all(pair_of(*two).state is PairState.OPEN for two in both)
    assert unscanned(place) == set()


def _killed_in_the_third(place):
    """Transactions of a scan, in the third of which something is kept before the end comes."""
    kept = count(1)

    @contextmanager
    def turn():
        with acting_as(db.session(), operator(place)), transaction():

            def tell(counts):
                if counts.found and next(kept) == 3:
                    db.session.flush()
                    os.kill(os.getpid(), signal.SIGKILL)

            yield tell

    return turn


def test_whoever_changes_while_they_are_compared_is_compared_again(here, place):
    first, second = twice(here, "Ingolf Strand")
    plain = scanning.plainly(place)

    @contextmanager
    def turn():
        with plain() as tell:
            yield tell
        if pair_of(first, second) is None:
            with acting_as(db.session(), operator(place)):
                change(first, email=f"i{next(numbers)}@example.no")

    scanning.scan(place, turn)
    left = unscanned(place)
    counts = scan(place)

    assert first in left
    assert counts.persons == len(left)
    assert unscanned(place) == set()


def test_weights_are_learned_from_many_persons_and_used_from_then_on(here, place, monkeypatch):
    first, second = twice(here, "Eldbjørg Lærdal")
    asked = []

    def learn(persons, candidates, *, count):
        asked.append((len(list(persons)), len(list(candidates)), count))
        return replace(SHIPPED, possible=SHIPPED.possible - 0.25)

    monkeypatch.setattr(estimation, "FEWEST_PERSONS", 5)
    monkeypatch.setattr(estimation, "learn", learn)
    everybody = len(reading.everybody(place))

    scan(place)
    before = learned.weights_of(place)
    with transaction():
        learned.keep(place, before, persons=everybody // 2, at=utc_now())
    scan(place, anew=True)
    scan(place, anew=True)

    assert [(one[0], one[2]) for one in asked] == [(everybody, everybody)]
    assert asked[0][1] >= 1
    assert learned.weights_of(place).possible == SHIPPED.possible - 0.25
    with transaction():
        learned.keep(place, before, persons=everybody, at=utc_now())
    assert pair_of(first, second)


# --- processes beside this one --------------------------------------------------------------------


def test_pieces_come_back_in_order():
    assert list(forking.done(abs, range(-20, 0), processes=3)) == list(range(20, 0, -1))
    assert list(forking.done(abs, [], processes=3)) == []
    assert list(forking.done(abs, [-1], processes=3)) == [1]


def test_a_piece_that_fails_is_told_without_what_was_in_it():
    with pytest.raises(forking.Broken, match=r"^ZeroDivisionError$"):
        list(forking.done(lambda number: 1 // number, [1, 0, 1], processes=2))


def test_a_process_that_is_killed_is_noticed():
    with pytest.raises(forking.Broken):
        list(forking.done(lambda _: os.kill(os.getpid(), signal.SIGKILL), [1, 2], processes=2))


def test_what_was_learned_from_weights_of_an_earlier_version_is_learned_anew(here, place):
    older = replace(SHIPPED, edition=SHIPPED.edition - 1)
    before = learned.persons_behind(place)
    with transaction():
        learned.keep(place, older, persons=30_000, at=utc_now())

    assert learned.weights_of(place) is SHIPPED
    assert (before > 0, learned.persons_behind(place)) == (True, 0)

    scan(place)

    assert learned.weights_of(place).edition == SHIPPED.edition
    assert 0 < learned.persons_behind(place) < 30_000


# --- third persons -------------------------------------------------------------------------------


def chain_of(actor, family, later_family):
    """Ids of three registrations of one human, of which the outer two share only a given name."""
    phone = f"+479{next(numbers):07}"
    email = f"qz{phone[3:]}@example.no"
    return tuple(
        registered(actor, "Snefrid", name, **facts).id
        for name, facts in (
            (family, {"phone": phone, "birth_date": None}),
            (family, {"phone": phone, "email": email}),
            (later_family, {"email": email}),
        )
    )


def test_who_are_the_same_as_a_third_are_found_though_they_share_little(here, place):
    first, middle, last = chain_of(here, "Ytrebø", "Kvalsund")

    scan(place)
    pair = pair_of(first, last)
    again = scan(place)

    links = [pair_of(first, middle).score, pair_of(middle, last).score]
    assert pair.state is PairState.OPEN
    assert pair.findings[-1][1] == Level.THIRD_SAME
    assert SHIPPED.possible <= pair.score <= min(links)
    assert pair.score == pytest.approx(SHIPPED.base + sum(one[2] for one in pair.findings), abs=0.2)
    assert (again.new, again.reopened, again.faded) == (0, 0, 0)


def test_what_rests_on_a_third_falls_with_it_and_stays_put_off_while_it_stands(here, place):
    first, middle, last = chain_of(here, "Bjørkedal", "Lysvåg")
    scan(place)
    with transaction():
        pair_of(first, last).state = PairState.LATER

    change(last, address="Lia 2")
    scan(place)
    while_it_stands = pair_of(first, last).state
    change(middle, given_name="Ola", family_name="Helt", phone=None, email=None)
    scan(place)

    assert while_it_stands is PairState.LATER
    assert pair_of(first, last).state is PairState.FADED


def test_who_was_answered_to_be_two_is_not_made_one_by_a_third(here, place):
    first, middle, last = chain_of(here, "Tveitane", "Ramsvik")
    scan(place)
    with transaction():
        pair_of(first, last).state = PairState.NOT_SAME
    before = pair_of(middle, last).score

    scan(place, anew=True)

    assert pair_of(first, last).state is PairState.NOT_SAME
    assert pair_of(middle, last).score < before
    assert pair_of(middle, last).findings[-1][1] == Level.THIRD_DIFFERS
