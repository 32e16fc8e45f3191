"""Encryption and keyed hashes, with keys derived from the installation's own.

National ids have few possible values, so a plain hash of one can be guessed: every hash here is
keyed, and the key is never in the database.
"""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEYRING = "samvev_keyring"
"""Where the application keeps its keyring."""


class Keyring:
    """The derived keys of one installation."""

    def __init__(self, encryption_key: str) -> None:
        self._secret = encryption_key.encode()
        self._fernet = Fernet(base64.urlsafe_b64encode(self._derive("national id cipher")))
        self._file_fernet = Fernet(base64.urlsafe_b64encode(self._derive("file cipher")))
        self._hash_keys: dict[str, bytes] = {}

    def _derive(self, purpose: str, salt: bytes = b"samvev") -> bytes:
        return HKDF(SHA256(), length=32, salt=salt, info=purpose.encode()).derive(self._secret)

    def encrypt(self, text: str) -> bytes:
        """``text`` as an authenticated cipher text; the same text gives another one each time."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, cipher: bytes) -> str:
        """The text behind ``cipher``.

        Raises:
            ValueError: the cipher text was changed, or made with another key.
        """
        try:
            return self._fernet.decrypt(cipher).decode()
        except InvalidToken:
            raise ValueError("cipher text does not fit the key") from None

    def seal(self, data: bytes) -> bytes:
        """A file's content as one line of authenticated cipher text."""
        return self._file_fernet.encrypt(data)

    def unseal(self, sealed: bytes) -> bytes:
        """The content behind ``sealed``.

        Raises:
            ValueError: it was changed, cut short, or made with another key.
        """
        try:
            return self._file_fernet.decrypt(sealed)
        except InvalidToken:
            raise ValueError("sealed content does not fit the key") from None

    def backup_key(self, salt: bytes, part: str) -> bytes:
        """The 32 bytes that one part of one backup, which has a salt of its own, is sealed with."""
        return self._derive(f"backup of {part}", salt)

    def keyed_hash(self, kind: str, value: str) -> str:
        """64 hexadecimal digits that stand for ``value``; kinds have keys of their own."""
        if kind not in self._hash_keys:
            self._hash_keys[kind] = self._derive(f"hash of {kind}")
        key = self._hash_keys[kind]
        return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def new_secret() -> str:
    """A secret for a link, a session or a token: 256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """What is kept of a secret that holds 256 random bits (needs no key and no salt)."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
