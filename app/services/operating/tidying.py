"""What is forgotten by itself: archives that waited for a day, counters of days gone by, digests of addresses with their key, guests who
came back no more, and acts of long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.spending import day_of
from app.storage.bringing import archives
from app.storage.database import Database
from app.storage.people import accounts, audit, listed
from app.storage.spending import address_keys, spending
from app.storage.tables import now

AUDIT_FOR = timedelta(days=365)


def tidy(database: Database, guest_days: int = 0) -> None:
    """Forgets what is due, guests after so many days without a visit (0: never); each part is a transaction of its own, and any
    number of workers may do so at once."""
    at = now()
    with database.writing() as session:
        archives.delete_expired(session, at)
    with database.writing() as session:
        spending.forget_days_before(session, day_of(at - timedelta(days=1)))
    with database.writing() as session:
        address_keys.change_key(session, at)
    with database.writing() as session:
        address_keys.forget_earlier_key(session, at)
    with database.writing() as session:
        audit.forget_before(session, at - AUDIT_FOR)
    if guest_days:
        _erase_guests(database, at - timedelta(days=guest_days))


def _erase_guests(database: Database, not_seen_since: datetime) -> None:
    with database.reading() as session:
        due = listed.guests_not_seen_since(session, not_seen_since)
    for account_id, code in due:
        with database.writing() as session:
            # They may have come back, or made words, since.
            if listed.guests_not_seen_since(session, not_seen_since, only=account_id):
                accounts.erase(session, account_id)
                audit.note(session, "erasure", about=code, by="clock")
