"""The researchers' export: consented verdicts as lines of JSON, under names made for this one file.

Rows are read 500 at a time, and consent is asked again each time, so a withdrawal takes effect in a running export.
Memory holds those rows, the ids of the accounts that ever consented and of fifty accounts' verdicts, and on which days who gave
verdicts. Order is shuffled by the names' key; the key is forgotten with the export.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO, Any

from app.adapters.export_lines import line_writer
from app.adapters.parquet_files import prove_parquet, write_parquet
from app.domain.errors import BadInput, Conflict
from app.domain.export.columns import FORMATS, Format, format_named
from app.domain.export.order import Decided, at_once, batches, shuffled
from app.domain.export.record import Pseudonyms, Times
from app.domain.export.rows import annotated_beginning
from app.domain.export.shared import Shared, day_levels, time_levels
from app.services.whole_files import WRITTEN_AT_ONCE, write_whole_lines
from app.storage.database import Database, Session
from app.storage.exporting import exports
from app.storage.people import consents

AT_ONCE = 500
"""Rows a transaction reads: to open it and ask for consents takes as long as twenty rows."""
PEOPLE_AT_ONCE = 50
CHUNK_BYTES = 64 * 1024
PARQUET = ".parquet"
ONE_DOCUMENT = "annotated"
Reading = Callable[[], AbstractContextManager[Session]]


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
    if target.suffix == PARQUET:
        prove_parquet()
    if is_file and not force:
        raise Conflict(
            f"{path} is there already and was left as it is. Give another --out, or --force to write it anew."
        )
    return target


def export_to(database: Database, target: Path | None, *, file_format: str) -> Written:
    """Writes an export into a file, or to standard output for None; as Parquet where its name ends in `.parquet`, which all formats
    but `annotated` can.

    A file is written aside and named when it is whole. Raises BadInput for another format or a file that cannot be written,
    and BrokenPipeError where nobody reads standard output any more.
    """
    is_parquet = target is not None and target.suffix == PARQUET
    if is_parquet and file_format == ONE_DOCUMENT:
        raise BadInput("Annotated pairs are one JSON document and no table. Give --out a name that ends in .json.")
    lines = export_rows(database, file_format=file_format, requested_by=None)
    try:
        if target is not None and is_parquet:
            return _as_parquet(lines, target, file_format)
        if target is None:
            with open(1, "wb", closefd=False) as output:
                output.writelines(lines)
        elif target.exists() and not target.is_file():
            # A pipe or a device is not to be replaced by a file.
            with target.open("wb") as output:
                output.writelines(lines)
        else:
            write_whole_lines(target, lines)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BadInput(f"{target or 'Standard output'} cannot be written: {error.strerror or error}.") from error
    return Written(file_format, lines.rows, lines.sha256)


def _as_parquet(lines: RunningExport, target: Path, file_format: str) -> Written:
    """The rows as Parquet, first in a file without a name. The SHA-256 is that of this file."""
    columns = next(known.columns for known in FORMATS if known.name == file_format)
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as packed:
        write_parquet(packed, columns, map(json.loads, lines))
        packed.seek(0)

        def chunks() -> Iterator[bytes]:
            while chunk := packed.read(CHUNK_BYTES):
                digest.update(chunk)
                yield chunk

        write_whole_lines(target, chunks())
    return Written(file_format, lines.rows, digest.hexdigest())


class RunningExport(Iterator[bytes]):
    """The lines of an export as they are read. `rows` and `sha256` are those of the whole when the last line was taken."""

    def __init__(self, database: Database, chosen: Format, export_id: str) -> None:
        self.rows, self.sha256 = 0, ""
        self._blocks = self._listed(database, chosen, export_id)
        self._lines = chain.from_iterable(self._blocks)

    def __next__(self) -> bytes:
        return next(self._lines)

    def close(self) -> None:
        """Breaks the export off; it stays on the list as unfinished."""
        self._blocks.close()

    def _listed(self, database: Database, chosen: Format, export_id: str) -> Generator[list[bytes]]:
        digest = hashlib.sha256()
        beginning, between, end = _frame(chosen)
        if beginning:
            digest.update(beginning)
            yield [beginning]
        for lines in _lines(database, chosen):
            written = (
                [between + line if at or self.rows else line for at, line in enumerate(lines)] if between else lines
            )
            digest.update(b"".join(written))
            self.rows += len(written)
            yield written
        if end:
            digest.update(end)
            yield [end]
        self.sha256 = digest.hexdigest()
        with database.writing() as session:
            exports.finish(session, export_id, self.rows, self.sha256)


def export_rows(database: Database, *, file_format: str, requested_by: str | None) -> RunningExport:
    """The file, line by line: each a JSON object of the format (domain/export/columns), or together one document.

    The export is put on the list now; its row count and SHA-256 follow when the last line has been taken. Raises
    BadInput for another format, before anything is read. Whether the asker may export is for the caller to check.
    """
    chosen = format_named(file_format)
    if chosen is None:
        raise BadInput(f"There is no such export format. The formats are {', '.join(each.name for each in FORMATS)}.")
    with database.writing() as session:
        export_id = exports.begin(session, chosen.name, requested_by)
    return RunningExport(database, chosen, export_id)


@dataclass(frozen=True, slots=True)
class WholeExport:
    """An export that was written aside to its end: its size is known before the first byte is sent."""

    file: IO[bytes]
    size: int
    written: Written

    @property
    def headers(self) -> dict[str, str]:
        """What tells a reader whether all has come: length, digest (RFC 9530) and rows."""
        digest = base64.b64encode(bytes.fromhex(self.written.sha256)).decode()
        return {
            "Content-Length": str(self.size),
            "Content-Digest": f"sha-256=:{digest}:",
            "Export-Rows": str(self.written.rows),
            "Export-SHA256": self.written.sha256,
        }

    def chunks(self) -> Iterator[bytes]:
        """The bytes; the file is gone with the last."""
        with self.file:
            while chunk := self.file.read(CHUNK_BYTES):
                yield chunk


def whole_export(database: Database, *, file_format: str, requested_by: str | None) -> WholeExport:
    """The whole export, in a file without a name that nobody else can open. Raises BadInput for another format."""
    lines = export_rows(database, file_format=file_format, requested_by=requested_by)
    file = tempfile.TemporaryFile(buffering=WRITTEN_AT_ONCE)  # noqa: SIM115 - it is closed when it was sent
    try:
        file.writelines(lines)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return WholeExport(file, size, Written(file_format, lines.rows, lines.sha256))


def list_exports(session: Session) -> list[ExportView]:
    """The latest 50 exports, newest first."""
    return [
        ExportView(each.export_id, each.file_format, each.rows, each.sha256, each.created_at, each.finished_at)
        for each in exports.newest_first(session)
    ]


def _frame(chosen: Format) -> tuple[bytes, bytes, bytes]:
    """What stands before the first row, before every other, and after the last."""
    if chosen.name != ONE_DOCUMENT:
        return b"", b"", b""
    return annotated_beginning(datetime.now(UTC).date().isoformat()).encode(), b",", b"]}\n"


def _lines(database: Database, chosen: Format) -> Iterator[list[bytes]]:
    """The rows as lines of JSON, those of one transaction at a time: it has ended when somebody slow takes them."""
    names = Pseudonyms(secrets.token_bytes(32))
    with database.reading_much() as reading:
        with reading() as session:
            granted = sorted(consents.accounts_with_a_grant(session), key=lambda each: names.name("participant", each))
        line = line_writer(chosen.name, names, _times(reading, granted))
        for batch in at_once(shuffled(_decided(reading, granted)), AT_ONCE):
            with reading() as session:
                made = map(line, exports.consented_verdicts(session, batch))
                lines = [each for each in made if each is not None]
            yield lines


def _times(reading: Reading, account_ids: Sequence[str]) -> Times:
    days: set[tuple[str, str]] = set()
    times: set[tuple[str, int]] = set()
    for some in batches(account_ids, PEOPLE_AT_ONCE):
        with reading() as session:
            for account_id, day, time in exports.days_and_times(session, some):
                days.add((account_id, day))
                times.add((account_id, time))
    return Times(Shared(days, day_levels()), Shared(times, time_levels()))


def _decided(reading: Reading, account_ids: Sequence[str]) -> Iterator[Decided]:
    for some in batches(account_ids, PEOPLE_AT_ONCE):
        with reading() as session:
            found = exports.decided(session, some)
        yield from found
