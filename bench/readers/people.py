"""The ten people, named before the first answer was read, and what of their choices teaches and tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.choices.decisions import one_of_each
from app.domain.choices.preference import PreferencePair
from app.domain.flaws import that_teach
from app.domain.transcripts.preference_files import everyone_from_jsonl

PEOPLE: Mapping[str, Sequence[str]] = {
    "prism": ("prism-user1", "prism-user3", "prism-user4", "prism-user9"),
    "tulu_human": ("tulu-eval_03", "tulu-eval_10", "tulu-eval_13"),
    "mtbench_human": ("mtbench-author_3", "mtbench-author_4", "mtbench-expert_40"),
}
"""By file: four of PRISM, three of the evaluation of Tulu, three of MT-bench."""
LEARNT, TESTED = 15, 10
SEED = 7


@dataclass(frozen=True, slots=True)
class Person:
    """The first 15 choices that teach something of manner, and one choice of each of at most ten unseen decisions."""

    user: str
    train: tuple[PreferencePair, ...]
    tests: tuple[PreferencePair, ...]


def people_in(folder: Path) -> Iterator[Person]:
    """The ten people, out of the preference files of the folder (`prism.jsonl` and so on)."""
    for name, users in PEOPLE.items():
        file = folder / f"{name}.jsonl"
        for found in everyone_from_jsonl(file.read_bytes(), file.name):
            if found.user in users:
                train, tests = that_teach(found.pairs)[:LEARNT], that_teach(found.test)
                yield Person(found.user, tuple(train), tuple(one_of_each(tests, SEED)[:TESTED]))
