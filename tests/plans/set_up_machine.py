"""Templates, standard roles and plans in any order of things: no text is lost, no access is wider
than somebody said yes to, and every plan has a version of a template that can be filled in."""

from collections import Counter
from random import Random

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.db import db
from app.models import Plan, PlanEntry
from app.plans import form_entries, template_moves
from app.set_up_tables import Template
from app.templating import templates, versions
from app.templating.generated_forms import form_class
from app.templating.role_changes import ONLY_LIMITS
from tests.drills import IS_FULL, size
from tests.plans import set_up_look
from tests.plans.set_up_scene import KIND, Scene

EXAMPLES, STEPS = size(5, 100), size(25, 60)
TOLD: Counter[str] = Counter()
OF_TEMPLATES = (
    *("write", "write", "write", "remove", "retype", "publish", "publish", "publish"),
    *("copy", "retire", "restore", "take_up", "undo", "propose", "take_out_and_in", "start"),
)
OF_ROLES = ("edit_role", "publish_role", *("release_role",) * 4, "turn_role")
OF_PLANS = ("fill", "fill", "fill", "move", "move", "move", *("answer_proposal",) * 4)


class SetUp(RuleBasedStateMachine):
    """A local administrator changes what plans are made from; a coordinator works in plans."""

    world = None
    scene = None

    @initialize(seed=st.integers(0, 2**32 - 1))
    def plant(self, seed):
        self.scene = Scene(self.world, Random(seed))
        self.scene.open()
        self.before, self.kept = set_up_look.access(self.scene), set_up_look.published(self.scene)
        self.drawn = set()

    def teardown(self):
        if self.scene is not None:
            self.scene.close()

    # --- what is done ----------------------------------------------------------------------------

    @rule()
    def do_something(self):
        """As the seed says: what Hypothesis draws by itself is the same thing again and again."""
        scene, choose = self.scene, self.scene.random.choice
        with_one = choose([OF_TEMPLATES, OF_ROLES, OF_PLANS, None])
        what = "join" if with_one is None else choose(with_one)
        TOLD[what] += 1
        if with_one is None:
            scene.join(scene.plan(), scene.role())
        elif with_one is OF_TEMPLATES:
            getattr(scene, what)(scene.template())
        elif with_one is OF_ROLES:
            act = scene.take_out_and_in if choose(range(10)) == 0 else getattr(scene, what)
            act(scene.role())
        else:
            getattr(scene, what)(scene.plan())

    # --- what holds all the time -----------------------------------------------------------------

    @invariant()
    def nothing_that_is_filled_in_is_lost(self):
        for pk, written in self.scene.filled.items() if self.scene else ():
            entry = db.session.get_one(PlanEntry, pk)
            found = form_entries.filled_of(entry.plan, entry.section, entry.details)
            kept = [*found.values.values(), *(one.value for one in found.earlier)]
            assert [one for one in written.values() if one not in kept] == []
            shown = repr([one.in_one for one in form_entries.said(entry)])
            words = [one for one in written.values() if isinstance(one, str) and "ord" in one]
            assert [one for one in words if one not in shown] == []

    @invariant()
    def nothing_that_is_set_up_is_lost(self):
        if not self.scene:
            return
        now = set_up_look.published(self.scene)
        assert self.kept.items() <= now.items()
        self.kept, written = now, set_up_look.written(self.scene)
        assert [one for one in self.scene.texts if one not in written] == []

    @invariant()
    def nobody_has_more_than_somebody_said_yes_to(self):
        if not self.scene:
            return
        now, answered = set_up_look.access(self.scene), self.scene.answered
        for pk, before in self.before.items():
            if pk != answered:
                self._is_no_wider(before, now[pk])
            # A yes opens what the owner has consented to before, and no more.
            most = self.scene.consented[pk] if pk == answered else before.seen
            seen = now[pk].seen.items()
            assert [(part, at) for part, at in seen if at > most.get(part, 0)] == []
        TOLD["yes"] += answered is not None
        TOLD["participants"] += len(now) - len(self.before)
        self.before, self.scene.answered = now, None

    @staticmethod
    def _is_no_wider(before, now):
        nothing = (0, 0, -(10**9))
        for part, given in now.given.items():
            was = before.given.get(part, nothing)
            assert all(new <= old for new, old in zip(given, was, strict=True)), (part, was, given)
        was, able = before.capabilities.capabilities, now.capabilities.capabilities
        assert was & ONLY_LIMITS <= able
        assert able - ONLY_LIMITS <= was

    @invariant()
    def every_plan_has_a_version_that_can_be_filled_in(self):
        for pk in self.scene.plans if self.scene else ():
            plan = db.session.get_one(Plan, pk)
            version = template_moves.version_of(plan)
            assert version.published_at is not None
            said = templates.read(version)
            assert said.kind is plan.kind is KIND
            if version.id not in self.drawn:
                assert all(form_class(one)(formdata=None).section == one for one in said.sections)
                self.drawn.add(version.id)

    @invariant()
    def every_template_is_in_use_or_a_draft(self):
        for pk in self.scene.templates if self.scene else ():
            row = db.session.get_one(Template, pk)
            in_use = versions.published(row)
            assert (row.number is None) == (in_use is None)
            assert templates.read(in_use or versions.draft(row)).kind is row.kind


def run(world):
    """Try it. What was done, by what it was."""
    TOLD.clear()
    SetUp.world = world
    try:
        run_state_machine_as_test(
            SetUp,
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
    return TOLD
