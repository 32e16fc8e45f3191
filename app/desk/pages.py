"""The desk: where a local administrator begins."""

from collections.abc import Sequence
from typing import ClassVar

from flask import render_template
from flask_appbuilder import BaseView, expose
from flask_babel import lazy_gettext as _l

from app.accounts import first_steps
from app.clock import utc_now
from app.desk import joinings, numbers, ways
from app.desk.cards import Card, due
from app.desk.to_do import CARDS
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door


class DeskPages(BaseView):
    """What to do now, and how it stands. Each number leads to the list that it counts."""

    resource = Resource.REPORT
    default_view = "index"
    cards: ClassVar[Sequence[Card]] = CARDS
    intro = _l("What to do now, and how many there are of what. For local administrators.")

    @expose("/", methods=["GET"])
    @door(Action.SHOW)
    def index(self) -> str:
        """The cards with something on them, then the figures."""
        actor, at = current_actor(), utc_now()
        steps = first_steps.steps_of(actor)
        return render_template(
            "desk/desk.html",
            view=self,
            at=at,
            due=due(actor, self.cards, at),
            joinings=joinings.waiting(actor),
            incoming_units=joinings.units_waiting(actor),
            accepted_units=joinings.units_accepted(actor),
            groups=numbers.groups(actor),
            ways=ways.open_to(actor),
            steps=steps,
            are_hidden=bool(steps) and first_steps.are_hidden(actor),
        )
