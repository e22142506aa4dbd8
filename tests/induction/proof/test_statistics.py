from __future__ import annotations

import math
import random

import pytest

from app.domain.personas.persona import Accuracy
from app.induction.proof.resampling import Observation, student_quantile
from app.induction.proof.statistics import (
    holm,
    matching_p_value,
    mean_difference,
    share,
    sign_flip_p_value,
)


def judged(people: list[list[float]], *, conversations: int = 100) -> list[Observation]:
    """Each person's hits and misses; every `conversations` choices belong to one conversation."""
    return [
        Observation(f"person {who}", f"talk {place // conversations}", f"choice {place}", value)
        for who, values in enumerate(people)
        for place, value in enumerate(values)
    ]


def width(interval: tuple[float, float]) -> float:
    return interval[1] - interval[0]


def test_people_who_differ_make_the_interval_wider_than_choices_on_their_own_would():
    unlike = judged([[1.0] * 10, [0.0] * 10] * 6)
    alike = judged([[1.0, 0.0] * 5] * 12)

    one, other = share(unlike, 0), share(alike, 0)

    naive = width(Accuracy(60, 120).interval())
    assert one.value == other.value == 0.5
    assert (one.n, one.people) == (120, 12)
    assert one.high - one.low > 2 * naive
    assert other.high - other.low == pytest.approx(naive)


def test_with_few_people_conversations_are_drawn_as_wholes():
    values = [[1.0, 1.0, 0.0, 0.0] * 5]

    in_pairs = share(judged(values, conversations=2), 0)
    alone = share(judged(values, conversations=1), 0)

    assert in_pairs.high - in_pairs.low > alone.high - alone.low


def test_an_interval_is_never_narrower_than_for_independent_choices():
    share_of_hits = share(judged([[1.0] * 5] * 6), 0)
    no_difference = mean_difference(judged([[0.0] * 5] * 6), 0)

    assert (share_of_hits.low, share_of_hits.high) == Accuracy(30, 30).interval()
    assert no_difference.low == pytest.approx(-no_difference.high)
    assert 0.05 < no_difference.high < 0.08


def test_nothing_judged_has_no_interval():
    assert math.isnan(share([], 0).low)
    assert math.isnan(mean_difference([], 0).value)


def test_the_interval_of_a_share_holds_the_truth_about_as_often_as_it_says():
    rng = random.Random(5)
    held = 0
    for trial in range(60):
        chances = [min(1.0, max(0.0, rng.gauss(0.6, 0.15))) for _ in range(12)]
        found = share(judged([[float(rng.random() < chance) for _ in range(6)] for chance in chances]), trial)
        held += found.low <= 0.6 <= found.high

    assert 53 <= held <= 60


def test_equal_seeds_give_equal_intervals_in_whatever_order_the_judgements_came():
    given = judged([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0]], conversations=2)

    assert share(given, 3) == share(given[::-1], 3)
    assert share(given, 3).value == share(given, 4).value


def test_paired_differences_are_narrower_than_the_difference_of_two_shares():
    rng = random.Random(1)
    plain = [[float(rng.random() < 0.5) for _ in range(10)] for _ in range(12)]
    # The other arm is right wherever plain is, and on one more choice of each person.
    gains = [[0.0] * 9 + [1.0 - hits[9]] for hits in plain]

    found = mean_difference(judged(gains), 0)

    assert found.value == pytest.approx(sum(map(sum, gains)) / 120)
    assert found.low <= found.value <= found.high
    assert found.high - found.low < width(Accuracy(60, 120).interval())


def test_the_sign_flip_p_value_is_the_exact_one_on_data_small_enough_to_count():
    always_better = judged([[1.0]] * 6)
    one_against = judged([[1.0]] * 5 + [[-1.0]])

    assert sign_flip_p_value(always_better, 0) == pytest.approx(2 / 2**6)
    assert sign_flip_p_value(one_against, 0) == pytest.approx((2 + 2 * 6) / 2**6)
    assert sign_flip_p_value(judged([[0.0]] * 6), 0) == pytest.approx(1.0)


def test_many_people_are_flipped_by_draw_and_none_of_chance_is_called_a_difference():
    better = judged([[1.0]] * 40)
    even = judged([[1.0], [-1.0]] * 20)

    assert sign_flip_p_value(better, 0) == pytest.approx(1 / 5001)
    assert sign_flip_p_value(even, 0) == pytest.approx(1.0)


def test_flipping_people_is_more_careful_than_flipping_choices():
    of_six_people = judged([[1.0] * 10] * 5 + [[-1.0] * 10])

    assert sign_flip_p_value(of_six_people, 0) > 0.2


def test_the_matching_p_value_is_the_exact_one_on_data_small_enough_to_count():
    fits = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]

    assert matching_p_value([fits], 0) == pytest.approx(1 / 6)
    assert matching_p_value([fits, fits], 0) == pytest.approx(1 / 36)


def test_a_persona_that_everybody_likes_is_no_agreement():
    liked = [[3.0, 0.0, 1.0, 2.0]] * 4

    assert matching_p_value([liked], 0) == pytest.approx(1.0)


def test_many_blocks_are_matched_by_draw():
    fits = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]

    assert matching_p_value([fits] * 5, 0) == pytest.approx(1 / 5001)
    assert matching_p_value([[[1.0, 0.0, 0.0, 0.0], [1.0] * 4, [1.0] * 4, [1.0] * 4]], 0) == pytest.approx(0.25)


def test_several_p_values_are_corrected_for_their_number_in_order():
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1.0, "b": 1.0}


@pytest.mark.parametrize(("freedom", "known"), [(1, 12.706), (2, 4.303), (5, 2.571), (11, 2.201), (30, 2.042)])
def test_students_quantiles_are_those_of_the_tables(freedom, known):
    assert student_quantile(0.975, freedom) == pytest.approx(known, abs=5e-4)
