"""Learning how far each way of guessing is to be believed, from many people's judgements, and how good the guess then is.

Logistic regression on log-odds, shrunk to the weights that are set beforehand (`BEFOREHAND`) with a standard deviation of a
quarter, of length a tenth: a few people leave them nearly as they are. How good the guess is, is told by people it did not learn from
(cross-fitted in ten parts of whole people).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import BadInput
from app.induction.counting.posterior import Normal, update
from app.induction.guessing.stacked_guess import BEFOREHAND, CASES, LONGER, Case, Said, StackedGuess, heard

FEWEST_PEOPLE, FEWEST_JUDGEMENTS = 5, 100
_SPREAD, _OF_LENGTH = 0.25, 0.1
"""Standard deviations of a weight, and of that of length, which is held tighter: most people these are learnt from like it longer,
and somebody who does not would be guessed wrong by it for ever (decision 0024)."""
_PARTS = 10


@dataclass(frozen=True, slots=True)
class Recorded:
    """What every way of guessing said of one person's real choice: log-odds of the answer that was chosen."""

    person: str
    said: Said
    is_alike: bool | None = None
    """Whether the two answers are about as long (choices/alike_length); None where it was not written down."""


def learn_guess(recorded: Sequence[Recorded], attribution: str) -> StackedGuess:
    """The weights of these people. A case that nobody's judgements belong to keeps the weights set beforehand.

    Raises BadInput for fewer than 5 people or 100 judgements.
    """
    people = {one.person for one in recorded}
    if len(people) < FEWEST_PEOPLE or len(recorded) < FEWEST_JUDGEMENTS:
        raise BadInput(
            f"Weights are learnt from {FEWEST_JUDGEMENTS} judged choices of {FEWEST_PEOPLE} people or more, and there are "
            f"{len(recorded):,} of {len(people):,}. Name further folders of `evaluate`."
        )
    return _learnt(recorded, attribution)


def guessed_by_others(recorded: Sequence[Recorded], seed: int = 0) -> list[float]:
    """The guess for each, in order, by weights that were learnt without its person."""
    people = sorted({one.person for one in recorded})
    random.Random(seed).shuffle(people)
    part_of = {person: place % _PARTS for place, person in enumerate(people)}
    without = [
        _learnt([one for one in recorded if part_of[one.person] != part], "")
        for part in range(min(_PARTS, len(people)))
    ]
    return [without[part_of[one.person]].log_odds(one.said) for one in recorded]


def _learnt(recorded: Sequence[Recorded], attribution: str) -> StackedGuess:
    return StackedGuess(tuple(_case(names, recorded) for names in CASES), attribution)


def _case(names: tuple[str, ...], recorded: Sequence[Recorded]) -> Case:
    """Whoever said more than the case holds teaches it too, without what it leaves out."""
    taught = [one for one in recorded if all(heard(one.said, name) is not None for name in names)]
    rows = [tuple(heard(one.said, name) or 0.0 for name in names) for one in taught]
    spreads = tuple(_OF_LENGTH if name == LONGER else _SPREAD for name in names)
    found = update(Normal(BEFOREHAND[names], tuple(spread**2 for spread in spreads)), rows)
    weights = dict(zip(names, found.mean, strict=True))
    return Case(weights, len({one.person for one in taught}), len(taught))


def log_loss(said: Sequence[float]) -> float:
    """Mean surprise at the real choices, in nats, by log-odds of them; nan without any."""
    return sum(math.log1p(math.exp(-abs(each))) + max(0.0, -each) for each in said) / len(said) if said else math.nan
