"""A metered model at an address, and the repository's own one started as a process.

The meter speaks as in the comparison contract (README.md): `POST /admin/reset`, `GET /admin/stats`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`base` is the address without /v1."""

    base: str

    @property
    def url(self) -> str:
        return f"{self.base}/v1"

    def ask(self, what: str, body: Mapping[str, Any] | None = None) -> Any:
        """What `/admin/{what}` answers: to a GET, or to a POST where there is a body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/admin/{what}", data, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def reset(self, **settings: object) -> None:
        """Zeroes the meter. Settings: `pairs` (texts that the model may know), `rpm`, `fail_rate`, `malformed_rate`."""
        self.ask("reset", settings)

    def stats(self) -> dict[str, Any]:
        """The meter's report since the last reset."""
        return dict(self.ask("stats"))


def endpoint_at(address: str) -> Endpoint:
    """The endpoint at an address given with or without /v1."""
    return Endpoint(address.rstrip("/").removesuffix("/v1"))


@contextmanager
def own_stand_in(latency_ms: float = 0) -> Iterator[Endpoint]:
    """A fresh stand-in process on a free port, ended afterwards."""
    command = [sys.executable, "-m", "bench.stand_in_model", "--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield endpoint_at(process.stdout.readline().removeprefix("listening ").strip())
        finally:
            process.kill()
