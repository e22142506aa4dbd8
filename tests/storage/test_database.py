"""What both databases promise alike: commits, roll-backs, times, references, and readers beside writers."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlmodel import select

from app.domain.errors import NotFound
from app.storage.database import (
    AWAY_SECONDS,
    BUSY_SECONDS,
    MANY_PAGES_KB,
    MAPPED_BYTES,
    PAGES_KB,
    Database,
    DatabaseBusy,
    Session,
)
from app.storage.people import accounts
from app.storage.tables import Account, SignIn, is_id, new_id
from tests.builders import an_account


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.writing() as session:
            an_account(session)
            accounts.lock(session, new_id())

    with pytest.raises(NotFound):
        write_and_fail()

    with database.reading() as session:
        assert session.exec(select(Account)).all() == []


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    with database.reading() as reader:
        before = len(reader.exec(select(Account)).all())
        with database.writing() as session:
            an_account(session)

        assert len(reader.exec(select(Account)).all()) == before


def test_nothing_written_in_a_reading_transaction_stays(database: Database) -> None:
    with database.reading() as session:
        session.add(Account(code="AAAA-AAAA"))

    with database.reading() as session:
        assert session.exec(select(Account)).all() == []


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    given = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5)))
    with database.writing() as session:
        session.add(Account(code="AAAA-AAAA", created_at=given))

    with database.reading() as session:
        kept = session.exec(select(Account)).one().created_at
    assert (kept, kept.tzinfo) == (given, UTC)


def test_a_row_cannot_refer_to_nothing(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.writing() as session:
        session.add(SignIn(account_id=new_id(), token_sha256="x"))


def test_a_word_outside_the_list_is_refused_by_the_database(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.writing() as session:
        session.add(Account(code="AAAA-AAAA", role="emperor"))


def test_an_account_that_is_gone_cannot_be_locked(database: Database) -> None:
    with database.writing() as session:
        for missing in (new_id(), "\0", ""):
            with pytest.raises(NotFound):
                accounts.lock(session, missing)


def test_a_database_that_is_away_is_told_as_busy() -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")

    with pytest.raises(DatabaseBusy), away.reading() as session:
        session.exec(select(Account)).all()


def test_sqlite_keeps_its_promises_of_durability_and_erasure(sqlite_url: str) -> None:
    database = Database(sqlite_url)

    with database.reading() as session:
        values = {
            name: session.connection().exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    database.close()

    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_only_what_can_be_an_id_is_one() -> None:
    assert is_id(new_id())
    assert not any(is_id(text) for text in ("", "\0" * 36, "g" * 36, new_id().upper(), new_id() + "0"))


def test_an_error_of_the_database_does_not_tell_what_was_being_written(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError) as caught, database.writing() as session:
        session.connection().execute(sa.text("insert into nowhere values (:text)"), {"text": "my secret"})

    assert "my secret" not in str(caught.value)


def test_another_process_that_writes_is_waited_for_and_then_it_is_ones_turn(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    other.execute("begin immediate")
    other.execute("pragma user_version=7")
    threading.Timer(0.3, other.execute, ("commit",)).start()

    with database.writing() as session:
        seen = session.connection().exec_driver_sql("pragma user_version").scalar()
        an_account(session)
        busy_timeout = session.connection().exec_driver_sql("pragma busy_timeout").scalar()
    database.close()

    assert seen == 7, "the other's change is there"
    assert busy_timeout == 1000 * BUSY_SECONDS


def test_another_process_that_writes_for_too_long_is_told_as_busy_and_the_connection_goes_on(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storage.database.BUSY_SECONDS", 0.1)
    database = Database(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("begin immediate")

    with pytest.raises(DatabaseBusy), database.writing() as session:
        an_account(session)
    other.execute("commit")
    other.close()
    with database.writing() as session:
        an_account(session)

    with database.reading() as session:
        assert len(session.exec(select(Account)).all()) == 1
    database.close()


def test_who_reads_much_maps_the_file_meanwhile_and_lets_go_of_it_afterwards(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.writing() as session:
        account_id = an_account(session)

    def pages(session: Session) -> tuple[int, int]:
        asked = session.connection().exec_driver_sql
        return asked("PRAGMA cache_size").scalar_one(), asked("PRAGMA mmap_size").scalar_one()

    with database.reading_much() as reading, reading() as session:
        meanwhile = pages(session)
        assert session.get(Account, account_id) is not None
    with database.reading() as session:
        afterwards = pages(session)

    assert (meanwhile, afterwards) == ((-MANY_PAGES_KB, MAPPED_BYTES), (-PAGES_KB, 0))
    database.close()


def test_each_reading_of_who_reads_much_sees_what_was_written_before_it(database: Database) -> None:
    with database.reading_much() as reading:
        with reading() as session:
            assert session.exec(select(Account)).all() == []
        with database.writing() as session:
            an_account(session)
        with reading() as session:
            assert len(session.exec(select(Account)).all()) == 1


def test_who_gives_way_leaves_the_file_alone_between_two_changes(sqlite_url: str) -> None:
    database = Database(sqlite_url, gives_way=True)
    with database.writing():
        pass
    ended = time.monotonic()
    with database.writing():
        begun = time.monotonic()
    database.close()

    assert begun - ended >= 0.9 * AWAY_SECONDS
