"""How the chosen answer of a pair differs from the other one, measure by measure, in one row of numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from app.domain.choices.decisions import Decision, decisions_of
from app.domain.choices.preference import PreferencePair
from app.domain.measures.answer_text import answer_text
from app.domain.measures.measures import MEASURES, NAMES
from app.domain.texts.language import UNDETERMINED, language_of

ENGLISH = "en"
CLEAR = math.tanh(0.3)
"""What a difference is above, as it stands in a row, where it is one that a reader may notice: three tenths of a unit."""

Row = tuple[float, ...]
"""One entry a measure in the order of `MEASURES`, from -1 to 1: tanh of chosen less other, in units. 0 where nothing
differs, or where the measure does not hold in the language of the request."""

_EVERYWHERE = tuple(measure.name for measure in MEASURES if measure.everywhere)


def counted_in(language: str) -> tuple[str, ...]:
    """Names of the measures that are counted in a language (a code as of `language_of`): all in English, else those that
    need no words."""
    return NAMES if language == ENGLISH else _EVERYWHERE


def language_of_pair(pair: PreferencePair) -> str:
    """The language of the request, or of the answers where the request is too short to tell; English where nothing tells
    another."""
    for text in (request_of(pair), pair.chosen.text, pair.rejected.text):
        found = language_of(text)
        if found != UNDETERMINED:
            return found
    return ENGLISH


def request_of(pair: PreferencePair) -> str:
    """What the two answers answer: the last turn of the person, be it only before this answer (`lead_in`)."""
    turns = [turn for turn in (*pair.context, *pair.chosen.lead_in) if turn.role == "user"]
    return turns[-1].content if turns else ""


def row_of(pair: PreferencePair) -> Row:
    """The row of a pair as seen from its chosen answer; seen from the other one it is this with the signs turned."""
    request = request_of(pair)
    chosen, other = answer_text(pair.chosen.text, request), answer_text(pair.rejected.text, request)
    is_english = language_of_pair(pair) == ENGLISH
    return tuple(
        math.tanh((measure.of(chosen) - measure.of(other)) / measure.unit) if is_english or measure.everywhere else 0.0
        for measure in MEASURES
    )


def sides(row: Row) -> tuple[int, ...]:
    """1 where the chosen answer clearly has more of it, -1 where the other has, 0 where they hardly differ."""
    return tuple((entry > CLEAR) - (entry < -CLEAR) for entry in row)


def languages_of(pairs: Iterable[PreferencePair]) -> dict[str, int]:
    """How many of the pairs are in each language, the commonest first."""
    found: dict[str, int] = {}
    for pair in pairs:
        language = language_of_pair(pair)
        found[language] = found.get(language, 0) + 1
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def row_of_decision(decision: Decision) -> Row:
    """The mean of the rows of its choices: how the winner differs from its losers. Like the row of one choice it lies within
    -1 and 1, so that a decision weighs what a single choice weighs, however many losers it has."""
    rows = [row_of(pair) for pair in decision.pairs]
    return tuple(sum(column) / len(rows) for column in zip(*rows, strict=True))


def rows_of(pairs: Sequence[PreferencePair]) -> list[Row]:
    """One row a decision, in the order of `decisions_of`."""
    return [row_of_decision(decision) for decision in decisions_of(pairs)]
