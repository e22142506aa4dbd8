from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.measures import (
    BY_NAME,
    MEASURES,
    NAMES,
    counted_in,
    language_of_pair,
    languages_of,
    patterns,
    row_of,
    sides,
)
from app.domain.measures.answer_text import answer_text
from app.domain.texts.conversation import Turn
from app.domain.transcripts.preference_files import everyone_from_jsonl

SAMPLES = Path(__file__).parents[2] / "samples"

REQUEST = "How do I keep tomato plants healthy in small pots?"
RICH = """Sure! Here is how to keep them healthy:

## Water
- Give 200 ml a day, because small pots dry out.
- **Never** let the pots stand in water.

Tomato plants may suffer, however, if it is cold; for example below 10 degrees. I cannot see your pots, so look yourself.

```python
# not a heading
- 1
```

In conclusion, water them. Give 200 ml a day, because small pots dry out. Let me know: which ones do you have?"""
BARE = "Water them."
VALUES = {
    "length": (6.0615, 3.434), "scant": (0.0, 1.8643), "lists": (1.0986, 0.0), "headings": (0.6931, 0.0),
    "bold": (0.6931, 0.0), "paragraphs": (1.6094, 0.0), "code": (1.0, 0.0), "hedging": (2.0, 0.0),
    "refusal": (0.6931, 0.0), "warmth": (1.0, 0.0), "you": (3.0, 0.0), "question_back": (1.0, 0.0),
    "offer": (0.6931, 0.0), "examples": (0.6931, 0.0), "numbers": (1.3863, 0.0), "reasons": (1.0986, 0.0),
    "summary": (0.6931, 0.0), "answer_first": (0.0, 1.0), "on_topic": (0.75, 0.0), "repetition": (0.0789, 0.0),
}  # fmt: skip
"""What the experiments that the prior comes from counted in the two answers."""

ROWS = {
    "mtbench-6a494b9b0fcd30": [0.9826, -0.9953, 0, 0, 0, 0.9985, 0, 0, 0, 0, 0, 0, 0, 0, 0.9933, 0.8195, 0, -0.8914, 0.9311, 0.19],
    "mtbench-d6f6d6495a7492": [0.5237, 0, 0, 0, 0, 0.9922, 0, 0, 0, 0.7004, 0.3339, 0, 0, 0, 0, 0.4458, 0, 0, -0.745, 0.7427],
    "tulu-ce139e0651d29b": [-0.9571, 0.5193, 0.9626, 0, 0, -0.9501, 0, 0, 0, 0, 0, 0, 0, 0, -0.4946, 0, 0, 0, -0.9953, -0.5164],
    "pandalm-8f226507c60f73": [0.7852, -0.9019, 0.9626, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.9626, 0, 0, 0, 0.857, 0],
}  # fmt: skip
"""Rows of choices in tests/samples as those experiments had them."""


def pair(chosen: str, other: str, request: str = REQUEST) -> PreferencePair:
    return PreferencePair("p", (Turn("user", request),), Completion(chosen), Completion(other), "k", True)


def entry(name: str, chosen: str, other: str, request: str = REQUEST) -> float:
    return row_of(pair(chosen, other, request))[NAMES.index(name)]


@pytest.mark.parametrize("name", NAMES)
def test_each_measure_counts_as_in_the_experiments_that_the_prior_comes_from(name):
    found = [BY_NAME[name].of(answer_text(text, REQUEST)) for text in (RICH, BARE)]

    assert found == pytest.approx(VALUES[name], abs=5e-5)


@pytest.mark.parametrize("pair_id", ROWS)
def test_rows_of_real_choices_are_those_of_the_experiments(pair_id):
    data = (SAMPLES / f"{pair_id.split('-')[0]}.jsonl").read_bytes()
    people = everyone_from_jsonl(data, "sample")

    (chosen,) = [one for person in people for one in (*person.pairs, *person.test) if one.pair_id == pair_id]

    assert row_of(chosen) == pytest.approx(ROWS[pair_id], abs=5e-5)


def test_seen_from_the_other_answer_a_row_has_its_signs_turned():
    assert row_of(pair(RICH, BARE)) == tuple(-each for each in row_of(pair(BARE, RICH)))
    assert row_of(pair(RICH, RICH)) == (0.0,) * len(MEASURES)


def test_a_huge_difference_weighs_hardly_more_than_a_clear_one_and_a_small_one_nearly_nothing():
    small, clear, huge = (entry("length", "words " * size, "words " * 100) for size in (105, 300, 30_000))

    assert 0 < small < 0.1
    assert 0.9 < clear < huge <= 1


def test_a_side_is_taken_only_where_a_reader_may_notice_the_difference():
    row = row_of(pair("word " * 100 + "- item", "word " * 105))

    assert sides(row)[NAMES.index("length")] == 0
    assert sides(row_of(pair("word " * 200, "word " * 100)))[NAMES.index("length")] == 1
    assert sides(row_of(pair("word " * 100, "word " * 200)))[NAMES.index("length")] == -1


def test_what_stands_in_a_code_fence_is_code_and_nothing_else():
    row = dict(zip(NAMES, row_of(pair("Sort.\n```\n# A\n- b\n**c** may!\n```", "Sort.\n", "sort a list")), strict=True))

    assert row["code"] > 0
    assert all(row[name] == 0 for name in ("headings", "lists", "bold", "hedging", "warmth"))


def test_a_request_is_the_last_one_even_where_it_stands_only_before_the_answer():
    later = (Turn("user", "And lemon trees?"), Turn("assistant", "Yes?"), Turn("user", "Which orchids bloom?"))
    chosen = Completion("Orchids bloom.", later)

    row = row_of(PreferencePair("p", (Turn("user", "Hello"),), chosen, Completion("They do.", later), "k", True))

    assert row[NAMES.index("on_topic")] > 0.9


def test_in_another_language_only_what_needs_no_words_is_counted():
    german = pair(
        "Das ist so, for example!\n\n- eins\n- zwei", "Nein.", "Wie kann ich die Pflanzen auf dem Balkon gesund halten?"
    )
    row = dict(zip(NAMES, row_of(german), strict=True))

    assert language_of_pair(german) == "de"
    assert {name for name, value in row.items() if value} == {"length", "lists", "paragraphs"}
    assert counted_in("de") == (
        "length", "lists", "headings", "bold", "paragraphs", "code", "numbers", "repetition",
    )  # fmt: skip
    assert counted_in("en") == NAMES


def test_a_request_that_tells_no_language_is_taken_for_that_of_its_answers_and_else_for_english():
    assert language_of_pair(pair("Das ist nicht die Antwort, die ich mit dem Wort habe.", "x", "Berlin?")) == "de"
    assert language_of_pair(pair("4", "5", "2+2=?")) == "en"
    assert languages_of([pair("4", "5", "2+2=?")] * 2) == {"en": 2}


@pytest.mark.parametrize("text", ["", "\n", "  \n\t", "```", "一二三。" * 50, "\ud83d", "." * 9])
def test_any_text_is_measured(text):
    assert all(-1 <= each <= 1 for each in row_of(pair(text, "An answer, for example.")))


@pytest.mark.parametrize(
    "text", [".", "!? ", "**a", "- ", "\n", "```\n", "1,", "1.2.", "'a", "**", "# ", "|a", "sure ", "。x", "\t\n "]
)
def test_a_long_answer_of_one_sign_is_measured_too(text):
    """Where a pattern read on from every place of it, this would take hours."""
    assert all(-1 <= each <= 1 for each in row_of(pair(text * 60_000 + "x", text)))


def test_no_pattern_begins_with_white_space_that_may_run_over_lines():
    known = [value for value in vars(patterns).values() if isinstance(value, re.Pattern)]

    assert known
    assert not [pattern.pattern for pattern in known if r"^\s*" in pattern.pattern]
