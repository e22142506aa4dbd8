"""Which losers of real choices are marked as teaching nothing, and which answers as cut, to be looked at by eye.

    python -m bench.flaws choices.jsonl more.jsonl --show 30

Prints a count a kind and file, then of each kind the losers themselves (each text once), beginning and end, drawn by a seed.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.choices.preference import PreferencePair
from app.domain.flaws import FLAWS, flaw_of_loser, stops_short
from app.domain.transcripts.preference_files import everyone_from_jsonl


@dataclass(frozen=True, slots=True)
class Marked:
    """An answer that is marked, and as what."""

    file: str
    kind: str
    asked: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}, {self.kind}: {_line(self.asked)[-90:]!r} -> {_line(self.text)[:110]!r} ... {_line(self.text)[-110:]!r}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Losers that teach nothing of manner, and cut answers, in real choices."
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--show", type=int, default=30, metavar="N", help="most of each that are printed (default: 30)")
    options = parser.parse_args()
    choices = {file.stem: _choices(file) for file in options.files}
    marked = [
        Marked(name, flaw, pair.context[-1].content, pair.rejected.text)
        for name, pairs in choices.items()
        for pair in pairs
        if (flaw := flaw_of_loser(pair))
    ]
    answers = {
        side.text: Marked(name, "cut", pair.context[-1].content, side.text)
        for name, pairs in choices.items()
        for pair in pairs
        for side in (pair.chosen, pair.rejected)
    }
    cut = [one for text, one in answers.items() if stops_short(text)]
    print(f"| file | choices | {' | '.join(FLAWS)} | cut answers |\n|---|---|{'---|' * (len(FLAWS) + 1)}")
    for name, pairs in choices.items():
        kinds = Counter(one.kind for one in marked if one.file == name)
        cells = [*(str(kinds[flaw]) for flaw in FLAWS), str(sum(one.file == name for one in cut))]
        print(f"| {name} | {len(pairs):,} | {' | '.join(cells)} |")
    once = {one.text: one for one in marked}
    print(
        f"\n{len(marked)} choices over {len(once)} losers are left out; of {len(answers):,} answers {len(cut)} are cut.\n"
    )
    _show([*once.values()], options.show)
    _show(cut, options.show)


def _choices(file: Path) -> list[PreferencePair]:
    return [pair for found in everyone_from_jsonl(file.read_bytes(), file.name) for pair in found.every]


def _show(marked: Sequence[Marked], most: int) -> None:
    for one in random.Random(0).sample(list(marked), min(most, len(marked))):
        print(one)


def _line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
