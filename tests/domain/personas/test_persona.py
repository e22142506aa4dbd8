from __future__ import annotations

import pytest

from app.domain.personas.persona import Accuracy, chance_of_gap
from app.domain.prompt_targets import verdict_sentence


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [
        (Accuracy(3, 4), Accuracy(1, 4), 0.4857),
        (Accuracy(10, 10), Accuracy(5, 10), 0.0325),
        (Accuracy(8, 10), Accuracy(1, 10), 0.0055),
        (Accuracy(2, 2), Accuracy(0, 2), 0.3333),
        (Accuracy(5, 9), Accuracy(5, 9), 1.0),
        (Accuracy(0, 0), Accuracy(0, 0), 1.0),
    ],
)
def test_the_chance_of_a_gap_is_that_of_the_exact_test_whichever_of_the_two_comes_first(one, other, known):
    assert chance_of_gap(one, other) == pytest.approx(known, abs=5e-5)
    assert chance_of_gap(other, one) == pytest.approx(known, abs=5e-5)


def test_two_choices_prove_nothing_however_right_the_persona_was():
    of_two = verdict_sentence(Accuracy(2, 2), Accuracy(0, 2), is_sketch=False)
    of_twelve = verdict_sentence(Accuracy(11, 12), Accuracy(3, 12), is_sketch=False)

    assert of_two.endswith("right on 0 of 2 without. So few choices cannot prove the difference.")
    assert "cannot prove" not in of_twelve
