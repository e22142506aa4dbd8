"""Opening the database and the two kinds of transaction. SQLite and Postgres behave alike from here up.

SQLite: WAL, synchronous=FULL, foreign keys on, secure_delete; a writing transaction begins IMMEDIATE and a lock in this
process lets one writer in at a time (the file's own lock does so between processes). Postgres: writers read what is
committed and queue on row locks (people/accounts.lock); readers see one moment (REPEATABLE READ). A person waits for others
no longer than the database's `patience`; work that nobody watches has more of it.
"""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session, create_engine

from app.storage.stored import LIMITS, StorageLimits

__all__ = ["Database", "DatabaseBusy", "DatabaseClash", "DatabaseFault", "Session"]

FORGOTTEN_LOG = "forgotten_log"
"""Under which name a session tells the path of that log (people/forgotten.py), None for none."""
BUSY_SECONDS = 10.0
"""How long work that nobody watches waits for the file of SQLite; in Postgres it waits until its turn comes."""
LOOK_SECONDS = 0.002
AWAY_SECONDS = 1.25 * LOOK_SECONDS
"""How long a process that gives way leaves SQLite's file alone after each change, so that whoever waits for it finds it free."""
PAGES_KB, MANY_PAGES_KB = 2_000, 16_000
"""Pages of SQLite's file that a connection keeps in memory: always, and while it reads much."""
MAPPED_BYTES = 2**27
"""As much of the file as is mapped while much is read: pages of a mapped file count as the process's memory."""
WRITES = "BEGIN IMMEDIATE"
_POSTGRES_LIMITS = sa.text(
    "select set_config('idle_in_transaction_session_timeout', '30s', true), "
    "set_config('lock_timeout', coalesce(:lock, current_setting('lock_timeout')), true)"
)
_PRIMARY = 0xFF
"""The part of an SQLite error code that is the same for all kinds of one error."""

DatabaseBusy = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
"""What is raised where the database is locked for too long, out of connections, or away; trying again may help."""

DatabaseClash = (sa.exc.IntegrityError,)
"""What is raised where rows contradict each other, as when an account is deleted while one of its requests runs."""

DatabaseFault = (sa.exc.DBAPIError, sa.exc.TimeoutError, sa.exc.ArgumentError)
"""Whatever is raised where the address is wrong, nothing answers there, or the tables are missing."""


class Database:
    """One engine and its two ways in: `writing()` and `reading()`. The tables must have been migrated before."""

    def __init__(
        self,
        url: str,
        limits: StorageLimits | None = None,
        patience: float | None = None,
        *,
        gives_way: bool = False,
        forgotten_log: Path | None = None,
    ) -> None:
        """`limits` bound what one account may store through this. `patience`: the seconds a transaction waits for others
        (who write, who hold a row, who have all the connections) before DatabaseBusy; None: as long as bulk work may.
        `forgotten_log`: where erasures and withdrawals are written down beside it (people/forgotten.py). `gives_way`: on SQLite, other processes are let in between any two changes."""
        self.url = url
        self.patience = patience
        self._info: dict[str, Any] = {LIMITS: limits or StorageLimits(), FORGOTTEN_LOG: forgotten_log}
        self.is_sqlite = url.startswith("sqlite")
        waits: dict[str, Any] = {} if patience is None else {"pool_timeout": patience}
        if patience is not None and not self.is_sqlite:
            waits["connect_args"] = {"connect_timeout": math.ceil(patience)}
        # An error names its parameters otherwise, and logs would hold what people wrote.
        self.engine = create_engine(
            url, pool_size=10, max_overflow=20, pool_pre_ping=not self.is_sqlite, hide_parameters=True, **waits
        )
        self._writer, self._gives_way, self._away_until = threading.Lock(), gives_way, 0.0
        if self.is_sqlite:
            _prepare_sqlite(self.engine, BUSY_SECONDS if patience is None else patience)
        elif patience is not None:
            _prepare_postgres(self.engine, patience)
        writes = {"begin": WRITES} if self.is_sqlite else {}
        reads = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._writes, self._reads = self.engine.execution_options(**writes), self.engine.execution_options(**reads)

    @contextmanager
    def writing(self, patience: float | None = None) -> Iterator[Session]:
        """A transaction that may change rows; committed at the end, rolled back on any exception.

        `patience`: the seconds to wait in place of the database's own. Not to be nested in another `writing()` of the same
        thread: on SQLite it would wait for itself.
        """
        patience = self.patience if patience is None else patience
        ends = None if patience is None else time.monotonic() + patience
        with self._turn(ends), Session(self._writes, expire_on_commit=False, info=dict(self._info)) as session:
            connection = session.connection(execution_options={"ends": ends})
            if not self.is_sqlite:
                # A process that is paused in the middle must not keep its locks from all others for ever.
                lock = None if patience is None else f"{_milliseconds(patience)}ms"
                connection.execute(_POSTGRES_LIMITS, {"lock": lock})
            yield session
            session.commit()

    @contextmanager
    def _turn(self, ends: float | None) -> Iterator[None]:
        """On SQLite one thread of this process has the block at a time; waited for until `ends`, or as long as it takes."""
        if not self.is_sqlite:
            yield
            return
        if not self._writer.acquire(timeout=-1 if ends is None else max(0.0, ends - time.monotonic())):
            raise sa.exc.TimeoutError("another thread of this process is writing")
        try:
            if self._gives_way:
                # Else the next of many threads has the file at once, and a process that looks now and then never finds it free.
                time.sleep(max(0.0, self._away_until - time.monotonic()))
            yield
        finally:
            self._away_until = time.monotonic() + AWAY_SECONDS
            self._writer.release()

    @contextmanager
    def reading(self, connection: sa.Connection | None = None) -> Iterator[Session]:
        """A transaction that sees one moment and changes nothing; on the `connection` of `reading_much`, or on any."""
        with Session(connection or self._reads, expire_on_commit=False, info=dict(self._info)) as session:
            yield session  # closing it rolls back, and leaves the rows that were read usable

    @contextmanager
    def reading_much(self) -> Iterator[Callable[[], AbstractContextManager[Session]]]:
        """What opens one `reading()` after the other, all on one connection, which is to be held while much is read. On SQLite it
        maps the file and keeps more pages until the end: rows are looked up by random ids, and a page that has to be asked for again
        costs as much as a row."""
        with self._reads.connect() as connection:
            if self.is_sqlite:
                _keep_pages(connection, MANY_PAGES_KB, MAPPED_BYTES)
            try:
                yield partial(self.reading, connection)
            finally:
                if self.is_sqlite:
                    _keep_pages(connection, PAGES_KB, 0)

    def ping(self) -> None:
        """Asks the database for anything at all; raises one of DatabaseBusy where it does not answer."""
        with self.reading() as session:
            session.connection().execute(sa.text("select 1"))

    def close(self) -> None:
        self.engine.dispose()


def _milliseconds(seconds: float) -> int:
    """At least one, for both databases take none as a wait without end or none at all."""
    return max(1, round(1000 * seconds))


def _prepare_postgres(engine: sa.Engine, patience: float) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.execute("select set_config('lock_timeout', %s, false)", (f"{_milliseconds(patience)}ms",))
        connection.commit()


def _prepare_sqlite(engine: sa.Engine, patience: float) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we issue BEGIN ourselves, below
        for pragma in (
            f"busy_timeout={_milliseconds(patience)}",
            f"cache_size=-{PAGES_KB}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("begin") == WRITES:
            _take_turn(connection, patience)
        else:
            _driver(connection).execute("BEGIN")


def _keep_pages(connection: sa.Connection, kilobytes: int, mapped_bytes: int) -> None:
    # To the driver itself: it belongs to no transaction.
    driver = _driver(connection)
    for pragma in (f"cache_size=-{kilobytes}", f"mmap_size={mapped_bytes}", "shrink_memory"):
        driver.execute(f"PRAGMA {pragma}")


def _take_turn(connection: sa.Connection, patience: float) -> None:
    """Begins to write as soon as no other process does. SQLite's own waiting sleeps up to a tenth of a second between two
    looks, so that beside a busy process a short change would take many times as long as it does."""
    ends = connection.get_execution_options().get("ends") or time.monotonic() + patience
    driver = _driver(connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() <= ends:
            try:
                driver.execute(WRITES)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(LOOK_SECONDS)
            else:
                return
        connection.exec_driver_sql(WRITES)  # the last look; what it raises is told as any other fault
    finally:
        driver.execute(f"PRAGMA busy_timeout={_milliseconds(patience)}")


def _driver(connection: sa.Connection) -> Any:
    """The connection itself, for what every transaction begins with: as a statement of SQLAlchemy it takes twenty times as long."""
    return connection.connection.driver_connection
