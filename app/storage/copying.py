"""Every row of the database as plain data, and back: the same from SQLite and Postgres, into either.

The tables are read off the database itself, so that a copy of an earlier revision can be put back into its own tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

LEFT_OUT = frozenset({"alembic_version", "executor_heartbeat", "sign_in_attempt"})
"""What is of one moment, or of the tables themselves."""
AT_ONCE = 200


def revision(connection: sa.Connection) -> str:
    """The revision of the tables."""
    return str(connection.execute(sa.text("select version_num from alembic_version")).scalar_one())


def rows(connection: sa.Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row with its table's name, tables that others refer to first; of one moment where the transaction is."""
    for table in _tables(connection).sorted_tables:
        if table.name not in LEFT_OUT:
            found = connection.execution_options(yield_per=AT_ONCE).execute(sa.select(table))
            for row in found.mappings():
                yield table.name, {name: _plain(value) for name, value in row.items()}


def put_back(connection: sa.Connection, lines: Iterable[tuple[str, dict[str, Any]]]) -> int:
    """Puts rows, in the order of `rows`, in the place of all that is there; gives how many."""
    metadata = _tables(connection)
    for table in reversed(metadata.sorted_tables):
        if table.name != "alembic_version":
            connection.execute(sa.delete(table))
    held: list[dict[str, Any]] = []
    name, count = "", 0
    for table_name, row in lines:
        if table_name != name or len(held) == AT_ONCE:
            _insert(connection, metadata, name, held)
            name, held = table_name, []
        held.append(row)
        count += 1
    _insert(connection, metadata, name, held)
    return count


def hand_over_anew(connection: sa.Connection) -> None:
    """Has all work that had not ended handed over again, under new ids; replies that were paid for are among the rows."""
    table = _tables(connection).tables["job_request"]
    begun = sa.update(table).where(table.c.handed_over.is_(True), table.c.ended.is_(False))
    connection.execute(begun.values(handed_over=False, holder="", starts=0, asked=table.c.asked + 1))


def forget_jobs(url: str) -> None:
    """Deletes the job engine's own tables, which hold ids alone and would contradict the rows; it makes them anew."""
    if url.startswith("sqlite"):
        file = sa.make_url(url).database or ""
        for ending in ("", "-wal", "-shm"):
            Path(file + ending).unlink(missing_ok=True)
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("drop schema if exists dbos cascade"))
    engine.dispose()


def _tables(connection: sa.Connection) -> sa.MetaData:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return metadata


def _insert(connection: sa.Connection, metadata: sa.MetaData, name: str, held: list[dict[str, Any]]) -> None:
    if not held:
        return
    table = metadata.tables[name]
    times = [column.name for column in table.columns if isinstance(column.type, sa.DateTime)]
    for row in held:
        for time in times:
            if row[time] is not None:
                row[time] = datetime.fromisoformat(row[time])
    connection.execute(sa.insert(table), held)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value
