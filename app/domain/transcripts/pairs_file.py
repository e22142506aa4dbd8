"""A file of one person's choices, read and settled, ready to be stored; and the same as lines of JSON.

As lines it passes from the process that reads files to the one that stores them (adapters/reading_apart): data and nothing that
runs, and never the whole file as one text beside its parts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.choices.preference import Completion, Verdict
from app.domain.errors import SeveralPeople
from app.domain.people.about import About
from app.domain.texts.conversation import Turn
from app.domain.transcripts.detector import ParquetRows, Told, read_preferences
from app.domain.transcripts.found import FoundComparison
from app.domain.transcripts.settling import of_one_person, people_in, settled


@dataclass(frozen=True, slots=True)
class PairsFile:
    """What a file holds of the one person it is about.

    `kept` are the different comparisons by identity, in the order of the file; `found` counts all, repetitions among them,
    and `for_testing` those that have a split. `skipped`, `left_out`, `repeated` and `contradicted` tell of rows, `changed` counts
    the characters that became U+FFFD. `person` is whose choices they are, `sha256` the digest of the file's bytes.
    """

    kept: Mapping[str, FoundComparison]
    found: int
    for_testing: int
    skipped: tuple[Told, ...]
    left_out: tuple[Told, ...]
    repeated: tuple[Told, ...]
    contradicted: tuple[Told, ...]
    changed: int
    person: str
    sha256: str
    noted: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=dict)
    """What is to be noted with the first and with the second answer of a comparison, by identity, where it is worked out already."""


def pairs_file(data: bytes, person: str | None, parquet: ParquetRows) -> PairsFile:
    """Reads a file of preferences.

    Raises SeveralPeople where it holds the choices of more than one person and `person` names none of them, and BadInput or
    TooLarge where no row can be used.
    """
    read = read_preferences(data, parquet=parquet)
    try:
        mine = of_one_person(read, person or None)
    except SeveralPeople as several:
        raise SeveralPeople(f"{several} Say whose are yours. Nothing was stored.", several.people) from several
    once = settled(mine.comparisons)
    return PairsFile(
        kept=once.kept,
        found=len(mine.comparisons),
        for_testing=sum(bool(found.split) for found in mine.comparisons),
        skipped=mine.skipped,
        left_out=mine.left_out,
        repeated=once.repeated,
        contradicted=once.contradicted,
        changed=mine.changed,
        person=person or next(iter(people_in(mine))),
        sha256=hashlib.sha256(data).hexdigest(),
    )


_TOLD = ("skipped", "left_out", "repeated", "contradicted")
_PLAIN = ("found", "for_testing", "changed", "person", "sha256")
_NAMES = (
    "sides_known",
    "first_model",
    "second_model",
    "conversation_key",
    "where",
    "person",
    "split",
    "pair_id",
    "seq",
    "changed",
)


def as_lines(file: PairsFile) -> Iterator[str]:
    """One line for what is told of the file, then one for each comparison."""
    yield json.dumps({name: getattr(file, name) for name in (*_TOLD, *_PLAIN)})
    for identity, found in file.kept.items():
        yield json.dumps([identity, _as_list(found)], ensure_ascii=False)


def from_lines(lines: Iterable[bytes]) -> PairsFile:
    """The inverse of `as_lines`."""
    rest = iter(lines)
    head = json.loads(next(rest))
    told: dict[str, Any] = {name: tuple(Told(*each) for each in head[name]) for name in _TOLD}
    kept = {identity: _from_list(found) for identity, found in map(json.loads, rest)}
    return PairsFile(kept=kept, **told, **{name: head[name] for name in _PLAIN})


def turns_as_lists(turns: Iterable[Turn]) -> list[tuple[str, str]]:
    """Each turn as its role and its text."""
    return [(turn.role, turn.content) for turn in turns]


def turns_from_lists(turns: Iterable[Any]) -> tuple[Turn, ...]:
    """The inverse of `turns_as_lists`."""
    return tuple(Turn(role, content) for role, content in turns)


def _as_list(found: FoundComparison) -> list[Any]:
    first, second = ([one.text, turns_as_lists(one.lead_in)] for one in (found.first, found.second))
    about = [found.about.stated, found.about.demographics]
    texts = [getattr(found, name) for name in _NAMES]
    return [turns_as_lists(found.context), first, second, found.verdict.value, about, texts]


def _from_list(values: list[Any]) -> FoundComparison:
    context, first, second, verdict, about, texts = values
    return FoundComparison(
        turns_from_lists(context),
        Completion(first[0], turns_from_lists(first[1])),
        Completion(second[0], turns_from_lists(second[1])),
        Verdict(verdict),
        about=About(*about),
        **dict(zip(_NAMES, texts, strict=True)),
    )
