"""One side of one measure that a person's choices went to, in words: own counts, what most people do, apart or not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.domain.letter.names import Side, differing, is_named, side

NO_FAULT = "That is no fault: you may choose by content, which counting cannot see."
_HALF = 0.5
_FEWEST = 3
"""Choices that must differ in a thing before a lean in it is spoken of."""


class Read(NamedTuple):
    """How many choices or decisions wrote a persona, and which of the two words they are called by."""

    number: int
    noun: str = "choices"


@dataclass(frozen=True, slots=True)
class Leaning:
    """A counted trait as the letter reads it (fields: domain/personas/counted)."""

    measure: str
    more: bool
    for_it: int
    against_it: int
    most_people: float
    sets_apart: bool

    @classmethod
    def of(cls, counted: Mapping[str, Any]) -> Leaning:
        """That of a stored predicate."""
        return cls(
            str(counted["measure"]),
            bool(counted["more"]),
            int(counted["for"]),
            int(counted["against"]),
            float(counted["most_people"]),
            bool(counted["sets_apart"]),
        )

    @property
    def side(self) -> Side:
        return side(self.measure, more=self.more)

    @property
    def other(self) -> Side:
        return side(self.measure, more=not self.more)

    @property
    def is_common(self) -> bool:
        """Whether most people lean that way too, and nothing shows that this person does so more than they."""
        return self.most_people > _HALF and not self.sets_apart

    @property
    def agreement(self) -> float:
        """How far the choices are from an even split, in standard errors."""
        return (self.for_it - self.against_it) / math.sqrt(max(1, self.for_it + self.against_it))

    @property
    def usual(self) -> int:
        """In how many of ten choices most people go this way."""
        return round(10 * self.most_people)


def counts(leaning: Leaning, read: Read) -> str:
    """As in `you take the shorter answer in 8 of your 10 choices`, or `... 5 of the 6 decisions that differ in lists`."""
    differ = leaning.for_it + leaning.against_it
    noun = read.noun.removesuffix("s") if differ == 1 else read.noun
    where = (
        ""
        if differ == read.number
        else f" that {'differs' if differ == 1 else 'differ'} in {differing(leaning.measure)}"
    )
    if leaning.for_it == differ:
        return f"you take {leaning.side.taken} in {f'all {differ}' if differ > 1 else 'the one'} {noun}{where}"
    of = f"your {read.number} {noun}" if differ == read.number else f"the {differ} {noun}{where}"
    return f"you take {leaning.side.taken} in {leaning.for_it} of {of}"


def most_do(leaning: Leaning) -> str:
    """What most people do, after the counts and a comma."""
    if leaning.usual == 5:
        return "where other people are split half and half"
    if leaning.usual > 5:
        return f"as most people do in {leaning.usual} of 10"
    return f"where most people take {leaning.other.taken} in {10 - leaning.usual} of 10"


def no_pattern_of(document: Mapping[str, Any], number: str, noun: str) -> list[str]:
    """The letter of somebody of whom nothing may be said: that it is no fault, and what comes nearest to a pattern."""
    told = [
        f"No clear pattern of your own yet: as far as counting goes, a coin could have made these {number}.",
        NO_FAULT,
    ]
    leanings = leanings_of(document)
    if leanings:
        nearest = leanings[0]
        told.append(
            f"What comes nearest: {counts(nearest, Read(-1, noun))}, {most_do(nearest)}. So few may still be luck."
        )
    return told


def leanings_of(document: Mapping[str, Any]) -> list[Leaning]:
    """What was counted where nothing may be said of it, those first whose counts are farthest from a coin's, and of two as far the one
    that most people do not go to: of every measure, and of a document that keeps no counts of those, of its traits."""
    facts = (document.get("style") or {}).get("facts") or []
    traits = (document.get("counted") or {}).get("traits") or []
    found = [_of_fact(fact) for fact in facts if _may_lean(fact)] or [
        Leaning.of(trait) for trait in traits if is_named(str(trait["measure"]))
    ]
    return sorted(found, key=lambda each: (-each.agreement, each.most_people))


def _may_lean(fact: Mapping[str, Any]) -> bool:
    is_known = fact.get("most_people") is not None and is_named(str(fact["name"]))
    return is_known and int(fact["n"]) >= _FEWEST and 2 * int(fact["more"]) != int(fact["n"])


def _of_fact(fact: Mapping[str, Any]) -> Leaning:
    """That of a fact on style (domain/personas/style_facts), to the side that was taken more often."""
    more, n, others = int(fact["more"]), int(fact["n"]), float(fact["most_people"])
    is_more = 2 * more > n
    taken = more if is_more else n - more
    return Leaning(str(fact["name"]), is_more, taken, n - taken, others if is_more else 1 - others, sets_apart=False)


def lower(text: str) -> str:
    """With a small first letter."""
    return text[:1].lower() + text[1:]
