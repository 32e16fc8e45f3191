"""People of Strandvik who are registered twice, so that there is something to clean up: each pair
shows another way in which duplicates arise. Some look alike and are two persons: they stand in
``cast``, as twins, namesakes, and father and son.
"""

from dataclasses import replace
from datetime import date

from app.demonstration.cast import YEAR, Sketch
from app.demonstration.names import Home

SLOPE = Home("Bakkeveien 21", "9996")
SHORE = Home("Strandgata 8", "9995")
ROAD = Home("Nordnesveien 130", "9995")

REGISTERED_ANYWAY = "D-1203"
REASON = (
    "Foreldrene sa at han ikke har vært i kontakt med kommunen før. Hadde ikke fødselsnummeret."
)


def of_strandvik(today: date) -> tuple[Sketch, ...]:
    """Both records of each, in the order in which they were registered."""
    found = (
        *_of_one_human(),
        *_chain(),
        *_with_plan(today),
        *_who_looked_new(),
        *_who_may_be_two(),
    )
    return tuple(replace(one, is_double=True) for one in found)


def _of_one_human() -> tuple[Sketch, ...]:
    kjersti, torstein, marit = date(1988, 4, 12), date(1957, 1, 30), date(1975, 8, 3)
    hanne, elisabeth, sigrid = date(1983, 6, 25), date(1969, 10, 9), date(1994, 2, 17)
    return (
        # å and aa, a name left out, and no national id the second time.
        Sketch("Kjersti", "Bakke Nygård", kjersti, 60, "Oppvekst", phone="+4792060101"),
        Sketch("Kjersti", "Nygaard", kjersti, unit="Strandvik skole", phone="+4792060101"),
        # Another phone, the same home.
        Sketch("Torstein", "Ødegård", torstein, 60, home=SLOPE, phone="+4792060201"),
        Sketch("Torstein", "Ødegaard", torstein, home=SLOPE, phone="+4792060202"),
        # Day and month in each other's place.
        Sketch("Marit Elise", "Lundekvam", marit, 60, email="marit.lundekvam@epost.example"),
        Sketch("Marit", "Lundekvam", date(1975, 3, 8), email="marit.lundekvam@epost.example"),
        # A name taken in marriage.
        Sketch("Hanne Kristine", "Vikøren", hanne, 60, phone="+4792060401"),
        Sketch("Hanne Kristine", "Solheim", hanne, phone="+4792060401", home=ROAD),
        # The name that everybody uses.
        Sketch("Elisabeth", "Moen Brattli", elisabeth, 60, "NAV Strandvik", phone="+4792060501"),
        Sketch("Lise", "Moen Brattli", elisabeth, unit="NAV Strandvik", phone="+4792060501"),
        # A slip of the finger in the name, and one in the date.
        Sketch("Sigrid", "Fjellstadbakk", sigrid, 60, home=SHORE),
        Sketch("Sigrid", "Fjelstadbakk", date(1994, 2, 12), home=SHORE),
        # Given and family name in each other's place.
        Sketch("Amina", "Hassan Yusuf", date(1991, 12, 2), 60, phone="+4792060701"),
        Sketch("Hassan Yusuf", "Amina", date(1991, 12, 2), phone="+4792060701"),
    )  # fmt: skip


def _chain() -> tuple[Sketch, ...]:
    """Three records: the first shares a phone with the second, the second an e-mail with the
    third."""
    born, email = date(1961, 5, 4), "bjorg.sorensen@epost.example"
    return (
        Sketch("Bjørg", "Sørensen Ekrem", born, 60, home=SHORE, phone="+4792060801"),
        Sketch("Bjorg", "Soerensen Ekrem", born, phone="+4792060801", email=email),
        Sketch("Bjørg Helene", "Ekrem", born, email=email),
    )


def _with_plan(today: date) -> tuple[Sketch, ...]:
    """Registered anew although a plan is about one, and the other coordinates: see ``cast``."""
    ida: date = today - 16.3 * YEAR
    return (
        Sketch("Ida", "Solberg Nes", ida, unit="Vågen ungdomsskole", phone="+4792060901"),
        Sketch("Berit", "Naustdahl", date(1981, 1, 17), unit="Koordinerende enhet"),
    )


def _who_looked_new() -> tuple[Sketch, ...]:
    yusuf, jonas, child = date(1994, 11, 3), date(2012, 3, 19), date(2014, 4, 3)
    return (
        # A D-number first, a national id later.
        Sketch("Yonas", "Tesfay Berhane", yusuf, 60, phone="+4792061101", has_d_number=True),
        Sketch("Yonas", "Tesfay Berhane", yusuf, 61, phone="+4792061101", home=ROAD),
        # Registered although the first was shown.
        Sketch("Jonas André", "Tangenes", jonas, 60, "Vågen ungdomsskole", home=SLOPE),
        Sketch("Jonas", "Tangenes", jonas, home=ROAD, external_id=REGISTERED_ANYWAY),
        # A child whose address is protected: see ``cast``.
        Sketch("Amalie", "Vestby", child),
    )


def _who_may_be_two() -> tuple[Sketch, ...]:
    """Somebody must look, and perhaps ask."""
    return (
        # Two workplaces, and a birth year that is one off.
        Sketch("Siri", "Aalvik", date(1979, 6, 14), unit="NAV Strandvik"),
        Sketch("Siri", "Ålvik", date(1978, 6, 14), unit="Hjemmetjenesten"),
        # One phone and one name, but not one birth date.
        Sketch("Lars", "Vik", date(1979, 2, 11), phone="+4792061201"),
        Sketch("Lars", "Vik", date(1981, 7, 26), phone="+4792061201"),
        # A common name, a second name, and a date that is nearly the same.
        Sketch("Anne", "Berg", date(1963, 11, 5), unit="Oppvekst"),
        Sketch("Anne Marie", "Berg", date(1963, 11, 15)),
    )
