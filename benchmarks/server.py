"""A panel under gunicorn: one sync worker or some, the start time and the memory.

Memory is read from ``/proc``, so the benchmark runs on Linux only.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from benchmarks.browser import Browser, NoAnswer, ProbeFailed

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 60.0
STOP_LIMIT = 5.0
POLL = 0.005


@dataclass(frozen=True)
class Memory:
    """Memory of one worker in bytes.

    ``rss`` counts shared pages in full and ``pss`` by share; both hold the pages of a SQLite file
    that is mapped into memory, which the system can take back. ``anonymous`` leaves files out.
    """

    rss: int
    pss: int
    anonymous: int


class WebServer:
    """A gunicorn master with its workers, stopped with everything it started."""

    def __init__(self, application: str, environment: dict[str, str], log: Path) -> None:
        self.application = application
        self.environment = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        self.log = log
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "WebServer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, first_page: str, workers: int = 1) -> float:
        """Start, and give back the seconds until ``first_page`` was answered with 200.

        Raises:
            ProbeFailed: the process ended, or did not answer within a minute.
        """
        self.port = _free_port()
        options = [
            f"--workers={workers}",
            "--worker-class=sync",
            "--timeout=900",
            "--no-control-socket",
        ]
        command = [sys.executable, "-m", "gunicorn", *options, f"--bind=127.0.0.1:{self.port}"]
        with self.log.open("ab") as log:
            started = time.perf_counter()
            self._process = subprocess.Popen(
                [*command, self.application],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        browser = Browser(self.port, limit=START_LIMIT)
        while time.perf_counter() - started < START_LIMIT:
            if self._answers(browser, first_page):
                return time.perf_counter() - started
            time.sleep(POLL)
        raise ProbeFailed(f"no answer from {self.application}; its log ends:\n{self.log_end()}")

    def _answers(self, browser: Browser, page: str) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise ProbeFailed(f"{self.application} ended; its log ends:\n{self.log_end()}")
        try:
            answer = browser.get(page)
        except NoAnswer:
            return False
        if answer.status != 200:
            raise ProbeFailed(f"{page} answered {answer.status}\n{self.log_end()}")
        return True

    def log_end(self, lines: int = 25) -> str:
        """The last lines of the server's log, for the one who must mend it."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """End the master and its worker; harmless when nothing runs."""
        if self._process is None:
            return
        for end in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None or end == signal.SIGKILL:
                _signal_group(self._process.pid, end)
            try:
                self._process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                continue
        self._process = None

    def memory(self) -> Memory:
        """What the worker holds now."""
        sizes = _proc_sizes(f"/proc/{self._worker()}/smaps_rollup")
        return Memory(rss=sizes["Rss"], pss=sizes["Pss"], anonymous=sizes["Anonymous"])

    def anonymous(self) -> int:
        """What the master and all its workers hold together; what they share counts once."""
        if self._process is None:
            raise ProbeFailed(f"{self.application} is not running")
        processes = (self._process.pid, *self._workers())
        sizes = [_proc_sizes(f"/proc/{process}/smaps_rollup") for process in processes]
        return sum(size["Pss_Anon"] for size in sizes)

    def forget_peak(self) -> None:
        """Let ``peak`` count from now on."""
        Path(f"/proc/{self._worker()}/clear_refs").write_text("5")

    def peak(self) -> int:
        """The most bytes the worker has held since ``forget_peak``."""
        return _proc_sizes(f"/proc/{self._worker()}/status")["VmHWM"]

    def _worker(self) -> int:
        workers = self._workers()
        if len(workers) != 1:
            raise ProbeFailed(f"expected one worker, found {len(workers)}")
        return workers[0]

    def _workers(self) -> list[int]:
        if self._process is None:
            raise ProbeFailed(f"{self.application} is not running")
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return [int(child) for child in children]


def _signal_group(process: int, end: signal.Signals) -> None:
    try:
        os.killpg(process, end)
    except ProcessLookupError:
        return


def _proc_sizes(path: str) -> dict[str, int]:
    """The lines of a ``/proc`` file that are sizes, in bytes."""
    lines = (line.split() for line in Path(path).read_text().splitlines())
    return {parts[0].rstrip(":"): int(parts[1]) * 1024 for parts in lines if parts[-1:] == ["kB"]}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
