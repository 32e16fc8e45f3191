"""Keys derived from the installation's own, and secrets of 256 bits."""

import pytest

from app.security.keys import Keyring, new_secret, secret_hash

RING, OTHER = Keyring("a key"), Keyring("another key")


def test_what_is_encrypted_is_read_with_the_same_key_alone():
    cipher = RING.encrypt("01010112345")

    assert Keyring("a key").decrypt(cipher) == "01010112345"
    assert cipher != RING.encrypt("01010112345")
    for ring, broken in ((OTHER, cipher), (RING, cipher[:-4] + b"AAA=")):
        with pytest.raises(ValueError, match="does not fit"):
            ring.decrypt(broken)


def test_files_have_a_key_of_their_own():
    sealed = RING.seal(b"content")

    assert Keyring("a key").unseal(sealed) == b"content"
    with pytest.raises(ValueError, match="does not fit"):
        RING.unseal(RING.encrypt("content"))
    with pytest.raises(ValueError, match="does not fit"):
        OTHER.unseal(sealed)


def test_a_keyed_hash_stays_what_it_is_and_each_kind_has_its_own():
    """A hash that changed would lose every national id that is kept."""
    expected = RING.keyed_hash("national id", "1")

    assert expected == "91049ef0989ec1f4cc5861737aab97a430f8ff652900fe835bd37e395bbe4946"
    assert RING.keyed_hash("national id", "1") == expected
    others = {RING.keyed_hash("login", "1"), OTHER.keyed_hash("national id", "1")}
    assert expected not in others
    assert len(others) == 2


def test_a_secret_holds_256_bits_and_its_hash_tells_nothing_of_it():
    one, other = new_secret(), new_secret()

    assert one != other
    assert len(one) == 43
    assert len(secret_hash(one)) == 64
