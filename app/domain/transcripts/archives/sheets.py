"""The files of an archive, each as rows: the items of a JSON array, one JSON object, lines of JSON, or lines of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.domain.errors import BadInput
from app.domain.transcripts.archives.fields import seconds, text_at
from app.domain.transcripts.archives.gathered import Gathered
from app.domain.transcripts.detector import ParquetRows, no_parquet
from app.domain.transcripts.rows.json_rows import Row, json_rows
from app.domain.transcripts.rows.table_rows import column_names, delimiter_of, table_rows
from app.domain.transcripts.rows.unpacking import as_text
from app.domain.transcripts.rows.wrapped_rows import unwrapped
from app.domain.transcripts.text import ON_DISK

COLUMNS = frozenset(
    {"conversation", "time", "author", "message", "createdat", "messagecontent", "timestamp", "clientapp"}
)
"""Columns of the tables in which chats are kept."""
_TRIED_ROWS = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file by its path inside the archive. `load` fetches its bytes, unpacked and within limits, and raises BadInput."""

    path: str
    load: Callable[[], bytes]
    parquet: ParquetRows = no_parquet

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    def text(self) -> str:
        """Raises BadInput where the file is no text."""
        return as_text(self.load())

    def rows(self, found: Gathered) -> Iterator[Mapping[str, Any]]:
        """The rows that are objects, in order; what cannot be read is left out and counted."""
        try:
            for row in self._values():
                if isinstance(row, Mapping):
                    yield row
                else:
                    found.leave_out("unreadable row")
        except BadInput:
            found.leave_out("file that breaks off")

    def first_rows(self) -> list[Mapping[str, Any]]:
        """The first few rows that are objects; of a table without rows its columns, empty; none where the file is neither."""
        rows: list[Mapping[str, Any]] = []
        try:
            for row in islice(self._values(), _TRIED_ROWS):
                if isinstance(row, Mapping):
                    rows.append(row)
            text = "" if rows or self._is_parquet else self.text()
        except BadInput:
            return rows
        delimiter = _delimiter(text)
        if delimiter:
            rows.append(dict.fromkeys(column_names(text, delimiter), ""))
        return rows

    @property
    def _is_parquet(self) -> bool:
        return self.name.lower().endswith(".parquet")

    def _values(self) -> Iterator[Any]:
        """Each row's value; None where it cannot be read."""
        if self._is_parquet:
            yield from self.parquet(self.load(), ON_DISK)
        else:
            yield from (row.value for row in _rows(self.text()))


def _rows(text: str) -> Iterator[Row]:
    delimiter = _delimiter(text)
    if delimiter:
        return table_rows(text, delimiter)
    return (inside for row in json_rows(text) for inside in unwrapped(row)) if _is_json(text) else iter(())


def _delimiter(text: str) -> str:
    return "" if _is_json(text) else delimiter_of(text) or delimiter_of(text, COLUMNS)


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def all_rows(sheets: Iterable[Sheet], found: Gathered) -> Iterator[Mapping[str, Any]]:
    """The rows of several sheets, one after the other."""
    return (row for sheet in sheets for row in sheet.rows(found))


def newest_rows(
    sheets: Sequence[Sheet], found: Gathered, keys: tuple[str, ...], time: str
) -> Iterator[Mapping[str, Any]]:
    """The rows of several sheets, of those with one key only the newest; the others are left out and counted.

    The sheets are read twice, so that a large archive is never a large tree in memory.
    """
    newest: dict[str, tuple[float, int]] = {}
    for number, row in enumerate(all_rows(sheets, Gathered())):
        key = text_at(row, *keys)
        if key:
            newest[key] = max(newest.get(key, (0.0, -1)), (seconds(row.get(time)), number))
    for number, row in enumerate(all_rows(sheets, found)):
        key = text_at(row, *keys)
        if key and newest[key][1] != number:
            found.leave_out("double")
        else:
            yield row
