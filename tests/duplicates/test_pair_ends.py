"""A pair of persons when one of several merges is undone, whatever was merged since."""

import pytest

from app.duplicate_tables import DuplicatePair
from app.duplicates.merge_plan import Change
from app.duplicates.pair_ends import put_back
from app.security.tenancy import Scope, asking

A, B, C, D = (f"0190f0f0-0000-7000-8000-00000000000{one}" for one in "1234")


@pytest.mark.parametrize(
    ("change", "now", "expected"),
    [
        ([("second_id", B, D)], (A, D), (A, B)),
        # Who stood beside them has been merged since, into somebody with a higher id.
        ([("second_id", B, D)], (C, D), (B, C)),
        # Both ends were written anew when they changed places.
        ([("first_id", A, B), ("second_id", B, C)], (B, C), (A, B)),
        # It is about somebody else by now.
        ([("second_id", B, D)], (A, C), None),
        ([("second_id", B, D)], (B, D), None),
    ],
)
def test_who_was_merged_is_put_back_in_place_of_who_was_kept(context, world, change, now, expected):
    pair = DuplicatePair(first_id=now[0], second_id=now[1])
    changes = [Change("duplicate_pair", "", *one) for one in change]

    with asking(Scope(world.strandvik.id)):
        assert put_back(pair, changes) is (expected is not None)
    assert (pair.first_id, pair.second_id) == (expected or now)
