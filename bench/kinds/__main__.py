"""`python -m bench.kinds [FILES]`: how often each way of telling the kind of a request agrees with labels given by reading.

`labelled.jsonl` has 245 real requests of six published sets with one of nine kinds each. Texts that may not be shipped stand there
by SHA-256 alone: they are found in the preference files that are given (PRISM, Chatbot Arena), and left out without them. "Or a second
reading" also counts a kind that a labeller named as one that fits as well.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.texts.conversation import Turn
from app.domain.texts.request_kinds import kind_of
from app.domain.transcripts.preference_files import everyone_from_jsonl

_SEED = 11
LABELLED = Path(__file__).with_name("labelled.jsonl")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One request with its `kind`, those that fit `also`, and the one word of a strong reader who saw no label."""

    text: str
    kind: str
    also: frozenset[str]
    said: str


def labelled(texts: Iterable[str]) -> Iterator[Labelled]:
    """The requests whose text is known: shipped, or among `texts`."""
    known = {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row.get("request") or known.get(row["sha256"])
        if text is not None:
            yield Labelled(text, row["kind"], frozenset(row["also"]), row["said_by_a_model"])


def by_rules(one: Labelled) -> frozenset[str]:
    """What the product's word rules say."""
    return frozenset({kind_of((Turn("user", one.text),))})


def by_a_reader(one: Labelled) -> frozenset[str]:
    """What a strong reader said in one word."""
    return frozenset({one.said})


WAYS: Mapping[str, Callable[[Labelled], frozenset[str]]] = {
    "word rules": by_rules,
    "a strong reader's one word (nine kinds)": by_a_reader,
}


def halves(found: list[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """The half that the rules were written looking at, and the one that nobody looked at, drawn by a seed."""
    order = list(range(len(found)))
    random.Random(_SEED).shuffle(order)
    middle = len(found) // 2 + 1
    seen, unseen = (sorted(part) for part in (order[:middle], order[middle:]))
    return [found[place] for place in seen], [found[place] for place in unseen]


def table(found: list[Labelled]) -> Iterator[str]:
    """A row a way, and a row a kind for the rules."""
    yield f"| {len(found)} requests | agree | or a second reading |"
    yield "|---|---|---|"
    for name, way in WAYS.items():
        right = sum(one.kind in way(one) for one in found)
        either = sum(bool(way(one) & {one.kind, *one.also}) for one in found)
        yield f"| {name} | {_share(right, len(found))} | {_share(either, len(found))} |"
    yield ""
    yield "| labelled | n | " + " | ".join(WAYS) + " |"
    yield "|---" * (2 + len(WAYS)) + "|"
    for kind in sorted({one.kind for one in found}):
        mine = [one for one in found if one.kind == kind]
        shares = [_share(sum(kind in way(one) for one in mine), len(mine)) for way in WAYS.values()]
        yield f"| {kind} | {len(mine)} | " + " | ".join(shares) + " |"


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="preference files that hold the other texts"
    )
    options = parser.parse_args()
    texts = (
        turn.content
        for file in options.files
        for person in everyone_from_jsonl(file.read_bytes(), file.name)
        for pair in person.every
        for turn in pair.context
    )
    found = list(labelled(texts))
    seen, unseen = halves(found)
    print("\n".join(table(found)))
    for name, half in (
        ("The half that the rules were written looking at", seen),
        ("The half that nobody looked at", unseen),
    ):
        print(f"\n{name}:\n")
        print("\n".join(table(half)))


if __name__ == "__main__":
    main()
