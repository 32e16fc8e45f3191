"""Taking an upload in: nothing is kept that is too large, of another type, or infected."""

from collections.abc import Collection
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l

from app.errors import DomainError
from app.files.scanning import scan_file
from app.files.sniffing import FileType, sniff

LARGEST = 10 * 1024 * 1024
SCANS = frozenset(FileType)


class BadFile(DomainError):
    """The file can't be taken in; the text says why."""

    status = 422


@dataclass(frozen=True)
class Received:
    """The content of a file that was found good, and what it is."""

    data: bytes = field(repr=False)
    type: FileType


def receive(data: bytes, allowed: Collection[FileType] = SCANS) -> Received:
    """What was uploaded, examined by its content; its name is of no account.

    Raises:
        BadFile: it is empty, larger than 10 MB, or not of an allowed type.
        Infected, NotScanned: by the virus scanner, where there is one.
    """
    if not data:
        raise BadFile(_l("Choose a file that is not empty."))
    if len(data) > LARGEST:
        raise BadFile(_l("The file is too large. It can be at most 10 MB."))
    found = sniff(data)
    if found is None or found not in allowed:
        raise BadFile(_l("We can't read this kind of file. Use PDF, PNG or JPEG."))
    scan_file(data)
    return Received(data, found)
