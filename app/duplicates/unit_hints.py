"""Units with nearly the same name, shown when a unit is registered and before it is saved."""

from collections.abc import Sequence
from typing import Any

from flask import g, request
from flask_babel import lazy_gettext as _l

from app.db import db
from app.duplicates import kind_words, unit_pairs
from app.errors import DomainError
from app.models import Unit
from app.screens.scoped_view import ScopedModelView
from app.security import scope
from app.security.actor import current_actor

MOST_SHOWN = 5


class HasNamesakes(DomainError):
    """Units with nearly the name of one that is to be registered are there already."""

    status = 422
    message = _l("There are units with nearly the same name. Look at them below, before you save.")


class AsksAboutNamesakes(ScopedModelView):
    """What a screen of units adds to its form: those that may be meant, and to register anyway."""

    form_page = "units/add.html"

    def enter(self, form: Any) -> tuple[str, str]:
        """Save the unit, unless it has namesakes that have not been looked at.

        Raises:
            HasNamesakes
        """
        near = unit_pairs.like(
            current_actor(), form.name.data or "", form.kind.data, form.parent_id.data or None
        )
        if near and "anyway" not in request.form:
            g.namesakes = [(one.second.id, kind_words.OF_UNITS[one.likeness]) for one in near]
            raise HasNamesakes(field="name")
        return super().enter(form)

    @staticmethod
    def namesakes() -> Sequence[tuple[Unit, Any]]:
        """Units that the form's answer shows, each with why."""
        found: list[tuple[str, Any]] = g.get("namesakes", [])[:MOST_SHOWN]
        wanted = scope.rows(current_actor(), Unit).where(Unit.id.in_([pk for pk, _why in found]))
        units = {unit.id: unit for unit in db.session.scalars(wanted)} if found else {}
        return [(units[pk], why) for pk, why in found if pk in units]
