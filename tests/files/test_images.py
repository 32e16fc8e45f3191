"""Pictures are drawn anew: what can be seen stays, and nothing else."""

import io

import pytest
from PIL import Image, ImageFile

from app.files import images
from app.files.images import BadPicture, redrawn
from app.files.sniffing import FileType, sniff

PLACE = b"Hemmelig sted"
GPS, MAKER, LATITUDE_REF, ORIENTATION = 0x8825, 0x010F, 1, 0x0112
KINDS = [FileType.JPEG, FileType.PNG, FileType.WEBP]


def photo(kind, *, turned=1, size=(40, 20), **how):
    """A picture, red to the left and blue to the right, that tells where it was taken."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    facts = Image.Exif()
    facts[MAKER], facts[ORIENTATION] = PLACE.decode(), turned
    facts.get_ifd(GPS)[LATITUDE_REF] = "N"
    out = io.BytesIO()
    picture.save(out, kind, exif=facts, **how)
    return out.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", KINDS)
def test_i8_where_a_picture_was_taken_is_not_kept(kind):
    data = photo(kind.name) + b"<script>alert(1)</script>"
    assert PLACE in data
    assert sniff(data) is kind

    kept = redrawn(data, kind)

    assert PLACE not in kept
    assert b"script" not in kept
    assert dict(opened(kept).getexif()) == {}
    assert sniff(kept) is kind
    red, _green, blue = opened(kept).convert("RGB").getpixel((5, 5))
    assert red > 200 > 50 > blue


def test_a_picture_that_lies_on_its_side_is_put_upright():
    kept = opened(redrawn(photo("JPEG", turned=6), FileType.JPEG))

    assert kept.size == (20, 40)
    assert kept.getpixel((10, 5))[0] > 200


def test_a_comment_is_not_kept():
    data = photo("JPEG", comment=PLACE)

    assert PLACE not in redrawn(data, FileType.JPEG)


def test_i8_a_picture_with_too_many_dots_is_refused_before_it_is_unpacked(monkeypatch):
    data = photo("PNG")
    monkeypatch.setattr(images, "MOST_PIXELS", 799)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda *_: pytest.fail("it was unpacked"))

    with pytest.raises(BadPicture):
        redrawn(data, FileType.PNG)


def test_a_picture_that_moves_is_refused():
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])

    with pytest.raises(BadPicture):
        redrawn(out.getvalue(), FileType.WEBP)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_cut_off_or_another_is_refused(kind):
    data = photo(kind.name, size=(400, 200))

    for broken in (data[: len(data) // 2], data[:40]):
        with pytest.raises(BadPicture):
            redrawn(broken, kind)
    with pytest.raises(BadPicture):
        redrawn(b"GIF89a" + bytes(40), kind)
