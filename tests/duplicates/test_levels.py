"""Which level two records reach in each field."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.duplicates import comparing
from app.duplicates.keys import keys_of
from app.duplicates.levels import FIELD_OF, Field, Level
from app.duplicates.record import Facts, Record, record_of
from app.duplicates.scoring import compare
from app.duplicates.spelling import sound, tokens
from app.duplicates.weights import SHIPPED
from app.people.national_id import synthetic

BORN = date(1980, 3, 14)
NUMBER, OTHER_NUMBER = synthetic(BORN, 0), synthetic(BORN, 1)
NO_NUMBER = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)


def named(given: str, family: str) -> Record:
    return record_of(Facts(given, family))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Håkon", "Haakon"),
        ("Bjørn", "Bjoern"),
        ("Bjørn", "Björn"),
        ("Sæther", "Saether"),
        ("Áile", "Aile"),
        ("Biret Iŋgá", "BIRET  INGA"),
        ("D'Angelo", "Dangelo"),
        ("BjÃ¸rn", "Bjørn"),
        ("J0hansen", "Johansen"),
    ],
)
def test_spellings_of_one_name_fold_into_one(one: str, other: str):
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("kristian", "christian"), ("kathrine", "katrine"), ("sofie", "sophie"), ("marthe", "marte")],
)
def test_names_that_sound_alike_have_one_code(one: str, other: str):
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Kari", "Kari", Level.GIVEN_SAME),
        ("Anne-Marie", "Annemarie", Level.GIVEN_SAME),
        ("Kari", "Kari Anne", Level.GIVEN_PART),
        ("Kari Anne", "Anne", Level.GIVEN_MIDDLE),
        ("Kari Anne", "Kari Lise", Level.GIVEN_SHARED),
        ("Kari Anne", "Randi Anne", Level.GIVEN_OTHER_FIRST),
        ("Kari Astrid", "Kari Asrtid", Level.GIVEN_NEAR),
        ("Kari Astrid", "Kari A.", Level.GIVEN_NEAR),
        ("Per", "Pr", Level.GIVEN_NEAR),
        ("Monica", "Monika", Level.GIVEN_SPELLED),
        ("Elisabeth", "Lise", Level.GIVEN_NICKNAME),
        ("K.", "Kari", Level.GIVEN_INITIAL),
        ("Kari", "P.", Level.GIVEN_DIFFERS),
        ("Ragnhild", "Ragnhidl", Level.GIVEN_NEAR),
        ("Silje", "Sindre", Level.GIVEN_DIFFERS),
        ("", "Kari", None),
    ],
)
def test_given_names_reach(one: str, other: str, level: Level | None):
    assert (
        comparing.names(named(one, "Vik").given, "vik", named(other, "Vik").given, "vik").given
        is level
    )


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Ødegård", "Odegaard", Level.FAMILY_SAME),
        ("Berg-Hansen", "Hansen", Level.FAMILY_PART),
        ("Berg Hansen", "Berg Lie", Level.FAMILY_SHARED),
        ("Skarstad", "Skarsatd", Level.FAMILY_NEAR),
        ("Berg Skarstad", "Berg Skarsatd", Level.FAMILY_NEAR),
        ("Christensen", "Kristensen", Level.FAMILY_SPELLED),
        ("Andersen", "Andresen", Level.FAMILY_OTHER_NAME),
        ("Ødegård", "Vik", Level.FAMILY_DIFFERS),
    ],
)
def test_family_names_reach(one: str, other: str, level: Level):
    both = named("Kari", one), named("Kari", other)
    assert comparing.names("kari", both[0].family, "kari", both[1].family).family is level


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Kari", "Ødegård"), ("Ødegård", "Kari")),
        (("Kari Anne", "Ødegård"), ("Ødegaard", "Kari")),
    ],
)
def test_swapped_names_are_seen(one: tuple[str, str], other: tuple[str, str]):
    a, b = named(*one), named(*other)

    assert comparing.names(a.given, a.family, b.given, b.family).given is Level.NAMES_SWAPPED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Kari", "Ødegård"), ("Vik", "Kari")),
        (("K.", "Ødegård"), ("Ødegård", "Kari")),
    ],
)
def test_names_of_which_one_is_in_the_other_s_place_are_seen(
    one: tuple[str, str], other: tuple[str, str]
):
    a, b = named(*one), named(*other)

    assert comparing.names(a.given, a.family, b.given, b.family).given is Level.NAMES_CROSSED


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("kari.vik@a.no", "kari.vik@b.no", Level.EMAIL_OF_NAME),
        ("kvik@a.no", "kvik@b.no", Level.EMAIL_OF_NAME),
        ("kari.vik77@a.no", "kari.vik77@b.no", Level.EMAIL_MAILBOX),
        ("tindetoppen@a.no", "tindetoppen@b.no", Level.EMAIL_MAILBOX),
    ],
)
def test_an_email_that_is_only_the_name_says_less(one: str, other: str, level: Level):
    a, b = (record_of(Facts("Kari", "Vik", email=email)) for email in (one, other))

    assert comparing.email(a, b) is level


def test_a_name_that_is_right_in_the_email_meets_one_that_is_right():
    mistyped = record_of(Facts("Kut", "Hassan", email="knut.hassan@x.no"))
    right = record_of(Facts("Knut", "Hassan"))

    assert keys_of(mistyped) & keys_of(right) == {b"mknuthassan"}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("19800314", "19800314", Level.BIRTH_SAME),
        ("19800101", "19800101", Level.BIRTH_SAME_NEW_YEAR),
        ("19800304", "19800403", Level.BIRTH_SWAPPED),
        ("19800314", "19800315", Level.BIRTH_NEAR),
        ("19800314", "19900314", Level.BIRTH_NEAR),
        ("19800614", "19800101", Level.BIRTH_NEW_YEAR),
        ("19800314", "19870314", Level.BIRTH_NEAR),
        ("19790314", "19870314", Level.BIRTH_SAME_DAY),
        ("19800314", "19801129", Level.BIRTH_SAME_YEAR),
        ("19500314", "19801129", Level.BIRTH_GENERATION),
        ("19820314", "19781129", Level.BIRTH_DIFFERS),
    ],
)
def test_birth_dates_reach(one: str, other: str, level: Level):
    assert comparing.birth(one, other) is comparing.birth(other, one) is level


def temporary(number: str) -> str:
    """A valid D-number of the same day."""
    for serial in range(100, 400):
        nine = f"{int(number[0]) + 4}{number[1:6]}{serial}"
        for last in range(100):
            digits = f"{nine}{last:02}"
            if (found := record_of(Facts(national_id=digits)).number) and found.is_valid:
                return digits
    raise AssertionError("there is one")


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (NUMBER, NUMBER, Level.ID_SAME),
        (NO_NUMBER, NO_NUMBER, Level.ID_SAME_DOUBTFUL),
        (NUMBER, NO_NUMBER, Level.ID_NEAR),
        (NUMBER, OTHER_NUMBER, Level.ID_DIFFERS),
        (NUMBER, "12345678901", Level.ID_DOUBTFUL_DIFFERS),
        (NUMBER, temporary(NUMBER), Level.ID_REPLACED),
        (NUMBER, None, None),
    ],
)
def test_national_ids_reach(one: str, other: str | None, level: Level | None):
    a, b = (record_of(Facts(national_id=number)).number for number in (one, other))

    assert comparing.national_id(a, b) is comparing.national_id(b, a) is level


def test_a_number_without_its_first_zero_is_the_same():
    number = synthetic(date(1980, 3, 4), 0)

    a, b = (record_of(Facts(national_id=text)).number for text in (number, number[1:]))

    assert comparing.national_id(a, b) is Level.ID_SAME


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        (Facts(phone="+47 912 34 567"), Level.PHONE_SAME),
        (Facts(phone="91234576"), Level.PHONE_NEAR),
        (Facts(phone="48111213"), Level.PHONE_DIFFERS),
        (Facts(phone="11111111"), None),
        (Facts(email="Kari.Vik@Gmail.com"), Level.EMAIL_SAME),
        (Facts(email="kari.vik@online.no"), Level.EMAIL_MAILBOX),
        (Facts(email="kari.vk@gmail.com"), Level.EMAIL_NEAR),
        (Facts(address="Storvegen 4 b", postcode="0150"), Level.ADDRESS_SAME),
        (Facts(address="Storv. 4B", postcode="0150"), Level.ADDRESS_SAME),
        (Facts(address="Storveien 6", postcode="0150"), Level.ADDRESS_STREET),
        (Facts(address="Kirkegata 4", postcode="0150"), Level.ADDRESS_POSTCODE),
        (Facts(address="Kirkegata 4", postcode="0990"), Level.ADDRESS_DIFFERS),
        (Facts(unit_id="a"), Level.UNIT_SAME),
        (Facts(unit_id="b"), Level.UNIT_DIFFERS),
    ],
)
def test_contact_details_reach(facts: Facts, level: Level | None):
    known = Facts(
        phone="91234567", email="kari.vik@gmail.com", address="Storveien 4B", postcode="0150",
        unit_id="a",
    )  # fmt: skip
    a, b = record_of(known), record_of(facts)

    found = (
        comparing.phone(a.phone, b.phone),
        comparing.email(a, b),
        comparing.address(a, b),
        comparing.unit(a.unit, b.unit),
    )

    assert [one for one in found if one] == ([level] if level else [])


def test_every_level_belongs_to_a_field():
    assert FIELD_OF.keys() == set(Level)
    assert set(FIELD_OF.values()) == set(Field)


# --- what must hold for anybody ------------------------------------------------------------------

NAMES = st.text(st.sampled_from("aAbeéhiknørsåæthŋ -'.Ã1"), max_size=14)
FACTS = st.builds(
    Facts,
    given_name=NAMES,
    family_name=NAMES,
    birth_date=st.none() | st.dates(date(1979, 12, 20), date(1980, 4, 5)),
    national_id=st.sampled_from([None, NUMBER, NO_NUMBER, OTHER_NUMBER, "123", NUMBER[1:]]),
    email=st.sampled_from([None, "kari@x.no", "kari@y.no", "krai@x.no", "post@x.no", "@"]),
    phone=st.sampled_from([None, "91234567", "+4791234567", "91234568", "22334455", "1"]),
    address=st.sampled_from([None, "Storgata 1", "Storgt 1", "7", "Storgata", "Lia 2"]),
    postcode=st.sampled_from([None, "0150", "9990"]),
    unit_id=st.sampled_from([None, "a", "b"]),
)


@settings(max_examples=300, deadline=None)
@given(FACTS, FACTS)
def test_the_order_of_the_two_does_not_matter(one: Facts, other: Facts):
    a, b = record_of(one), record_of(other)

    assert compare(a, b) == compare(b, a)


@settings(max_examples=200, deadline=None)
@given(FACTS)
def test_a_person_shares_every_key_with_themselves_and_has_at_most_twenty_four(facts: Facts):
    keys = keys_of(record_of(facts))

    assert keys == keys_of(record_of(facts))
    assert len(keys) <= 24


@settings(max_examples=200, deadline=None)
@given(FACTS, FACTS)
def test_the_bits_of_the_findings_and_the_start_are_the_score(one: Facts, other: Facts):
    found = compare(record_of(one), record_of(other))

    if found.band is not None:
        assert found.score == pytest.approx(
            SHIPPED.base + sum(f.bits for f in found.findings), abs=0.2
        )
