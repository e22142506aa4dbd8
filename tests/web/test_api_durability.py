"""The web process is killed under verdicts: every one that was acknowledged is there, and none is there twice.

Short by default; DURABILITY=long kills ten times.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import col

from app.services import accounts
from app.storage.database import Database
from app.storage.tables import VerdictRevision, VerdictRow
from tests import builders

ROOT = Path(__file__).parents[2]
KILLS = 10 if os.environ.get("DURABILITY") == "long" else 3
PER_SECOND = 20


class Web:
    """The web process, which can be killed and started again at the same address."""

    def __init__(self, folder: Path, database_url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "DATA_DIR": str(folder),
            "MODEL": "openai/none",
        }
        self._log = (folder / "web.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "app", "web", "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log, start_new_session=True
        )
        until(lambda: is_alive(self.address))

    def kill(self) -> None:
        """kill -9: no goodbye, nothing flushed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()
        self._log.close()


def is_alive(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/healthz", timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "The web process did not come up."
        time.sleep(0.1)


@contextmanager
def web_process(folder: Path, database_url: str) -> Iterator[Web]:
    web = Web(folder, database_url)
    try:
        web.start()
        yield web
    finally:
        web.close()


@pytest.mark.timeout(600)
def test_no_acknowledged_verdict_is_lost_and_none_is_stored_twice(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    luck = random.Random(4)
    with database.writing() as session:
        account_id = builders.an_account(session)
        token = accounts.new_token(session, account_id)
        comparison_ids = [builders.a_comparison(session, account_id) for _ in range(60 * KILLS)]
    wanted = {comparison_id: luck.choice(["first", "second", "same", "skip"]) for comparison_id in comparison_ids}
    acknowledged: set[str] = set()
    unknown: set[str] = set()
    sending = threading.Event()
    sending.set()

    with web_process(tmp_path, database_url) as web:

        def give_all() -> None:
            with httpx2.Client(
                base_url=web.address, headers={"Authorization": f"Bearer {token}"}, timeout=10
            ) as client:
                for number, (comparison_id, value) in enumerate(wanted.items()):
                    tries = 5 if number % 2 else 1
                    for _ in range(tries):
                        sending.wait()
                        if give(client, comparison_id, value):
                            acknowledged.add(comparison_id)
                            break
                        unknown.add(comparison_id)
                    time.sleep(1 / PER_SECOND)

        giver = threading.Thread(target=give_all)
        giver.start()
        for _ in range(KILLS):
            enough = len(acknowledged) + luck.randint(15, 40)
            while len(acknowledged) < enough and giver.is_alive():
                time.sleep(0.01)
            time.sleep(luck.random() / PER_SECOND)
            web.kill()
            time.sleep(0.3)
            sending.clear()
            web.start()
            sending.set()
        giver.join()

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
    assert len(acknowledged) > 40 * KILLS
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
