"""What the chosen answers of one person have more or less of, beside what most people choose: counted, no model needed.

The counts are those of the traits: the same measures (domain/measures), one row a decision, and a difference counts where a
reader may notice it. Where the answers hardly differ in a thing, a decision says nothing of it and is left out of its count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.choices.decisions import heads_of
from app.domain.choices.preference import PreferencePair
from app.domain.measures import MEASURES, Row, sides
from app.domain.personas.persona import Accuracy

FIRST_SHOWN = "first_shown"


@dataclass(frozen=True, slots=True)
class StyleFact:
    """In `more` of the `n` decisions that differ in it the chosen answer had more of it; `label` completes "you chose answers ...".

    most_people   share (0 to 1) of most people's choices that go to more of it, None where that was not counted
    """

    name: str
    label: str
    more: int
    n: int
    most_people: float | None = None

    @property
    def share(self) -> float:
        return self.more / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson interval (95 %) of the share; (0, 1) where nothing was counted."""
        return Accuracy(self.more, self.n).interval()

    @property
    def stands_out(self) -> bool:
        """Whether the interval leaves out an even split, in either direction."""
        low, high = self.interval
        return self.n > 0 and (low > 0.5 or high < 0.5)


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """One fact a measure, in the order of `MEASURES`, the side shown last; `choices` is the number of decisions, `read` how many
    choices they come from."""

    facts: tuple[StyleFact, ...]
    choices: int
    read: int

    def as_json(self) -> dict[str, object]:
        """`{"choices", "read", "facts": [{"name", "label", "more", "n", "share", "low", "high", "stands_out", "most_people"}]}`."""
        return {
            "choices": self.choices,
            "read": self.read,
            "facts": [
                {
                    "name": fact.name,
                    "label": fact.label,
                    "more": fact.more,
                    "n": fact.n,
                    "share": round(fact.share, 4),
                    "low": round(fact.interval[0], 4),
                    "high": round(fact.interval[1], 4),
                    "stands_out": fact.stands_out,
                    "most_people": fact.most_people,
                }
                for fact in self.facts
            ],
        }


def style_facts(pairs: Sequence[PreferencePair], rows: Sequence[Row], most_people: Mapping[str, float]) -> StyleFacts:
    """The facts of a person's choices: `rows` has one row a decision (`rows_of`), `most_people` by measure the share of their
    choices that go to more of it."""
    heads = heads_of(pairs)
    columns = list(zip(*(sides(row) for row in rows), strict=True)) or [()] * len(MEASURES)
    facts = [
        StyleFact(
            measure.name,
            measure.more,
            column.count(1),
            len(column) - column.count(0),
            round(most_people[measure.name], 2),
        )
        for measure, column in zip(MEASURES, columns, strict=True)
    ]
    first = sum(pair.chosen_first for pair in heads)
    facts.append(StyleFact(FIRST_SHOWN, "that were shown first", first, len(heads)))
    return StyleFacts(facts=tuple(facts), choices=len(heads), read=len(pairs))
