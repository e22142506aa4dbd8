"""The passages of an answer by which a measure counts it, so that they can be marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.domain.measures import patterns

Span = tuple[int, int]

_LINES = {"lists": patterns.LIST_LINE, "headings": patterns.HEADING}
_SIGNS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "bold": patterns.BOLD,
        "hedging": patterns.HEDGE,
        "refusal": patterns.REFUSAL,
        "warmth": patterns.WARM,
        "you": patterns.YOU,
        "offer": patterns.OFFER,
        "examples": patterns.EXAMPLE,
        "numbers": patterns.NUMBER,
        "reasons": patterns.REASON,
        "summary": patterns.SUMMARY,
    }
)
_MARKER = re.compile(r"\s*(?:[-*•]|\d{1,3}[.)]|#{1,6})?\s*")


def telling_passages(measure: str, text: str) -> tuple[Span, ...]:
    """Beginning and end of each passage in order; () for what has none to show, as length. A line's own mark (`- `, `# `) is
    no part of it, nor is anything in a code fence."""
    fences = [found.span() for found in patterns.FENCED.finditer(text)]
    spans = [span for span in _spans(measure, text) if not any(a <= span[0] < b for a, b in fences)]
    return tuple(span for span in spans if span[0] < span[1])


def _spans(measure: str, text: str) -> list[Span]:
    if measure in _LINES:
        return [_line(text, found.start()) for found in _LINES[measure].finditer(text)]
    if measure in _SIGNS:
        return [found.span() for found in _SIGNS[measure].finditer(text)]
    if measure == "question_back" and text.rstrip().endswith(patterns.QUESTION_MARKS):
        end = len(text.rstrip())
        begin = max(
            (found.end() for found in patterns.SENTENCE_END.finditer(text, 0, end) if found.end() < end), default=0
        )
        return [_without_marker(text, begin, end)]
    if measure == "answer_first":
        ended = patterns.SENTENCE_END.search(text)
        return [_without_marker(text, 0, ended.end() if ended else len(text))]
    return []


def _line(text: str, begin: int) -> Span:
    end = text.find("\n", begin)
    return _without_marker(text, begin, len(text) if end < 0 else end)


def _without_marker(text: str, begin: int, end: int) -> Span:
    marker = _MARKER.match(text, begin, end)
    return (marker.end() if marker else begin, begin + len(text[begin:end].rstrip()))
