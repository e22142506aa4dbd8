from __future__ import annotations

import math

import pytest

from app.induction.counting.betas import beta_below, fit_beta, log_evidence


@pytest.mark.parametrize(
    ("a", "b", "x", "below"),
    [
        (1, 1, 0.3, 0.3),
        (2, 1, 0.5, 0.25),
        (2, 5, 0.5, 0.890625),
        (50.045, 18.0103, 0.5, 3.33e-05),
        (0.5, 0.5, 0.5, 0.5),
        (3, 4, 0.0, 0.0),
        (3, 4, 1.0, 1.0),
    ],
)
def test_the_part_of_a_share_below_a_value_is_known(a, b, x, below):
    assert beta_below(a, b, x) == pytest.approx(below, abs=5e-6)
    assert beta_below(b, a, 1 - x) == pytest.approx(1 - below, abs=5e-6)


def test_counts_are_as_likely_as_by_laplaces_rule_where_nothing_is_known():
    assert math.exp(log_evidence((1, 1), 2, 1)) == pytest.approx(1 / 12)
    assert log_evidence((3, 2), 0, 0) == 0


def test_a_share_of_people_who_agree_is_narrow_and_of_people_who_do_not_wide():
    alike, unlike = fit_beta([(14, 6)] * 30), fit_beta([(20, 0), (8, 12)] * 15)

    assert alike[0] / sum(alike) == pytest.approx(0.7, abs=0.02)
    assert 0.65 < unlike[0] / sum(unlike) < 0.8
    assert sum(alike) > 10 * sum(unlike)


def test_fewer_than_three_people_tell_nothing():
    assert fit_beta([(9, 1), (8, 2), (0, 0)]) == (5.0, 5.0)
