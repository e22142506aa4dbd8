from __future__ import annotations

import math
import random

import pytest

from app.induction.counting.posterior import Normal, update

PRIOR = Normal((1.0, -0.2, 0.0), (0.4, 0.1, 0.25))
ROWS = [(0.8, -0.1, 0.0), (-0.3, 0.9, 0.0), (0.5, 0.5, 0.0), (0.9, 0.0, 0.0)]


def loss(weights, rows=ROWS, prior=PRIOR):
    far = sum((w - m) ** 2 / v for w, m, v in zip(weights, prior.mean, prior.variance, strict=True)) / 2
    said = [sum(w * x for w, x in zip(weights, row, strict=True)) for row in rows]
    return far + sum(math.log1p(math.exp(-each)) for each in said)


def test_without_choices_the_prior_stands():
    found = update(PRIOR, [])

    assert (found.mean, found.log_evidence) == (PRIOR.mean, 0.0)
    assert found.variance == pytest.approx(PRIOR.variance)


def test_the_weights_are_the_likeliest_ones():
    found = update(PRIOR, ROWS)

    for at in range(3):
        for by in (-1e-3, 1e-3):
            moved = [w + by * (place == at) for place, w in enumerate(found.mean)]
            assert loss(moved) > loss(found.mean)


def test_a_column_in_which_nothing_differs_keeps_its_prior():
    found = update(PRIOR, ROWS)

    assert (found.mean[2], found.variance[2]) == pytest.approx((0.0, 0.25))
    assert all(now < before for now, before in zip(found.variance[:2], PRIOR.variance[:2], strict=True))


def test_the_variance_is_the_inverse_of_the_curvature():
    prior, row = Normal((0.3,), (0.5,)), (0.7,)

    found = update(prior, [row, row])

    share = 1 / (1 + math.exp(-0.7 * found.mean[0]))
    assert found.variance[0] == pytest.approx(1 / (1 / 0.5 + 2 * 0.49 * share * (1 - share)))


def test_the_evidence_of_few_choices_is_near_the_integral_over_the_prior():
    prior, rows = Normal((0.5,), (0.3,)), [(0.8,), (-0.4,), (0.9,)]
    rng = random.Random(1)
    drawn = [rng.gauss(0.5, math.sqrt(0.3)) for _ in range(40_000)]
    integral = sum(math.prod(1 / (1 + math.exp(-w * row[0])) for row in rows) for w in drawn) / len(drawn)

    assert update(prior, rows).log_evidence == pytest.approx(math.log(integral), abs=0.01)


def test_the_less_sure_the_weights_the_nearer_to_a_half():
    unsure, sure = (update(Normal((1.0,), (variance,)), []).probability((1.0,)) for variance in (4.0, 0.01))

    assert 0.5 < unsure < sure < 0.75
    assert unsure + update(Normal((1.0,), (4.0,)), []).probability((-1.0,)) == pytest.approx(1)


def test_the_order_of_choices_changes_nothing():
    rng = random.Random(2)
    rows = [tuple(rng.uniform(-1, 1) for _ in range(3)) for _ in range(30)]

    assert update(PRIOR, rows) == update(PRIOR, rows[::-1])


@pytest.mark.parametrize("mean", [-60.0, 60.0])
def test_choices_that_a_strong_prior_never_expected_are_followed_without_running_away(mean):
    found = update(Normal((mean,), (100.0,)), [(-math.copysign(1.0, mean),)] * 40)

    assert found.mean[0] * mean < 0
    assert abs(found.mean[0]) < 60
