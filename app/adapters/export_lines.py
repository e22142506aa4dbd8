"""Verdicts as lines of JSON, the texts and names of each put into a form that was written once for all rows alike in the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import orjson

from app.domain.export.columns import FileFormat
from app.domain.export.record import ExportedVerdict, Facts, Pseudonyms, Times
from app.domain.export.rows import GAP, form, own_values

FORMS_KEPT = 2_000
"""About a kilobyte each. A row with a form of its own takes twice the time of one whose form is there; where more than half are there, forms
pay."""


def line_writer(file_format: FileFormat, names: Pseudonyms, times: Times) -> Callable[[ExportedVerdict], bytes | None]:
    """What gives the line of a verdict, one JSON object and a newline, or None where the format has no row for it."""
    gap = orjson.dumps(GAP)

    @lru_cache(FORMS_KEPT)
    def written_form(facts: Facts) -> bytes | None:
        found = form(file_format, facts, times)
        if found is None:
            return None
        return orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE).replace(b"%", b"%%").replace(gap, b"%b")

    def line(one: ExportedVerdict) -> bytes | None:
        written = written_form(one.facts)
        return written and written % tuple(map(orjson.dumps, own_values(file_format, one, names)))

    return line
