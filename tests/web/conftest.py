"""What the tests of the web share: the application on the database of the test, a stranger, and a guest."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.web.clients import SEED, application, browser


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return application(database_url, tmp_path)


@pytest.fixture
def visitor(app: FastAPI) -> TestClient:
    return browser(app)


@pytest.fixture
def guest(visitor: TestClient) -> TestClient:
    """A browser that has made its first choice."""
    assert visitor.post("/first-choice", data={"side_seed": SEED, "value": "first"}).status_code == 303
    return visitor
