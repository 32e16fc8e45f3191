"""Holds a web server and a job worker together; a small program of its own, not imported.

The worker is started anew when it dies. The web server starts its own workers anew; when it ends,
all ends, with its exit status. A signal to stop is passed on, and nobody is left behind: on Linux
the children end even when this program is killed. Nothing of the panel is imported here, which
keeps the process at a few megabytes.
"""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

TICK_SECONDS = 0.2
PATIENCE_SECONDS = 35
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
PR_SET_PDEATHSIG = 1

WORKER = ("-m", "flask", "--app", "run", "worker")


class Supervisor:
    """The two children and what has been asked of them."""

    def __init__(self, web: Sequence[str], worker: Sequence[str]) -> None:
        self.is_stopping = False
        self.is_reloading = False
        self.pause = SHORTEST_PAUSE_SECONDS
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self.web_command, self.worker_command = web, worker
        self.web = start(web)
        self.worker = start(worker)
        self.worker_started = time.monotonic()
        signal.signal(signal.SIGHUP, self._reload)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def _reload(self, _number: int, _frame: FrameType | None) -> None:
        self.is_reloading = True
        send(self.worker, signal.SIGTERM)

    def run(self) -> int:
        """Watch until the web server ends or a stop is asked for; the exit status."""
        while self.web.poll() is None and not self.is_stopping:
            self._reload_web()
            self._keep_worker()
            time.sleep(TICK_SECONDS)
        stop(self.web, self.worker)
        return 0 if self.is_stopping else self.web.returncode

    def _reload_web(self) -> None:
        """Start the web server anew when that was asked for.

        Its own reload would keep the code that it loaded before it made its workers.
        """
        if self.is_reloading:
            self.is_reloading = False
            stop(self.web)
            self.web = start(self.web_command)

    def _keep_worker(self) -> None:
        """Start a dead worker anew, after a pause that grows while it keeps dying."""
        lived = time.monotonic() - self.worker_started
        if self.worker.poll() is None or lived < self.pause:
            return
        say(f"the job worker ended with status {self.worker.returncode}; starting it again")
        lived_long = lived > 2 * LONGEST_PAUSE_SECONDS
        self.pause = (
            SHORTEST_PAUSE_SECONDS if lived_long else min(LONGEST_PAUSE_SECONDS, 2 * self.pause)
        )
        self.worker = start(self.worker_command)
        self.worker_started = time.monotonic()


def start(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """A Python process in a process group of its own, so that one Ctrl-C is heard once."""
    return subprocess.Popen(
        [sys.executable, *arguments], start_new_session=True, preexec_fn=_end_with_parent
    )


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent dies; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def send(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a process that lives; one that ended is let be."""
    if process.poll() is None:
        process.send_signal(number)


def stop(*processes: subprocess.Popen[bytes]) -> None:
    """End the processes: kindly, then by force, with everything they started."""
    for process in processes:
        send(process, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def say(text: str) -> None:
    """Tell the log."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both until they are stopped; the web server's exit status."""
    parser = argparse.ArgumentParser(prog="supervisor", description=__doc__)
    parser.add_argument("--bind", required=True)
    parser.add_argument("--workers", required=True)
    options = parser.parse_args(arguments)
    web = ("-m", "gunicorn", "--bind", options.bind, "--workers", options.workers)
    return Supervisor(web, WORKER).run()


if __name__ == "__main__":
    sys.exit(main())
