"""Rows inside one JSON value: a list under a name such as `data`, and tables as pandas and others write them.

Tables by columns (`{"prompt": {"0": "Sky?"}, ...}` or `{"prompt": ["Sky?"], ...}`), by index (`{"0": {"prompt": "Sky?", ...}}`) and
split into names and rows (`{"columns": ["prompt", ...], "data": [["Sky?", ...]]}`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.transcripts.rows.json_rows import Row

READ_COLUMNS = frozenset(
    {
        *("context", "prompt", "chosen", "rejected", "conversation_a", "conversation_b", "winner"),
        *("input", "preferred_output", "non_preferred_output", "response_a", "response_b"),
    }
)
_WRAPS = ("data", "rows", "examples", "items", "train")


def unwrapped(row: Row) -> Iterator[Row]:
    """The rows inside a value that holds many; else the row itself."""
    if not isinstance(row.value, dict):
        yield row
        return
    table = _table(row.value)
    if table is not None:
        for number, cells in enumerate(table, start=1):
            yield Row(f"item {number}", cells)
        return
    inside = next((row.value[name] for name in _WRAPS if name in row.value), None)
    if not isinstance(inside, list) or READ_COLUMNS & row.value.keys():
        yield row
        return
    for number, value in enumerate(inside, start=1):
        yield _viewed(f"item {number}", value)


def _viewed(where: str, value: Any) -> Row:
    """A row as a viewer of data sets gives it, in a `row` of its own; one whose texts the viewer cut off is not whole."""
    if not isinstance(value, dict) or not isinstance(value.get("row"), dict):
        return Row(where, value)
    cut = value.get("truncated_cells")
    names = sorted(name for name in cut if name in READ_COLUMNS) if isinstance(cut, list) else []
    return Row(
        where, value["row"], f"{' and '.join(names)} had been cut off by the viewer of the data" if names else ""
    )


def _table(value: Mapping[str, Any]) -> list[Any] | None:
    """The rows of a table, or None where the value is none."""
    names, rows = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(rows, list) and _known(names):
        # A row of another length stays as it is, and is refused as a row.
        return [
            dict(zip(names, row, strict=True)) if isinstance(row, list) and len(row) == len(names) else row
            for row in rows
        ]
    columns = list(value.values())
    if not columns:
        return None
    if _numbered(value) and all(isinstance(row, dict) for row in columns):
        return columns
    if not _known(list(value)):
        return None
    first = columns[0]
    if isinstance(first, dict) and _numbered(first) and all(_is_beside(first, column) for column in columns):
        return [{name: column[key] for name, column in value.items()} for key in first]
    if isinstance(first, list) and all(_is_column(first, column) for column in columns):
        return [dict(zip(value, cells, strict=True)) for cells in zip(*columns, strict=True)]
    return None


def _known(names: list[Any]) -> bool:
    return sum(isinstance(name, str) and name.strip().lower() in READ_COLUMNS for name in names) > 1


def _numbered(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(key.isdigit() for key in value)


def _is_beside(first: Mapping[str, Any], column: Any) -> bool:
    return isinstance(column, dict) and column.keys() == first.keys()


def _is_column(first: list[Any], column: Any) -> bool:
    """Whether it is as long as the first; a list of turns, which are objects, is one row's."""
    return isinstance(column, list) and len(column) == len(first) and not any(isinstance(cell, dict) for cell in column)
