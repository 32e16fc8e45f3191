"""Tries mutants against whole test modules, each in a fork of a pytest whose installation is ready.

A plugin in place of pytest's own loop. Of each module, those tests are asked that come by the
function with the mistake; whom none notices goes on to the next module. A test is heard only when
it passes without the mutant, after the same tests and from the same database.
"""

import gc
import json
import os
import shutil
import signal
import time
from collections import Counter
from functools import partial
from itertools import accumulate, groupby
from pathlib import Path
from types import SimpleNamespace

import pytest
from _pytest.runner import runtestprotocol
from flask import Flask

from app.db import db
from config import ROOT
from tests.mutants.in_place import (
    forget_what_was_made,
    note_visits,
    place_of,
    put_in_place,
)

STILLBORN, ENDLESS = "stillborn", "endless"
PATIENCE = 60
"""Seconds of the processor's time after which a mutant is endless, which shows."""

LONGEST_ASKED = 6
"""For so many seconds the tests of a module are asked of a mutant."""


class Trials:
    """Who is alive still, and who noticed the others."""

    def __init__(self, mutants):
        self.mutants = mutants
        self.alive = [(one, place_of(one.path, one.line)) for one in mutants]
        self.files = {str(one.path) for one in mutants}
        self.fates = {}
        self.apps, self.sound, self.seconds = [], {}, {}
        self.times_noticed = Counter()

    def run(self, arguments):
        """The fates of the mutants, in their order."""
        assert pytest.main(arguments, plugins=[self]) is not pytest.ExitCode.INTERNAL_ERROR
        return [self.fates.get(one) for one in self.mutants]

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self):
        """Note each installation, whose database is put back after each trial."""
        made = yield
        if isinstance(made, Flask) and made not in self.apps:
            self.apps.append(made)
        return made

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        """Try all mutants against one module after the other."""
        for _module, items in groupby(session.items, lambda item: item.getparent(pytest.Module)):
            self._against([*items])
        session._setupstate.teardown_exact(None)
        return True

    def _against(self, items):
        self.sound = {}
        # Pytest sets nothing up while what the module before has made stands.
        items[0].session._setupstate.teardown_exact(items[0])
        for item in _making_all(items):
            runtestprotocol(item, log=False, nextitem=_another_beside(item))
        kept = self._keep()
        gc.freeze()
        passed = self._forked(kept, lambda: self._look(items))
        came_by = {items[place]: set(map(tuple, reached)) for _seconds, place, reached in passed}
        self.seconds = {items[place]: seconds for seconds, place, _reached in passed}
        still = []
        for mutant, place in self.alive:
            asked = [item for item in came_by if _reaches(came_by[item], mutant.path, place)]
            fate = self._fate(kept, mutant, self._those_to_ask(asked)) if asked else None
            if fate is None:
                still.append((mutant, place))
            else:
                self.fates[mutant] = fate
        self.alive = still

    def _those_to_ask(self, items):
        """Who noticed most comes first, then one of each function, then the others."""
        of_function, ranks = Counter(), {}
        for item in items:
            ranks[item] = (-self.times_noticed[item.nodeid], of_function[item.originalname])
            of_function[item.originalname] += 1
        ranked = sorted(items, key=ranks.get)
        begins = accumulate((self.seconds[item] for item in ranked), initial=0)
        return [item for item, at in zip(ranked, begins, strict=False) if at < LONGEST_ASKED]

    def _look(self, items):
        """Each test that passes: its seconds, its place, what it comes by; the quickest first."""
        found = []
        visits = {path: note_visits(Path(path)) for path in self.files}
        for place, item in enumerate(items):
            began = time.process_time()
            # Who uses what another has made has come by all the same.
            forget_what_was_made()
            for one in visits.values():
                one.clear()
            if not _fails(item):
                reached = [(path, name) for path, names in visits.items() for name in names]
                found.append((time.process_time() - began, place, reached))
        return sorted(found)

    def _fate(self, kept, mutant, asked):
        """Who notices a mutant: the name of a test; None when nobody does."""
        while asked:
            first = self._forked(kept, partial(_first_failure, asked, mutant))
            if first is None or first == STILLBORN:
                return first or ENDLESS
            if first == -1:
                return None
            if self._is_sound(kept, asked[: first + 1]):
                self.times_noticed[asked[first].nodeid] += 1
                return asked[first].nodeid
            asked = asked[:first] + asked[first + 1 :]
        return None

    def _is_sound(self, kept, asked):
        """Whether the last of these tests passes after the others, without any mutant."""
        key = tuple(item.nodeid for item in asked)
        if key not in self.sound:
            self.sound[key] = self._forked(kept, lambda: _first_failure(asked)) == -1
        return self.sound[key]

    def _keep(self):
        """Let go of the databases and keep a copy of each."""
        kept = []
        for app in self.apps:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
                file = Path(db.engine.url.database)
            app.extensions["samvev_owner_engine"].dispose()
            kept.append((file, shutil.copy(file, f"{file}.kept")))
        return kept

    def _forked(self, kept, work):
        """What ``work`` answers in a process of its own; afterwards the databases are put back."""
        said = forked(work, PATIENCE)
        for file, copy in kept:
            for ending in ("-wal", "-shm"):
                Path(f"{file}{ending}").unlink(missing_ok=True)
            shutil.copy(copy, file)
        return said


def forked(work, patience=0):
    """What ``work`` answers in a process of its own; None when that ended in another way.

    ``patience`` is how many seconds of the processor's time it may use; 0 is all it wants.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(work, writing, patience)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else None


def _answer(work, writing, patience):
    """Say what ``work`` answers and end this process."""
    signal.setitimer(signal.ITIMER_PROF, patience)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        with os.fdopen(writing, "w") as answer:
            answer.write(json.dumps(work()))
    finally:
        os._exit(0)


def _first_failure(items, mutant=None):
    """The place of the first test that fails, -1 when all pass."""
    if mutant is not None:
        try:
            put_in_place(mutant)
        except Exception:
            return STILLBORN
    return next((place for place, item in enumerate(items) if _fails(item)), -1)


def _fails(item):
    """Run one test; what its module has made stays for the next."""
    if not item._request:
        item._initrequest()
    return any(
        one.failed for one in runtestprotocol(item, log=False, nextitem=_another_beside(item))
    )


def _another_beside(item):
    """What stands for the next test of the same module: for it all stays that the module made."""
    return SimpleNamespace(listchain=lambda: item.listchain()[:-1])


def _making_all(items):
    """Tests that make between them all that is made once for the module."""
    made = set()
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.items()
        needed = {name for name, known in fixtures if known[-1].scope != "function"}
        if needed - made or item is items[0]:
            made |= needed
            yield item


def _reaches(reached, path, place):
    return place is None or (str(path), place) in reached


def try_all(mutants, tests):
    """Try mutants against test modules: (mutant, fate) of each, the fate None of who is alive."""
    mutants = [*mutants]
    trials = Trials(mutants)
    arguments = ["-q", "--database=sqlite", "-p", "no:cacheprovider", "-p", "no:xdist"]
    fates = forked(lambda: trials.run([*arguments, *(str(ROOT / one) for one in tests)]))
    return [*zip(mutants, fates, strict=True)]
