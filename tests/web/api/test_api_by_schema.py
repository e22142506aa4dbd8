"""Requests made from the OpenAPI document alone: no failure of ours, and no reply that it does not describe.

Short by default; API_FUZZ=long makes more than 2,000. The seed is
fixed (API_FUZZ_SEED changes it). While requests come in, a worker with a fake model
does what they ask for, so that runs end and personas are there to be read.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.services.people import accounts
from app.storage.database import Database
from tests.web.clients import application, program
from tests.web.serving import run_tool, serving
from tests.web.work import work_off

IS_LONG = os.environ.get("API_FUZZ") == "long"
EXAMPLES = 30 if IS_LONG else 2
FEWEST = 2_000 if IS_LONG else 200
SEED = os.environ.get("API_FUZZ_SEED", "8")
ENDS_THE_TOKEN = ("delete_me", "sign_out", "revoke_all_tokens", "revoke_token")
CONFIGURATION = """
[checks.positive_data_acceptance]
enabled = false  # what fits the document may be refused for its meaning: a paste without speakers, a key that was used
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 409, 413, 415, 422, 429]
"""
UNLIMITED = dict.fromkeys(
    ("limit_verdicts", "limit_jobs", "limit_imports", "limit_prompts", "limit_guests"), "999999999/second"
)


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> FastAPI:
    return application(sqlite_url, tmp_path, **UNLIMITED)


@pytest.fixture
def storage(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    opened.close()


def a_researcher_with_a_persona(app: FastAPI, database: Database) -> str:
    """A token of an account that has something at every address."""
    client = program(app)
    client.post(f"/api/v1/samples/{client.get('/api/v1/samples').json()[0]['name']}")
    client.post("/api/v1/starters")
    client.post("/api/v1/prompts", json={"text": "Hello"})
    client.post("/api/v1/runs", json={"recipe": "quick"})
    work_off(database)
    with database.writing() as session:
        accounts.grant(session, client.get("/api/v1/me").json()["code"], "researcher")
    return client.headers["Authorization"]


@contextmanager
def a_worker(database: Database) -> Iterator[None]:
    """Does what is asked for while the block runs."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.2):
            work_off(database)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def fuzz(address: str, signed_in: str, folder: Path, *chosen: str) -> tuple[int, str]:
    """How many requests were made, and everything that was found."""
    (folder / "schemathesis.toml").write_text(CONFIGURATION)
    ran = run_tool(
        "schemathesis",
        *("run", f"{address}/api/v1/openapi.json", "--header", f"Authorization: {signed_in}"),
        *("--seed", SEED, "--max-examples", str(EXAMPLES), "--no-color"),
        *("--generation-database", "none", "--warnings", "off", *chosen),
        folder=folder,
    )
    found = re.search(r"(\d+) generated", ran.stdout)
    assert found, ran.stdout + ran.stderr
    return int(found.group(1)), "" if ran.returncode == 0 else ran.stdout


def options(flag: str, names: tuple[str, ...]) -> list[str]:
    return [part for name in names for part in (flag, name)]


@pytest.mark.slow
@pytest.mark.timeout(900 if IS_LONG else 180)
def test_no_request_that_the_document_allows_or_forbids_fails_or_is_answered_otherwise_than_described(
    served: FastAPI, storage: Database, tmp_path: Path
) -> None:
    signed_in = a_researcher_with_a_persona(served, storage)

    with serving(served) as address, a_worker(storage):
        made, found = fuzz(address, signed_in, tmp_path, *options("--exclude-operation-id", ENDS_THE_TOKEN))

    print(f"\n{made} requests")
    assert not found, found
    assert made >= FEWEST


@pytest.mark.timeout(180)
def test_nor_do_those_that_end_a_token(served: FastAPI, storage: Database, tmp_path: Path) -> None:
    signed_in = a_researcher_with_a_persona(served, storage)

    with serving(served) as address:
        made, found = fuzz(address, signed_in, tmp_path, *options("--include-operation-id", ENDS_THE_TOKEN))

    assert not found, found
    assert made > 0
