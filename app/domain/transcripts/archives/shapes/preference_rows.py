"""Rows of choices, as data sets hold them: read by the one reader of preferences (`detector.py`), whose formats these are.

Every choice has its context as a conversation of its own. For example a line of LMSYS: `{"model_a": "koala", "model_b": "vicuna", "winner":
"model_a", "conversation_a": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Blue."}], "conversation_b": [...]}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.errors import BadInput
from app.domain.transcripts.archives.gathered import Choice, Gathered, Grade
from app.domain.transcripts.archives.sheets import Sheet
from app.domain.transcripts.detector import format_of, read_rows
from app.domain.transcripts.found import FoundComparison
from app.domain.transcripts.labelled_texts import is_labelled
from app.domain.transcripts.text import ON_DISK

LABELS = {
    "comparia": "compar:IA",
    "lmsys": "LMSYS battles",
    "arena_sessions": "Arena battles (2025)",
    "openai_preference": "OpenAI preference rows",
    "preference_pairs": "preference pairs",
    "trl": "TRL preference rows",
    "hh": "HH (helpful and harmless)",
    "arena_columns": "Arena tables",
}


def name_of(row: Mapping[str, Any]) -> str:
    """The name of the format of the row; "" where it is no choice that was made."""
    name = format_of(row)
    sides = [row.get(side) for side in ("chosen", "rejected")]
    is_hh = (
        name == "trl" and not row.get("prompt") and all(isinstance(text, str) and is_labelled(text) for text in sides)
    )
    return "hh" if is_hh else name


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the choices. A file that breaks off is left out whole; of how many people they are is marked where it is more than one."""
    people: set[str] = set()
    for sheet in parts.get("rows", ()):
        try:
            read_ = read_rows(sheet.load(), limits=ON_DISK, parquet=sheet.parquet)
        except BadInput:
            found.leave_out("unreadable file")
            continue
        for told in read_.skipped:
            found.leave_out(told.what or "unreadable row")
        people |= {comparison.person for comparison in read_.comparisons if comparison.person}
        for comparison in read_.comparisons:
            _take(comparison, found)
    found.marked["different people"] = len(people) if len(people) > 1 else 0
    found.marked = +found.marked


def _take(comparison: FoundComparison, found: Gathered) -> None:
    if comparison.verdict is Verdict.SKIP:
        found.leave_out("no verdict")
        return
    found.marked["own histories"] += bool(comparison.first.lead_in or comparison.second.lead_in)
    found.leave_out("system", sum(turn.role == "system" for turn in comparison.context))
    found.choices.append(Choice(Grade.RECORDED, comparison))
    found.converse(tuple(turn for turn in comparison.context if turn.role != "system"))
