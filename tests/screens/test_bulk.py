"""Doing one thing to many rows: looked over, done once for the rows agreed to, and undone."""

import re
from dataclasses import replace
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.db import db, transaction
from app.enums import Role, UnitKind
from app.errors import DomainError
from app.models import AuditEvent, Person, Unit
from app.people import operations as people
from app.screens import bulk_pages
from app.security import tenancy
from app.security.actor import Holding, acting_as, operator
from app.side_tables import BulkChange
from app.units import operations as units

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
UNDO = re.compile(r'action="(/[a-z]+/undo/[^"]+)"')


class Crowd:
    """Three persons of a family of their own, and a client that works with them."""

    def __init__(self, app, client, place):
        self.app, self.client, self.place = app, client, place
        self.word = f"Q{uuid4().hex[:8]}"
        self.path = f"/person/bulk?q={self.word}&state=all"
        with self._acting(), transaction():
            self.units = {name: self._unit(name) for name in ("school", "nav", "top")}
            self.ids = [self._register(f"Nr{n}") for n in range(3)]

    def _acting(self):
        return acting_as(db.session(), operator(self.place.id))

    def _register(self, given):
        facts = people.PersonFacts(given, self.word, unit_id=self.units["school"])
        actor = operator(self.place.id)
        return people.register(actor, facts, at=utc_now(), today=utc_now().date()).id

    def _unit(self, name):
        unit = Unit(name=f"{self.word} {name}", kind=UnitKind.OTHER, is_outside=False)
        units.add(operator(self.place.id), unit, None, at=utc_now())
        db.session.flush()
        return unit.id

    def add(self, given):
        with self.app.app_context(), self._acting(), transaction():
            return self._register(given)

    def change(self, pk, **values):
        with self.app.app_context(), self._acting(), transaction():
            row = db.session.get_one(Person, pk)
            for name, value in values.items():
                setattr(row, name, value)

    def rows(self):
        with self.app.app_context(), self._acting():
            found = db.session.scalars(select(Person).where(Person.family_name == self.word))
            return {row.id: row for row in found}

    def retired(self):
        return sorted(pk for pk, row in self.rows().items() if row.retired_at is not None)

    def look_over(self, action, **chosen):
        chosen = chosen or {"which": "all"}
        return self.client.send(self.path, {"action": action, **chosen})

    def agree(self, page, **typed):
        """Send the form of the page, with what is typed in it."""
        form = page.text.partition('<form class="record"')[2].partition("</form>")[0]
        data = {}
        for name, value in HIDDEN.findall(form):
            data.setdefault(name, []).append(unescape(value))
        return self.client.post(self.path, data=data | typed)

    def undo(self, path="/person/list/"):
        """Press the button of the message on the page; the page that follows."""
        found = UNDO.search(self.client.get(path).text)
        assert found, "there is nothing to undo"
        address = unescape(found.group(1))
        return address, self.client.send(address, follow_redirects=True)


@pytest.fixture
def crowd(app, world, client_as):
    client = client_as("lokal.strandvik")
    with app.app_context():
        return Crowd(app, client, world.strandvik)


def test_all_hits_are_retired_once_and_brought_back(crowd):
    other = crowd.place.persons["other"]
    page = crowd.look_over("retire")
    assert page.status_code == 200
    assert all(f"Nr{n} {crowd.word}" in page.text for n in range(3))
    assert crowd.retired() == []

    first, second = (crowd.agree(page, reason="Flyttet") for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert crowd.retired() == sorted(crowd.ids)
    assert {row.retired_reason for row in crowd.rows().values()} == {"Flyttet"}
    with crowd.app.app_context(), crowd._acting():
        assert db.session.get_one(Person, other).retired_at is None
        changes = db.session.scalars(select(BulkChange).order_by(BulkChange.id)).all()
        events = db.session.scalars(
            select(AuditEvent.object_id).where(
                AuditEvent.action == "person:changed", AuditEvent.object_id.in_(crowd.ids)
            )
        ).all()
    assert sorted(row["id"] for row in changes[-1].rows) == sorted(crowd.ids)
    assert sorted(events) == sorted(crowd.ids)

    address, undone = crowd.undo()
    again = crowd.client.send(address, follow_redirects=True)

    assert crowd.retired() == []
    assert (undone.status_code, again.status_code) == (200, 200)
    assert f"q={crowd.word}" in undone.request.query_string.decode()


def test_ticked_rows_alone_are_done(crowd):
    page = crowd.look_over("retire", which="ticked", row=crowd.ids[:2])

    crowd.agree(page, reason="Flyttet")

    assert crowd.retired() == sorted(crowd.ids[:2])


def test_nothing_is_done_without_the_reason(crowd):
    page = crowd.look_over("retire")

    refused = crowd.agree(page, reason=" ")

    assert refused.status_code == 422
    assert crowd.retired() == []
    assert crowd.agree(refused, reason="Flyttet").status_code == 302
    assert len(crowd.retired()) == 3


@pytest.mark.parametrize("what", ["one more", "changed", "retired"])
def test_what_has_changed_since_it_was_looked_over_is_asked_again(crowd, what):
    page = crowd.look_over("retire")
    if what == "one more":
        crowd.add("Ny")
    elif what == "changed":
        crowd.change(crowd.ids[0], email="ny@strandvik.example")
    else:
        crowd.change(crowd.ids[0], retired_at=utc_now())
    before = crowd.retired()

    asked = crowd.agree(page, reason="Flyttet")

    assert asked.status_code == 409
    assert crowd.retired() == before
    assert 'value="Flyttet"' in asked.text
    assert crowd.agree(asked, reason="Flyttet").status_code == 302
    assert len(crowd.retired()) == len(crowd.rows())


def test_what_cant_be_done_is_said_with_its_reason_and_left_alone(crowd):
    crowd.change(crowd.ids[0], is_shielded=True)
    page = crowd.look_over("move")

    assert "adressesperre" in page.text
    moved = crowd.agree(page, unit_id=crowd.units["nav"])

    assert moved.status_code == 302
    rows = crowd.rows()
    assert rows[crowd.ids[0]].unit_id == crowd.units["school"]
    assert {rows[pk].unit_id for pk in crowd.ids[1:]} == {crowd.units["nav"]}

    crowd.undo()

    assert {row.unit_id for row in crowd.rows().values()} == {crowd.units["school"]}


def test_undoing_a_move_leaves_who_was_moved_again(crowd):
    crowd.agree(crowd.look_over("move"), unit_id=crowd.units["nav"])
    crowd.change(crowd.ids[0], unit_id=crowd.units["top"])

    crowd.undo()

    rows = crowd.rows()
    assert rows[crowd.ids[0]].unit_id == crowd.units["top"]
    assert {rows[pk].unit_id for pk in crowd.ids[1:]} == {crowd.units["school"]}


def test_bringing_back_is_undone_with_the_reason_that_was(crowd):
    crowd.agree(crowd.look_over("retire"), reason="Flyttet")
    assert crowd.agree(crowd.look_over("restore")).status_code == 302
    assert crowd.retired() == []

    crowd.undo()

    assert {row.retired_reason for row in crowd.rows().values()} == {"Flyttet"}


def test_more_than_the_limit_is_refused_with_the_number(crowd, monkeypatch):
    monkeypatch.setattr(bulk_pages, "MOST_AT_ONCE", 2)

    page = crowd.look_over("retire")

    assert page.status_code == 200
    assert 'name="digest"' not in page.text
    assert re.search(r"\b3\b", page.text)


def test_the_filter_travels_and_is_never_forgotten(crowd):
    listed = crowd.client.get(f"/person/list/?q={crowd.word}&state=all")

    form = listed.text.partition('id="bulk"')[2].partition(">")[0]

    assert f"q={crowd.word}" in unescape(form)
    assert "state=all" in unescape(form)
    assert (
        crowd.client.send(
            "/person/bulk?birth_date=31.02.2020", {"action": "retire", "which": "all"}
        ).status_code
        == 400
    )
    assert (
        crowd.client.send(
            "/person/bulk?nonsense=1", {"action": "retire", "which": "all"}
        ).status_code
        == 400
    )


def ticks(page):
    """The lines that are ticked."""
    return re.findall(r'name="row" value="([^"]+)" checked', page.text)


def test_what_is_missing_is_asked_for_and_ticks_are_kept_and_nonsense_is_refused(crowd):
    send = crowd.client.send
    some = crowd.ids[:2]

    without_action = send(crowd.path, {"action": "", "which": "ticked", "row": some})
    without_tick = send(crowd.path, {"action": "retire", "which": "ticked"})

    assert (without_action.status_code, without_tick.status_code) == (422, 422)
    assert sorted(ticks(without_action)) == sorted(some)
    assert 'href="#bulk-action"' in without_action.text
    assert 'aria-describedby="bulk-error-action"' in without_action.text
    assert '<option value="retire" selected>' in without_tick.text
    assert len(ticks(send(crowd.path, {"which": "page", "action": ""}))) == len(crowd.ids)
    assert ticks(send(crowd.path, {"which": "none", "action": "", "row": some})) == []
    assert send(crowd.path, {"action": "", "which": "all"}).status_code == 422
    assert send(crowd.path, {"action": "burn", "which": "all"}).status_code == 400
    assert send(crowd.path, {"action": "retire", "row": "x"}).status_code == 400


def test_rows_of_another_municipality_are_not_there(crowd, world):
    """D2: they are left out of what is looked over and agreed to."""
    foreign = world.fjellby.persons["other"]

    page = crowd.look_over("retire", which="ticked", row=[foreign, crowd.ids[0]])
    crowd.agree(page, reason="Flyttet")

    assert "Ravnetind" not in page.text
    assert crowd.retired() == [crowd.ids[0]]
    there = tenancy.Scope(world.fjellby.id)
    with crowd.app.app_context(), tenancy.applied(db.session(), there):
        assert db.session.get_one(Person, foreign).retired_at is None


def test_who_may_not_retire_one_retires_not_many(crowd, client_as):
    coordinator, participant = client_as("koordinator.strandvik"), client_as("planeier")
    sent = {"action": "retire", "which": "all"}

    assert coordinator.send(crowd.path, sent).status_code == 403
    assert participant.send(crowd.path, sent).status_code == 403
    assert coordinator.send(crowd.path, {"action": "move", "which": "all"}).status_code == 200
    assert 'value="retire"' not in coordinator.get("/person/list/").text


def test_nobody_undoes_what_somebody_else_did(crowd, client_as):
    crowd.agree(crowd.look_over("retire"), reason="Flyttet")
    address = unescape(UNDO.search(crowd.client.get("/person/list/").text).group(1))
    elsewhere = address.replace("/person/", "/unit/").partition("?")[0]

    others = [client_as(name) for name in ("koordinator.strandvik", "lokal.fjellby", "planeier")]

    assert [one.send(address).status_code for one in others] == [404, 404, 404]
    assert crowd.client.send(elsewhere).status_code == 404
    assert len(crowd.retired()) == 3


def test_one_person_is_retired_with_an_undo(crowd):
    pk = crowd.ids[0]
    crowd.client.send(f"/person/retire/{pk}", {"reason": "Flyttet"})
    assert crowd.retired() == [pk]

    _address, page = crowd.undo(f"/person/show/{pk}")

    assert crowd.retired() == []
    assert page.request.path == f"/person/show/{pk}"

    crowd.client.send(f"/person/retire/{pk}", {"reason": "Flyttet"})
    crowd.client.get("/desk/")
    crowd.client.send(f"/person/restore/{pk}")
    crowd.undo(f"/person/show/{pk}")

    assert crowd.rows()[pk].retired_reason == "Flyttet"


def test_units_retire_from_below_and_come_back_from_above(crowd):
    with crowd.app.app_context(), crowd._acting(), transaction():
        actor = operator(crowd.place.id)
        parent = db.session.get_one(Unit, crowd.units["top"])
        ids = []
        for depth in range(3):
            unit = Unit(name=f"X{crowd.word} {depth}", kind=UnitKind.OTHER, is_outside=False)
            parent = units.add(actor, unit, parent, at=utc_now())
            db.session.flush()
            ids.append(unit.id)
    crowd.path = f"/unit/bulk?q=X{crowd.word}&state=all"

    crowd.agree(crowd.look_over("retire"))
    assert _retired_units(crowd, ids) == 3
    crowd.undo("/unit/list/")
    assert _retired_units(crowd, ids) == 0

    page = crowd.look_over("retire", which="ticked", row=ids[:1])
    assert 'name="digest"' not in page.text


def _retired_units(crowd, ids):
    with crowd.app.app_context(), crowd._acting():
        rows = db.session.scalars(select(Unit).where(Unit.id.in_(ids))).all()
        return sum(row.retired_at is not None for row in rows)


def test_a_unit_limited_administrator_moves_nobody_out_of_reach(app, world, crowd, client_as):
    with app.app_context(), crowd._acting():
        school = db.session.get_one(Unit, crowd.units["school"])
        limited = replace(
            operator(crowd.place.id), holdings=(Holding(Role.LOCAL_ADMINISTRATOR, school.path),)
        )
        person = db.session.get_one(Person, crowd.ids[0])
        nav = db.session.get_one(Unit, crowd.units["nav"])
        with pytest.raises(DomainError), transaction():
            people.move(limited, person, nav)
        with pytest.raises(DomainError), transaction():
            people.move(limited, db.session.get_one(Person, crowd.ids[0]), None)

    assert {row.unit_id for row in crowd.rows().values()} == {crowd.units["school"]}
