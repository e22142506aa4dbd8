"""Files of preferences by page and by API: alike, of one person at a time, and with everything told that became of them."""

from __future__ import annotations

import gzip
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.domain.transcripts.preference_files import pairs_from_jsonl
from app.storage.database import Database
from tests.web.clients import browser, program, row_counts

CASES = Path(__file__).parents[2] / "samples" / "cases"
FILES = sorted(
    path.name
    for path in CASES.iterdir()
    if path.suffix in (".jsonl", ".json", ".csv", ".gz") and "people" not in path.name
)
PEOPLE = ["people.jsonl", "people-with-a-prompt-column.jsonl", "people-in-an-array.json"]


def by_api(app: FastAPI, data: bytes, **query: str) -> Any:
    return program(app).post("/api/v1/imports/pairs", content=data, params=query)


def by_page(visitor: TestClient, name: str, data: bytes, **fields: str) -> str:
    reply = visitor.post("/import/pairs", files={"file": (name, data)}, data=fields)
    if reply.status_code == 303:
        return visitor.get(reply.headers["location"]).text
    return reply.text


@pytest.mark.parametrize("name", FILES)
def test_page_api_and_command_read_the_same_of_every_case(app: FastAPI, name: str) -> None:
    data = (CASES / name).read_bytes()

    told = by_api(app, data).json()
    page = by_page(browser(app), name, data)
    command = pairs_from_jsonl(data, name)

    assert told["added"] == len(command.pairs) + len(command.test)
    assert f"{told['added']} choices added" in page
    assert (told["repeated_in_all"], told["contradicting_in_all"]) == (command.repeated, command.contradicting)
    assert (told["changed"], told["skipped"]) == (command.changed, [])
    for each in told["left_out"]:
        assert f"{each['where'].capitalize()}: {each['why'][:1].lower()}{each['why'][1:]}" in command.notes
        assert html.escape(each["why"]) in page
    assert f"{told['found']} choices found" in page


@pytest.mark.parametrize("name", PEOPLE)
def test_the_page_asks_whose_choices_a_file_of_several_people_holds_and_stores_nothing_before(
    app: FastAPI, database: Database, name: str
) -> None:
    visitor = browser(app)
    before = row_counts(database)

    asked = visitor.post("/import/pairs", files={"file": (name, (CASES / name).read_bytes())}).text

    assert row_counts(database) == before
    assert "holds the choices of 2 people" in asked
    assert re.findall(r'<option value="(\w+)">([^<]+)<', asked) == [
        ("ana", "ana: 8 choices"),
        ("ben", "ben: 4 choices"),
    ]
    packed = re.search(r'name="packed" value="([^"]+)"', asked)
    assert packed
    reply = visitor.post("/import/pairs", data={"packed": packed[1], "name": name, "person": "ana"})
    page = visitor.get(reply.headers["location"]).text
    assert "8 choices of ana added" in page
    assert "2 of the choices are marked as for testing" in page


def test_pasted_lines_of_several_people_are_asked_about_too(visitor: TestClient) -> None:
    asked = visitor.post("/import/pairs", data={"pasted": (CASES / "people.jsonl").read_text(encoding="utf-8")}).text

    assert "Whose choices are yours?" in asked


def test_a_file_too_large_to_carry_on_is_asked_for_once_more(
    visitor: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.pages.importing.MOST_PACKED", 100)
    data = (CASES / "people.jsonl").read_bytes()

    asked = by_page(visitor, "people.jsonl", data)

    assert "The file once more" in asked
    assert 'name="packed"' not in asked
    assert "4 choices of ben added" in by_page(visitor, "people.jsonl", data, person="ben")


def test_what_was_carried_on_and_damaged_is_refused(visitor: TestClient, database: Database) -> None:
    for packed in ("%%%", "aGVsbG8="):
        assert visitor.post("/import/pairs", data={"packed": packed, "person": "ana"}).status_code == 400
    assert row_counts(database)["comparison"] == 0


@pytest.mark.parametrize("name", PEOPLE)
def test_the_api_names_the_people_and_stores_nothing_until_one_is_named(
    app: FastAPI, database: Database, name: str
) -> None:
    data = (CASES / name).read_bytes()
    refused = by_api(app, data)

    assert refused.status_code == 400
    assert refused.json()["type"].endswith("/several-people")
    assert "2 people (ana with 8, ben with 4)" in refused.json()["detail"]
    assert refused.json()["people"] == [{"person": "ana", "choices": 8}, {"person": "ben", "choices": 4}]
    assert row_counts(database)["comparison"] == 0
    taken = by_api(app, data, person="ben").json()
    assert (taken["added"], taken["person"]) == (4, "ben")
    assert by_api(app, data, person="eve").status_code == 400


def test_opposite_choices_are_told_as_such_and_not_as_already_here(app: FastAPI) -> None:
    data = (CASES / "opposite-choices.jsonl").read_bytes()

    told = by_api(app, data).json()
    page = by_page(browser(app), "o.jsonl", data)

    assert (told["found"], told["added"], told["doubled"]) == (9, 7, 0)
    assert told["contradicting"] == [
        {"where": "line 1", "why": "Line 2 decides the same pair otherwise; the later one stands."}
    ]
    assert told["repeated"] == [{"where": "line 4", "why": "It says the same as line 3."}]
    assert "9 choices found: 7 added, 0 already here, 1 repeated, 1 contradicting; 0 rows skipped" in page
    assert "Line 1: Line 2 decides the same pair otherwise" in page


def test_a_file_that_contradicts_what_is_here_says_so_and_changes_nothing(app: FastAPI) -> None:
    client = program(app)
    tea = {"prompt": "Tea or coffee?", "chosen": "Tea.", "rejected": "Coffee."}
    coffee = {**tea, "chosen": "Coffee.", "rejected": "Tea."}
    client.post("/api/v1/imports/pairs", json=[tea])

    told = client.post("/api/v1/imports/pairs", json=[coffee]).json()
    again = client.post("/api/v1/imports/pairs", json=[tea]).json()

    assert (told["found"], told["added"], told["doubled"], told["contradicting_in_all"]) == (1, 0, 0, 1)
    assert "is here already and says otherwise; that one stands" in told["contradicting"][0]["why"]
    assert (again["doubled"], again["contradicting"]) == (1, [])


def test_the_api_takes_an_array_lines_and_a_form_alike(app: FastAPI) -> None:
    rows = [{"prompt": "Sky?", "chosen": "Blue.", "rejected": f"Red {n}."} for n in range(3)]
    lines = "\n".join(map(json.dumps, rows)).encode()

    replies = [
        program(app).post("/api/v1/imports/pairs", json=rows),
        program(app).post("/api/v1/imports/pairs", content=lines, headers={"Content-Type": "application/x-ndjson"}),
        program(app).post("/api/v1/imports/pairs", files={"file": ("mine.jsonl", lines)}),
        program(app).post("/api/v1/imports/pairs", files={"file": ("mine.jsonl.gz", gzip.compress(lines))}),
        program(app).post("/api/v1/imports/pairs/file", files={"file": ("mine.jsonl", lines)}),
        program(app).post("/api/v1/imports/pairs/file", content=lines),
    ]

    assert [(reply.status_code, reply.json()["added"]) for reply in replies] == [(201, 3)] * 6


def test_a_form_without_a_file_is_refused_with_a_sentence(app: FastAPI) -> None:
    reply = program(app).post("/api/v1/imports/pairs", data={"x": "y"}, files={})
    form = program(app).post("/api/v1/imports/pairs", files={"x": (None, "y")})

    assert (reply.status_code, form.status_code) == (400, 400)
    assert "The form has no file" in form.json()["detail"]


def test_the_description_declares_an_array_and_a_form_at_an_address_each(app: FastAPI) -> None:
    paths = TestClient(app).get("/api/v1/openapi.json").json()["paths"]

    array, form = (paths[f"/api/v1/imports/pairs{end}"]["post"] for end in ("", "/file"))

    assert set(array["requestBody"]["content"]) == {"application/json"}
    assert set(form["requestBody"]["content"]) == {"multipart/form-data"}
    for operation in (array, form):
        assert {parameter["name"] for parameter in operation["parameters"]} == {"name", "person"}


def test_nothing_of_a_refused_file_is_stored(visitor: TestClient, database: Database) -> None:
    before = row_counts(database)

    for data in (
        b"{}",
        b"%PDF-1",
        b'[{"prompt": "a", "chosen": "b", "rejected": "c"}, {"pro',
        gzip.compress(b" " * 30_000_000),
    ):
        assert visitor.post("/import/pairs", files={"file": ("f", data)}).status_code in (400, 413)

    assert row_counts(database) == before


TEXTS = ["  indented", "a\r\nb", "zero\u200bwidth", "\u202eturned\u202c", "\ufeffmark", "c\x85d", "e\x0cf", "ends \n"]


def test_what_is_stored_is_what_came_on_both_databases(app: FastAPI) -> None:
    client = program(app)
    rows = [{"prompt": text, "chosen": f"{text}1", "rejected": f"{text}2"} for text in TEXTS]

    assert client.post("/api/v1/imports/pairs", json=rows).json()["added"] == len(TEXTS)

    stored = []
    for line in client.get("/api/v1/choices").json():
        one = client.get(f"/api/v1/comparisons/{line['comparison_id']}").json()
        stored.append((one["context"][0]["content"], {one["first"]["text"], one["second"]["text"]}))
    assert sorted(stored, key=str) == sorted(((text, {f"{text}1", f"{text}2"}) for text in TEXTS), key=str)
