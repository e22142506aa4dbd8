"""Files as the commands read and write them: whole or not at all, with a sentence where that cannot be."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from app.adapters.parquet_rows import parquet_rows
from app.domain.errors import BadInput
from app.domain.transcripts.preference_files import FilePairs, pairs_from_jsonl

LARGEST_FILE_BYTES = 200 * 1024 * 1024
STANDARD_INPUT = Path("-")
WRITTEN_AT_ONCE = 256 * 1024
"""Bytes that are gathered before the system is asked to write: rows of an export are short, and each asking is dear."""


def read_whole(path: Path) -> bytes:
    """The bytes of a preference file, or of standard input for `-`. Raises BadInput where it cannot be read or is larger
    than 200 MB."""
    try:
        if path == STANDARD_INPUT:
            return _from_standard_input()
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise BadInput(f"{path} is larger than {LARGEST_FILE_BYTES // 2**20} MB. Split it by person.")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error


def read_pairs(path: Path | str, user: str | None) -> FilePairs:
    """One person's pairs of a file. Raises BadInput with a sentence that names the file and, where it can, the line."""
    file = Path(path)
    return pairs_from_jsonl(read_whole(file), shown_name(file), user, parquet=parquet_rows)


def shown_name(path: Path) -> str:
    """What a file is called in sentences."""
    return "Standard input" if path == STANDARD_INPUT else path.name


def _from_standard_input() -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        raise BadInput("- stands for standard input, and nothing is piped into it. Name a file, or pipe one in.")
    data = sys.stdin.buffer.read(LARGEST_FILE_BYTES + 1)
    if len(data) > LARGEST_FILE_BYTES:
        raise BadInput(f"Standard input is larger than {LARGEST_FILE_BYTES // 2**20} MB. Split it by person.")
    return data


def prove_writable(folder: Path) -> None:
    """Raises BadInput where the folder cannot be made or takes no files; no folder that is made for the proof is left."""
    made = missing_folders(folder)
    try:
        writable(folder)
    finally:
        remove_empty(made)


def missing_folders(folder: Path) -> list[Path]:
    """What would have to be made for the folder to be there, the deepest first."""
    return [path for path in (folder, *folder.parents) if not os.path.lexists(path)]


def remove_empty(folders: Sequence[Path]) -> None:
    """Removes those of the folders that are there and empty."""
    for path in folders:
        with suppress(OSError):
            path.rmdir()


def writable(folder: Path) -> Path:
    """The folder, made if need be and proven to take files: a run is not to be paid for and then lost.

    Raises BadInput where it takes none.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"0")
    except OSError as error:
        raise BadInput(f"{folder} cannot be written to: {error.strerror or error}. Nothing was sent.") from error
    return folder


def write_whole(path: Path, text: str) -> None:
    """The file with this text, or the file as it was: never half of it."""
    write_whole_lines(path, [text.encode("utf-8", "replace")])


def write_whole_lines(path: Path, lines: Iterable[bytes]) -> None:
    """The file with all of these lines, or the file as it was: they are written aside, and the file is named at the end.

    Raises BadInput where it cannot be written.
    """
    try:
        _write_aside(path, lines)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from error


def _write_aside(path: Path, lines: Iterable[bytes]) -> None:
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb", buffering=WRITTEN_AT_ONCE) as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).chmod(0o644)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
