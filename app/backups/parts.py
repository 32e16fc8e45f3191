"""A part of a backup: sections of bytes, each with a heading, packed and sealed into one file."""

import json
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from app.backups.refusals import Refused
from app.backups.sealed import Sealer, unsealed

Heading = dict[str, str | list[str]]

BLOCK = 64 * 1024
HEADING, DATA, END = b"H", b"D", b"E"
START = 5
"""Bytes before what is in a frame: its kind and its length."""


@dataclass(frozen=True)
class Part:
    """A file of a backup: its name, and the size and digest of what is in it."""

    name: str
    size: int
    digest: str


class PartWriter:
    """Writes one part; ``part`` is what was written when the block has ended well."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._file = path, _Counted(new_file(path))
        self._sealer, self._packer = Sealer(self._file, key), zlib.compressobj(level=1)
        self._waiting = bytearray()
        self.part: Part | None = None

    def section(self, heading: Heading) -> None:
        """Begin the next section."""
        self._flush()
        self._frame(HEADING, json.dumps(heading).encode())

    def data(self, block: bytes | bytearray | memoryview) -> None:
        """Add to the section; many small ones are put together."""
        self._waiting += block
        if len(self._waiting) >= BLOCK:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._frame(DATA, bytes(self._waiting))
            self._waiting.clear()

    def _frame(self, kind: bytes, content: bytes) -> None:
        packed = self._packer.compress(kind + len(content).to_bytes(4, "big") + content)
        self._sealer.write(packed)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Finish, on disk; after an error leave the file as it is, which nobody will take."""
        with self._file.file:
            if kind is not None:
                return
            self._flush()
            self._frame(END, b"")
            self._sealer.write(self._packer.flush())
            self._sealer.close()
            self._file.file.flush()
            os.fsync(self._file.file.fileno())
        self.part = Part(self._path.name, self._file.size, self._file.digest.hexdigest())


class _Counted:
    """A file that counts and digests what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.size, self.digest = file, 0, sha256()

    def write(self, data: bytes, /) -> int:
        self.size += len(data)
        self.digest.update(data)
        return self.file.write(data)


def new_file(path: Path) -> BinaryIO:
    """A new file that its owner alone can read.

    Raises:
        FileExistsError: there is one already; nothing is overwritten.
    """
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def examine(folder: Path, part: Part) -> None:
    """Read the whole part and compare it with what the manifest says.

    Raises:
        Refused: it is missing, cut short or changed.
    """
    path = folder / part.name
    try:
        size = path.stat().st_size
        if size < part.size:
            raise Refused(f"The part {part.name} is cut short: {size} of {part.size} bytes.")
        digest = sha256()
        with path.open("rb") as file:
            while block := file.read(1024 * 1024):
                digest.update(block)
    except FileNotFoundError:
        raise Refused(f"The part {part.name} is missing.") from None
    if size != part.size or digest.hexdigest() != part.digest:
        raise Refused(f"The part {part.name} was changed or damaged since it was written.")


def sections(path: Path, key: bytes) -> Iterator[tuple[Heading, Iterator[bytes]]]:
    """Each section's heading and its blocks, which are read before the next section is asked for.

    Raises:
        Refused: the part was changed or cut short.
    """
    with path.open("rb") as file:
        frames = _frames(_Unpacked(unsealed(file, key)).read)
        kind, content = next(frames)
        while kind == HEADING:
            ending: list[tuple[bytes, bytes]] = []
            yield json.loads(content), _blocks(frames, ending)
            kind, content = ending[0]


def _blocks(
    frames: Iterator[tuple[bytes, bytes]], ending: list[tuple[bytes, bytes]]
) -> Iterator[bytes]:
    """The blocks of one section; ``ending`` gets the frame that comes after them."""
    for kind, content in frames:
        if kind != DATA:
            ending.append((kind, content))
            return
        yield content


def _frames(read: Callable[[int], bytes]) -> Iterator[tuple[bytes, bytes]]:
    kind = b""
    while kind != END:
        start = read(START)
        kind = start[:1]
        yield kind, read(int.from_bytes(start[1:], "big"))


class _Unpacked:
    """Reads exactly so many bytes of what was packed and sealed."""

    def __init__(self, sealed: Iterator[bytes]) -> None:
        self._sealed, self._unpacker = sealed, zlib.decompressobj()
        self._waiting = bytearray()

    def read(self, size: int) -> bytes:
        while len(self._waiting) < size:
            piece = next(self._sealed, None)
            if piece is None:
                raise Refused("A part of the backup ends too early.")
            self._waiting += self._unpacker.decompress(piece)
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        return taken
