"""Microsoft Copilot: tables of the privacy dashboard, without ids.

`Conversation,Time,Author,Message` with the authors `user` and `AI`; `CreatedAt,MessageContent,Author,ChatName` with times as `2/9/2026 7:05:10 +00:00`;
and for apps of Windows `Timestamp,ClientApp,Prompt`, prompts alone. One name without a gap of more than a day is one conversation; at equal times the
person came first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain.texts.conversation import Turn
from app.domain.texts.storable_text import plain
from app.domain.transcripts.archives.fields import seconds, text_at
from app.domain.transcripts.archives.gathered import Gathered, Heading
from app.domain.transcripts.archives.sheets import Sheet, all_rows
from app.domain.transcripts.archives.trees import Message, joined

NAME, LABEL = "copilot", "Microsoft Copilot"
BESIDE: tuple[str, ...] = ()
GAP_SECONDS = 86_400
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}),? (\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?: ?([AP])M)?", re.IGNORECASE)
_TABLES = (("author", "message"), ("author", "messagecontent"), ("author", "chatname"))


def part_of(row: Mapping[str, Any]) -> str:
    """Which kind of table the row is from; "" for none."""
    if any({*names} <= row.keys() for names in _TABLES):
        return "messages"
    return "prompts" if {"timestamp", "clientapp"} <= row.keys() else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the conversations of each table, then each prompt as one of its own."""
    for sheet in parts.get("messages", ()):
        named: dict[str, list[tuple[float, bool, int, str]]] = {}
        for number, row in enumerate(sheet.rows(found)):
            is_answer = text_at(row, "author").lower() not in ("user", "human")
            at, text = _time(text_at(row, "time", "createdat")), text_at(row, "message", "messagecontent")
            named.setdefault(text_at(row, "conversation", "chatname"), []).append((at, is_answer, number, text))
        for name, rows in named.items():
            _converse(sorted(rows), name, found)
    for row in all_rows(parts.get("prompts", ()), found):
        if plain(text_at(row, "prompt")):
            found.converse([Turn("user", text_at(row, "prompt"))])
        else:
            found.leave_out("no text")


def _converse(rows: Sequence[tuple[float, bool, int, str]], name: str, found: Gathered) -> None:
    apart: list[list[Message]] = []
    begun: list[float] = []
    last = float("-inf")
    for at, is_answer, number, text in rows:
        if at - last > GAP_SECONDS:
            apart.append([])
            begun.append(at)
        last = at
        apart[-1].append(Message(str(number), "", "assistant" if is_answer else "user", text))
    for at, messages in zip(begun, apart, strict=True):
        found.leave_out("no text", sum(bool(message.why) for message in messages))
        found.converse(joined(messages), Heading("", name, at))


def _time(written: str) -> float:
    match = _DATE.match(written)
    if not match:
        return seconds(written)
    month, day, year, hour, minute, second = (int(each or 0) for each in match.groups()[:6])
    if match[7]:
        hour = hour % 12 + 12 * (match[7].upper() == "P")
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
