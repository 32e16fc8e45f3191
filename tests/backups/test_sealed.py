"""Sealed streams and parts: whole, or refused."""

import io

import pytest

from app.backups import parts, sealed
from app.backups.parts import PartWriter, sections
from app.backups.refusals import Refused
from app.backups.sealed import TAG, Sealer, unsealed

KEY, OTHER = bytes(range(32)), bytes(32)
PIECE = 16
SEALED = PIECE + TAG


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Pieces of sixteen bytes."""
    monkeypatch.setattr(sealed, "PIECE", PIECE)


def seal(content, key=KEY):
    """The sealed stream of ``content``, which is written in uneven blocks."""
    file = io.BytesIO()
    sealer = Sealer(file, key)
    for start in range(0, len(content), 7):
        sealer.write(content[start : start + 7])
    sealer.close()
    return file.getvalue()


def opened(stream, key=KEY):
    """What is behind a sealed stream."""
    return b"".join(unsealed(io.BytesIO(stream), key))


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 3])
def test_what_is_sealed_comes_out_as_it_went_in(length):
    content = bytes(index % 251 for index in range(length))

    assert opened(seal(content)) == content
    assert content == b"" or content not in seal(content)


def test_every_flipped_bit_is_seen():
    stream = seal(b"tre deler og litt til, minst" * 2)

    for place in range(len(stream)):
        changed = stream[:place] + bytes([stream[place] ^ 1]) + stream[place + 1 :]
        with pytest.raises(Refused):
            opened(changed)


def test_a_stream_that_is_cut_anywhere_is_refused():
    stream = seal(b"tre deler og litt til, minst" * 2)

    for length in range(len(stream)):
        with pytest.raises(Refused):
            opened(stream[:length])


@pytest.mark.parametrize(
    "mixed",
    [
        lambda one: one[SEALED : 2 * SEALED] + one[:SEALED] + one[2 * SEALED :],
        lambda one: one[SEALED:],
        lambda one: one + one[-SEALED:],
        lambda one: one + b"x",
    ],
    ids=["two pieces changed places", "the first left out", "the last twice", "a byte more"],
)
def test_pieces_keep_their_places(mixed):
    stream = seal(bytes(3 * PIECE))

    with pytest.raises(Refused):
        opened(mixed(stream))


def test_another_key_opens_nothing():
    with pytest.raises(Refused):
        opened(seal(b"innhold"), OTHER)


def test_a_part_gives_its_sections_back_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "BLOCK", 10)
    with PartWriter(tmp_path / "part", KEY) as writer:
        writer.section({"table": "first", "columns": ["a", "b"]})
        for number in range(30):
            writer.data(b"%d," % number)
        writer.section({"table": "empty"})
        writer.section({"table": "last"})
        writer.data(bytes(100))

    found = [(told["table"], b"".join(blocks)) for told, blocks in read(tmp_path)]

    numbers = b"".join(b"%d," % number for number in range(30))
    assert found == [("first", numbers), ("empty", b""), ("last", bytes(100))]
    assert writer.part is not None
    parts.examine(tmp_path, writer.part)


def read(folder):
    """The sections of the part in ``folder``."""
    return sections(folder / "part", KEY)


def test_a_part_is_never_written_over(tmp_path):
    (tmp_path / "part").write_bytes(b"older")

    with pytest.raises(FileExistsError):
        PartWriter(tmp_path / "part", KEY)

    assert (tmp_path / "part").read_bytes() == b"older"


def test_a_part_that_was_not_finished_tells_of_nothing(tmp_path):
    writer = PartWriter(tmp_path / "part", KEY)

    with pytest.raises(TypeError), writer:
        writer.section({"table": object()})

    assert writer.part is None
