"""Taking an upload in: nothing is kept that is too large, of another type, or infected."""

from collections.abc import Collection
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l

from app.errors import DomainError
from app.files.images import redrawn
from app.files.scanning import scan_file
from app.files.sniffing import IMAGES, SCANS, FileType, sniff

LARGEST = 10 * 1024 * 1024
DOCUMENTS = frozenset(FileType)
WANTED = {
    SCANS: _l("We can't read this kind of file. Use PDF, PNG or JPEG."),
    DOCUMENTS: _l(
        "We can't take this file in. Use PDF, PNG, JPEG, WebP, Word (DOCX), Excel (XLSX), ODT, ODS"
        " or plain text, without macros, embedded files, passwords or parts that lie elsewhere."
    ),
}


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

    Of a picture only what can be seen is kept.

    Raises:
        BadFile: it is empty, larger than 10 MB, or not of an allowed type.
        BadPicture: it is a picture that can't be drawn.
        Infected, NotScanned: by the virus scanner, where there is one.
    """
    if not data:
        raise BadFile(_l("Choose a file that is not empty."))
    if len(data) > LARGEST:
        raise BadFile(_l("The file is too large. It can be at most 10 MB."))
    found = sniff(data)
    if found is None or found not in allowed:
        raise BadFile(WANTED[DOCUMENTS if FileType.DOCX in allowed else SCANS])
    scan_file(data)
    return Received(redrawn(data, found) if found in IMAGES else data, found)
