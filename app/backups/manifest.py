"""What a backup says of itself: written last, read first, and sealed like all of it.

The file has three lines: a heading in the clear, with what must be known before anything can be
opened; the rest, sealed together with the heading; and a digest of both, which tells damage from
another key.
"""

import base64
import binascii
import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.backups.parts import Part, new_file
from app.backups.refusals import Refused
from app.security.keys import Keyring

FORMAT, VERSION = "samvev-backup", 1
NAME = "manifest"
DATABASE, FILES = "database", "files"
NO_NONCE = bytes(12)
"""The key is of this backup and this one use, so the nonce need not differ."""
NOT_ONE = "The manifest is damaged: it was cut short or changed."


@dataclass(frozen=True)
class Manifest:
    """What is in a backup, and when the data were as it has them (``taken_at``, UTC)."""

    taken_at: datetime
    kind: str
    revision: str
    rows: dict[str, int]
    sequences: dict[str, int]
    files: int
    parts: tuple[Part, ...]


class Keys:
    """The keys of one backup, derived from the installation's and from the backup's own salt."""

    def __init__(self, ring: Keyring, salt: bytes) -> None:
        self._ring, self.salt = ring, salt

    def of(self, name: str) -> bytes:
        """The key of the part of this name."""
        return self._ring.backup_key(self.salt, name)


def new_keys(ring: Keyring) -> Keys:
    """Keys for a new backup."""
    return Keys(ring, secrets.token_bytes(32))


def write(folder: Path, manifest: Manifest, keys: Keys) -> None:
    """Make ``folder`` a backup; until this returns it is none."""
    heading = {
        "format": FORMAT,
        "version": VERSION,
        "taken_at": manifest.taken_at.isoformat(),
        "salt": keys.salt.hex(),
    }
    first = json.dumps(heading).encode()
    content = asdict(manifest)
    del content["taken_at"]
    sealed = AESGCM(keys.of(NAME)).encrypt(NO_NONCE, json.dumps(content).encode(), first)
    body = first + b"\n" + base64.b64encode(sealed) + b"\n"
    unfinished = folder / f"{NAME}.part"
    with new_file(unfinished) as file:
        file.write(body + sha256(body).hexdigest().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(folder / NAME)
    keep_on_disk(folder)


def keep_on_disk(folder: Path) -> None:
    """Have the names in ``folder`` survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def read(folder: Path, ring: Keyring) -> tuple[Manifest, Keys]:
    """The manifest of the backup in ``folder``, and its keys.

    Raises:
        Refused: there is none, it is damaged, of a version that this program does not know, or
            sealed with another encryption key.
    """
    try:
        lines = (folder / NAME).read_bytes().split(b"\n")
    except FileNotFoundError:
        raise Refused(f"{folder} is no finished backup: it has no manifest.") from None
    heading = _heading(lines[0])
    if len(lines) != 4 or lines[3] or sha256(_body(lines)).hexdigest().encode() != lines[2]:
        raise Refused(NOT_ONE)
    keys = Keys(ring, bytes.fromhex(heading["salt"]))
    try:
        content = AESGCM(keys.of(NAME)).decrypt(NO_NONCE, base64.b64decode(lines[1]), lines[0])
    except (InvalidTag, binascii.Error):
        raise Refused(
            "The backup was made with another encryption key than SAMVEV_ENCRYPTION_KEY."
        ) from None
    facts = json.loads(content)
    parts = tuple(Part(**one) for one in facts.pop("parts"))
    taken_at = datetime.fromisoformat(heading["taken_at"])
    return Manifest(**(facts | {"parts": parts, "taken_at": taken_at})), keys


def _body(lines: list[bytes]) -> bytes:
    return lines[0] + b"\n" + lines[1] + b"\n"


def _heading(line: bytes) -> dict[str, str]:
    try:
        heading = json.loads(line)
        known, version = heading["format"] == FORMAT, heading["version"]
    except (ValueError, KeyError, TypeError):
        raise Refused(NOT_ONE) from None
    if not known:
        raise Refused("The folder holds no backup of this panel.")
    if version != VERSION:
        raise Refused(
            f"The backup has format {version}, and this program knows {VERSION}. Restore it with"
            " the release that it was made with, or a newer one."
        )
    return heading
