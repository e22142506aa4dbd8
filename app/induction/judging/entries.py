"""What a reply to several numbered questions says: `{"answers": [{"question": 1, "better": "A", "sure": 80}, ...]}`.

Each entry counts for the question whose number it names and for no other. How sure a model says it is runs ahead of how
often it is right, so what is made of it is modest: half the log-odds it states, and bounds.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from app.induction.model.language_model import Answer, Reply

_FRAME_TOKENS, _ENTRY_TOKENS = 40, 32
"""Of an answer: what stands around the entries and each of them, where the JSON is indented."""
_REASON_TOKENS = 70
"""What a reason adds to an entry."""
_LONGEST_REASON = 300
_LEAST_SURE, _MOST_SURE = 0.55, 0.95
_SHARE_BELIEVED = 0.5
_UNSAID = 0.5
"""Log-odds of a letter without a word on how sure it is."""
STATED = 85
"""How sure a worked example is told to be: it happened, and yet a model that reads 99 says 99."""


def entries_schema(questions: int, *, reasons: bool = False) -> str:
    """The JSON schema of a reply to so many questions, with a written reason before each answer or without."""
    reasoning = {"reasoning": {"type": "string", "maxLength": _LONGEST_REASON}} if reasons else {}
    properties = {
        "question": {"type": "integer"},
        **reasoning,
        "better": {"type": "string", "enum": ["A", "B"]},
        "sure": {"type": "integer"},
    }
    entry = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties),
    }
    listed = {"type": "array", "minItems": questions, "maxItems": questions, "items": entry}
    return json.dumps(
        {"type": "object", "additionalProperties": False, "properties": {"answers": listed}, "required": ["answers"]}
    )


def entries_tokens(questions: int, *, reasons: bool = False) -> int:
    """The most tokens that such a reply may have."""
    return _FRAME_TOKENS + (_ENTRY_TOKENS + _REASON_TOKENS * reasons) * questions


def written_entries(first_is_better: list[bool]) -> str:
    """A reply as a worked example has it, for as many questions in their order."""
    answers = [
        {"question": number, "better": "A" if first else "B", "sure": STATED}
        for number, first in enumerate(first_is_better, start=1)
    ]
    return json.dumps({"answers": answers})


def read_entries(answer: Answer, questions: int) -> dict[int, float]:
    """Number of a question -> log-odds of its first answer against its second, of all that can be read.

    A number named twice with different answers says nothing. Where an entry names a question that was not shown, the
    numbers are the model's own and none can be trusted: nothing is read.
    """
    if not isinstance(answer, Reply):
        return {}
    rows = [(_number(row), _margin(row)) for row in _rows(answer.text)]
    if any(number is not None and not 1 <= number <= questions for number, _ in rows):
        return {}
    found: dict[int, float] = {}
    at_odds: set[int] = set()
    for number, margin in rows:
        if number is None or margin is None:
            continue
        if number in found and (found[number] > 0) is not (margin > 0):
            at_odds.add(number)
        found.setdefault(number, margin)
    return {number: margin for number, margin in found.items() if number not in at_odds}


def read_reasons(answer: Answer) -> dict[int, str]:
    """Number of a question -> the reason written for it; for questions of which `read_entries` reads the answer."""
    if not isinstance(answer, Reply):
        return {}
    written = ((_number(row), " ".join(str(row.get("reasoning") or "").split())) for row in _rows(answer.text))
    return {number: reason for number, reason in written if number is not None}


def _rows(text: str) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    if isinstance(found, dict):
        lists = [value for value in (found.get("answers"), *found.values()) if isinstance(value, list)]
        found = lists[0] if lists else [found]
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _number(row: Mapping[str, Any]) -> int | None:
    said = re.search(r"-?\d+", str(row.get("question", "")))
    return int(said[0]) if said else None


def _margin(row: Mapping[str, Any]) -> float | None:
    letter = re.fullmatch(r"(?:answer[ _]?)?([ab])", str(row.get("better", "")).strip(), re.IGNORECASE)
    if not letter:
        return None
    size = _modest(row.get("sure"))
    return size if letter[1].upper() == "A" else -size


def _modest(sure: object) -> float:
    said = re.search(r"\d+(?:\.\d+)?", str(sure)) if not isinstance(sure, bool) else None
    if not said:
        return _UNSAID
    share = float(said[0])
    # Some write 0.8 for 80.
    share = share if share <= 1 else share / 100
    share = min(max(share, _LEAST_SURE), _MOST_SURE)
    return _SHARE_BELIEVED * math.log(share / (1 - share))
