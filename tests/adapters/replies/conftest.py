"""One scripted provider for all tests of replies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.scripted import Scripted, Sends, scripted


@pytest.fixture(scope="session")
def provider() -> Iterator[Scripted]:
    with scripted(lambda _asked: Sends()) as server:
        yield server
