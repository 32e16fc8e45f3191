"""Names of units that may be one unit's."""

import pytest

from app.duplicates.unit_names import Likeness, Named, alike, near_pairs, near_to
from app.enums import UnitKind

SCHOOL, KINDERGARTEN, OTHER = UnitKind.SCHOOL, UnitKind.KINDERGARTEN, UnitKind.OTHER


def named(name, kind=KINDERGARTEN, pk="1", parent="kommune"):
    return Named(pk, name, kind, parent)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Solbakken barnehage", "Solbakken bhg", KINDERGARTEN),
        ("Solbakken barnehage", "SOLBAKKEN  BHG.", KINDERGARTEN),
        ("Solbakken barnehage", "Barnehagen i Solbakken", KINDERGARTEN),
        ("Solbakken", "Solbakken bhg.", KINDERGARTEN),
        ("Sol bakken barnehage", "Solbakken barnehage", KINDERGARTEN),
        ("Lia skole", "Lia skule", SCHOOL),
        ("Åsen skole", "Aasen skule", SCHOOL),
        ("Videregående skole i Bø", "Bø vgs", SCHOOL),
        ("Solbakken ungdomsskole", "Solbakken u-skule", SCHOOL),
        ("PPT Strandvik", "PP-tjenesten Strandvik", UnitKind.PPT),
        ("PPT Strandvik", "Pedagogisk-psykologisk teneste, Strandvik", UnitKind.PPT),
        ("NAV Strandvik", "Strandvik NAV-kontor", UnitKind.NAV),
        ("Barnevernet i Strandvik", "Strandvik barneverntenesta", UnitKind.CHILD_WELFARE),
        ("Solbakken barnehage avd. Lerka", "Solbakken bhg avdeling Lerka", KINDERGARTEN),
    ],
)
def test_ways_of_writing_do_not_tell_units_apart(one, other, kind):
    assert alike(named(one, kind), named(other, kind, "2")) is Likeness.SAME_WORDS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Solbakken barnehage", "Solbaken barnehage"),
        ("Solbakken barnehage", "Solbakekn bhg"),
        ("Solbakken barnehage", "Solbakkan barnehage"),
        ("Rugdeveien bhg", "Rugdevegen bhg"),
    ],
)
def test_one_wrong_letter_is_found(one, other):
    expected = Likeness.ONE_LETTER

    assert alike(named(one), named(other, pk="2")) is expected
    assert near_pairs([named(one), named(other, pk="2")])[0].likeness is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (named("Avdeling 1"), named("Avd. 2", pk="2")),
        (named("Base A"), named("Base B", pk="2")),
        (named("Solbakken barneskole", SCHOOL), named("Solbakken ungdomsskole", SCHOOL, "2")),
        (named("Solbakken", SCHOOL), named("Solbakken", KINDERGARTEN, "2")),
        (named("Solbakken skole", SCHOOL), named("Solbakken barnehage", KINDERGARTEN, "2")),
        (named("Lia bhg"), named("Lea bhg", pk="2")),
        (named("Avdeling 1", parent="a"), named("Avdeling 1", pk="2", parent="b")),
    ],
)
def test_what_tells_units_apart_is_heeded(one, other):
    assert alike(one, other) is None
    assert near_pairs([one, other]) == []


def test_the_same_name_twice_is_the_surest_and_comes_first():
    units = [
        named("Solbaken bhg", pk="3"),
        named("Solbakken barnehage"),
        named("Solbakken barnehage", OTHER, "2"),
    ]

    found = near_pairs(units)

    assert [(one.first.id, one.second.id) for one in found[:1]] == [("1", "2")]
    assert [one.likeness for one in found] == [
        Likeness.SAME_NAME,
        Likeness.ONE_LETTER,
        Likeness.ONE_LETTER,
    ]


def test_a_unit_that_is_not_registered_yet_is_compared_with_all():
    new = Named("", "Solbakken bhg", KINDERGARTEN, None)

    found = near_to(new, [named("Lia bhg", pk="9"), named("Solbakken barnehage", pk="2")])

    assert [one.second.id for one in found] == ["2"]
