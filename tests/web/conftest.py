"""What the tests of the web share: the application on the database of the test, a stranger, and a guest."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.web.clients import SEED, application, browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On Postgres, files that are not marked `both_databases` are left to `make test-all`: what they ask of a database is
    asked on both by the tests of services and storage."""
    for item in items:
        if Path(__file__).parent in item.path.parents and isinstance(item, pytest.Function):
            is_postgres = hasattr(item, "callspec") and item.callspec.params.get("database_url") == "postgres"
            if is_postgres and item.get_closest_marker("both_databases") is None:
                item.add_marker(pytest.mark.slow)


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
