from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.label_probabilities import FLOOR, from_tokens, written


def test_spellings_of_a_label_are_added_up():
    found = from_tokens(("Yes", "No"), [("Yes", math.log(0.4)), (" yes", math.log(0.2)), ("No", math.log(0.3))])

    assert math.isclose(math.exp(found["Yes"]), 0.6)
    assert math.isclose(math.exp(found["No"]), 0.3)


def test_a_label_that_is_not_among_the_tokens_gets_the_floor():
    assert from_tokens(("A", "B"), [("A", -0.1), ("The", -3.0)])["B"] == FLOOR


def test_tokens_without_any_label_say_nothing():
    assert from_tokens(("A", "B"), [("The", -0.1)]) == {}


def test_a_lower_case_letter_is_a_word_and_no_label():
    assert from_tokens(("A", "B"), [("a", -0.1)]) == {}


def test_the_beginning_of_a_label_counts_for_it():
    assert from_tokens(("First", "Second"), [("Fir", -0.5)])["First"] == -0.5


def test_a_label_is_found_behind_marks_and_a_space_as_tokenizers_write_it():
    for token in ("\u2581A", "\u0120A", "**A", "A.", "(A", '"A"'):
        assert from_tokens(("A", "B"), [(token, -0.5)]) == {"A": -0.5, "B": FLOOR}
    assert from_tokens(("A", "B"), [("**", -0.5), (".", -1.0)]) == {}


def test_a_written_label_is_found_behind_marks():
    assert written(("Yes", "No"), "**No**, because") == "No"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Answer: B", "B"),
        ("**Answer:** A", "A"),
        ("Response B", "B"),
        ("My final answer is: (A)", "A"),
        ("The better answer is B.", "B"),
        ("Response A is better because it is short.", "A"),
        ("I prefer response B", "B"),
        ("b", "B"),
        ("a.", "A"),
        ("First", "A"),
        ("The second one.", "B"),
    ],
)
def test_a_letter_is_found_behind_words_that_announce_it_and_where_nothing_else_is_said(text, label):
    assert written(("A", "B"), text) == label


@pytest.mark.parametrize(
    "text",
    ["a short answer is better", "Answer A and B are alike", "Second thoughts", "Both", "Answer:", "first, B", ""],
)
def test_words_that_only_look_like_a_letter_name_none(text):
    assert written(("A", "B"), text) is None


def test_the_place_of_an_answer_says_neither_yes_nor_no():
    assert written(("Yes", "No"), "First") is None


def test_a_text_that_begins_otherwise_names_no_label():
    assert written(("Yes", "No"), "Perhaps yes") is None


@given(st.lists(st.tuples(st.text(), st.floats())), st.text())
def test_whatever_a_provider_sends_the_result_is_finite(tokens, text):
    assert all(FLOOR <= logprob <= 0.0 for logprob in from_tokens(("Yes", "No"), tokens).values())
    assert written(("Yes", "No"), text) in ("Yes", "No", None)
