r"""Lists of messages that were written as text, as when a table is saved as CSV and read again.

`"[{\"role\": \"user\", \"content\": \"Sky?\"}]"`, or in Python's way with single quotes, or as tables print arrays.
Such a text is read as the list it is, and never taken for an answer. An answer may be about such lists, so both answers of a
row must be lists, or neither is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.domain.errors import BadInput
from app.domain.transcripts.rows.json_rows import literal

_SIDES = (("chosen", "rejected"), ("conversation_a", "conversation_b"), ("preferred_output", "non_preferred_output"))
_ALONE = ("context", "prompt", "input", "conversations", "messages")
_MOST_BRACKETS = 20_000
_BEGINS = re.compile(r"(?:array\()?(?:\[\s*)?\{\s*['\"]")
_SPEAKER = re.compile(r"['\"](?:role|from)['\"]\s*:")
_SAID = re.compile(r"['\"](?:content|value|messages)['\"]\s*:")


def with_lists_read(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with such texts as lists. Raises BadInput where one is a list and cannot be read."""
    found: dict[str, Any] = {}
    for one, other in _SIDES:
        if _is_written(row.get(one)) and _is_written(row.get(other)):
            found |= {one: _read(row[one], one), other: _read(row[other], other)}
    found |= {name: _read(row[name], name) for name in _ALONE if _is_written(row.get(name))}
    return {**row, **found} if found else row


def _is_written(value: Any) -> bool:
    return isinstance(value, str) and bool(
        _BEGINS.match(value.lstrip()) and _SPEAKER.search(value) and _SAID.search(value)
    )


def _read(text: str, what: str) -> Any:
    try:
        if text.count("[") + text.count("{") + text.count("(") > _MOST_BRACKETS:
            raise ValueError("it has too many parts")
        return literal(text)
    except ValueError as problem:
        raise BadInput(f"{what} is a list of turns written as text, and {problem}.") from problem
