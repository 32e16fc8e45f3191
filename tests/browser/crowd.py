"""More in Strandvik than the small world has: a list of two pages, and words that are long."""

from datetime import date

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import UnitKind
from app.models import Person, Unit
from app.people import operations as people
from app.people.national_id import synthetic
from app.security.actor import acting_as, operator
from app.units import operations as units
from tests.world import Place

LONG_GIVEN = "Gunnhildsdotterson" * 4
LONG_FAMILY = "Spesialpedagogikkrådgivarson" * 3
LONG_UNIT = "Barneverntenesteogpedagogiskpsykologiskrådgivingskontor" * 2
LONG_EMAIL = f"{'langadresse' * 6}@{'eit-langt-domene.' * 4}example"
BORN = date(1984, 2, 29)
MANY = 30


def add_crowd(place: Place) -> None:
    """Register the people; call within an application context."""
    actor = operator(place.id)
    with acting_as(db.session(), actor), transaction():
        unit = Unit(name=LONG_UNIT, kind=UnitKind.OTHER, is_outside=True)
        units.add(actor, unit, db.session.get_one(Unit, place.units["top"]), at=utc_now())
        db.session.flush()
        place.units["long"] = unit.id
        place.persons["long"] = _register(place, LONG_GIVEN, LONG_FAMILY, 900, unit.id).id
        for number in range(MANY):
            _register(place, "Ola", f"Nordby {number}", number)


def _register(
    place: Place, given: str, family: str, number: int, unit_id: str | None = None
) -> Person:
    facts = people.PersonFacts(
        given, family, BORN, unit_id=unit_id, email=LONG_EMAIL if unit_id else None
    )
    return people.register(
        operator(place.id),
        facts,
        national_id_text=synthetic(BORN, 40 + number % 900) if unit_id else None,
        is_confirmed=True,
        at=utc_now(),
        today=today(),
    )
