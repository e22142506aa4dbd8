"""The passages that stand out in an answer for what a measure counts."""

from __future__ import annotations

from app.domain.measures import telling_passages


def test_telling_passages_are_those_that_the_measure_counts() -> None:
    text = "# Plan\n- Take it, perhaps.\n- Or not.\n\n```\n- no list\n```\nFor example, 12 times. Is that all?"

    def told(measure: str) -> list[str]:
        return [text[begin:end] for begin, end in telling_passages(measure, text)]

    assert told("lists") == ["Take it, perhaps.", "Or not."]
    assert told("headings") == ["Plan"]
    assert told("hedging") == ["perhaps"]
    assert told("examples") == ["For example"]
    assert told("numbers") == ["12"]
    assert told("question_back") == ["Is that all?"]
    assert told("length") == []
