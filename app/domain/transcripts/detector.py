"""Finds the format of each row of preferences and reads it; what cannot be read is told with its place and reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import BadInput
from app.domain.transcripts import lmsys, preference_pairs, trl
from app.domain.transcripts.found import FoundComparison
from app.domain.transcripts.json_rows import Row, rows

FORMATS = (lmsys, preference_pairs, trl)
KNOWN = (
    "Known are preference pairs (context, chosen, rejected), TRL rows (prompt, chosen, rejected) and LMSYS battles "
    "(conversation_a, conversation_b, winner)."
)


@dataclass(frozen=True, slots=True)
class Read:
    """The comparisons of a file in order, and `(where, why)` for each row that was left out."""

    comparisons: tuple[FoundComparison, ...]
    skipped: tuple[tuple[str, str], ...]


def read_preferences(data: bytes) -> Read:
    """Reads a file of preferences. Raises BadInput or TooLarge where the file as a whole, or every row, is unusable."""
    found: list[FoundComparison] = []
    skipped: list[tuple[str, str]] = []
    for row in rows(data):
        try:
            found.append(_read(row))
        except BadInput as problem:
            skipped.append((row.where, str(problem)))
    if not found:
        where, why = skipped[0] if skipped else ("", "it has no rows")
        raise BadInput(f"No row of the file can be used. {where}: {why} {KNOWN}".replace(". : ", ": "))
    return Read(tuple(found), tuple(skipped))


def _read(row: Row) -> FoundComparison:
    if row.fault:
        raise BadInput(f"{row.fault[0].upper()}{row.fault[1:]}.")
    if not isinstance(row.value, Mapping):
        raise BadInput("It is no object with named fields.")
    for known in FORMATS:
        if known.fits(row.value):
            found: FoundComparison = known.read(row.value)
            return found
    raise BadInput("It has none of the known sets of fields.")
