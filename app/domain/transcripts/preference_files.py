"""A file of preferences as lists of pairs, one person's or everybody's; read by the one reader (`transcripts/detector.py`).

The project's own schema, one JSON object a line, one decided comparison each:

`{"user_id": "u1", "split": "test", "seq": 3, "conversation_id": "k1", "context": [{"role": "user", "content": "Why?"}],
"chosen": {"role": "assistant", "content": "Because."}, "rejected": {"role": "assistant", "content": "Hm.",
"continuation": [...]}, "present_first": "rejected", "stated_preferences": {"system_string": "Be brief."},
"demographics": {"age": "35-44 years old"}}`. Only context, chosen and rejected are needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain.choices.preference import Comparison, PreferencePair, first_is_left, preference_pair
from app.domain.errors import BadInput, SeveralPeople
from app.domain.people.about import NOTHING_SAID, About
from app.domain.transcripts.detector import ParquetRows, Read, Told, no_parquet, read_preferences
from app.domain.transcripts.found import FoundComparison
from app.domain.transcripts.settling import of_one_person, people_in, settled
from app.domain.transcripts.text import ON_DISK

_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class FilePairs:
    """One person's pairs in the order of the file; `test` holds the rows whose split is "test".

    `aside` those whose split is validation, which are told among the skipped ones. `skipped` says in plain sentences which
    rows were left out, `notes` what was left out of rows that were kept; `repeated`
    and `contradicting` count the rows that say something again, or otherwise; `changed` the characters that became U+FFFD.
    `read` is how many rows were read. `about` is from the person's first row that says anything.
    """

    user: str
    pairs: tuple[PreferencePair, ...]
    test: tuple[PreferencePair, ...]
    skipped: tuple[str, ...]
    about: About = NOTHING_SAID
    notes: tuple[str, ...] = ()
    read: int = 0
    repeated: int = 0
    contradicting: int = 0
    changed: int = 0
    aside: tuple[PreferencePair, ...] = ()

    @property
    def every(self) -> tuple[PreferencePair, ...]:
        """All choices, whatever their split: for what is learnt from many people and tested on others."""
        return (*self.pairs, *self.test, *self.aside)

    def unused_words(self) -> str:
        """How many rows were not used, with the first few; "" where all were."""
        if not self.skipped:
            return ""
        return f"{len(self.skipped):,} of {self.read:,} rows were not used. {' '.join(self.skipped[:_MOST_TOLD])}"

    def counts(self) -> dict[str, int]:
        """What became of the rows, for reports."""
        return {
            "read": self.read,
            "kept": len(self.pairs) + len(self.test),
            "repeated": self.repeated,
            "contradicting": self.contradicting,
            "changed_characters": self.changed,
        }


def pairs_from_jsonl(
    data: bytes, name: str, user: str | None = None, *, parquet: ParquetRows = no_parquet
) -> FilePairs:
    """The pairs of `user` in the file, or of its only person. Raises BadInput with a sentence that names the file."""
    read = _read(data, name, parquet)
    try:
        mine = of_one_person(read, user or None)
    except SeveralPeople as several:
        raise SeveralPeople(f"{_named(name, several)} Name one of them (--user NAME).", several.people) from several
    except BadInput as error:
        raise BadInput(_named(name, error)) from error
    return _pairs_of(mine, user or next(iter(people_in(mine))))


def everyone_from_jsonl(data: bytes, name: str, *, parquet: ParquetRows = no_parquet) -> tuple[FilePairs, ...]:
    """The pairs of every person in the file, in the order in which they first appear. Raises as `pairs_from_jsonl`."""
    read = _read(data, name, parquet)
    by_person: dict[str, list[FoundComparison]] = {}
    for found in read.comparisons:
        by_person.setdefault(found.person, []).append(found)
    told: dict[str, list[Told]] = {}
    for each in read.skipped:
        told.setdefault(each.person, []).append(each)
    names = people_in(read)
    return tuple(
        _pairs_of(Read(tuple(mine), (*told.get("", ()), *(told.get(name, ()) if name else ()))), shown)
        for (name, mine), shown in zip(by_person.items(), names, strict=True)
    )


def _read(data: bytes, name: str, parquet: ParquetRows) -> Read:
    try:
        return read_preferences(data, limits=ON_DISK, parquet=parquet)
    except BadInput as error:
        raise type(error)(f"{name}: {error}") from error


def _named(name: str, error: BadInput) -> str:
    return str(error).replace("The file", name, 1)


def _pairs_of(mine: Read, user: str) -> FilePairs:
    once = settled(mine.comparisons)
    order = {found.where: number for number, found in enumerate(mine.comparisons, start=1)}
    parts: dict[str, list[PreferencePair]] = {"": [], "test": [], "validation": []}
    unused: list[Told] = []
    ids: set[str] = set()
    for identity, found in once.kept.items():
        pair = _pair(found, identity, ids, order[found.where])
        if pair is None:
            unused.append(Told(found.where, "It is no choice between the two."))
            continue
        ids.add(pair.pair_id)
        parts[found.split].append(pair)
        if found.split == "validation":
            unused.append(Told(found.where, "Its split is validation, which neither teaches nor tests here."))
    about = [found.about for found in mine.comparisons]
    return FilePairs(
        user=user,
        pairs=tuple(parts[""]),
        test=tuple(parts["test"]),
        skipped=_sentences((*mine.skipped, *once.contradicted, *once.repeated, *unused), "was left out"),
        about=About(_first(one.stated for one in about), _first(one.demographics for one in about)),
        notes=_sentences(mine.left_out, ""),
        read=len(mine.comparisons) + len(mine.skipped),
        repeated=len(once.repeated),
        contradicting=len(once.contradicted),
        changed=mine.changed,
        aside=tuple(parts["validation"]),
    )


def _pair(found: FoundComparison, identity: str, taken: set[str], number: int) -> PreferencePair | None:
    pair_id = found.pair_id if found.pair_id and found.pair_id not in taken else identity[:16]
    conversation = found.conversation_key or pair_id
    shown = Comparison(pair_id, found.context, found.first, found.second, conversation)
    pair = preference_pair(shown, found.verdict, number if found.seq is None else found.seq)
    if pair is None or found.sides_known:
        return pair
    return replace(pair, chosen_first=_drawn_first(pair, identity))


def _drawn_first(pair: PreferencePair, identity: str) -> bool:
    """A side drawn by the texts where the file tells none, so that no label can be read off it."""
    return (min(pair.chosen.text, pair.rejected.text) == pair.chosen.text) is first_is_left(int(identity[:8], 16))


def _sentences(told: Iterable[Told], what: str) -> tuple[str, ...]:
    """A sentence each, as in "Line 2 was left out: it says the same as line 1."."""
    between = f" {what}: " if what else ": "
    return tuple(f"{each.where.capitalize()}{between}{each.why[:1].lower()}{each.why[1:]}" for each in told)


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
