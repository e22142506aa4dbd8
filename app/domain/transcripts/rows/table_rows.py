"""Rows of a table as text: CSV with commas, semicolons or upright strokes, or TSV, whose first line names the columns.

`prompt,chosen,rejected` and then a line a row; a cell in double quotes may hold commas, line ends and doubled quotes. An
empty cell is a value that is not there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from app.domain.transcripts.rows.json_rows import Row

NAMES = frozenset(
    {
        "chosen",
        "rejected",
        "context",
        "prompt",
        "conversation_a",
        "conversation_b",
        "preferred_output",
        "winner",
        "response_a",
        "response_b",
    }
)
_DELIMITERS = (",", "\t", ";", "|")
# The module's limit of a cell is 131,072 characters; ours is that of a turn, told where the turn is read.
csv.field_size_limit(2**31 - 1)


def delimiter_of(text: str, names: frozenset[str] = NAMES) -> str:
    """What parts the columns, where the first line names at least two of `names`; "" where the text is no such table."""
    # Old spreadsheets end lines with a carriage return alone.
    first = re.split(r"[\r\n]", _without_settings(text).lstrip("\ufeff \t\r\n"), maxsplit=1)[0][:10_000]
    known = {each: len(names & set(_names(first, each))) for each in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda each: known[each])
    return best if known[best] >= 2 else ""


def column_names(text: str, delimiter: str) -> list[str]:
    """The columns that the first line names, in small letters."""
    return _names(_without_settings(text).lstrip("\ufeff \t\r\n").partition("\n")[0], delimiter)


def table_rows(text: str, delimiter: str) -> Iterator[Row]:
    """The rows below the first line, each with the line on which it begins."""
    whole = _without_settings(text.lstrip("\ufeff"))
    reader = csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter)
    names: list[str] = []
    before = text.count("\n") - whole.count("\n")
    begins = before + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            yield Row(f"line {begins}", None, f"the table breaks off there ({problem})")
            return
        where, begins, lines = f"line {begins}", before + reader.line_num + 1, before + reader.line_num + 1 - begins
        if not any(cell.strip() for cell in cells):
            continue
        if not names:
            names = _named(cells)
        elif len(cells) != len(names):
            why = f"it has {len(cells)} columns where the first line names {len(names)}"
            far = f"; it reaches over {lines:,} lines, so a quotation mark may be missing" if lines > 1 else ""
            yield Row(where, None, f"{why}{far}")
        elif _named(cells) != names:
            # The heading once more, where two tables were put together, is no row.
            yield Row(where, {name: cell for name, cell in zip(names, cells, strict=True) if cell and name})


def _without_settings(text: str) -> str:
    """The text without the line by which spreadsheets tell what parts the columns (`sep=;`)."""
    return text.split("\n", 1)[-1] if text.lstrip("\ufeff").lower().startswith("sep=") else text


def _names(line: str, delimiter: str) -> list[str]:
    try:
        return _named(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return []


def _named(cells: list[str]) -> list[str]:
    return [cell.strip("\ufeff \t\r").lower() for cell in cells]
