"""Ten ready-made pairs tell a taste in one thing, whichever of those that are counted, and tell of a coin as good as nothing."""

from __future__ import annotations

import pytest

from bench.order_of_starters import COIN, MOST_COINS, TASTES, Taste, row_of, told_of

COUNTED = [taste for taste in TASTES if taste.measure]


@pytest.mark.parametrize("taste", COUNTED, ids=lambda taste: taste.name)
def test_whoever_goes_by_one_thing_is_told_it_after_ten_pairs(taste: Taste) -> None:
    for seed in range(3):
        told = told_of(taste, seed, 0.0)
        assert told is not None
        assert (taste.measure, taste.more) in told


@pytest.mark.slow
def test_few_coins_are_told_anything() -> None:
    assert row_of(COIN, 200, 0.0)[1] <= MOST_COINS


def test_with_a_slip_a_person_is_told_the_taste_or_nothing_as_a_rule() -> None:
    right, wrong, none, _ = row_of(COUNTED[2], 20, 0.05)

    assert right >= 0.5
    assert wrong <= MOST_COINS
    assert right + wrong + none == pytest.approx(1)
