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
from pathlib import Path
from typing import Any, TypeVar, get_args

from app.domain.errors import BadInput, Conflict
from app.domain.export import FileFormat, Pseudonyms, row
from app.services.whole_files import write_whole_lines
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


@dataclass(frozen=True, slots=True)
class Written:
    """What an export put into its file."""

    file_format: str
    rows: int
    sha256: str

    def as_json(self) -> dict[str, Any]:
        return {"format": self.file_format, "rows": self.rows, "sha256": self.sha256}

    def as_line(self) -> str:
        """The same as one line of JSON."""
        return json.dumps(self.as_json())

    def in_words(self, where: str) -> str:
        """As in `rows.jsonl: 41 rows, SHA-256 9f2c...`; says why where there are none."""
        if not self.rows:
            return f"{where}: 0 rows. Nobody who gave verdicts of their own has both consents (choices and texts) switched on."
        return f"{where}: {self.rows:,} {'row' if self.rows == 1 else 'rows'}, SHA-256 {self.sha256}"


def check_target(path: Path, *, force: bool) -> Path:
    """Where the file will be written, links followed.

    Raises Conflict where a file is there already, unless `force`, and BadInput where none can be written.
    """
    try:
        target = path.resolve()
        is_folder, is_file, has_folder = target.is_dir(), target.is_file(), target.parent.is_dir()
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its link leads back to itself"
        raise BadInput(f"{path} cannot be written: {reason}.") from error
    if is_folder or not has_folder:
        reason = "Is a directory" if is_folder else "No such file or directory"
        raise BadInput(f"{path} cannot be written: {reason}.")
    if is_file and not force:
        raise Conflict(
            f"{path} is there already and was left as it is. Give another --out, or --force to write it anew."
        )
    return target


def export_to(database: Database, target: Path | None, *, file_format: str) -> Written:
    """Writes an export into a file, or to standard output for None.

    A file is written aside and named when it is whole. Raises BadInput for another format or a file that cannot be written,
    and BrokenPipeError where nobody reads standard output any more.
    """
    sha256, rows = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal rows
        for line in export_rows(database, file_format=file_format, requested_by=None):
            sha256.update(line)
            rows += 1
            yield line

    try:
        if target is None:
            with open(1, "wb", closefd=False) as output:
                output.writelines(counted())
        elif target.exists() and not target.is_file():
            # A pipe or a device is not to be replaced by a file.
            with target.open("wb") as output:
                output.writelines(counted())
        else:
            write_whole_lines(target, counted())
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BadInput(f"{target or 'Standard output'} cannot be written: {error.strerror or error}.") from error
    return Written(file_format, rows, sha256.hexdigest())


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
