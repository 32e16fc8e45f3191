"""The installation's keyring, for the packages that keep national ids."""

from flask import current_app

from app.security.keys import KEYRING, Keyring


def keyring() -> Keyring:
    """The keyring of the running application."""
    ring: Keyring = current_app.extensions[KEYRING]
    return ring
