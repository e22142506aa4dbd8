"""Whether what is said of a person hangs on what they talked about: the same choices about other things, and what changes.

    python -m bench.audit choices.jsonl                  every person of the files, counted
    python -m bench.audit choices.jsonl --with stand-in  by the recipe `traits` with the stand-in as the model
    python -m bench.audit choices.jsonl --check          ends with 1 where ten in a hundred more change than by chance

The words of matter are swapped for others of the same choices (bench/other_topics.py); manner, as far as it is counted, stays, and the table says in
how many decisions it does. A trait is the same where it speaks for and against the same choices, however it is worded. Beside it stands what changes by chance: the same choices by another seed, for a model's
noise differs with every text. What it can show is that traits follow topics: they change
where nothing but the topic did. What it cannot show is that a model keeps to manner in sense, for the other texts have none.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from app.domain.choices.preference import PreferencePair
from app.domain.errors import ProblemError
from app.domain.flaws import that_teach
from app.domain.measures import rows_of
from app.domain.personas.counted import CountedTrait
from app.domain.personas.persona import FEWEST_FOR_A_SKETCH, Trait
from app.domain.transcripts.preference_files import everyone_from_jsonl
from app.induction.counting.counted_traits import counted
from app.induction.counting.prior import shipped_prior
from app.induction.induce import fit
from bench.in_process import StandInPort
from bench.other_topics import about_other_things
from bench.runs import as_table

Held = Trait | CountedTrait

MOST_CHANGED = 0.1
"""Most of all traits that may change with the topic beyond those that change by chance."""
SAME = 0.8
"""Cosine of what two traits say of the same choices, from which on they are one."""


@dataclass(frozen=True, slots=True)
class Audit:
    """One person's traits by what becomes of them about other things, and in how many of the decisions manner stayed."""

    person: str
    decisions: int
    same_manner: int
    kept: tuple[str, ...]
    lost: tuple[str, ...]
    new: tuple[str, ...]
    by_chance: float
    """Share of the traits that another seed changes, topics as they were."""

    @property
    def changed(self) -> int:
        return len(self.lost) + len(self.new)

    @property
    def traits(self) -> int:
        return len(self.kept) + self.changed


def audit(person: str, pairs: Sequence[PreferencePair], way: str, seed: int) -> Audit:
    """The traits of these choices, and of the same about other things. `way` is "counting", which asks no model, or "stand-in"."""
    other = about_other_things(pairs, seed)
    before, after = (rows_of(each) for each in (pairs, other))
    old, new = (_traits(each, way, seed) for each in (pairs, other))
    same = _matched(old, new)
    return Audit(
        person,
        len(before),
        sum(one == two for one, two in zip(before, after, strict=True)),
        tuple(old[place].text for place in same),
        tuple(trait.text for place, trait in enumerate(old) if place not in same),
        tuple(trait.text for place, trait in enumerate(new) if place not in same.values()),
        _changed(old, old if way == "counting" else _traits(pairs, way, seed + 1)),
    )


def _changed(old: Sequence[Held], new: Sequence[Held]) -> float:
    """Share of all traits of both that only one of them has."""
    same = len(_matched(old, new))
    return 1 - same / max(1, len(old) + len(new) - same) if old or new else 0.0


def _matched(old: Sequence[Held], new: Sequence[Held]) -> dict[int, int]:
    """Place of an old trait -> place of the new one that is the same, those first that agree most."""
    pairs = [(_agreement(one, other), here, there) for here, one in enumerate(old) for there, other in enumerate(new)]
    found: dict[int, int] = {}
    for agreement, here, there in sorted(pairs, reverse=True):
        if agreement >= SAME and here not in found and there not in found.values():
            found[here] = there
    return found


def _agreement(one: Held, other: Held) -> float:
    """Cosine of what two traits say of the choices: 1 where they are for and against the same ones."""
    mine, its = ({**dict.fromkeys(trait.supporting, 1), **dict.fromkeys(trait.opposing, -1)} for trait in (one, other))
    return sum(sign * its.get(each, 0) for each, sign in mine.items()) / math.sqrt(max(1, len(mine) * len(its)))


def share_changed(audits: Sequence[Audit]) -> float:
    """Traits that were lost or came new, of all that there were either way; 0 where there was none."""
    return sum(each.changed for each in audits) / max(1, sum(each.traits for each in audits))


def share_by_chance(audits: Sequence[Audit]) -> float:
    """The mean over people of what changes by another seed."""
    return fmean(each.by_chance for each in audits)


def table(audits: Sequence[Audit]) -> str:
    """A row a person, and their sum."""
    head = ("person", "decisions", "manner kept in", "traits kept", "lost", "new", "changed %", "by chance %")
    rows = [_row(each.person, [each]) for each in audits] + [_row("all", audits)]
    return as_table(head, rows)


def people_in(files: Sequence[Path]) -> Iterator[tuple[str, Sequence[PreferencePair]]]:
    """Everybody with enough choices that teach, by file and name."""
    for file in files:
        for found in everyone_from_jsonl(file.read_bytes(), file.name):
            pairs = that_teach(found.every)
            if len(pairs) >= FEWEST_FOR_A_SKETCH:
                yield f"{file.stem}/{found.user}", pairs


def _traits(pairs: Sequence[PreferencePair], way: str, seed: int) -> Sequence[Held]:
    if way == "counting":
        return counted(pairs, shipped_prior()).traits
    try:
        persona = asyncio.run(fit(pairs, StandInPort(), recipe="traits", seed=seed)).persona
    except ProblemError:
        return ()
    return persona.traits if persona else ()


def _row(name: str, audits: Sequence[Audit]) -> tuple[str, ...]:
    decisions, same = (sum(getattr(each, field) for each in audits) for field in ("decisions", "same_manner"))
    counts = (sum(len(getattr(each, field)) for each in audits) for field in ("kept", "lost", "new"))
    return (
        name,
        str(decisions),
        str(same),
        *map(str, counts),
        f"{100 * share_changed(audits):.0f}",
        f"{100 * share_by_chance(audits):.0f}",
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, help="files of preferences, one JSON object a line")
    parser.add_argument("--with", dest="way", choices=("counting", "stand-in"), default="counting")
    parser.add_argument("--people", type=int, default=10**6, help="most people")
    parser.add_argument("--seed", type=int, default=0, help="of the swapped words, and of the run")
    parser.add_argument("--show", action="store_true", help="print the traits that changed, too")
    parser.add_argument("--check", action="store_true", help="end with 1 where the topic changes too much")
    options = parser.parse_args(arguments)
    chosen = [each for each, _ in zip(people_in(options.files), range(options.people), strict=False)]
    audits = [audit(name, pairs, options.way, options.seed) for name, pairs in chosen]
    if not audits:
        sys.exit(f"Nobody in these files has {FEWEST_FOR_A_SKETCH} choices that teach.")
    print(table(audits))
    for each in audits if options.show else ():
        for what, traits in (("lost", each.lost), ("new", each.new)):
            print("".join(f"\n{each.person}, {what}: {trait}" for trait in traits), end="")
    changed, chance = share_changed(audits), share_by_chance(audits)
    print(f"\n{100 * changed:.1f} % of the traits change with the topic, {100 * chance:.1f} % by chance.")
    if options.check and changed > chance + MOST_CHANGED:
        sys.exit(1)


if __name__ == "__main__":
    main()
