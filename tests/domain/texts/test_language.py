"""The language of a request is told where the text tells it, and not otherwise."""

from __future__ import annotations

import pytest

from app.domain.texts.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Why is the sky blue, and what is the reason for it?", "en"),
        ("How do I sort a list in Python?", "en"),
        ("Warum ist der Himmel blau und wie kann ich das erklären?", "de"),
        ("Pourquoi le ciel est bleu et comment les oiseaux volent dans le vent ?", "fr"),
        ("¿Por qué el cielo es azul y cómo se explica en una frase?", "es"),
        ("Perché il cielo è blu e come si spiega in una frase?", "it"),
        ("Por que o céu é azul e como explicar isso em uma frase com calma?", "pt"),
        ("Waarom is de lucht blauw en hoe leg ik het uit aan een kind?", "nl"),
        ("Почему небо синее и как это объяснить?", "ru"),
        ("Чому небо синє і як це пояснити для дитини?", "uk"),
        ("空はなぜ青いのですか。", "ja"),
        ("天空为什么是蓝色的？", "zh"),
        ("하늘은 왜 파란가요?", "ko"),
        ("γιατί ο ουρανός είναι μπλε;", "el"),
        ("", "und"),
        ("def f(x): return x + 1", "und"),
        ("12345 + 678", "und"),
        ("Berlin Paris London", "und"),
        ("🙂🙂🙂", "und"),
        ("Blue?", "und"),
    ],
)
def test_a_request_tells_its_language_or_nothing(text: str, language: str) -> None:
    assert language_of(text) == language
