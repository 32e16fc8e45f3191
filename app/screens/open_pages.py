"""Pages for anyone: how accessible the panel is, help, and what the panel is."""

from datetime import date

from flask import current_app, render_template
from flask_appbuilder import BaseView, expose

from app.screens.fields import show_date
from app.security.routes import for_anyone

# The accessibility statement was last gone through on this day; move it when the page is changed.
LOOKED_THROUGH_ON = date(2026, 11, 25)


class OpenPagesView(BaseView):
    """What the foot of every page leads to."""

    route_base = "/"
    default_view = "help"

    @expose("/tilgjengelighet/", methods=["GET"])
    @for_anyone
    def accessibility(self) -> str:
        """The accessibility statement that *forskrift om universell utforming av IKT* asks for."""
        return render_template(
            "open/accessibility.html",
            contact=current_app.config["SAMVEV"].accessibility_contact.strip(),
            looked_through_on=show_date(LOOKED_THROUGH_ON),
        )

    @expose("/hjelp/", methods=["GET"])
    @for_anyone
    def help(self) -> str:
        """Who does what, and whom to ask."""
        return render_template("open/help.html")

    @expose("/om/", methods=["GET"])
    @for_anyone
    def about(self) -> str:
        """What the panel is, and its licence."""
        return render_template("open/about.html")
