"""G1, G3, G4, G7, G9: persons merged and separated in any order, in worlds drawn at random."""

from collections import Counter, defaultdict
from functools import partial
from itertools import count
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app import columns
from app.db import db
from app.duplicates import merge_plan, merging, references, undoing
from app.duplicates.merge_rows import is_over
from app.enums import MergeState, PairState, Role
from app.errors import DomainError
from app.merged_ids import kept_id
from app.models import (
    TENANT_MODELS,
    Authority,
    Membership,
    Participant,
    Person,
    PersonMerge,
    Plan,
)
from app.people.merged import merged_into
from app.people.operations import KnownNationalId
from app.security import own_activities
from tests.conftest import with_world
from tests.drills import IS_FULL, size, tell
from tests.duplicates.merge_others import Others
from tests.duplicates.merge_world import MergeTown, wider
from tests.security.plan_worlds import PIVOTS

EXAMPLES, STEPS = size(4, 900), size(16, 50)
TOLD: Counter[str] = Counter()
ENDS_OF_PAIR = ("first_id", "second_id")


def dangling(session):
    """References over every foreign key of the schema that lead to no row of the municipality."""
    models = {model.__tablename__: model for model in TENANT_MODELS}
    found = []
    for model in TENANT_MODELS:
        for key in model.__table__.foreign_key_constraints:
            target = models.get(key.referred_table.name)
            if target is None:
                continue
            there = aliased(target)
            pairs = [
                (getattr(model, one.parent.name), getattr(there, one.column.name))
                for one in key.elements
            ]
            is_set = [column.is_not(None) for column, _other in pairs]
            is_there = exists().where(*(column == other for column, other in pairs))
            ids = session.scalars(select(pairs[-1][0]).where(*is_set, ~is_there)).all()
            found += [(model.__tablename__, key.name, one) for one in ids]
    return found


HISTORY = frozenset({"consent.giver_id", "plan_entry.author_id", "authority.owner_id"})
"""What stays where it was: who gave and wrote what; who acts for an owner without plans."""

ENDS = ("ended_at", "answered_at", "settled_at", "closed_at", "retired_at", "lifted_at")


def is_alive(row, on):
    """Whether nothing has ended a row."""
    if any(getattr(row, name, None) is not None for name in ENDS):
        return False
    return not (getattr(row, "ends_on", None) and row.ends_on <= on)


def left_with(session, gone, kept, on):
    """What is alive and was left with whom nobody is any more, though nothing of the like is with
    the one kept."""
    models = {model.__tablename__: model for model in TENANT_MODELS}
    found = []
    for table, column in references.MOVED:
        model = models[table]
        rows = session.scalars(select(model).where(getattr(model, column) == gone)).all()
        found += [
            (table, column, row.id)
            for row in rows
            if f"{table}.{column}" not in HISTORY
            and is_alive(row, on)
            and not _may_be_left(session, row, kept)
        ]
    return found


def _may_be_left(session, row, kept):
    """Whether the like is with the one kept, or the row opens and tells nothing where it is."""
    model, table = type(row), row.__tablename__
    if table in ("notice", "plan_visit", "pulse", "introduction", "routine_read"):
        about = "routine_id" if table == "routine_read" else "plan_id"
        same = getattr(model, about) == getattr(row, about)
        return bool(session.scalars(select(model).where(model.person_id == kept, same)).first())
    if table == "protected_address":
        # The protection of the one kept stands for both: theirs is kept for undoing.
        own = select(model).where(model.person_id == kept, model.lifted_at.is_(None))
        return bool(session.scalars(own).first())
    if table in ("stand_in", "handover", "incoming_plan"):
        # What a role would wake up stays where it opens nothing.
        coordinates = (Membership.person_id == kept, Membership.role == Role.COORDINATOR)
        return bool(session.scalars(select(Membership).where(*coordinates)).first())
    return table == "duplicate_pair" and row.state in (PairState.MERGED, PairState.FADED)


def _told(row):
    """A row without the hash that an answer holds by, which goes with the facts of the persons."""
    return {name: value for name, value in row.items() if name != "facts"}


NUMBERS = [count()]


def number_anew():
    """Let ids start from one again: nothing of the world before is left."""
    NUMBERS[0] = count(1)


def next_id():
    """Ids in the order in which they are made, the same ones whenever a seed is run again."""
    return UUID(int=0x01 << 120 | 0x7 << 76 | 0x8 << 60 | next(NUMBERS[0]))


class Merging(RuleBasedStateMachine):
    """Two clerks merge, approve, undo; meanwhile others change plans."""

    world = None

    @initialize(seed=st.integers(0, 2**32 - 1))
    def plant(self, seed):
        self.random = Random(seed)
        number_anew()
        self.town = MergeTown(self.world, self.random, self.random.choice(PIVOTS))
        self.journal = []
        self.before, self.after = {}, {}
        self.others = Others(self.town)
        self.made = set()
        self.misses = 0

    def teardown(self):
        if hasattr(self, "town"):
            try:
                assert dangling(self.town.session) == []
            finally:
                self.town.close()

    # --- what is done ----------------------------------------------------------------------------

    @rule()
    def merge(self):
        town, found = self.town, self._found()
        if found is None:
            return
        clerk, kept, gone, choices, plan = found
        # In a drill one in three is looked at down to single rows and pieces of content.
        self.is_close = not IS_FULL or self.random.random() < 1 / 3
        snapshot = town.snapshot() if self.is_close else None
        open_before = self._open_before(plan)
        row = merging.merge(clerk, kept, gone, choices, mark=plan.mark, at=town.at)
        if row.state is MergeState.WAITING:
            TOLD["by two"] += 1
            second = town.clerk("sentral")
            plan = merging.preview(second, kept, gone, row.choices, at=town.at, waiting=row)
            merging.approve(second, row, mark=plan.mark, at=town.at)
        TOLD["merges"] += 1
        TOLD.update({f"told {one}": 1 for one, _number in plan.remarks})
        TOLD["narrowed"] += bool(plan.narrowed)
        TOLD["logins closed"] += plan.login.ends is not None
        self.before[row.id] = (snapshot, open_before[0], plan.login)
        self.journal.append(row.id)
        self.others.near = [plan.kept_id, plan.gone_id]
        self._nothing_is_wider(plan, open_before)
        left = left_with(town.session, plan.gone_id, plan.kept_id, town.on)
        assert left == [], left
        if snapshot is not None:
            self._only_said_rows_changed(plan, snapshot)
            self.after[row.id] = town.snapshot()

    @rule()
    def merge_another(self):
        self.merge()

    @rule(times=st.integers(1, 4))
    def merge_and_undo_what_others_worked_on(self, times):
        self.merge()
        row_id = self.journal[-1] if self.journal else ""
        if row_id in self.before:
            for _time in range(times):
                self.somebody_else_works()
            self._undo(row_id)

    def _found(self):
        """Two who can be merged, with choices; None when a few tries find nobody."""
        town = self.town
        for _try in range(6 if self.misses < 2 else 0):
            in_use = town.in_use()
            if len(in_use) < 4:
                return None
            kept, gone = (town.person(one) for one in self.random.sample(in_use, 2))
            choices, clerk = town.choices(kept, gone), town.clerk()
            try:
                plan = merging.preview(clerk, kept, gone, choices, at=town.at)
            except DomainError as refused:
                TOLD[f"refused {type(refused).__name__}"] += 1
            else:
                return clerk, kept, gone, choices, plan
        self.misses += 1
        return None

    def _open_before(self, plan):
        town = self.town
        plans = town.plans()
        entries = town.entries() if self.is_close else defaultdict(list)
        logins = {one: town.access(town.actor(one), plans, entries) for one in town.accounts}
        own = {one: town.holdings(one) for one in (plan.kept_id, plan.gone_id)}
        stays = town.actor(plan.login.stays).holdings if plan.login.stays else ()
        persons = [
            town.access(town.as_person(one, stays if held is None else held), plans, entries)
            for one, held in own.items()
        ]
        return logins, persons

    def _logins(self, plans):
        """What each login may do in each plan."""
        town, none = self.town, defaultdict(list)
        return {one: town.access(town.actor(one), plans, none) for one in town.accounts}

    def _nothing_is_wider(self, plan, open_before):
        town, (logins, persons) = self.town, open_before
        plans = town.plans()
        entries = town.entries() if self.is_close else defaultdict(list)
        is_own = partial(own_activities.is_own, plan.kept_id)
        for account_id, earlier in logins.items():
            now = town.access(town.actor(account_id), plans, entries)
            is_theirs = account_id == plan.login.stays
            found = wider(now, *(persons if is_theirs else [earlier]))
            if is_theirs:
                # Where own activities alone are open, both records' texts are one's own.
                own = {entry.id for many in entries.values() for entry in many if is_own(entry)}
                found = [one for one in found if one[1][0] not in own]
            assert not found, (account_id, is_theirs, found, plan)
            if is_theirs:
                gained = {k for k, v in now.items() if v[1] and not earlier[k][1]}
                assert gained <= set(plan.login.gains)
            if account_id == plan.login.ends:
                assert not any(levels or actions for levels, actions, _ in now.values())

    def _only_said_rows_changed(self, plan, snapshot):
        said = {(one.table, one.row_id) for one in plan.changes}
        said |= {("person", plan.kept_id), ("person", plan.gone_id)}
        said.add(("ab_user", str(plan.login.ends)))
        # Who was merged into them before is protected with them.
        theirs = {plan.kept_id, *(one.id for one in merged_into(self.town.person(plan.kept_id)))}
        said |= {("person", one) for one in theirs}
        said |= {
            key
            for key, row in snapshot.items()
            if key[0] == "protected_address" and row["person_id"] in theirs
        }
        now = self.town.snapshot()
        changed = {key for key, row in snapshot.items() if _told(now[key]) != _told(row)}
        assert changed <= said
        new = now.keys() - snapshot.keys()
        told = {key for key in new if key[0] == "notice"}
        assert len(new - told) == len(plan.additions)
        assert {now[key]["plan_id"] for key in told} <= set(plan.login.gains)
        assert plan.login.ends is not None or not told

    @rule(top=st.booleans())
    @precondition(lambda self: getattr(self, "journal", None))
    def undo(self, top):
        done = [one for one in self.journal if one in self.before]
        if not done:
            return
        self._undo(done[-1] if top else self.random.choice(done))

    def _undo(self, row_id):
        town = self.town
        is_last = self.journal[-1] == row_id
        row = town.session.get_one(PersonMerge, row_id)
        snapshot, open_then, login = self.before[row_id]
        self.is_close = snapshot is not None
        now = town.snapshot() if self.is_close else None
        open_now = self._logins(town.plans())
        clerk = town.clerk()
        try:
            with town.session.begin_nested():
                look_at = undoing.undo(clerk, row, at=town.at)
        except (undoing.LaterFirst, KnownNationalId) as refused:
            TOLD[f"refused {type(refused).__name__}"] += 1
            assert not is_last
            return
        TOLD["undone"] += 1
        TOLD.update(f"look at {table} {why}" for table, _row_id, why in look_at)
        self.misses = 0
        self.journal.remove(row_id)
        del self.before[row_id]
        self.made |= {one[1] for one in row.moved if one[2] == merge_plan.ADDED}
        self._undoing_opens_nothing(row, login, open_then, open_now)
        is_erased = any(one[2] == "address" for one in look_at)
        if snapshot is not None:
            self._untouched_is_back(row, look_at, (snapshot, self.after.pop(row_id), now))
            TOLD["back where untouched"] += 1
        if not is_last or is_erased:
            # What was seen after this merge was seen with it; and an address that was erased with
            # another's is gone as well for whoever is undone next.
            self.journal.append("undone in between")
        if is_last:
            # Merges undone in between have given rows they share another version.
            assert [one for one in look_at if one[2] not in (undoing.CHANGED, "address")] == []
            if snapshot is not None and not is_erased:
                self._all_is_back(snapshot)
                TOLD["all back"] += 1

    def _undoing_opens_nothing(self, row, login, then, earlier):
        """Nobody may do more than before it was undone, or before the merge; but the login that
        ended may do what was opened since to the one that stood for both. Who was given a role
        since has it in their own plans as well."""
        since = select(Membership.account_id).where(Membership.created_at > row.merged_at)
        with_new_role = set(self.town.session.scalars(since))
        now = self._logins(self.town.plans())
        for account_id, opened in now.items():
            if account_id in with_new_role:
                continue
            known = [then[account_id], earlier[account_id]]
            if account_id == login.ends:
                known.append(earlier[login.stays])
            found = wider(opened, *known)
            assert not found, (account_id, login, found)

    def _untouched_is_back(self, row, look_at, snapshots):
        """What nobody has changed since the merge is as it was before, column by column, or is
        listed."""
        before, after, touched = snapshots
        now = self.town.snapshot()
        listed = {(one[0], str(one[1])) for one in look_at if one[2] != undoing.CHANGED}
        if any(one[2] == "address" for one in look_at):
            # Who was merged before into one of the two stays protected with them.
            persons = (self.town.person(one) for one in (row.kept_id, row.gone_id))
            listed |= {("person", one.id) for two in persons for one in merged_into(two)}
            listed |= {key for key in before if key[0] == "protected_address"}
        for key, kept in before.items():
            if key in listed:
                continue
            for name, value in kept.items():
                # The ends of a pair stand in their order, so another end moves both.
                about = ENDS_OF_PAIR if name in ENDS_OF_PAIR else (name,)
                is_untouched = all(after[key][one] == touched[key][one] for one in about)
                if is_untouched and now[key][name] != value:
                    raise AssertionError((key, name, value, after[key][name], now[key][name]))

    def _all_is_back(self, snapshot):
        now = self.town.snapshot()
        different = {
            key: {n: (v, now[key][n]) for n, v in kept.items() if now[key][n] != v}
            for key, kept in snapshot.items()
            if now[key] != kept
        }
        assert different == {}
        more = set(now) - set(snapshot)
        # What coordinators were told was so until then. What merges made that are undone is still
        # there, and has ended.
        made = {key for key in more if key[0] != "notice"}
        assert {row_id for _table, row_id in made} <= self.made
        assert all(now[key].get("ended_at") or now[key].get("lifted_at") for key in made)

    @rule()
    def somebody_else_works(self):
        """Something that others do meanwhile."""
        TOLD[f"others: {self.others.work()}"] += 1
        self.journal.append("somebody")

    # --- what holds all the time -----------------------------------------------------------------

    @invariant()
    def aliases_lead_to_somebody_in_use(self):
        if not hasattr(self, "town"):
            return
        found = self.town.session.scalars(
            select(Person).where(Person.merged_into_id.is_not(None))
        ).all()
        for one in found:
            last = kept_id(one.id)
            assert last != one.id
            assert self.town.person(last).merged_into_id is None

    @invariant()
    def nothing_open_is_left_with_who_is_gone(self):
        if not hasattr(self, "town"):
            return
        gone = select(Person.id).where(Person.merged_into_id.is_not(None))
        session, on = self.town.session, self.town.on
        assert not session.scalars(select(Plan.id).where(Plan.owner_id.in_(gone))).all()
        coordinated = select(Plan.id).where(Plan.coordinator_id.in_(gone), Plan.closed_at.is_(None))
        assert not session.scalars(coordinated).all()
        for column in (Participant.person_id, Membership.person_id, Authority.holder_id):
            rows = session.scalars(select(column.class_).where(column.in_(gone)))
            assert not [one for one in rows if not is_over(one, on)]
        has_unit = and_(Person.merged_into_id.is_not(None), Person.unit_id.is_not(None))
        told = or_(Person.address.is_not(None), Person.postcode.is_not(None), has_unit)
        assert not session.scalars(select(Person.id).where(Person.is_shielded, told)).all()

    @invariant()
    def a_login_stands_for_one_person(self):
        if not hasattr(self, "town"):
            return
        held = select(Membership.account_id).group_by(Membership.account_id)
        several = held.having(func.count(Membership.person_id.distinct()) > 1)
        assert not self.town.session.scalars(several).all()

    @invariant()
    def who_is_gone_is_protected_as_the_one_kept(self):
        if not hasattr(self, "town"):
            return
        kept = aliased(Person)
        open_ones = (kept.id == Person.merged_into_id, kept.is_shielded, ~Person.is_shielded)
        assert not self.town.session.scalars(select(Person.id).join(kept, and_(*open_ones))).all()


@pytest.fixture(scope="module")
def app(database_name, make_app):
    """An installation of its own."""
    return with_world(make_app(database_name))


@pytest.mark.drill
def test_g1_g3_g4_g7_merging_never_widens_and_undoing_restores(
    app, world, database_name, capsys, monkeypatch
):
    if database_name == "postgresql" and not IS_FULL:
        pytest.skip("the rules are pure; the drill asks both databases")
    TOLD.clear()
    Merging.world = world
    monkeypatch.setattr(columns, "uuid7", next_id)
    with app.app_context():
        try:
            run_state_machine_as_test(
                Merging,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=STEPS,
                    deadline=None,
                    derandomize=not IS_FULL,
                    database=None,
                    phases=[Phase.generate],  # A seed is small enough; shrinking takes minutes.
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            db.session.rollback()
            tell(capsys, f"merges: {dict(sorted(TOLD.items()))}")
    assert TOLD["merges"] >= size(10, 5_000)
    assert TOLD["back where untouched"] >= size(5, 500)
