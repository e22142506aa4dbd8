"""Simulated people with a known taste, and their choices between answers: what the methods are measured on.

    python -m bench.people --kinds sparse,conditional --people 16 --choices 60 --tests 30 > people.jsonl

writes rows of our preference schema, `{"user_id": "sparse-0", "split": "train", "context": [...], "chosen": {...},
"rejected": {...}, "present_first": "chosen"}`. Equal arguments write equal files.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.texts.conversation import Turn, context_as_json
from bench.people_texts import REQUESTS, Manner, answer
from bench.stand_in_taste import AXES, gaps

Kind = Literal["single", "conflicting", "conditional", "none", "position", "length", "sparse"]
KINDS: tuple[Kind, ...] = ("single", "conflicting", "conditional", "none", "position", "length", "sparse")
WITH_A_TASTE: tuple[Kind, ...] = ("single", "conflicting", "conditional", "sparse")

_LEAST_DIFFERENCE = 0.35
"""A person who hardly sees a difference gives no verdict; such pairs are drawn again."""
_SINGLE = (
    ("long", -1),
    ("examples", 1),
    ("lists", -1),
    ("warm", 1),
    ("hedges", -1),
    ("lists", 1),
    ("long", 1),
    ("warm", -1),
)
_CONFLICTS = (
    (("long", -1.15), ("examples", 1.0)),
    (("long", -1.4), ("warm", 0.8)),
    (("lists", -0.8), ("examples", 1.2)),
)
_CONDITIONS = (("code", "long", -1), ("code", "examples", 1), ("making", "lists", -1))
_SHARE_OF_THE_KIND = 0.4
_CONFLICTING = 0.7


@dataclass(frozen=True, slots=True)
class Person:
    """One simulated person.

    tastes   weight by axis (of bench/stand_in_taste.py), under "" for any request or under the request kind they hold for
    sharp    how strictly the taste is followed: log-odds of a choice per unit of liking
    topic    the one kind of request that they talk about, "" for any
    rule     "taste", or how somebody without any chooses: "coin", "first" (shown first), "longer"
    """

    kind: Kind
    seed: int
    tastes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    sharp: float = 4.0
    rule: Literal["taste", "coin", "first", "longer"] = "taste"
    topic: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.seed}"

    def taste_for(self, request_kind: str) -> Mapping[str, float]:
        """The weights that hold for a kind of request."""
        return self.tastes.get(request_kind, self.tastes.get("", {}))

    def liking(self, request_kind: str, one: str, other: str) -> float:
        """How much better the one answer is liked than the other."""
        gap = gaps(one, other)
        return sum(weight * gap[name] for name, weight in self.taste_for(request_kind).items())


def person(kind: Kind, seed: int) -> Person:
    """The person of this kind and number. The number turns through tastes, so that neighbours differ."""
    if kind == "single":
        axis, side = _SINGLE[seed % len(_SINGLE)]
        return Person(kind, seed, {"": {axis: float(side)}})
    if kind == "conflicting":
        return Person(kind, seed, {"": {axis: float(side) for axis, side in _CONFLICTS[seed % len(_CONFLICTS)]}})
    if kind == "conditional":
        request_kind, axis, side = _CONDITIONS[seed % len(_CONDITIONS)]
        return Person(kind, seed, {request_kind: {axis: float(side)}, "": {axis: -float(side)}})
    if kind == "sparse":
        rng = random.Random(f"person {seed}")
        drawn = rng.sample([axis.name for axis in AXES], 3)
        taste = {name: (1 if rng.random() < 0.6 else -1) * rng.uniform(0.6, 1.4) for name in drawn}
        return Person(kind, seed, {"": taste}, sharp=2.0)
    rules: Mapping[str, Literal["coin", "first", "longer"]] = {"none": "coin", "position": "first", "length": "longer"}
    return Person(kind, seed, rule=rules[kind])


def pairs(kind: Kind, seed: int, n: int, draw: int = 0) -> list[PreferencePair]:
    """`n` choices of the person of this kind and number, each in a conversation of its own, sides drawn fairly.

    `draw` gives the same person other requests and answers. The first choices do not depend on `n`.
    """
    return choices(person(kind, seed), n, draw)


def choices(one: Person, n: int, draw: int = 0) -> list[PreferencePair]:
    """The same of any person."""
    return list(_choices(one, n, draw))


def row_of(pair: PreferencePair, user: str, split: str) -> dict[str, Any]:
    """A choice as a row of our preference schema."""
    return {
        "user_id": user,
        "split": split,
        "seq": pair.seq,
        "conversation_id": pair.conversation_id,
        "context": context_as_json(pair.context),
        "chosen": {"role": "assistant", "content": pair.chosen.text},
        "rejected": {"role": "assistant", "content": pair.rejected.text},
        "present_first": "chosen" if pair.chosen_first else "rejected",
    }


def rows(kinds: Sequence[Kind], people: int, choices: int, tests: int, draw: int = 0) -> Iterator[dict[str, Any]]:
    """Rows of `people` persons, the kinds in turn; the last `tests` choices of each have split "test"."""
    for place in range(people):
        one = person(kinds[place % len(kinds)], place // len(kinds))
        for number, pair in enumerate(_choices(one, choices, draw)):
            yield row_of(pair, one.name, "test" if number >= choices - tests else "train")


def _choices(one: Person, n: int, draw: int) -> Iterator[PreferencePair]:
    rng = random.Random(f"{one.name}/{draw}")
    seen: set[tuple[str, str]] = set()
    number = 0
    while number < n:
        request_kind = _request_kind(one, rng)
        request, subject = rng.choice(REQUESTS[request_kind])
        first, second = (answer(request_kind, subject, manner, rng) for manner in _manners(one, rng))
        chooses_first = _chooses_first(one, request_kind, first, second, rng)
        if chooses_first is None or first == second or (first, second) in seen:
            continue
        seen.add((first, second))
        chosen, rejected = (first, second) if chooses_first else (second, first)
        name = f"{one.name}-{draw}-{number}"
        yield PreferencePair(
            pair_id=name,
            context=(Turn("user", request),),
            chosen=Completion(chosen),
            rejected=Completion(rejected),
            conversation_id=f"conversation-{name}",
            chosen_first=chooses_first,
            seq=number,
        )
        number += 1


def _request_kind(one: Person, rng: random.Random) -> str:
    if one.topic:
        return one.topic
    bound = [kind for kind in one.tastes if kind]
    if bound and rng.random() < _SHARE_OF_THE_KIND:
        return bound[0]
    return rng.choice([kind for kind in REQUESTS if kind not in bound])


def _manners(one: Person, rng: random.Random) -> list[Manner]:
    made = [_manner(rng) for _ in range(2)]
    liked = one.tastes.get("", {})
    if one.kind == "conflicting" and rng.random() < _CONFLICTING:
        # What is liked comes together with what is not, so that the person has to weigh.
        against, wanted = liked
        made.sort(key=lambda manner: _amount(manner, against))
        amounts = sorted(_amount(manner, wanted) for manner in made)
        made = [_with(manner, wanted, amount) for manner, amount in zip(made, amounts, strict=True)]
        rng.shuffle(made)
    return made


def _manner(rng: random.Random) -> Manner:
    sentences = rng.choice((2, 3, 4, 6, 8, 11))
    is_list = rng.random() < 0.5
    return Manner(
        sentences=sentences,
        listed=max(2, sentences - rng.choice((0, 1, 2))) if is_list else 0,
        warm=rng.choice((0, 0, 1, 2, 3)),
        examples=rng.choice((0, 0, 1, 2, 3)),
        hedges=rng.choice((0, 0, 1, 2, 3)),
    )


_FIELDS = {"long": "sentences", "lists": "listed", "warm": "warm", "examples": "examples", "hedges": "hedges"}


def _amount(manner: Manner, axis: str) -> int:
    return int(getattr(manner, _FIELDS[axis]))


def _with(manner: Manner, axis: str, amount: int) -> Manner:
    return replace(manner, **{_FIELDS[axis]: amount})


def _chooses_first(one: Person, request_kind: str, first: str, second: str, rng: random.Random) -> bool | None:
    """Whether the answer shown first is chosen; None where the person sees too little difference to choose."""
    drawn = rng.random()
    if one.rule == "first":
        return True
    if one.rule == "coin":
        return drawn < 0.5
    if one.rule == "longer":
        return None if len(first) == len(second) else len(first) > len(second)
    liked = one.liking(request_kind, first, second)
    if abs(liked) < _LEAST_DIFFERENCE:
        return None
    return drawn < 1 / (1 + math.exp(-one.sharp * liked))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", default="sparse", help=f"comma list out of {', '.join(KINDS)}; they take turns")
    parser.add_argument("--people", type=int, default=16)
    parser.add_argument("--choices", type=int, default=60)
    parser.add_argument("--tests", type=int, default=30, help="how many of the choices, the last ones, are unseen")
    parser.add_argument("--draw", type=int, default=0, help="other requests and answers for the same people")
    options = parser.parse_args()
    wanted = [kind for kind in KINDS if kind in options.kinds.split(",")]
    if len(wanted) != len(options.kinds.split(",")):
        parser.error(f"--kinds takes a comma list out of {', '.join(KINDS)}")
    for row in rows(wanted, options.people, options.choices, options.tests, options.draw):
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
