"""`evaluate persona`: a persona is never tested on what taught it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadInput
from app.services.evaluating.one_persona import EvaluationReport, judge_trial, trial_of
from app.services.inducing.files import induce_file, job_of
from tests.fakes import FakeCompleter


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "context": [{"role": "user", "content": f"Question {number}?"}],
        "chosen": {"role": "assistant", "content": f"Short {number}."},
        "rejected": {"role": "assistant", "content": f"A long and winding answer to {number}. " * 4},
        **more,
    }


def file_of(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def persona_of(folder: Path, rows: list[dict[str, Any]], **options: Any) -> Path:
    """The persona.json that `induce` writes of these rows."""
    choices = file_of(folder / "taught.jsonl", rows)
    asyncio.run(induce_file(job_of(choices, folder / "out", **options), FakeCompleter()))
    return folder / "out" / "persona.json"


def judged(file: Path, persona: Path) -> EvaluationReport:
    return asyncio.run(judge_trial(trial_of(file, persona), FakeCompleter()))


@pytest.fixture
def fourteen() -> list[dict[str, Any]]:
    return [row(number) for number in range(14)]


def test_the_file_that_taught_a_persona_cannot_test_it_and_nothing_is_asked(tmp_path, fourteen):
    persona = persona_of(tmp_path, fourteen)

    with pytest.raises(BadInput, match="14 of 14 choices taught this persona and were left out") as refused:
        trial_of(tmp_path / "taught.jsonl", persona)

    assert "Nothing is left to test persona.json on" in str(refused.value)
    assert "Give a file with other choices" in str(refused.value)


def test_what_taught_is_left_out_and_counted_and_the_rest_is_judged(tmp_path, fourteen):
    persona = persona_of(tmp_path, fourteen[:12])

    report = judged(file_of(tmp_path / "all.jsonl", fourteen), persona)

    printed = report.as_json()
    assert printed["verdict"].startswith(
        "12 of 14 choices taught this persona and were left out. With it the model was right"
    )
    assert "right on 2 of 2 unseen choices" in printed["verdict"]
    assert (printed["choices"], printed["taught"], printed["tied"], printed["unseen"]) == (14, 12, 0, 2)
    assert (printed["hits"], printed["n"], printed["baseline_n"], printed["calls"]) == (2, 2, 2, 8)


def test_a_copy_in_another_format_with_sides_and_spaces_changed_is_known_again(tmp_path, fourteen):
    persona = persona_of(tmp_path, fourteen[:12])
    copied = [
        {
            "prompt": [{"role": "user", "content": one["context"][0]["content"] + " \r\n"}],
            "chosen": [{"role": "assistant", "content": f" {one['rejected']['content']}"}],
            "rejected": [{"role": "assistant", "content": one["chosen"]["content"] + "\n"}],
        }
        for one in reversed(fourteen)
    ]

    trial = trial_of(file_of(tmp_path / "trl.jsonl", copied), persona)

    assert (trial.taught, len(trial.unseen)) == (12, 2)


def test_a_choice_that_shares_an_answer_with_one_that_taught_is_left_out_and_counted_apart(tmp_path, fourteen):
    persona = persona_of(tmp_path, fourteen[:12])
    beside = {**row(0), "chosen": {"role": "assistant", "content": "A third answer."}}

    trial = trial_of(file_of(tmp_path / "all.jsonl", [*fourteen, beside]), persona)

    assert trial.left_out() == (
        "12 of 15 choices taught this persona and 1 belongs with one that did (one conversation, or an answer to one request); "
        "they were left out."
    )


def test_rows_marked_test_are_preferred_and_are_checked_too(tmp_path, fourteen):
    split = [*fourteen[:10], *(one | {"split": "test"} for one in fourteen[10:])]
    persona = persona_of(tmp_path, split)
    leaked = [*split, row(3) | {"split": "test", "conversation_id": "elsewhere", "seq": 99}]
    del leaked[3]

    report = judged(tmp_path / "taught.jsonl", persona)
    trial = trial_of(file_of(tmp_path / "leaked.jsonl", leaked), persona)

    assert (report.accuracy.n, report.trial.taught, report.as_json()["verdict"][:7]) == (4, 0, "With it")
    assert (trial.choices, trial.taught, len(trial.unseen)) == (5, 1, 4)


def test_choices_that_were_held_back_by_induce_test_and_those_that_selected_do_not(tmp_path):
    rows = [row(number) for number in range(30)]
    persona = persona_of(tmp_path, rows, recipe="paper-lean")

    trial = trial_of(tmp_path / "taught.jsonl", persona)

    assert trial.taught == json.loads(persona.read_text(encoding="utf-8"))["n_read"] < 30
    assert len(trial.unseen) == 30 - trial.taught


@pytest.mark.parametrize("taught", [None, "gone", {"key": "x"}])
def test_a_persona_file_that_does_not_tell_what_taught_it_is_refused(tmp_path, fourteen, taught):
    persona = persona_of(tmp_path, fourteen)
    stored = json.loads(persona.read_text(encoding="utf-8"))
    stored["taught"] = taught
    if taught == "gone":
        del stored["taught"]
    persona.write_text(json.dumps(stored), encoding="utf-8")

    with pytest.raises(BadInput, match="does not tell which choices taught this persona"):
        trial_of(file_of(tmp_path / "new.jsonl", [row(99)]), persona)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "x"}', "[" * 100_000])
def test_a_file_that_is_no_persona_cannot_be_evaluated(tmp_path, text):
    (tmp_path / "persona.json").write_text(text)

    with pytest.raises(BadInput, match="persona"):
        trial_of(file_of(tmp_path / "new.jsonl", [row(99)]), tmp_path / "persona.json")


def test_a_persona_file_is_judged_beside_the_plain_judge(tmp_path, fourteen):
    persona = persona_of(tmp_path, fourteen)

    report = judged(file_of(tmp_path / "new.jsonl", [row(number) for number in range(20, 25)]), persona)

    (plain, told) = report.table()
    assert plain[:4] == ("no persona", 0, 5, 0)
    assert told[:4] == ("with persona", 5, 5, 0)
    assert report.cost.calls == 20


def test_no_text_of_a_choice_stands_in_the_digests(tmp_path, fourteen):
    stored = json.loads(persona_of(tmp_path, fourteen).read_text(encoding="utf-8"))

    assert len(stored["taught"]["choices"]) == 14
    assert not any(word in json.dumps(stored["taught"]) for word in ("Question", "Short", "winding"))
