"""The page for researchers: what an export holds, and how one sees that all of it has come."""

from __future__ import annotations

import hashlib
import html
import json
import re

import pytest
from fastapi.testclient import TestClient

from app.domain.export.columns import FORMATS, Format
from app.domain.export.licences import LICENCES
from app.services.people import accounts
from app.services.people.consenting import CONSENT_TEXTS, VERSION
from app.storage.database import Database
from tests.web.clients import SEED

PAIR = {"context": [{"role": "user", "content": "Sky?"}], "chosen": "Blue.", "rejected": "Red."}


@pytest.fixture
def researcher(visitor: TestClient, database: Database) -> TestClient:
    """A researcher with one choice and one skip that may be exported."""
    visitor.post("/first-choice", data={"side_seed": SEED, "value": "skip"})
    visitor.post("/import/pairs", data={"pasted": json.dumps(PAIR)})
    for scope in CONSENT_TEXTS:
        visitor.post("/data/consent", data={"scope": scope, "granted": "yes"})
    code = re.search(r"grant ([2-9A-Z-]{9})", visitor.get("/research").text)
    assert code
    assert f"<code>{code.group(1)}</code>; they run" in visitor.get("/research").text
    with database.writing() as session:
        accounts.grant(session, code.group(1), "researcher")
    return visitor


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_the_page_and_the_card_describe_every_column_of_the_rows(researcher: TestClient, form: Format) -> None:
    data = json.loads(researcher.post("/research/export", data={"file_format": form.name}).text)
    (row,) = data.get("comparisons", [data])

    page, card = researcher.get("/research").text, researcher.get("/research/card.md").text

    names = list(row) + list(row.get("metadata", {}))
    assert len(names) >= len(form.columns)
    assert [name for name in names if f"<code>{name}</code>" not in page or f"| `{name}` |" not in card] == []
    unescaped = html.unescape(page)
    assert [column.name for column in form.columns if column.meaning not in unescaped] == []
    assert form.file_name in page


def test_the_page_and_the_card_have_every_licence_and_both_consent_texts(researcher: TestClient) -> None:
    for told in (html.unescape(researcher.get("/research").text), researcher.get("/research/card.md").text):
        assert [text for text in CONSENT_TEXTS.values() if text not in told] == []
        assert [text for licence in LICENCES for text in licence if text not in told] == []
        assert VERSION in told


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
