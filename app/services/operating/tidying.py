"""What is forgotten by itself: archives that waited for a day, counters of days gone by, and digests of addresses with their key."""

from __future__ import annotations

from datetime import timedelta

from app.domain.spending import day_of
from app.storage.bringing import archives
from app.storage.database import Database
from app.storage.spending import address_keys, spending
from app.storage.tables import now


def tidy(database: Database) -> None:
    """Forgets what is due; each part is a transaction of its own, and any number of workers may do so at once."""
    at = now()
    with database.writing() as session:
        archives.delete_expired(session, at)
    with database.writing() as session:
        spending.forget_days_before(session, day_of(at - timedelta(days=1)))
    with database.writing() as session:
        address_keys.change_key(session, at)
    with database.writing() as session:
        address_keys.forget_earlier_key(session, at)
