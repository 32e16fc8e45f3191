"""A newer list from KLASS is compared with the register: each kind of change, and none."""

from dataclasses import replace
from datetime import date

import pytest

from app.enums import LanguageForm
from app.municipalities.changes import RegisterChanges, compare, same_names
from app.municipalities.klass import CodeChange, KlassFact
from app.municipalities.register import MunicipalityFact, full_name, load_register

IN_2020, IN_2024 = date(2020, 1, 1), date(2024, 1, 1)


def known(number: str, name: str, *official: tuple[str, str]) -> MunicipalityFact:
    return MunicipalityFact(
        number, name, official, LanguageForm.NEUTRAL, number[:2], date(2018, 1, 1)
    )


def newer(number: str, *names: str) -> KlassFact:
    return KlassFact(number, names)


def numbers(changes: RegisterChanges) -> dict[str, list[object]]:
    """The kinds that hold something, by number alone."""
    found: dict[str, list[object]] = {
        "new": [fact.number for fact in changes.new],
        "ended": [fact.number for fact in changes.ended],
        "renamed": [each.old.number for each in changes.renamed],
        "renumbered": [(each.old.number, each.new.number) for each in changes.renumbered],
        "merged": [([old.number for old in m.old], m.new.number) for m in changes.merged],
        "split": [(each.old.number, [n.number for n in each.new]) for each in changes.split],
    }
    return {kind: values for kind, values in found.items() if values}


def test_the_same_list_changes_nothing() -> None:
    facts = load_register().municipalities

    changes = compare(facts, [KlassFact(fact.number, fact.names) for fact in facts])

    assert changes.nothing_changed
    assert changes == RegisterChanges()


def test_letters_lost_in_the_file_rename_nobody() -> None:
    facts = load_register().municipalities
    saved = [full_name(fact).encode("iso-8859-1", "replace").decode("iso-8859-1") for fact in facts]

    changes = compare(
        facts,
        [KlassFact(f.number, tuple(s.split(" - "))) for f, s in zip(facts, saved, strict=True)],
    )

    assert any("?" in name for name in saved)
    assert changes.nothing_changed


def test_a_number_that_appears_is_new() -> None:
    changes = compare([known("0301", "Oslo")], [newer("0301", "Oslo"), newer("5701", "Nyby")])

    assert numbers(changes) == {"new": ["5701"]}


def test_a_number_that_is_gone_is_ended() -> None:
    changes = compare([known("0301", "Oslo"), known("1101", "Eigersund")], [newer("0301", "Oslo")])

    assert numbers(changes) == {"ended": ["1101"]}


def test_a_number_with_an_end_date_is_ended() -> None:
    ended = replace(newer("1101", "Eigersund"), valid_to=date(2027, 1, 1))

    changes = compare([known("1101", "Eigersund")], [ended])

    assert numbers(changes) == {"ended": ["1101"]}


def test_a_number_the_register_ended_long_ago_is_not_ended_again() -> None:
    ended = replace(known("1507", "Ålesund"), valid_to=IN_2024)

    assert compare([ended], []).nothing_changed


def test_a_name_more_is_a_renaming() -> None:
    changes = compare([known("0301", "Oslo")], [newer("0301", "Oslo", "Oslove")])

    assert numbers(changes) == {"renamed": ["0301"]}
    assert changes.renamed[0].new.full_name == "Oslo - Oslove"


def test_the_same_names_in_another_order_are_no_renaming() -> None:
    roros = known("5025", "Røros", ("sma", "Rosse"))

    assert compare([roros], [newer("5025", "Røros", "Rosse")]).nothing_changed
    assert compare([roros], [newer("5025", "Rosse", "Røros")]).nothing_changed


def test_a_single_new_number_with_the_name_is_a_renumbering_even_without_a_table() -> None:
    changes = compare(
        [known("3024", "Bærum"), known("3430", "Os")],
        [newer("3201", "Bærum"), newer("3430", "Os")],
    )

    assert numbers(changes) == {"renumbered": [("3024", "3201")]}


def test_shared_names_are_not_guessed_at() -> None:
    before = [known("0137", "Våler"), known("0426", "Våler")]
    after = [newer("3018", "Våler"), newer("3419", "Våler")]

    assert numbers(compare(before, after)) == {"new": ["3018", "3419"], "ended": ["0137", "0426"]}


def test_the_table_tells_shared_names_apart() -> None:
    before = [known("0137", "Våler"), known("0426", "Våler")]
    after = [newer("3018", "Våler"), newer("3419", "Våler")]
    table = [CodeChange("0137", "3018", IN_2020), CodeChange("0426", "3419", IN_2020)]

    changes = compare(before, after, table)

    assert numbers(changes) == {"renumbered": [("0137", "3018"), ("0426", "3419")]}
    assert changes.renumbered[0].changed_on == IN_2020


def test_a_new_number_and_a_new_name_at_once_is_a_renumbering_by_the_table() -> None:
    table = [CodeChange("1548", "1579", IN_2020)]

    changes = compare([known("1548", "Fræna")], [newer("1579", "Hustadvika")], table)

    assert numbers(changes) == {"renumbered": [("1548", "1579")]}


def test_two_into_a_new_number_are_merged() -> None:
    table = [CodeChange("1102", "1108", IN_2020), CodeChange("1129", "1108", IN_2020)]

    changes = compare(
        [known("1102", "Sandnes"), known("1129", "Forsand")], [newer("1108", "Sandnes")], table
    )

    assert numbers(changes) == {"merged": [(["1102", "1129"], "1108")]}


def test_one_that_takes_in_others_under_its_own_number_is_among_the_merged() -> None:
    table = [CodeChange("1141", "1103", IN_2020), CodeChange("1142", "1103", IN_2020)]

    changes = compare(
        [known("1103", "Stavanger"), known("1141", "Finnøy"), known("1142", "Rennesøy")],
        [newer("1103", "Stavanger")],
        table,
    )

    assert numbers(changes) == {"merged": [(["1103", "1141", "1142"], "1103")]}


def test_one_into_several_is_split() -> None:
    table = [CodeChange("1507", "1508", IN_2024), CodeChange("1507", "1580", IN_2024)]

    changes = compare(
        [known("1507", "Ålesund")], [newer("1508", "Ålesund"), newer("1580", "Haram")], table
    )

    assert numbers(changes) == {"split": [("1507", ["1508", "1580"])]}


def test_one_divided_between_two_mergers_is_in_all_three() -> None:
    table = [
        CodeChange("1805", "1806", IN_2020),
        CodeChange("1850", "1806", IN_2020),
        CodeChange("1850", "1875", IN_2020),
        CodeChange("1849", "1875", IN_2020),
    ]

    changes = compare(
        [known("1805", "Narvik"), known("1849", "Hamarøy"), known("1850", "Tysfjord")],
        [newer("1806", "Narvik"), newer("1875", "Hábmer", "Hamarøy")],
        table,
    )

    assert numbers(changes) == {
        "merged": [(["1805", "1850"], "1806"), (["1849", "1850"], "1875")],
        "split": [("1850", ["1806", "1875"])],
    }


def test_a_moved_boundary_is_no_change() -> None:
    table = [
        CodeChange("3118", "3207", date(2026, 1, 1)),
        CodeChange("3118", "3216", date(2026, 1, 1)),
    ]
    before = [
        known("3118", "Indre Østfold"),
        known("3207", "Nordre Follo"),
        known("3216", "Vestby"),
    ]

    changes = compare(before, [newer(fact.number, fact.name) for fact in before], table)

    assert changes.nothing_changed


def test_two_reforms_in_one_table_are_followed_to_the_number_in_force() -> None:
    table = [CodeChange("0219", "3024", IN_2020), CodeChange("3024", "3201", IN_2024)]

    changes = compare([known("0219", "Bærum")], [newer("3201", "Bærum")], table)

    assert numbers(changes) == {"renumbered": [("0219", "3201")]}
    assert changes.renumbered[0].changed_on == IN_2024


def test_a_boundary_moved_before_the_number_ended_splits_nobody() -> None:
    table = [CodeChange("3014", "3021", date(2022, 1, 1)), CodeChange("3014", "3118", IN_2024)]

    changes = compare(
        [known("3014", "Indre Østfold")],
        [newer("3118", "Indre Østfold"), newer("3021", "Ås")],
        table,
    )

    assert numbers(changes) == {"new": ["3021"], "renumbered": [("3014", "3118")]}


def test_a_table_that_goes_in_a_ring_ends() -> None:
    table = [CodeChange("1507", "1509", IN_2024), CodeChange("1509", "1507", IN_2024)]

    assert numbers(compare([known("1507", "Ålesund")], [], table)) == {"ended": ["1507"]}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (["Porsáŋgu"], ["Porsángu"], True),
        (["Porsáŋgu"], ["Porsá?gu"], True),
        (["Kárášjohka", "Karasjok"], ["Karasjok", "Kárásjohka"], True),
        (["Raisa"], ["Ráisa"], False),
        (["Oslo"], ["Oslo", "Oslove"], False),
        (["Herøy", "Herøy"], ["Herøy", "Heroy"], False),
        ([], [], True),
    ],
)
def test_names_are_the_same_but_for_lost_letters_and_order(
    first: list[str], second: list[str], same: bool
) -> None:
    assert same_names(first, second) is same
