"""The one guess: log-odds of several ways of guessing, each believed in part, added up (stacked generalisation, Wolpert 1992).

The ways are `INGREDIENTS`: the judge who knows nothing of the person, the judge who is told of them, counting with a prior, and
the rule of length. Each is held to `MOST`, for a judge's log-odds say too much of how sure it is. There is no intercept, for the
two answers have no order. Where a judge said nothing, the weights are those of a case without it. The file, shortened:

`{"schema": "synthesize-me/guess/1", "attribution": "...", "cases": [{"weights": {"counted": 0.9, "longer": 0.1},
"people": 40, "judgements": 480}, ...]}`
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from app.domain.errors import BadInput

SCHEMA = "synthesize-me/guess/1"
PLAIN, TOLD, COUNTED, LONGER = "plain", "prompt", "counted", "longer"
INGREDIENTS = (PLAIN, TOLD, COUNTED, LONGER)
MOST = 4.0
"""Log-odds beyond which no way of guessing is believed: about 98 in 100."""

Said = Mapping[str, float | None]
"""Way of guessing -> log-odds of the answer that is asked about; None, or no entry, where it said nothing usable."""


@dataclass(frozen=True, slots=True)
class Case:
    """What each way is believed where these are the ones that spoke; `people` and `judgements` it was learnt from, 0 where
    the weights are those set beforehand (learn_guess.py)."""

    weights: Mapping[str, float]
    people: int
    judgements: int


@dataclass(frozen=True, slots=True)
class StackedGuess:
    """The weights of every case, `CASES` in their order, and the words by which those it was learnt from ask to be named."""

    cases: tuple[Case, ...]
    attribution: str

    def log_odds(self, said: Said) -> float:
        """Natural log-odds of the answer that is asked about; 0 where nothing speaks for either."""
        return _added(self._case(said), said)

    def led_log_odds(self, said: Said) -> float:
        """The same for a guess that is given out: by weights that nobody taught, the other ways make the leading one surer or less
        sure, and never turn it. So until weights are learnt a guess names the answer that its best way names: the judge who is told
        of the person, the one who is not, counting, length; of these the first that speaks for either."""
        case = self._case(said)
        added = _added(case, said)
        leading = next((name for name in _LEADING if name in case.weights and heard(said, name)), None)
        if case.people or leading is None:
            return added
        alone = (heard(said, leading) or 0.0) * (case.weights[leading] or 1.0)
        return added if added * alone > 0 else alone

    def _case(self, said: Said) -> Case:
        spoken = tuple(name for name in INGREDIENTS if heard(said, name) is not None)
        return next((case for case in self.cases if tuple(case.weights) == spoken), self.cases[0])

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "attribution": self.attribution,
            "cases": [
                {
                    "weights": {name: round(weight, 4) for name, weight in case.weights.items()},
                    "people": case.people,
                    "judgements": case.judgements,
                }
                for case in self.cases
            ],
        }


def _added(case: Case, said: Said) -> float:
    return sum(weight * (heard(said, name) or 0.0) for name, weight in case.weights.items())


_LEADING = (TOLD, PLAIN, COUNTED, LONGER)
"""The ways by how much is expected of them, the most first."""
CASES: tuple[tuple[str, ...], ...] = (
    (COUNTED, LONGER),
    (PLAIN, COUNTED, LONGER),
    (TOLD, COUNTED, LONGER),
    INGREDIENTS,
)
"""Which ways may have spoken. Counting and the rule of length always do, for they ask nobody."""
BEFOREHAND: Mapping[tuple[str, ...], tuple[float, ...]] = MappingProxyType(
    {
        CASES[0]: (1.0, 0.0),
        CASES[1]: (0.5, 0.5, 0.0),
        CASES[2]: (0.6, 0.5, 0.0),
        CASES[3]: (0.2, 0.45, 0.45, 0.0),
    }
)
"""Weights before any judgement was seen: counting is calibrated and stands for itself (docs/experiments.md); a judge is believed by
about half, for its log-odds say too much, and two judges overlap, so that together they weigh little more than one."""


def heard(said: Said, name: str) -> float | None:
    """What one way says, held to `MOST`; counting and length say 0 where they were not asked."""
    value = said.get(name)
    if value is None or not math.isfinite(value):
        return 0.0 if name in CASES[0] else None
    return max(-MOST, min(MOST, value))


@lru_cache(maxsize=1)
def shipped_guess() -> StackedGuess:
    """The weights that come with the program."""
    file = resources.files("app.induction.guessing").joinpath("guess.json")
    return read_guess(file.read_bytes(), "the weights that come with the program")


def read_guess(data: bytes, name: str) -> StackedGuess:
    """The weights in a file called `name`. Raises BadInput, naming the file and the fault, for anything that is none."""
    try:
        stored = json.loads(data)
    except ValueError as error:
        raise BadInput(
            f"{name}: this is no JSON. Learn weights with: python -m app learn-guess FOLDERS --out FILE"
        ) from error
    if not isinstance(stored, dict) or stored.get("schema") != SCHEMA:
        raise BadInput(f"{name}: these are no weights of this program; their schema should be {SCHEMA}.")
    rows = stored.get("cases")
    found = [_case(row, name) for row in rows] if isinstance(rows, list) else []
    if [tuple(case.weights) for case in found] != list(CASES):
        told = "; ".join(", ".join(case) for case in CASES)
        raise BadInput(f"{name}: it should have these cases in this order: {told}. Learn it anew.")
    return StackedGuess(tuple(found), str(stored.get("attribution", "")))


def _case(row: object, name: str) -> Case:
    weights = row.get("weights") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(weights, dict):
        raise BadInput(f"{name}: a case should hold weights.")
    for way, weight in weights.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not math.isfinite(weight):
            raise BadInput(f"{name}: the weight of {way} should be a number.")
    counts = [row.get(key) for key in ("people", "judgements")]
    if not all(isinstance(count, int) for count in counts):
        raise BadInput(f"{name}: people and judgements of a case should be whole numbers.")
    return Case({str(way): float(weight) for way, weight in weights.items()}, int(counts[0] or 0), int(counts[1] or 0))
