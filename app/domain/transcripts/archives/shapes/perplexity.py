"""Perplexity, as two browser exporters write it.

`{"metadata": {"thread_id": "t1"}, "conversations": [{"uuid": "q1", "timestamp": "2026-02-01T10:00:00Z", "query": "Sky?", "answer":
"Blue."}]}`; and `{"entries": [{"uuid": "q1", "context_uuid": "t1", "query_str": "Sky?", "entry_created_datetime": "2026-02-01T10:00:00",
"blocks": [{"markdown_block": {"answer": "Blue.", "chunks": ["Blue."]}}, {"plan_block": {...}}]}]}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.texts.conversation import Role, Turn
from app.domain.texts.storable_text import plain
from app.domain.transcripts.archives.fields import object_at, objects_at, rows_at, seconds, text_at
from app.domain.transcripts.archives.gathered import Gathered, Heading
from app.domain.transcripts.archives.sheets import Sheet, all_rows

NAME, LABEL = "perplexity", "Perplexity"
BESIDE: tuple[str, ...] = ()


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is a thread."""
    entries = objects_at(row, "entries")[:5]
    asked = [each for each in objects_at(row, "conversations")[:5] if {"query", "answer"} <= each.keys()]
    return "threads" if asked or any("query_str" in each for each in entries) else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the threads."""
    threads: dict[str, dict[str, tuple[float, int, str, str]]] = {}
    for number, row in enumerate(all_rows(parts.get("threads", ()), found)):
        own = text_at(object_at(row, "metadata"), "thread_id") or f"thread {number}"
        for place, entry in enumerate((*objects_at(row, "conversations"), *objects_at(row, "entries"))):
            thread = threads.setdefault(text_at(entry, "context_uuid") or own, {})
            key = text_at(entry, "uuid") or f"entry {place}"
            found.leave_out("double", key in thread)
            asked, answer = text_at(entry, "query", "query_str"), text_at(entry, "answer") or _answer(entry, found)
            at = seconds(entry.get("timestamp") or entry.get("entry_created_datetime"))
            thread[key] = (at, place, asked, answer)
    for entries in threads.values():
        turns: list[Turn] = []
        for _, _, asked, answer in sorted(entries.values()):
            pair: tuple[tuple[Role, str], ...] = (("user", asked), ("assistant", answer))
            turns += [Turn(role, text) for role, text in pair if plain(text)]
            found.leave_out("no text", sum(not plain(text) for _, text in pair))
        found.converse(turns, Heading(time=min((at for at, *_ in entries.values()), default=0.0)))


def _answer(entry: Mapping[str, Any], found: Gathered) -> str:
    blocks = objects_at(entry, "blocks")
    written = [object_at(block, "markdown_block") for block in blocks if object_at(block, "markdown_block")]
    found.leave_out("other block", len(blocks) - len(written))
    return "\n".join(
        text_at(each, "answer") or "".join(part for part in rows_at(each, "chunks") if isinstance(part, str))
        for each in written
    )
