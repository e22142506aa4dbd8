from __future__ import annotations

import pytest

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.personas.style import MEASURES, told
from app.domain.personas.style_claims import bears_out, claims
from app.domain.texts.conversation import Turn


def choice(chosen: str, other: str) -> PreferencePair:
    return PreferencePair("p", (Turn("user", "?"),), Completion(chosen), Completion(other), "k", True)


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("prefers shorter answers", {"length": -1}),
        ("answers that are more detailed", {"length": 1}),
        ("dislikes long answers", {"length": -1}),
        ("prefers bullet lists over prose", {"lists": 1}),
        ("wants examples and a warm tone", {"warmth": 1, "examples": 1}),
        ("answers that are shorter and more detailed", None),
        ("wants the conclusion first", {}),
        ("a longing for shortcuts", {}),
    ],
)
def test_what_a_sentence_claims_about_measurable_manner_is_read(text, claimed):
    assert claims(text) == claimed


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
@pytest.mark.parametrize("side", [1, -1])
def test_what_the_product_itself_says_of_a_measure_claims_that_measure(measure, side):
    assert claims(f"prefers answers with {told(measure, side)}") == {measure.name: side}


def test_a_choice_bears_out_what_was_measured_and_speaks_against_its_reverse():
    short = choice("Water it.", "It depends on a great many things, and then on more.")

    assert bears_out("prefers shorter answers", short) is True
    assert bears_out("prefers longer answers", short) is False
    assert bears_out("prefers shorter and longer answers", short) is False
    assert bears_out("wants bullet lists", short) is None
    assert bears_out("wants the conclusion first", short) is None


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("not  a\t very\nlong answer", {"length": -1}),
        ("no, in a very long answer", {"length": 1}),
        ("no " * 5_000 + "and then a long answer", {"length": 1}),
        ("list items " * 5_000, {"lists": 1}),
    ],
)
def test_a_denial_reaches_three_words_far_however_long_the_text_before_it(text, claimed):
    assert claims(text) == claimed


def test_a_sentence_of_two_claims_is_not_borne_out_by_one_of_them():
    claimed = "prefers answers that are longer and have more list items"

    assert bears_out(claimed, choice("word " * 40, "short")) is None
    assert bears_out(claimed, choice("word " * 40 + "\n- one\n- two", "short")) is True
