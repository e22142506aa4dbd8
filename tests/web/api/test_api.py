"""The whole journey by the API alone, and what the API promises: blindness, idempotence, other people's things."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.services.people import accounts
from app.storage.database import Database
from tests.builders import a_comparison
from tests.web.clients import HERE, application, program
from tests.web.described import Described
from tests.web.work import work_off

SECRETS = ("secret-model", "openai/", "127.0.0.1:9")
"""What must not be told before a verdict: the model, its provider, its address."""


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return application(database_url, tmp_path)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return program(app)


def test_the_whole_journey_by_the_description_alone(app: FastAPI, database: Database) -> None:
    client = TestClient(app, base_url=HERE)
    call = Described(client)
    made = call("create_account")
    client.headers["Authorization"] = f"Bearer {made['token']}"
    assert call("read_me")["code"] == made["account"]["code"]

    # Choices: a sample history, a file, a conversation, a prompt.
    sample = call("list_samples")[0]
    assert call("load_sample", name=sample["name"])["added"] == sample["n"]
    assert call("load_sample", name=sample["name"])["added"] == 0
    pair = {"chosen": "Water it.", "rejected": "Basil is a herb of old."}
    own = [{**pair, "context": f"How do I keep basil alive for {days} days?"} for days in range(1, 16)]
    assert call("import_pairs", body=own, name="mine.jsonl")["added"] == len(own)
    turns = call("preview_conversation", body={"text": "You: Hello\n\nChatGPT: Hello, how can I help?"})["turns"]
    assert [turn["role"] for turn in turns] == ["user", "assistant"]
    assert call("read_cost", body={"turns": turns})["answers"] == 1
    talk = call("import_conversation", body={"turns": turns, "answers": 1})
    assert talk["added"] == 1
    ready_made = call("add_starters")
    assert call("add_starters") == ready_made
    for one in ready_made:
        call("give_verdict", body={"value": "skip"}, comparison_id=one["comparison_id"])
    asked = call("send_prompt", body={"text": "Plan a quiet weekend in Lisbon."})["comparison_id"]
    assert call("read_comparison", comparison_id=asked)["state"] == "pending"
    assert call("read_progress")["pending"] == 2
    assert [turn["role"] for turn in call("list_turns", comparison_id=asked)] == ["user"]
    assert 0 < call("read_storage")["stored_bytes"] < call("read_storage")["most_bytes"]
    assert work_off(database) == 2
    call("stop_answers", comparison_id=asked)
    assert not call("read_comparison", comparison_id=asked)["stopped"], "they were whole"
    assert not call("stop_import", import_id=talk["import_id"])["stopped"]

    # Verdicts.
    found = call("next_comparison")
    assert found["progress"]["waiting"] == 2
    following = call("next_comparison", after=found["comparison"]["comparison_id"])["comparison"]["comparison_id"]
    assert following == asked
    kept = call("give_verdict", body={"value": "second", "milliseconds": 2500}, comparison_id=asked)
    assert call("read_comparison", comparison_id=asked)["reveal"]["model_first"] == "openai/secret-model"
    call("undo_verdict", comparison_id=asked)
    assert call("read_comparison", comparison_id=asked)["reveal"] is None
    call("give_verdict", body={"value": "first"}, comparison_id=asked)
    said = {"strength": "slight", "reasons": ["tone", "length"]}
    assert call("say_why", body=said, comparison_id=asked) == {"strength": "slight", "reasons": ["length", "tone"]}
    assert not call("read_growing", comparison_id=asked)["is_live"]
    unwanted = call("send_prompt", body={"text": "Never mind."})["comparison_id"]
    call("throw_away", comparison_id=unwanted)
    call("retry_answers", comparison_id=asked)
    assert call("list_failed_comparisons", state="failed") == []
    assert kept["value"] == "second"
    assert call("list_choices", limit=1)[0]["comparison_id"] == asked
    choices = call("read_progress")["choices"]
    brought_in = call("list_imports")
    assert [line["kind"] for line in brought_in] == ["conversation", "pairs", "sample", "sample"]
    assert call("read_import", import_id=brought_in[1]["import_id"])["name"] == "mine.jsonl"
    assert choices == len(own) + 1, "a sample counts with no choice of one's own"

    # A persona.
    most = call("read_estimate")
    assert most["choices"] == choices
    assert most["calls"] > 0
    run_id = call("start_run", body={"recipe": "paper-lean", "seed": 1})["run_id"]
    assert call("read_latest_run")["state"] == "queued"
    work_off(database)
    run = call("read_run", run_id=run_id)
    assert [line["run_id"] for line in call("list_runs")] == [run_id]
    assert run["state"] == "done", run["failure"]
    assert 0 < run["fit_calls"] < run["calls_used"] <= most["calls"]
    events = call("read_events", run_id=run_id, after=0)["events"]
    assert call("read_events", run_id=run_id, after=events[-1]["seq"]) == {"state": "done", "events": []}
    assert '"state":"done"' in call("stream_run", run_id=run_id)
    assert call("cancel_run", run_id=run_id)["state"] == "done"
    persona = call("read_latest_persona")
    assert persona["persona_id"] == call("list_personas")[0]["persona_id"] == run["persona_id"]
    assert call("read_persona", persona_id=persona["persona_id"])["traits"][0]["supporting"]
    mine = {"persona_id": persona["persona_id"]}
    assert call("download_prompt", **mine).startswith("How to answer me:\n- ")
    assert call("download_messages", **mine)[0]["role"] == "system"
    assert call("download_judge", **mine)["messages"]
    assert call("download_persona", **mine)["summary"] == persona["summary"]
    assert call("download_persona_text", **mine).startswith("# Kept short\n\nYou prefer shorter answers")
    assert call("download_judge_text", **mine)

    # Consent and research.
    assert not any(consent["granted"] for consent in call("list_consents"))
    call("set_consent", body={"granted": True}, scope="choices")
    assert all(consent["granted"] for consent in call("set_consent", body={"granted": True}, scope="texts"))
    with database.writing() as session:
        accounts.grant(session, made["account"]["code"], "researcher")
    rows = [json.loads(line) for line in call("export_preferences", file_format="trl").splitlines()]
    assert {row["chosen"][0]["content"] for row in rows} > {"Water it."}
    assert len(rows) == choices

    # Leaving.
    home = call("take_data")
    assert home["account"]["code"] == made["account"]["code"]
    assert [each["persona_id"] for each in home["personas"]] == [persona["persona_id"]]
    assert len(home["comparisons"]) >= choices
    token = call("create_token", body={"name": "import script", "scopes": ["import"]})
    assert [each["name"] for each in call("list_tokens")] == ["import script", ""]
    call("revoke_token", token_id=token["token_id"])
    call("delete_me")
    assert client.get("/api/v1/me").status_code == 401
    call("create_account")
    kept_apart = {"make_recovery_words", "read_recovery", "forget_recovery_words", "recover_account"}
    kept_apart |= {"take_samples_away", "bring_samples_back"}
    kept_apart |= {"bring_archive", "list_archives", "read_archive_found", "list_archive_conversations"}
    kept_apart |= {"keep_of_archive", "delete_archive"}
    assert set(call.operations) - call.called == {"sign_out", "revoke_all_tokens", "import_file", *kept_apart}


def test_before_the_verdict_no_byte_tells_which_model_wrote_what(app: FastAPI, database: Database) -> None:
    client = program(app)
    comparison_id = client.post("/api/v1/prompts", json={"text": "Hello"}).json()["comparison_id"]
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day."}]
    client.post("/api/v1/imports/conversation", json={"turns": turns, "answers": 1})

    addresses = (
        f"/api/v1/comparisons/{comparison_id}",
        "/api/v1/comparisons/next",
        "/api/v1/progress",
        "/api/v1/choices",
    )
    before = [client.get(address) for address in addresses]
    work_off(database)
    after = [client.get(address) for address in addresses]

    for reply in before + after:
        told = reply.text + str(reply.headers)
        assert not [secret for secret in (*SECRETS, '"style', "brief", "thorough") if secret in told]


def test_the_same_verdict_fifty_times_is_one_verdict(client: TestClient, database: Database) -> None:
    comparison_id = client.post("/api/v1/prompts", json={"text": "Hello"}).json()["comparison_id"]
    work_off(database)

    replies = [client.put(f"/api/v1/comparisons/{comparison_id}/verdict", json={"value": "first"}) for _ in range(50)]

    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.text for reply in replies}) == 1
    assert client.get("/api/v1/progress").json()["verdicts"] == 1


def test_a_verdict_from_a_page_that_is_out_of_date_is_refused(client: TestClient, database: Database) -> None:
    comparison_id = client.post("/api/v1/prompts", json={"text": "Hello"}).json()["comparison_id"]
    work_off(database)
    address = f"/api/v1/comparisons/{comparison_id}/verdict"
    seen = client.get(f"/api/v1/comparisons/{comparison_id}").json()["revision"]
    assert client.put(address, json={"value": "first", "revision": seen}).status_code == 200

    late = client.put(address, json={"value": "second", "revision": seen})

    assert late.status_code == 409
    assert client.get(f"/api/v1/comparisons/{comparison_id}").json()["verdict"] == "first"


def test_everything_of_another_person_reads_as_missing(app: FastAPI, database: Database) -> None:
    owner, other = program(app), program(app)
    owner.post(f"/api/v1/samples/{owner.get('/api/v1/samples').json()[0]['name']}")
    comparison_id = owner.post("/api/v1/prompts", json={"text": "Hello"}).json()["comparison_id"]
    run_id = owner.post("/api/v1/runs", json={}).json()["run_id"]
    work_off(database)
    persona_id = owner.get("/api/v1/personas").json()[0]["persona_id"]
    requests: list[tuple[str, str, str, dict[str, Any] | None]] = [
        ("GET", "/comparisons/{}", comparison_id, None),
        ("GET", "/comparisons/next?after={}", comparison_id, None),
        ("PUT", "/comparisons/{}/verdict", comparison_id, {"value": "first"}),
        ("DELETE", "/comparisons/{}/verdict", comparison_id, None),
        ("POST", "/comparisons/{}/retry", comparison_id, None),
        ("POST", "/comparisons/{}/stop", comparison_id, None),
        ("GET", "/comparisons/{}/growing", comparison_id, None),
        ("PUT", "/comparisons/{}/why", comparison_id, {"strength": "clear"}),
        ("DELETE", "/comparisons/{}", comparison_id, None),
        ("GET", "/runs/{}", run_id, None),
        ("GET", "/runs/{}/events", run_id, None),
        ("GET", "/runs/{}/stream", run_id, None),
        ("POST", "/runs/{}/cancel", run_id, None),
        ("GET", "/personas/{}", persona_id, None),
        ("GET", "/personas/{}/files/prompt.txt", persona_id, None),
    ]

    for method, path, known, body in requests:
        foreign = other.request(method, "/api/v1" + path.format(known), json=body)
        missing = other.request(method, "/api/v1" + path.format("0" * 36), json=body)
        assert (foreign.status_code, foreign.content) == (404, missing.content), path
        assert missing.status_code == 404


def test_looking_changes_nothing(app: FastAPI, database: Database) -> None:
    client = program(app)
    client.post("/api/v1/prompts", json={"text": "Hello"})
    before = dump(database)

    for path, methods in client.get("/api/v1/openapi.json").json()["paths"].items():
        if "get" in methods:
            client.get(path.replace("{", "").replace("}", ""))

    assert dump(database) == before


def test_fewer_than_five_choices_are_told_how_many_are_lacking(client: TestClient) -> None:
    reply = client.post("/api/v1/runs", json={})

    assert reply.status_code == 400
    assert "5 choices" in reply.json()["detail"]


def test_a_second_run_waits_for_the_first(client: TestClient) -> None:
    client.post(f"/api/v1/samples/{client.get('/api/v1/samples').json()[0]['name']}")
    assert client.post("/api/v1/runs", json={}).status_code == 202

    assert client.post("/api/v1/runs", json={}).status_code == 409


def dump(database: Database) -> list[Any]:
    """Every row of every table."""
    from sqlmodel import SQLModel

    with database.engine.connect() as connection:
        return [
            [tuple(map(str, row)) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for table in SQLModel.metadata.sorted_tables
        ]


def test_a_comparison_that_failed_is_found_and_tried_again(client: TestClient, database: Database) -> None:
    with database.writing() as session:
        own = accounts.account_for_token(session, client.headers["Authorization"].removeprefix("Bearer "))
        assert own
        comparison_id = a_comparison(session, own.account_id, "Plan my week", state="failed")

    found = client.get("/api/v1/comparisons", params={"state": "failed"}).json()

    assert [(one["comparison_id"], one["state"], one["reveal"]) for one in found] == [(comparison_id, "failed", None)]
    assert client.post(f"/api/v1/comparisons/{comparison_id}/retry").status_code == 202
    assert client.get("/api/v1/comparisons", params={"state": "failed"}).json() == []
    assert client.get("/api/v1/comparisons", params={"state": "ready"}).status_code == 422


def test_sample_histories_are_taken_away_and_come_back_as_they_were(app: FastAPI) -> None:
    client = program(app)
    client.post("/api/v1/samples/tulu-evaluator")
    loaded = client.get("/api/v1/choices").json()

    gone = client.delete("/api/v1/samples")
    empty = client.get("/api/v1/choices").json()
    back = client.post("/api/v1/samples")

    assert (gone.status_code, back.status_code) == (204, 204)
    assert loaded
    assert empty == []
    assert client.get("/api/v1/choices").json() == loaded
