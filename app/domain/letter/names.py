"""How either side of each measure (domain/measures) is said to the person: as a name, as a choice, as a liking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Side:
    """`name` has at most three words; `taken` follows "you take", `liked` follows "You like answers"; `plainly` is a sentence without
    its full stop, as a friend would say it."""

    name: str
    taken: str
    liked: str
    plainly: str


_SIDES: Mapping[str, tuple[Side, Side]] = MappingProxyType(
    {
        "length": (
            Side(
                "Told in full", "the longer answer", "told in full",
                "You would rather have the whole story than the short version",
            ),
            Side(
                "Kept short", "the shorter answer", "kept short",
                "You would rather have it in a few lines than in full",
            ),
        ),
        "scant": (
            Side(
                "One bare line", "the answer of one bare line", "of a single line",
                "Where one line does it, you want that line and nothing around it",
            ),
            Side(
                "Some words more", "the answer that says more than a bare line", "of more than a bare line",
                "A bare line is too little: you want the sentence or two that make it usable",
            ),
        ),
        "lists": (
            Side(
                "In lists", "the answer with more of a list", "laid out in lists",
                "Points that belong side by side should stand in a list",
            ),
            Side(
                "In running prose", "the answer with less of a list", "in running prose",
                "You would rather read a text than go from bullet point to bullet point",
            ),
        ),
        "headings": (
            Side(
                "Under headings", "the answer with more headings", "under headings",
                "A longer answer should show its parts by headings",
            ),
            Side(
                "Without headings", "the answer with fewer headings", "without headings",
                "You want one text, not sections under headings",
            ),
        ),
        "bold": (
            Side(
                "Bold key words", "the answer with more bold words", "with the key words in bold",
                "It helps you when the key words stand out in bold",
            ),
            Side(
                "Without bold", "the answer with fewer bold words", "without bold words",
                "You would rather have a plain page than words in bold",
            ),
        ),
        "paragraphs": (
            Side(
                "Many short paragraphs", "the answer in more paragraphs", "in many short paragraphs",
                "You like air in a text: short paragraphs with a gap between them",
            ),
            Side(
                "In one piece", "the answer in fewer paragraphs", "in one piece",
                "You like a text in one piece, not broken up into many paragraphs",
            ),
        ),
        "code": (
            Side(
                "Shown in code", "the answer with code", "that show code",
                "Where code can show it, you want to see the code",
            ),
            Side(
                "Words, not code", "the answer without code", "in words instead of code",
                "You would rather have it explained in words than in code",
            ),
        ),
        "hedging": (
            Side(
                "With its doubts", "the answer that hedges more", "that say where they are unsure",
                "You like to be told where an answer is unsure",
            ),
            Side(
                "Said plainly", "the answer that hedges less", "that say it plainly",
                "You want it said straight, without maybe and perhaps",
            ),
        ),
        "refusal": (
            Side(
                "Limits named", "the answer that names its limits more", "that name their limits",
                "You like an answer that says what it cannot do",
            ),
            Side(
                "Without disclaimers", "the answer with fewer disclaimers", "without disclaimers",
                "You would rather go without disclaimers",
            ),
        ),
        "warmth": (
            Side(
                "Warm in tone", "the answer with more warm words", "with some warmth",
                "A warm word or two is welcome",
            ),
            Side(
                "Matter-of-fact", "the answer with fewer warm words", "that stay matter-of-fact",
                "You come for the matter, and need no cheering or praise",
            ),
        ),
        "you": (
            Side(
                "Spoken to you", "the answer that says “you” more often", "that speak to you",
                "You like to be spoken to, and told what it means for you",
            ),
            Side(
                "About the matter", "the answer that says “you” less often", "that keep to the matter",
                "You want the matter explained rather than yourself addressed",
            ),
        ),
        "question_back": (
            Side(
                "A question back", "the answer that ends with a question", "that end with a question to you",
                "A question back at the end is welcome",
            ),
            Side(
                "No question back", "the answer that ends without a question", "that do not end with a question",
                "An answer should end with what it knows, not with a question to you",
            ),
        ),
        "offer": (
            Side(
                "Closing offers", "the answer with more offers of help", "that offer more at the end",
                "An offer of what could come next is welcome",
            ),
            Side(
                "No closing offers", "the answer with fewer offers of help", "that end when they are done",
                "When it is said it should stop, without offering more",
            ),
        ),
        "examples": (
            Side(
                "With examples", "the answer with more examples", "with examples",
                "You want an example with it",
            ),
            Side(
                "Without examples", "the answer with fewer examples", "without examples",
                "You want the point itself, without an example",
            ),
        ),
        "numbers": (
            Side(
                "With figures", "the answer with more figures", "with figures",
                "You want the figures: how much, how long, how many",
            ),
            Side(
                "Few figures", "the answer with fewer figures", "with few figures",
                "You want the gist rather than the figures",
            ),
        ),
        "reasons": (
            Side(
                "With reasons", "the answer that gives more reasons", "that give their reasons",
                "You want to know why, not only what",
            ),
            Side(
                "Results over reasons", "the answer that gives fewer reasons", "that give the result and skip the reasons",
                "You want the result; the reasons can wait",
            ),
        ),
        "summary": (
            Side(
                "Summed up", "the answer that sums up at the end", "with a summary at the end",
                "You like the end to gather it up in a sentence",
            ),
            Side(
                "No closing summary", "the answer that does not sum up", "without a closing summary",
                "You do not need it summed up at the end",
            ),
        ),
        "answer_first": (
            Side(
                "Answer first", "the answer that begins with a short sentence", "that begin with the answer",
                "It should start with the answer; the explaining can follow",
            ),
            Side(
                "Led up to", "the answer that takes longer to begin", "that lead up to the point",
                "You like to be led up to the point rather than to have it at once",
            ),
        ),
        "on_topic": (
            Side(
                "In your words", "the answer closer to the wording of the request", "that take up your words",
                "You like an answer that takes up the words you asked in",
            ),
            Side(
                "Freely worded", "the answer further from the wording of the request", "in words of their own",
                "You like it put in other words than those you asked in",
            ),
        ),
        "repetition": (
            Side(
                "Said twice", "the answer that repeats itself more", "that say the main point again",
                "You like the main point said once more",
            ),
            Side(
                "Nothing twice", "the answer that repeats itself less", "that say nothing twice",
                "Once is enough: nothing should be said twice",
            ),
        ),
    }
)  # fmt: skip
"""Measure -> more of it, and less."""


_DIFFER: Mapping[str, str] = MappingProxyType(
    {
        "length": "length",
        "scant": "how bare they are",
        "lists": "lists",
        "headings": "headings",
        "bold": "bold words",
        "paragraphs": "paragraphs",
        "code": "code",
        "hedging": "hedging",
        "refusal": "disclaimers",
        "warmth": "warmth",
        "you": "saying “you”",
        "question_back": "a closing question",
        "offer": "offers of help",
        "examples": "examples",
        "numbers": "figures",
        "reasons": "reasons",
        "summary": "a closing summary",
        "answer_first": "how they begin",
        "on_topic": "wording",
        "repetition": "repetition",
    }
)
"""Measure -> what two answers differ in."""


def side(measure: str, *, more: bool) -> Side:
    """One side of a measure. Raises KeyError for a measure that is not counted."""
    return _SIDES[measure][0 if more else 1]


def differing(measure: str) -> str:
    """What follows "choices that differ in". Raises KeyError for a measure that is not counted."""
    return _DIFFER[measure]


def is_named(measure: str) -> bool:
    return measure in _SIDES
