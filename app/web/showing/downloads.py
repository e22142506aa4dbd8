"""A file that a service has made, on its way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from starlette.responses import StreamingResponse

AT_ONCE = 1 << 16


def download_of(file: IO[bytes], filename: str, media_type: str = "application/json") -> StreamingResponse:
    """Sends the file to be kept under this name, a little at a time, and closes it."""
    return StreamingResponse(
        _read(file), media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{filename}"'}
    )


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(AT_ONCE):
            yield piece
