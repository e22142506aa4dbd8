"""An archive of another product through the pages: read, shown, ticked, and taken over once it looks right."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import SQLModel

from app.storage.bringing import archives
from app.storage.bringing.archives import Sought
from app.storage.database import Database, Session
from tests.domain.transcripts.archives.given import chat, node
from tests.web.clients import browser, row_counts

CHOICES = Path(__file__).parents[2] / "samples/archives/choices_inside"
TALK = chat("k1", "n4", node("n1", "", "user", "Sky? Write to ana@example.org."), node("n2", "n1", "assistant", "Blue."),
            node("n3", "n2", "user", "Shorter, please."), node("n4", "n3", "assistant", "Blu."))  # fmt: skip


def upload(client: TestClient, *files: tuple[str, bytes]) -> Any:
    return client.post(
        "/import/archive", files=[("files", (name, data, "application/octet-stream")) for name, data in files]
    )


def folder(path: Path) -> list[tuple[str, bytes]]:
    return [(file.name, file.read_bytes()) for file in sorted(path.iterdir())]


def test_a_folders_files_are_read_ticked_and_taken_over(visitor: TestClient) -> None:
    sent = upload(visitor, *folder(CHOICES))

    where = sent.headers["Location"]
    page = visitor.get(where).text
    assert sent.status_code == 303
    assert "12 conversations, 30 turns of yours and 30 answers" in page
    assert re.findall(r'number">(\d+)</td>', page) == ["3", "2", "3", "2", "6", "1", "2"]
    assert "<b>0</b> of 13 ticked" in page
    assert "checked" not in page

    visitor.post(f"{where}/ticks", data={"do": "all"})
    asked = visitor.get(f"{where}/keep").text
    assert "13 conversations are ticked" in asked
    assert "5 choices that you made there (A 3, B 2) and 1 tie" in asked
    taken = visitor.post(f"{where}/keep", data={"corrections": "on", "words-0": "on", "words-1": "on"})
    told = visitor.get(taken.headers["Location"]).text
    assert "6 choices added" in told
    assert "9 pairs wait for your word." in told


def test_all_that_a_search_means_are_ticked_and_looked_for_while_nobody_waits_for_the_database(
    visitor: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = upload(visitor, *folder(CHOICES)).headers["Location"]
    positions = archives.positions

    def looked_for(session: Session, archive_id: str, sought: Sought) -> set[int]:
        if sought.words:
            with database.writing(patience=0.1):
                pass
        return positions(session, archive_id, sought)

    monkeypatch.setattr(archives, "positions", looked_for)

    assert visitor.post(f"{where}/ticks", data={"do": "all", "q": "chain skips"}).status_code == 303
    assert "1 conversation is ticked" in visitor.get(f"{where}/keep").text


def keep_all(client: TestClient, where: str, **more: str) -> str:
    client.post(f"{where}/ticks", data={"do": "all"})
    taken = client.post(f"{where}/keep", data={"corrections": "on", "words-0": "on", **more})
    assert taken.status_code == 303
    return str(client.get(taken.headers["Location"]).text)


def test_the_same_archive_again_adds_nothing_and_says_what_is_here(visitor: TestClient) -> None:
    data = json.dumps([TALK]).encode()
    keep_all(visitor, upload(visitor, ("a.json", data)).headers["Location"])
    held = row_counts(visitor.app.state.database)  # type: ignore[attr-defined]

    again = upload(visitor, ("a.json", data)).headers["Location"]
    page = visitor.get(again).text
    told = keep_all(visitor, again)

    assert "Here already" in page
    assert "tag-new" not in page
    assert "Nothing new was added" in told
    more = {"import_batch": held["import_batch"] + 1}
    assert row_counts(visitor.app.state.database) == held | more  # type: ignore[attr-defined]


def test_personal_data_is_counted_and_masked_before_it_is_stored(visitor: TestClient) -> None:
    where = upload(visitor, ("a.json", json.dumps([TALK]).encode())).headers["Location"]
    visitor.post(f"{where}/ticks", data={"do": "all"})

    asked = visitor.get(f"{where}/keep").text
    keep_all(visitor, where, mask="on")
    visitor.post(f"{where}/delete")

    assert "1 e-mail address." in asked
    database: Database = visitor.app.state.database  # type: ignore[attr-defined]
    with database.reading() as session:
        texts = [
            str(row)
            for table in SQLModel.metadata.sorted_tables
            for row in session.connection().execute(table.select())
        ]
    assert any("[e-mail address]" in text for text in texts)
    assert not [text for text in texts if "ana@example.org" in text]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        (
            "MyActivity.html",
            b"<p>Prompted Sky?</p>",
            "Google writes activity as HTML",
        ),
        ("user.json", b'{"id": "u", "email": "a@example.org"}', "Bring the whole ZIP"),
        ("", b"", "Choose a file first"),
    ],
)
def test_what_yields_nothing_is_no_success_and_stores_nothing(
    visitor: TestClient, name: str, data: bytes, words: str
) -> None:
    held = row_counts(visitor.app.state.database)  # type: ignore[attr-defined]

    refused = upload(visitor, (name, data))

    assert refused.status_code == 400
    assert words in unescape(refused.text)
    assert not name or f"Seen: {name}: " in unescape(refused.text)
    assert row_counts(visitor.app.state.database) == held  # type: ignore[attr-defined]


def test_an_archive_is_its_persons_alone_and_gone_when_they_say_so(app: FastAPI, visitor: TestClient) -> None:
    where = upload(visitor, ("a.json", json.dumps([TALK]).encode())).headers["Location"]
    other = browser(app)
    upload(other, ("b.json", json.dumps([TALK]).encode()))

    for path in (where, f"{where}/keep", f"{where}/0"):
        assert other.get(path).status_code == 404
    for path in ("ticks", "keep", "delete"):
        assert other.post(f"{where}/{path}").status_code == 404
    assert "Shorter, please." in visitor.get(f"{where}/0").text
    assert visitor.post(f"{where}/delete").status_code == 303
    assert visitor.get(where).status_code == 404


def test_conversations_are_found_by_words_dates_and_what_they_hold(visitor: TestClient) -> None:
    other = {**chat("k2", "n1", node("n1", "", "user", "100% Sea_?")), "create_time": 1_750_000_000, "title": "Waves"}
    where = upload(visitor, ("a.json", json.dumps([TALK, other]).encode())).headers["Location"]

    def titles(**asked: str) -> list[str]:
        return re.findall(r'<span dir="auto">([^<]+)</span></label>', visitor.get(where, params=asked).text)

    assert titles() == ["Waves", "Sky? Write to ana@example.org."]
    assert titles(q="blue") == ["Sky? Write to ana@example.org."]
    assert titles(q="0% sea_") == ["Waves"]
    assert titles(q="WAVES") == ["Waves"]
    assert titles(since="2025-06-15", until="2025-06-15") == ["Waves"]
    assert titles(until="2025-06-14") == []
    assert titles(choices="on") == ["Sky? Write to ana@example.org."]


def test_doubtful_pairs_wait_for_a_word_and_count_for_nothing_before(visitor: TestClient) -> None:
    keep_all(visitor, upload(visitor, ("a.json", json.dumps([TALK]).encode())).headers["Location"])

    card = unescape(visitor.get("/import/doubtful").text)
    action = re.search(r'action="(/import/doubtful/[-\w]{36})"', card)
    assert action is not None
    assert "you said “Shorter, please.”, and got" in card
    assert "Nothing waits for your choice" in visitor.get("/choose").text
    assert "1 pair of an archive waits for your word" in visitor.get("/import").text
    assert "Nothing here yet" in visitor.get("/choices").text

    visitor.post(action[1], data={"value": "first"})
    assert "Nothing is left to confirm" in visitor.get("/import/doubtful").text
    assert "1 verdict." in visitor.get("/choices").text
    assert "Imported: asked to be put otherwise" in visitor.get("/choices").text

    visitor.post("/import/doubtful/undo")
    assert action[1] in visitor.get("/import/doubtful").text


def test_own_words_are_offered_for_the_prompt_and_can_be_taken_away(visitor: TestClient) -> None:
    keep_all(visitor, upload(visitor, *folder(CHOICES)).headers["Location"])
    instruction = "I run a small bicycle workshop"

    offered = unescape(visitor.get("/run").text)
    away = re.search(rf"{instruction}[\s\S]*?(/import/words/[-\w]{{36}}/delete)", visitor.get("/import").text)
    assert away is not None
    assert visitor.post(away[1]).status_code == 303

    assert instruction in offered
    assert "In German please." in offered
    assert instruction not in visitor.get("/run").text
    assert visitor.post(away[1]).status_code == 404
