"""What is exported and brought in again is what was decided: people, sides, verdicts, order and texts, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.adapters.parquet_rows import parquet_rows
from app.domain.choices.preference import Verdict
from app.domain.export.columns import format_named
from app.domain.transcripts.detector import read_preferences
from app.services.importing import files
from app.services.people import accounts
from app.storage.database import Database
from tests.builders import an_account
from tests.domain.export.test_columns import has_kind
from tests.jobs.processes import location
from tests.participants import Choice, everybody, stored
from tests.web.clients import application, browser, program

Way = Callable[[Database, str, Path], dict[str, bytes]]
TABLES = ("trl", "lmsys", "skips")
HOLDS = {
    "trl": {Verdict.FIRST, Verdict.SECOND},
    "lmsys": set(Verdict) - {Verdict.SKIP},
    "skips": {Verdict.SKIP},
    "annotated": {Verdict.FIRST, Verdict.SECOND},
}


def by_page(database: Database, url: str, folder: Path) -> dict[str, bytes]:
    client = browser(application(url, folder))
    client.post("/import/pairs", data={"pasted": '{"context": "Sky?", "chosen": "Blue.", "rejected": "Red."}'})
    code = client.get("/research").text.partition("app grant ")[2][:9]
    with database.writing() as session:
        accounts.grant(session, code, "researcher")
    return {form: client.post("/research/export", data={"file_format": form}).content for form in HOLDS}


def by_api(database: Database, url: str, folder: Path) -> dict[str, bytes]:
    client = program(application(url, folder))
    with database.writing() as session:
        accounts.grant(session, client.get("/api/v1/me").json()["code"], "researcher")
    return {form: client.post(f"/api/v1/exports/{form}").content for form in HOLDS}


def by_command(_database: Database, url: str, folder: Path) -> dict[str, bytes]:
    made = {}
    for form in HOLDS:
        out = folder / f"rows-{form}"
        assert main(["export", "--format", form, "--out", str(out), "-q"]) == 0
        made[form] = out.read_bytes()
    return made


def by_command_as_parquet(_database: Database, url: str, folder: Path) -> dict[str, bytes]:
    made = {}
    for form in TABLES:
        out = folder / f"rows-{form}.parquet"
        assert main(["export", "--format", form, "--out", str(out), "-q"]) == 0
        made[form] = out.read_bytes()
    return made


def each_persons(data: bytes) -> dict[str, list[Choice]]:
    """What the file says of each person, in the order that its rows tell."""
    read = read_preferences(data, parquet=parquet_rows)
    assert read.skipped == ()
    ordered = sorted(read.comparisons, key=lambda one: (one.person, one.seq or 0))
    return {
        person: [(one.context, one.first, one.second, one.verdict) for one in theirs]
        for person, theirs in groupby(ordered, key=lambda one: one.person)
    }


def held(wanted: dict[str, list[Choice]], form: str) -> list[list[Choice]]:
    """What of it the format holds, a list a person, sorted."""
    kept = ([one for one in theirs if one[3] in HOLDS[form]] for theirs in wanted.values())
    return sorted((theirs for theirs in kept if theirs), key=repr)


def brought_in_again(database: Database, data: bytes) -> list[list[Choice]]:
    """What accounts hold into which the rows of the file were imported, one a person."""
    again = []
    lines = sorted(data.splitlines(), key=lambda line: str(json.loads(line)["participant"]))
    with database.writing() as session:
        for _, theirs in groupby(lines, key=lambda line: json.loads(line)["participant"]):
            account_id = an_account(session)
            files.import_pairs(session, account_id, "back.jsonl", files.read_pairs(b"\n".join(theirs)))
            again.append(stored(session, account_id))
    return sorted(again, key=repr)


def annotated(document: bytes) -> list[list[tuple[str, str, str]]]:
    """Both answers on their sides and which was preferred, a list a person in their order, sorted."""
    found: dict[str, list[Any]] = {}
    for pair in json.loads(document)["comparisons"]:
        (chosen,) = pair["annotations"].values()
        texts = (pair["response_a"]["text"], pair["response_b"]["text"], chosen["pref"])
        found.setdefault(pair["metadata"]["participant"], []).append((pair["metadata"]["seq"], texts))
    return sorted([texts for _, texts in sorted(rows)] for rows in found.values())


def as_annotated(choice: Choice) -> tuple[str, str, str]:
    _, one, other, verdict = choice
    texts = [
        "\n\n".join(
            [*(f"{turn.role}: {turn.content}" for turn in answer.lead_in), f"assistant: {answer.text}"]
            if answer.lead_in
            else [answer.text]
        )
        for answer in (one, other)
    ]
    return texts[0], texts[1], "a" if verdict is Verdict.FIRST else "b"


def wrong_types(data: bytes, form: str) -> set[str]:
    """The columns that are not of their listed type in every row."""
    listed = format_named(form)
    assert listed
    rows = [json.loads(line) for line in data.split(b"\n") if line]
    return {column.name for row in rows for column in listed.columns if not has_kind(row[column.name], column.kind)}


@pytest.mark.exhaustive
@pytest.mark.parametrize("way", [by_page, by_api, by_command, by_command_as_parquet])
def test_people_of_every_kind_come_back_as_they_were(
    way: Way, database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        wanted = everybody(session)
    for name, value in {**location(tmp_path, database_url), "MODEL": "openai/stand-in"}.items():
        monkeypatch.setenv(name, value)

    data = way(database, database_url, tmp_path)

    assert sum(map(bool, wanted.values())) >= 16
    for form in TABLES:
        assert sorted(each_persons(data[form]).values(), key=repr) == held(wanted, form)
    if way is not by_command_as_parquet:
        assert brought_in_again(database, data["lmsys"]) == held(wanted, "lmsys")
        assert brought_in_again(database, data["skips"]) == held(wanted, "skips")
        assert [wrong_types(data[form], form) for form in TABLES] == [set()] * 3
        assert annotated(data["annotated"]) == sorted(
            [as_annotated(choice) for choice in theirs] for theirs in held(wanted, "annotated")
        )
