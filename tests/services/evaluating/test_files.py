"""Whose choices an evaluation is of, and in which conversations, whatever format they come in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadInput
from app.services.evaluating.folder import read_plan
from app.services.evaluating.one_persona import trial_of
from app.services.evaluating.people import parted, read_people
from app.services.exporting import exporting
from app.services.inducing.files import induce_file, job_of
from app.services.people import consenting
from app.storage.database import Database
from tests.builders import an_account, choices
from tests.fakes import FakeCompleter
from tests.services.evaluating.given import asked, evaluated

FREE = ("longer", "coin")
SAMPLES = Path(__file__).parents[2] / "samples"


def file_of(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def turns(question: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def own(who: str, talk: str, n: int) -> dict[str, Any]:
    return {
        "context": f"{who} {n}?",
        "chosen": f"Yes {n}.",
        "rejected": f"No {n}.",
        "user_id": who,
        "conversation_id": talk,
    }


def trl(who: str, talk: str, n: int) -> dict[str, Any]:
    return {
        "prompt": [{"role": "user", "content": f"{who} {n}?"}],
        "chosen": [{"role": "assistant", "content": f"Yes {n}."}],
        "rejected": [{"role": "assistant", "content": f"No {n}."}],
        "participant": who,
        "conversation": talk,
    }


def battle(who: str, talk: str, n: int) -> dict[str, Any]:
    return {
        "conversation_a": turns(f"{who} {n}?", f"Yes {n}."),
        "conversation_b": turns(f"{who} {n}?", f"No {n}."),
        "winner": "model_a",
        "judge": who,
        "question_id": talk,
    }


@pytest.mark.parametrize("row", [own, trl, battle])
def test_each_person_of_a_file_is_one_whatever_its_format(tmp_path, row):
    rows = [row(who, f"{who} talk {n // 2}", n) for n in range(12) for who in ("ana", "ben", "cem")]

    found = evaluated(asked(file_of(tmp_path / "people.jsonl", rows), arms=FREE, tests=6), tmp_path / "out")

    assert sorted(read_plan(tmp_path / "out")["people"]) == ["ana", "ben", "cem"]
    assert {row["people"] for row in found.report["rows"]} == {3}


@pytest.mark.parametrize("row", [own, trl, battle])
@pytest.mark.parametrize("nested", [True, False])
def test_no_conversation_both_teaches_and_tests_whatever_the_format(tmp_path, row, nested):
    rows = [row("ana", f"talk {n // 3}", n) for n in range(18)]

    (ana,), _ = read_people([file_of(tmp_path / "ana.jsonl", rows)])
    parts = parted(ana, nested=nested, tests=6, train=15, seed=0)

    assert parts
    for part in parts:
        taught, tested = ({pair.conversation_id for pair in pairs} for pairs in (part.train, part.tests))
        assert len(taught | tested) > 1
        assert not taught & tested


@pytest.mark.parametrize("file_format", ["trl", "lmsys"])
def test_our_own_export_is_read_as_the_people_that_are_in_it(
    database: Database, tmp_path: Path, file_format: str
) -> None:
    for _ in range(3):
        with database.writing() as session:
            account_id = an_account(session)
            choices(session, account_id, 12)
            for scope in ("choices", "texts"):
                consenting.set_consent(session, account_id, scope, True)
    export = tmp_path / "export.jsonl"
    export.write_bytes(b"".join(exporting.export_rows(database, file_format=file_format, requested_by=None)))

    found = evaluated(asked(export, arms=FREE), tmp_path / "out")

    assert len(read_plan(tmp_path / "out")["people"]) == 3
    assert {row["people"] for row in found.report["rows"]} == {3}
    assert found.report["rows"][0]["n"] == 9


def test_a_persona_is_tested_on_one_person_of_a_file_who_must_be_named(tmp_path):
    rows = [trl(who, f"{who} {n}", n) for n in range(6) for who in ("ana", "ben")]
    people, mine = file_of(tmp_path / "people.jsonl", rows), file_of(tmp_path / "ana.jsonl", rows[::2])
    asyncio.run(induce_file(job_of(mine, tmp_path / "out"), FakeCompleter()))
    persona = tmp_path / "out" / "persona.json"

    ben = trial_of(people, persona, user="ben")

    assert ([pair.context[0].content for pair in ben.unseen], ben.taught) == ([f"ben {n}?" for n in range(6)], 0)
    with pytest.raises(BadInput, match="2 people"):
        trial_of(people, persona)
    with pytest.raises(BadInput, match="6 of 6 choices taught this persona"):
        trial_of(people, persona, user="ana")


def test_what_was_left_out_of_a_file_is_said_below_the_table_with_its_first_reason(tmp_path):
    rows = [own("ana", f"talk {n}", n) for n in range(12)]
    again = {**rows[3], "conversation_id": "elsewhere"}
    otherwise = {**rows[4], "chosen": rows[4]["rejected"], "rejected": rows[4]["chosen"]}

    found = evaluated(asked(file_of(tmp_path / "ana.jsonl", [*rows, again, otherwise]), arms=FREE), tmp_path / "out")

    assert (
        "2 rows of the files were not used. ana.jsonl: Line 5 was left out: line 14 decides the same pair" in found.text
    )


@pytest.mark.parametrize("name", ["people.jsonl", "people-in-an-array.json", "people-with-a-prompt-column.jsonl"])
def test_one_file_in_three_shapes_is_the_same_people_with_the_same_choices(name):
    people, _ = read_people([SAMPLES / "cases" / name])

    assert [(one.name, len(one.seen), len(one.unseen)) for one in people] == [("ana", 6, 2), ("ben", 4, 0)]
