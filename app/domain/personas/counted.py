"""What counting says of one person, as it is stored in the persona document: traits that are predicates, and the gate.

A trait, as any reader can run it: `{"measure": "lists", "more": true, "for": 8, "against": 2, "most_people": 0.68,
"sure": 0.97, "sets_apart": false, ...}` says that of ten choices that differ in lists eight went to the answer with more of
them, as 68 in 100 of most people's do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.choices.preference import PreferencePair
from app.domain.errors import BadInput
from app.domain.measures import BY_NAME, NAMES, Row, row_of, sides


@dataclass(frozen=True, slots=True)
class CountedTrait:
    """One side of one measure (domain/measures) that a person's choices went to.

    supporting, opposing   ids of the choices that differ in it and went to this side, or to the other
    most_people   share (0 to 1) of most people's choices that go to this side
    share         the same of this person, as far as is known: own choices, shrunk towards most people's
    sure          probability that more than half of this person's further choices go to this side
    sets_apart    whether the choices themselves show that this person is not like most people in it
    low, high     ends of the range in which the share lies with 95 in 100; (0, 1) where nobody asked for it
    """

    measure: str
    more: bool
    supporting: tuple[str, ...]
    opposing: tuple[str, ...]
    most_people: float
    share: float
    sure: float
    sets_apart: bool
    low: float = 0.0
    high: float = 1.0

    @property
    def for_it(self) -> int:
        return len(self.supporting)

    @property
    def against_it(self) -> int:
        return len(self.opposing)

    @property
    def text(self) -> str:
        """As a trait is worded: `prefers answers with more list items`."""
        return f"prefers answers {BY_NAME[self.measure].told(more=self.more)}"

    def vote_on(self, row: Row) -> int:
        """1 where the answer that the row speaks for clearly has what this person wants, -1 the other, 0 neither."""
        side = sides(row)[NAMES.index(self.measure)]
        return side if self.more else -side

    def vote(self, pair: PreferencePair) -> int:
        """The same for the chosen answer of a pair."""
        return self.vote_on(row_of(pair))

    def as_json(self) -> dict[str, Any]:
        return {
            "measure": self.measure,
            "more": self.more,
            "for": self.for_it,
            "against": self.against_it,
            "most_people": self.most_people,
            "share": self.share,
            "sure": self.sure,
            "sets_apart": self.sets_apart,
            "low": self.low,
            "high": self.high,
            "supporting": list(self.supporting),
            "opposing": list(self.opposing),
        }


def counted_trait_from_json(row: Mapping[str, Any]) -> CountedTrait:
    """The trait of a stored predicate. Raises BadInput for a measure that this version does not count, KeyError, TypeError
    and ValueError for what has another form."""
    if row["measure"] not in BY_NAME:
        raise BadInput(f"This version counts no {str(row['measure'])[:40]!r}. It counts: {', '.join(NAMES)}.")
    return CountedTrait(
        measure=str(row["measure"]),
        more=bool(row["more"]),
        supporting=tuple(map(str, row["supporting"])),
        opposing=tuple(map(str, row["opposing"])),
        most_people=float(row["most_people"]),
        share=float(row["share"]),
        sure=float(row["sure"]),
        sets_apart=bool(row["sets_apart"]),
        low=float(row.get("low", 0.0)),
        high=float(row.get("high", 1.0)),
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """All that counting found in the choices of one person.

    traits       at most five, the surest first; they stand whether or not the gate is passed
    passes       whether the choices pass the gate (induction/counting/foresight); where they do not, nothing may be said of
                 a taste, and the traits are counts alone
    times        how many times likelier than a coin's the choices are
    contrary     probability that the person is the contrary of most people in length: above one half it may be said
    own          probability that the person has a taste of their own
    languages    how many choices are in each language of request (BCP 47 codes), the commonest first
    measures     what was counted, by language
    prior        what most people are: `{"people", "choices", "attribution"}`
    """

    choices: int
    traits: tuple[CountedTrait, ...]
    passes: bool
    times: float
    contrary: float
    own: float
    languages: Mapping[str, int]
    measures: Mapping[str, tuple[str, ...]]
    prior: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {
            "choices": self.choices,
            "traits": [trait.as_json() for trait in self.traits],
            "passes": self.passes,
            "times": float(f"{self.times:.3g}"),
            "contrary": round(self.contrary, 4),
            "own": round(self.own, 4),
            "languages": dict(self.languages),
            "measures": {language: list(names) for language, names in self.measures.items()},
            "prior": dict(self.prior),
        }
