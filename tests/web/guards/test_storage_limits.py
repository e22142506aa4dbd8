"""What one person may store is bounded, counted truly, said before and after, and passed by no two at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa
from fastapi import FastAPI

from app.domain.errors import StorageFull
from app.domain.transcripts.text import MOST_ROWS, MOST_UPLOADED_BYTES
from app.services.importing import files
from app.services.people import storing
from app.settings import Settings
from app.storage.database import Database
from app.storage.stored import StorageLimits
from tests.builders import an_account
from tests.web.clients import application, browser, program, row_counts

ROWS = [{"prompt": f"Why {number}? 空", "chosen": "Because é. " * 20, "rejected": "So. " * 20} for number in range(40)]
FILE = json.dumps(ROWS).encode()


def measured(database: Database) -> tuple[int, int]:
    """Bytes and conversations as the database itself counts them."""
    of = "length(cast({} as blob))" if database.is_sqlite else "octet_length(cast({} as text))"
    with database.engine.connect() as connection:
        sizes = [
            connection.execute(sa.text(f"select coalesce(sum({of.format(name)}), 0) from {table}")).scalar_one()
            for table, name in (
                ("conversation", "turns"),
                ("context_part", "turns"),
                ("comparison", "context"),
                ("completion", "text"),
                ("completion", "lead_in"),
            )
        ]
        count = connection.execute(sa.text("select count(*) from conversation")).scalar_one()
    return sum(map(int, sizes)), count


def test_what_is_counted_is_what_the_database_holds(app: FastAPI, database: Database) -> None:
    client = program(app)
    client.post("/api/v1/imports/pairs", content=FILE)
    sample = client.get("/api/v1/samples").json()[0]["name"]
    assert client.post(f"/api/v1/samples/{sample}").status_code == 201
    turns = [
        {"role": role, "content": f"{number} " + "x" * 90} for number in range(40) for role in ("user", "assistant")
    ]
    assert client.post("/api/v1/imports/conversation", json={"turns": turns, "answers": 40}).status_code == 201
    assert client.post("/api/v1/prompts", json={"text": "Why is the sky blue?"}).status_code < 300

    told = client.get("/api/v1/me/storage").json()

    assert (told["stored_bytes"], told["conversations"]) == measured(database)
    assert told["conversations"] > 41


def test_over_the_limit_nothing_is_stored_and_the_limit_is_named(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    app = application(database_url, tmp_path, storage_conversations=45)
    client = program(app)
    client.post("/api/v1/imports/pairs", content=FILE)
    before = row_counts(database)

    more = json.dumps([{**row, "prompt": f"Another {row['prompt']}"} for row in ROWS]).encode()
    reply = client.post("/api/v1/imports/pairs", content=more)

    assert (reply.status_code, reply.json()["type"]) == (413, "/problems/storage-full")
    assert "80 conversations; at most 45 are kept for one person" in reply.json()["detail"]
    assert row_counts(database) == before


def test_parallel_imports_of_two_processes_pass_no_limit(database_url: str, database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
    databases = [Database(database_url, StorageLimits(most_conversations=100)) for _ in range(2)]
    read = [
        files.read_pairs(json.dumps([{**row, "prompt": f"{name} {row['prompt']}"} for row in ROWS]).encode())
        for name in "abcdef"
    ]

    def stored(number: int) -> bool:
        try:
            with databases[number % 2].writing() as session:
                files.import_pairs(session, account_id, "mine.jsonl", read[number])
        except StorageFull:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = sorted(pool.map(stored, range(6)))
    for each in databases:
        each.close()

    assert done == [False] * 4 + [True] * 2
    with database.reading() as session:
        assert storing.storage(session, account_id).conversations == 80 == measured(database)[1]


def test_my_data_shows_how_much_is_stored_of_how_much(app: FastAPI) -> None:
    visitor = browser(app)
    visitor.post("/import/pairs", files={"file": ("mine.json", FILE)})

    page = visitor.get("/data").text

    assert "MB of 200 MB, 40 conversations of 12,000." in page


def test_one_file_of_the_largest_size_fits_in_without_any_setting() -> None:
    default = Settings.model_fields

    assert default["storage_conversations"].default > MOST_ROWS
    assert default["storage_megabytes"].default * 1_000_000 > MOST_UPLOADED_BYTES
