"""Learning a prior from many people's choices: what most people choose, and how sure that is.

Weights by ridge over all choices: of length with a standard deviation of 1, of everything else of a tenth, for richer
weights learn which model wrote an answer and not what people like (docs/experiments.md). Shares by people: how their
counts spread says how much a share of most people weighs against a person's own choices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.errors import BadInput
from app.domain.measures import LENGTH, NAMES, Row, sides
from app.induction.counting.betas import fit_beta
from app.induction.counting.posterior import Normal, update
from app.induction.counting.prior import CountedPrior

FEWEST_PEOPLE, FEWEST_CHOICES = 5, 100
_LENGTH_SD, _OTHER_SD = 1.0, 0.1


@dataclass(frozen=True, slots=True)
class Source:
    """One file of choices: the rows of each person (domain/measures)."""

    name: str
    people: Mapping[str, Sequence[Row]]

    @property
    def choices(self) -> int:
        return sum(map(len, self.people.values()))


def learn_prior(sources: Sequence[Source], attribution: str) -> CountedPrior:
    """The prior of these people. People of two sources are different people, whatever their names.

    Raises BadInput for fewer than 5 people with choices or 100 choices: most people cannot be told from so few.
    """
    people = [list(rows) for source in sources for rows in source.people.values() if rows]
    rows = [row for person in people for row in person]
    if len(people) < FEWEST_PEOPLE or len(rows) < FEWEST_CHOICES:
        raise BadInput(
            f"A prior says what most people choose: it takes {FEWEST_CHOICES} choices of {FEWEST_PEOPLE} people or more, and "
            f"there {'is' if len(rows) == 1 else 'are'} {len(rows):,} of {len(people):,}. Name further files."
        )
    spread = tuple((_LENGTH_SD if name == LENGTH else _OTHER_SD) ** 2 for name in NAMES)
    found = update(Normal((0.0,) * len(NAMES), spread), rows)
    counts = [[_counts(person, at) for person in people] for at in range(len(NAMES))]
    return CountedPrior(
        Normal(found.mean, found.variance),
        tuple(fit_beta(each) for each in counts),
        people=len(people),
        choices=len(rows),
        sources=tuple(source.name for source in sources),
        attribution=attribution,
    )


def _counts(rows: Sequence[Row], at: int) -> tuple[int, int]:
    seen = [sides(row)[at] for row in rows]
    return seen.count(1), seen.count(-1)
