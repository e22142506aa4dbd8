"""Learning the weights of the one guess: who is right is believed more, a few are not followed, nobody judges themselves."""

from __future__ import annotations

import random

import pytest

from app.domain.errors import BadInput
from app.induction.guessing.learn_guess import Recorded, guessed_by_others, learn_guess
from app.induction.guessing.stacked_guess import BEFOREHAND, CASES


def _judged(people: int, each: int, *, right: dict[str, float]) -> list[Recorded]:
    """Ways of guessing that are right so often, each saying 1 or -1 of the real choice."""
    rng = random.Random(1)
    return [
        Recorded(f"p{person}", {way: 1.0 if rng.random() < share else -1.0 for way, share in right.items()})
        for person in range(people)
        for _ in range(each)
    ]


def test_a_way_that_is_right_is_believed_more_than_one_that_tosses_a_coin():
    found = learn_guess(_judged(20, 20, right={"plain": 0.5, "prompt": 0.85, "counted": 0.5, "longer": 0.5}), "")

    weights = found.cases[3].weights
    assert weights["prompt"] > 0.8
    assert abs(weights["plain"]) < 0.2
    assert weights["counted"] < BEFOREHAND[CASES[3]][2]


def test_a_case_that_nobody_belongs_to_keeps_the_weights_set_beforehand():
    found = learn_guess(_judged(20, 20, right={"counted": 0.7, "longer": 0.6}), "")

    assert tuple(found.cases[3].weights.values()) == BEFOREHAND[CASES[3]]
    assert (found.cases[3].people, found.cases[0].people, found.cases[0].judgements) == (0, 20, 400)


def test_length_is_held_tighter_than_the_rest_for_the_sake_of_those_unlike_most():
    found = learn_guess(_judged(5, 20, right={"counted": 0.9, "longer": 0.9}), "")

    weights = found.cases[0].weights
    assert 0 < weights["longer"] < (weights["counted"] - 1.0) / 2


def test_a_person_has_no_part_in_their_own_guess():
    others = _judged(30, 10, right={"counted": 0.1, "longer": 0.5})
    odd = [Recorded("odd", {"counted": 1.0, "longer": 0.0}) for _ in range(200)]

    guessed = guessed_by_others([*others, *odd])
    taught_by_all = learn_guess([*others, *odd], "")

    assert guessed[-1] < taught_by_all.log_odds(odd[0].said)
    assert len({round(each, 9) for each in guessed[-200:]}) == 1


@pytest.mark.parametrize(("people", "each"), [(4, 50), (30, 3)])
def test_too_few_are_refused(people, each):
    with pytest.raises(BadInput, match="Weights are learnt from 100"):
        learn_guess(_judged(people, each, right={"counted": 0.7, "longer": 0.5}), "")
