"""Many users at once in the threads of one process: no answer and no row is another's."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.db import db
from app.models import Person
from app.security import tenancy
from tests.drills import size, tell
from tests.world import CANARY

THREADS = 8
REQUESTS = size(500, 100_000)
USERS = {"lokal.strandvik": "9901", "lokal.fjellby": "9902", "koordinator.strandvik": "9901"}


class Worker:
    """One signed-in user in one thread, who searches and registers in turn."""

    numbers = count(1)

    def __init__(self, client, username):
        self.client = client
        self.own, other = CANARY[USERS[username]], set(CANARY.values())
        self.others = other - {self.own}
        self.token = client.csrf()
        self.name = f"Tråd{next(self.numbers)}"
        self.added = 0

    def run(self, rounds):
        """Make requests; what was mixed up."""
        wrong = Counter()
        for number in range(rounds):
            wrong += self.search() if number % 4 else self.register()
        return wrong

    def search(self):
        """Search for a word of this thread's own and see it, and only own rows, in the answer."""
        word = f"{self.own[:4]}{self.name}x{uuid4().hex[:6]}"
        query = {"family_name": word} if self.added % 2 else {"family_name": self.own[:5]}
        answer = self.client.get("/person/list/", query_string=query)
        wrong = Counter()
        wrong["status"] += answer.status_code != 200
        wrong["filter"] += f'value="{next(iter(query.values()))}"' not in answer.text
        wrong["rows"] += any(word in answer.text for word in self.others)
        return wrong

    def register(self):
        """Register a person whom nobody resembles, and see that very one on the page that comes."""
        self.added += 1
        given, family = uuid4().hex, f"{uuid4().hex}{self.own}tråd"
        data = {
            "csrf_token": self.token,
            "form_key": str(uuid4()),
            "given_name": given,
            "family_name": family,
        }
        answer = self.client.post("/person/add", data=data, follow_redirects=True)
        wrong = Counter()
        wrong["not registered"] += f"{given} {family}" not in answer.text
        return wrong


@pytest.mark.drill
def test_nothing_is_mixed_between_threads(app, world, client_as, capsys):
    names = list(USERS)
    workers = [Worker(client_as(names[n % 3]), names[n % 3]) for n in range(THREADS)]

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(lambda worker: worker.run(REQUESTS // THREADS), workers))

    wrong = sum(results, Counter())
    tell(capsys, f"threads: {REQUESTS} requests in {THREADS} threads, mixed: {dict(+wrong)}")
    assert not +wrong
    for number in CANARY:
        expected = sum(w.added for w in workers if w.own == CANARY[number])
        assert registered(app, world.place(number).id, CANARY[number]) == expected


def registered(app, municipality_id, word):
    """How many persons the threads registered in a municipality, all with its own word."""
    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(municipality_id)):
        found = db.session.scalars(
            select(Person.family_name).where(Person.family_name.endswith("tråd"))
        ).all()
    assert all(one.endswith(f"{word}tråd") for one in found)
    return len(found)
