"""What is written in a plan comes out by no door to whoever may not read it.

``plan_words`` plants a word in every text of a plan; each actor asks at every address of the
registry, and what comes is searched for those words, whatever kind of answer it is.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from app.db import db
from app.enums import Section
from app.security import tenancy
from tests.api.conftest import bearer
from tests.conftest import DATABASES
from tests.drills import size
from tests.security import plan_addresses as addresses
from tests.security.plan_words import (
    OPEN_TO_GUARDIAN,
    SHARED_WITH_LARER,
    all_of,
    text_columns,
    words_in,
)


@pytest.fixture(scope="module")
def app(wooded):
    """An installation that is read alone."""
    return wooded


@pytest.fixture
def wood(app):
    """Ids of what the words stand in."""
    return app.extensions["test_wood"]


@dataclass(frozen=True)
class Who:
    """Somebody: under which login and where, and which words may come to them.

    ``sections`` are those of which all may be read; ``words`` are told besides; ``sees`` says
    whether it is told at all that there is such a plan. In a test run each asks at every
    ``step``-th address, beginning with another on each database.
    """

    username: str | None
    number: str | None = None
    sections: tuple[Section, ...] = ()
    words: frozenset[str] = field(default_factory=frozenset)
    sees: bool = False
    step: int = 4

    def may_come(self, name: str) -> bool:
        """Whether a word may be in an answer to this one."""
        in_section = name.rpartition(".")[2] in {str(one) for one in self.sections}
        is_content = name.startswith(("plan_entry.", "plan_entry_version."))
        return name in self.words or (is_content and in_section)


FRAME = frozenset({"plan.closed_reason"})
OWN = frozenset({"participant.function.larer", "participant.contribution.larer"})
FUNCTIONS = frozenset({"participant.function.larer", "participant.function.former"})
OF_ALL_PLACES = "/my-plans/"
"""Shows what somebody takes part in wherever they work."""
OUTSIDE = 10
"""Those to whom every door is closed share the addresses; the matrix knocks at each of them."""
ACTORS = {
    "a stranger": Who(None, step=OUTSIDE),
    "the central administrator": Who("sentral", step=OUTSIDE),
    "a local administrator elsewhere": Who("lokal.fjellby", "9902", step=OUTSIDE),
    "a coordinator elsewhere": Who("koordinator.fjellby", "9902", step=OUTSIDE),
    "the participant, elsewhere": Who("larer", "9902", step=OUTSIDE),
    "the local administrator": Who("lokal.strandvik", "9901", sees=True),
    "a coordinator of other plans": Who("utgatt", "9901", words=frozenset({"handover.note"})),
    "somebody whose participation and consent are over": Who("planeier", "9901"),
    "a parent from whom all but the goals is kept": Who(
        "foresatt", "9901", (OPEN_TO_GUARDIAN,), FRAME | FUNCTIONS, sees=True, step=3
    ),
    "a participant with two sections": Who(
        "larer", "9901", SHARED_WITH_LARER, FRAME | OWN, sees=True, step=2
    ),
}


class Asker:
    """Asks as somebody, and tells which words came that may not."""

    def __init__(self, app: Any, world: Any, who: Who, client_as: Any) -> None:
        self.who = who
        # Only somebody with roles in several municipalities chooses one.
        self.client = client_as(who.username, in_=who.number if who.username == "larer" else None)
        self.headers = {}
        if who.number is not None:
            secret = bearer(app, world, who.username, who.number)
            self.headers = {"Authorization": f"Bearer {secret}"}

    def ask(self, path: str) -> Any:
        """The answer to a GET."""
        headers = self.headers if path.startswith("/api/") else {}
        return self.client.get(path, headers=headers)

    def found(self, path: str) -> tuple[set[str], str, int]:
        """The words in the answer, all of it, and its status."""
        answer = self.ask(path)
        shown = all_of(answer.get_data(), answer.headers)
        answer.close()
        return words_in(shown), shown, answer.status_code


@pytest.fixture
def asker(app, world, client_as):
    """Makes the one who asks."""
    return lambda who: Asker(app, world, who, client_as)


def test_every_text_of_a_plan_holds_a_word(app, wood):
    without = []
    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(wood.place.id)):
        for model, name in text_columns():
            values = db.session.scalars(select(getattr(model, name))).all()
            if not words_in(str(values)):
                without.append(f"{model.__tablename__}.{name}")

    assert without == []


@pytest.mark.drill
@pytest.mark.parametrize("name", ACTORS)
def test_no_answer_holds_what_is_not_for(name, app, wood, asker, database_name, capfd):
    """C10, D7, D13, E8: not in its body, headers, title or file name, nor in the log."""
    who = ACTORS[name]
    one, few = asker(who), None if who.sections else addresses.FEW
    paths = [*addresses.lists(app), *addresses.narrowed(app), *addresses.about(app, wood, few)]
    turn = DATABASES.index(database_name) + list(ACTORS).index(name)
    step = size(who.step, 1)

    wrong = []
    for path in paths[turn % step :: step]:
        if path == OF_ALL_PLACES and who.number == "9902":
            continue
        words, shown, status = one.found(path)
        if bad := sorted(word for word in words if not who.may_come(word)):
            wrong.append(f"{path}: {bad}")
        if status >= 500:
            wrong.append(f"{path}: {status}")
        is_list = not any(pk in path for pk in wood.ids | {wood.owner})
        if is_list and not who.sees and any(pk in shown for pk in wood.ids - {wood.handover}):
            wrong.append(f"{path}: tells that there is such a plan")

    assert wrong == []
    assert not words_in("".join(capfd.readouterr()))


REVEALING = (
    "/plan/show/",
    "/plan-content/section/",
    "/plan-content/bin/",
    "/plan-entry/show/",
    "/plan-entry/edit/",
    "/plan-entry-history/",
    "/plan-consent/",
    "/plan-decision/list/",
    "/plan-authority/overview/",
    "/participation/show/",
    "/my-plans/",
)
"""The pages on which all that a plan keeps is read by somebody."""
UNSEEN = {
    "emergency_access.reason",  # Is told in a notice to the owner and the coordinator.
    "handover.note",  # Is for the one who is asked, who finds it.
    "notice.text.planeier",  # Is for somebody who lost the plan.
}


def test_whoever_may_read_it_finds_every_word(app, wood, asker, database_name):
    """The twin of the refusals: the words are where the doors lead."""
    if database_name != DATABASES[0]:
        pytest.skip("the pages are the same")
    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(wood.place.id)):
        rows = [
            str(value)
            for model, name in text_columns()
            for value in db.session.scalars(select(getattr(model, name)))
        ]
    missing = words_in("".join(rows)) - UNSEEN
    one = asker(Who("koordinator.strandvik", "9901"))

    for path in ("/my-plans/", *addresses.about(app, wood, None)):
        if missing and path.startswith(REVEALING):
            missing -= one.found(path)[0]

    assert missing == set()
