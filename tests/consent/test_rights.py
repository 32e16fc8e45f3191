"""Who may consent, what is offered and how far it reaches: rules over rows in memory."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.consent import queries, rights
from app.consent.queries import Standing
from app.consent.terms import Choice, Offer, offers
from app.enums import (
    AuthorityKind,
    ConsentCapacity,
    ConsentKind,
    Level,
    PlanState,
    Section,
)
from app.models import Authority, Consent, ConsentCover, Grant, Participant, Person, Plan, PlanType

ON = date(2026, 11, 25)
DAY = timedelta(days=1)
LONG_AGO = date(2020, 1, 1)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MADE, SHARED = ConsentKind.PLAN_IS_MADE, ConsentKind.INFORMATION_IS_SHARED


def plan(age, *authorities, participants=(), consents=()):
    """A plan of somebody of an age, with what is about it."""
    owner = Person(id="owner", birth_date=None if age is None else ON.replace(year=ON.year - age))
    for one in consents:
        one.authority = next((a for a in authorities if a.id == one.authority_id), None)
    return Plan(
        id="p",
        type=PlanType(own_consent=[]),
        owner_id="owner",
        owner=owner,
        state=PlanState.ACTIVE,
        age_rules=[],
        authorities=list(authorities),
        participants=list(participants),
        consents=list(consents),
    )


def authority(key, kind=AuthorityKind.PARENTAL_RESPONSIBILITY, **values):
    usual = {"owner_id": "owner", "may_consent": True, "starts_on": LONG_AGO}
    holder = Person(id=key)
    return Authority(id=f"a-{key}", kind=kind, holder_id=key, holder=holder, **(usual | values))


def guardian(key, **values):
    return authority(key, AuthorityKind.LEGAL_GUARDIAN, **values)


def participant(key, *grants, **values):
    return Participant(id=key, grants=list(grants), **({"starts_on": LONG_AGO} | values))


def grant(section, level, **values):
    return Grant(section=section, level=level, **({"starts_on": LONG_AGO} | values))


def consent(giver, kind=MADE, *, covers=(), days_ago=0, **values):
    usual = {
        "capacity": ConsentCapacity.OWNER,
        "starts_on": LONG_AGO,
        "ends_on": ON + DAY,
        "given_at": NOON - days_ago * DAY,
    }
    return Consent(kind=kind, giver_id=giver, covers=list(covers), **(usual | values))


def by(found):
    return [(one.giver.id, one.capacity) for one in found]


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "authorities", "expected"),
    [
        (9, ["mother", "father"], ["mother", "father"]),
        (40, ["mother"], ["owner"]),
        (40, [guardian("verge")], ["owner", "verge"]),
        (9, [guardian("verge")], ["verge"]),
        (9, ["mother", guardian("verge")], ["mother"]),
        (9, [], []),
        (None, ["mother"], []),
        (9, [guardian("verge", may_consent=False)], []),
        (9, [guardian("verge", ends_on=ON)], []),
        (9, [guardian("verge", ends_on=ON + DAY)], ["verge"]),
        (9, [guardian("verge", starts_on=ON + DAY)], []),
        (9, [authority("mother", may_consent=False)], []),
        (9, [authority("mother", ends_on=ON)], []),
    ],
)
def test_all_parents_or_the_owner_of_age_or_a_representative_may(age, authorities, expected):
    asked = plan(age, *(authority(one) if isinstance(one, str) else one for one in authorities))

    assert [one.giver.id for one in rights.who_may(asked, ON)] == expected
    assert rights.all_must(asked, ON) is ("mother" in expected)
    for person in ("owner", "mother", "father", "verge", None):
        found = rights.right_of(asked, person, ON)
        assert (found and found.giver.id) == (person if person in expected else None)


def test_each_may_in_a_capacity_and_by_the_authority_that_gives_it():
    verge, mother = guardian("verge"), authority("mother")

    adult = rights.who_may(plan(40, verge), ON)
    assert by(adult) == [
        ("owner", ConsentCapacity.OWNER),
        ("verge", ConsentCapacity.REPRESENTATIVE),
    ]
    assert [one.authority for one in adult] == [None, verge]
    (young,) = rights.who_may(plan(9, mother), ON)
    assert (young.capacity, young.authority) == (ConsentCapacity.GUARDIAN, mother)


# --- what is offered -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("access_ends", "participation_ends", "expected"),
    [
        (None, None, None),
        (None, ON + 9 * DAY, None),
        (ON + 5 * DAY, None, ON + 4 * DAY),
        (ON + 5 * DAY, ON + 9 * DAY, ON + 4 * DAY),
        (ON + 9 * DAY, ON + 9 * DAY, None),
        (ON + 9 * DAY, ON + 5 * DAY, None),
    ],
)
def test_an_access_that_ends_before_the_participation_is_told(
    access_ends, participation_ends, expected
):
    access = grant(Section.GOALS, Level.READ, ends_on=access_ends)
    (offer,) = offers(
        plan(9, participants=[participant("a", access, ends_on=participation_ends)]), ON
    )

    assert offer.ends.get(Section.GOALS) == expected


def test_who_is_granted_nothing_now_and_who_has_left_are_offered_nothing():
    now = grant(Section.GOALS, Level.READ)
    over = grant(Section.MAPPING, Level.WRITE, ends_on=ON)
    asked = plan(
        9,
        participants=[
            participant("sees", now, over),
            participant("nothing"),
            participant("over", grant(Section.GOALS, Level.READ, ends_on=ON)),
            participant("left", grant(Section.GOALS, Level.READ), ends_on=ON),
        ],
    )

    (offer,) = offers(asked, ON)
    assert (offer.participant.id, offer.levels) == ("sees", {Section.GOALS: Level.READ})
    assert len(offer.code) == 8


def test_a_code_stands_for_who_has_no_service_too():
    read = {Section.GOALS: Level.READ}

    assert (
        Offer(Participant(id="a"), read).code != Offer(Participant(id="a", unit_id="u"), read).code
    )


def test_the_last_day_is_the_day_before_the_end():
    assert Choice(ON).last_day == ON - DAY


def test_a_service_is_chosen_without_anything_for_who_is_shared_nothing():
    assert Choice(ON, {}, {"a": "u"}).by_service() == {"u": {}}


# --- how it stands -------------------------------------------------------------------------------


def standing(*consents, age=40, authorities=()):
    (found,) = queries.statuses(plan(age, *authorities, consents=consents), ON)
    return found


def test_a_consent_that_counts_is_given_and_the_newest_of_them_is_told():
    old, new = consent("owner", days_ago=2), consent("owner", days_ago=1)
    shared = consent("owner", SHARED)

    found = standing(new, old, shared)

    assert (found.standing, found.made, found.shared) == (Standing.GIVEN, new, shared)
    assert found.giver.id == "owner"


def test_without_a_consent_of_theirs_it_is_waited_for():
    found = standing(consent("somebody", days_ago=1))

    assert (found.standing, found.made, found.earlier) == (Standing.WAITED_FOR, None, None)


@pytest.mark.parametrize(
    ("values", "expected"),
    [({"withdrawn_at": NOON}, Standing.WITHDRAWN), ({"ends_on": ON}, Standing.ENDED)],
)
def test_the_last_that_ended_says_how(values, expected):
    last = consent("owner", days_ago=1, **values)
    before = {"withdrawn_at": NOON} if expected is Standing.ENDED else {"ends_on": ON}

    found = standing(consent("owner", days_ago=3, **before), last)

    assert (found.standing, found.made, found.earlier) == (expected, None, last)


def test_a_consent_by_another_authority_of_theirs_is_not_this_one():
    old, new = guardian("verge"), guardian("verge")
    old.id, new.id = "a-old", "a-new"
    values = {"capacity": ConsentCapacity.REPRESENTATIVE}
    given = consent("verge", authority_id="a-old", **values)

    by_old, by_new = queries.statuses(plan(9, old, new, consents=[given]), ON)

    assert (by_old.standing, by_old.made) == (Standing.GIVEN, given)
    assert by_new.made is None


# --- how far it reaches --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("granted", "agreed", "seen", "missing"),
    [
        (Level.WRITE, Level.WRITE, Level.WRITE, None),
        (Level.WRITE, Level.READ, Level.READ, Level.WRITE),
        (Level.READ, Level.WRITE, Level.READ, None),
        (Level.READ, None, None, Level.READ),
    ],
)
def test_what_is_granted_is_seen_as_far_as_it_is_agreed_to(granted, agreed, seen, missing):
    cover = ConsentCover(section=Section.GOALS, level=agreed, participant_id="a")
    asked = plan(
        40,
        participants=[participant("a", grant(Section.GOALS, granted))],
        consents=[consent("owner", SHARED, covers=[cover] if agreed else [])],
    )

    (reach,) = queries.reaches(asked, ON)

    assert reach.seen == ({Section.GOALS: seen} if seen else {})
    assert reach.missing == ({Section.GOALS: missing} if missing else {})


def test_what_one_giver_did_last_and_what_of_theirs_holds():
    given = consent("owner", days_ago=3)
    ended = consent("owner", days_ago=2, withdrawn_at=NOON)
    asked = plan(40, consents=[given, ended, consent("other", days_ago=-1)])

    assert queries.active_of(asked, "owner", ON) == [given]
    assert queries.last_change(asked, "owner") == NOON
    assert queries.last_change(asked, "nobody") is None


def test_covers_are_told_participants_before_services_and_sections_in_order():
    sections = list(Section)
    covers = [
        ConsentCover(section=sections[2], level=Level.READ, unit_id="u"),
        ConsentCover(section=sections[1], level=Level.WRITE, participant_id="b"),
        ConsentCover(section=sections[0], level=Level.READ, participant_id="b"),
        ConsentCover(section=sections[1], level=Level.READ, participant_id="a"),
    ]

    found = queries.covered(consent("owner", SHARED, covers=covers))

    assert [(one.participant_id, one.unit_id, list(one.levels)) for one in found] == [
        ("a", None, [sections[1]]),
        ("b", None, [sections[0], sections[1]]),
        (None, "u", [sections[2]]),
    ]
