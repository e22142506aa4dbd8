"""From kept judgements to observations with a person and a conversation, and the words that several tables share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from app.induction.proof.resampling import FEWEST_PEOPLE, Observation
from app.induction.proof.statistics import Mean, mean_difference, share, sign_flip_p_value
from app.induction.traits.learning import NO_TRAIT_HOLDS
from app.services.evaluating.folder import LEARNT, Judged, Record
from app.services.evaluating.plots import Dot
from app.services.evaluating.tables import between, counted, p_value, percent, points

PLAIN = "plain"
COIN = "coin"
LABELS: Mapping[str, str] = MappingProxyType(
    {
        PLAIN: "plain judge",
        "stated": "stated preferences",
        "demographics": "demographics",
        "memory": "memory (facts from the history)",
        "history": "plain history",
        "prompt": "exported prompt",
        "demonstrations": "demonstrations",
        "both": "exported prompt and demonstrations",
        "longer": "the longer answer",
        "counted": "counting with a prior",
        "guess": "one guess of all",
        COIN: "coin",
    }
)


@dataclass(frozen=True, slots=True)
class Count:
    """How often one way of guessing was right, and how much more often than another on the same choices."""

    share: Mean
    gap: Mean
    p: float
    failed: int

    @property
    def cells(self) -> tuple[str, ...]:
        """right, of, accuracy, 95 %, to plain, 95 %, p."""
        found, gap = self.share, self.gap
        return (
            f"{self.hits:g}",
            str(found.n),
            percent(found.value),
            between(found.low, found.high),
            points(gap.value),
            between(gap.low, gap.high, signed=True),
            p_value(self.p),
        )

    @property
    def hits(self) -> float:
        return self.share.value * self.share.n if self.share.n else 0.0

    @property
    def people(self) -> list[int]:
        """Of how many people each of its intervals is."""
        return [found.people for found in (self.share, self.gap) if not math.isnan(found.low)]

    def dot(self, label: str, most_people: int = 0) -> Dot:
        """For a plot; thin where the others, of so many people, rest on more."""
        found, of = self.share, f"{self.hits:g} of {self.share.n}, {counted(self.share.people, 'person')}"
        return Dot(label, found.value, found.low, found.high, of, is_thin=found.people < most_people)

    def as_json(self) -> dict[str, Any]:
        return {
            "hits": self.hits,
            **asdict(self.share),
            "to_plain": {**asdict(self.gap), "p": self.p},
            "failed": self.failed,
        }


CELLS = ("right", "of", "accuracy", "95 %", "to plain", "95 %", "p")


def count(judged: Sequence[Judged], plain: Sequence[Judged], seed: int) -> Count:
    """Failed judgements are neither right nor wrong. A coin is right on one half by what it is and has no interval."""
    hits, failed = observed(judged), sum(one.hit is None for one in judged)
    if judged and all(one.arm == COIN for one in judged):
        half = Mean(0.5, math.nan, math.nan, len(hits), len({one.person for one in hits}))
        return Count(half, mean_difference([], seed), math.nan, failed)
    gaps = _differences(judged, plain)
    p = sign_flip_p_value(gaps, seed) if gaps else math.nan
    return Count(share(hits, seed), mean_difference(gaps, seed), p, failed)


def observed(judged: Sequence[Judged]) -> list[Observation]:
    """The hits and misses."""
    return [
        Observation(one.person, one.conversation, one.pair, float(one.hit), float(one.learnt_from))
        for one in judged
        if one.hit is not None
    ]


def who(judged: Sequence[Judged]) -> str:
    """As in `12 people, 72 unseen choices`."""
    people, pairs = {one.person for one in judged}, {(one.person, one.pair) for one in judged}
    return f"{counted(len(people), 'person')}, {counted(len(pairs), 'unseen choice')}"


def interval_words(counts: Iterable[Count], *others: int) -> list[str]:
    """What the intervals and p-values take as clusters; nothing where there are none. `others`: people of other figures."""
    people = [number for number in (*others, *(number for found in counts for number in found.people)) if number]
    if not people:
        return []
    if min(people) >= FEWEST_PEOPLE:
        return ["Intervals and p-values take whole people as clusters."]
    few = (
        f"fewer than {FEWEST_PEOPLE} people, intervals take people, and conversations inside them, as clusters, and "
        "p-values of differences take conversations."
    )
    if max(people) < FEWEST_PEOPLE:
        return [f"With {few}"]
    return [f"Intervals and p-values take whole people as clusters. Where a figure is of {few}"]


def most_people(counts: Iterable[Count]) -> int:
    """Of how many people the figure is that is of the most."""
    return max((found.share.people for found in counts), default=0)


def fewer_words(counts: Mapping[str, Count]) -> list[str]:
    """Which figures rest on fewer people than the others, so that nobody sets them side by side; nothing where all are alike."""
    most = most_people(counts.values())
    fewer = [f"{name} ({found.share.people})" for name, found in counts.items() if 0 < found.share.people < most]
    if not fewer:
        return []
    said = (
        f"Resting on fewer people than the others ({most}): {', '.join(fewer)}. Compare such a row with the plain judge on the "
        "same choices (to plain), not with the rows beside it."
    )
    return [said]


def persona_words(record: Record) -> list[str]:
    """For how many lessons no trait held; said because the arms that need one then know nothing."""
    latest = _lessons(record)
    without = sum(not row["persona"] for row in latest)
    if not without or not {"prompt", "demonstrations", "both"} & set(record.plan["arms"]):
        return []
    return [f"In {without} of {counted(len(latest), 'lesson')} no trait held, and the judge was told of none."]


def missing_words(record: Record) -> list[str]:
    """In how many lessons calls failed, so that less was learnt than could be; that no trait held is said elsewhere."""
    latest = _lessons(record)
    less = sum(any(sentence != NO_TRAIT_HOLDS for sentence in row["missing"]) for row in latest)
    if not less:
        return []
    return [f"{less} of {counted(len(latest), 'lesson')} {'misses' if less == 1 else 'miss'} something; see {LEARNT}."]


def _lessons(record: Record) -> list[dict[str, Any]]:
    """What each lesson came to the last time."""
    latest = {(row["person"], row["part"], row["learnt_from"], row["learnt_with"]): row for row in record.learnt}
    return list(latest.values())


def _differences(judged: Sequence[Judged], others: Sequence[Judged]) -> list[Observation]:
    """Hit minus the other's hit, by the same judge on the choices on which both gave a verdict."""
    known = {(one.person, one.pair, one.judged_with): one.hit for one in others if one.hit is not None}
    found = []
    for one in judged:
        other = known.get((one.person, one.pair, one.judged_with))
        if one.hit is not None and other is not None and one.arm != PLAIN:
            found.append(Observation(one.person, one.conversation, one.pair, float(one.hit) - float(other)))
    return found
