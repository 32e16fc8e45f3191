"""A stream of bytes as authenticated cipher text, piece by piece, so that none need be in memory.

AES-256-GCM in pieces of a mebibyte. A piece is sealed with its number and with whether it is the
last one, so that no piece can be changed, left out, moved or cut off. A key is for one stream.
"""

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.backups.refusals import Refused

PIECE = 1024 * 1024
TAG = 16


class Writable(Protocol):
    """What can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take ``data`` in."""


class Sealer:
    """Seals what is written to it into ``file``; ``close`` makes it whole."""

    def __init__(self, file: Writable, key: bytes) -> None:
        self._file, self._cipher = file, AESGCM(key)
        self._waiting, self._number = bytearray(), 0

    def write(self, data: bytes) -> None:
        """Seal ``data``, or keep it until a piece is full."""
        self._waiting += data
        # The last piece is known as such at the end alone, so one is always held back.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]

    def close(self) -> None:
        """Seal the last piece."""
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._number, is_last=is_last)
        self._file.write(self._cipher.encrypt(nonce, piece, None))
        self._number += 1


def unsealed(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """The bytes behind a sealed stream, piece by piece.

    Raises:
        Refused: it was changed or cut short, or sealed with another key.
    """
    cipher, number = AESGCM(key), 0
    piece = file.read(PIECE + TAG)
    while True:
        following = file.read(PIECE + TAG)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), piece, None)
        except (InvalidTag, ValueError):
            raise Refused("A part of the backup was changed or cut short.") from None
        if not following:
            return
        piece, number = following, number + 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
