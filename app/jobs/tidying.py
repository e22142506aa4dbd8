"""The thread in which a worker has forgotten what is due, at its start and every hour."""

from __future__ import annotations

import logging
import threading

from app.services.operating.tidying import tidy
from app.storage.database import Database

log = logging.getLogger(__name__)

EVERY_SECONDS = 3_600


def loop(database: Database, guest_days: int, stop: threading.Event) -> None:
    """Until `stop` is set; `guest_days` as the setting. What could not be done now is done the next time."""
    while not stop.is_set():
        try:
            tidy(database, guest_days)
        except Exception:
            log.exception("what is due could not be forgotten; trying again in an hour")
        stop.wait(EVERY_SECONDS)
