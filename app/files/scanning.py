"""The hook for a virus scanner: ClamAV's daemon, off unless a setting names its socket.

Source: ``man clamd``, command INSTREAM: chunks with their length before them, ended by a length
of nothing.
"""

import socket
from pathlib import Path

import structlog
from flask import current_app
from flask_babel import lazy_gettext as _l

from app.errors import DomainError

CHUNK = 64 * 1024
PATIENCE_SECONDS = 20
LONGEST_ANSWER = 4096
# The harmless file with which everyone tries whether viruses are stopped; in two, so that scanners
# of source code let it be.
EICAR = b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$"
logger = structlog.get_logger(__name__)


class Infected(DomainError):
    """The scanner found something in the file."""

    status = 422
    message = _l("The virus scanner stopped this file. Nothing was kept.")


class NotScanned(DomainError):
    """The scanner is switched on and did not answer, so nothing is taken in."""

    status = 503
    message = _l("The file could not be checked for viruses right now. Try again in a moment.")


def scan_file(data: bytes) -> None:
    """Let the scanner look at a file, where there is one. The test file is stopped anyhow.

    Raises:
        Infected: it found something.
        NotScanned: it did not answer as one does that has looked at the whole file.
    """
    path: Path | None = current_app.config["SAMVEV"].clamav_socket
    if EICAR in data:
        raise Infected
    if path is None:
        return
    try:
        answer = _ask(path, data)
    except OSError as error:
        logger.error("virus scanner did not answer", kind=type(error).__name__)
        raise NotScanned from None
    if answer.endswith(b"FOUND"):
        logger.warning("virus scanner stopped a file")
        raise Infected
    if not answer.endswith(b": OK"):
        logger.error("virus scanner did not look at the whole file")
        raise NotScanned


def _ask(path: Path, data: bytes) -> bytes:
    """What the scanner says about ``data``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(PATIENCE_SECONDS)
        line.connect(str(path))
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), CHUNK):
            chunk = data[start : start + CHUNK]
            line.sendall(len(chunk).to_bytes(4, "big") + chunk)
        line.sendall(bytes(4))
        answer = b""
        while (part := line.recv(LONGEST_ANSWER)) and len(answer) < LONGEST_ANSWER:
            answer += part
    return answer.rstrip(b"\0\n")
