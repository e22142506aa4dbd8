"""Learning the weights of the one guess from folders of evaluations: read, learnt, tried on people left out, written whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput
from app.induction.guessing.learn_guess import Recorded, guessed_by_others, learn_guess, log_loss
from app.induction.guessing.stacked_guess import COUNTED, INGREDIENTS, LONGER, StackedGuess, heard
from app.services.evaluating.folder import Judged, read_record
from app.services.whole_files import write_whole

GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Row:
    """How often one way was right on the choices that every way of the table judged; nothing to say counts a half."""

    way: str
    hits: float
    n: int
    log_loss: float
    alike_hits: float
    alike_n: int


@dataclass(frozen=True, slots=True)
class LearntGuess:
    """What was written, from how much, and how right it was on people it was not learnt from."""

    guess: StackedGuess
    table: tuple[Row, ...]
    people: int
    judgements: int
    out: Path

    def as_json(self) -> dict[str, Any]:
        rows = [asdict(row) for row in self.table]
        return {
            "file": str(self.out),
            "people": self.people,
            "judgements": self.judgements,
            "table": rows,
            **self.guess.as_json(),
        }


def learn_guess_from(folders: Sequence[Path], out: Path, attribution: str = "") -> LearntGuess:
    """Writes the weights learnt from everybody in the folders to `out`. No model call.

    Raises BadInput for a folder that holds no evaluation, was made without the arms `counted` and `longer` or is given twice, for
    too few people or choices, and where `out` cannot be written; then nothing is written.
    """
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise BadInput("A folder was given twice. Nobody's choices are to count twice: give each once.")
    if not out.parent.is_dir() or out.is_dir():
        raise BadInput(f"{out} cannot be written: name a file in a folder that is there.")
    recorded: list[Recorded] = []
    names: list[str] = []
    for folder in folders:
        record = read_record(folder)
        if not {COUNTED, LONGER} <= set(record.plan["arms"]):
            raise BadInput(f"{folder} was made without the arms {COUNTED} and {LONGER}. Evaluate with both.")
        files = [str(file["name"]) for file in record.plan["files"]]
        names += files
        recorded += recorded_in(record.judged, ", ".join(files))
    guess = learn_guess(
        recorded, " ".join(attribution.split()) or f"Learnt from the choices of people in {', '.join(names)}."
    )
    write_whole(out, json.dumps(guess.as_json(), ensure_ascii=False, indent=1) + "\n")
    return LearntGuess(guess, _table(recorded), len({one.person for one in recorded}), len(recorded), out)


def recorded_in(judged: Sequence[Judged], source: str) -> list[Recorded]:
    """One for each choice and judge: what every way said of it, and nothing of what a way gave no verdict on."""
    found: dict[tuple[str, ...], dict[str, Judged]] = {}
    for one in judged:
        key = (one.person, one.pair, str(one.learnt_from), one.learnt_with, one.judged_with)
        found.setdefault(key, {})[one.arm] = one
    return [
        Recorded(
            f"{source}/{key[0]}",
            {name: arms[name].log_odds for name in INGREDIENTS if name in arms and arms[name].hit is not None},
            arms[COUNTED].alike,
        )
        for key, arms in found.items()
        if COUNTED in arms
    ]


def _table(recorded: Sequence[Recorded]) -> tuple[Row, ...]:
    """Every way that spoke of each choice, and the guess by others' weights on the same."""
    ways = [name for name in INGREDIENTS if all(heard(one.said, name) is not None for one in recorded)]
    said = {name: [heard(one.said, name) or 0.0 for one in recorded] for name in ways}
    said[GUESS] = guessed_by_others(recorded)
    return tuple(_row(way, odds, [bool(one.is_alike) for one in recorded]) for way, odds in said.items())


def _row(way: str, odds: Sequence[float], alike_ones: Sequence[bool]) -> Row:
    hits = [0.5 if not each else float(each > 0) for each in odds]
    alike = [hit for hit, is_alike in zip(hits, alike_ones, strict=True) if is_alike]
    return Row(way, sum(hits), len(hits), log_loss(odds), sum(alike), len(alike))
