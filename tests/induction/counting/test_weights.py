from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.induction.counting import weights
from app.induction.counting.weights import Weights, chance_of, chance_of_foresight, fit_weights

some = settings(max_examples=20, deadline=None, derandomize=True)
tables = st.integers(1, 3).flatmap(
    lambda columns: st.lists(
        st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=columns, max_size=columns), min_size=1, max_size=8
    )
)


def log_posterior(rows, values, prior_sd=1.0):
    likelihood = -sum(math.log1p(math.exp(-sum(a * b for a, b in zip(values, row, strict=True)))) for row in rows)
    return likelihood - sum(value * value for value in values) / (2 * prior_sd**2)


def nudged(values, step, *columns):
    return [value + step * columns.count(column) for column, value in enumerate(values)]


def test_one_choice_for_one_column_gives_the_weight_at_which_slope_and_prior_balance():
    fitted = fit_weights([[1]], 1)

    # w = 1 / (1 + e^w), and the curvature there is 1 + s (1 - s) with s = 1 - w.
    assert fitted.values[0] == pytest.approx(0.401058, abs=1e-5)
    assert fitted.spreads[0] == pytest.approx(1 / math.sqrt(1 + 0.401058 * 0.598942), abs=1e-5)


@some
@given(tables, st.sampled_from([0.5, 1.0, 2.0]))
def test_at_the_fitted_weights_no_step_makes_the_choices_likelier(rows, prior_sd):
    values = fit_weights(rows, len(rows[0]), prior_sd).values

    for column in range(len(values)):
        up, down = (log_posterior(rows, nudged(values, step, column), prior_sd) for step in (1e-4, -1e-4))
        assert (up - down) / 2e-4 == pytest.approx(0, abs=1e-6)


@some
@given(tables)
def test_the_spread_of_a_lone_column_is_that_of_the_curve_at_its_top(rows):
    rows = [row[:1] for row in rows]
    fitted = fit_weights(rows, 1)

    up, middle, down = (log_posterior(rows, nudged(fitted.values, step, 0)) for step in (1e-3, 0, -1e-3))
    assert fitted.spreads[0] == pytest.approx(math.sqrt(-1e-6 / (up - 2 * middle + down)), rel=1e-3)


def test_two_columns_that_always_go_together_share_the_weight_and_are_each_less_sure():
    alone, together = fit_weights([[1]] * 6, 1), fit_weights([[1, 1]] * 6, 2)

    assert together.values[0] == pytest.approx(together.values[1])
    assert together.values[0] < alone.values[0]
    assert together.spreads[0] > alone.spreads[0]


def test_without_choices_the_weights_are_zero_with_the_spread_of_the_prior():
    assert fit_weights([], 2, prior_sd=1.5) == Weights((0.0, 0.0), (1.5, 1.5))
    assert fit_weights([], 0) == Weights((), ())


def test_a_narrower_prior_shrinks_further_and_choices_that_contradict_shrink_to_nothing():
    rows = [[1.0]] * 5

    assert 0 < fit_weights(rows, 1, prior_sd=0.3).values[0] < fit_weights(rows, 1).values[0]
    assert fit_weights([*rows, *([[-1.0]] * 5)], 1).values[0] == pytest.approx(0)


def test_a_column_that_never_votes_stays_at_zero_and_changes_no_other():
    fitted = fit_weights([[1, 0]] * 4, 2)

    assert fitted.values == pytest.approx((fit_weights([[1]] * 4, 1).values[0], 0))
    assert fitted.spreads[1] == pytest.approx(1)


def test_the_spread_falls_and_the_weight_grows_with_more_choices_that_agree():
    fits = [fit_weights([[1.0]] * count, 1) for count in (1, 3, 10, 40)]

    spreads = [fitted.spreads[0] for fitted in fits]
    assert spreads == sorted(spreads, reverse=True)
    assert [fitted.values[0] for fitted in fits] == sorted(fitted.values[0] for fitted in fits)


def test_how_surely_a_weight_is_positive_goes_from_a_half_to_nearly_one():
    sure = [fit_weights([[1.0]] * count, 1).is_positive(0) for count in (0, 2, 20)]

    assert sure[0] == 0.5
    assert 0.5 < sure[1] < sure[2]
    assert sure[2] > 0.99
    assert fit_weights([[-1.0]] * 20, 1).is_positive(0) == pytest.approx(1 - sure[2])


def test_log_odds_are_the_weights_times_what_the_row_says():
    assert Weights((0.5, -2.0), (1, 1)).log_odds([1, -1]) == 2.5


@pytest.mark.parametrize("columns", [1, 3])
def test_perfectly_consistent_choices_look_so_by_chance_about_once_in_all_draws(columns):
    chance = chance_of([[1] * columns] * 30, columns, seed=0)

    assert chance == pytest.approx(1 / 2001)


def test_a_few_consistent_choices_are_as_likely_by_chance_as_one_side_of_a_coin_every_time():
    # All five on one side, whichever: 2 of 32 draws.
    assert chance_of([[1]] * 5, 1, seed=3) == pytest.approx(1 / 16, abs=0.02)


def test_over_choices_without_taste_the_chance_is_about_uniform(monkeypatch):
    monkeypatch.setattr(weights, "FLIPS", 200)
    rng = random.Random(11)

    chances = [
        chance_of([[rng.choice((-1, 0, 1)) for _ in range(4)] for _ in range(14)], 4, seed) for seed in range(150)
    ]

    assert sum(chance <= 0.05 for chance in chances) / 150 <= 0.1
    assert 0.35 < sum(chance <= 0.5 for chance in chances) / 150 < 0.65
    assert all(0 < chance <= 1 for chance in chances)


def test_a_taste_spread_over_many_columns_is_seen_where_no_single_one_is_strong():
    rng = random.Random(2)
    # Twelve columns, each for the chosen answer a little more often than against it.
    rows = [[rng.choices((1, -1), weights=(66, 34))[0] for _ in range(12)] for _ in range(25)]

    assert chance_of(rows, 12, seed=0) < 0.05


def test_which_way_round_a_column_is_worded_does_not_change_the_chance():
    rng = random.Random(4)
    rows = [[rng.choice((-1, 0, 1)) for _ in range(2)] for _ in range(12)]

    assert chance_of(rows, 2, seed=9) == chance_of([[-one, other] for one, other in rows], 2, seed=9)


@pytest.mark.parametrize("rows", [[], [[0, 0]] * 6])
def test_where_nothing_was_voted_chance_explains_everything(rows):
    assert chance_of(rows, 2, seed=0) == 1.0


def test_equal_seeds_give_equal_chances():
    rows = [[1, -1], [1, 0], [1, 1], [-1, 1], [1, 1]]

    assert chance_of(rows, 2, seed=5) == chance_of(rows, 2, seed=5)


def test_what_was_foreseen_rightly_throughout_is_chance_about_once_in_all_draws():
    assert chance_of_foresight([1.0, 0.5, 2.0] * 10, seed=0, crossed=False) == pytest.approx(1 / 2001)
    assert chance_of_foresight([1.0] * 4, seed=0, crossed=False) == pytest.approx(1 / 16, abs=0.02)


def test_what_was_foreseen_wrongly_or_not_at_all_is_chance():
    assert chance_of_foresight([-1.0] * 10, seed=0, crossed=False) > 0.99
    assert (
        chance_of_foresight([0.0] * 10, seed=0, crossed=False) == chance_of_foresight([], seed=0, crossed=False) == 1.0
    )
    assert chance_of_foresight([1.0, -1.0] * 6, seed=0, crossed=False) > 0.4


def test_foresight_of_choices_without_taste_is_about_uniform(monkeypatch):
    monkeypatch.setattr(weights, "FLIPS", 200)
    rng = random.Random(7)

    chances = [chance_of_foresight([rng.gauss(0, 1) for _ in range(14)], seed, crossed=False) for seed in range(200)]

    assert sum(chance <= 0.05 for chance in chances) / 200 <= 0.1
    assert 0.4 < sum(chance <= 0.5 for chance in chances) / 200 < 0.6


def test_choices_without_taste_that_foresee_one_another_in_folds_are_not_told_of_a_taste_too_often(monkeypatch):
    monkeypatch.setattr(weights, "FLIPS", 200)
    rng = random.Random(1)
    of_folds = [foreseen_in_folds(rng, choices=15, statements=8) for _ in range(200)]

    crossed, apart = (
        sum(chance_of_foresight(said, 0, crossed=is_crossed) <= 0.05 for said in of_folds) / 200
        for is_crossed in (True, False)
    )

    # As if the choices had foreseen one another independently, more would be told of one than may be.
    assert crossed <= 0.06 < apart


def foreseen_in_folds(rng, choices, statements):
    """What votes that are a coin's foresee of choices, those of each fold from the other two."""
    rows = [[rng.choice([1, 0, -1]) for _ in range(statements)] for _ in range(choices)]
    said = []
    for fold in range(3):
        fitted = fit_weights([row for place, row in enumerate(rows) if place % 3 != fold], statements)
        said += [fitted.log_odds(row) for row in rows[fold::3]]
    return said
