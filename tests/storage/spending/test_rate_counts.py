"""What is limited is limited for all processes together, and a restart forgets nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from app.storage.database import Database
from app.storage.spending import rate_counts

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def use(database: Database, at: datetime, most: int = 10, seconds: int = 3600) -> bool:
    with database.writing() as session:
        return rate_counts.use(session, "account:a:jobs", most, seconds, at).is_allowed


def test_two_processes_share_one_limit_exactly(database: Database) -> None:
    other = Database(database.url)
    try:
        with ThreadPoolExecutor(8) as pool:
            allowed = sum(pool.map(lambda number: use((database, other)[number % 2], NOON), range(40)))
    finally:
        other.close()

    assert allowed == 10
    assert not use(database, NOON + timedelta(minutes=1))


def test_room_comes_back_bit_by_bit_in_the_next_window(database: Database) -> None:
    assert all(use(database, NOON) for _ in range(10))

    assert not use(database, NOON + timedelta(minutes=60))
    assert sum(use(database, NOON + timedelta(minutes=90)) for _ in range(10)) == 5
    assert sum(use(database, NOON + timedelta(hours=5)) for _ in range(20)) == 10


def test_a_clock_that_was_two_days_ahead_strands_nobody(database: Database) -> None:
    assert all(use(database, NOON + timedelta(days=2)) for _ in range(10))

    assert use(database, NOON)


def test_what_fails_is_not_counted_and_what_is_refused_says_when_it_returns(database: Database) -> None:
    with database.writing() as session:
        rate_counts.use(session, "account:a:jobs", 1, 3600, NOON)
        session.rollback()

    assert use(database, NOON, most=1)
    with database.writing() as session:
        refused = rate_counts.use(session, "account:a:jobs", 1, 3600, NOON + timedelta(minutes=10))
    assert (refused.is_allowed, refused.left, refused.reset) == (False, 0, 3000)
