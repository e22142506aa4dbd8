"""Of a model's title and sentences only that is kept which the traits bear out, spoken to the person."""

from __future__ import annotations

import pytest

from app.domain.personas.counted import CountedTrait
from app.domain.personas.persona import Trait
from app.induction.wording.spoken import kept


def counted(measure: str, more: bool, *, apart: bool = False, text: str = "") -> Trait:
    ids = tuple(f"c{place}" for place in range(8))
    found = CountedTrait(measure, more, ids, ("d1",), 0.3, 0.8, 0.99, apart)
    return Trait(text or found.text, ids, ("d1",), weight=1.0, counted=found)


SHORT = counted("length", False, apart=True)
WITHOUT_EXAMPLES = counted("examples", False)
PLAIN = counted("hedging", False)
TRAITS = (SHORT, WITHOUT_EXAMPLES, PLAIN)


@pytest.mark.parametrize(
    "sentence",
    [
        "You would rather have it in a few lines than in full.",
        "You take the shorter answer in 8 of 9 choices.",
        "Unlike most people you like answers kept short.",
        "You want it said plainly, and without an example.",
        "This person prefers shorter answers.",
    ],
)
def test_what_the_counts_bear_out_is_kept_and_spoken_to_the_person(sentence: str) -> None:
    found = kept("Short and plain", sentence, TRAITS)

    assert found.text.startswith(("You ", "Unlike"))
    assert "person" not in found.text
    assert found.title == "Short and plain"


@pytest.mark.parametrize(
    "sentence",
    [
        "You would rather have long answers in full.",
        "You want an example with it.",
        "You like lists.",
        "You are a busy nurse who likes it short.",
        "You like short answers on politics.",
        "You take the shorter answer in 10 of 12 choices.",
        "You likely like shorter answers.",
        "You like shorter answers, and warm words and headings and figures.",
        "She likes shorter answers.",
        "Bevorzugt werden kurze Antworten und die Dinge ohne ein Beispiel.",
        "",
    ],
)
def test_anything_else_is_left_out(sentence: str) -> None:
    assert kept("Short and plain", sentence, TRAITS).text == ""


def test_what_sets_nobody_apart_is_not_called_apart() -> None:
    assert kept("Short", "Unlike most people you like answers kept short.", (counted("length", False),)).text == ""


@pytest.mark.parametrize(
    "title",
    [
        "Long and detailed",
        "With examples",
        "A kind and curious lifelong learner",
        "Short plain answers of just a few lines",
        "Lists",
        "",
    ],
)
def test_a_title_that_is_too_long_or_not_borne_out_is_left_out(title: str) -> None:
    found = kept(title, "You like answers kept short.", TRAITS)

    assert found.title == ""
    assert found.text == "You like answers kept short."


def test_at_most_four_sentences_are_kept() -> None:
    found = kept("Short", "You like answers kept short. " * 7, TRAITS)

    assert found.text.count("short") == 4
