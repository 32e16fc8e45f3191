"""With a page or a file open, what ends access takes effect on the very next request.

Each ending is asked for before and after by the same browser, which has the page already.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pytest
from flask_appbuilder.security.sqla.models import User

from app.clock import OSLO, today, utc_now
from app.db import db, transaction
from app.enums import Level, PlanKind, Section
from app.models import Authority, Consent, Membership, PlanEntry
from app.plans import entry_forms
from tests.plans import garden as gardens
from tests.plans.content_world import Plot, section_of

SECRET = "Slik er det hjemme"
GONE = (302, 403, 404)
SECOND = timedelta(seconds=1)


@dataclass
class Open:
    """A plan that larer and, for a child, foresatt have open: ids of what can end."""

    plot: Plot
    plan: str = ""
    entry: str = ""
    owner: str = ""
    participant: str = ""
    consent: str = ""
    authority: str | None = None

    def pages(self):
        """What is open: a section, one entry, and the form for it."""
        return (
            section_of(self.plan, Section.ACTIVITIES),
            f"/plan-entry/show/{self.entry}",
            f"/plan-entry/edit/{self.entry}",
        )

    def change(self, model, pk, **values):
        """Put values on a row, as somebody else does meanwhile."""
        with self.plot.planting():
            row = db.session.get_one(model, pk)
            for name, value in values.items():
                setattr(row, name, value)


@pytest.fixture
def plot(app, world):
    """The rows of Strandvik."""
    return Plot(app, world.strandvik)


@pytest.fixture
def act_as(client_as):
    """Signed in, and where there is a choice, in Strandvik."""
    return lambda name: client_as(name, in_="9901" if name == "larer" else None)


def opened(plot, years, **agreed):
    """A plan of somebody so old, shared with larer by those who have to."""
    place, one = plot.place, Open(plot)
    with plot.planting():
        born = years if not isinstance(years, int) else gardens.born(years)
        owner = gardens.person(place, f"eier-{len(place.persons)}", "Ida", born)
        plan = gardens.make_plan(
            owner.id, place.persons["koordinator.strandvik"], kind=PlanKind.FAMILY_PLAN
        )
        by = None
        if years != ADULT:
            by = gardens.authority(owner.id, place.persons["foresatt"])
            one.authority = by.id
        who = gardens.add_participant(plan, place.persons["larer"])
        gardens.grant(who, Section.ACTIVITIES, Level.WRITE)
        gardens.consent(plan, by)
        covers = [(who, Section.ACTIVITIES, Level.WRITE)]
        one.consent = gardens.consent(plan, by, covers, **agreed).id
        one.entry = gardens.entry(plan, Section.ACTIVITIES, SECRET).id
        one.plan, one.owner, one.participant = plan.id, owner.id, who.id
    return one


ADULT = 30


def reads_all(client, one):
    """The pages are read."""
    answers = [client.get(path) for path in one.pages()]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert all(SECRET in answer.text for answer in answers)


def reads_nothing(client, one):
    """Nothing is read or written any more from the pages that are open."""
    answers = [client.get(path) for path in one.pages()]
    assert all(answer.status_code in GONE for answer in answers)
    # What was written is given back, or kept until its writer signs in again.
    form = {"version": "0", "title": "Skrevet etterpå"}
    answers.append(client.send(f"/plan-entry/edit/{one.entry}", form))
    assert not any(SECRET in answer.text for answer in answers)
    assert one.plot.read(PlanEntry, one.entry).title == SECRET


# --- what somebody does --------------------------------------------------------------------------


def withdraw(one, _act_as, _kept):
    one.change(Consent, one.consent, withdrawn_at=utc_now())


def reset(one, act_as, _kept):
    form = {"reason": "Nye opplysninger"}
    answer = act_as("koordinator.strandvik").send(f"/plan-consent-end/reset/{one.plan}", form)
    assert answer.status_code == 302


def end_participation(one, act_as, _kept):
    form = {"reason": "Ny skole"}
    path = f"/participation/end/{one.participant}"
    assert act_as("koordinator.strandvik").send(path, form).status_code == 302


def withdraw_account(one, _act_as, kept):
    def put(is_active):
        with one.plot.app.app_context(), transaction() as session:
            session.get(User, account_of(one.plot)).active = is_active

    put(False)
    kept.callback(put, True)


def account_of(plot):
    """The account of larer."""
    return plot.app.extensions["test_world"].accounts["larer"]


def lose_role(one, _act_as, kept):
    pk = one.plot.place.memberships["larer"]
    one.change(Membership, pk, ended_at=utc_now())
    kept.callback(one.change, Membership, pk, ended_at=None)


ENDINGS = (withdraw, reset, end_participation, withdraw_account, lose_role)


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_e2_what_ends_access_holds_on_the_very_next_request(plot, act_as, end):
    one, larer = opened(plot, ADULT), act_as("larer")
    reads_all(larer, one)

    with ExitStack() as kept:
        end(one, act_as, kept)
        reads_nothing(larer, one)


def test_e9_with_the_parents_right_both_they_and_whom_they_let_in_are_out(plot, act_as):
    one = opened(plot, 9)
    parent, larer = act_as("foresatt"), act_as("larer")
    reads_all(parent, one)
    reads_all(larer, one)

    one.change(Authority, one.authority, ended_at=utc_now())

    reads_nothing(parent, one)
    reads_nothing(larer, one)


# --- what the clock does -------------------------------------------------------------------------


@pytest.fixture
def at(monkeypatch):
    """Sets the clock of the panel."""

    def put(instant):
        class Stopped(datetime):
            @classmethod
            def now(cls, tz=None):
                return instant.astimezone(tz)

        monkeypatch.setattr("app.clock.datetime", Stopped)

    return put


def midnight(day):
    """The instant at which a day begins in Norway."""
    return datetime.combine(day, time.min, OSLO)


def test_e7_on_the_16th_birthday_the_parent_is_out_with_the_page_open(plot, act_as, at):
    birthday = today() + timedelta(days=1)
    one = opened(plot, birthday.replace(year=birthday.year - 16))
    at(midnight(birthday) - SECOND)
    parent, larer = act_as("foresatt"), act_as("larer")
    reads_all(parent, one)
    reads_all(larer, one)

    at(midnight(birthday))

    reads_nothing(parent, one)
    reads_nothing(larer, one)


def next_night(*, forward):
    """The next day on which the clocks change."""
    day, change = today(), timedelta(hours=1 if forward else -1)
    while midnight(day + timedelta(days=1)).utcoffset() - midnight(day).utcoffset() != change:
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize("days", [0, 1], ids=["the night before", "the night after"])
@pytest.mark.parametrize("forward", [True, False], ids=["clocks forward", "clocks back"])
def test_e3_a_consent_runs_out_at_midnight_with_the_page_open(plot, act_as, at, forward, days):
    ends_on = next_night(forward=forward) + timedelta(days=days)
    one = opened(plot, ADULT, ends_on=ends_on)
    at(midnight(ends_on) - SECOND)
    larer = act_as("larer")
    reads_all(larer, one)

    at(midnight(ends_on))

    reads_nothing(larer, one)


# --- files, and what is on its way ---------------------------------------------------------------


def test_d9_a_list_goes_out_to_nobody_who_has_lost_the_role(plot, act_as, world):
    one, admin = opened(plot, ADULT), act_as("lokal.strandvik")
    for username in ("koordinator.strandvik", "planeier", "larer", "sentral"):
        assert act_as(username).get("/plans/export").status_code == 403
    assert "Ida" in admin.get("/plans/export").text
    under_way = admin.get("/plans/export", buffered=False)
    assert under_way.status_code == 200
    key = plot.place.memberships["lokal.strandvik"]

    one.change(Membership, key, ended_at=utc_now())
    try:
        again = admin.get("/plans/export")
        listed = admin.get("/plans/list/")
    finally:
        one.change(Membership, key, ended_at=None)
        under_way.close()

    assert (again.status_code, listed.status_code) == (403, 403)
    assert "Ida" not in again.text + listed.text


def test_p9_access_that_ends_while_a_form_is_on_its_way_saves_nothing(plot, act_as, monkeypatch):
    one, larer = opened(plot, ADULT), act_as("larer")
    form = {"version": "0", "title": "Skrevet i mellomtiden"}
    form["csrf_token"] = larer.csrf()
    original = entry_forms.sent

    def slow(*arguments):
        monkeypatch.setattr(entry_forms, "sent", original)
        ended = {"withdrawn_at": utc_now()}
        with ThreadPoolExecutor(1) as pool:
            pool.submit(one.change, Consent, one.consent, **ended).result()
        return original(*arguments)

    monkeypatch.setattr(entry_forms, "sent", slow)

    answer = larer.post(f"/plan-entry/edit/{one.entry}", data=form)

    assert answer.status_code == 404
    assert plot.read(PlanEntry, one.entry).title == SECRET
