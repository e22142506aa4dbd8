"""The web process is killed under verdicts: every one that was acknowledged is there, and none is there twice.

Short by default; DURABILITY=long kills ten times.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import col

from app.services.people import accounts
from app.storage.database import Database
from app.storage.tables import VerdictRevision, VerdictRow
from tests import builders
from tests.web.serving import web_process

KILLS = 10 if os.environ.get("DURABILITY") == "long" else 3
PER_SECOND = 20
"""Verdicts fall due by the clock, whether the last one was answered or not."""
SENDERS = 8
BETWEEN_KILLS = (30, 50)


class Traffic:
    """Gives all verdicts that are wanted, PER_SECOND a second by the clock, from several threads, so that a slow reply
    holds up none. Every second one is tried again when its reply does not come, as a client with an outbox would.

    The clock stands still while the web process starts.
    """

    def __init__(self, address: str, token: str, wanted: Mapping[str, str]) -> None:
        self.acknowledged: set[str] = set()
        self.unknown: set[str] = set()
        self.sent = 0
        self._address, self._headers = address, {"Authorization": f"Bearer {token}"}
        self._wanted = list(wanted.items())
        self._numbers = iter(range(len(wanted)))
        self._lock = threading.Lock()
        self._running = threading.Event()
        self._ran = self._since = 0.0
        self._threads = [threading.Thread(target=self._give_all) for _ in range(SENDERS)]

    def start(self) -> None:
        self.resume()
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def pause(self) -> None:
        self._ran = self._seconds()
        self._running.clear()

    def resume(self) -> None:
        self._since = time.monotonic()
        self._running.set()

    def wait_for_more(self, count: int) -> None:
        """Until so many more are acknowledged, or all are given."""
        enough = len(self.acknowledged) + count
        while len(self.acknowledged) < enough and any(thread.is_alive() for thread in self._threads):
            time.sleep(0.01)

    def _seconds(self) -> float:
        return self._ran + time.monotonic() - self._since

    def _give_all(self) -> None:
        with httpx2.Client(base_url=self._address, headers=self._headers, timeout=10) as client:
            while True:
                with self._lock:
                    number = next(self._numbers, None)
                if number is None:
                    return
                self._running.wait()
                while (early := number / PER_SECOND - self._seconds()) > 0:
                    time.sleep(early)
                    self._running.wait()
                with self._lock:
                    self.sent += 1
                self._give(client, *self._wanted[number], tries=5 if number % 2 else 1)

    def _give(self, client: httpx2.Client, comparison_id: str, value: str, tries: int) -> None:
        for _ in range(tries):
            self._running.wait()
            if give(client, comparison_id, value):
                self.acknowledged.add(comparison_id)
                return
            self.unknown.add(comparison_id)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_acknowledged_verdict_is_lost_and_none_is_stored_twice(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    luck = random.Random(4)
    with database.writing() as session:
        account_id = builders.an_account(session)
        token = accounts.new_token(session, account_id)
        comparison_ids = [builders.a_comparison(session, account_id) for _ in range(70 * KILLS)]
    wanted = {comparison_id: luck.choice(["first", "second", "same", "skip"]) for comparison_id in comparison_ids}

    with web_process(tmp_path, database_url) as web:
        traffic = Traffic(web.address, token, wanted)
        traffic.start()
        for _ in range(KILLS):
            traffic.wait_for_more(luck.randint(*BETWEEN_KILLS))
            time.sleep(luck.random() / PER_SECOND)
            web.kill()
            time.sleep(0.3)
            traffic.pause()
            web.start()
            traffic.resume()
        traffic.join()
    acknowledged, unknown = traffic.acknowledged, traffic.unknown

    with database.reading() as session:
        connection = session.connection()
        rows = connection.execute(sa.select(col(VerdictRow.comparison_id), col(VerdictRow.value)))
        stored = {row.comparison_id: row.value for row in rows}
        twice = connection.execute(
            sa.select(col(VerdictRevision.comparison_id))
            .group_by(col(VerdictRevision.comparison_id))
            .having(sa.func.count() > 1)
        ).all()
    assert unknown, "No verdict was under way at any kill, so nothing was tried."
    assert traffic.sent == len(wanted)
    assert len(acknowledged) >= BETWEEN_KILLS[0] * KILLS
    assert {comparison_id: stored.get(comparison_id) for comparison_id in acknowledged} == {
        comparison_id: wanted[comparison_id] for comparison_id in acknowledged
    }
    assert set(stored) <= acknowledged | unknown
    assert twice == []


def give(client: httpx2.Client, comparison_id: str, value: str) -> bool:
    """Whether the verdict was acknowledged; a broken connection leaves that unknown."""
    try:
        reply = client.put(f"/api/v1/comparisons/{comparison_id}/verdict", json={"value": value})
    except httpx2.TransportError:
        return False
    assert reply.status_code == 200, reply.text
    return True
