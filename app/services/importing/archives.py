"""An archive on a disk, read without storing anything: a file, a ZIP or a folder as another product gave it out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from app.adapters.parquet_rows import parquet_rows
from app.domain.errors import BadInput, TooLarge
from app.domain.transcripts.archives.gathered import Gathered
from app.domain.transcripts.archives.members import MOST_FILES, Opened, sheets_in
from app.domain.transcripts.archives.reading import read_archive
from app.domain.transcripts.archives.report import Report
from app.domain.transcripts.archives.sheets import Sheet
from app.domain.transcripts.rows.unpacking import is_litter


def report_of(path: Path) -> Report:
    """What the archive holds, in numbers. Raises BadInput where it cannot be read or mixes products, and TooLarge over a limit."""
    return read_of(path)[0]


def read_of(path: Path) -> tuple[Report, Gathered]:
    """The same with all of what it holds. Raises as `report_of`."""
    try:
        return read_archive(_members(path), parquet_rows)
    except OSError as fault:
        raise BadInput(f"{fault.filename or path} cannot be read: {fault.strerror or fault}.") from fault


def _members(path: Path) -> Iterator[Sheet | str]:
    if not path.is_dir():
        yield from sheets_in(path.name, _opening(path), is_named=True)
        return
    for count, file in enumerate(_files(path)):
        if count >= MOST_FILES:
            raise TooLarge(f"{path} has more than {MOST_FILES:,} files, which is the limit.")
        name = file.relative_to(path).as_posix()
        yield from sheets_in(name, _opening(file), is_named=False)


def _refuse(fault: OSError) -> None:
    """A folder that cannot be looked into must not pass for an empty one."""
    raise fault


def _opening(file: Path) -> Opened:
    return lambda: file.open("rb")


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder, by name; links and hidden ones are passed over."""
    for where, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(where, name)
            hidden = name.startswith(".") or is_litter(file.relative_to(folder).as_posix())
            if not hidden and file.is_file() and not file.is_symlink():
                yield file
