"""An append-only file of JSON objects, a line each, that outlives a killed process and has one writer at a time."""

from __future__ import annotations

import fcntl
import io
import json
import os
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, Conflict


class JsonLines:
    """An append-only file of JSON objects, a line each, with one writer at a time.

    Raises Conflict where another process has it open, and BadInput where a line that is not the last cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _locked(path)
        try:
            self.rows, whole = read_rows(path)
            self._file.truncate(whole)
        except BadInput:
            self._file.close()
            raise

    def append(self, row: dict[str, Any], *, at_once: bool = True) -> None:
        """Adds a line; `at_once` waits until it is on the disk, else it is safe from a kill but not from a power cut.

        Raises BadInput where it cannot be written, as on a full disk; the file then ends with the line before.
        """
        left = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        whole = os.fstat(self._file.fileno()).st_size
        try:
            while left:
                left = left[self._file.write(left) :]
            if at_once:
                os.fsync(self._file.fileno())
        except OSError as error:
            # On a full disk, a line half written would spoil the next one.
            self._file.truncate(whole)
            raise BadInput(
                f"{self._path} cannot be written: {error.strerror or error}. Nothing more was sent."
            ) from error

    def remove(self) -> None:
        """Deletes the file while nobody else can write to it."""
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        self._file.close()


def refuse_if_busy(path: Path) -> None:
    """Raises Conflict where another process has the file open for writing; changes nothing."""
    if path.is_file():
        _locked(path).close()


def _locked(path: Path) -> io.FileIO:
    """The file, made if need be for its owner's eyes alone, and locked. A file that was deleted by the one who held it while
    one waited for it is none to write to."""
    while True:
        try:
            file = io.FileIO(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "a+b")
        except OSError as error:
            raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise Conflict(f"Another command is writing to {path.parent}. Wait until it ends, or stop it.") from error
        if path.exists() and path.stat().st_ino == os.fstat(file.fileno()).st_ino:
            return file
        file.close()


def read_rows(path: Path) -> tuple[list[dict[str, Any]], int]:
    """The whole lines of the file, and how many bytes they take; nothing where there is no file."""
    rows, whole = [], 0
    data = path.read_bytes() if path.exists() else b""
    lines = data.split(b"\n")[:-1]
    for number, line in enumerate(lines, start=1):
        try:
            row = dict(json.loads(line))
        except (ValueError, TypeError) as error:
            if number == len(lines):
                break
            raise BadInput(
                f"{path}, line {number} is damaged. Delete that line; its call will be made again."
            ) from error
        rows.append(row)
        whole += len(line) + 1
    return rows, whole
