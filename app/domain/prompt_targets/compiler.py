"""The exported prompt: instructions to whoever answers, in order of precedence, each one testable.

First the person's own words; then what sets them apart from most people, what is surely theirs, what most people like too;
one closing line. What is clear is not left out for what is only likely. A line that goes against the person's own words, or
of which one cannot be sure, is not written; nor, beside any other, what counting has from most people rather than from the person. The text holds no text of any conversation.
"""

from __future__ import annotations

import math
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
_BORNE_OUT = 0.95
"""Probability of a side by the person's own choices alone, from which on a counted line of common taste stands beside others."""
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
    is common taste. `trait` is its place among the document's traits, None for own words; `is_clear` whether that trait is;
    `is_borne_out` whether it is the person's own choices that tell it, and not chiefly most people's."""

    text: str
    source: Source
    trait: int | None = None
    is_clear: bool = False
    is_borne_out: bool = True


def prompt_lines(document: Mapping[str, Any], voice: Voice = "me") -> tuple[Line, ...]:
    """The lines of a persona document, most binding first: of one source those that are clear stand before the others.

    What is clear is kept before what is only likely. A clear line of common taste that finds no room beside likely ones takes
    theirs, from the last on, as long as one line is left that is about the person.
    """
    own_words = OwnWords(str(document.get("stated") or ""))
    words = [Line(text, "words") for text in own_words.lines]
    traits = list(_of_traits(document, voice, own_words))
    own = [line for line in traits if line.source != "common"][: MOST_LINES - len(words)]
    told = words + sorted(own, key=lambda line: line.source != "apart")
    common = [line for line in traits if line.source == "common"]
    borne_out = [line for line in common if line.is_borne_out]
    for line in (borne_out if told or borne_out else common)[:_MOST_COMMON]:
        told = _with_common(told, line, voice)
    return tuple(told)


def _with_common(told: list[Line], line: Line, voice: Voice) -> list[Line]:
    """The lines with one of common taste, in the place of likely ones where it is clear; as they were where it finds no room."""
    beside = list(told)
    while not _has_room([*beside, line], voice):
        weak = [one for one in beside if one.source in {"apart", "own"} and not one.is_clear]
        if not line.is_clear or not weak or sum(one.source != "common" for one in beside) == 1:
            return told
        if _has_room([*beside, line], voice, frame=-1):
            break
        beside.remove(weak[-1])
    return [*beside, line]


def _has_room(lines: Sequence[Line], voice: Voice, frame: int = 0) -> bool:
    """Whether so many lines may stand, and enough of the text is about the person within this frame of `_forms`."""
    if len(lines) < _THREE:
        return True
    return len(lines) <= MOST_LINES and _own(lines) >= ABOUT_THE_PERSON * len(_forms(lines, voice)[frame])


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
    """The traits that one can be sure of and that the person's own words do not deny, each said once, the clear ones first."""
    lengths: Mapping[str, Any] = document.get("lengths") or {}
    said: set[str] = set()
    for place, trait in sorted(enumerate(document["traits"]), key=lambda each: each[1]["certainty"] != "clear"):
        if trait["certainty"] == "tentative":
            continue
        counted = trait.get("counted")
        if counted:
            told = _measured(str(counted["measure"]), bool(counted["more"]), lengths, voice, own_words) or ""
        else:
            told = _worded(str(trait["text"]), lengths, voice, own_words)
        if told and told not in said:
            said.add(told)
            borne_out = not counted or _by_itself(int(counted["for"]), int(counted["against"])) >= _BORNE_OUT
            yield Line(told, _source(counted or trait), place, trait["certainty"] == "clear", borne_out)


def _by_itself(for_it: int, against: int) -> float:
    """Probability that more than half of all choices go this way, had nobody chosen before (a uniform prior)."""
    tosses = for_it + against + 1
    return sum(math.comb(tosses, each) for each in range(for_it + 1)) / 2.0**tosses


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
