"""How sure one may be of a persona: what was counted, what was tested, and what each of the two means.

Counting has two findings that may look as if they denied each other. Whether the choices lean at all is the gate's to say
(induction/counting/foresight), and a person of whom traits are told has passed it. How often they foretell one another is the test's;
beside ten choices what most people choose weighs more in a guess, and so somebody who took the list ten times of ten is guessed right on five.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.letter.letter import number_of
from app.domain.personas.persona import COUNTING, wilson

NOTHING_CLAIMED = "Nothing is claimed of you yet."
COUNTS_STAND = "What was counted stands: a coin seldom chooses so."
_MOST_WEIGH_MORE = "; there, what most people choose still weighs more than so few of yours"
_HALF = 0.5


def how_sure(document: Mapping[str, Any], *, is_being_tested: bool = False) -> str:
    """One plain sentence or two, without a statistic."""
    tested = document.get("accuracy")
    if is_being_tested:
        return "How often it is right is still being counted."
    if not document["traits"]:
        return NOTHING_CLAIMED
    if document["is_sketch"]:
        return f"A first guess from {number_of(document)}."
    if not tested or not tested["n"]:
        return f"Made from {number_of(document)}, and not tested on others yet."
    if str(document["verdict"]).startswith("Worse than no persona"):
        return str(document["verdict"]).partition(". ")[0] + ". Better not use it."
    return _what_was_tested(document, int(tested["hits"]), int(tested["n"]))


def is_open(hits: int, n: int) -> bool:
    """Whether so many right guesses could be a coin's."""
    return wilson(hits, n)[0] <= _HALF


def _what_was_tested(document: Mapping[str, Any], hits: int, n: int) -> str:
    right = f"Right on {hits} of {n} unseen choices"
    if is_open(hits, n) and (document.get("report") or {}).get("form") == COUNTING:
        why = _MOST_WEIGH_MORE if _is_guessed_as_most(document) else ""
        return f"{COUNTS_STAND} As a guess it was {right[:1].lower()}{right[1:]}{why}."
    by_length = _by_length_alone(document)
    if by_length or not is_open(hits, n):
        return f"{right}.{by_length}"
    if hits / n <= _HALF:
        return f"{right}, no better than a coin: the counts say what you chose, and not yet what you will choose."
    return f"{right}. That is a small test: a few more choices may change it."


def _is_guessed_as_most(document: Mapping[str, Any]) -> bool:
    """Whether counting takes the person, after their choices, rather for one like most people than for one who is not."""
    shares = document.get("counted") or {}
    return float(shares.get("own", 1)) + float(shares.get("contrary", 1)) < _HALF


def _by_length_alone(document: Mapping[str, Any]) -> str:
    """What the simplest rule was right on, where it explains the choices as well."""
    report: Mapping[str, Any] = document.get("report") or {}
    if report.get("explained_by") != "longer":
        return ""
    found = (arm for arm in report.get("arms") or () if arm["name"] == "longer" and arm["n"])
    return "".join(f" Always taking the longer answer is right on {arm['hits']:g} of {arm['n']}." for arm in found)
