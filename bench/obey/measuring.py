"""What a line of the prompt did to the answers: for each measure that it names, the answer with it beside the one without.

An answer has moved the line's way where the measure (domain/measures) differs by more than a reader may notice; it keeps the
line where it does what the line says, whatever the other answer does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.choices.chosen_lengths import words_in
from app.domain.measures import BY_NAME, CLEAR
from app.domain.measures.answer_text import answer_text
from app.induction.proof.resampling import Observation
from app.induction.proof.statistics import Mean, mean_difference
from bench.obey.answering import NOTHING, Answered
from bench.obey.prompts import SHIPPED, Taste
from bench.obey.requests import TURNS

MARGIN = 1.25
"""Factor by which an answer may miss the number of words that its line names."""
_LIST = 3
_SEED = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of one prompt at some turns. `net` is the mean over answers of 1 (moved the line's way), -1 (against it) and
    0; `kept` and `kept_without` are the answers that keep the line with and without the prompt."""

    measure: str
    more: bool
    net: Mean
    moved: int
    against: int
    kept: int
    kept_without: int


def moved(
    answers: Sequence[Answered], name: str, taste: Taste, turns: Sequence[int] = TURNS, wording: str = SHIPPED
) -> Iterator[Moved]:
    """For each line of the taste's prompt, at these turns. A line on which no pair of answers is there is left out."""
    with_it = _by_place(answers, name, wording)
    without = _by_place(answers, NOTHING, SHIPPED)
    pairs = [(with_it[place], without[place]) for place in sorted(with_it) if place in without and place[1] in turns]
    for measure, more in taste.sides if pairs else ():
        signs = [_side(measure, one, other) * (1 if more else -1) for one, other in pairs]
        observed = [
            Observation(str(one.conversation), one.request, one.request, sign)
            for (one, _other), sign in zip(pairs, signs, strict=True)
        ]
        kept = [sum(keeps(measure, more, taste.words, each) for each in column) for column in zip(*pairs, strict=True)]
        net = mean_difference(observed, _SEED)
        yield Moved(measure, more, net, signs.count(1), signs.count(-1), kept[0], kept[1])


def keeps(measure: str, more: bool, words: int, answered: Answered) -> bool:
    """Whether one answer does what the line on a measure says."""
    if measure == "length":
        written = words_in(answered.answer)
        return words / MARGIN <= written <= words * MARGIN if more else written <= words * MARGIN
    value = BY_NAME[measure].of(answer_text(answered.answer, answered.request))
    least = math.log1p(_LIST) if measure == "lists" else 0.0
    return value >= least and value > 0 if more else value == 0


def _by_place(answers: Sequence[Answered], taste: str, wording: str) -> Mapping[tuple[int, int], Answered]:
    return {(one.conversation, one.turn): one for one in answers if (one.taste, one.wording) == (taste, wording)}


def _side(measure: str, one: Answered, other: Answered) -> int:
    what = BY_NAME[measure]
    values = [what.of(answer_text(each.answer, each.request)) for each in (one, other)]
    difference = math.tanh((values[0] - values[1]) / what.unit)
    return (difference > CLEAR) - (difference < -CLEAR)
