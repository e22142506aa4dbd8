"""Which models write: by weight, two different ones where there are two; and when one is left out."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.choices.drawing import Candidate, two_drawn
from app.domain.model_standing import RESTS_FOR, Standing

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
CANDIDATES = [Candidate("heavy", 3), Candidate("light"), Candidate("other")]


def test_models_are_drawn_by_weight_and_never_twice_where_there_are_two() -> None:
    chance = random.Random(5)
    pairs = [two_drawn(CANDIDATES, chance) for _ in range(4_000)]

    first = Counter(one for one, _ in pairs)
    assert all(one != other for one, other in pairs)
    assert first["heavy"] / len(pairs) == pytest.approx(3 / 5, abs=0.03)
    assert two_drawn(CANDIDATES[:1], chance) == ("heavy", "heavy")


@pytest.mark.parametrize(
    ("ends", "rests"), [("---", True), ("-+-+-", True), ("--+++", False), ("--+++-", False), ("--", False)]
)
def test_three_failures_among_the_last_five_calls_are_a_rest(ends: str, rests: bool) -> None:
    standing = Standing()
    for end in ends:
        standing = standing.after(end, NOON)

    assert standing.is_resting(NOON) is rests
    assert not standing.is_resting(NOON + RESTS_FOR)
    assert not standing.is_resting(NOON - timedelta(hours=1))  # as after a clock that was ahead


def test_after_a_rest_the_failures_before_it_count_no_more() -> None:
    standing = Standing().after("-", NOON).after("-", NOON).after("-", NOON).after("-", NOON + RESTS_FOR)

    assert standing.failed == 1
    assert not standing.is_resting(NOON + RESTS_FOR)
