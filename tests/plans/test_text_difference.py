"""What differs between two texts."""

import pytest

from app.plans.text_difference import MOST_WORDS, Change, Piece, pieces

K, R, A = Change.KEPT, Change.REMOVED, Change.ADDED


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("", "", [], id="nothing"),
        pytest.param("likt", "likt", [Piece(K, "likt")], id="alike"),
        pytest.param("", "nytt", [Piece(A, "nytt")], id="added"),
        pytest.param("gammelt", "", [Piece(R, "gammelt")], id="removed"),
        pytest.param(
            "et rødt hus",
            "et blått hus",
            [Piece(K, "et "), Piece(R, "rødt"), Piece(A, "blått"), Piece(K, " hus")],
            id="a word",
        ),
        pytest.param(
            "en\nto\n", "en\nhalvannen\nto\n",
            [Piece(K, "en\n"), Piece(A, "halvannen\n"), Piece(K, "to\n")],
            id="a line",
        ),
    ],
)  # fmt: skip
def test_the_pieces_lead_from_one_text_to_the_other(old, new, expected):
    assert pieces(old, new) == expected


@pytest.mark.parametrize("length", [10, MOST_WORDS])
def test_the_pieces_hold_both_texts_whole(length):
    old = " ".join(f"ord{n}" for n in range(length))
    new = " ".join(f"ord{n}" for n in range(0, length, 3))

    found = pieces(old, new)

    assert "".join(one.text for one in found if one.change is not Change.ADDED) == old
    assert "".join(one.text for one in found if one.change is not Change.REMOVED) == new
