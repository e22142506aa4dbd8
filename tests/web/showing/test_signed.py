"""The line under a letter: what it was made from, and by whom."""

from __future__ import annotations

from app.web.showing.views import signed
from tests.domain.letter.given import counted, document, worded


def test_a_counted_persona_names_no_model_before_it_is_tested() -> None:
    assert (
        signed(document(counted("length", False), model="openai/some-model", report=None)) == "Counted from 10 choices."
    )
    assert (
        signed(document(worded("likes tables"), model="openai/some-model", report=None))
        == "Made from 10 choices with openai/some-model."
    )
