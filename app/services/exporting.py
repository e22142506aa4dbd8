"""The researchers' export: consented verdicts as JSON Lines, streamed, under names made for this one file.

Consent is asked again for every row as it is written, so a withdrawal takes effect in a running export. Memory holds one
row, and the ids of the accounts that ever consented and of one account's verdicts. Order is shuffled by the names'
key; the key is forgotten with the export.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from app.domain.errors import BadInput
from app.domain.export import FileFormat, Pseudonyms, row
from app.storage import comparisons, consents, exports
from app.storage.database import Database, Session

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
    for account_id, comparison_id in _candidates(database, names):
        with database.reading() as session:
            one = exports.consented_verdict(session, account_id, comparison_id)
        made = row(file_format, one, names) if one else None
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
        account_ids = consents.accounts_with_a_grant(session)
    for account_id in sorted(account_ids, key=lambda each: names.name("participant", each)):
        with database.reading() as session:
            comparison_ids = comparisons.decided_ids(session, account_id)
        for comparison_id in sorted(comparison_ids, key=lambda each: names.name("pair", each)):
            yield account_id, comparison_id
