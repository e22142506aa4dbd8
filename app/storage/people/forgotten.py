"""The log of what was erased and withdrawn, apart from the database, so that no restored backup brings anybody back.

A line holds a moment, a kind and an HMAC of an account's id (and switch) under a key that lies in a file beside it: from the log alone nobody
learns who was here. A line is written before its transaction commits; of one that then fails, a later restore errs on the side
of forgetting. Where the log cannot be written the act is done all the same, and the program's log says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import logging
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlmodel import Session

from app.domain.errors import BadInput
from app.storage.database import FORGOTTEN_LOG
from app.storage.tables import now

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Forgotten:
    """What the log holds: when each digest was written last."""

    key: bytes = b""
    at: dict[str, datetime] = field(default_factory=dict)

    def since(self, kind: str, account_id: str, scope: str = "") -> datetime | None:
        """When it was erased or withdrawn the last time; None where it was not."""
        return self.at.get(_digest(self.key, kind, account_id, scope))


def note(session: Session, kind: Literal["erasure", "withdrawal"], account_id: str, scope: str = "") -> None:
    """Writes a line, and sees it on the disk."""
    path: Path | None = session.info.get(FORGOTTEN_LOG)
    if path is None:
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = _digest(_key(path), kind, account_id, scope)
        line = json.dumps({"at": now().isoformat(), "digest": digest}) + "\n"
        opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(opened, line.encode())
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError:
        log.exception("the log of what was forgotten cannot be written, so a restored backup may bring it back")


def read(path: Path) -> Forgotten:
    """What the log holds; nothing where there is no log. Raises BadInput where it cannot be read, or its key is missing."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        key = bytes.fromhex(_key_file(path).read_text(encoding="ascii")) if text else b""
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        return Forgotten(key, {line["digest"]: datetime.fromisoformat(line["at"]) for line in lines})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{path}, or {_key_file(path).name} beside it, cannot be read, so it is not known who was forgotten since. Nothing was "
            "restored. Put both files back."
        ) from error


def _digest(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def _key_file(path: Path) -> Path:
    return path.with_suffix(".key")


def _key(path: Path) -> bytes:
    """The key, made with the first line; of two processes that make one at once the first one's counts."""
    file = _key_file(path)
    if not file.exists():
        made, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(made, "w") as written:
            written.write(secrets.token_hex(32))
            written.flush()
            os.fsync(written.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, file)
        Path(name).unlink()
    return bytes.fromhex(file.read_text(encoding="ascii"))
