"""Simulated people whose taste has nothing to do with what they talk about, and people who do not always know what they want,
beside ordinary ones.

    python -m bench.arbitrary                             16 people a seed, five seeds drawn now and printed
    python -m bench.arbitrary --people 4 --seeds 7,8      a first look, at these seeds
    python -m bench.arbitrary --check                     ends with 1 where a bar is missed

`ordinary` people ask anything. `arbitrary` ones have the same tastes, person for person, each moved to a topic that the
seed draws: all their requests are about it, or the taste that they have for one topic alone is for this one. Whoever guesses a
taste by what somebody talks about is right here no oftener than by chance. `noisy` people are the ordinary ones, of whose choices
that are learnt from 83 in 100 stand as they were meant and the others are turned round, as people do who are asked again; what
they are guessed on is what they meant. The stand-in model answers in process, so no time is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.domain.choices.preference import PreferencePair
from app.domain.errors import ProblemError
from app.domain.people.about import NOTHING_SAID
from app.induction.counting.counted_model import fit_counted
from app.induction.counting.prior import shipped_prior
from app.induction.induce import fit, ignore
from app.induction.proof.arms import Knowledge, judge_arms
from app.induction.run import Run
from bench import runs
from bench.arbitrary_bars import ARMS, ASKED, SORTS, bars, table
from bench.counting_bars import print_bars
from bench.in_process import StandInPort
from bench.people import WITH_A_TASTE, Person, choices, person
from bench.people_texts import REQUESTS
from bench.runner import share_right

KEPT = 0.83
"""Share of people's choices that they make again when they are asked again."""
_SEEDS = 5

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """One person of a sort, with the most choices that are learnt from and those to be guessed."""

    sort: str
    seed: int
    one: Person
    learnt: tuple[PreferencePair, ...]
    unseen: tuple[PreferencePair, ...]


def moved(one: Person, topic: str) -> Person:
    """The same taste, of somebody who talks about one topic; a taste that holds for one topic alone holds for this one."""
    bound = [kind for kind in one.tastes if kind]
    if bound:
        return replace(one, tastes={topic: one.tastes[bound[0]], "": one.tastes[""]})
    return replace(one, topic=topic)


def noisy(pairs: Sequence[PreferencePair], kept: float, rng: random.Random) -> list[PreferencePair]:
    """The choices, each turned round unless it is among the share that is kept."""
    return [
        pair
        if rng.random() < kept
        else replace(pair, chosen=pair.rejected, rejected=pair.chosen, chosen_first=not pair.chosen_first)
        for pair in pairs
    ]


def tasks(seed: int, people: int, most: int, tests: int) -> Iterator[Task]:
    """The people of one seed, each in all sorts, one after the other."""
    rng = random.Random(f"arbitrary {seed}")
    topics = list(REQUESTS)
    for place in range(people):
        one = person(WITH_A_TASTE[place % len(WITH_A_TASTE)], rng.randrange(10**6))
        topic = rng.choice(topics)
        made = {
            "ordinary": choices(one, most + tests, seed),
            "arbitrary": choices(moved(one, topic), most + tests, seed),
        }
        made["noisy"] = [*noisy(made["ordinary"][:most], KEPT, rng), *made["ordinary"][most:]]
        for sort in SORTS:
            yield Task(sort, seed, one, tuple(made[sort][:most]), tuple(made[sort][most:]))


async def measured(task: Task, n: int, recipe: str) -> Line:
    """The line of one run: the first `n` choices learnt, the unseen ones guessed. A failure is told in `error`."""
    learnt = task.learnt[:n]
    line: Line = {
        "impl": task.sort,
        "data": str(task.seed),
        "user": task.one.name,
        "person": f"{task.seed}/{task.one.name}",
        "n": n,
        "recipe": recipe,
        "error": None,
    }
    try:
        made = await fit(learnt, StandInPort(), recipe=recipe, seed=task.seed)
        known = Knowledge(learnt, NOTHING_SAID, made.persona, None, "", fit_counted(learnt, shipped_prior()))
        run = Run(StandInPort(), task.seed, ignore, describe=lambda _: {})
        judged = await judge_arms(run, known, ARMS, task.unseen)
    except ProblemError as error:
        return {**line, "error": f"{type(error).__name__}: {error}"}
    return {**line, **{arm: share_right(judged[arm]) for arm in ARMS}}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=16, help="of each seed")
    parser.add_argument("--seeds", type=_numbers, default=None, help="comma list; default: five drawn now")
    parser.add_argument("--ns", type=_numbers, default=list(ASKED), help="comma list: choices to learn from")
    parser.add_argument("--tests", type=int, default=20, help="choices of each person to be guessed")
    parser.add_argument("--recipe", default="traits")
    parser.add_argument("--out", type=Path, help="keep a line for each run here; what stands there is not run again")
    parser.add_argument("--check", action="store_true", help="end with 1 where a bar is missed")
    options = parser.parse_args(arguments)
    seeds = options.seeds or [secrets.randbelow(10**6) for _ in range(_SEEDS)]
    print(
        f"Seeds {', '.join(map(str, seeds))}; {options.people} people each, {options.tests} choices guessed.\n",
        flush=True,
    )
    done = {_key(line): line for line in runs.read_lines(options.out)} if options.out and options.out.exists() else {}
    lines = []
    for seed in seeds:
        for task in tasks(seed, options.people, max(options.ns), options.tests):
            for n in options.ns:
                found = done.get((str(seed), task.one.name, task.sort, n))
                line = found or asyncio.run(measured(task, n, options.recipe))
                lines.append(line)
                if options.out and not found:
                    with options.out.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(line) + "\n")
    print(table(lines, KEPT))
    held = bars(lines)
    print_bars(held)
    if options.check and not all(bar.holds for bar in held):
        sys.exit(1)


def _key(line: Mapping[str, Any]) -> tuple[str, str, str, int]:
    return str(line["data"]), str(line["user"]), str(line["impl"]), int(line["n"])


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


if __name__ == "__main__":
    main()
