"""Starting, killing and waiting for the processes that the tests of durability are about."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.stand_in import StandIn, stand_in

ROOT = Path(__file__).parents[2]


class Model:
    """A stand-in for a hosted model, and what it was asked; its calls can be looked at after its end too."""

    def __init__(self, running: StandIn) -> None:
        self.url = running.url
        self._running: StandIn | None = running
        self._calls: list[dict[str, Any]] = []

    def calls(self) -> list[dict[str, Any]]:
        """Every call so far, in order: `user` is the digest, `arrived_at` the time."""
        if self._running:
            self._calls = self._running.calls()
        return self._calls

    def spoil(self, mode: str, calls: int) -> None:
        """The next calls get this fault ("none" ends it)."""
        assert self._running
        self._running.spoil(mode, calls)

    def behave(self, **rates: float) -> None:
        """From now on it has these rates of faults."""
        assert self._running
        self._running.behave(**rates)

    def end(self) -> None:
        """Looks once more, for the last time."""
        self.calls()
        self._running = None


@contextmanager
def model_server(latency_ms: float) -> Iterator[Model]:
    """A model that takes `latency_ms` for an answer."""
    with stand_in(latency_ms) as running:
        model = Model(running)
        yield model
        model.end()


class Worker:
    """One worker process."""

    def __init__(self, folder: Path, database_url: str, base: str, **environment: str) -> None:
        self._errors = (folder / "workers.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.worker_process"],
            cwd=ROOT,
            env={
                **os.environ,
                **location(folder, database_url),
                "MODEL": "openai/stand-in",
                "MODEL_API_BASE": base,
                "MODEL_HABITS": "plain",
                **environment,
            },
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

    def close(self) -> None:
        """Nothing is left running or open."""
        if self.is_running:
            self.process.kill()
        self.process.wait()
        self._errors.close()

    def _end(self) -> int:
        return self.process.wait(timeout=30)


@contextmanager
def worker(folder: Path, database_url: str, base: str, **environment: str) -> Iterator[Worker]:
    """A worker that is killed at the end of the block if it still runs."""
    started = Worker(folder, database_url, base, **environment)
    try:
        yield started
    finally:
        started.close()


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
