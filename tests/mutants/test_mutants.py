"""A mutation run over security and consent: nearly every small mistake in them is noticed.

Each mutant lives in a process of its own, forked from one in which all is ready. A mistake in the
rules of access is first asked about in planted worlds, whose answers the slow model has given; then
the tests named here are run that come by it. Who gets through all of them has survived. Only in
``make drill``.
"""

import os
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
from tests.mutants.in_place import put_in_place
from tests.mutants.mutations import mutants
from tests.mutants.trials import ENDLESS, STILLBORN, forked, try_all
from tests.security.test_plan_worlds import OF_PLANS, Round

RULES = (
    "plan_rights",
    "plan_access",
    "part_access",
    "policy",
    "consent_scope",
    "plan_relations",
    "plan_scope",
    "own_activities",
    "scope",
)
"""Of these, questions can be asked in the worlds."""

OF_LISTS = ("consent_scope", "plan_relations", "plan_scope", "own_activities", "scope")
"""What ``visible`` alone depends on; a mistake in the others shows in ``decide``."""

EVERY_QUESTION = [(action, None) for action in OF_PLANS] + [
    (action, section) for action in LEVEL_OF for section in Section
]
FIRST_ASKED = 200
"""So many questions are asked before the named tests, all others only of whom those let live."""

SHARE_OF_LISTS = 4
"""One in so many questions is asked of the database, which takes longer than ``decide``."""

PATIENCE = 240
"""Seconds of the processor's time after which a mutant is endless, which shows."""

ONE_IN = int(os.environ.get("SAMVEV_MUTANT_ONE_IN", "1"))
"""Where there is little time: one mutant in so many, evenly spread."""

LEAST_KILLED = 0.95
PIVOTS = (date(2026, 3, 29), date(2027, 3, 1))


def named(room, *modules):
    """Paths of test modules in a room."""
    return [f"tests/{room}/test_{one}.py" for one in modules]


PLAIN = named("security", "plain_data")
OF_REACH = named("security", "reach", "plan_tables")
OF_RULES = OF_REACH + named(
    "security", "plan_consents", "plan_privileges", "plan_access", "policy_and_scope"
)
OF_NATIONAL = named("security", "national")
OF_SIGNS = (
    "tests/security/test_plan_worlds.py::test_signs_of_plans_are_the_same_in_sql_and_in_memory"
)
OF_TERMS = named("consent", "terms", "rights", "drafts", "apart")
OF_PROOFS = named("security", "proofs")
OF_COOKIES = named("accounts", "ending_sessions", "signing_in", "meanwhile", "kept_forms")
TESTS = {
    "consent/rights": PLAIN + OF_TERMS,
    "consent/terms": PLAIN + OF_TERMS,
    "consent/drafts": OF_TERMS,
    "consent/queries": PLAIN + named("consent", "rights", "giving", "pages"),
    "consent/reminders": named("consent", "reminders"),
    "consent/ending": named("consent", "ending"),
    "consent/operations": PLAIN + named("consent", "giving", "asking", "pages"),
    "security/actor": PLAIN
    + named("security", "who_acts", "policy_and_scope")
    + named("joining", "joining"),
    "security/tokens": PLAIN + OF_PROOFS + named("accounts", "own_page"),
    "security/throttle": OF_PROOFS,
    "security/moving_access": PLAIN + OF_REACH + named("security", "moving_access"),
    "security/sessions": PLAIN + OF_PROOFS + OF_COOKIES,
    "security/tenancy": PLAIN + named("security", "session_wall", "query_forms"),
    "security/routes": PLAIN + named("security", "doors", "routes"),
    "security/manager": named("security", "doors"),
    "security/keys": named("security", "keys"),
    "security/walls": named("security", "database_wall"),
    "security/roles": OF_REACH + named("jobs", "documents") + named("security", "policy_and_scope"),
    "security/log_access": PLAIN + named("plans", "capabilities"),
    "security/role_giving": PLAIN + named("plans", "capabilities"),
    "security/published": named("templating", "templates") + named("security", "plan_query_forms"),
    "security/derived": named("duplicates", "index"),
    "security/elsewhere": PLAIN + named("accounts", "across_municipalities"),
    "security/lifting": PLAIN + named("joining", "joining"),
    **{f"security/{one}": PLAIN + OF_RULES for one in RULES},
    **{f"security/{one}": PLAIN + OF_RULES + OF_NATIONAL for one in ("policy", "scope")},
    "security/own_activities": named("security", "own_activities") + OF_RULES,
    "security/consent_scope": PLAIN + OF_RULES + [OF_SIGNS],
}
REASONS = {
    "without self.action is None": "no right is given to no action",
    "without self.resource is None": "no right is given on no kind of thing",
    "self.action is None or self.resource is None with And": "the same",
    "Plan.id == plan_id with NotEq": "SQLite holds no rows, PostgreSQL's tests ask at once",
    "if not (dialect == 'postgresql')": "the statement is the same in both dialects",
    "dialect == 'postgresql' with NotEq": "the same",
    "True turned": "SQLite holds no rows, a race on PostgreSQL asks",
    "20000 + 1": "how many are sent at once changes nothing",
    "5000 + 1": "the same",
    "without NONE": "no row is without a municipality, and none is found in a list of NULL",
    "without {}": "there is always a key to sign by",
    "Unit.path < path[:-1] + '0' with LtE": "every path ends with a slash",
    "without section is None": "no level is held in no section",
    "2048 + 1": "how much is kept changes nothing",
    "without if name not in key": "what is the same is written over itself",
    "if not (_takes_arrays(session))": "SQLite takes both forms; one is quicker",
    "without if not issubclass(model, TenantOwned)": "the same is asked twice",
    "without Membership.account_id.in_(part)": "the scope lets nothing else through",
    "without Person.birth_date.between(oldest, youngest)": "it only spares looking at each plan",
    "without Consent.ends_on <= on + timedelta(days=max(BEFORE_END))": "the same",
    "without Plan.id.in_(ending)": "the same",
}
"""Who lives because nothing changes, and why. They count as survivors all the same."""


@pytest.mark.drill
@pytest.mark.skipif(not IS_FULL, reason="takes an hour: make drill")
def test_nearly_every_small_mistake_in_the_rules_is_noticed(make_app, capfd):
    told = Counter()
    files = os.environ.get("SAMVEV_MUTANTS", ",".join(TESTS)).split(",")
    are_rules = any(file.removeprefix("security/") in RULES for file in files)
    worlds = [World(make_app, *one) for one in enumerate(PIVOTS)] if are_rules else []

    for file in files:
        found = fates(file, worlds)
        told += (here := Counter(fate_in_words(fate) for _mutant, fate in found))
        tell(capfd, f"{file}: {dict(here)}")
        for mutant in (one for one, fate in found if fate is None):
            tell(capfd, f"survived: {mutant} {REASONS.get(mutant.what, '')}")

    share = told["killed"] / (told["killed"] + told["survived"])
    tell(capfd, f"mutants: {dict(told)}, killed {share:.1%}")
    assert share >= LEAST_KILLED


def fate_in_words(fate):
    """What is counted."""
    if fate is None:
        return "survived"
    return fate if fate == STILLBORN else "killed"


def fates(file, worlds):
    """Who notices each mutant of a file: (mutant, fate)."""
    all_of_it = [*mutants(ROOT / "app" / f"{file}.py")][::ONE_IN]
    if file.removeprefix("security/") not in RULES:
        return try_all(all_of_it, TESTS[file])
    found = {one: asked(one, worlds, slice(FIRST_ASKED)) for one in all_of_it}
    found |= try_all([one for one in all_of_it if found[one] is None], TESTS[file])
    for one in all_of_it:
        found[one] = found[one] or asked(one, worlds, slice(FIRST_ASKED, None))
    return [*found.items()]


def asked(mutant, worlds, part):
    """What becomes of a mutant when a part of all questions is asked: None when nobody notices."""
    said = forked(lambda: ask(mutant, worlds, part), PATIENCE)
    return ENDLESS if said is None else said or None


def ask(mutant, worlds, part):
    """Put the mutant in place of the rule and ask the worlds; a word for its fate."""
    try:
        put_in_place(mutant)
    except Exception:
        return STILLBORN
    try:
        for world in worlds:
            world.check(mutant.path.stem, part)
    except Exception:
        return "the worlds"
    return ""


class World:
    """A planted round in an installation of its own, and what is asked about it."""

    def __init__(self, make_app, number, pivot):
        self.app = with_world(make_app("sqlite"))
        with self.app.app_context():
            with Session(db.engine) as session:
                planted = Round(session, self.app.extensions["test_world"], Random(number), pivot)
                planted.questions = EVERY_QUESTION
                self.asked = list(planted.asked())
                session.commit()
            db.session.remove()
            db.engine.dispose()
        Random(number).shuffle(self.asked)
        self.asked.sort(key=lambda one: -min(len(one.expected), 6))

    def check(self, mutated, part):
        """Ask of the rules as they are now what the mistake may have changed."""
        with self.app.app_context(), Session(db.engine) as session:
            if mutated in OF_LISTS:
                for one in self.asked[::SHARE_OF_LISTS][part]:
                    one.check_visible(session)
            else:
                for one in self.asked[part]:
                    one.check_decide()
