"""One stand-in provider for all tests of the adapters; each test finds it reset."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.stand_in import StandIn, stand_in


@pytest.fixture(scope="session")
def provider_process() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture
def provider(provider_process: StandIn) -> StandIn:
    provider_process.reset()
    return provider_process


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
