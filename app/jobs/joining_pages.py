"""The pages of joining two municipalities: proposing it, looking ahead, and the answer.

Whoever proposes sees numbers of both, and no person, plan or name of either.
"""

from flask import flash, redirect, render_template, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField

from app.backups.latest import last_taken
from app.clock import utc_now
from app.db import db, transaction
from app.errors import DomainError
from app.jobs import queue
from app.jobs.asked_rows import asked_row
from app.joining import operations, words
from app.joining_tables import MunicipalityJoining
from app.models import Job
from app.municipalities.place_names import place_names
from app.screens import forms
from app.screens.fields import NEEDED
from app.screens.offered import hits_asked, municipality_choice
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | str | tuple[str, int]


class ProposeForm(FlaskForm):
    """Which one goes, and which one takes over."""

    from_id = municipality_choice(_l("The municipality that goes"), validators=[NEEDED])
    into_id = municipality_choice(_l("The municipality that takes over"), validators=[NEEDED])

    def offer(self) -> None:
        """Offer the municipalities in use; none is chosen beforehand."""
        self.from_id.offer(operations.places())
        self.into_id.offer(operations.places())


class ApproveForm(FlaskForm):
    """What must be so before it begins."""

    has_backup = BooleanField(
        _l("A backup of the whole panel was taken today"),
        description=_l("Ask whoever runs the panel. It is the only way back."),
    )


class JoiningView(BaseView):
    """Joining municipalities."""

    resource = Resource.MUNICIPALITY_JOINING
    route_base = "/municipality-joining"
    menu_homes = ("MunicipalityView",)
    default_view = "list"

    @expose("/", methods=["GET"])
    @door(Action.LIST)
    def list(self) -> Answer:
        """Those that were proposed, the newest first."""
        actor = current_actor()
        found = scope.rows(actor, MunicipalityJoining).order_by(MunicipalityJoining.id.desc())
        rows = db.session.scalars(found).all()
        return render_template(
            "joining/list.html",
            rows=rows,
            names=_names(*rows),
            may_propose=policy.may_open(actor, Action.ADD, Resource.MUNICIPALITY_JOINING),
        )

    @expose("/add", methods=["GET", "POST"])
    @door(Action.ADD)
    def add(self) -> Answer:
        """Propose that one goes into another."""
        form = ProposeForm()
        form.offer()
        status = 200
        if (hits := hits_asked(form)) is not None:
            return hits
        if forms.is_sent():
            location = self._propose(form) if form.validate() else None
            if location is not None:
                return redirect(location)
            status = 422
        key = forms.form_key() or forms.new_key()
        return render_template("joining/add.html", form=form, form_key=key), status

    @staticmethod
    def _propose(form: ProposeForm) -> str | None:
        actor, key, at = current_actor(), forms.form_key(), utc_now()
        try:
            with transaction() as session:
                earlier = forms.earlier_result(session, actor, key)
                if earlier is not None:
                    return earlier
                both = int(form.from_id.data), int(form.into_id.data)
                joining = operations.propose(actor, *both, at=at)
                location = url_for("JoiningView.show", pk=joining.id)
                forms.remember(session, actor, key, location, at)
        except DomainError as error:
            forms.put_error(form, error)
            return None
        return location

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """What it would do now, or what came of it."""
        return self._page(asked_row(MunicipalityJoining, pk, Action.SHOW), ApproveForm()), 200

    @expose("/approve/<pk>", methods=["POST"])
    @door(Action.APPROVE)
    def approve(self, pk: str) -> Answer:
        """Order the work."""
        form, at = ApproveForm(), utc_now()
        joining = asked_row(MunicipalityJoining, pk, Action.APPROVE)
        try:
            with transaction():
                joining = asked_row(MunicipalityJoining, pk, Action.APPROVE)
                has_backup = bool(form.has_backup.data)
                job = operations.approve(current_actor(), joining, has_backup=has_backup, at=at)
        except DomainError as error:
            forms.put_error(form, error)
            joining = asked_row(MunicipalityJoining, pk, Action.APPROVE)
            return self._page(joining, form), error.status
        queue.send(job.id, job.municipality_id)
        flash(_("The joining is under way. Nobody can work in either while it goes on."), "info")
        return redirect(url_for("JobView.show", pk=job.id))

    @expose("/decline/<pk>", methods=["POST"])
    @door(Action.DECLINE)
    def decline(self, pk: str) -> Answer:
        """Say no."""
        with transaction():
            joining = asked_row(MunicipalityJoining, pk, Action.DECLINE)
            operations.decline(current_actor(), joining, at=utc_now())
        text = _("%(old)s is not joined into %(new)s. Nothing was changed.", **_both(joining))
        flash(text, "success")
        return redirect(url_for("JoiningView.show", pk=pk))

    @expose("/take-back/<pk>", methods=["POST"])
    @door(Action.END)
    def take_back(self, pk: str) -> Answer:
        """Take the proposal back."""
        with transaction():
            joining = asked_row(MunicipalityJoining, pk, Action.END)
            operations.take_back(current_actor(), joining, at=utc_now())
        text = _("The proposal to join %(old)s into %(new)s is taken back.", **_both(joining))
        flash(text, "success")
        return redirect(url_for("JoiningView.show", pk=pk))

    @staticmethod
    def _page(joining: MunicipalityJoining, form: ApproveForm) -> str:
        actor = current_actor()
        is_open = joining.ended_at is None
        state = operations.job_state(joining)
        is_waiting = is_open and state not in operations.UNDER_WAY
        ahead = operations.outlook(joining, at=utc_now()) if is_waiting else None
        names = _names(joining)
        may_approve = is_waiting and policy.decide(actor, Action.APPROVE, joining)
        return render_template(
            "joining/show.html",
            row=joining,
            form=form,
            old=names[joining.from_id],
            new=names[joining.into_id],
            is_waiting=is_waiting,
            has_failed=is_waiting and state is not None,
            ahead=ahead,
            texts=words,
            job_id=joining.job_id if _sees_job(joining) else None,
            may_approve=may_approve,
            last_backup=last_taken() if may_approve else None,
            may_take_back=is_waiting and policy.decide(actor, Action.END, joining),
        )


def _names(*rows: MunicipalityJoining) -> dict[int, str]:
    return place_names(one for row in rows for one in (row.from_id, row.into_id))


def _both(joining: MunicipalityJoining) -> dict[str, str]:
    names = _names(joining)
    return {"old": names[joining.from_id], "new": names[joining.into_id]}


def _sees_job(joining: MunicipalityJoining) -> bool:
    """Whether the page of the work is open to the actor."""
    if joining.job_id is None or joining.into_id != current_actor().municipality_id:
        return False
    job = db.session.get(Job, joining.job_id)
    return job is not None and bool(policy.decide(current_actor(), Action.SHOW, job))
