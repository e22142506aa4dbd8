"""One file of all that is kept, and back. Whoever was erased, or withdrew a consent, since it was made stays so.

The job engine's tables are not in it: they hold ids alone. Work that had not ended when it was made is handed over again, and the
replies that were paid for by then are among the rows.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.adapters import sealed_files
from app.adapters.sealed_files import DAMAGED
from app.domain.errors import BadInput
from app.storage import copying, migrations
from app.storage.database import Database, Session
from app.storage.people import accounts, audit, consents, forgotten, listed
from app.storage.tables import Consent, now

FORMAT = "synthesize-me/backup/1"


@dataclass(frozen=True)
class Restored:
    """How many rows are there again, accounts that stay erased, and consents that stay withdrawn."""

    rows: int
    erased: int
    withdrawn: int


def backup(database: Database, file: BinaryIO, key: str) -> int:
    """Writes all rows of one moment, while people go on; sealed where there is a `key`. Gives their number."""
    counted = _Counted()
    with database.reading() as session:
        sealed_files.write(file, _packed(_lines(session, counted)), key)
    return counted.rows


def restore(database: Database, file: BinaryIO, key: str, log: Path, jobs_url: str, *, replaces: bool) -> Restored:
    """Puts all back in one transaction, without whom `log` names. Everything else must be stopped.

    Raises BadInput for a file that is damaged or of a newer version, and where the database holds accounts and nothing was said
    of replacing them; then nothing has changed.
    """
    known = forgotten.read(log)
    migrations.upgrade(database.url)
    lines = _unpacked(sealed_files.read(file, key))
    head = next(lines, None)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise BadInput("This file is no backup of Synthesize Me. Nothing was restored.")
    with database.writing() as session:
        if listed.everybody(session) and not replaces:
            raise BadInput(
                "The database holds accounts already. Nothing was restored. --replace puts the backup in their place."
            )
        if head["revision"] != copying.revision(session.connection()):
            raise BadInput(
                f"This backup is of another version of the tables ({head['revision']}). Nothing was restored. Restore it with the version "
                "of the program that made it, then update that."
            )
        count = copying.put_back(session.connection(), _rows_of(lines))
        copying.hand_over_anew(session.connection())
        session.expire_all()
        erased, withdrawn = _forget_again(session, known)
    copying.forget_jobs(jobs_url)
    return Restored(count, erased, withdrawn)


def _forget_again(session: Session, known: forgotten.Forgotten) -> tuple[int, int]:
    erased = withdrawn = 0
    for account_id, code in listed.ids(session):
        if known.since("erasure", account_id):
            accounts.erase(session, account_id)
            audit.note(session, "erasure", about=code, by="restore")
            erased += 1
            continue
        for scope, turn in consents.newest(session, account_id).items():
            since = known.since("withdrawal", account_id, scope)
            if turn.granted and since and since >= turn.given_at:
                off = Consent(
                    account_id=account_id,
                    scope=scope,
                    granted=False,
                    text_version=turn.text_version,
                    text_sha256=turn.text_sha256,
                )
                consents.add(session, off)
                withdrawn += 1
    return erased, withdrawn


class _Counted:
    rows = 0


def _lines(session: Session, counted: _Counted) -> Iterator[bytes]:
    digest = hashlib.sha256()
    connection = session.connection()
    head = {"format": FORMAT, "revision": copying.revision(connection), "made_at": now().isoformat()}
    for line in _with_head(head, copying.rows(connection)):
        digest.update(line)
        yield line
        counted.rows += 1
    counted.rows -= 1
    yield _line({"end": True, "rows": counted.rows, "sha256": digest.hexdigest()})


def _with_head(head: dict[str, Any], rows: Iterator[tuple[str, dict[str, Any]]]) -> Iterator[bytes]:
    yield _line(head)
    for row in rows:
        yield _line(row)


def _line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _packed(lines: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=31)
    for line in lines:
        yield packer.compress(line)
    yield packer.flush()


def _unpacked(parts: Iterator[bytes]) -> Iterator[Any]:
    """The lines as values, each once it is whole; raises BadInput where the last one does not tell of all before it."""
    unpacker, digest, held, count = zlib.decompressobj(wbits=31), hashlib.sha256(), b"", 0
    try:
        for part in parts:
            *lines, held = (held + unpacker.decompress(part)).split(b"\n")
            for line in lines:
                value = json.loads(line)
                if isinstance(value, dict) and value.get("end"):
                    if (value["rows"], value["sha256"]) != (count - 1, digest.hexdigest()):
                        raise BadInput(DAMAGED)
                    _ = any(parts)  # has the file read to its end, where more than it should have is found out
                    return
                digest.update(line + b"\n")
                count += 1
                yield value
    except (zlib.error, ValueError, KeyError) as error:
        raise BadInput(DAMAGED) from error
    raise BadInput(DAMAGED)


def _rows_of(lines: Iterator[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in lines:
        if not isinstance(line, list) or len(line) != 2:
            raise BadInput(DAMAGED)
        yield line[0], line[1]
