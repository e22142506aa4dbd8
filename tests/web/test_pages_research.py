"""The page for researchers: what an export holds, and how one sees that all of it has come."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from fastapi.testclient import TestClient

from app.domain.export.columns import FORMATS
from app.services import accounts
from app.services.consenting import CONSENT_TEXTS
from app.storage.database import Database

PAIR = {"context": [{"role": "user", "content": "Sky?"}], "chosen": "Blue.", "rejected": "Red."}


@pytest.fixture
def researcher(visitor: TestClient, database: Database) -> TestClient:
    """A researcher with one choice that may be exported."""
    visitor.post("/import/pairs", data={"pasted": json.dumps(PAIR)})
    for scope in CONSENT_TEXTS:
        visitor.post("/data/consent", data={"scope": scope, "granted": "yes"})
    code = re.search(r"grant ([2-9A-Z-]{9})", visitor.get("/research").text)
    assert code
    with database.writing() as session:
        accounts.grant(session, code.group(1), "researcher")
    return visitor


def test_the_page_describes_every_column_of_the_rows(researcher: TestClient) -> None:
    row = json.loads(researcher.post("/research/export", data={"file_format": "lmsys"}).text)

    page = researcher.get("/research").text

    assert [name for name in row if f"<code>{name}</code>" not in page] == []
    assert [form.file_name for form in FORMATS if form.file_name not in page] == []
    assert "published under CC-BY-4.0" in page


def test_a_download_tells_length_rows_and_digest_and_stands_on_the_page(researcher: TestClient) -> None:
    reply = researcher.post("/research/export", data={"file_format": "trl"})

    sha256 = hashlib.sha256(reply.content).hexdigest()
    assert reply.headers["content-length"] == str(len(reply.content))
    assert (reply.headers["export-rows"], reply.headers["export-sha256"]) == ("1", sha256)
    assert sha256 in researcher.get("/research").text


def test_the_card_is_for_researchers_and_a_stranger_is_led_away(researcher: TestClient) -> None:
    card = researcher.get("/research/card.md")

    assert card.text.startswith("---\nlicense: cc-by-4.0")
    researcher.cookies.clear()
    assert researcher.get("/research/card.md").status_code == 303
