"""Files of Parquet written by pyarrow, which is optional (the extra `parquet`): the types come from the list of columns, not from the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from itertools import islice
from typing import IO, Any

from app.domain.errors import BadInput
from app.domain.export.columns import Column

_AT_ONCE = 1_000
NO_PARQUET = (
    "Parquet needs the extra `parquet` of this program (the package pyarrow), and it is not installed here. "
    "Install it, or write JSON Lines."
)


def prove_parquet() -> None:
    """Raises BadInput where pyarrow is missing."""
    if find_spec("pyarrow") is None:
        raise BadInput(NO_PARQUET)


def write_parquet(file: IO[bytes], columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> int:
    """Writes the rows, packed with zstd, a thousand at a time, and gives their number."""
    import pyarrow as pa
    from pyarrow import parquet

    turn, versions = (
        pa.struct([(name, pa.string()) for name in names]) for names in (("role", "content"), ("choices", "texts"))
    )
    types = {
        "text": pa.string(),
        "number": pa.int64(),
        "seconds": pa.float64(),
        "yes or no": pa.bool_(),
        "turns": pa.list_(turn),
        "versions": versions,
    }
    schema = pa.schema([pa.field(column.name, types[column.kind], nullable=False) for column in columns])
    left, count = iter(rows), 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := list(islice(left, _AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count
