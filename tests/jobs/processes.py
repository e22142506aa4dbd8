"""Starting, killing and waiting for the processes that the tests of durability are about."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Noted:
    """One line of the stand-in's log."""

    what: str
    at: float
    digest: str


@dataclass
class StandIn:
    """The running model server and what it has noted."""

    base: str
    log: Path

    def noted(self, what: str = "arrived") -> list[Noted]:
        rows = [line.split() for line in self.log.read_text().splitlines()] if self.log.exists() else []
        return [Noted(row[0], float(row[1]), row[2]) for row in rows if row[0] == what]


@contextmanager
def stand_in(folder: Path, seconds: float) -> Iterator[StandIn]:
    """A model server that takes `seconds` for an answer."""
    log = folder / "stand_in.log"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.stand_in", str(log), str(seconds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield StandIn(f"http://127.0.0.1:{process.stdout.readline().strip()}/v1", log)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Worker:
    """One worker process."""

    def __init__(self, folder: Path, database_url: str, base: str, **environment: str) -> None:
        self._errors = (folder / "workers.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.worker_process"],
            cwd=ROOT,
            env={**os.environ, **location(folder, database_url), "MODEL_API_BASE": base, **environment},
            stdout=self._errors,
            stderr=self._errors,
        )

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """kill -9: no goodbye, nothing flushed."""
        self.process.send_signal(signal.SIGKILL)
        self._end()

    def stop(self) -> int:
        """SIGTERM; gives the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self._end()

    def _end(self) -> int:
        try:
            return self.process.wait(timeout=30)
        finally:
            self._errors.close()


@contextmanager
def worker(folder: Path, database_url: str, base: str, **environment: str) -> Iterator[Worker]:
    """A worker that is killed at the end of the block if it still runs."""
    started = Worker(folder, database_url, base, **environment)
    try:
        yield started
    finally:
        if started.is_running:
            started.kill()


def location(folder: Path, database_url: str) -> dict[str, str]:
    """The settings that point a process at this database; SQLite files are found by their folder."""
    if database_url.startswith("sqlite"):
        return {"DATA_DIR": str(folder), "DATABASE_URL": ""}
    return {"DATA_DIR": str(folder), "DATABASE_URL": database_url}


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Returns as soon as it is true; fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(0.05)
