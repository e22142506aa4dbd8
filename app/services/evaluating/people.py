"""Who is evaluated, on which choices: people drawn from preference files, and what each of them learns from and is tested on.

No conversation both teaches and tests. Nor does an answer to one request, except where the file parts its choices itself: then
`shared_answers` tells of how many. Who is drawn and which unseen choices test depends on the seed and on ids alone,
so that the same command makes the same plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from app.adapters.parquet_rows import parquet_rows
from app.domain.choices.preference import PreferencePair, answers_of, split, texts_digest, together
from app.domain.errors import BadInput
from app.domain.flaws import left_out_words, that_teach
from app.domain.people.about import About
from app.domain.personas.persona import FEWEST_FOR_A_SKETCH
from app.domain.texts.conversation import digest
from app.domain.transcripts.preference_files import everyone_from_jsonl
from app.induction.proof.parting import ordered
from app.services.whole_files import read_whole

FOLDS = 3
HELD_BACK = 0.35
"""Part of a person's choices that tests where the file has no split of its own and no folds are wanted."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a file, their choices in time order; `unseen` are the rows that the file keeps for testing.

    `skipped` says in sentences which of their rows, and of those that are nobody's, were not used.
    """

    name: str
    source: str
    seen: tuple[PreferencePair, ...]
    unseen: tuple[PreferencePair, ...]
    about: About
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parted:
    """What is learnt from and what is tested on, once; a person has several of these where there are folds."""

    person: Person
    train: tuple[PreferencePair, ...]
    tests: tuple[PreferencePair, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its name and the digest of its bytes, by which a resumed command knows it again."""

    name: str
    sha256: str


def read_people(paths: Sequence[Path | str]) -> tuple[list[Person], list[Source]]:
    """Everybody in the files, with those of their choices that teach something of manner (domain/flaws). A name that stands in two files gets its file's name before it: whether both are one person
    cannot be told, and nobody's choices are to count twice, so a file is taken once only.

    Raises BadInput with a sentence that names the file and, where it can, the line.
    """
    people: list[Person] = []
    sources = []
    for path in map(Path, paths):
        data = read_whole(path)
        sources.append(Source(path.name, hashlib.sha256(data).hexdigest()))
        taken = {person.name for person in people}
        for found in everyone_from_jsonl(data, path.name, parquet=parquet_rows):
            name = found.user or path.stem
            name = f"{path.stem}/{name}" if name in taken else name
            pairs, tests = that_teach(found.pairs), that_teach(found.test)
            left_out = left_out_words((*found.pairs, *found.test))
            skipped = (*found.skipped, *([f"{name}: {left_out}"] if left_out else []))
            people.append(Person(name, path.name, ordered(pairs), ordered(tests), found.about, skipped))
    if len({source.sha256 for source in sources}) < len(sources) or len({one.name for one in people}) < len(people):
        raise BadInput("A file was given twice, or two files of one name hold the same people. Give each once.")
    return people, sources


def drawn_people(people: Sequence[Person], wanted: str, seed: int) -> list[Person]:
    """The people that are named (`a,b,c`), or as many as `wanted` says, in turn from each file; all where it is "".

    Raises BadInput for a name that is not there.
    """
    if wanted and not wanted.isdecimal():
        named = [name.strip() for name in wanted.split(",") if name.strip()]
        known = {person.name: person for person in people}
        unknown = [name for name in named if name not in known]
        if unknown:
            some = ", ".join(list(known)[:5])
            raise BadInput(f"{unknown[0]!r} has no choices to evaluate on here. There are: {some}.")
        return [known[name] for name in dict.fromkeys(named)]
    by_file: dict[str, list[Person]] = {}
    for person in sorted(people, key=lambda one: digest(seed, one.name)):
        by_file.setdefault(person.source, []).append(person)
    # Sorted, so that the order in which files are given changes nothing.
    turns = zip_longest(*(by_file[name] for name in sorted(by_file)))
    in_turn = [person for turn in turns for person in turn if person is not None]
    return in_turn[: int(wanted)] if wanted else in_turn


def parted(person: Person, *, nested: bool, tests: int, train: int, seed: int) -> list[Parted]:
    """What the person learns from and is tested on: once, or once a fold; empty where there are too few choices.

    Once: the file's own unseen rows test, or 35 % of the choices where it has none. `tests` and `train` are the most
    choices of each; the first in time order teach, so that fewer are always a beginning of more.
    """
    everything = ordered((*person.seen, *person.unseen))
    if nested:
        kept = {pair.pair_id for pair in _drawn_tests(everything, tests, seed)}
        parts = [
            (
                [pair for pair in everything if pair not in fold],
                [pair for pair in _drawn_tests(fold, tests, seed) if pair.pair_id in kept],
            )
            for fold in _folds(everything, seed)
        ]
    elif person.unseen:
        parts = [(list(person.seen), _drawn_tests(person.unseen, tests, seed))]
    else:
        halves = split(everything, seed, validation_share=0.0, test_share=HELD_BACK)
        parts = [(list(halves.train), _drawn_tests(halves.test, tests, seed))]
    found = [Parted(person, _apart(taught, tested)[:train], tuple(tested)) for taught, tested in parts]
    return [one for one in found if one.tests and len(one.train) >= min(train, FEWEST_FOR_A_SKETCH)]


def shared_answers(part: Parted) -> int:
    """How many of the tests are between answers of which one, to the same request, stands among what is learnt from."""
    known = {answer for pair in part.train for answer in answers_of(pair)}
    return sum(not known.isdisjoint(answers_of(pair)) for pair in part.tests)


def _apart(train: Sequence[PreferencePair], tests: Sequence[PreferencePair]) -> tuple[PreferencePair, ...]:
    """The choices that may teach: of no conversation and no texts that are tested."""
    talks = {pair.conversation_id for pair in tests}
    texts = {texts_digest(pair) for pair in tests}
    return tuple(pair for pair in train if pair.conversation_id not in talks and texts_digest(pair) not in texts)


def _drawn_tests(pairs: Sequence[PreferencePair], most: int, seed: int) -> list[PreferencePair]:
    """At most `most` choices, one of each conversation before the second of any: such tell more than neighbours do."""
    talks: dict[str, list[PreferencePair]] = {}
    for pair in sorted(pairs, key=lambda one: digest(seed, one.pair_id)):
        talks.setdefault(pair.conversation_id, []).append(pair)
    turns = zip_longest(*(talks[name] for name in sorted(talks, key=lambda name: digest(seed, name))))
    return [pair for turn in turns for pair in turn if pair is not None][:most]


def _folds(pairs: Sequence[PreferencePair], seed: int) -> list[list[PreferencePair]]:
    """Three parts of about equal size (fewer where less can be parted); what belongs together is in one of them."""
    groups = together(pairs)
    if len(groups) < 2:
        return []
    folds: list[list[PreferencePair]] = [[] for _ in range(min(FOLDS, len(groups)))]
    for group in sorted(groups, key=lambda one: (-len(one), digest(seed, one[0].conversation_id))):
        min(folds, key=len).extend(group)
    return folds
