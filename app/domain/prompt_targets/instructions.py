"""One line of the exported prompt for each thing that counting can say of a person: imperative, and testable by code.

`{me}`, `{i}` and `{my}` stand for whoever speaks (compiler.Voice). Lengths are numbers, for "longer" means nothing to
who writes one answer; the number is the upper quarter of what was chosen, beyond which more words were not better.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.domain.texts.request_kinds import KINDS

_BY_MEASURE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "scant": (
            "Where one line answers the request, send that line and nothing else.",
            "Never send a bare line: add the sentence or two that make it usable.",
        ),
        "lists": (
            "Put three or more parallel points into a list, one idea on each line.",
            "Write in connected prose; make a list only when {i} ask for a list.",
        ),
        "headings": (
            "Put a heading over each part of an answer of more than three paragraphs.",
            "Write without headings; one text that runs on, whatever its length.",
        ),
        "bold": (
            "Set in bold the few words of an answer that the eye should catch first.",
            "Write without bold or italic text; let the order of words do the work.",
        ),
        "paragraphs": (
            "Begin a new paragraph with every thought: one or two sentences, then an empty line.",
            "Keep an answer in one paragraph, two at most, whatever it is about.",
        ),
        "code": (
            "Show it in a code block wherever code can show it, then say what it does.",
            "Explain in words first; write code only when {i} ask for code.",
        ),
        "hedging": (
            'Mark what is not certain or not always so with "may", "usually" or "it depends on", and say on what.',
            'Say it plainly; no "may", "perhaps" or "it depends" around everything. Where you do not know, say so once.',
        ),
        "refusal": (
            "Say first what you cannot do or know, then help with the rest.",
            "Leave out remarks on being an AI and on what you cannot do, unless it matters.",
        ),
        "warmth": (
            "Be warm: begin with a kind word on {my} situation and end with an encouraging one, exclamation marks welcome.",
            "Be matter-of-fact: no greetings, praise, cheering or exclamation marks.",
        ),
        "you": (
            'Speak to {me} as "you", and say what each point means for {me}.',
            'Speak of the matter and not to {me}: no "you should", no "your".',
        ),
        "question_back": (
            "End with one question back where {my} request leaves something open.",
            "Do not end with a question; answer with what is known and name what you assumed.",
        ),
        "offer": (
            "Close with one offer of what you could do next, in one sentence.",
            "End when the answer ends: no closing offers of more help or wishes.",
        ),
        "examples": (
            'Give an example in every answer, and begin it with "for example" or "for instance".',
            "Explain without examples; give one only when {i} ask for an example.",
        ),
        "numbers": (
            "Give figures where there are any: amounts, times, years, percentages.",
            "Keep figures to the one or two that decide something; words otherwise.",
        ),
        "reasons": (
            'Give the reason with each claim or step, in a short "because" clause.',
            "Give the result without its reasons; give reasons only when {i} ask why.",
        ),
        "summary": (
            "Close an answer of several paragraphs with a summary of one sentence.",
            'Stop after the last point: no closing summary, no "in conclusion".',
        ),
        "answer_first": (
            "Let the first sentence be the answer, in twelve words at most; explain only after it.",
            "Set out the grounds first and come to the answer from them at the end.",
        ),
        "on_topic": (
            "Take up the words of {my} request and answer each of its parts in turn.",
            "Put the answer in words of your own rather than in those of {my} request.",
        ),
        "repetition": (
            "Say the main point a second time at the end, in other words.",
            "Say nothing twice: no repeating of the request, no point made again.",
        ),
    }
)
"""Measure -> what to do for more of it, and for less. Length is worded from numbers, below."""

_STEPS = ((60, 5), (200, 10), (400, 25), (10**9, 50))
DIFFERENT = 1.25
"""Factor by which a kind's length must differ from the whole for a number of its own."""


def instruction(measure: str, *, more: bool, lengths: Mapping[str, Any]) -> str:
    """What to do, "" where nothing can be said: for length without a number, and for a measure that is not known.

    `lengths` is `chosen_lengths(...)`: words by kind of request, "" for all kinds together.
    """
    if measure == "length":
        return _length(more, lengths)
    if measure not in _BY_MEASURE:
        return ""
    return _BY_MEASURE[measure][0 if more else 1]


def rounded(words: int) -> int:
    """A length that a person would say: 57 is 55, 183 is 180, 262 is 250."""
    step = next(step for below, step in _STEPS if words < below)
    return max(step, round(words / step) * step)


def _length(more: bool, lengths: Mapping[str, Any]) -> str:
    if "" not in lengths:
        return ""
    whole = rounded(int(lengths[""]))
    kinds = [
        f"{KINDS.get(kind, kind)} {rounded(int(words))}"
        for kind, words in lengths.items()
        if kind and not whole / DIFFERENT < rounded(int(words)) < whole * DIFFERENT
    ]
    apart = f" (for {', for '.join(kinds)})" if kinds else ""
    if more:
        return f"Aim for about {whole} words on a question like these{apart}; shorter where it needs less."
    return f"Keep to about {whole} words{apart}; write more only where {{i}} ask for more."
