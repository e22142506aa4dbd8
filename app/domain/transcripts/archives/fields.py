"""Fields of rows that nobody has checked: each is taken as what it should be, or as nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_LARGEST, _MOST_DIGITS = 1e16, 17
_MILLISECONDS_FROM = 1e11
"""Larger numbers are no seconds: as seconds they would lie in the year 5138."""


def text_at(row: Any, *names: str) -> str:
    """The first of the fields that is a text which is not empty; "" where none is."""
    values = (row.get(name) for name in names) if isinstance(row, Mapping) else ()
    return next((value for value in values if isinstance(value, str) and value), "")


def rows_at(row: Any, name: str) -> list[Any]:
    """The field's list; an empty one where it is none."""
    value = row.get(name) if isinstance(row, Mapping) else None
    return value if isinstance(value, list) else []


def objects_at(row: Any, name: str) -> list[Mapping[str, Any]]:
    """The objects in the field's list."""
    return [each for each in rows_at(row, name) if isinstance(each, Mapping)]


def object_at(row: Any, *names: str) -> Mapping[str, Any]:
    """What the names lead to, one inside the other; an empty object where there is none."""
    for name in names:
        row = row.get(name) if isinstance(row, Mapping) else None
    return row if isinstance(row, Mapping) else {}


def spoken(content: Any) -> str:
    """The text of a message's content: a text, or a list of texts and of objects with a `text`, an end of line between them."""
    if isinstance(content, list):
        return "\n".join(part if isinstance(part, str) else text_at(part, "text") for part in content)
    return content if isinstance(content, str) else text_at(content, "text")


def seconds(time: Any) -> float:
    """Seconds since 1970 of a time in seconds, milliseconds, ISO or `{"$date": ...}`; 0 for anything else."""
    for name in ("$date", "$numberLong"):
        time = time.get(name) if isinstance(time, Mapping) else time
    if isinstance(time, str):
        return _seconds_written(time.strip())
    if isinstance(time, bool) or not isinstance(time, int | float) or abs(time) > _LARGEST:
        return 0.0
    return time / 1000 if abs(time) > _MILLISECONDS_FROM else float(time)


def _seconds_written(time: str) -> float:
    if time.isdecimal() and len(time) < _MOST_DIGITS:
        return seconds(int(time))
    try:
        found = datetime.fromisoformat(time)
    except ValueError:
        return 0.0
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
