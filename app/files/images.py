"""Pictures are drawn anew before they are kept: nothing comes along but what can be seen.

Where and with what a picture was taken is left out, and so is whatever else lay in the file. It
keeps the colours, and stands the way it was meant to.
"""

import io
import struct
from typing import Any

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps

from app.errors import DomainError
from app.files.sniffing import FileType

MOST_PIXELS = 60_000_000
QUALITY = 92
ORIENTATION = 0x0112
# Pillow's own limit warns when a file is opened; ours refuses, before anything is unpacked.
Image.MAX_IMAGE_PIXELS = None


class BadPicture(DomainError):
    """The picture can't be read, or is too large to draw."""

    status = 422
    message = _l("We can't read this picture. Save it anew, or take another, and try again.")


def redrawn(data: bytes, kind: FileType) -> bytes:
    """The same picture without what can't be seen.

    Raises:
        BadPicture: it is damaged, moves, or has more than 60 million dots.
    """
    try:
        with Image.open(io.BytesIO(data), formats=[kind.name]) as picture:
            width, height = picture.size
            # A telephone adds a second, smaller picture, of which the first is what is meant.
            moves = getattr(picture, "n_frames", 1) > 1 and picture.format != "MPO"
            if width * height > MOST_PIXELS or moves:
                raise BadPicture
            return _saved(picture, kind, data)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error):
        raise BadPicture from None


def _saved(picture: Any, kind: FileType, data: bytes) -> bytes:
    how: dict[str, Any] = {"icc_profile": picture.info.get("icc_profile")}
    if kind is FileType.WEBP:
        how |= {"lossless": b"VP8L" in data[12:64], "quality": QUALITY}
    is_upright = picture.getexif().get(ORIENTATION, 1) == 1
    if kind is FileType.JPEG:
        # Drawn as finely as before, a picture that stands as it should loses next to nothing.
        is_as_before = is_upright and picture.format == "JPEG"
        how |= {"quality": "keep" if is_as_before else QUALITY, "comment": b""}
    out = io.BytesIO()
    upright = picture if is_upright else ImageOps.exif_transpose(picture)
    upright.save(out, kind.name, exif=b"", **how)
    return out.getvalue()
