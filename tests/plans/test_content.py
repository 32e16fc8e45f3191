"""What users do with plan content, page by page."""

import re

import pytest

from app.enums import EntryKind, EntryStatus, Section
from app.models import Plan, PlanEntry
from tests.plans.content_world import Plot, add_to, section_of, version_on


@pytest.fixture
def plot(app, world):
    """The rows of Strandvik."""
    return Plot(app, world.strandvik)


@pytest.fixture
def ip(garden):
    """The id of planeier's plan in Strandvik."""
    return garden.strandvik.plans["ip"]


@pytest.fixture
def coordinator(client_as):
    """Who coordinates the plans of Strandvik."""
    return client_as("koordinator.strandvik")


NEW = {
    "about": {"title": "Det jeg liker", "body": "Fotball\nog musikk"},
    "mapping": {"title": "Skole", "body": "Trives"},
    "goal": {"title": "Lære å sykle", "body": "Sykler til skolen"},
    "activity": {
        "title": "Øve på gårdsplassen",
        "body": "Med støttehjul først",
        "scope": "en time i uka",
        "responsible": "coordinator",
        "deadline_on": "24.12.2099",
        "status": "planned",
    },
    "comment": {"body": "Dette går bra"},
    "sub_plan": {"title": "IOP", "service": "Skolen", "body": "Fag"},
    "meeting": {
        "title": "Ansvarsgruppe",
        "date": "12.11.2026",
        "time": "14:30",
        "place": "Rådhuset",
        "agenda": "Sykling",
        "present": "Alle",
        "body": "Vi ble enige",
    },
}
SHOWN_IN = {
    "about": Section.ABOUT_ME,
    "mapping": Section.MAPPING,
    "goal": Section.GOALS,
    "activity": Section.ACTIVITIES,
    "comment": Section.COMMENTS,
    "sub_plan": Section.SUB_PLANS,
    "meeting": Section.MEETINGS,
}


@pytest.mark.parametrize("kind", NEW)
def test_what_is_written_is_shown_where_it_belongs_with_author_and_version(
    kind, plot, ip, coordinator
):
    answer = coordinator.send(add_to(ip, kind), NEW[kind])

    assert answer.status_code == 302, answer.text
    entry = plot.entries(ip, kind=EntryKind(kind))[-1]
    assert entry.section == SHOWN_IN[kind]
    assert entry.author_id == plot.place.persons["koordinator.strandvik"]
    assert [one.number for one in plot.versions(entry.id)] == [1]
    page = coordinator.get(section_of(ip, SHOWN_IN[kind])).text
    shown = NEW[kind].get("title") or NEW[kind]["body"]
    assert shown in page
    one = coordinator.get(f"/plan-entry/show/{entry.id}")
    assert one.status_code == 200
    assert all(text.splitlines()[0] in one.text for text in (NEW[kind]["body"],))


def test_an_activity_keeps_scope_responsible_deadline_and_status(plot, ip, coordinator):
    goal = plot.add_entry(ip, Section.GOALS, "Et mål med tiltak")

    coordinator.send(add_to(ip, "activity", goal), NEW["activity"])

    [entry] = plot.entries(ip, parent_id=goal)
    assert entry.details["scope"] == "en time i uka"
    assert entry.details["responsible"] == "coordinator"
    assert entry.status is EntryStatus.PLANNED
    page = coordinator.get(section_of(ip, Section.GOALS)).text
    assert "en time i uka" in page
    assert "24.12.2099" in page


def test_a_participant_can_be_responsible(plot, ip, coordinator, garden):
    who = garden.strandvik.participants["ip", "larer"]

    coordinator.send(add_to(ip, "activity"), NEW["activity"] | {"responsible": who})

    assert plot.entries(ip, kind=EntryKind.ACTIVITY)[-1].responsible_id == who


def test_an_evaluation_says_whether_it_was_done_and_whether_it_helped(plot, ip, coordinator):
    goal = plot.add_entry(ip, Section.GOALS, "Et mål som vurderes")
    form = {"date": "12.11.2026", "done": "yes", "helped": "partly", "body": "Litt bedre"}

    answer = coordinator.send(add_to(ip, "evaluation", goal), form)

    assert answer.status_code == 302
    [entry] = plot.entries(ip, parent_id=goal)
    assert (entry.kind, entry.section) == (EntryKind.EVALUATION, Section.GOALS)
    assert "Litt bedre" in coordinator.get(section_of(ip, Section.GOALS)).text


def test_bad_input_is_told_beside_the_field_and_what_was_typed_is_kept(plot, ip, coordinator):
    before = len(plot.entries(ip))

    form = NEW["meeting"] | {"time": "kvart over to", "date": "i morgen"}
    answer = coordinator.send(add_to(ip, "meeting"), form)

    assert answer.status_code == 422
    assert 'id="time-error"' in answer.text
    assert 'id="date-error"' in answer.text
    assert "kvart over to" in answer.text
    assert "i morgen" in answer.text
    assert len(plot.entries(ip)) == before


@pytest.mark.parametrize(
    ("field", "length"), [("title", 301), ("body", 20_001)], ids=["title", "text"]
)
def test_texts_have_a_largest_size(field, length, plot, ip, coordinator):
    too_long = coordinator.send(add_to(ip, "about"), NEW["about"] | {field: "x" * length})
    fits = coordinator.send(add_to(ip, "about"), NEW["about"] | {field: "x" * (length - 1)})

    assert (too_long.status_code, fits.status_code) == (422, 302)


def test_texts_are_shown_as_they_were_written_whatever_they_hold(plot, ip, coordinator):
    nasty = "{{7*7}} <script>alert(1)</script> \u202eabc ${1} &amp;"

    coordinator.send(add_to(ip, "about"), {"title": nasty, "body": f"{nasty}\nneste linje"})

    entry = plot.entries(ip, kind=EntryKind.ABOUT)[-1]
    assert entry.title == nasty
    for path in (section_of(ip, Section.ABOUT_ME), f"/plan-entry/show/{entry.id}"):
        page = coordinator.get(path).text
        assert "{{7*7}} &lt;script&gt;alert(1)&lt;/script&gt; \u202eabc ${1} &amp;amp;" in page
        assert "<script>alert" not in page


def test_sending_the_same_form_twice_makes_one_row(plot, ip, coordinator):
    path = add_to(ip, "goal")
    form = {"title": "Bare én gang", "form_key": coordinator.form_key(path)}

    first, second = coordinator.send(path, form), coordinator.send(path, form)

    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    assert len(plot.entries(ip, title="Bare én gang")) == 1


def test_every_read_is_in_the_log_with_the_sections_that_were_shown(plot, ip, coordinator):
    goal = plot.add_entry(ip, Section.GOALS, "Lest mål")
    coordinator.get(section_of(ip, Section.GOALS))
    coordinator.get(f"/plan-entry/show/{goal}")
    coordinator.get(f"/plan-entry-history/show/{goal}")
    coordinator.get(f"/plan-content/bin/{ip}")

    events = plot.events(ip)[-6:]

    told = {(one.action, one.section) for one in events}
    assert ("plan:section_shown", Section.GOALS) in told
    assert ("plan:section_shown", Section.ACTIVITIES) in told
    assert ("plan_entry:shown", Section.GOALS) in told
    assert ("plan:history_shown", Section.GOALS) in told
    assert any(action == "plan:bin_shown" for action, _section in told)
    assert all(one.basis == "coordinator" for one in events if one.action == "plan:section_shown")


def test_writing_is_activity_in_the_plan_and_reading_is_not(plot, ip, coordinator):
    before = plot.read(Plan, ip).last_activity_at

    coordinator.get(section_of(ip, Section.GOALS))
    assert plot.read(Plan, ip).last_activity_at == before

    coordinator.send(add_to(ip, "goal"), NEW["goal"])
    assert plot.read(Plan, ip).last_activity_at > before


# --- order and place -----------------------------------------------------------------------------


def test_goals_change_places_with_buttons_and_the_first_and_last_stay(plot, ip, coordinator):
    parent = plot.add_entry(ip, Section.GOALS, "Rekkefølge")
    ids = [plot.add_entry(ip, Section.GOALS, str(n), parent_id=parent) for n in range(3)]

    coordinator.send(f"/plan-entry/up/{ids[2]}")
    assert [one.id for one in plot.entries(ip, parent_id=parent)] == [ids[0], ids[2], ids[1]]
    coordinator.send(f"/plan-entry/down/{ids[0]}")
    coordinator.send(f"/plan-entry/up/{ids[2]}")

    assert [one.id for one in plot.entries(ip, parent_id=parent)] == [ids[2], ids[0], ids[1]]


def test_an_activity_moves_to_another_goal_and_out_again(plot, ip, coordinator):
    first, second = (plot.add_entry(ip, Section.GOALS, name) for name in ("Første", "Andre"))
    entry = plot.add_entry(ip, Section.ACTIVITIES, "Flyttes", parent_id=first)

    assert "Andre" in coordinator.get(f"/plan-entry/move/{entry}").text
    coordinator.send(f"/plan-entry/move/{entry}", {"parent": second})
    assert plot.read(PlanEntry, entry).parent_id == second
    coordinator.send(f"/plan-entry/move/{entry}", {"parent": "top"})

    assert plot.read(PlanEntry, entry).parent_id is None


def test_a_goal_never_becomes_part_of_itself(plot, ip, coordinator):
    top = plot.add_entry(ip, Section.GOALS, "Øverst")
    middle = plot.add_entry(ip, Section.GOALS, "Midten", parent_id=top)
    low = plot.add_entry(ip, Section.GOALS, "Nederst", parent_id=middle)

    for inside in (top, middle, low):
        answer = coordinator.send(f"/plan-entry/move/{top}", {"parent": inside})
        assert answer.status_code == 422
    assert plot.read(PlanEntry, top).parent_id is None


# --- the bin -------------------------------------------------------------------------------------


def test_a_goal_goes_to_the_bin_with_all_that_is_part_of_it_and_comes_back_whole(
    plot, ip, coordinator
):
    goal = plot.add_entry(ip, Section.GOALS, "Slettes")
    sub = plot.add_entry(ip, Section.GOALS, "Delmål", parent_id=goal)
    deep = plot.add_entry(ip, Section.ACTIVITIES, "Dypt tiltak", parent_id=sub)
    earlier = plot.add_entry(ip, Section.ACTIVITIES, "Slettet før", parent_id=goal)
    coordinator.send(f"/plan-entry/delete/{earlier}")

    answer = coordinator.send(f"/plan-entry/delete/{goal}", follow_redirects=True)

    assert f'action="/plan-entry/restore/{goal}"' in answer.text
    assert all(plot.read(PlanEntry, pk).deleted_at is not None for pk in (goal, sub, deep))
    assert "Dypt tiltak" not in coordinator.get(section_of(ip, Section.GOALS)).text
    page = coordinator.get(f"/plan-content/bin/{ip}").text
    assert "Slettes" in page
    assert "Dypt tiltak" not in page
    deleted = re.search(r"(?:Deleted by|Slettet av) [^<]*", page)
    assert deleted, page
    assert "Koordinator" in deleted.group()

    answer = coordinator.send(f"/plan-entry/restore/{goal}", follow_redirects=True)

    assert "“Goals”" in answer.text or "«Mål»" in answer.text or "“Mål”" in answer.text
    assert all(plot.read(PlanEntry, pk).deleted_at is None for pk in (goal, sub, deep))
    assert plot.read(PlanEntry, earlier).deleted_at is not None


def test_what_is_brought_back_says_where_it_went(plot, ip, coordinator):
    coordinator.send("/language/", {"language": "en"})
    goal = plot.add_entry(ip, Section.GOALS, "Hovedmålet")
    sub = plot.add_entry(ip, Section.GOALS, "Delmålet", parent_id=goal)

    def back(pk):
        return coordinator.send(f"/plan-entry/restore/{pk}", follow_redirects=True).text

    coordinator.send(f"/plan-entry/delete/{sub}")
    assert "Delmålet is brought back to “Goals”, under “Hovedmålet”." in back(sub)
    coordinator.send(f"/plan-entry/delete/{goal}")
    assert "Hovedmålet is brought back to “Goals”. 1 thing" in back(goal)
    coordinator.send(f"/plan-entry/delete/{goal}")
    assert "It stands on its own there" in back(sub)


def test_deleting_twice_is_no_error(plot, ip, coordinator):
    entry = plot.add_entry(ip, Section.MAPPING, "To ganger")

    answers = [coordinator.send(f"/plan-entry/delete/{entry}").status_code for _ in range(2)]

    assert answers == [302, 302]


def test_an_evaluation_comes_back_only_with_what_it_is_about(plot, ip, coordinator):
    goal = plot.add_entry(ip, Section.GOALS, "Med vurdering")
    kind = {"kind": EntryKind.EVALUATION, "details": {"date": "2026-11-12"}}
    one = plot.add_entry(ip, Section.GOALS, "", parent_id=goal, **kind)
    coordinator.send(f"/plan-entry/delete/{one}")
    coordinator.send(f"/plan-entry/delete/{goal}")

    coordinator.send(f"/plan-entry/restore/{one}")
    assert plot.read(PlanEntry, one).deleted_at is not None

    coordinator.send(f"/plan-entry/restore/{goal}")
    coordinator.send(f"/plan-entry/restore/{one}")
    assert plot.read(PlanEntry, one).deleted_at is None


# --- earlier versions ----------------------------------------------------------------------------


def change(client, entry, **values):
    """Open the form of an entry and send it changed."""
    path = f"/plan-entry/edit/{entry}"
    return client.send(path, {"version": version_on(client.get(path).text), **values})


def test_each_save_is_a_version_that_can_be_compared_and_brought_back(plot, ip, coordinator):
    coordinator.send(add_to(ip, "goal"), {"title": "Rødt hus", "body": "en\nto\ntre"})
    entry = plot.entries(ip, title="Rødt hus")[0].id
    assert change(coordinator, entry, title="Blått hus", body="en\nto og en halv\ntre")
    assert [one.number for one in plot.versions(entry)] == [1, 2]

    page = coordinator.get(f"/plan-entry-history/show/{entry}?old=1&new=2").text
    assert "Rødt</del>" in page
    assert "Blått</ins>" in page
    answer = coordinator.send(
        f"/plan-entry-history/restore/{entry}", {"number": "1", "version": "2"}
    )

    assert answer.status_code == 302
    assert plot.read(PlanEntry, entry).title == "Rødt hus"
    assert plot.read(PlanEntry, entry).body == "en\nto\ntre"
    assert [one.number for one in plot.versions(entry)] == [1, 2, 3]


def test_saving_without_a_change_makes_no_version(plot, ip, coordinator):
    coordinator.send(add_to(ip, "goal"), {"title": "Urørt"})
    entry = plot.entries(ip, title="Urørt")[0]

    answer = change(coordinator, entry.id, title="Urørt", status="planned")

    assert answer.status_code == 302
    assert len(plot.versions(entry.id)) == 1


def test_the_first_change_of_what_was_made_without_versions_keeps_what_was(plot, ip, coordinator):
    entry = plot.add_entry(ip, Section.MAPPING, "Slik det var")

    change(coordinator, entry, title="Slik det ble", body="ny")

    assert [one.values["title"] for one in plot.versions(entry)] == ["Slik det var", "Slik det ble"]


# --- two at once ---------------------------------------------------------------------------------


def test_two_writers_at_once_see_both_texts_and_lose_none(plot, ip, coordinator, client_as):
    coordinator.send(add_to(ip, "goal"), {"title": "Felles", "body": "utgangspunkt"})
    entry = plot.entries(ip, title="Felles")[0].id
    path, owner = f"/plan-entry/edit/{entry}", client_as("planeier")
    opened = version_on(owner.get(path).text)
    change(coordinator, entry, title="Felles", body="koordinators tekst")

    mine = {"title": "Felles", "body": "eierens tekst"}
    answer = owner.send(path, {"version": opened, **mine})

    assert answer.status_code == 409
    assert "koordinators tekst" in answer.text
    assert "eierens tekst" in answer.text
    assert plot.read(PlanEntry, entry).body == "koordinators tekst"
    again = owner.send(path, {"version": version_on(answer.text), **mine})
    assert again.status_code == 302
    kept = [one.values["body"] for one in plot.versions(entry)]
    assert kept == ["utgangspunkt", "koordinators tekst", "eierens tekst"]


def test_putting_goals_in_order_is_no_conflict_for_who_writes_in_one(plot, ip, coordinator):
    parent = plot.add_entry(ip, Section.GOALS, "Flyttet under skriving")
    ids = [plot.add_entry(ip, Section.GOALS, str(n), parent_id=parent) for n in range(2)]
    opened = version_on(coordinator.get(f"/plan-entry/edit/{ids[0]}").text)
    coordinator.send(f"/plan-entry/down/{ids[0]}")

    answer = coordinator.send(
        f"/plan-entry/edit/{ids[0]}", {"version": opened, "title": "Ny tekst"}
    )

    assert answer.status_code == 302
    assert plot.read(PlanEntry, ids[0]).title == "Ny tekst"


def test_what_was_deleted_while_somebody_wrote_keeps_their_text_on_the_page(
    plot, ip, coordinator, client_as
):
    entry = plot.add_entry(ip, Section.GOALS, "Slettes imens")
    path, owner = f"/plan-entry/edit/{entry}", client_as("planeier")
    opened = version_on(owner.get(path).text)
    coordinator.send(f"/plan-entry/delete/{entry}")

    answer = owner.send(path, {"version": opened, "title": "Min nye tekst"})

    assert answer.status_code == 409
    assert "Min nye tekst" in answer.text


# --- plans that are not under way ----------------------------------------------------------------


@pytest.mark.parametrize("section", [Section.GOALS, Section.ABOUT_ME, Section.COMMENTS])
def test_a_closed_plan_is_read_with_a_reason_and_without_buttons(
    section, plot, garden, coordinator
):
    plan = garden.strandvik.plans["closed"]
    entry = garden.strandvik.entries["closed", section]
    kind = plot.read(PlanEntry, entry).kind

    page = coordinator.get(section_of(plan, section))

    assert page.status_code == 200
    assert "avsluttet" in page.text or "closed" in page.text
    assert (
        "/plan-content/add/"
        not in page.text.split('<div class="actions">', 1)[1].split("</div>")[0]
    )
    assert "formaction" not in page.text
    assert coordinator.get(f"/plan-entry/show/{entry}").status_code == 200
    for answer in (
        coordinator.send(add_to(plan, kind), NEW[kind]),
        coordinator.send(f"/plan-entry/edit/{entry}", {"version": "0", "title": "x", "body": "x"}),
        coordinator.send(f"/plan-entry/delete/{entry}"),
        coordinator.send(f"/plan-entry/up/{entry}"),
    ):
        assert answer.status_code == 403
