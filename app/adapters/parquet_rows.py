"""Rows of a Parquet file by pyarrow, which is optional (the extra `parquet`): fetched only when such a file comes in.

What a file says of its own size is checked before anything is unpacked, and what was unpacked while it is read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.errors import BadInput, TooLarge
from app.domain.transcripts.detector import NO_PARQUET
from app.domain.transcripts.text import Limits

_AT_ONCE = 64


def parquet_rows(data: bytes, limits: Limits) -> Iterator[Mapping[str, Any]]:
    """The rows in order, as objects. Raises BadInput where it is no Parquet, or pyarrow is missing, and TooLarge."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as missing:
        raise BadInput(NO_PARQUET) from missing
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        groups = range(file.metadata.num_row_groups)
        _hold(sum(file.metadata.row_group(number).total_byte_size for number in groups), limits)
        unpacked = 0
        for batch in file.iter_batches(batch_size=_AT_ONCE, use_threads=False):
            unpacked += batch.nbytes
            _hold(unpacked, limits)
            yield from batch.to_pylist()
    except (ArrowException, OSError, ValueError) as problem:
        raise BadInput("The file begins like Parquet and cannot be read as such; it may be cut off.") from problem


def _hold(size: int, limits: Limits) -> None:
    if size > limits.most_bytes:
        raise TooLarge(
            f"The file has {size / 1e6:.1f} MB unpacked; at most {limits.most_bytes // 1_000_000} MB are taken."
        )
