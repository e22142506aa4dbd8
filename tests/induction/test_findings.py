from __future__ import annotations

import math

import pytest

from app.domain.report import ArmResult, Taste
from app.induction.ballots import Statement
from app.induction.evidence import weigh
from app.induction.findings import arm_result, explained_by, forecast, side_words, taste_of
from app.induction.run import Judgement
from tests.induction.given import pair, pairs, votes_on

FOUND, NOT_FOUND = Taste(found=True, chance=0.01), Taste(found=False, chance=0.4)
SHORT = Statement("prefers shorter answers", "prefers longer answers")


def judgements(*hits, flipped=None):
    return [Judgement(f"p{place}", "arm", None, hit, flipped) for place, hit in enumerate(hits)]


def result(name, hits, n=20):
    return ArmResult(name, hits, n)


def test_an_arm_counts_hits_of_what_could_be_judged_and_failures_apart():
    found = arm_result("both", judgements(True, False, None, True, flipped=False))

    assert (found.hits, found.n, found.failed) == (2, 3, 1)


def test_verdicts_that_changed_with_the_order_are_counted_of_those_asked_in_both():
    mixed = [*judgements(True, False, flipped=True), *judgements(True, flipped=False), *judgements(True)]

    found = arm_result("both", mixed)

    assert (found.flips, found.flips_of) == (2, 3)
    assert (arm_result("longer", judgements(True)).flips, arm_result("longer", judgements(True)).flips_of) == (
        None,
        None,
    )


def test_a_coin_is_told_by_its_expectation_and_not_by_how_it_fell():
    assert arm_result("coin", judgements(True, True, True)).hits == 1.5


def test_a_taste_is_found_where_chance_would_seldom_look_so_consistent():
    given = pairs(12)

    consistent, torn = (taste_of(weigh(votes_on(given, (SHORT, votes)), given, 0)) for votes in ([1] * 12, [1, -1] * 6))

    assert consistent.found
    assert consistent.chance < 0.01
    assert not torn.found
    assert torn.chance > 0.5


@pytest.mark.parametrize(
    ("longer", "style", "both", "named"),
    [
        (15, 10, 14, "longer"),
        (14, 15, 14, "longer"),
        (10, 14, 14, "style"),
        (13, 13, 14, ""),
        # A rule that is right on fewer than three in five explains nothing, however badly the prompt does.
        (11, 9, 8, ""),
        (12, 9, 8, "longer"),
    ],
)
def test_something_simpler_is_named_where_it_does_as_well_as_the_prompt(longer, style, both, named):
    results = {name: result(name, hits) for name, hits in (("longer", longer), ("style", style), ("both", both))}

    assert explained_by(results, FOUND, pairs(20)) == named


def test_without_a_tested_prompt_nothing_is_compared():
    assert explained_by({"longer": result("longer", 20)}, FOUND, pairs(20)) == ""
    assert explained_by({"longer": result("longer", 20), "both": result("both", 0, 0)}, FOUND, pairs(20)) == ""


def shown_first(first, count):
    # Of these numbers, even ones are shown first.
    return [pair(2 * number + (number >= first)) for number in range(count)]


@pytest.mark.parametrize(
    ("first", "count", "taste", "named"),
    [
        (10, 12, NOT_FOUND, "first_shown"),
        (10, 12, FOUND, ""),
        (10, 12, None, ""),
        (9, 12, NOT_FOUND, ""),
        (4, 5, NOT_FOUND, ""),
    ],
)
def test_the_place_explains_choices_that_mostly_fell_on_the_first_shown_where_no_taste_was_found(
    first, count, taste, named
):
    assert explained_by({}, taste, shown_first(first, count)) == named


def test_how_often_the_first_shown_was_chosen_is_said_in_counts():
    assert "first 10 of 12 times" in side_words(shown_first(10, 12))


def apart(better, worse, same):
    prompt = judgements(*[True] * better, *[False] * worse, *[True] * same)
    plain = judgements(*[False] * better, *[True] * worse, *[True] * same)
    return prompt, plain


def test_the_forecast_is_the_sample_size_of_a_paired_test_for_what_was_seen():
    found = forecast(*apart(5, 1, 9))

    # Better 5.5 and worse 1.5 of 15: a gap of 4/15 with 7/15 apart.
    gap, differ = 4 / 15, 7 / 15
    needed = math.ceil((1.96 + 0.84) ** 2 * (differ - gap**2) / gap**2)
    assert found.more == needed - 15 == 29
    assert found.words == "If it goes on like this, about 29 more choices would settle that it helps."


def test_a_prompt_that_does_worse_is_forecast_not_to_help():
    assert forecast(*apart(1, 5, 9)).words.endswith("about 29 more choices would settle that it does not help.")


@pytest.mark.parametrize(("better", "worse", "said"), [(18, 0, "helps"), (0, 18, "does harm")])
def test_what_is_settled_needs_no_more_choices(better, worse, said):
    found = forecast(*apart(better, worse, 2))

    assert found.more == 0
    assert f"it {said} is settled as far as 20 choices" in found.words


def test_without_any_difference_no_number_is_named():
    found = forecast(*apart(3, 3, 6))

    assert found.more is None
    assert "no difference to settle" in found.words


def test_a_difference_too_small_to_settle_in_reach_is_said_to_be_so():
    found = forecast(*apart(6, 5, 9))

    assert found.more is None
    assert "500 more choices would not settle" in found.words


def test_pairs_that_one_side_could_not_judge_count_for_neither():
    prompt, plain = apart(5, 1, 9)

    whole = forecast(prompt, plain)
    with_failures = forecast([*prompt, *judgements(None, True)], [*plain, *judgements(True, None)])

    assert whole == with_failures
    assert forecast(judgements(None), judgements(True)) == forecast([], [])
    assert forecast([], []).more is None
