"""The supervisor: both children run, end together, and nobody is left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.jobs import supervisor
from app.jobs.serve import SUPERVISOR, supervisor_command, usual_workers

PROGRAM = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("supervisor", sys.argv[1])
supervisor = importlib.util.module_from_spec(spec)
spec.loader.exec_module(supervisor)
supervisor.SHORTEST_PAUSE_SECONDS = 0.1
web, worker = ("-c", sys.argv[2]), ("-c", sys.argv[3])
sys.exit(supervisor.Supervisor(web, worker).run())
"""
# One write a line: ``print`` makes several where Python's output is unbuffered, and two children
# would mix their words.
TELL = "import os, time; os.write(1, b'{name} %d\\n' % os.getpid())"
TELL_AND_STAY = f"{TELL}\nwhile True: time.sleep(0.05)"
TELL_AND_DIE = f"{TELL}; os._exit(7)"


@pytest.fixture
def supervise() -> Iterator:
    """Starts a supervisor over two small programs; everything is ended after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(web: str, worker: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PROGRAM, str(SUPERVISOR)]
        process = subprocess.Popen(
            [*command, web.format(name="web"), worker.format(name="worker")],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def told(process: subprocess.Popen[str], count: int) -> list[tuple[str, int]]:
    """The next lines that the children wrote: (name, process id)."""
    assert process.stdout is not None
    lines = [process.stdout.readline().split() for _ in range(count)]
    return [(name, int(number)) for name, number in lines]


def wait_until_gone(process: subprocess.Popen[str]) -> None:
    """Return when nobody holds the children's output any more."""
    assert process.stdout is not None
    process.stdout.read()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_stop_ends_both(supervise, number):
    process = supervise(TELL_AND_STAY, TELL_AND_STAY)
    assert {name for name, _ in told(process, 2)} == {"web", "worker"}

    process.send_signal(number)

    assert process.wait() == 0
    wait_until_gone(process)


def test_a_dead_worker_is_started_again(supervise):
    process = supervise(TELL_AND_STAY, TELL_AND_DIE)

    lines = told(process, 4)

    workers = [number for name, number in lines if name == "worker"]
    assert len(set(workers)) == len(workers) == 3


def test_a_reload_starts_both_anew(supervise):
    process = supervise(TELL_AND_STAY, TELL_AND_STAY)
    before = dict(told(process, 2))

    process.send_signal(signal.SIGHUP)

    after = dict(told(process, 2))
    assert before.keys() == after.keys() == {"web", "worker"}
    assert not set(before.values()) & set(after.values())
    assert process.poll() is None


def test_all_ends_with_the_web_server_and_its_status(supervise):
    process = supervise(TELL_AND_DIE, TELL_AND_STAY)

    assert process.wait() == 7
    wait_until_gone(process)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_killed_supervisor_leaves_nobody_behind(supervise):
    process = supervise(TELL_AND_STAY, TELL_AND_STAY)
    told(process, 2)

    process.kill()

    process.wait()
    wait_until_gone(process)


def test_a_child_that_will_not_end_is_killed_with_what_it_started(monkeypatch):
    stubborn = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "os.write(int(os.environ['READY']), b'x')\n"
        "while True: time.sleep(0.05)"
    )
    monkeypatch.setattr(supervisor, "PATIENCE_SECONDS", 0.2)
    read, write = os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-c", stubborn],
        start_new_session=True,
        pass_fds=[write],
        env={**os.environ, "READY": str(write)},
    )
    os.read(read, 1)
    os.close(read)
    os.close(write)

    supervisor.stop(child)

    assert child.returncode == -signal.SIGKILL


@pytest.mark.parametrize(("processors", "workers"), [(None, 2), (1, 2), (2, 3), (64, 8)])
def test_the_number_of_workers_follows_the_machine(processors, workers):
    assert usual_workers(processors) == workers


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", "127.0.0.1:8080"), ("::1", "[::1]:8080")]
)
def test_the_address_is_told_to_the_web_server(host, address):
    command = supervisor_command(host, 8080, 3)

    assert command[0] == sys.executable
    assert Path(command[2]).is_file()
    assert command[-4:] == ["--bind", address, "--workers", "3"]
