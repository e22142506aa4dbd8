"""The exported prompt: instructions to whoever answers, in order of precedence, each one testable.

First the person's own words; then what sets them apart from most people, what is surely theirs, what most people like too;
one closing line. A line that goes against the person's own words, or of which one cannot be sure, is not written. The
text holds no text of any conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.personas.style_claims import bare_claim
from app.domain.prompt_targets.imperatives import imperative, parted, under
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
_SHORT_CLOSE = "Facts and safety first."
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
    told = [Line(text, "words") for text in own_words.lines]
    traits = list(_of_traits(document, voice, own_words))
    own = [line for line in traits if line.source != "common"]
    told += sorted(own, key=lambda line: line.source != "apart")[: MOST_LINES - len(told)]
    for line in [line for line in traits if line.source == "common"][: min(_MOST_COMMON, MOST_LINES - len(told))]:
        most = [*told, line]
        if len(most) < _THREE or _own(most) >= ABOUT_THE_PERSON * len(_forms(most, voice)[0]):
            told.append(line)
    return tuple(told)


def left_out_beside_words(document: Mapping[str, Any], voice: Voice = "me") -> tuple[str, ...]:
    """The lines that would stand if the person had typed nothing, and do not beside what was typed."""
    said = {line.text for line in prompt_lines(document, voice)}
    without = prompt_lines({**document, "stated": ""}, voice)
    return tuple(line.text for line in without if line.text not in said)


def system_prompt(document: Mapping[str, Any], voice: Voice = "me") -> str:
    """The product: the text to paste. "" where there is nothing to say."""
    lines = prompt_lines(document, voice)
    return _text(lines, voice) if lines else ""


def about_the_person(document: Mapping[str, Any], voice: Voice = "me") -> float:
    """Which part of the text, in characters, is the person's own lines; 0 where there is no text."""
    lines = prompt_lines(document, voice)
    return _own(lines) / len(_text(lines, voice)) if lines else 0.0


def _text(lines: Sequence[Line], voice: Voice) -> str:
    # Three short lines would drown in what is the same for everybody.
    forms = _forms(lines, voice)
    fits = (form for form in forms if len(lines) < _THREE or _own(lines) >= ABOUT_THE_PERSON * len(form))
    return next(fits, forms[-1])


def _forms(lines: Sequence[Line], voice: Voice) -> tuple[str, ...]:
    """The text with all that frames it, and with less and less of it."""
    told = "".join(_ITEM.format(line.text) for line in lines)
    head, close, short = (each.format_map(_SPEAKERS[voice]) for each in (_HEAD, _CLOSE, _SHORT_CLOSE))
    return f"{head}\n{told}{close}\n", f"{told}{close}\n", f"{told}{short}\n"


def _own(lines: Sequence[Line]) -> int:
    """Characters of the lines that are the person's own."""
    return sum(len(_ITEM.format(line.text)) for line in lines if line.source != "common")


def _of_traits(document: Mapping[str, Any], voice: Voice, own_words: OwnWords) -> Iterator[Line]:
    """The traits that one can be sure of and that the person's own words do not deny, each said once."""
    lengths: Mapping[str, Any] = document.get("lengths") or {}
    said: set[str] = set()
    for place, trait in enumerate(document["traits"]):
        if trait["certainty"] == "tentative":
            continue
        counted = trait.get("counted")
        if counted:
            told = _measured(str(counted["measure"]), bool(counted["more"]), lengths, voice, own_words) or ""
        else:
            told = _worded(str(trait["text"]), lengths, voice, own_words)
        if told and told not in said:
            said.add(told)
            yield Line(told, _source(counted or trait), place)


def _measured(name: str, more: bool, lengths: Mapping[str, Any], voice: Voice, own_words: OwnWords) -> str | None:
    """The line on a measure; "" where own words deny it, None where there is none."""
    template = instruction(name, more=more, lengths=lengths)
    if not template:
        return None
    return template.format_map(_SPEAKERS[voice]) if own_words.allow_measure(name, _meant(name, more=more)) else ""


def _worded(text: str, lengths: Mapping[str, Any], voice: Voice, own_words: OwnWords) -> str:
    """A model's trait: where it says no more than what a measure counts, the line of that, which can be tested."""
    begins, kind, statement = parted(text)
    claimed = bare_claim(statement)
    if claimed:
        its_own = {"": lengths[kind]} if kind in lengths else {}
        line = _measured(claimed[0], claimed[1] > 0, its_own if begins else lengths, voice, own_words)
        if line is not None:
            return line and under(begins, line)
    return imperative(text).replace("{me}", _SPEAKERS[voice]["me"]) if own_words.allow_statement(text) else ""


def _source(told: Mapping[str, Any]) -> Source:
    """Of a trait: by what most people do, where that is known, and by whether anybody would have chosen so."""
    if told.get("sets_apart"):
        return "apart"
    return "common" if told.get("is_common") or (told.get("most_people") or 0.0) > _HALF else "own"


def _meant(measure: str, *, more: bool) -> dict[str, int]:
    """What a line on a measure says in the terms of domain/personas/style_claims."""
    name, sign = _AS_CLAIMED.get(measure, (measure, 1))
    return {name: sign if more else -sign}
