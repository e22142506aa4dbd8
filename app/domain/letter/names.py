"""How either side of each measure (domain/measures) is said to the person: as a name, as a choice, as a liking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Side:
    """`name` has at most three words; `taken` follows "you take", `liked` follows "You like answers"."""

    name: str
    taken: str
    liked: str


_SIDES: Mapping[str, tuple[Side, Side]] = MappingProxyType(
    {
        "length": (
            Side("Told in full", "the longer answer", "told in full"),
            Side("Kept short", "the shorter answer", "kept short"),
        ),
        "scant": (
            Side("One bare line", "the answer of one bare line", "of a single line"),
            Side("Some words more", "the answer that says more than a bare line", "of more than a bare line"),
        ),
        "lists": (
            Side("In lists", "the answer with more list lines", "laid out in lists"),
            Side("In running prose", "the answer with fewer list lines", "in running prose"),
        ),
        "headings": (
            Side("Under headings", "the answer with more headings", "under headings"),
            Side("Without headings", "the answer with fewer headings", "without headings"),
        ),
        "bold": (
            Side("Bold key words", "the answer with more bold words", "with the key words in bold"),
            Side("Without bold", "the answer with fewer bold words", "without bold words"),
        ),
        "paragraphs": (
            Side("Many short paragraphs", "the answer in more paragraphs", "in many short paragraphs"),
            Side("In one piece", "the answer in fewer paragraphs", "in one piece"),
        ),
        "code": (
            Side("Shown in code", "the answer with code", "that show code"),
            Side("Words, not code", "the answer without code", "in words instead of code"),
        ),
        "hedging": (
            Side("With its doubts", "the answer that hedges more", "that say where they are unsure"),
            Side("Said plainly", "the answer that hedges less", "that say it plainly"),
        ),
        "refusal": (
            Side("Limits named", "the answer that names its limits more", "that name their limits"),
            Side("Without disclaimers", "the answer with fewer disclaimers", "without disclaimers"),
        ),
        "warmth": (
            Side("Warm in tone", "the answer with more warm words", "with some warmth"),
            Side("Matter-of-fact", "the answer with fewer warm words", "that stay matter-of-fact"),
        ),
        "you": (
            Side("Spoken to you", "the answer that speaks to you more", "that speak to you"),
            Side("About the matter", "the answer that speaks to you less", "that keep to the matter"),
        ),
        "question_back": (
            Side("A question back", "the answer that ends with a question", "that end with a question to you"),
            Side("No question back", "the answer that ends without a question", "that do not end with a question"),
        ),
        "offer": (
            Side("Closing offers", "the answer with more offers of help", "that offer more at the end"),
            Side("No closing offers", "the answer with fewer offers of help", "that end when they are done"),
        ),
        "examples": (
            Side("With examples", "the answer with more examples", "with examples"),
            Side("Without examples", "the answer with fewer examples", "without examples"),
        ),
        "numbers": (
            Side("With figures", "the answer with more figures", "with figures"),
            Side("Few figures", "the answer with fewer figures", "with few figures"),
        ),
        "reasons": (
            Side("With reasons", "the answer that gives more reasons", "that give their reasons"),
            Side("Results, not reasons", "the answer that gives fewer reasons", "that give the result and skip the reasons"),
        ),
        "summary": (
            Side("Summed up", "the answer that sums up at the end", "with a summary at the end"),
            Side("No closing summary", "the answer that does not sum up", "without a closing summary"),
        ),
        "answer_first": (
            Side("Answer first", "the answer that begins with a short sentence", "that begin with the answer"),
            Side("Led up to", "the answer that takes longer to begin", "that lead up to the point"),
        ),
        "on_topic": (
            Side("In your words", "the answer that takes up more of your words", "that take up your words"),
            Side("In other words", "the answer that takes up fewer of your words", "in words of their own"),
        ),
        "repetition": (
            Side("Said twice", "the answer that repeats itself more", "that say the main point again"),
            Side("Nothing twice", "the answer that repeats itself less", "that say nothing twice"),
        ),
    }
)  # fmt: skip
"""Measure -> more of it, and less."""


def side(measure: str, *, more: bool) -> Side:
    """One side of a measure. Raises KeyError for a measure that is not counted."""
    return _SIDES[measure][0 if more else 1]


def is_named(measure: str) -> bool:
    return measure in _SIDES
