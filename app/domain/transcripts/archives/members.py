"""The files inside a file: a ZIP, also ZIPs within it, or a file by itself; never more than limits, and nothing is unpacked onto a disk.

Programs' own litter (`__MACOSX`, `._name`) is passed over. Pictures, sounds and the like are named and never read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from app.domain.errors import BadInput, TooLarge
from app.domain.transcripts.archives.sheets import Sheet
from app.domain.transcripts.rows.unpacking import is_litter, unpacked
from app.domain.transcripts.text import ON_DISK

MOST_FILES = 100_000
MOST_LAYERS = 3
_READ = (
    *(".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".gz"),
    *(".txt", ".text", ".md", ".markdown"),
)

MOST_PACKED_TIMES, NOTHING_ODD_BELOW = 50, 64 * 1024 * 1024
"""What declares to become more than fifty times as large, and is large, was made to fill a machine: chats shrink to a tenth."""


@dataclass(slots=True)
class Allowance:
    """How many bytes of what is to be read an archive may still declare, whatever lies inside what."""

    most: int
    declared: int = 0

    def take(self, path: str, entries: list[zipfile.ZipInfo]) -> None:
        """Raises TooLarge where these entries come to more than is left, or grow too much as they are unpacked."""
        size, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
        self.declared += size
        if self.declared > self.most:
            raise TooLarge(f"{path} declares more than {in_words(self.most)} of text, which is the limit.")
        if size > max(NOTHING_ODD_BELOW, MOST_PACKED_TIMES * packed):
            raise TooLarge(
                f"{path} says that it unpacks to more than {MOST_PACKED_TIMES} times its size. That is no archive of chats."
            )


def in_words(size: int) -> str:
    """As in `1 GB` or `200 MB`."""
    return f"{size // 1_000_000_000} GB" if size >= 1_000_000_000 else f"{size // 1_000_000} MB"


Opened = Callable[[], IO[bytes]]
"""Opens a file at its beginning; whoever calls it closes what it gives."""


def sheets_in(
    path: str, opened: Opened, *, is_named: bool, layer: int = 0, allowed: Allowance | None = None
) -> Iterator[Sheet | str]:
    """The sheets in a file, and the paths of the files that are not read.

    `is_named`: the person named this very file, so that it is read whatever its name ends with. Raises BadInput, and TooLarge where a ZIP
    declares more than is `allowed` (1 GB) of what is to be read, grows more than fifty times, or has more than 100,000 files.
    """
    allowed = allowed or Allowance(ON_DISK.most_bytes)
    if layer < MOST_LAYERS and (is_named or path.lower().endswith(".zip")) and _begins_as_zip(opened):
        yield from _inside(path, opened, layer, allowed)
    elif is_named or path.lower().endswith(_READ):
        yield Sheet(path, lambda: _loaded(opened, allowed.most))
    else:
        yield path


def _begins_as_zip(opened: Opened) -> bool:
    with opened() as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _inside(path: str, opened: Opened, layer: int, allowed: Allowance) -> Iterator[Sheet | str]:
    with _zip(opened) as archive:
        entries = [each for each in archive.infolist() if not each.is_dir() and not is_litter(each.filename)]
    if any(entry.filename == "[Content_Types].xml" for entry in entries):
        raise BadInput(f"{path} is a spreadsheet or document of Office. Save it as CSV (UTF-8) and bring that.")
    read = [entry for entry in entries if entry.filename.lower().endswith((*_READ, ".zip"))]
    if len(entries) > MOST_FILES:
        raise TooLarge(f"{path} declares more than {MOST_FILES:,} files, which is the limit.")
    allowed.take(path, read)
    for entry in entries:
        name = entry.filename if layer == 0 else f"{path}/{entry.filename}"
        if entry not in read:
            yield name
            continue
        if entry.flag_bits & 1:
            raise BadInput(f"{path} is locked with a password. Bring it unlocked.")
        yield from sheets_in(
            name, _entry(opened, entry, allowed.most), is_named=False, layer=layer + 1, allowed=allowed
        )


def _entry(opened: Opened, entry: zipfile.ZipInfo, most: int) -> Opened:
    def open_entry() -> IO[bytes]:
        with _zip(opened) as archive, archive.open(entry) as inside:
            return io.BytesIO(_bounded(inside, most))

    return open_entry


@contextmanager
def _zip(opened: Opened) -> Iterator[zipfile.ZipFile]:
    try:
        with opened() as file, zipfile.ZipFile(file) as archive:
            yield archive
    except BadInput:
        raise
    except Exception as fault:
        # The reader of zips fails in a dozen ways on damaged ones (struct, zlib, lzma, EOF, missing methods).
        raise BadInput("A ZIP is damaged, or packed in a way not known here. Fetch it again, or unpack it.") from fault


def _loaded(opened: Opened, most: int) -> bytes:
    with opened() as file:
        return unpacked(_bounded(file, most), most)


def _bounded(file: IO[bytes], most: int) -> bytes:
    data = file.read(most + 1)
    if len(data) > most:
        raise TooLarge(f"One file has more than {in_words(most)}, which is the limit.")
    return data
