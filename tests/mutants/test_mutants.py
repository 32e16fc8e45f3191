"""A mutation run over the rules of access: nearly every small mistake in them is noticed.

Each mutant lives in a process of its own, forked from one in which the panel, some planted worlds
and what the slow model answers about them are ready. First the worlds are asked, then the named
tests; who gets through both has survived. Only in ``make drill``.
"""

import os
import signal
import sys
from collections import Counter
from datetime import date
from random import Random

import pytest
from sqlalchemy.orm import Session

from app.db import db
from app.enums import Section
from app.security.plan_rights import LEVEL_OF
from config import ROOT
from tests.conftest import with_world
from tests.drills import IS_FULL, tell
from tests.mutants.mutations import mutants
from tests.security.test_plan_worlds import OF_PLANS, Round

SECURITY = ROOT / "app" / "security"
IN_ORDER = (
    "plan_rights",
    "plan_access",
    "consent_scope",
    "plan_relations",
    "plan_scope",
    "policy",
    "scope",
)
"""Each may use those before it: those after a mutant are loaded anew with it."""

OF_LISTS = ("consent_scope", "plan_relations", "plan_scope", "scope")
"""What ``visible`` alone depends on; a mistake in the others shows in ``decide``."""

EVERY_QUESTION = [(action, None) for action in OF_PLANS] + [
    (action, section) for action in LEVEL_OF for section in Section
]
SHARE_OF_LISTS = 4
"""One in so many questions is asked of the database, which takes longer than ``decide``."""

LEAST_KILLED = 0.95
PIVOTS = (date(2026, 3, 29), date(2027, 3, 1))
NAMED_TESTS = [
    f"tests/security/test_{name}.py"
    for name in ("plan_consents", "plan_privileges", "plan_access", "policy_and_scope")
]
PATIENCE = 240
"""Seconds of the processor's time after which a mutant is endless, which shows."""

KILLED, SURVIVED, STILLBORN = "killed", "survived", "stillborn"
FATES = {0: SURVIVED, 1: KILLED, 2: STILLBORN}


@pytest.mark.drill
@pytest.mark.skipif(not IS_FULL, reason="takes half an hour: make drill")
def test_nearly_every_small_mistake_in_the_rules_is_noticed(make_app, capfd):
    told, survivors = Counter(), []
    worlds = [World(with_world(make_app("sqlite")), *one) for one in enumerate(PIVOTS)]

    for number, mutant in enumerate(all_mutants()):
        came = fate(mutant, worlds)
        if number % 50 == 49:
            tell(capfd, f"{number + 1} mutants: {dict(told)}")
        told[came] += 1
        if came == SURVIVED:
            survivors.append(str(mutant))
            tell(capfd, f"survived: {mutant}")

    share = told[KILLED] / (told[KILLED] + told[SURVIVED])
    tell(capfd, f"mutants: {dict(told)}, killed {share:.1%}")
    assert share >= LEAST_KILLED


def all_mutants():
    """The mutants of all rules, or of the files that the environment names."""
    for name in os.environ.get("SAMVEV_MUTANTS", ",".join(IN_ORDER)).split(","):
        yield from mutants(SECURITY / f"{name}.py")


class World:
    """A planted round in an installation of its own, and what is asked about it."""

    def __init__(self, app, number, pivot):
        self.app = app
        with app.app_context():
            with Session(db.engine) as session:
                planted = Round(session, app.extensions["test_world"], Random(number), pivot)
                planted.questions = EVERY_QUESTION
                self.asked = list(planted.asked())
                session.commit()
            db.session.remove()
            db.engine.dispose()
        Random(number).shuffle(self.asked)
        self.asked.sort(key=lambda one: -min(len(one.expected), 6))

    def check(self, mutated):
        """Ask of the rules as they are now what the mistake may have changed."""
        with self.app.app_context(), Session(db.engine) as session:
            if mutated in OF_LISTS:
                for one in self.asked[::SHARE_OF_LISTS]:
                    one.check_visible(session)
            else:
                for one in self.asked:
                    one.check_decide()


def fate(mutant, worlds):
    """What becomes of a mutant, in a process of its own."""
    child = os.fork()
    if child == 0:
        live(mutant, worlds)
    _pid, status = os.waitpid(child, 0)
    return FATES.get(os.waitstatus_to_exitcode(status), KILLED)


def live(mutant, worlds):
    """Put the mutant in place of the rule, ask the worlds, then run the named tests. Never returns;
    the process ends with the key of its fate."""
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        put_in_place(mutant)
    except Exception:
        os._exit(2)
    try:
        for world in worlds:
            world.check(mutant.path.stem)
    except BaseException:
        os._exit(1)
    os._exit(min(int(pytest.main(["-x", "-q", "--database=sqlite", *NAMED_TESTS])), 1))


def put_in_place(mutant):
    """Load the mutant over its module, and anew what is built on that."""
    for name in IN_ORDER[IN_ORDER.index(mutant.path.stem) :]:
        path = SECURITY / f"{name}.py"
        source = mutant.source if path == mutant.path else path.read_text(encoding="utf-8")
        exec(compile(source, str(path), "exec"), vars(sys.modules[f"app.security.{name}"]))  # noqa: S102
