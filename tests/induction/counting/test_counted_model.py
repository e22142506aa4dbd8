from __future__ import annotations

import math
import random

import pytest

from app.domain.measures import NAMES, rows_of
from app.induction.counting import counted_model
from app.induction.counting.counted_model import fit_counted, fit_each_without, fit_rows, of_shares
from app.induction.counting.prior import CONTRARY, LIKE_MOST, shipped_prior
from tests.induction.given import pair, pairs

PRIOR = shipped_prior()


def row(**entries: float) -> tuple[float, ...]:
    return tuple(entries.get(name, 0.0) for name in NAMES)


LONGER, SHORTER = row(length=0.8), row(length=-0.8)


def test_before_any_choice_the_longer_answer_is_expected_as_most_people_choose_it():
    model = fit_rows([], PRIOR)

    assert 0.6 < model.probability(LONGER) < 0.75
    assert model.shares == pytest.approx((0.9, 0.05, 0.05))
    assert not model.passes


def test_a_person_who_takes_the_shorter_answer_is_followed_within_ten_choices():
    model = fit_rows([SHORTER] * 10, PRIOR)

    assert model.share(CONTRARY) > 0.5
    assert model.share(LIKE_MOST) < 0.1
    assert model.probability(SHORTER) > 0.6
    assert model.passes


def test_one_choice_that_most_people_would_not_make_turns_nothing_round():
    assert fit_rows([SHORTER], PRIOR).probability(LONGER) > 0.6


def test_a_taste_in_something_else_is_learnt_on_top_of_the_length():
    model = fit_rows([row(length=0.5, lists=0.9)] * 6 + [row(length=-0.2, lists=0.9)] * 6, PRIOR)

    assert model.log_odds_of(row(lists=0.9)) > 0.15 > fit_rows([], PRIOR).log_odds_of(row(lists=0.9))


def test_choices_of_a_coin_seldom_pass_the_gate():
    rng = random.Random(5)
    real = [tuple(rng.choice((-1, 1)) * rng.random() for _ in NAMES) for _ in range(15)]
    passed = 0
    for _ in range(100):
        signs = [rng.choice((-1, 1)) for _ in real]
        passed += fit_rows([tuple(s * x for x in one) for s, one in zip(signs, real, strict=True)], PRIOR).passes

    assert 0 <= passed <= 10


def test_by_markovs_inequality_a_coin_reaches_a_ratio_seldom_enough_whatever_the_pairs():
    """Over all 2^7 ways to choose, the ratio is 1 on average: it is a likelihood ratio, up to Laplace's approximation."""
    rng = random.Random(6)
    real = [tuple(rng.choice((-1, 1)) * rng.random() for _ in NAMES) for _ in range(7)]
    ratios = []
    for way in range(2**7):
        signs = [1 if way >> place & 1 else -1 for place in range(7)]
        turned = [tuple(s * x for x in one) for s, one in zip(signs, real, strict=True)]
        ratios.append(math.exp(fit_rows(turned, PRIOR).ratio))

    assert sum(ratios) / len(ratios) == pytest.approx(1, abs=0.05)


def test_nothing_is_said_of_answers_that_do_not_differ_and_the_reverse_of_a_guess_is_its_contrary():
    model = fit_counted(pairs(8), PRIOR)
    alike = pair(1, chosen="same words", rejected="same words")
    swapped = pair(9, chosen=pair(9).rejected.text, rejected=pair(9).chosen.text)

    assert model.log_odds(alike) == 0
    assert model.log_odds(swapped) == pytest.approx(-model.log_odds(pair(9)))


def test_fits_without_some_choices_are_those_of_the_others_and_equal_ones_are_fitted_once(monkeypatch):
    rows = rows_of(pairs(6))
    fitted = []
    real = counted_model.fit_rows

    def noted(*given):
        fitted.append(given)
        return real(*given)

    monkeypatch.setattr(counted_model, "fit_rows", noted)

    models = fit_each_without(rows, [(0,), (1, 2), (2, 1), ()], PRIOR)

    assert len(fitted) == 3
    assert models[0] == fit_rows(rows[1:], PRIOR)
    assert models[1] == models[2] == fit_rows([rows[0], *rows[3:]], PRIOR)
    assert models[3] == fit_rows(rows, PRIOR)


def test_the_order_of_choices_changes_nothing():
    assert fit_counted(pairs(9), PRIOR) == fit_counted(pairs(9)[::-1], PRIOR)


def test_a_person_of_an_own_taste_is_told_from_both_others():
    wants = [row(lists=0.9, length=-0.9)] * 20 + [row(hedging=-0.9, length=0.9)] * 20 + [row(warmth=0.9)] * 20

    shares = fit_rows(wants, PRIOR).shares

    assert shares[1] == max(shares) > 0.8


def test_who_goes_by_a_measure_that_most_do_not_go_by_is_foreseen_from_a_few_choices_though_like_most_in_length():
    wants = [row(warmth=0.9, length=0.6), row(warmth=0.9, length=-0.2)] * 5

    model = fit_rows(wants, PRIOR)

    assert model.share(LIKE_MOST) == max(model.shares)
    assert model.probability(row(warmth=0.9)) > 0.6
    assert model.probability(LONGER) > 0.6


def test_by_its_shares_alone_a_model_foresees_what_these_parts_do():
    longer = pair(1, chosen="word " * 90, rejected="word " * 20)
    prior = shipped_prior()

    most = of_shares(contrary=0.0, own=0.0, prior=prior)
    turned = of_shares(contrary=1.0, own=0.0, prior=prior)

    assert fit_counted([], prior).log_odds(longer) > 0
    assert most.log_odds(longer) > 0 > turned.log_odds(longer)
