"""Real decisions of real people for the bench of counting: who learns from what, and is tested on what.

Nothing that belongs together, a conversation or an answer to a request, both teaches and tests. A prior for a source saw
neither that source nor any request of it.
"""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from app.domain.choices.decisions import Decision, decisions_of, one_of_each
from app.domain.choices.preference import PreferencePair, together
from app.domain.flaws import that_teach
from app.domain.measures import Row, row_of, rows_of
from app.domain.transcripts.preference_files import everyone_from_jsonl
from app.induction.counting.counted_model import longer_log_odds
from app.induction.counting.learn_prior import Source, learn_prior
from app.induction.counting.prior import CountedPrior
from bench.flat_style import FlatRow, flat_row

SIZES = (0, 3, 5, 10, 15, 30)
_FEWEST = 5
_TESTED = 0.35
_DRAWS = 2_000


@dataclass(frozen=True)
class Decided:
    """One decision of one person, measured once for every way of guessing.

    row, flat   what it teaches: the mean over its losers
    pair        what it is tested on: one of its losers, drawn by a seed, with `asked`, `asked_flat` and `longer` of it
    """

    source: str
    person: str
    item: str
    pair: PreferencePair
    row: Row
    flat: FlatRow
    asked: Row
    asked_flat: FlatRow
    longer: float


@dataclass(frozen=True)
class Task:
    """Learn from the first so many of `pool`, guess `tests`: one draw for one person."""

    source: str
    person: str
    pool: tuple[Decided, ...]
    tests: tuple[Decided, ...]


def decided_in(files: Sequence[Path], *, every: bool = False) -> list[Decided]:
    """Every decision in the files that teaches something of manner, or with `every` those over broken answers too, whatever its
    split; a file is a source."""
    return [
        _decided(file.stem, f"{file.stem}/{found.user}", decision)
        for file in files
        for found in everyone_from_jsonl(file.read_bytes(), file.name)
        for decision in decisions_of(found.every if every else that_teach(found.every))
    ]


def _decided(source: str, person: str, decision: Decision) -> Decided:
    (pair,) = one_of_each(decision.pairs, 0)
    (row,) = rows_of(decision.pairs)
    flat = zip(*(flat_row(each) for each in decision.pairs), strict=True)
    item = " ".join(re.findall(r"\w+", pair.context[0].content.lower()))
    return Decided(
        source,
        person,
        item,
        pair,
        row,
        tuple(map(fmean, flat)),
        row_of(pair),
        flat_row(pair),
        longer_log_odds(pair),
    )


def by_person(choices: Sequence[Decided]) -> Mapping[str, list[Decided]]:
    people: dict[str, list[Decided]] = defaultdict(list)
    for one in choices:
        people[one.person].append(one)
    return people


def tasks(choices: Sequence[Decided], repeats: int, seed: int) -> list[Task]:
    """People with five decisions or more, each parted so many times: about a third tests."""
    found = []
    for person, own in sorted(by_person(choices).items()):
        known = {one.pair.pair_id: one for one in own}
        groups = [[known[pair.pair_id] for pair in group] for group in together([one.pair for one in own])]
        if len(own) < _FEWEST or len(groups) < 2:
            continue
        for repeat in range(repeats):
            rng = random.Random(f"{seed}/{person}/{repeat}")
            rng.shuffle(groups)
            pool: list[Decided] = []
            tests: list[Decided] = []
            for group in groups:
                has_room = len(tests) < _TESTED * len(own) and len(own) - len(tests) - len(group) >= 1
                (tests if has_room else pool).extend(rng.sample(group, len(group)))
            found.append(Task(own[0].source, person, tuple(pool), tuple(tests)))
    return found


def prior_of(choices: Sequence[Decided]) -> CountedPrior:
    """What these people choose."""
    sources: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for one in choices:
        sources[one.source][one.person].append(one.row)
    return learn_prior([Source(name, people) for name, people in sources.items()], "")


def priors_without(teaching: Sequence[Decided], tested: Sequence[Decided]) -> dict[str, CountedPrior]:
    """For each tested source the prior of the others' choices, none of them on a request of that source."""
    found = {}
    for source in sorted({one.source for one in tested}):
        items = {one.item for one in tested if one.source == source}
        found[source] = prior_of([one for one in teaching if one.source != source and one.item not in items])
    return found


def turned(row: tuple[float, ...], sign: int) -> tuple[float, ...]:
    """A row as it would be had the other answer been chosen, where `sign` is -1."""
    return tuple(sign * entry for entry in row)


class Scores:
    """Hits by way of guessing, size and decision; a decision that was guessed several times counts by its mean."""

    def __init__(self) -> None:
        self._hits: dict[tuple[str, int], dict[tuple[str, str, str], list[float]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._losses: dict[tuple[str, int], list[float]] = defaultdict(list)

    def add(self, way: str, size: int, one: Decided, log_odds: float) -> None:
        hit = 0.5 if abs(log_odds) < 1e-9 else float(log_odds > 0)
        self._hits[way, size][one.source, one.person, one.pair.pair_id].append(hit)
        self._losses[way, size].append(math.log1p(math.exp(-log_odds)))

    def of(self, way: str, size: int, sources: Sequence[str] = ()) -> dict[tuple[str, str, str], float]:
        hits = self._hits[way, size]
        return {key: fmean(values) for key, values in hits.items() if not sources or key[0] in sources}

    def log_loss(self, way: str, size: int) -> float:
        """Mean of minus the natural logarithm of what was said of the real choice, over all guesses; 0.693 is a coin's."""
        return fmean(self._losses[way, size])

    def share(self, way: str, size: int, sources: Sequence[str] = ()) -> tuple[float, float, float, int, int]:
        """Mean, its 95 % interval by drawing whole people, people and decisions."""
        return _clustered(self.of(way, size, sources))

    def gap(self, one: str, other: str, size: int, sources: Sequence[str] = ()) -> tuple[float, float, float, int, int]:
        """The same of the difference on the same decisions."""
        a, b = self.of(one, size, sources), self.of(other, size, sources)
        return _clustered({key: a[key] - b[key] for key in a})


def _clustered(values: Mapping[tuple[str, str, str], float]) -> tuple[float, float, float, int, int]:
    people: dict[str, list[float]] = defaultdict(list)
    for (_, person, _), value in values.items():
        people[person].append(value)
    if not people:
        return 0.0, 0.0, 0.0, 0, 0
    sums = [(sum(own), len(own)) for own in people.values()]
    rng = random.Random(0)
    means = []
    for _ in range(_DRAWS):
        drawn = rng.choices(sums, k=len(sums))
        means.append(sum(total for total, _ in drawn) / sum(n for _, n in drawn))
    means.sort()
    total, n = (sum(column) for column in zip(*sums, strict=True))
    return total / n, means[_DRAWS // 40], means[-_DRAWS // 40], len(people), n
