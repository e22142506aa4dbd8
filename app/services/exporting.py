"""The researchers' export: consented verdicts as JSON Lines, streamed, under names made for this one file.

Rows are read fifty at a time, and consent is asked again each time, so a withdrawal takes effect in a running export.
Memory holds those rows, and the ids of the accounts that ever consented and of fifty accounts' verdicts. Order is
shuffled by the names' key; the key is forgotten with the export.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar, get_args

from app.domain.errors import BadInput
from app.domain.export import FileFormat, Pseudonyms, row
from app.storage import comparisons, consents, exports
from app.storage.database import Database, Session

Item = TypeVar("Item")

AT_ONCE = 50
"""Rows (and accounts) a transaction reads: two transactions a row took 22 s for 1,000 rows on Postgres."""

FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)


@dataclass(frozen=True)
class ExportView:
    """One export on the list; `rows` and `finished_at` are None where it was broken off."""

    export_id: str
    file_format: str
    rows: int | None
    sha256: str
    created_at: datetime
    finished_at: datetime | None


def export_rows(database: Database, *, file_format: str, requested_by: str | None) -> Iterator[bytes]:
    """The file, line by line, each a JSON object of the format "trl" or "lmsys" (domain/export).

    The export is put on the list now; its row count and SHA-256 follow when the last line has been taken. Raises
    BadInput for another format, before anything is streamed. Whether the asker may export is for the caller to check.
    """
    chosen = next((known for known in FORMATS if known == file_format), None)
    if chosen is None:
        raise BadInput(f"There is no such export format. The formats are {', '.join(FORMATS)}.")
    with database.writing() as session:
        export_id = exports.begin(session, chosen, requested_by)
    return _stream(database, chosen, export_id)


def list_exports(session: Session) -> list[ExportView]:
    """The latest 50 exports, newest first."""
    return [
        ExportView(each.export_id, each.file_format, each.rows, each.sha256, each.created_at, each.finished_at)
        for each in exports.newest_first(session)
    ]


def _stream(database: Database, file_format: FileFormat, export_id: str) -> Iterator[bytes]:
    names = Pseudonyms(secrets.token_bytes(32))
    sha256, count = hashlib.sha256(), 0
    for batch in _batches(_candidates(database, names)):
        with database.reading() as session:
            found = exports.consented_verdicts(session, batch)
        for one in found:
            made = row(file_format, one, names)
            if made is None:
                continue
            line = json.dumps(made, ensure_ascii=False).encode() + b"\n"
            sha256.update(line)
            count += 1
            yield line
    with database.writing() as session:
        exports.finish(session, export_id, count, sha256.hexdigest())


def _candidates(database: Database, names: Pseudonyms) -> Iterator[tuple[str, str]]:
    with database.reading() as session:
        granted = consents.accounts_with_a_grant(session)
    for account_ids in _batches(sorted(granted, key=lambda each: names.name("participant", each))):
        with database.reading() as session:
            decided = {account_id: comparisons.decided_ids(session, account_id) for account_id in account_ids}
        for account_id, comparison_ids in decided.items():
            for comparison_id in sorted(comparison_ids, key=lambda each: names.name("pair", each)):
                yield account_id, comparison_id


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while batch := list(islice(left, AT_ONCE)):
        yield batch
