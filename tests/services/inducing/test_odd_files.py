"""The field cases by command: who is asked for, what is left out and told, and what a model is sent."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from app.domain.errors import BadInput
from app.services.inducing.files import FileReport, induce_file, job_of
from tests.fakes import FakeCompleter

CASES = Path(__file__).parents[2] / "samples" / "cases"
PEOPLE = ["people.jsonl", "people-with-a-prompt-column.jsonl", "people-in-an-array.json"]


def induced(path: Path, out: Path, completer: FakeCompleter | None = None, **which: str) -> FileReport:
    return asyncio.run(induce_file(job_of(path, out, **which), completer or FakeCompleter()))


@pytest.mark.parametrize("name", PEOPLE)
def test_a_file_of_several_people_is_refused_until_one_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"2 people \(ana with 8, ben with 4\)\. Name one of them \(--user NAME\)"):
        job_of(CASES / name, tmp_path / "out")

    ana = job_of(CASES / name, tmp_path / "out", user="ana")
    assert (len(ana.found.pairs), len(ana.tests)) == (6, 2)
    with pytest.raises(BadInput, match="4 of 5 choices"):
        job_of(CASES / name, tmp_path / "out", user="ben")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "choices", "skipped", "left_out"),
    [
        ("hh-whole-texts.jsonl", 8, 0, 0),
        ("role-model.jsonl", 8, 0, 0),
        ("split-written-Test.jsonl", 6, 0, 0),
        ("opposite-choices.jsonl", 7, 2, 0),
        ("half-an-emoji.jsonl", 12, 0, 1),
    ],
)
def test_every_case_ends_with_its_choices_and_tells_the_rest(
    tmp_path: Path, name: str, choices: int, skipped: int, left_out: int
) -> None:
    report = induced(CASES / name, tmp_path / "out")

    assert (report.choices, len(report.skipped), len(report.left_out)) == (choices, skipped, left_out)
    written = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert written["skipped"] == list(report.skipped)
    assert written["rows"]["read"] == choices + skipped + (3 if "split" in name else 0)


def test_half_a_character_costs_no_call_more_and_every_request_can_be_sent(tmp_path: Path) -> None:
    data = (CASES / "half-an-emoji.jsonl").read_bytes()
    whole = tmp_path / "whole.jsonl"
    whole.write_bytes(data.replace(rb"\ud83e", rb"\ufffd"))
    with_half, without = FakeCompleter(), FakeCompleter()

    induced(CASES / "half-an-emoji.jsonl", tmp_path / "a", with_half)
    induced(whole, tmp_path / "b", without)

    assert with_half.calls == without.calls
    for prompt in with_half.prompts:
        assert all(message.content.encode() for message in prompt.messages)


def test_where_too_few_choices_are_left_it_is_said_which_rows_were_not_used(tmp_path: Path) -> None:
    row = {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Red."}
    rows = [{**row, "prompt": f"{n}?"} for n in range(4)] + [{"prompt": "x", "chosen": "y"}, row | {"split": "banana"}]
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    with pytest.raises(BadInput, match=r"4 of 5 choices.* 2 of 6 rows were not used\. Line 5 was left out: .*Line 6"):
        job_of(path, tmp_path / "out")


def test_rows_of_the_test_file_that_were_not_used_are_told_with_its_name(tmp_path: Path) -> None:
    path = CASES / "hh-whole-texts.jsonl"
    tests = tmp_path / "tests.jsonl"
    tests.write_text('{"prompt": "Sea?", "chosen": "Wet.", "rejected": "Dry."}\n{broken', encoding="utf-8")

    job = job_of(path, tmp_path / "out", test_file=tests)

    assert len(job.tests) == 1
    assert job.found.skipped[0].startswith("tests.jsonl: Line 2 was left out: it is no JSON")
