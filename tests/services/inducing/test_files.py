from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from app.domain.errors import BadInput, BudgetReached
from app.domain.prompt_targets import persona_from_document
from app.induction.model.language_model import TransientModelError
from app.services.inducing.files import induce_file, job_of
from tests.fakes import FakeCompleter


def file_of(tmp_path: Path, count: int, *, tests: int = 0, name: str = "choices.jsonl", user: str = "u1") -> Path:
    rows = [
        {
            "user_id": user,
            "split": "test" if number >= count else "train",
            "context": [{"role": "user", "content": f"Question {number} of {name}?"}],
            "chosen": {"role": "assistant", "content": f"Short {number}."},
            "rejected": {"role": "assistant", "content": f"A long and winding answer to {number}. " * 4},
        }
        for number in range(count + tests)
    ]
    path = tmp_path / name
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def induced(path, out, completer=None, **options):
    named = {name: options.pop(name) for name in ("user", "recipe", "test_file") if name in options}
    return asyncio.run(induce_file(job_of(path, out, **named), completer or FakeCompleter(), **options))


def test_a_file_becomes_persona_prompt_and_report(tmp_path):
    completer = FakeCompleter()

    report = induced(file_of(tmp_path, 12), tmp_path / "out", completer)

    written = json.loads((tmp_path / "out" / "report.json").read_text())
    assert written == report.as_json()
    assert written["calls"] == completer.calls
    assert (written["hits"], written["n"], written["baseline_hits"], written["failed"]) == (12, 12, 0, 0)
    assert written["interval"] == [0.7575, 1.0]
    assert written["report"]["folds"] == 3
    assert written["prompt_tokens"] == sum(prompt.estimated_tokens for prompt in completer.prompts)
    stored = json.loads((tmp_path / "out" / "persona.json").read_text())
    assert persona_from_document(stored).traits
    assert (tmp_path / "out" / "prompt.txt").read_text() == stored["prompts"]["system"]


def test_rows_marked_test_are_the_unseen_choices(tmp_path):
    report = induced(file_of(tmp_path, 10, tests=6), tmp_path / "out")

    assert report.choices == 10
    assert report.accuracy is not None
    assert report.accuracy.n == 6


def test_another_file_can_hold_the_unseen_choices(tmp_path):
    report = induced(file_of(tmp_path, 10), tmp_path / "out", test_file=file_of(tmp_path, 5, name="more.jsonl"))

    assert report.accuracy is not None
    assert report.accuracy.n == 5


def test_equal_runs_write_equal_bytes(tmp_path):
    path = file_of(tmp_path, 12)

    for out in ("one", "two"):
        induced(path, tmp_path / out)

    for name in ("persona.json", "prompt.txt"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_failed_tries_are_counted_as_calls(tmp_path):
    completer = FakeCompleter(faults={2: TransientModelError("busy", retry_after=0)})
    quiet = induced(file_of(tmp_path, 6), tmp_path / "quiet")

    report = induced(file_of(tmp_path, 6), tmp_path / "out", completer)

    assert (report.cost.calls, report.cost.failed_calls) == (quiet.cost.calls + 1, 1)
    assert report.cost.calls == completer.calls
    assert report.document is not None


def test_without_a_persona_only_the_report_is_written_and_no_old_file_stays(tmp_path):
    out = tmp_path / "out"
    induced(file_of(tmp_path, 6), out)

    silent = FakeCompleter(persona={"summary": "", "traits": []})
    report = induced(file_of(tmp_path, 6), out, silent, recipe="paper-lean")

    assert sorted(path.name for path in out.iterdir()) == ["replies.jsonl", "report.json"]
    assert report.missing


def test_a_budget_that_ends_before_the_persona_writes_nothing_and_keeps_what_was_paid(tmp_path):
    with pytest.raises(BudgetReached, match="cap of 2 model calls"):
        induced(file_of(tmp_path, 6), tmp_path / "out", budget_calls=2)

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["replies.jsonl"]


@pytest.mark.parametrize("missing", ["nowhere.jsonl", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path, missing):
    with pytest.raises(BadInput, match="cannot be read"):
        induced(tmp_path / missing, tmp_path / "out")


@pytest.mark.parametrize("inside", ["", "deeper/still"])
def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_paid(tmp_path, inside):
    (tmp_path / "out").write_text("a file, not a folder")
    completer = FakeCompleter()

    with pytest.raises(BadInput, match="cannot be written to"):
        induced(file_of(tmp_path, 12), tmp_path / "out" / inside, completer)

    assert completer.calls == 0


def test_what_a_person_states_in_the_file_is_compared_with(tmp_path):
    path = file_of(tmp_path, 12)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        row["stated_preferences"] = {"system_string": "Be brief."}
    path.write_text("\n".join(map(json.dumps, rows)))

    report = induced(path, tmp_path / "out")

    assert report.report is not None
    assert [arm["name"] for arm in report.report["arms"]][:3] == ["plain", "stated", "memory"]
