"""The page that gives one part of the plan an earlier last day for one participant."""

from datetime import date, datetime

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.clock import today
from app.enums import Section
from app.models import Participant
from app.plans import access_words, granting, shortening, undoing
from app.plans.pages import Answer, asked_section
from app.plans.participant_forms import LastDayForm
from app.plans.participant_pages import say
from app.plans.participation_pages import ParticipationPages, find_participant
from app.screens.fields import show_date
from app.security.actor import Actor
from app.security.roles import Action
from app.security.routes import door


class ShorteningView(ParticipationPages):
    """One part of one participation."""

    route_base = "/participation-part"
    default_view = "shorten"

    @expose("/shorten/<pk>", methods=["GET", "POST"])
    @door(Action.STOP_ACCESS)
    def shorten(self, pk: str) -> Answer:
        """An earlier last day for the part that the query names: one to press, or one's own."""
        form = LastDayForm()
        if request.method != "POST":
            one = self.opened_one(pk, Action.STOP_ACCESS)
            return self._page(one, asked_section(), form)
        # Whether it is there at all is answered first, to a stranger as to everyone.
        one = find_participant(pk, Action.STOP_ACCESS)
        section = asked_section()
        chosen = _chosen(one, section)
        if chosen is None and not form.validate():
            return self._page(one, section, form, status=422)
        last_day: date = chosen or form.last_day.data
        done: list[str] = []

        def change(actor: Actor, one: Participant, at: datetime) -> None:
            before = shortening.shorten_section(actor, one, section, last_day, at=at)
            done.append(undoing.keep(actor, undoing.SHORTENED_SECTION, [(one, before)], at=at))

        try:
            changed = self.do(pk, Action.STOP_ACCESS, change, form)
        except granting.AlreadyOver:
            changed = None
        if changed is None:
            return self._refused(pk, section, form)
        part, day = access_words.listed([section]), show_date(last_day)
        name = changed.person.full_name
        said = _("%(name)s sees %(part)s until and with %(day)s.", name=name, part=part, day=day)
        say(said, done[0])
        return redirect(url_for("AccessView.who", pk=changed.plan_id))

    def _refused(self, pk: str, section: Section, form: LastDayForm) -> Answer:
        """The form with what is wrong; or who sees what, when there is nothing left to shorten."""
        one = find_participant(pk, Action.STOP_ACCESS)
        if shortening.standing_in(one, section, today()) is None:
            flash(_("This access has already ended."), "info")
            return redirect(url_for("AccessView.who", pk=one.plan_id))
        return self._page(one, section, form, status=409)

    def _page(
        self, one: Participant, section: Section, form: LastDayForm, *, status: int = 200
    ) -> Answer:
        on = today()
        return self.page_of(
            "plans/access/shorten_part.html",
            one,
            status=status,
            form=form,
            section=section,
            part=access_words.listed([section]),
            is_given=shortening.standing_in(one, section, on) is not None,
            last_day=shortening.last_day_of(one, section, on),
            suggested=list(shortening.suggestions(one, section, on)),
        )


def _chosen(one: Participant, section: Section) -> date | None:
    """The suggested day whose button was pressed, as it is today."""
    return dict(shortening.suggestions(one, section, today())).get(request.form.get("choice", ""))
