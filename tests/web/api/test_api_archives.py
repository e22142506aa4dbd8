"""Archives of other products through the API, with the counts of each sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.web.clients import program

ARCHIVES = Path(__file__).parents[2] / "samples/archives"
COUNTS: dict[str, tuple[int, ...]] = {
    "arena_columns/arena_55k.csv": (5, 5, 0, 4, 0, 0, 0, 0, 1, 0),
    "arena_columns/wsdm.csv": (3, 3, 0, 3, 0, 0, 0, 0, 0, 0),
    "choices_inside": (12, 30, 30, 3, 2, 3, 2, 6, 1, 2),
    "chatgpt/v3_shards_2026": (5, 8, 9, 0, 0, 4, 0, 0, 0, 1),
    "claude/archive_2026": (2, 4, 5, 0, 0, 1, 0, 1, 0, 1),
    "claude/browser_exporter": (1, 2, 2, 0, 0, 1, 0, 0, 0, 0),
    "comparia/arena.jsonl": (4, 4, 0, 2, 0, 0, 0, 0, 2, 0),
    "comparia/reactions.jsonl": (6, 7, 1, 0, 2, 0, 4, 0, 0, 0),
    "comparia/votes.jsonl": (4, 4, 0, 3, 0, 0, 0, 0, 1, 0),
    "gemini_takeout/2026_three_forms": (4, 5, 4, 0, 0, 0, 0, 0, 0, 0),
    "grok/2026_tree": (2, 4, 3, 0, 0, 1, 0, 0, 0, 1),
    "hh": (3, 4, 1, 3, 0, 0, 0, 0, 0, 0),
    "llama_cpp": (2, 3, 2, 0, 0, 0, 0, 1, 0, 0),
    "microsoft_copilot": (6, 8, 6, 0, 0, 0, 0, 1, 0, 0),
    "mistral_lechat": (3, 7, 7, 1, 1, 1, 1, 1, 0, 0),
    "openai_preference": (4, 5, 1, 4, 0, 0, 0, 0, 0, 0),
    "perplexity/exporter_a": (1, 3, 2, 0, 0, 0, 0, 0, 0, 0),
    "perplexity/exporter_b": (1, 2, 2, 0, 0, 0, 0, 0, 0, 0),
}
"""Conversations, turns of the person and of the assistant, choices A to E, ties, and texts in own words."""


def files_of(sample: str) -> list[tuple[str, tuple[str, bytes]]]:
    path = ARCHIVES / sample
    found = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [("files", (file.relative_to(ARCHIVES).as_posix(), file.read_bytes())) for file in found if file.is_file()]


def counts_in(report: dict[str, Any]) -> tuple[int, ...]:
    turns = (report["conversations"], report["user_turns"], report["assistant_turns"])
    return (*turns, *report["choices"].values(), report["ties"], report["own_words"])


@pytest.mark.exhaustive
@pytest.mark.parametrize("sample", sorted(COUNTS))
def test_every_sample_is_read_with_its_counts(app: FastAPI, sample: str) -> None:
    reply = program(app).post("/api/v1/archives", files=files_of(sample))

    assert reply.status_code == 201, reply.text
    assert counts_in(reply.json()["report"]) == COUNTS[sample]


def test_an_archive_is_read_kept_in_part_and_deleted(app: FastAPI) -> None:
    client: TestClient = program(app)
    made = client.post("/api/v1/archives", files=files_of("choices_inside"))
    where = made.headers["Location"]

    listed = client.get(f"{where}/conversations", params={"words": "chain skips", "limit": 1})
    wanted = [each["position"] for each in listed.json() if each["choices"]["A"]]
    kept = client.post(f"{where}/keep", json={"conversations": wanted, "own_words": [1], "mask": False})
    again = client.post(f"{where}/keep", json={"conversations": wanted, "own_words": [1], "mask": False})

    assert client.get(where).json()["conversations"] == 13
    assert listed.headers["X-Total-Count"] == "1"
    assert (kept.status_code, kept.json()["found"], kept.json()["added"]) == (201, 1, 1)
    assert (again.json()["added"], again.json()["doubled"]) == (0, 1)
    assert client.get(f"{where}/conversations", params={"words": "chain skips"}).json()[0]["is_here"]
    assert client.get("/api/v1/progress").json()["choices"] == 1
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.get("/api/v1/archives").json() == []


def test_a_body_that_is_the_file_itself_is_read_and_a_useless_one_refused(app: FastAPI) -> None:
    client = program(app)
    talk = b'{"messages": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Blue."}]}'

    read = client.post("/api/v1/archives?name=a.jsonl", content=talk)
    refused = client.post("/api/v1/archives", content=b"{}")

    assert (read.status_code, read.json()["report"]["conversations"]) == (201, 1)
    assert refused.status_code == 400
    assert refused.json()["type"].endswith("/nothing-usable")
    assert "Seen: archive: not known" in refused.json()["detail"]
    assert TestClient(app).post("/api/v1/archives", content=talk).status_code == 401
