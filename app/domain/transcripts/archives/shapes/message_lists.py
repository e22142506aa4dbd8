"""Turns out of a text or a list of messages, as rows of data sets hold them; what is no turn is left away."""

from __future__ import annotations

import json
from typing import Any

from app.domain.texts.conversation import Turn
from app.domain.transcripts.archives.fields import objects_at, spoken, text_at
from app.domain.transcripts.archives.trees import Message, joined
from app.domain.transcripts.turns import ROLES


def turns_in(value: Any, role: str, most: int | None = None) -> tuple[Turn, ...]:
    """The turns of a list of messages, also of one that is written as JSON, and of a text by `role`; the first `most` messages alone."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return joined([Message("", "", role, value)])
    if not isinstance(value, list):
        return joined([Message("", "", role, spoken(value))])
    rows = objects_at({"turns": value}, "turns")[:most]
    return joined(
        Message("", "", ROLES.get(text_at(row, "role").lower(), ""), spoken(row.get("content"))) for row in rows
    )
