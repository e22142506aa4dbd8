r"""Gemini Apps out of Google Takeout: a flat log of activity, newest first, in three forms.

`[{"header": "Gemini Apps", "title": "Prompted Sky?", "time": "2026-02-01T10:00:00Z", "titleUrl": "/app/c1", "safeHtmlItem":
[{"html": "<p>Blue.</p>"}]}]`; or `"details": [{"name": "Request", "value": "Sky?"}, {"name": "Response", "value": "Blue."}]`; or
`"userInteractions": [{"userInteraction": {"request": "[{\"text\": \"Sky?\"}]", "response": "[{\"text\": \"Blue.\"}]"}}]`. The word before the prompt
is in the person's language. Rows whose link ends in the same id are one chat; a row without an id is one of its own. Answers may be cut off, which is
marked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from app.domain.texts.conversation import Role, Turn
from app.domain.texts.storable_text import plain
from app.domain.transcripts.archives.fields import object_at, objects_at, seconds, text_at
from app.domain.transcripts.archives.gathered import Gathered, Heading
from app.domain.transcripts.archives.sheets import Sheet, all_rows

NAME, LABEL = "gemini", "Gemini (Takeout)"
BESIDE: tuple[str, ...] = ()
_ASKED = re.compile(
    r"^(?:Prompted|Asked|Said|Vous avez saisi|Eingegebener Prompt|Gefragt|Prompt eingegeben|送信したメッセージ)\s*:?\s*",
    re.IGNORECASE,
)
_OURS = re.compile(r"gemini|\bbard\b", re.IGNORECASE)
_CHAT = re.compile(r"/app/(?:c/)?([\w-]+)")
_TAG, _BREAK = re.compile(r"<[^<>]*>"), re.compile(r"(?i)<br\s*/?>|</(?:p|div|li|h[1-6]|tr|pre)>")


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is one of such a log."""
    return "log" if {"title", "time", "header"} <= row.keys() else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the chats."""
    chats: dict[str, list[tuple[float, int, str, str]]] = {}
    seen: set[tuple[float, tuple[str, str]]] = set()
    for number, row in enumerate(all_rows(parts.get("log", ()), found)):
        if not _OURS.search(f"{row.get('header')} {row.get('products')}"):
            found.leave_out("other product")
            continue
        said = _said(row)
        if said is None:
            found.leave_out("not a turn")
            continue
        at = seconds(row.get("time"))
        if (at, said) in seen:
            found.leave_out("double")
            continue
        seen.add((at, said))
        chats.setdefault(_chat(row) or f"row {number}", []).append((at, -number, *said))
    for key, rows in chats.items():
        turns: list[Turn] = []
        for _, _, prompt, answer in sorted(rows):
            pair: tuple[tuple[Role, str], ...] = (("user", prompt), ("assistant", answer))
            turns += [Turn(role, text) for role, text in pair if plain(text)]
            found.leave_out("no text", sum(not plain(text) for _, text in pair))
            found.marked["cut off"] += answer.rstrip().endswith(("…", "..."))
        found.converse(turns, Heading("" if key.startswith("row ") else key, time=min(rows)[0]))
    found.marked = +found.marked


def _said(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """The prompt and its answer; None where the row tells of something else."""
    values = [text_at(each, "value") for each in objects_at(row, "details") if "value" in each]
    if values:
        return values[0], "".join(values[1:])
    acts = [object_at(each, "userInteraction") for each in objects_at(row, "userInteractions")]
    if acts:
        prompt, answer = (" ".join(_texts_in(text_at(act, name)) for act in acts) for name in ("request", "response"))
        return prompt, answer
    title, shown = text_at(row, "title"), objects_at(row, "safeHtmlItem")
    if not shown and not _ASKED.match(title):
        return None
    return _ASKED.sub("", title), "\n\n".join(_out_of_html(text_at(each, "html")) for each in shown)


def _texts_in(written: str) -> str:
    """The texts of a list of objects that is written as JSON inside a text."""
    try:
        value = json.loads(written)
    except (ValueError, RecursionError):
        return ""
    return " ".join(text_at(each, "text") for each in (value if isinstance(value, list) else [value]))


def _out_of_html(html: str) -> str:
    return unescape(_TAG.sub("", _BREAK.sub("\n", html))).strip()


def _chat(row: Mapping[str, Any]) -> str:
    links = [text_at(row, "titleUrl"), *(text_at(each, "url") for each in objects_at(row, "details"))]
    return next((match[1] for match in map(_CHAT.search, links) if match), "")
