"""How gunicorn serves the panel; found by itself when gunicorn starts in this folder.

Workers are processes that answer one request at a time: Flask-AppBuilder keeps state on its view
objects, which threads would share. There is no access log, since addresses hold names that were
searched for, and what gunicorn says about a failed request is cut to one word.
"""

from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes a file of its own there, with no name.


class LogWithoutData(Logger):
    """Gunicorn's log, without request lines and headers: they hold what people typed."""

    def warning(self, msg: str, *args: Any, **options: Any) -> None:
        """As gunicorn's, but a broken request is told without its text."""
        if msg.startswith("Invalid request from"):
            msg = "A request was broken and got no answer from the panel"
        super().warning(msg, *args, **options)

    def exception(self, msg: str, *args: Any, **options: Any) -> None:
        """As gunicorn's, but without the address of the request."""
        if msg.startswith("Error handling request"):
            msg, args = "Error handling request", ()
        super().exception(msg, *args, **options)


wsgi_app = "run:app"
worker_class = "sync"
# Loaded once, before the workers are forked: they share its memory, and a new one is there at once.
preload_app = True
timeout = 60
graceful_timeout = 30
max_requests = 20_000
max_requests_jitter = 4_000
limit_request_line = 4094
limit_request_fields = 60
control_socket_disable = True
accesslog = None
logger_class = LogWithoutData
worker_tmp_dir = str(MEMORY) if MEMORY.is_dir() else None
