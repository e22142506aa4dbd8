"""Sentences are parted at their ends alone, whatever else has a point."""

from __future__ import annotations

import pytest

from app.domain.texts.sentences import sentences_of


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("You like examples, e.g. recipes.", ["You like examples, e.g. recipes."]),
        ("Du magst Beispiele, z. B. Rezepte. Listen nicht.", ["Du magst Beispiele, z. B. Rezepte.", "Listen nicht."]),
        ("You took 3.5 of them, 8 of 9. Is that so? Yes!", ["You took 3.5 of them, 8 of 9.", "Is that so?", "Yes!"]),
        ("你喜欢短的。不喜欢长的。", ["你喜欢短的。", "不喜欢长的。"]),
        (" One\n line ", ["One line"]),
        ("", []),
    ],
)
def test_a_text_is_parted_at_the_ends_of_its_sentences(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences
