"""A provider that tells which keys reached it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bench.stand_in_model import Handler, Rates, StandIn


@dataclass
class ProviderOfKeys:
    """A stand-in at `url`; `keys` are the headers of authorization that came with calls."""

    url: str
    heard: set[str] = field(default_factory=set)

    def keys(self) -> set[str]:
        return self.heard


@pytest.fixture
def provider_of_keys() -> Iterator[ProviderOfKeys]:
    server = StandIn(0, Rates())
    told = ProviderOfKeys(server.url)

    class Listening(Handler):
        def do_POST(self) -> None:  # noqa: N802 (the library calls it so)
            told.heard.add(self.headers.get("authorization", ""))
            super().do_POST()

    server.RequestHandlerClass = Listening
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()
