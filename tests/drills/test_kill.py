"""The server is killed at random points of many writes: nothing acknowledged is lost, nothing is
half done, and sending a form again makes no second row."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.db import db
from app.models import AuditEvent, Person
from app.security import tenancy
from config import ROOT
from tests import world as worlds
from tests.conftest import TOKEN
from tests.drills import size, tell
from tests.world import PASSWORD

KILLED = "avbrutt"
WRITES = size(12, 200)
START_SECONDS = 60
SEED = 7


class Server:
    """The panel in a process group of its own, that can be killed and started again."""

    def __init__(self, settings):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "SAMVEV_MODE": "test",
            "SAMVEV_INSTANCE": str(settings.instance),
            "SAMVEV_DATABASE_URL": settings.database_url,
            "SAMVEV_PASSWORD_HASH_METHOD": settings.password_hash_method,
        }
        self.process = None

    def start(self):
        """Start, and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{self.port}", "run:app"],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if self.request("GET", "/health/live")[0] == 200:
                    return
            except OSError:
                self.process.poll()
        raise RuntimeError("the server did not start")

    def kill(self):
        """Kill master and worker at once, with no warning."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def request(self, method, path, form=None, cookie=None):
        """Status, headers and text of one request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        if cookie:
            headers["Cookie"] = cookie
        try:
            connection.request(method, path, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()


class Registrar:
    """Registers persons one by one, and remembers what was acknowledged."""

    def __init__(self, server):
        self.server = server
        self.cookie = self.token = ""

    def sign_in(self):
        """Sign in and fetch a form token."""
        _status, headers, page = self.server.request("GET", "/login/")
        cookie = headers["Set-Cookie"].partition(";")[0]
        form = {
            "csrf_token": TOKEN.search(page).group(1),
            "username": "lokal.strandvik",
            "password": PASSWORD,
        }
        _status, headers, _page = self.server.request("POST", "/login/", form, cookie)
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        page = self.server.request("GET", "/person/add", cookie=self.cookie)[2]
        self.token = TOKEN.search(page).group(1)

    def register(self, name, key):
        """Whether the server said that the person is registered."""
        form = {
            "csrf_token": self.token,
            "form_key": key,
            "given_name": name,
            "family_name": f"{name[::-1]}{KILLED}",
        }
        try:
            return self.server.request("POST", "/person/add", form, self.cookie)[0] == 302
        except (OSError, HTTPException):
            return False


@pytest.mark.drill
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(kind, make_app, capsys, request):
    only = request.config.getoption("--database")
    if only not in (None, kind):
        pytest.skip("another database was asked for")
    app = make_app(kind)
    with app.app_context():
        world = worlds.build()
        db.session.remove()
    server = Server(app.config["SAMVEV"])
    server.start()
    registrar = Registrar(server)
    registrar.sign_in()
    acknowledged, tried, kills = write_and_kill(server, registrar)
    repeated = [name for name, key in tried.items() if not registrar.register(name, key)]
    server.kill()

    rows, events = found(app, world.strandvik.id)

    tell(
        capsys, f"kill -9 on {kind}: {len(tried)} writes, {kills} kills, {len(acknowledged)} acked"
    )
    assert kills > 0
    assert not repeated
    assert acknowledged <= set(tried)
    assert rows == Counter(dict.fromkeys(tried, 1))
    assert events == rows


def write_and_kill(server, registrar):
    """Write until enough was written, killing at random points on the way."""
    choice = random.Random(SEED)
    acknowledged, tried, kills = set(), {}, 0
    for _number in range(WRITES):
        name, key = uuid4().hex, str(uuid4())
        tried[name] = key
        killer = None
        if choice.random() < 0.25:
            killer = subprocess.Popen(
                ["sh", "-c", f"sleep {choice.uniform(0, 0.05):.4f}; kill -9 -{server.process.pid}"]
            )
            kills += 1
        if registrar.register(name, key):
            acknowledged.add(name)
        if killer is not None:
            killer.wait()
            server.process.wait()
            server.start()
    return acknowledged, tried, kills


def found(app, municipality_id):
    """How many rows, and how many events of registering, each name has."""
    with app.app_context(), tenancy.applied(db.session(), tenancy.Scope(municipality_id)):
        people = db.session.scalars(select(Person).where(Person.family_name.endswith(KILLED)))
        names = {person.id: person.given_name for person in people}
        events = db.session.scalars(
            select(AuditEvent.object_id).where(AuditEvent.action == "person:added")
        ).all()
    return Counter(names.values()), Counter(names[e] for e in events if e in names)
