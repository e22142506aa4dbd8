from __future__ import annotations

import math
import random

import pytest

from app.induction.counting.model_table import FEWEST_VERDICTS, model_table, verdicts_in


def named(table):
    return [(each.model, each.group) for each in table]


def test_below_twenty_verdicts_between_two_models_nothing_is_said():
    counts = {("a", "b"): (15, 3, 1), ("a", "a"): (9, 0, 0)}

    assert verdicts_in(counts) == FEWEST_VERDICTS - 1
    assert model_table(counts) == []


def test_two_models_are_apart_where_their_verdicts_are_and_else_one_group():
    assert named(model_table({("a", "b"): (3, 27, 0)})) == [("b", 1), ("a", 2)]
    assert named(model_table({("a", "b"): (13, 17, 0)})) == [("b", 1), ("a", 1)]


def test_strengths_are_those_of_the_likeliest_fit_with_a_normal_prior():
    won, lost = 22, 8
    first, second = model_table({("a", "b"): (won, lost, 0)})
    strength = math.log(first.share / (1 - first.share))

    # The slope of the log-posterior is nothing: wins beyond those expected are what the prior pulls back.
    assert won - 30 / (1 + math.exp(-2 * strength)) == pytest.approx(strength)
    assert second.share == pytest.approx(1 - first.share)
    assert (first.wins, first.losses, first.even) == (22, 8, 0)


def test_a_model_that_won_its_few_is_not_put_above_one_that_won_many():
    table = model_table({("a", "c"): (24, 6, 0), ("b", "c"): (2, 0, 0)})

    assert table[0].model == "a"
    assert table[1].low < 0.5


def test_even_verdicts_pull_together():
    apart, _ = model_table({("a", "b"): (20, 0, 0)})
    closer, _ = model_table({("a", "b"): (20, 0, 40)})

    assert closer.share < apart.share
    assert closer.even == 40


def test_of_equally_good_models_one_in_twenty_draws_at_most_tells_two_apart():
    told = 0
    for seed in range(200):
        toss = random.Random(seed)
        won = sum(toss.random() < 0.5 for _ in range(40))
        told += model_table({("a", "b"): (won, 40 - won, 0)})[-1].group > 1

    assert told <= 10
