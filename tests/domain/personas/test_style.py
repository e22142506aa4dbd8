from __future__ import annotations

import re
from itertools import count

import pytest

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.personas import style
from app.domain.personas.style import MEASURES, differences, leaning
from app.domain.texts.conversation import Turn

_NUMBERS = count()


def pair(chosen: str, rejected: str, *, first: bool = True) -> PreferencePair:
    """A choice on a request of its own, so that it is a decision of its own."""
    number = next(_NUMBERS)
    context = (Turn("user", f"Question {number}?"),)
    return PreferencePair(f"p{number}", context, Completion(chosen), Completion(rejected), "k", first)


def test_differences_are_told_in_words():
    told = differences(pair("- one\n- two", "a much longer answer in plain prose, with many words"))

    assert told.startswith("the chosen answer is shorter (4 against 10 words); it has more list items")
    assert differences(pair("same words", "same wards")) == ""


@pytest.mark.parametrize(
    ("chosen", "other", "said"),
    [
        ("Water it.", "It is a long story, and there is more.", "answers that are shorter"),
        ("- a\n- b\n- c, for example, and d", "one", "answers that are longer, with more list items"),
        ("Eat pears?", "Eat pears.", "answers with more questions back"),
        ("same", "some", ""),
    ],
)
def test_a_choice_alone_says_what_can_be_counted_in_it(chosen, other, said):
    assert leaning(pair(chosen, other)) == said


@pytest.mark.parametrize(
    ("text", "lists", "headings"),
    [
        ("\n\n  - one\n\n\n\t2) two\n-\nthree\n- ", 3, 0),
        ("  # A\n\n\n  **B**:  \n\n**C** d\n**E**", 0, 3),
        ("\r\n- one\r\n## A\r\n**B**\r\n", 1, 2),
    ],
)
def test_list_items_and_headings_are_counted_by_line_whatever_blank_lines_stand_between(text, lists, headings):
    counts = {measure.name: measure.of(text) for measure in MEASURES}

    assert (counts["lists"], counts["headings"]) == (lists, headings)


@pytest.mark.parametrize("text", ["\n", "  \n", "\t\n", "\r\n", "**a\n", "-\n\n"])
def test_an_answer_of_blank_lines_alone_is_measured_too(text):
    assert [measure.of(text * 30_000) for measure in MEASURES[1:4]] == [15_000 if "-" in text else 0, 0, 0]


def test_no_pattern_begins_with_white_space_that_may_run_over_lines():
    """Such a pattern reads blank lines anew from each of them: the square of their number."""
    patterns = [value for value in vars(style).values() if isinstance(value, re.Pattern)]

    assert patterns
    assert not [pattern.pattern for pattern in patterns if r"^\s*" in pattern.pattern]


def test_what_stands_in_a_code_fence_is_code_and_nothing_else():
    code = "Sort them first.\n```python\n# Sort the lists\n- 3 != x\n1. y?\n```\nDone."
    counts = {measure.name: measure.of(code) for measure in MEASURES}

    assert counts["code"] == 2
    assert [counts[name] for name in ("headings", "lists", "warmth", "questions")] == [0, 0, 0, 0]
