"""Starting a scan for possible duplicates from the queue; the job's page shows how far it is."""

from flask import flash, redirect, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.db import transaction
from app.duplicate_tables import DuplicatePair
from app.jobs import queue
from app.jobs.duplicate_scan import queue_scan
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door


class DuplicateScanView(BaseView):
    """Ordering a scan of the whole municipality."""

    resource = Resource.DUPLICATE
    route_base = "/duplicate-scan"
    menu_homes = ("DuplicateView",)
    default_view = "start"

    @expose("/start", methods=["POST"])
    @door(Action.ADD)
    def start(self) -> Response:
        """Order a scan, or lead to the one that goes on."""
        actor = current_actor()
        with transaction():
            # A scan is of the whole municipality, and so not for those who administer a part.
            found = DuplicatePair(municipality_id=actor.municipality_id)
            policy.require(actor, Action.ADD, found)
            job = queue_scan(actor, at=utc_now())
        queue.send(job.id, job.municipality_id)
        flash(_("The search for duplicates is under way."), "info")
        return redirect(url_for("JobView.show", pk=job.id))
