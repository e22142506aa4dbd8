"""An archive as the child reads it: from a file of the operating system that has no name, a member at a time."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import IO

from app.adapters.parquet_rows import parquet_rows
from app.domain.transcripts.archives.chats import as_lines
from app.domain.transcripts.archives.members import Allowance, sheets_in
from app.domain.transcripts.archives.reading import read_archive
from app.domain.transcripts.text import MOST_OF_AN_ARCHIVE


class _Positioned(io.RawIOBase):
    """A descriptor with a place in it of its own, so that it can be opened several times at once."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._at = descriptor, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: os.fstat(self._descriptor).st_size}[whence]
        if start + offset < 0:
            raise OSError("that lies before the beginning")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = os.pread(self._descriptor, len(buffer), self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def archive_lines(name: str, descriptor: int) -> Iterator[str]:
    """What the archive holds (archives/chats.as_lines). Raises BadInput, and TooLarge over 200 MB unpacked."""

    def opened() -> IO[bytes]:
        return io.BufferedReader(_Positioned(descriptor))

    members = sheets_in(name, opened, is_named=True, allowed=Allowance(MOST_OF_AN_ARCHIVE))
    return as_lines(*read_archive(members, parquet_rows))
