"""The code that a municipality hands over in person, and the holder types to say yes.

A request finds whoever has the national id on their login, be it rightly or not; the code does not.
"""

import secrets
from hmac import compare_digest

from app.people.keyring import keyring

# Without 0, 1, I and O, which are read as each other.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 8
TRIES = 5
"""How many wrong codes make a request void.

Eight of 32 characters hold 40 bits, which can be read aloud and typed. Five guesses hit one time in
220 thousand million, so nothing longer is needed. Nobody guesses on a copy of the database either:
the hash is keyed, and the key is not there.
"""


def new_code() -> str:
    """A code as it is handed over, in two groups."""
    drawn = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    return f"{drawn[: LENGTH // 2]}-{drawn[LENGTH // 2 :]}"


def plain(code: str) -> str:
    """A code as it is compared: however it was spaced, and in small letters or large."""
    return "".join(character for character in code.upper() if character.isalnum())


def code_hash(request_id: str, code: str) -> str:
    """What is kept of the code of a request; the same code of another gives another hash."""
    return keyring().keyed_hash("link code", f"{request_id} {plain(code)}")


def fits(kept: str, request_id: str, code: str) -> bool:
    """Whether this is the code of the request."""
    return compare_digest(kept, code_hash(request_id, code))
