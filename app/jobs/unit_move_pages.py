"""The pages of moving a unit to another municipality, on the side that it leaves.

Looking ahead, proposing, letting the coordinators be told, how far it is, and the end.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.db import db, transaction
from app.errors import DomainError, NotAllowed, NotFound
from app.jobs import queue, unit_outlook
from app.jobs.asked_rows import asked_row
from app.jobs.unit_words import branches
from app.joining import operations, unit_family, unit_moves
from app.joining_tables import IncomingUnits, UnitMove, UnitMoveState
from app.models import Job, Municipality, Unit
from app.municipalities.place_names import place_names
from app.screens import forms
from app.screens.fields import NEEDED, unit_choice
from app.screens.offered import hits_asked, municipality_choice
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | str | tuple[str, int]


class ProposeForm(FlaskForm):
    """Which unit goes, and where to."""

    unit_id = unit_choice(_l("The unit that goes, with all below it"), validators=[NEEDED])
    to_id = municipality_choice(_l("The municipality that takes over"), validators=[NEEDED])

    def offer(self) -> None:
        """Offer the other municipalities in use; none is chosen beforehand."""
        mine = current_actor().municipality_id
        self.to_id.offer(operations.places().where(Municipality.id != mine))


class UnitMoveView(BaseView):
    """Units that go to another municipality, and those that come from one."""

    resource = Resource.UNIT_MOVE
    route_base = "/unit-move"
    menu_homes = ("UnitView",)
    default_view = "list"

    @expose("/", methods=["GET"])
    @door(Action.LIST)
    def list(self) -> Answer:
        """Both ways, those that go on first."""
        actor = current_actor()
        leaving = db.session.scalars(_in_order(actor, UnitMove)).all()
        coming = db.session.scalars(_in_order(actor, IncomingUnits)).all()
        ids = {one.to_municipality_id for one in leaving}
        ids |= {one.from_municipality_id for one in coming}
        return render_template(
            "joining/units/list.html",
            leaving=leaving,
            coming=coming,
            names=place_names(ids),
            may_propose=unit_moves.may_propose(actor),
        )

    @expose("/add", methods=["GET", "POST"])
    @door(Action.ADD)
    def add(self) -> Answer:
        """Choose a unit and a municipality, see what it would mean, and ask."""
        if not unit_moves.may_propose(current_actor()):
            raise NotAllowed
        form = ProposeForm()
        if request.method != "POST":
            form = ProposeForm(formdata=None, data={"unit_id": request.args.get("unit")})
        form.offer()
        if (hits := hits_asked(form)) is not None:
            return hits
        if request.method != "POST" or "find" in request.form:
            return _add_page(form)
        if not form.validate():
            return _add_page(form, status=422)
        try:
            if "confirmed" in request.form:
                return redirect(_propose(form))
            return _ahead_page(form)
        except DomainError as error:
            forms.put_error(form, error)
            db.session.rollback()
            return _add_page(form, status=error.status)

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Answer:
        """What it would mean, how far it is, and what can be done."""
        return _page(asked_row(UnitMove, pk, Action.SHOW))

    @expose("/tell/<pk>", methods=["POST"])
    @door(Action.HAND_OVER)
    def tell(self, pk: str) -> Answer:
        """Let the coordinators of the plans be told."""
        answer = _do(
            pk,
            Action.HAND_OVER,
            lambda move: unit_moves.order(current_actor(), move, at=utc_now()),
            _("The coordinators of plans in %(name)s are being told."),
        )
        if isinstance(answer, Response):
            move = asked_row(UnitMove, pk, Action.HAND_OVER)
            queue.send(str(move.job_id), move.municipality_id)
        return answer

    @expose("/finish/<pk>", methods=["POST"])
    @door(Action.END)
    def finish(self, pk: str) -> Answer:
        """Take the units out of use here."""
        return _do(
            pk,
            Action.END,
            lambda move: unit_moves.finish(current_actor(), move, at=utc_now()),
            _("The move is finished. %(name)s is out of use here, with all that is part of it."),
        )

    @expose("/take-back/<pk>", methods=["POST"])
    @door(Action.END)
    def take_back(self, pk: str) -> Answer:
        """End it without taking the units out of use."""
        return _do(
            pk,
            Action.END,
            lambda move: unit_moves.take_back(current_actor(), move, at=utc_now()),
            _("The move is taken back. %(name)s stays in use here."),
        )


def _in_order(actor: Any, model: Any) -> Any:
    found = scope.rows(actor, model)
    return found.order_by(model.ended_at.is_not(None), model.id.desc())


def _do(pk: str, action: Action, change: Callable[[UnitMove], Any], said: str) -> Answer:
    """Make a change in one transaction; the page again with what is wrong, or anew."""
    try:
        with transaction():
            move = asked_row(UnitMove, pk, action)
            change(move)
            name = db.session.get_one(Unit, move.unit_id).name
    except DomainError as error:
        if error.is_refusal:
            raise
        db.session.rollback()
        return _page(asked_row(UnitMove, pk, Action.SHOW), status=error.status, wrong=str(error))
    flash(said % {"name": name}, "success")
    return redirect(url_for("UnitMoveView.show", pk=pk))


def _propose(form: ProposeForm) -> str:
    actor, key, at = current_actor(), forms.form_key(), utc_now()
    with transaction() as session:
        earlier = forms.earlier_result(session, actor, key)
        if earlier is not None:
            return earlier
        unit = _unit_of(form)
        move = unit_moves.propose(actor, unit, int(form.to_id.data), at=at)
        location = url_for("UnitMoveView.show", pk=move.id)
        forms.remember(session, actor, key, location, at)
    flash(_("The question about %(name)s is sent. Nothing has moved.", name=unit.name), "success")
    return location


def _unit_of(form: ProposeForm) -> Unit:
    """The unit that was chosen.

    Raises:
        NotFound: the actor can't choose it, or not any more.
    """
    unit: Unit | None = form.unit_id.chosen
    if unit is None:
        raise NotFound
    return unit


def _add_page(form: ProposeForm, *, status: int = 200) -> Answer:
    return render_template("joining/units/add.html", form=form), status


def _ahead_page(form: ProposeForm) -> Answer:
    """What it would mean. Nothing is done."""
    unit, to_id = _unit_of(form), int(form.to_id.data)
    family = unit_moves.require_movable(current_actor(), unit, to_id)
    return render_template(
        "joining/units/ahead.html",
        unit=unit,
        to_id=to_id,
        town=place_names({to_id})[to_id],
        form_key=forms.new_key(),
        **_ahead(unit, family),
    )


def _ahead(unit: Unit, family: Any) -> dict[str, Any]:
    return {
        "ahead": unit_outlook.look(current_actor(), unit, family, utc_now()),
        "branches": branches(unit_family.offered(family)),
    }


def _page(move: UnitMove, *, status: int = 200, wrong: str = "") -> Answer:
    actor, unit = current_actor(), db.session.get_one(Unit, move.unit_id)
    is_open, is_accepted = move.ended_at is None, move.state is UnitMoveState.ACCEPTED
    there = db.session.get_one(Municipality, move.to_municipality_id)
    family = unit_family.family(unit)
    shown = render_template(
        "joining/units/show.html",
        move=move,
        unit=unit,
        town=there.display_name,
        wrong=wrong,
        is_open=is_open,
        is_accepted=is_accepted,
        is_there_in_use=there.is_in_use,
        strays=unit_family.strays(move) if is_open else (),
        job=_job_of(move),
        is_being_told=unit_moves.is_being_told(move),
        progress=unit_outlook.progress(actor, move) if move.answered_at else None,
        steps=unit_outlook.STEPS,
        may_tell=is_accepted and policy.decide(actor, Action.HAND_OVER, move),
        may_end=is_open and policy.decide(actor, Action.END, move),
        **(_ahead(unit, family) if is_open else {}),
    )
    return shown, status


def _job_of(move: UnitMove) -> Job | None:
    """The work that was ordered last, when the actor may look at it."""
    job = None if move.job_id is None else db.session.get(Job, move.job_id)
    return job if job is not None and policy.decide(current_actor(), Action.SHOW, job) else None
