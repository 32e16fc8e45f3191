"""The pages where a local administrator sets up the kinds of plans of the municipality."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import today, utc_now
from app.db import db, transaction
from app.enums import Section
from app.errors import DomainError, NotAllowed, NotFound
from app.models import PlanType
from app.screens.listing import is_id
from app.screens.words import words
from app.security import policy, scope
from app.security.actor import current_actor
from app.security.plan_access import own_consent_age
from app.security.roles import Action, Resource
from app.security.routes import door
from app.templating import kinds, setup
from app.templating.kind_forms import AgeForm, KindForm, TextForm, languages

Answer = Response | str | tuple[str, int]


class KindView(BaseView):
    """How the municipality uses each kind of plan."""

    resource = Resource.PLAN_TYPE
    route_base = "/plan-kinds"
    default_view = "index"
    intro = _l(
        "Which kinds of plans the municipality uses, what they hold, from which age owners consent"
        " alone, and what is read before consenting. For local administrators."
    )

    @expose("/", methods=["GET"])
    @door(Action.EDIT)
    def index(self) -> str:
        """Every kind, and how it is set up."""
        actor = current_actor()
        with transaction() as session:
            setup.ensure(session, actor.municipality_id or 0, at=utc_now())
        found = scope.rows(actor, PlanType).order_by(PlanType.kind)
        rows = [(row, _age(row)) for row in db.session.scalars(found)]
        return render_template("templating/kinds.html", view=self, rows=rows, in_words=_in_words)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def edit(self, pk: str) -> Answer:
        """What the kind offers, and what its coordinator is called."""
        row = _kind(pk)
        if request.method != "POST":
            names = {f"coordinator_{code}": text for code, text in row.coordinator_names.items()}
            form = KindForm(obj=row, **names)
            return _page("templating/kind.html", row, form, plans=kinds.plans_of(row))
        form = KindForm()

        def keep(row: PlanType) -> None:
            facts = kinds.KindFacts(
                is_offered=form.is_offered.data,
                sections=form.sections.data,
                own_consent=form.own_consent.data,
                consent_months=form.consent_months.data,
                coordinator_names=languages(form, "coordinator_"),
            )
            version = request.form.get("version", "")
            kinds.change(current_actor(), row, facts, version=version)

        return _do(row, form, "templating/kind.html", keep, plans=kinds.plans_of(row))

    @expose("/age/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def age(self, pk: str) -> Answer:
        """From which age owners consent alone."""
        row, form = _kind(pk), AgeForm()
        if request.method != "POST":
            return _page("templating/age.html", row, form, age=_age(row))

        def keep(row: PlanType) -> None:
            kinds.set_age(
                current_actor(),
                row,
                age=form.own_consent_age.data,
                valid_from=form.valid_from.data,
                at=utc_now(),
            )

        return _do(row, form, "templating/age.html", keep, age=_age(row))

    @expose("/text/<pk>", methods=["GET", "POST"])
    @door(Action.EDIT)
    def text(self, pk: str) -> Answer:
        """What is read before consenting."""
        row = _kind(pk)
        now = setup.consent_text(db.session(), row.kind)
        if request.method != "POST":
            return _page("templating/text.html", row, TextForm(data=now.texts), now=now)
        form = TextForm()

        def keep(row: PlanType) -> None:
            kinds.publish_text(current_actor(), row, languages(form), at=utc_now())

        return _do(row, form, "templating/text.html", keep, now=now)


def _kind(pk: str) -> PlanType:
    """The kind that an address names, when the actor may set it up."""
    actor = current_actor()
    if not is_id(pk):
        raise NotFound
    row: PlanType | None = db.session.scalar(
        scope.rows(actor, PlanType, Action.SHOW).where(PlanType.id == pk)
    )
    if row is None:
        raise NotFound
    policy.require(actor, Action.EDIT, row)
    return row


def _in_words(section: str) -> str:
    return words(Section(section))


def _age(row: PlanType) -> int:
    return own_consent_age(setup.age_rules(db.session(), row.kind), today())


def _do(
    row: PlanType, form: Any, template: str, keep: Callable[[PlanType], None], **values: Any
) -> Answer:
    """Save in one transaction; back to the list, or the form with what is wrong."""
    if not form.validate():
        return _page(template, row, form, status=422, **values)
    try:
        with transaction():
            keep(_kind(row.id))
    except DomainError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        text = str(error)
        if error.field and error.field in form:
            form[error.field].errors = [*form[error.field].errors, text]
        else:
            form.form_errors.append(text)
        return _page(template, _kind(row.id), form, status=error.status, **values)
    flash(_("%(name)s is saved.", name=words(row.kind)), "success")
    return redirect(url_for("KindView.index"))


def _page(
    template: str, row: PlanType, form: Any, *, status: int = 200, **values: Any
) -> tuple[str, int]:
    return render_template(template, view=KindView, row=row, form=form, **values), status
