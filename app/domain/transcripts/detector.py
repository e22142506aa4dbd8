"""The one reader of files of preferences, behind page, API and command.

It finds the format of each row and reads it; what cannot be read is told with its place and reason, and so is what was left
out of a row that was read. Whose choices they are, and what is said twice, is for `settling.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from app.domain.errors import BadInput, NothingUsable, TooLarge
from app.domain.transcripts.columns import person_of, with_columns
from app.domain.transcripts.formats import (
    arena_sessions,
    arena_table,
    comparia,
    lmsys,
    openai_rows,
    preference_pairs,
    trl,
)
from app.domain.transcripts.found import FoundComparison
from app.domain.transcripts.rows.json_rows import NOT_A_VALUE, Row, json_rows
from app.domain.transcripts.rows.table_rows import delimiter_of, table_rows
from app.domain.transcripts.rows.unpacking import PARQUET, as_text, unpacked
from app.domain.transcripts.rows.wrapped_rows import READ_COLUMNS, unwrapped
from app.domain.transcripts.rows.written_lists import with_lists_read
from app.domain.transcripts.text import UPLOADED, Limits
from app.domain.transcripts.turns import Notes

FORMATS = (comparia, arena_sessions, lmsys, openai_rows, preference_pairs, trl, arena_table)
KNOWN = (
    "Known are preference pairs (context, chosen, rejected), TRL rows (prompt, chosen, rejected), OpenAI preference rows "
    "(input, preferred_output, non_preferred_output) and LMSYS battles (conversation_a, conversation_b, winner)."
)
NO_BEGINNING = "It is no JSON: Expecting value at character 1."
NO_TABLE = (
    "It is neither JSON nor a table whose first line names at least two of the columns that are read, such as prompt, chosen and "
    "rejected."
)
NO_PARQUET = (
    "The file is Parquet, which needs the extra `parquet` of this program (the package pyarrow), and it is not installed here. "
    "Bring the file as JSON Lines or CSV."
)

ParquetRows = Callable[[bytes, Limits], Iterable[Mapping[str, Any]]]
"""Rows of a Parquet file's bytes within limits; raises BadInput or TooLarge."""


class Told(NamedTuple):
    """Something about one row: where it stands, what is to be told of it, whose row it is as far as it tells, and of which kind
    it is where rows are counted by kinds."""

    where: str
    why: str
    person: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """The comparisons of a file in order, repetitions among them; what was `skipped`; and what was `left_out` of the rows
    that were kept."""

    comparisons: tuple[FoundComparison, ...]
    skipped: tuple[Told, ...]
    left_out: tuple[Told, ...] = ()

    @property
    def changed(self) -> int:
        """How many characters became U+FFFD."""
        return sum(found.changed for found in self.comparisons)


def no_parquet(_data: bytes, _limits: Limits) -> Iterable[Mapping[str, Any]]:
    """Refuses, where nobody has handed in a reader of Parquet."""
    raise BadInput(NO_PARQUET)


def read_preferences(data: bytes, *, limits: Limits = UPLOADED, parquet: ParquetRows = no_parquet) -> Read:
    """Reads a file of preferences. Raises BadInput or TooLarge where the file as a whole, or every row, is unusable."""
    read = read_rows(data, limits=limits, parquet=parquet)
    if not read.comparisons:
        skipped = read.skipped
        why = f"{_sentence(skipped[0].where)}: {skipped[0].why}" if skipped else "It has no rows."
        if skipped and all(told.why.startswith(NO_BEGINNING) for told in skipped):
            why = NO_TABLE
        raise NothingUsable(f"No row can be used. {why} {KNOWN}")
    return read


def read_rows(data: bytes, *, limits: Limits = UPLOADED, parquet: ParquetRows = no_parquet) -> Read:
    """As `read_preferences`, where it is no fault that no row can be used."""
    found: list[FoundComparison] = []
    skipped: list[Told] = []
    left_out: list[Told] = []
    for count, row in enumerate(_rows(data, limits, parquet)):
        if count >= limits.most_rows:
            raise TooLarge(f"The file has more than {limits.most_rows:,} rows; at most {limits.most_rows:,} are taken.")
        notes = Notes()
        try:
            found.append(_read(row, notes))
        except BadInput as problem:
            person = person_of(row.value) if isinstance(row.value, Mapping) else ""
            skipped.append(Told(row.where, str(problem), person, getattr(problem, "what", "")))
            continue
        person = found[-1].person
        left_out += [Told(row.where, _sentence(f"{what} was left out."), person) for what in notes.left_out]
        if notes.changed:
            why = f"{notes.changed:,} character{'s' if notes.changed > 1 else ''} that cannot be stored became U+FFFD."
            left_out.append(Told(row.where, why, person))
    return Read(tuple(found), tuple(skipped), tuple(left_out))


def format_of(row: Any) -> str:
    """The name of the format whose fields the row has; "" for none."""
    if not isinstance(row, Mapping):
        return ""
    value = _with_plain_names(row)
    return next((known.NAME for known in FORMATS if known.fits(value)), "")


def _rows(data: bytes, limits: Limits, parquet: ParquetRows) -> Iterator[Row]:
    data = unpacked(data, limits.most_bytes)
    if data.startswith(PARQUET):
        for number, value in enumerate(parquet(data, limits), start=1):
            yield Row(f"row {number}", value)
        return
    text = as_text(data)
    begins = text.lstrip("\ufeff \t\r\n")[:1]
    delimiter = "" if begins in ("{", "[") else delimiter_of(text)
    if delimiter:
        yield from table_rows(text, delimiter)
    else:
        for row in json_rows(text):
            yield from unwrapped(row)


def _read(row: Row, notes: Notes) -> FoundComparison:
    if row.fault:
        raise BadInput(_sentence(f"{row.fault}."))
    if not isinstance(row.value, Mapping):
        raise BadInput("It is no object with named fields.")
    value = with_lists_read(_with_plain_names(row.value))
    for name in READ_COLUMNS:
        if value.get(name) is NOT_A_VALUE:
            raise BadInput(f"{name} is NaN, or stands there twice with different values.")
    for known in FORMATS:
        if known.fits(value):
            found: FoundComparison = with_columns(known.read(value, notes), value, notes)
            return replace(found, where=row.where, changed=notes.changed)
    raise BadInput(f"It has none of the known sets of fields{_almost(value)}.")


def _with_plain_names(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with its columns in small letters, where it has none of the known ones as they are."""
    if READ_COLUMNS & row.keys():
        return row
    return {str(name).strip().lower(): value for name, value in row.items()}


def _almost(value: Mapping[str, Any]) -> str:
    """Which field of a known set is missing, where some of the set are there."""
    missing = {"chosen", "rejected"} - value.keys()
    return f": {missing.pop()} is missing" if len(missing) == 1 else ""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
