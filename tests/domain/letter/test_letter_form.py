"""Whatever was counted or worded, the persona's text keeps its form, and is the same bytes each time."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.letter import letter, letter_of
from app.domain.measures import NAMES
from tests.domain.letter.given import counted, document, worded

TRAITS = st.lists(
    st.builds(
        lambda measure, more, most, apart, its: counted(measure, more, most=most, apart=apart, its=its),
        st.sampled_from(NAMES),
        st.booleans(),
        st.floats(0.05, 0.95),
        st.booleans(),
        st.tuples(st.integers(3, 30), st.integers(0, 3)),
    ),
    max_size=5,
    unique_by=lambda trait: trait["counted"]["measure"],
)


@given(TRAITS)
def test_whatever_was_counted_the_text_keeps_its_form(traits: list[dict[str, Any]]) -> None:
    told = letter(document(*traits))

    assert len(told["title"].split()) <= 6
    assert 2 <= len(told["sentences"]) <= 4
    whole = " ".join([*told["sentences"], *(each["sentence"] for each in told["traits"])])
    assert "this person" not in whole.lower()
    assert "likely" not in whole
    assert all("people" in each["sentence"] for each in told["traits"])
    assert all(sentence.endswith(".") for sentence in told["sentences"])
    assert json.dumps(told) == json.dumps(letter(document(*traits)))
    assert letter_of({**document(*traits), "letter": told}) is told


WORDED = st.builds(
    lambda when, verb, words, its: {
        **worded(f"{when}{verb} {' '.join(words)}"),
        "certainty": "clear",
        "supporting": ["a"] * its[0],
        "opposing": ["b"] * its[1],
    },
    st.sampled_from(["", "For code: ", "For facts and closed questions: ", "When asked for code, "]),
    st.sampled_from(["Prefers", "Dislikes", "wants", "Bevorzugt"]),
    st.lists(st.sampled_from(["concrete", "named", "everyday", "sources", "e.g.", "rather", "short"]), min_size=1),
    st.tuples(st.integers(1, 30), st.integers(0, 3)),
)
SUMMARIES = st.lists(
    st.sampled_from(
        ["You like lists.", "This person prefers prose, e.g. letters.", "She likes it short.", "你喜欢短的。"]
    ),
    max_size=6,
).map(" ".join)


@given(st.lists(WORDED, min_size=1, max_size=5), TRAITS, SUMMARIES, st.sampled_from(["", "Kept short"]))
def test_whatever_a_model_worded_the_text_keeps_its_form(
    traits: list[dict[str, Any]], beside: list[dict[str, Any]], summary: str, title: str
) -> None:
    told = letter(document(*traits, *beside, summary=summary, title=title))

    assert 1 <= len(told["title"].split()) <= 6
    assert 2 <= len(told["sentences"]) <= 4
    assert all(sentence.endswith((".", "。")) for sentence in told["sentences"])
