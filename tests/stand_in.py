"""Starting bench/stand_in_model.py as a process of its own, for tests that want a real provider over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.endpoint import Endpoint, own_stand_in


@dataclass(frozen=True)
class StandIn:
    """A running stand-in; `url` ends in /v1."""

    endpoint: Endpoint

    @property
    def url(self) -> str:
        return self.endpoint.url

    def stats(self) -> dict[str, int]:
        return self.endpoint.stats()

    def calls(self) -> list[dict[str, Any]]:
        return list(self.endpoint.ask("calls"))

    def reset(self) -> None:
        self.endpoint.reset(fail_rate=0, malformed_rate=0, rpm=0)

    def spoil(self, mode: str, calls: int = 1) -> None:
        """The next calls get this fault."""
        self.endpoint.ask("faults", {"mode": mode, "calls": calls})

    def behave(self, **rates: float) -> None:
        """From now on it has these rates: `fail_rate`, `malformed_rate`, `rpm`, `latency_ms`."""
        self.endpoint.reset(**rates)


@contextmanager
def stand_in(latency_ms: float = 0) -> Iterator[StandIn]:
    """A fresh stand-in process, ended afterwards."""
    with own_stand_in(latency_ms) as running:
        yield StandIn(running)
