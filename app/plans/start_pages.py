"""Starting a plan, step by step. What was chosen is kept between the steps and between visits."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import AuthorityKind, PlanKind
from app.errors import BadRequest, DomainError, NotAllowed, NotFound
from app.models import Person, Plan, Unit
from app.people.training_told import warned
from app.plans import drafted, from_template, starting
from app.plans.start_forms import FORMS, STEPS, TemplateForm
from app.plans.starting import HasOpenPlan, StartFacts, StatedAuthority
from app.screens import choices, forms
from app.screens.words import words
from app.security import plan_access, policy
from app.security.actor import Actor, current_actor
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating import setup
from app.templating.setup import in_own_words

PLACE = "start-plan"
NAMES = list(STEPS)
Chosen = dict[str, Any]
Answer = Response | str | tuple[str, int]


class ActsForSelf(DomainError):
    """The owner acts without anybody's stating it."""

    status = 422
    message = _l("Nobody acts for themselves. Choose another person.")


class StatedAlready(DomainError):
    """The same person by the same right."""

    status = 422
    message = _l("This person is there already.")


class StartView(BaseView):
    """The guided form that a coordinator starts a plan with."""

    resource = Resource.PLAN
    route_base = "/plan-start"
    default_view = "step"
    intro = _l("Start a plan for somebody. Only you see it until the owner has consented.")

    @expose("/", methods=["GET", "POST"])
    @door(Action.START)
    def step(self) -> Answer:
        """One step: what is chosen so far, and what is sent."""
        actor = current_actor()
        _set_up(actor)
        name, chosen = _asked_step(), drafted.kept(actor, PLACE)
        if (other := _other_step(name, chosen)) is not None:
            return redirect(url_for("StartView.step", step=other))
        if name == "review":
            return self._review(actor, chosen)
        form = _form(name, chosen)
        if request.method != "POST" or "find" in request.form:
            return _page(name, chosen, form)
        if "remove" in request.form:
            return _without(actor, chosen, request.form["remove"])
        if name == "authorities" and "next" in request.form:
            return _go_on(actor, name, chosen | {"authorities_seen": True})
        if not form.validate():
            return _page(name, chosen, form, status=422)
        try:
            with transaction():
                chosen = drafted.kept(actor, PLACE) | _taken(actor, name, chosen, form)
                drafted.keep(actor, PLACE, chosen, at=utc_now())
        except DomainError as error:
            return _refused(name, chosen, form, error)
        onward = name if name == "authorities" else _next(name, chosen)
        return redirect(url_for("StartView.step", step=onward))

    def _review(self, actor: Actor, chosen: Chosen) -> Answer:
        """All that was chosen; with the last press the plan is started, once."""
        if request.method != "POST":
            return _page("review", chosen, None)
        key = forms.form_key()
        try:
            with transaction() as session:
                earlier = forms.earlier_result(session, actor, key)
                if earlier is not None:
                    return redirect(earlier)
                plan = starting.start(actor, _facts(chosen), at=utc_now())
                drafted.forget(actor, PLACE, at=utc_now())
                location = url_for("PlanView.show", pk=plan.id)
                forms.remember(session, actor, key, location, utc_now())
        except DomainError as error:
            return _refused("review", chosen, None, error)
        name = plan.owner.full_name
        flash(_("The plan about %(name)s is started. Now ask for consent.", name=name), "success")
        return warned(redirect(location), actor.person_id)

    @expose("/discard", methods=["POST"])
    @door(Action.START)
    def discard(self) -> Response:
        """Throw away what was chosen so far."""
        with transaction():
            drafted.forget(current_actor(), PLACE, at=utc_now())
        flash(_("What you had chosen is thrown away."), "success")
        return redirect(url_for("StartView.step"))


NEEDED_OF_STEPS = (
    ("kind", "kind"),
    ("template", "template_id"),
    ("owner", "owner_id"),
    ("authorities", "authorities_seen"),
)
"""What has to be chosen in which step, in order."""


def _set_up(actor: Actor) -> None:
    """See to it that the municipality has its kinds of plans."""
    with transaction() as session:
        setup.ensure(session, actor.municipality_id or 0, at=utc_now())


def _asked_step() -> str:
    name = request.args.get("step", NAMES[0])
    if name not in NAMES:
        raise BadRequest
    return name


def _steps(chosen: Chosen) -> list[str]:
    """The steps there are: that of the template where there is one to choose."""
    kind = PlanKind(chosen["kind"]) if chosen.get("kind") else None
    has_templates = from_template.is_any_offered(current_actor(), kind)
    return [name for name in NAMES if name != "template" or has_templates]


def _next(name: str, chosen: Chosen) -> str:
    steps = _steps(chosen)
    return steps[steps.index(name) + 1]


def _other_step(name: str, chosen: Chosen) -> str | None:
    """Where to go instead of a step that comes too early, or that there is not; None: nowhere."""
    steps, missing = _steps(chosen), _first_missing(chosen)
    if name not in steps or steps.index(name) > steps.index(missing):
        return missing
    return None


def _first_missing(chosen: Chosen) -> str:
    """The first step that has to be filled in before those after it."""
    for name, key in NEEDED_OF_STEPS:
        if not chosen.get(key) and name in _steps(chosen):
            return name
    return "review" if "unit_id" in chosen else "unit"


def _form(name: str, chosen: Chosen) -> Any:
    """The form of a step, with what was chosen in it before."""
    kind = FORMS[name]
    if name == "template":
        return _template_form(chosen)
    if request.method == "POST":
        return kind()
    came_with = request.args.get("person")
    if name == "authorities":
        return kind(formdata=None, data={"holder_id": came_with})
    data = {key: value for key, value in chosen.items() if key in ("owner_id", "unit_id", "level")}
    if name == "owner" and came_with:
        data["owner_id"] = came_with
    if "kind" in chosen:
        data["kind"] = PlanKind(chosen["kind"])
    return kind(formdata=None, data=data)


def _template_form(chosen: Chosen) -> TemplateForm:
    """The templates to choose from. One alone is chosen beforehand, of several none."""
    found = from_template.offered(current_actor(), PlanKind(chosen["kind"]))
    before = chosen.get("template_id") or (found[0].id if len(found) == 1 else None)
    form = TemplateForm(data={"template_id": before})
    form.offer([(one.id, from_template.content_in_use(one)) for one in found])
    return form


def _taken(actor: Actor, name: str, chosen: Chosen, form: Any) -> Chosen:
    """What a valid step adds to what was chosen.

    Raises:
        DomainError: as ``starting.start`` would for this step.
    """
    if name == "kind":
        level = int(form.level.data) if form.level.data else None
        starting.require_kind(form.kind.data, level)
        kind = str(form.kind.data)
        kept = chosen.get("template_id") if chosen.get("kind") == kind else None
        return {"kind": kind, "level": level, "template_id": kept}
    if name == "template":
        kind_chosen = PlanKind(chosen["kind"])
        from_template.version_in_use(actor, kind_chosen, form.template_id.data or "")
        return {"template_id": form.template_id.data}
    if name == "owner":
        owner = starting.require_owner(actor, PlanKind(chosen["kind"]), form.owner_id.data)
        is_same = chosen.get("owner_id") == owner.id
        kept = chosen.get("authorities", []) if is_same else []
        return {"owner_id": owner.id, "authorities": kept, "authorities_seen": False}
    if name == "authorities":
        return {"authorities": [*chosen.get("authorities", []), _stated(chosen, form)]}
    return {"unit_id": form.unit_id.data}


def _stated(chosen: Chosen, form: Any) -> dict[str, Any]:
    holder, kind = form.holder_id.data, str(form.kind.data)
    if holder == chosen["owner_id"]:
        raise ActsForSelf(field="holder_id")
    if any(one["holder_id"] == holder and one["kind"] == kind for one in chosen["authorities"]):
        raise StatedAlready(field="holder_id")
    return {
        "holder_id": holder,
        "kind": kind,
        "may_consent": bool(form.may_consent.data),
        "ground": form.ground.data,
    }


def _without(actor: Actor, chosen: Chosen, number: str) -> Response:
    """Take somebody who acts for the owner out of what was chosen."""
    stated = chosen.get("authorities", [])
    if not number.isdigit() or int(number) >= len(stated):
        raise BadRequest
    left = [one for place, one in enumerate(stated) if place != int(number)]
    with transaction():
        drafted.keep(actor, PLACE, chosen | {"authorities": left}, at=utc_now())
    return redirect(url_for("StartView.step", step="authorities"))


def _go_on(actor: Actor, name: str, chosen: Chosen) -> Response:
    with transaction():
        drafted.keep(actor, PLACE, chosen, at=utc_now())
    return redirect(url_for("StartView.step", step=_next(name, chosen)))


def _facts(chosen: Chosen) -> StartFacts:
    return StartFacts(
        kind=PlanKind(chosen["kind"]),
        owner_id=chosen["owner_id"],
        level=chosen["level"],
        unit_id=chosen["unit_id"],
        template_id=chosen.get("template_id") if "template" in _steps(chosen) else None,
        authorities=tuple(
            StatedAuthority(
                one["holder_id"], AuthorityKind(one["kind"]), one["may_consent"], one["ground"]
            )
            for one in chosen["authorities"]
        ),
    )


def _refused(name: str, chosen: Chosen, form: Any, error: DomainError) -> Answer:
    """The step again with what is wrong; a refused access is answered as any other."""
    if isinstance(error, NotFound | NotAllowed):
        raise error
    earlier = error.plan if isinstance(error, HasOpenPlan) else None
    text = str(error)
    if form is not None and error.field and error.field in form:
        form[error.field].errors = [*form[error.field].errors, text]
    elif form is not None:
        form.form_errors.append(text)
    return _page(name, chosen, form, status=error.status, wrong=text, earlier=_known(earlier))


def _known(plan: Plan | None) -> Plan | None:
    """The plan that stands in the way, when the actor may know of it."""
    return plan if plan is not None and policy.decide(current_actor(), Action.SHOW, plan) else None


def _page(name: str, chosen: Chosen, form: Any, *, status: int = 200, **values: Any) -> Answer:
    steps = _steps(chosen)
    number = steps.index(name) + 1
    shown = render_template(
        "plans/start.html",
        view=StartView,
        name=name,
        number=number,
        count=len(steps),
        step_title=STEPS[name],
        before=steps[number - 2] if number > 1 else None,
        form=form,
        chosen=_in_words(chosen),
        form_key=forms.form_key() or forms.new_key(),
        **values,
    )
    return shown, status


def _in_words(chosen: Chosen) -> dict[str, Any]:
    """What was chosen, as users read it; whoever can't be chosen any more is left out."""
    owner = choices.choosable(Person, chosen.get("owner_id"))
    unit = choices.choosable(Unit, chosen.get("unit_id"))
    stated = [
        (choices.choosable(Person, one["holder_id"]), words(AuthorityKind(one["kind"])), one)
        for one in chosen.get("authorities", [])
    ]
    kind = PlanKind(chosen["kind"]) if chosen.get("kind") else None
    return {
        "kind": words(kind),
        "level": chosen.get("level"),
        "template": _template_name(kind, chosen),
        "owner": owner,
        "authorities": [(person, right, one) for person, right, one in stated if person],
        "unit": unit,
        "is_started": bool(chosen.get("kind")),
        "owner_decides": owner is not None and kind is not None and _is_of_age(kind, owner),
    }


def _template_name(kind: PlanKind | None, chosen: Chosen) -> str:
    """What the template is called; nothing where there is none to choose."""
    template_id = chosen.get("template_id")
    if kind is None or template_id is None:
        return ""
    found = from_template.offered(current_actor(), kind)
    names = {one.id: in_own_words(one.names) for one in found}
    return names.get(template_id, "–")


def _is_of_age(kind: PlanKind, owner: Person) -> bool:
    """Whether the owner alone will consent to a plan of this kind."""
    with db.session.no_autoflush:
        ages = setup.age_rules(db.session(), kind)
    return plan_access.has_reached(owner.birth_date, ages, today())
