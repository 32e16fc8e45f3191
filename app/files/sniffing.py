"""What a file is, by its content. What it is called, or said to be, is never asked.

A file that is two things at once is none of them: a reader that looks for another beginning would
take it for something else than what was examined.
"""

import io
import zipfile
from enum import StrEnum

from app.files import office

CONTROL = frozenset(range(32)) - set(b"\t\n\r\f")
LOOKED_AT = 1024
"""How far into a text something else might begin, for a reader that searches for it."""


class FileType(StrEnum):
    """The types that are taken in; the value is the one that they are sent out with."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    DOCX = office.DOCX
    XLSX = office.XLSX
    ODT = office.ODT
    ODS = office.ODS
    TXT = "text/plain"

    @property
    def ending(self) -> str:
        """The ending of a downloaded file's name."""
        return ENDINGS[self]


ENDINGS = {one: one.name.lower() for one in FileType} | {FileType.JPEG: "jpg"}
IMAGES = frozenset({FileType.PNG, FileType.JPEG, FileType.WEBP})
SCANS = frozenset({FileType.PDF, FileType.PNG, FileType.JPEG})
"""What a signed form is taken in as."""

BEGINS = {
    FileType.PDF: b"%PDF-",
    FileType.PNG: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    FileType.JPEG: b"\xff\xd8\xff",
}


def sniff(data: bytes) -> FileType | None:
    """The type of the content; None when it is none of those that are taken in."""
    if data.startswith(b"PK"):
        found = office.kind_of(data)
        return None if found is None else FileType(found)
    if zipfile.is_zipfile(io.BytesIO(data)):
        return None
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return FileType.WEBP
    begun = (one for one, begin in BEGINS.items() if data.startswith(begin))
    return next(begun, FileType.TXT if _is_text(data) else None)


def _is_text(data: bytes) -> bool:
    """Whether it is plain text in UTF-8: neither markup, nor a program, nor with a PDF in it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    begins = text.lstrip()[:2]
    is_other = begins[:1] == "<" or begins == "#!" or b"%PDF-" in data[:LOOKED_AT]
    return bool(begins) and not is_other and CONTROL.isdisjoint(data)
