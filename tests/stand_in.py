"""Starting bench/stand_in_model.py as a process of its own, for tests that want a real provider over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class StandIn:
    """A running stand-in; `url` ends in /v1."""

    url: str

    def stats(self) -> dict[str, int]:
        return dict(self._ask("stats"))

    def calls(self) -> list[dict[str, Any]]:
        return list(self._ask("calls"))

    def reset(self) -> None:
        self._ask("reset", {})

    def spoil(self, mode: str, calls: int = 1) -> None:
        """The next calls get this fault."""
        self._ask("faults", {"mode": mode, "calls": calls})

    def _ask(self, what: str, body: dict[str, Any] | None = None) -> Any:
        address = f"{self.url.removesuffix('/v1')}/admin/{what}"
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(address, data), timeout=10) as answer:
            return json.load(answer)


@contextmanager
def stand_in(latency_ms: float = 0) -> Iterator[StandIn]:
    """A fresh stand-in process, ended afterwards."""
    command = [sys.executable, "-m", "bench.stand_in_model", "--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield StandIn(process.stdout.readline().removeprefix("listening ").strip())
        finally:
            process.kill()
