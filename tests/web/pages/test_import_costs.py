"""An import says what its answers cost and orders only what was said yes to, within the caps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.adapters.prices import caps_of
from app.induction.model.language_model import ModelProfile
from app.settings import Settings
from app.storage.database import Database
from app.storage.spending import spending
from app.storage.tables import now
from tests.fakes import FakeCompleter
from tests.web.clients import application, browser, program, row_counts
from tests.web.work import work_off

PATH = "/api/v1/imports/conversation"
PRICES: dict[str, Any] = {"model_prices": "openai/secret-model=1/2"}


def turns(answers: int) -> list[dict[str, str]]:
    return [
        {"role": role, "content": f"{role} {number}"} for number in range(answers) for role in ("user", "assistant")
    ]


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> TestClient:
    return program(application(database_url, tmp_path, import_answers=5, **PRICES))


def sent(client: TestClient, length: int, **given: Any) -> Any:
    return client.post(PATH, json={"turns": turns(length), **given})


def test_without_a_yes_the_cost_is_told_and_nothing_is_stored(client: TestClient, database: Database) -> None:
    before = row_counts(database)

    cost = client.post(f"{PATH}/cost", json={"turns": turns(8)}).json()
    refused = sent(client, 8)

    assert (cost["new"], cost["most_answers"], cost["answers"], cost["calls"]) == (8, 5, 5, 5)
    assert cost["dollars"] > 0
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/cost-not-confirmed")
    assert "About 5 calls" in refused.json()["detail"]
    after = row_counts(database)
    assert {name for name in after if after[name] != before[name]} <= {"spend_counter", "rate_count"}


def test_over_the_cap_nothing_is_stored_and_the_most_recent_come_first(client: TestClient, database: Database) -> None:
    refused = sent(client, 8, answers=6)
    assert refused.status_code == 400
    assert "at most 5 answers" in refused.json()["detail"]
    assert row_counts(database)["comparison"] == 0

    first, rest = sent(client, 8, answers=3).json(), sent(client, 8, answers=5).json()

    assert (first["added"], first["found"]) == (3, 3)
    assert "5 answers before them were not ordered" in first["notes"][0]
    assert (rest["added"], rest["doubled"], rest["notes"]) == (5, 3, [])


def test_a_stopped_import_drops_what_was_not_begun_and_stopping_again_changes_nothing(
    client: TestClient, database: Database
) -> None:
    import_id = sent(client, 4, answers=4).json()["import_id"]

    stopped = [client.post(f"/api/v1/imports/{import_id}/stop").json() for _ in range(2)]

    assert stopped[0] == stopped[1]
    assert (stopped[0]["state"], stopped[0]["stopped"], stopped[0]["added"]) == ("done", True, 0)
    assert row_counts(database)["comparison"] == 0
    assert work_off(database) == 0


def test_the_page_asks_how_many_and_stores_nothing_without_an_answer(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    visitor = browser(application(database_url, tmp_path, import_answers=5, **PRICES))
    text = "\n".join(f"You: q {number}\nChatGPT: a {number}" for number in range(8))

    page = visitor.post("/import/preview", data={"text": text}).text
    refused = visitor.post("/import/conversation", data={"text": text})
    assert row_counts(database)["comparison"] == 0
    taken = visitor.post("/import/conversation", data={"text": text, "answers": "5"})
    shown = visitor.get("/import").text

    assert "The last 5." in page
    assert "One import orders at most 5 here" in page
    assert refused.status_code == 409
    assert taken.status_code == 303
    assert "0 of 5 written" in shown
    assert "Stop writing" in shown


@pytest.mark.parametrize("cap", [{"spend_day_tokens": 4_000}, {"spend_day_dollars": 0.004}])
def test_however_many_imports_order_no_more_is_sent_than_the_caps_admit(
    client: TestClient, database: Database, cap: dict[str, Any]
) -> None:
    settings = Settings(_env_file=None, **PRICES, **cap)
    completer = FakeCompleter(ModelProfile("openai/secret-model", slot_tokens=16_384))
    for number in range(8):
        talk = [{**turn, "content": f"{number} {turn['content']}"} for turn in turns(5)]
        assert client.post(PATH, json={"turns": talk, "answers": 5}).status_code == 201

    work_off(database, completer, caps_of(settings))

    with database.reading() as session:
        used = spending.counter(session, now().date().isoformat(), "site")
    assert 0 < completer.calls < 40
    assert used.tokens <= cap.get("spend_day_tokens", used.tokens)
    assert used.micros <= cap.get("spend_day_dollars", used.micros) * 1_000_000
    progress = client.get("/api/v1/progress").json()
    assert progress["failed"] + progress["waiting"] == 40
