"""What a file is, by its content. What it is called, or said to be, is never asked."""

from enum import StrEnum


class FileType(StrEnum):
    """The types that are taken in; the value is the one that they are sent out with."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"

    @property
    def ending(self) -> str:
        """The ending of a downloaded file's name."""
        return "jpg" if self is FileType.JPEG else self.value.rpartition("/")[2]


BEGINS = {
    FileType.PDF: b"%PDF-",
    FileType.PNG: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    FileType.JPEG: b"\xff\xd8\xff",
}


def sniff(data: bytes) -> FileType | None:
    """The type that the content begins as; None when it is none of those that are taken in.

    A PDF must begin at the first byte: readers that search for a beginning further in take a file
    that is two things at once for the wrong one.
    """
    return next((one for one, begin in BEGINS.items() if data.startswith(begin)), None)
