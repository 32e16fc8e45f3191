"""The persons of a scan in memory: a few hundred bytes each, in their normal form.

One run of bytes for all of them, so that a million persons take some hundred megabytes, and
processes that are forked share them.
"""

import marshal
from array import array
from collections.abc import Iterable
from typing import Any

from app.duplicates.record import Number, Record
from app.people.national_id import NationalIdKind

REMEMBERED = 20_000
DIGEST = 16
_FIELDS = tuple(Record.__slots__)
_NUMBER = _FIELDS.index("number")
_KINDS = {kind.value: kind for kind in NationalIdKind}


def packed(record: Record) -> bytes:
    """A record as bytes for ``RecordStore``. Not for keeping: they differ between versions."""
    values: list[Any] = [getattr(record, name) for name in _FIELDS]
    number = record.number
    if number is not None:
        values[_NUMBER] = (number.digits, number.kind.value, number.is_valid, number.birth)
    return marshal.dumps(tuple(values))


def _unpacked(kept: memoryview) -> Record:
    # Written by ``packed`` in this very run, never read from a file.
    values = list(marshal.loads(kept))  # noqa: S302
    if values[_NUMBER] is not None:
        digits, kind, is_valid, birth = values[_NUMBER]
        values[_NUMBER] = Number(digits, _KINDS[kind], is_valid, birth)
    return Record(*values)


class RecordStore:
    """Records by their place, from 0; added in order, then only read."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self._digests = bytearray()
        self._unpacked: dict[int, Record] = {}

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, records: Iterable[bytes], digests: Iterable[bytes]) -> None:
        """Add packed records, with what stands for the facts of each."""
        for one in records:
            self._bytes += one
            self._ends.append(len(self._bytes))
        self._digests += b"".join(digests)

    def get(self, place: int) -> Record:
        """The record at ``place``."""
        found = self._unpacked.get(place)
        if found is None:
            if len(self._unpacked) >= REMEMBERED:
                self._unpacked.clear()
            kept = memoryview(self._bytes)[self._ends[place] : self._ends[place + 1]]
            found = self._unpacked[place] = _unpacked(kept)
        return found

    def digest(self, place: int) -> bytes:
        """What stands for the facts of the record at ``place``."""
        return bytes(self._digests[place * DIGEST : (place + 1) * DIGEST])
