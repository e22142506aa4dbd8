"""The exported prompt: instructions to whoever answers, in order of precedence, each one testable.

First the person's own words; then what sets them apart from most people, what is surely theirs, what most people like too;
one closing line. A line that goes against the person's own words, or of which one cannot be sure, is not written. The
text holds no text of any conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.prompt_targets.imperatives import imperative
from app.domain.prompt_targets.instructions import instruction
from app.domain.prompt_targets.own_words import OwnWords

Voice = Literal["me", "user"]
Source = Literal["words", "apart", "own", "common"]

MOST_LINES = 9
ABOUT_THE_PERSON = 0.7
"""Least part of the text that is about this person, where three lines are; lines of common taste do not count as such."""
_THREE = 3
_MOST_COMMON = 3
_SPEAKERS: Mapping[Voice, Mapping[str, str]] = {
    "me": {"me": "me", "i": "I", "my": "my"},
    "user": {"me": "the user", "i": "they", "my": "the user's"},
}
_HEAD = "How to answer {me}:"
_CLOSE = "Facts and safety first, then {my} request, then this."
_ITEM = "- {}\n"
_HALF = 0.5
_AS_CLAIMED = {"question_back": ("questions", 1), "scant": ("length", -1), "paragraphs": ("length", 1)}
"""Measures that a sentence's claims (domain/personas/style_claims) name otherwise, and with which sign."""


@dataclass(frozen=True, slots=True)
class Line:
    """One instruction. `source`: the person's own words, a trait unlike most people's, a trait of this person, or one that
    is common taste. `trait` is its place among the document's traits, None for own words."""

    text: str
    source: Source
    trait: int | None = None


def prompt_lines(document: Mapping[str, Any], voice: Voice = "me") -> tuple[Line, ...]:
    """The lines of a persona document, most binding first."""
    own_words = OwnWords(str(document.get("stated") or ""))
    told = [Line(own_words.text, "words")] if own_words.text else []
    traits = list(_of_traits(document, voice, own_words))
    own = [line for line in traits if line.source != "common"]
    told += sorted(own, key=lambda line: line.source != "apart")[: MOST_LINES - len(told)]
    for line in [line for line in traits if line.source == "common"][: min(_MOST_COMMON, MOST_LINES - len(told))]:
        if len(told) + 1 < _THREE or _share([*told, line], voice) >= ABOUT_THE_PERSON:
            told.append(line)
    return tuple(told)


def system_prompt(document: Mapping[str, Any], voice: Voice = "me") -> str:
    """The product: the text to paste. "" where there is nothing to say."""
    lines = prompt_lines(document, voice)
    return _text(lines, voice) if lines else ""


def about_the_person(document: Mapping[str, Any], voice: Voice = "me") -> float:
    """Which part of the text, in characters, is the person's own lines; 0 where there is no text."""
    lines = prompt_lines(document, voice)
    return _share(lines, voice) if lines else 0.0


def _text(lines: Sequence[Line], voice: Voice) -> str:
    said = _SPEAKERS[voice]
    told = "".join(_ITEM.format(line.text) for line in lines)
    whole = f"{told}{_CLOSE.format_map(said)}\n"
    headed = f"{_HEAD.format_map(said)}\n{whole}"
    # Three short lines would drown in what is the same for everybody.
    return headed if len(lines) < _THREE or _own(lines) >= ABOUT_THE_PERSON * len(headed) else whole


def _share(lines: Sequence[Line], voice: Voice) -> float:
    return _own(lines) / len(_text(lines, voice))


def _own(lines: Sequence[Line]) -> int:
    """Characters of the lines that are the person's own."""
    return sum(len(_ITEM.format(line.text)) for line in lines if line.source != "common")


def _of_traits(document: Mapping[str, Any], voice: Voice, own_words: OwnWords) -> Iterator[Line]:
    """The traits that one can be sure of and that the person's own words do not deny, each said once."""
    lengths: Mapping[str, Any] = document.get("lengths") or {}
    said: set[str] = set()
    for place, trait in enumerate(document["traits"]):
        counted = trait.get("counted")
        if counted:
            name, more = str(counted["measure"]), bool(counted["more"])
            template = instruction(name, more=more, lengths=lengths)
            is_allowed = own_words.allow_measure(name, _meant(name, more=more)) if template else False
        else:
            template = imperative(str(trait["text"]))
            is_allowed = own_words.allow_statement(str(trait["text"]))
        source = _source(counted or trait)
        text = template.format_map(_SPEAKERS[voice]) if counted else template.replace("{me}", _SPEAKERS[voice]["me"])
        if text and text not in said and is_allowed and trait["certainty"] != "tentative":
            said.add(text)
            yield Line(text, source, place)


def _source(told: Mapping[str, Any]) -> Source:
    """Of a trait: by what most people do, where that is known."""
    if told.get("sets_apart"):
        return "apart"
    return "common" if (told.get("most_people") or 0.0) > _HALF else "own"


def _meant(measure: str, *, more: bool) -> dict[str, int]:
    """What a line on a measure says in the terms of domain/personas/style_claims."""
    name, sign = _AS_CLAIMED.get(measure, (measure, 1))
    return {name: sign if more else -sign}
