"""The people of the demonstration world who have a part: the logins, namesakes, twins, families.

Those whose age matters are born a number of days before today; all others on fixed dates.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.demonstration.names import Home
from app.enums import Language, ProtectionGrade

YEAR = timedelta(days=365.25)


@dataclass(frozen=True)
class Sketch:
    """A person to be registered. ``serial`` picks the synthetic national id of the birth date;
    None is a person without one. ``unit`` is a unit's name, ``login`` an account's user name.
    ``is_double`` is somebody of ``doubles``, who has no part in the plans."""

    given: str
    family: str
    born: date
    serial: int | None = None
    unit: str | None = None
    home: Home | None = None
    phone: str | None = None
    email: str | None = None
    external_id: str | None = None
    language: Language | None = None
    protection: ProtectionGrade | None = None
    retired_reason: str | None = None
    login: str | None = None
    has_d_number: bool = False
    is_double: bool = False


BORN_THE_SAME_DAY = date(1979, 3, 14)
TWINS_BORN = date(2016, 9, 2)
QUAY = Home("Brygga 4", "9995")
HILL = Home("Skolebakken 11", "9996")
FARM = Home("Tunet 2", "9998")
LODGE = Home("Seljevegen 9", "9998")

TEACHER = Sketch("Ingrid", "Lunde Aasen", date(1984, 5, 23), 40)


def strandvik(today: date) -> tuple[Sketch, ...]:
    """Those with a part in Strandvik."""
    return (
        *_logins_of_strandvik(today),
        # Three of one name, two of them born on one day.
        Sketch("Kari", "Olsen", BORN_THE_SAME_DAY, 41, home=QUAY),
        Sketch("Kari", "Olsen", BORN_THE_SAME_DAY, 42, home=HILL),
        Sketch("Kari", "Olsen", date(1951, 11, 30), 40),
        # Father and son of one name, in one home.
        Sketch("Ole Johan", "Hansen", date(1969, 2, 8), 40, home=HILL),
        Sketch("Ole Johan", "Hansen", date(2009, 7, 19), 40, home=HILL),
        # Twins.
        Sketch("Emma", "Dahl", TWINS_BORN, 40, unit="Strandvik skole", home=QUAY),
        Sketch("Ella", "Dahl", TWINS_BORN, 41, unit="Strandvik skole", home=QUAY),
        # Protected addresses.
        Sketch(
            "Amalie",
            "Vestby",
            date(2014, 4, 3),
            40,
            unit="Nordneset skole",
            home=Home("Tangen 77", "9995"),
            protection=ProtectionGrade.CONFIDENTIAL,
        ),
        Sketch(
            "Viktor",
            "Sandmo",
            date(1990, 10, 27),
            40,
            protection=ProtectionGrade.STRICTLY_CONFIDENTIAL,
        ),
    )


def _logins_of_strandvik(today: date) -> tuple[Sketch, ...]:
    child_born = today - 9.4 * YEAR
    return (
        Sketch("Anne Kristin", "Fyhn", date(1972, 6, 1), 40, "Oppvekst", login="lokal.strandvik"),
        Sketch(
            "Berit",
            "Naustdal",
            date(1981, 1, 17),
            40,
            "Koordinerende enhet",
            login="koordinator.strandvik",
        ),
        Sketch(
            "Ida Sofie",
            "Solberg Nes",
            today - 16.3 * YEAR,
            40,
            "Vågen ungdomsskole",
            home=HILL,
            login="planeier",
        ),
        Sketch("Marius", "Havnes", date(1986, 8, 12), 40, home=QUAY, login="foresatt"),
        Sketch("Silje", "Havnes", date(1988, 2, 19), 40, home=QUAY),
        Sketch("Selma", "Havnes", child_born, 40, "Strandvik skole", home=QUAY),
        replace(TEACHER, unit="Strandvik skole", login="larer"),
        Sketch("Tor Egil", "Myhre", date(1967, 12, 5), 40, "NAV Strandvik", login="utgatt"),
        Sketch("Roger", "Strandberg", date(1975, 4, 30), 40, "Hjemmetjenesten", login="sperret"),
    )


def fjellby(_today: date) -> tuple[Sketch, ...]:
    """Those with a part in Fjellby."""
    return (
        Sketch(
            "Gudrun", "Tveit", date(1970, 9, 9), 40, "Oppvekst og kultur", login="lokal.fjellby"
        ),
        Sketch(
            "Oddvar",
            "Brekke",
            date(1978, 2, 21),
            40,
            "Koordinerande eining",
            login="koordinator.fjellby",
        ),
        replace(TEACHER, unit="Fjellby skule", login="larer"),
        Sketch("Olav", "Myklebust", date(1948, 5, 17), 40, home=FARM),
        Sketch("Olav", "Myklebust", date(1974, 5, 17), 40, home=FARM),
        Sketch("Inga", "Hætta", date(1985, 3, 12), 40, home=LODGE),
        Sketch("Áile Márjá", "Hætta", date(2013, 2, 6), 40, "Fjellby skule", home=LODGE),
    )
