"""The web application on a test's database, with no model behind it, and browsers and programs that talk to it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import SQLModel

from app.main import create_app
from app.settings import Settings
from app.storage.database import Database
from app.web.signing_in import STRANGERS_KEY, key_of

HERE = "http://testserver"
SEED = str(2**61)
"""Draws the sides of the pair that a stranger judges, as its page does."""


def application(database_url: str, data_dir: Path, **changes: Any) -> FastAPI:
    """The application as it is served; the model it is set to answers nowhere."""
    settings = {
        "model": "openai/secret-model",
        "model_api_base": "http://127.0.0.1:9",
        "allowed_hosts": "testserver",
        **changes,
    }
    return create_app(Settings(_env_file=None, database_url=database_url, data_dir=data_dir, **settings))


def with_model_ready(app: FastAPI) -> None:
    """Has the pages believe that the model of `application` could be asked."""
    ready = replace(app.state.model_status(), ready=True)
    app.state.model_status = lambda: ready


class Browser(TestClient):
    """Sends with each form the key that its own pages hold."""

    def request(self, method: str, url: Any, **given: Any) -> Any:
        data = given.get("data")
        is_form = data is None or (isinstance(data, dict) and "form_key" not in data)
        has_other = any(given.get(name) is not None for name in ("content", "json"))
        files = given.get("files")
        has_other = has_other or (isinstance(files, dict) and "form_key" in files)
        if method == "POST" and is_form and not has_other and "/api/" not in str(url):
            token = self.cookies.get("sign-in") or self.cookies.get("__Host-sign-in")
            given["data"] = {**(data or {}), "form_key": key_of(token) if token else STRANGERS_KEY}
        return super().request(method, url, **given)


def browser(app: FastAPI) -> TestClient:
    """Keeps its cookies and says where its requests come from, as browsers do."""
    return Browser(app, base_url=HERE, headers={"Origin": HERE}, follow_redirects=False)


def program(app: FastAPI) -> TestClient:
    """Signed in to a new account by its token."""
    client = TestClient(app, base_url=HERE, follow_redirects=False)
    token = client.post("/api/v1/accounts").json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def row_counts(database: Database) -> dict[str, int]:
    """How many rows every table has, but for what counts uses: what was refused is counted too, and the key of the digests by
    which addresses are counted is made with the first of them."""
    with database.engine.connect() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
            if table.name not in ("spend_counter", "spending_switch")
        }


def account_id(database: Database) -> str:
    with database.engine.connect() as connection:
        return str(connection.exec_driver_sql("select account_id from account").scalar_one())


def verdict_address(page: str) -> str:
    found = re.search(r'action="(/choose/[^"]+/verdict)"', page)
    assert found
    return found.group(1)
