"""Our own archive, as *My data* gives it away: what a person typed, brought in and decided comes back.

`{"format": "synthesize-me/my-data/1", "account": {...}, "conversations": [{"conversation_id": "k1", "turns": [{"role": "user", "content":
"Sky?"}]}], "context_parts": [{"conversation_id": "k1", "branch": 0, "position": 0, "turns": [...]}], "comparisons": [{"conversation_id": "k1", "context":
[{"role": "user", "content": "Sky?"}], "branch": 0, "earlier": 0, "first": {"text": "Blue.", "lead_in": []}, "second": {"text": "Red."}, "verdict":
{"value": "first"}}]}`. A long conversation lies in parts, and a context then begins with the first `earlier` turns of its branch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.texts.conversation import Turn
from app.domain.transcripts.archives.fields import object_at, objects_at, spoken, text_at
from app.domain.transcripts.archives.gathered import Gathered, Grade
from app.domain.transcripts.archives.sheets import Sheet, all_rows
from app.domain.transcripts.archives.trees import Message, joined

NAME, LABEL = "synthesize_me", "Synthesize Me (My data)"
BESIDE: tuple[str, ...] = ()


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is such an archive."""
    return "archives" if text_at(row, "format").startswith("synthesize-me/my-data/") else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the conversations, the decided comparisons, and what the person said of themselves."""
    for archive in all_rows(parts.get("archives", ()), found):
        said = {
            text_at(row, "conversation_id"): _turns(row.get("turns")) for row in objects_at(archive, "conversations")
        }
        branches: dict[tuple[str, int], tuple[Turn, ...]] = {}
        for row in sorted(objects_at(archive, "context_parts"), key=lambda row: _number(row, "position")):
            branch = (text_at(row, "conversation_id"), _number(row, "branch"))
            branches[branch] = branches.get(branch, ()) + _turns(row.get("turns"))
        for row in objects_at(archive, "comparisons"):
            key = text_at(row, "conversation_id")
            before = branches.get((key, _number(row, "branch")), ())[: _number(row, "earlier")]
            context = before + _turns(row.get("context"))
            said[key] = max(said.get(key, ()), context, key=len)
            _decided(row, context, found)
        for (key, _), turns in branches.items():
            said[key] = max(said.get(key, ()), turns, key=len)
        for turns in said.values():
            found.converse(turns)
        for row in objects_at(archive, "runs"):
            found.hear(text_at(row, "stated"))
    found.marked = +found.marked


def _decided(row: Mapping[str, Any], context: tuple[Turn, ...], found: Gathered) -> None:
    value = text_at(object_at(row, "verdict"), "value")
    if value not in (Verdict.FIRST, Verdict.SECOND, Verdict.SAME, Verdict.BOTH_BAD):
        found.leave_out("no verdict")
        return
    first, second = (object_at(row, name) for name in ("first", "second"))
    led = tuple(_turns(side.get("lead_in")) for side in (first, second))
    answers = (text_at(first, "text"), text_at(second, "text"))
    if found.choose(Grade.RECORDED, context, answers, Verdict(value), led=led):
        found.marked["own histories"] += any(led)


def _turns(value: Any) -> tuple[Turn, ...]:
    rows = objects_at({"turns": value}, "turns")
    return joined(Message("", "", text_at(row, "role"), spoken(row.get("content"))) for row in rows)


def _number(row: Mapping[str, Any], name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else 0
