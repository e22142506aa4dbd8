"""The key of the digests of addresses changes: limits of the running day hold over it, and what is old is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from app.domain.spending import Cap, Counted, day_of
from app.services import limiting
from app.services.operating import tidying
from app.services.people import accounts
from app.storage.database import Database
from app.storage.spending import address_keys, rate_counts, spending
from app.storage.spending.spending import Amount, CapReached
from app.storage.tables import Account, SpendCounter, SpendingSwitch, now

ADDRESS = "192.0.2.7"
FORTNIGHT = address_keys.KEY_FOR
DAY = address_keys.EARLIER_FOR


def change(database: Database) -> None:
    """The key grows too old, and a worker tidies."""
    with database.writing() as session:
        old = sa.update(SpendingSwitch).values(key_since=now() - FORTNIGHT)
        session.connection().execute(old)
    tidying.tidy(database)


def digest_of(database: Database, address: str = ADDRESS) -> str:
    with database.writing() as session:
        return address_keys.digest_of(session, address)


def of_address(digest: str) -> Counted:
    return Counted(day_of(now()), f"address:{digest}", Cap(tokens=100))


def subjects(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.exec(select(SpendCounter.subject)))


def test_a_key_of_two_weeks_is_changed_and_a_younger_one_is_not(database: Database) -> None:
    tidying.tidy(database)
    first = digest_of(database)

    tidying.tidy(database)
    assert digest_of(database) == first

    change(database)
    second = digest_of(database)
    assert second != first
    assert second.partition(".")[2] != first.partition(".")[2]


def test_what_an_address_has_spent_and_done_today_is_still_counted_after_the_change(database: Database) -> None:
    tidying.tidy(database)
    with database.writing() as session:
        guest = accounts.new_guest(session, address=ADDRESS)
        came_from = session.get_one(Account, guest.account_id).came_from
        spending.add(session, [of_address(came_from)], Amount(1, 90, 0))
        assert [limiting.use(session, "guests", ADDRESS, 2, 86_400).is_allowed for _ in range(3)] == [True, True, False]

    change(database)

    with database.writing() as session:
        assert not limiting.use(session, "guests", ADDRESS, 2, 86_400).is_allowed
    with database.writing() as session:
        session.expire_all()
        moved = session.get_one(Account, guest.account_id).came_from
        assert moved == address_keys.digest_of(session, ADDRESS) != came_from
        with pytest.raises(CapReached):
            spending.add(session, [of_address(moved)], Amount(1, 11, 0))
        session.rollback()
    assert not any(came_from in subject for subject in subjects(database))


def test_counters_that_were_begun_under_both_keys_are_added_up(database: Database) -> None:
    tidying.tidy(database)
    old = digest_of(database)
    change(database)
    with database.writing() as session:
        new = address_keys.digest_of(session, ADDRESS)
        spending.add(session, [of_address(old), of_address(new)], Amount(1, 40, 0))

    digest_of(database)

    with database.reading() as session:
        assert spending.counter(session, day_of(now()), f"address:{new}") == Amount(2, 80, 0)
        assert spending.counter(session, day_of(now()), f"address:{old}") == Amount(0, 0, 0)


def test_a_day_later_the_earlier_key_and_every_digest_that_was_not_seen_again_are_gone(database: Database) -> None:
    tidying.tidy(database)
    with database.writing() as session:
        stays, goes = (accounts.new_guest(session, address=address).account_id for address in (ADDRESS, "192.0.2.8"))
        for address in (ADDRESS, "192.0.2.8"):
            spending.add(session, [of_address(address_keys.digest_of(session, address))], Amount(1, 1, 0))
    change(database)
    kept = digest_of(database)

    tidying.tidy(database)
    with database.reading() as session:
        assert session.get_one(Account, goes).came_from
    with database.writing() as session:
        session.connection().execute(sa.update(SpendingSwitch).values(key_since=now() - DAY))
    tidying.tidy(database)

    with database.reading() as session:
        assert session.get_one(Account, stays).came_from == kept
        assert session.get_one(Account, goes).came_from == ""
        assert session.exec(select(SpendingSwitch.earlier_secret)).one() == ""
    assert [subject for subject in subjects(database) if subject.startswith("address:")] == [f"address:{kept}"]


def test_counters_of_people_and_addresses_are_forgotten_after_yesterday_and_the_sites_stay(database: Database) -> None:
    days = [day_of(now() - timedelta(days=back)) for back in range(3)]
    with database.writing() as session:
        for day in days:
            for subject in ("account:a", "address:b", "site"):
                spending.add(session, [Counted(day, subject, Cap())], Amount(1, 1, 0))
        spending.add(session, [Counted("ever", "import:c", Cap())], Amount(1, 1, 0))
        rate_counts.use(session, "account:a:jobs", 3, 60, now())

    tidying.tidy(database)

    with database.reading() as session:
        left = {
            (row.period, row.subject) for row in session.exec(select(SpendCounter).order_by(col(SpendCounter.period)))
        }
    people = {(day, subject) for day in days[:2] for subject in ("account:a", "address:b")}
    assert left == people | {(day, "site") for day in days} | {("ever", "import:c"), ("rate", "account:a:jobs")}
