from __future__ import annotations

import json
import re
from itertools import count

import pytest

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.personas import style
from app.domain.personas.style import MEASURES, differences, leaning, style_facts
from app.domain.texts.conversation import Turn

_NUMBERS = count()


def pair(chosen: str, rejected: str, *, first: bool = True) -> PreferencePair:
    """A choice on a request of its own, so that it is a decision of its own."""
    number = next(_NUMBERS)
    context = (Turn("user", f"Question {number}?"),)
    return PreferencePair(f"p{number}", context, Completion(chosen), Completion(rejected), "k", first)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("length", "plain text " * 9),
        ("lists", "- one\n- two"),
        ("headings", "## Title\ntext"),
        ("code", "```\nx\n```"),
        ("hedging", "It depends, perhaps."),
        ("warmth", "Great question!"),
        ("questions", "Which one do you mean?"),
        ("examples", "Fruit, for example pears"),
    ],
)
def test_each_fact_counts_the_choices_whose_chosen_answer_has_more_of_it(name, more):
    given = [pair(more, "plain text"), pair(more, "plain text"), pair("plain text", more)]

    facts = {fact.name: fact for fact in style_facts(given).facts}

    assert (facts[name].more, facts[name].n) == (2, 3)


def test_choices_that_do_not_differ_in_a_thing_say_nothing_about_it():
    facts = {fact.name: fact for fact in style_facts([pair("a b c d", "a b c e")]).facts}

    assert facts["length"].n == facts["lists"].n == 0
    assert facts["length"].interval == (0.0, 1.0)
    assert not facts["length"].stands_out


def test_a_fact_stands_out_only_where_chance_can_be_ruled_out():
    long, short = "word " * 50, "word"

    few = style_facts([pair(long, short) for _ in range(3)]).facts[0]
    many = style_facts([pair(long, short) for _ in range(10)]).facts[0]

    assert not few.stands_out
    assert many.stands_out


def test_the_place_of_the_first_shown_is_counted_over_all_choices():
    fact = style_facts([pair("a", "b", first=True), pair("a", "b", first=False)]).facts[-1]

    assert (fact.name, fact.more, fact.n) == ("first_shown", 1, 2)


def test_facts_can_be_stored_as_json():
    stored = json.loads(json.dumps(style_facts([pair("long " * 9, "short")]).as_json()))

    assert stored["choices"] == 1
    assert stored["facts"][0] | {"low": 0, "high": 1} == {
        "name": "length",
        "label": "more text",
        "more": 1,
        "n": 1,
        "share": 1.0,
        "low": 0,
        "high": 1,
        "stands_out": False,
    }


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


def test_a_winner_over_three_others_counts_once_by_most_of_them():
    context = (Turn("user", "?"),)
    given = [
        PreferencePair(f"p{place}", context, Completion("plain text"), Completion(other), "k", True)
        for place, other in enumerate(("- one\n- two", "- one\n- two", "plain text too"))
    ]

    facts = {fact.name: fact for fact in style_facts(given).facts}

    assert (facts["lists"].more, facts["lists"].n) == (0, 1)
    assert facts["first_shown"].n == 1
