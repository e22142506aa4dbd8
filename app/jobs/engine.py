"""The job engine (DBOS): its settings, its start and its end.

Its tables hold ids and digests only. They live in a second SQLite file, or in the schema `dbos` of the same Postgres.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import uuid
from pathlib import Path

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from app.settings import Settings

APPLICATION_VERSION = "1"
"""Work waits for a worker of its own version. Raise it only when the order of steps in a workflow changes, and drain
the workers of the old one first."""

POLL_SECONDS = 0.5


def new_executor_id() -> str:
    """A name no other process has: recovery is by executor, and a shared name would run live work twice."""
    return f"{socket.gethostname()[:24]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def configure(settings: Settings, executor_id: str) -> None:
    """Makes the engine of this process; workflows are defined after this and before `launch`."""
    url = settings.jobs_database_url
    is_sqlite = url.startswith("sqlite")
    if is_sqlite:
        _use_write_ahead_log(Path(url.removeprefix("sqlite:///")))
    config: DBOSConfig = {
        "name": "synthesize-me",
        "system_database_url": url,
        "application_version": APPLICATION_VERSION,
        "executor_id": executor_id,
        "log_level": "WARNING",
        "enable_otlp": False,
        "serializer": DBOSPortableJSONSerializer(),
        "use_listen_notify": not is_sqlite,
        "notification_listener_polling_interval_sec": POLL_SECONDS,
        "scheduler_polling_interval_sec": 60.0,
        "sys_db_idle_transaction_timeout_sec": 30.0,
    }
    DBOS(config=config)


def launch(*, inductions_at_once: int, answers_at_once: int) -> None:
    """Starts the engine and its queues: answers a person waits for queue behind no induction and no import."""
    DBOS.launch()
    DBOS.register_queue("inductions", worker_concurrency=inductions_at_once, polling_interval_sec=POLL_SECONDS)
    for name in ("answers", "alternatives"):
        DBOS.register_queue(name, worker_concurrency=answers_at_once, polling_interval_sec=POLL_SECONDS)


def _use_write_ahead_log(path: Path) -> None:
    """WAL is a property of the file, and the engine itself would open it in the slower mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=10)
    try:
        connection.execute("pragma journal_mode=wal")
    finally:
        connection.close()
