"""The two municipalities of the demonstration world and their trees of units."""

from dataclasses import dataclass

from app.enums import Language, UnitKind


@dataclass(frozen=True)
class UnitPlan:
    """A unit: its name, kind, and the name of the unit above it (None at the top)."""

    name: str
    kind: UnitKind
    above: str | None
    is_outside: bool = False


@dataclass(frozen=True)
class Place:
    """A municipality of the demonstration world.

    ``retired`` are units that are no longer in use, ``merged`` those of them that became part of
    another, by name.
    """

    number: str
    language: Language
    units: tuple[UnitPlan, ...]
    retired: frozenset[str]
    merged: dict[str, str]
    persons: int

    def named(self, *kinds: UnitKind) -> tuple[str, ...]:
        """Names of the units in use of these kinds."""
        return tuple(
            unit.name for unit in self.units if unit.kind in kinds and unit.name not in self.retired
        )


STRANDVIK = Place(
    number="9901",
    language=Language.NB,
    persons=270,
    retired=frozenset({"Naustet skole", "Fyret barnehage"}),
    merged={"Naustet skole": "Strandvik skole"},
    units=(
        UnitPlan("Strandvik kommune", UnitKind.MUNICIPALITY, None),
        UnitPlan("Oppvekst", UnitKind.DEPARTMENT, "Strandvik kommune"),
        UnitPlan("Strandvik skole", UnitKind.SCHOOL, "Oppvekst"),
        UnitPlan("Nordneset skole", UnitKind.SCHOOL, "Oppvekst"),
        UnitPlan("Vågen ungdomsskole", UnitKind.SCHOOL, "Oppvekst"),
        UnitPlan("Naustet skole", UnitKind.SCHOOL, "Oppvekst"),
        UnitPlan("Solstrand barnehage", UnitKind.KINDERGARTEN, "Oppvekst"),
        UnitPlan("Måkereiret barnehage", UnitKind.KINDERGARTEN, "Oppvekst"),
        UnitPlan("Fyret barnehage", UnitKind.KINDERGARTEN, "Oppvekst"),
        UnitPlan("PP-tjenesten i Strandvik", UnitKind.PPT, "Oppvekst"),
        UnitPlan("Helse og mestring", UnitKind.DEPARTMENT, "Strandvik kommune"),
        UnitPlan("Koordinerende enhet", UnitKind.COORDINATING_UNIT, "Helse og mestring"),
        UnitPlan("Strandvik helsestasjon", UnitKind.HEALTH_CENTRE, "Helse og mestring"),
        UnitPlan("Strandvik legesenter", UnitKind.GP_OFFICE, "Helse og mestring"),
        UnitPlan("Hjemmetjenesten", UnitKind.HOME_CARE, "Helse og mestring"),
        UnitPlan("Avlastningen på Tangen", UnitKind.RESPITE_CARE, "Helse og mestring"),
        UnitPlan("Psykisk helse og rus", UnitKind.MENTAL_HEALTH, "Helse og mestring"),
        UnitPlan("Velferd", UnitKind.DEPARTMENT, "Strandvik kommune"),
        UnitPlan("Barneverntjenesten", UnitKind.CHILD_WELFARE, "Velferd"),
        UnitPlan("NAV Strandvik", UnitKind.NAV, "Velferd"),
        UnitPlan("Kystsykehuset", UnitKind.HOSPITAL, None, is_outside=True),
        UnitPlan("BUP Kysten", UnitKind.BUP, "Kystsykehuset", is_outside=True),
        UnitPlan(
            "Habiliteringstjenesten for barn og unge",
            UnitKind.HABILITATION,
            "Kystsykehuset",
            is_outside=True,
        ),
    ),
)

FJELLBY = Place(
    number="9902",
    language=Language.NN,
    persons=130,
    retired=frozenset({"Lia grendeskule"}),
    merged={"Lia grendeskule": "Fjellby skule"},
    units=(
        UnitPlan("Fjellby kommune", UnitKind.MUNICIPALITY, None),
        UnitPlan("Oppvekst og kultur", UnitKind.DEPARTMENT, "Fjellby kommune"),
        UnitPlan("Fjellby skule", UnitKind.SCHOOL, "Oppvekst og kultur"),
        UnitPlan("Lia grendeskule", UnitKind.SCHOOL, "Oppvekst og kultur"),
        UnitPlan("Bekkelia barnehage", UnitKind.KINDERGARTEN, "Oppvekst og kultur"),
        UnitPlan("PP-tenesta", UnitKind.PPT, "Oppvekst og kultur"),
        UnitPlan("Helse og omsorg", UnitKind.DEPARTMENT, "Fjellby kommune"),
        UnitPlan("Koordinerande eining", UnitKind.COORDINATING_UNIT, "Helse og omsorg"),
        UnitPlan("Fjellby helsestasjon", UnitKind.HEALTH_CENTRE, "Helse og omsorg"),
        UnitPlan("Heimetenesta", UnitKind.HOME_CARE, "Helse og omsorg"),
        UnitPlan("Barnevernstenesta", UnitKind.CHILD_WELFARE, "Helse og omsorg"),
        UnitPlan("NAV Fjellby", UnitKind.NAV, "Helse og omsorg"),
        UnitPlan("BUP Fjellregionen", UnitKind.BUP, None, is_outside=True),
    ),
)

PLACES = (STRANDVIK, FJELLBY)
