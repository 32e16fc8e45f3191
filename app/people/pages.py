"""The pages about one person beyond the generated ones: national id, protection, retirement.

What a page shows only when asked for is asked for by POST, and written to the audit log before
the answer. No number and no address stands in a title, an address or a message.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.audit import log
from app.clock import today, utc_now
from app.db import transaction
from app.errors import DomainError, NotFound, StaleVersion
from app.models import Person, ProtectedAddress
from app.people import operations as people
from app.people import protection, purposes, registering
from app.people.bulk import ACTIONS, reason_of
from app.people.contact import tells_place
from app.people.forms import (
    NOT_DRAWN,
    FindForm,
    LiftForm,
    ProtectionForm,
    RetireForm,
    facts_so_far,
)
from app.people.registering import MayBeRegistered, Resembling
from app.screens.aliases import found_or_kept
from app.screens.bulk import RETIRE
from app.screens.scoped_view import DOORS, ScopedModelView
from app.security import policy
from app.security.actor import current_actor
from app.security.roles import Action, Resource
from app.security.routes import door

Answer = Response | str | tuple[str, int]
TELLING_PLACE = ("address", "postcode", "unit_id")


def shown_phone(person: Person) -> str | None:
    """The phone number, unless it could tell where a shielded person is."""
    return None if person.is_shielded and tells_place(person.phone) else person.phone


class PersonPages(ScopedModelView):
    """What the screen of persons adds to the generated pages."""

    include_route_methods = DOORS | {
        "find",
        "resembling",
        "national_id",
        "protection",
        "lift_protection",
        "protected_address",
    }
    form_page = "people/add.html"
    list_sections = ("people/find.html",)
    bulk_actions = ACTIONS

    def enter(self, form: Any) -> tuple[str, str]:
        """Register the person; back to where the person is to be used, if it was for something."""
        location, text = super().enter(form)
        person_id = location.rpartition("/")[2]
        return purposes.way_back(person_id) or location, text

    # --- who resembles ---------------------------------------------------------------------------

    @expose("/resembling", methods=["POST"])
    @door(Action.ADD)
    def resembling(self) -> Answer:
        """Who resembles the person that is being written: a part of the page, and it in words."""
        actor, form = current_actor(), self.add_form()
        with transaction() as session:
            number = form.national_id.data
            wait = registering.count_question(session, actor, utc_now(), national_id_text=number)
        if wait is not None:
            text = str(registering.TooManyQuestions.message)
            return {"found": "", "said": text}, 429  # type: ignore[return-value]
        found = self._resembling(form)
        part = render_template("people/_resembling.html", view=self, found=found)
        return {"found": part, "said": say_resembling(len(found)) if found else ""}  # type: ignore[return-value]

    @staticmethod
    def _resembling(form: Any) -> list[Resembling]:
        facts = facts_so_far(form)
        number = None if form.national_id.errors else form.national_id.data
        told = (number, facts.birth_date, facts.email, facts.phone)
        is_named = bool(facts.given_name and facts.family_name)
        if not is_named and not any(told):
            return []
        return registering.resembling(current_actor(), facts, national_id_text=number)

    def use_address(self, person_id: str) -> str:
        """Where one goes to use somebody who is registered already."""
        return purposes.way_back(person_id) or f"{self.route_base}/show/{person_id}"

    def asked_purpose(self) -> dict[str, str]:
        """What the person is registered for, for the address that is asked while one types."""
        return purposes.asked_purpose()

    # --- persons who were merged -----------------------------------------------------------------

    def get_row(self, pk: str, action: Action) -> Any:
        """As elsewhere; the id of somebody who was merged leads to the one kept."""
        return found_or_kept(super().get_row, pk, action)

    @expose("/show/<pk>", methods=["GET"])
    @door(Action.SHOW)
    def show(self, pk: str) -> Any:
        """One record; an old address leads to that of the one kept."""
        row = self.get_row(pk, Action.SHOW)
        if row.id != pk:
            flash(_("The record you opened is now part of this one."), "info")
            return redirect(self.url("show", row))
        return render_template("screens/show.html", view=self, row=row)

    # --- national id -----------------------------------------------------------------------------

    @expose("/find", methods=["POST"])
    @door(Action.LIST)
    def find(self) -> Answer:
        """Search by national id: on to the record, or no hit."""
        form = FindForm()
        if not form.validate():
            flash(_("Write a national id of at most 20 characters."), "danger")
            return redirect(self.url("list"))
        hit = known_by(form.national_id.data or "")
        if hit is None:
            flash(_("No person you can see has this national id."), "warning")
            return redirect(self.url("list"))
        return redirect(self.url("show", hit))

    @expose("/national-id/<pk>", methods=["POST"])
    @door(Action.SHOW_NATIONAL_ID)
    def national_id(self, pk: str) -> Answer:
        """The record with the national id in clear, once."""
        with transaction():
            row = self.get_row(pk, Action.SHOW_NATIONAL_ID)
            log.record(current_actor(), "person:national_id_shown", row)
        shown = {"national_id": people.read_national_id(row)}
        return render_template("screens/show.html", view=self, row=row, shown=shown)

    def related(self, row: Person) -> Sequence[tuple[Any, str, Mapping[str, Any]]]:
        """What is shown only when asked for."""
        sections: list[tuple[Any, str, Mapping[str, Any]]] = []
        if row.retired_reason:
            sections.append((_l("Why the person is retired"), "people/retired.html", {}))
        if row.national_id_hash is not None:
            sections.append((_l("National id"), "people/national_id.html", {}))
        if row.is_shielded or self.may(Action.PROTECT, row):
            in_force = protection.of_person(row) if self.may(Action.PROTECT, row) else None
            sections.append((_l("Address protection"), "people/address.html", {"row": in_force}))
        return sections

    # --- address protection ----------------------------------------------------------------------

    @expose("/protection/<pk>", methods=["GET", "POST"])
    @door(Action.PROTECT)
    def protection(self, pk: str) -> Answer:
        """Set or change the protection of a person's address."""
        row = self.get_row(pk, Action.PROTECT)
        in_force = protection.of_person(row)
        if request.method != "POST":
            return self._opened_protection(row, in_force)
        form = ProtectionForm()
        if "find" in request.form:
            return self._protection_page(row, form, 200)
        if not form.validate():
            return self._protection_page(row, form, 422)
        try:
            self._save_protection(pk, form)
        except DomainError as error:
            self._put_error(form, error)
            return self._protection_page(row, form, error.status)
        name = self.describe(row)
        flash(_("The address protection of %(name)s is saved.", name=name), "success")
        return redirect(self.url("show", row))

    def _opened_protection(self, row: Person, in_force: ProtectedAddress | None) -> Answer:
        """The form with what is decided; the unit of a shielded person is a showing of its own."""
        if in_force is None:
            facts: dict[str, Any] = {"since": today(), "address": row.address}
            facts["postcode"] = row.postcode
        else:
            facts = {n: getattr(in_force, n) for n in ("grade", "since", "renew_by")}
            with transaction():
                log.record(
                    current_actor(), "protected_address:shown", in_force, fields=("unit_id",)
                )
        return self._protection_page(row, ProtectionForm(data={**facts, "unit_id": row.unit_id}))

    def _save_protection(self, pk: str, form: ProtectionForm) -> None:
        with transaction():
            row = self.get_row(pk, Action.PROTECT)
            if request.form.get("version") != str(row.version):
                raise StaleVersion
            names = protection.ProtectionFacts.__dataclass_fields__
            facts = protection.ProtectionFacts(**{name: form[name].data for name in names})
            protection.protect(current_actor(), row, facts)

    def _protection_page(self, row: Person, form: ProtectionForm, status: int = 200) -> Answer:
        page = render_template(
            "people/protection.html",
            view=self,
            row=row,
            form=form,
            lift_form=LiftForm(formdata=None),
            version=request.form.get("version") or row.version,
        )
        return page, status

    @expose("/lift-protection/<pk>", methods=["POST"])
    @door(Action.PROTECT)
    def lift_protection(self, pk: str) -> Answer:
        """End the protection of a person's address."""
        form = LiftForm()
        with transaction():
            row = self.get_row(pk, Action.PROTECT)
            keep = bool(form.keep_address.data)
            protection.lift(current_actor(), row, keep_address=keep, at=utc_now())
        name = self.describe(row)
        flash(_("The address protection of %(name)s is lifted.", name=name), "success")
        return redirect(self.url("show", row))

    @expose("/protected-address/<pk>", methods=["POST"])
    @door(Action.SHOW, Resource.PROTECTED_ADDRESS)
    def protected_address(self, pk: str) -> Answer:
        """The record with the protected address, unit and phone, once."""
        with transaction():
            row = self.get_row(pk, Action.SHOW)
            in_force = protection.of_person(row)
            if in_force is None:
                raise NotFound
            policy.require(current_actor(), Action.SHOW, in_force)
            log.record(current_actor(), "protected_address:shown", in_force)
        shown = {"address": in_force}
        return render_template("screens/show.html", view=self, row=row, shown=shown)

    # --- forms of a shielded person --------------------------------------------------------------

    def fit_form(self, form: Any, row: Any) -> None:
        """A number is never shown beside another's, and no field tells a shielded place."""
        form.national_id.flags.secret = True
        hide_place(form, row)
        # Who was shown stays on the page while something else is put right.
        if row is None and "seen" in request.form and not hasattr(form, "found"):
            kept = {field.name: field.errors for field in form}
            form.found = self._resembling(form)
            for field in form:
                field.errors = kept[field.name]

    @staticmethod
    def _put_error(form: Any, error: DomainError) -> None:
        """Beside the warning of an odd national id the box that confirms it; and who is meant,
        where somebody is registered already.
        """
        if isinstance(error, people.DoubtfulNationalId):
            form.national_id_confirmed.ask()
        if isinstance(error, MayBeRegistered):
            form.found = error.found
        if isinstance(error, people.KnownNationalId):
            form.known = known_by(form.national_id.data or "")
        ScopedModelView._put_error(form, error)

    # --- out of use, and back --------------------------------------------------------------------

    @expose("/retire/<pk>", methods=["GET", "POST"])
    @door(Action.RETIRE)
    def retire(self, pk: str) -> Answer:
        """Take a person out of use, with a reason."""
        row = self.get_row(pk, Action.RETIRE)
        is_sent = "reason" in request.form
        form = RetireForm() if is_sent else RetireForm(formdata=None)
        if not is_sent or not form.validate():
            page = render_template("people/retire.html", view=self, row=row, form=form)
            return page, 422 if is_sent else 200
        try:
            with transaction():
                row = self.get_row(pk, Action.RETIRE)
                people.retire(current_actor(), row, reason=form.reason.data, at=utc_now())
                undo = self.note(RETIRE, row, None)
        except DomainError as error:
            self._put_error(form, error)
            page = render_template("people/retire.html", view=self, row=row, form=form)
            return page, error.status
        self.say(_("%(name)s is retired.", name=self.describe(row)), undo)
        return redirect(self.url("show", row))

    def before_restore(self, row: Person) -> Any:
        """The reason that the person is retired for."""
        return reason_of(row)

    def restore_row(self, row: Person) -> None:
        """Bring the person back, unless somebody else has the same ids by now."""
        people.restore(current_actor(), row)


def hide_place(form: Any, row: Person | None) -> None:
    """Take the fields that could tell where a shielded person is out of the form."""
    if row is None or not row.is_shielded:
        return
    for name in TELLING_PLACE:
        form[name].type = NOT_DRAWN
        form[name].flags.secret = True
    if tells_place(row.phone):
        form.phone.flags.secret = True
        form.phone.description = _("Leave empty to keep the number that is registered.")
        if form.phone.data == row.phone:
            form.phone.data = None


def known_by(number: str) -> Person | None:
    """Who has this national id, when the actor may see them: a search as any other."""
    with transaction():
        hit = people.find_by_national_id(current_actor(), number)
        log.record(current_actor(), "person:searched_by_national_id", hit)
    return hit


def say_resembling(count: int) -> str:
    """How many persons resemble the one that is written."""
    return ngettext(
        "%(num)s registered person resembles this one.",
        "%(num)s registered persons resemble this one.",
        count,
    )
