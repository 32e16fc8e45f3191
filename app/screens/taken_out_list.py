"""Lists for those alone who may take them out of the panel as a file."""

from flask_appbuilder import expose
from werkzeug.wrappers import Response

from app.screens.scoped_view import ScopedModelView
from app.security.roles import Action
from app.security.routes import door


class TakenOutList(ScopedModelView):
    """Asks for the right to take the list out where one arranges it, too."""

    @expose("/arrange", methods=["POST"])
    @door(Action.EXPORT)
    def arrange(self) -> Response:
        """Keep the columns and the page size that were chosen."""
        return super().arrange()

    @expose("/keep-view", methods=["POST"])
    @door(Action.EXPORT)
    def keep_view(self) -> Response | tuple[str, int]:
        """Keep what the list is asked for under a name."""
        return super().keep_view()
