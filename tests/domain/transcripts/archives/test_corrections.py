"""Turns that push back on the manner of an answer, and those that do not."""

from __future__ import annotations

import pytest

from app.domain.texts.conversation import Turn
from app.domain.transcripts.archives.corrections import corrections_in, is_correction


@pytest.mark.parametrize(
    "words",
    [
        "Shorter please.",
        "too long, I only need the steps",
        "No bullet points, please.",
        "Can you make it more formal?",
        "Give me an example.",
        "Give me an example of that.",
        "In German please.",
        "Bitte kürzer.",
        "Ohne Aufzählung bitte.",
        "Plus court, s’il te plaît.",
        "Más corto, por favor",
        "Skip the disclaimers and just answer.",
    ],
)
def test_pushes_back_on_manner(words: str) -> None:
    assert is_correction(words)


@pytest.mark.parametrize(
    "words",
    [
        "That is wrong, you left out Austria.",
        "Is the Rhine longer than the Elbe?",
        "In German?",
        "Can you give me an example of a town in Wales?",
        "Thanks, that helps.",
        "And what about the rest of the list?",
        "Shorten this text:\n\n" + "It was a dark and stormy night. " * 9,
        "Why is `x` longer than `y`",
        "No.",
    ],
)
def test_does_not_push_back_on_manner(words: str) -> None:
    assert not is_correction(words)


def test_a_correction_stands_between_two_answers() -> None:
    first, push, second = Turn("assistant", "Long."), Turn("user", "Shorter please."), Turn("assistant", "Short.")

    assert [each.words for each in corrections_in((Turn("user", "Sky?"), first, push, second))] == ["Shorter please."]
    assert not list(corrections_in((push, first, push)))
