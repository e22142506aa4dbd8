from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.prompt_targets.report import FARTHEST_FORECAST, forecast_words
from app.domain.report import ArmResult, Share, Taste
from app.induction.proof.findings import Sorted, arm_result, explained_by, forecast, side_words, taste_of
from app.induction.run import Judgement
from app.induction.traits.ballots import Statement
from app.induction.traits.evidence import weigh
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
    consistent, torn = (weigh(votes_on(given, (SHORT, votes)), given, 0) for votes in ([1] * 12, [1, -1] * 6))

    found, not_found = (taste_of(evidence, (), 12, 0) for evidence in (consistent, torn))

    assert found is not None
    assert found.found
    assert found.chance < 0.01
    assert not_found is not None
    assert not not_found.found
    assert not_found.chance > 0.5


def test_choices_that_were_foreseen_decide_over_those_that_traits_were_proposed_from():
    given = pairs(12)
    consistent = weigh(votes_on(given, (SHORT, [1] * 12)), given, 0)

    badly, well = (taste_of(consistent, said, 12, 3) for said in ([1.0, -1.0] * 6, [1.0] * 12))

    assert badly is not None
    assert not badly.found
    assert well is not None
    assert well.found
    assert (well.foreseen, taste_of(consistent, (), 12, 3)) == (12, None)


def test_of_five_choices_and_without_votes_nothing_is_said_of_taste():
    given = pairs(12)

    assert taste_of(weigh(votes_on(given[:5], (SHORT, [1] * 5)), given[:5], 0), (), 5, 0) is None
    assert taste_of(weigh(votes_on([], (SHORT, [])), given, 0), (), 12, 0) is None


@pytest.mark.parametrize(
    ("longer", "counted", "prompt", "named"),
    [
        (15, 10, 14, "longer"),
        (14, 15, 14, "longer"),
        (10, 14, 14, "counted"),
        (13, 13, 14, ""),
        # A rule that is right on fewer than three in five explains nothing, however badly the prompt does.
        (11, 9, 8, ""),
        (12, 9, 8, "longer"),
    ],
)
def test_something_simpler_is_named_where_it_does_as_well_as_the_prompt(longer, counted, prompt, named):
    results = {
        name: result(name, hits) for name, hits in (("longer", longer), ("counted", counted), ("prompt", prompt))
    }

    assert explained_by(results, FOUND, pairs(20)) == named


def test_without_a_tested_prompt_a_rule_that_is_right_on_four_in_five_is_named():
    assert explained_by({"longer": result("longer", 16)}, FOUND, pairs(20)) == "longer"
    assert explained_by({"longer": result("longer", 15)}, FOUND, pairs(20)) == ""
    assert (
        explained_by({"longer": result("longer", 16), "prompt": result("prompt", 0, 0)}, FOUND, pairs(20)) == "longer"
    )


def test_counting_does_not_explain_itself():
    results = {"longer": result("longer", 12), "counted": result("counted", 15)}

    assert explained_by(results, FOUND, pairs(20), "counted") == ""
    assert explained_by({**results, "longer": result("longer", 15)}, FOUND, pairs(20), "counted") == "longer"


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


def apart(better: int, worse: int, same: int) -> tuple[list[Judgement], list[Judgement]]:
    prompt = judgements(*[True] * better, *[False] * worse, *[True] * same)
    plain = judgements(*[False] * better, *[True] * worse, *[True] * same)
    return prompt, plain


def test_the_forecast_is_connors_sample_size_for_what_was_seen():
    found = forecast(*apart(5, 1, 9), 100)

    gap, differ = 4 / 16, 7 / 16
    needed = math.ceil((1.959964 * math.sqrt(differ) + 0.841621 * math.sqrt(differ - gap**2)) ** 2 / gap**2)
    assert found.more == needed - 15 == 38
    assert found.words == "If it goes on like this, about 38 more choices would settle whether it helps."


def test_more_than_a_run_can_test_is_not_promised_by_more_choices():
    found = forecast(*apart(5, 1, 9), 20)

    assert found.more == 38
    assert found.words.endswith("about 53 tested choices to settle whether it helps; one run tests 20 at most.")


@pytest.mark.parametrize(
    ("better", "worse", "said"), [(18, 0, "helps"), (0, 18, "does harm"), (6, 0, "helps"), (8, 1, "helps")]
)
def test_what_is_settled_needs_no_more_choices(better, worse, said):
    found = forecast(*apart(better, worse, 2), 20)

    assert found.more == 0
    assert f"it {said} is settled" in found.words


@pytest.mark.parametrize(("better", "worse", "same"), [(3, 0, 0), (4, 0, 8), (5, 0, 3), (7, 1, 0)])
def test_what_an_exact_test_leaves_open_is_not_settled(better, worse, same):
    assert forecast(*apart(better, worse, same), 20).more != 0


def test_without_any_difference_no_number_is_named():
    found = forecast(*apart(3, 3, 6), 20)

    assert found.more is None
    assert "no difference to settle" in found.words


def test_a_difference_too_small_to_settle_in_reach_is_said_to_be_so():
    found = forecast(*apart(6, 5, 9), 20)

    assert found.more is None
    assert f"{FARTHEST_FORECAST} more choices would not settle" in found.words


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 30))
def test_no_forecast_goes_farther_than_pages_say_one(better, worse, same):
    found = forecast(*apart(better, worse, same), 20)

    assert found.more is None or found.more <= FARTHEST_FORECAST
    if found.more is not None:
        assert forecast_words({"forecast": {"more": found.more, "words": found.words}}) == found.words


def test_pairs_that_one_side_could_not_judge_count_for_neither():
    prompt, plain = apart(5, 1, 9)

    whole = forecast(prompt, plain, 20)
    with_failures = forecast([*prompt, *judgements(None, True)], [*plain, *judgements(True, None)], 20)

    assert whole == with_failures
    assert forecast(judgements(None), judgements(True), 20) == forecast([], [], 20)
    assert forecast([], [], 20).more is None


def test_each_way_is_counted_on_answers_about_as_long_and_on_those_a_trait_tells_apart():
    among = Sorted()
    among.note_lengths([pair(0, chosen="a" * 81, rejected="b" * 100), pair(1, chosen="a" * 80, rejected="b" * 100)])
    judged = [Judgement(pair(number).pair_id, "prompt", None, hit, None) for number, hit in enumerate((True, False))]

    assert arm_result("prompt", judged, among).alike == Share(1, 1)
    assert arm_result("prompt", judged, among).told_apart is None
    among.note_told_apart([pair(1)])
    assert arm_result("prompt", judged, among).told_apart == Share(0, 1)
    assert arm_result("coin", judged, among).told_apart == Share(0.5, 1)
