"""The large municipality of the demonstration, which is made when it is asked for."""

from collections.abc import Iterator
from datetime import date

from app.demonstration.names import words
from app.demonstration.places import Place, UnitPlan
from app.enums import Language, LanguageForm, UnitKind
from app.municipalities.register import MunicipalityFact

NUMBER, COUNTY = "9903", "99"
FACT = MunicipalityFact(NUMBER, "Granvik", (), LanguageForm.BOKMAL, COUNTY, date(2024, 1, 1))

TOP, UPBRINGING, HEALTH, WELFARE = "Granvik kommune", "Oppvekst", "Helse og mestring", "Velferd"
PARTS = words("Elvestrand Furulia Granmo Haugen Kleiva Myra Nordli Solbakken Sørvika Tangen Åsen")
HOSPITAL = "Granfjord sykehus"
SEVERAL = (
    ("{} skole", UnitKind.SCHOOL, UPBRINGING, 9),
    ("{} barnehage", UnitKind.KINDERGARTEN, UPBRINGING, 11),
    ("{} helsestasjon", UnitKind.HEALTH_CENTRE, HEALTH, 3),
    ("{} legesenter", UnitKind.GP_OFFICE, HEALTH, 4),
    ("Hjemmetjenesten {}", UnitKind.HOME_CARE, HEALTH, 5),
    ("Avlastningen i {}", UnitKind.RESPITE_CARE, HEALTH, 2),
)
"""What there are several of: the name round a part of the town, the kind, the unit above."""


def _units() -> Iterator[UnitPlan]:
    yield UnitPlan(TOP, UnitKind.MUNICIPALITY, None)
    for name in (UPBRINGING, HEALTH, WELFARE):
        yield UnitPlan(name, UnitKind.DEPARTMENT, TOP)
    for pattern, kind, above, count in SEVERAL:
        for part in PARTS[:count]:
            yield UnitPlan(pattern.format(part), kind, above)
    yield UnitPlan("PP-tjenesten i Granvik", UnitKind.PPT, UPBRINGING)
    yield UnitPlan("Koordinerende enhet", UnitKind.COORDINATING_UNIT, HEALTH)
    yield UnitPlan("Psykisk helse og rus", UnitKind.MENTAL_HEALTH, HEALTH)
    yield UnitPlan("Barneverntjenesten", UnitKind.CHILD_WELFARE, WELFARE)
    yield UnitPlan("NAV Granvik", UnitKind.NAV, WELFARE)
    yield UnitPlan(HOSPITAL, UnitKind.HOSPITAL, None, is_outside=True)
    yield UnitPlan("BUP Granfjord", UnitKind.BUP, HOSPITAL, is_outside=True)
    yield UnitPlan("Habilitering for barn", UnitKind.HABILITATION, HOSPITAL, is_outside=True)


GRANVIK = Place(
    number=NUMBER,
    language=Language.NB,
    persons=12_000,
    retired=frozenset(),
    merged={},
    units=tuple(_units()),
)
