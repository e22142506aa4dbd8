"""The folder of one evaluation: its plan, its calls, what was learnt, every judgement, and the table made of them.

plan.json         what was asked: files by digest, people, arms, models, recipe, seed, digests of prompts and code
ledger.jsonl      every call and reply (calling/file_ledger.py)
learnt.jsonl      what each person's choices came to, as it is learnt
judgements.jsonl  every judgement, as it is made; the last one of a key holds
table.txt, report.json, plot.svg   made of the above, and made again whenever one asks
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput
from app.services.calling.file_ledger import Book
from app.services.calling.json_lines import JsonLines, read_rows
from app.services.evaluating.tables import Findings
from app.services.whole_files import writable, write_whole

PLAN, LEDGER, LEARNT, JUDGEMENTS = "plan.json", "ledger.jsonl", "learnt.jsonl", "judgements.jsonl"
SCHEMA = "synthesize-me/evaluation/1"

_FOLLOWING = ("schema", "left_out", "notes", "lessons", "judgements")
"""What the other keys of a plan settle."""

Plan = dict[str, Any]
Key = tuple[str, str, str, int, str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement as it is kept.

    learnt_from   number of choices that were learnt from
    told          digest of what the judge was told of the person; "" for the arms that ask no model
    hit           None where the model gave nothing usable
    alike         whether the answers are about as long (choices/alike_length); None in folders of before 2026-11-28
    told_apart    whether a trait of the persona that code can count tells them apart; None where it has no such trait, and likewise
    """

    person: str
    conversation: str
    pair: str
    arm: str
    learnt_from: int
    learnt_with: str
    judged_with: str
    log_odds: float | None
    hit: bool | None
    flipped: bool | None
    told: str
    alike: bool | None = None
    told_apart: bool | None = None

    @property
    def key(self) -> Key:
        return (self.person, self.pair, self.arm, self.learnt_from, self.learnt_with, self.judged_with)


class Shelf:
    """An open folder. Everything that is added is on the disk when the method comes back."""

    def __init__(self, book: Book, judgements: JsonLines, learnt: JsonLines) -> None:
        self.book, self._judgements, self._learnt = book, judgements, learnt
        self.rows = list(self._judgements.rows)
        self._done = {one.key: one for one in map(_judged, self.rows) if one is not None}
        self._known = {_lesson(row): row for row in self._learnt.rows}
        self.lessons_before = len(self._known)
        """How many lessons were learnt before the folder was opened."""

    def has(self, key: Key, told: str) -> bool:
        """Whether this was judged, usably, by a judge who was told the same."""
        found = self._done.get(key)
        return found is not None and found.hit is not None and found.told == told

    def keep(self, judged: list[Judged]) -> None:
        for place, one in enumerate(judged, start=1):
            row = asdict(one)
            self._judgements.append(row, at_once=place == len(judged))
            self.rows.append(row)
            self._done[one.key] = one

    def keep_row(self, row: dict[str, Any]) -> None:
        """A judgement of another kind than of a choice."""
        self._judgements.append(row)
        self.rows.append(row)

    def keep_learnt(self, row: dict[str, Any]) -> None:
        """`{"person", "learnt_from", "learnt_with", "persona", ...}`; nothing is added where the same stands already."""
        if self._known.get(_lesson(row)) != row:
            self._learnt.append(row)
            self._known[_lesson(row)] = row


@dataclass(frozen=True, slots=True)
class Record:
    """A folder read for its table: nothing is locked or changed."""

    plan: Plan
    rows: list[dict[str, Any]]
    learnt: list[dict[str, Any]]

    @property
    def lessons_kept(self) -> int:
        """How many lessons were learnt."""
        return len({_lesson(row) for row in self.learnt})

    @property
    def judged(self) -> list[Judged]:
        """The judgements of choices, the last of each key, in the order of their keys."""
        found = {one.key: one for one in map(_judged, self.rows) if one is not None}
        return [found[key] for key in sorted(found)]


def check_folder(folder: Path, plan: Plan) -> None:
    """Refuses what cannot be gone on with, before a model is at hand; `plan` may lack what only the models tell.

    Raises BadInput where the folder cannot be written or holds another plan.
    """
    if (writable(folder) / PLAN).exists():
        _refuse_another(folder, read_plan(folder), {key: value for key, value in plan.items() if key != "models"})


@contextmanager
def opened(
    folder: Path, plan: Plan, most_calls: int | None = None, stopping: threading.Event | None = None
) -> Iterator[Shelf]:
    """The folder, made if need be, to go on with the same plan; once `stopping` is set, no call is sent for it.

    Raises BadInput where it cannot be written or holds another plan, Conflict where another command writes to it.
    """
    there = writable(folder) / PLAN
    if there.exists():
        _refuse_another(folder, read_plan(folder), plan)
    with ExitStack() as stack:
        ledger, judgements, learnt = (
            stack.enter_context(closing(JsonLines(folder / name))) for name in (LEDGER, JUDGEMENTS, LEARNT)
        )
        if not there.exists():
            write_whole(there, json.dumps(plan, ensure_ascii=False, indent=2) + "\n")
        yield Shelf(Book(ledger, most_calls, stopping=stopping or threading.Event()), judgements, learnt)


def read_record(folder: Path) -> Record:
    """What the folder holds. Raises BadInput where it holds no evaluation."""
    return Record(read_plan(folder), read_rows(folder / JUDGEMENTS)[0], read_rows(folder / LEARNT)[0])


def read_plan(folder: Path) -> Plan:
    """The plan of a folder. Raises BadInput where it has none that can be read."""
    try:
        plan = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{folder} holds no evaluation. Give the folder that was named by --out.") from error
    if not isinstance(plan, dict) or plan.get("schema") != SCHEMA:
        raise BadInput(f"{folder} holds the evaluation of another version of this program.")
    return plan


def write_findings(folder: Path, findings: Findings, report: Mapping[str, Any]) -> None:
    """table.txt, report.json and plot.svg, each whole or as it was."""
    write_whole(folder / "table.txt", findings.as_text())
    write_whole(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    write_whole(folder / "plot.svg", findings.plot)


def _refuse_another(folder: Path, there: Plan, asked: Plan) -> None:
    terms = [key for key in asked if key not in _FOLLOWING]
    different = [key for key in terms if there.get(key) != asked.get(key)]
    if not different:
        return
    if "program" in different:
        raise BadInput(
            f"{folder} was made by another version of this program. Give another --out; a copy of {LEDGER} in it saves "
            "paying again for what would be sent unchanged."
        )
    if different == ["prompts"]:
        raise BadInput(f"{folder} was made with other prompt texts than this program has now. Give another --out.")
    raise BadInput(
        f"{folder} holds another evaluation: {' and '.join(different)} not the same. "
        "Repeat the command that began it, or give another --out."
    )


def _judged(row: dict[str, Any]) -> Judged | None:
    """None for a row of another kind."""
    return Judged(**row) if "arm" in row else None


def _lesson(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["person"], row["learnt_from"], row["learnt_with"], row.get("part"))
