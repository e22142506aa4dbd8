"""Work on a file that was broken off: what was paid is kept in the folder, and the same job goes on from there."""

from __future__ import annotations

import asyncio
import json
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadInput, BudgetReached, Conflict, ModelUnavailable, RunCancelled
from app.induction.model.language_model import ModelProfile, PermanentModelError, TransientModelError
from app.services.calling.json_lines import JsonLines
from app.services.inducing.files import FileReport, induce_file, job_of, kept_words
from tests.fakes import FakeCompleter
from tests.services.inducing.test_files import file_of


class Killed(BaseException):
    """The process ends in the middle of a call, as by SIGKILL."""


def dying_at(call: int) -> FakeCompleter:
    return FakeCompleter(faults=dict.fromkeys(range(call, 10_000), Killed()))  # type: ignore[arg-type]


def induced(path: Path, out: Path, completer: FakeCompleter, **options: Any) -> FileReport:
    return asyncio.run(induce_file(job_of(path, out), completer, **options))


@pytest.fixture
def choices(tmp_path: Path) -> Path:
    return file_of(tmp_path, 12)


@pytest.fixture
def undisturbed(choices: Path, tmp_path: Path) -> FakeCompleter:
    completer = FakeCompleter()
    induced(choices, tmp_path / "whole", completer)
    return completer


def killed(choices: Path, out: Path, call: int) -> None:
    with pytest.raises(Killed):
        induced(choices, out, dying_at(call))


@pytest.mark.parametrize("call", [2, 20, 40])
def test_a_killed_job_goes_on_where_its_replies_end_and_comes_to_the_same(call, choices, tmp_path, undisturbed):
    killed(choices, tmp_path / "out", call)
    said: list[str] = []
    second = FakeCompleter()

    report = induced(choices, tmp_path / "out", second, say=said.append)

    again = {prompt.digest for prompt in second.prompts}
    assert second.calls < undisturbed.calls
    assert again < {prompt.digest for prompt in undisturbed.prompts}
    assert (tmp_path / "out/persona.json").read_bytes() == (tmp_path / "whole/persona.json").read_bytes()
    assert report.replies_found == undisturbed.calls - second.calls > 0
    assert "".join(said) == (
        f"{report.replies_found} replies of an earlier start are kept in {tmp_path}/out/replies.jsonl; "
        "they are not asked for again."
    )


def test_calls_of_all_starts_are_counted_those_lost_with_the_process_too(choices, tmp_path, undisturbed):
    first = dying_at(20)
    with pytest.raises(Killed):
        induced(choices, tmp_path / "out", first)
    second = FakeCompleter()

    report = induced(choices, tmp_path / "out", second)

    assert report.cost.calls == first.calls + second.calls > undisturbed.calls
    tokens = sum(prompt.estimated_tokens for prompt in undisturbed.prompts)
    assert report.cost.prompt_tokens == tokens


def test_replies_are_deleted_when_all_is_done_and_left_where_one_wants_them(choices, tmp_path):
    induced(choices, tmp_path / "out", FakeCompleter())
    induced(choices, tmp_path / "kept", FakeCompleter(), keep_replies=True)

    assert not (tmp_path / "out/replies.jsonl").exists()
    kept = tmp_path / "kept/replies.jsonl"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    again = FakeCompleter()
    induced(choices, tmp_path / "kept", again, keep_replies=True)
    assert again.calls == 0


def test_the_budget_holds_for_all_starts_together(choices, tmp_path, undisturbed):
    killed(choices, tmp_path / "out", 10)
    second = FakeCompleter()

    with pytest.raises(BudgetReached, match="cap of 14 model calls"):
        induced(choices, tmp_path / "out", second, budget_calls=14)
    report = induced(choices, tmp_path / "out", FakeCompleter(), budget_calls=undisturbed.calls + 10)

    assert second.calls <= 4
    assert not report.missing


def test_tokens_of_lost_calls_count_against_the_budget_too(choices, tmp_path):
    killed(choices, tmp_path / "out", 2)
    rows = [json.loads(line) for line in (tmp_path / "out/replies.jsonl").read_text().splitlines()]
    spent = sum(row.get("prompt_tokens", 0) + row.get("completion_tokens", 0) for row in rows)

    with pytest.raises(BudgetReached, match="tokens"):
        induced(choices, tmp_path / "out", FakeCompleter(), budget_tokens=spent + 1)


def test_another_job_in_the_folder_has_a_budget_of_its_own(choices, tmp_path, undisturbed):
    killed(choices, tmp_path / "out", 20)
    other = file_of(tmp_path, 6, name="others.jsonl")
    alone = FakeCompleter()
    induced(other, tmp_path / "alone", alone)

    report = induced(other, tmp_path / "out", FakeCompleter(), budget_calls=alone.calls)

    assert report.cost.calls + report.cost.failed_calls <= alone.calls


def test_a_job_that_is_asked_to_stop_sends_nothing_more_and_says_what_is_kept(choices, tmp_path):
    stopping = threading.Event()
    completer = FakeCompleter()

    def stop_soon(_progress: object) -> None:
        if completer.calls >= 5:
            stopping.set()

    with pytest.raises(RunCancelled):
        induced(choices, tmp_path / "out", completer, stopping=stopping, on_progress=stop_soon)

    sent = completer.calls
    words = kept_words(job_of(choices, tmp_path / "out"))
    assert words.startswith(f"{sent} replies are kept in {tmp_path}/out/replies.jsonl. The same command goes on")


def test_a_second_command_on_the_folder_is_refused_before_it_begins(choices, tmp_path):
    killed(choices, tmp_path / "out", 20)
    lines = JsonLines(tmp_path / "out/replies.jsonl")

    with pytest.raises(Conflict, match="Another command is writing"):
        job_of(choices, tmp_path / "out")

    lines.close()
    job_of(choices, tmp_path / "out")


def test_a_file_that_was_deleted_while_one_waited_for_it_is_made_anew(tmp_path):
    first = JsonLines(tmp_path / "replies.jsonl")
    first.append({"what": "begun", "terms": "a"})
    first.remove()

    second = JsonLines(tmp_path / "replies.jsonl")
    first.close()

    assert second.rows == []
    assert (tmp_path / "replies.jsonl").exists()
    second.close()


@pytest.mark.parametrize("deep", ["out", "out/deeper/still"])
def test_a_model_that_answers_nothing_leaves_nothing_behind(deep, choices, tmp_path):
    silent = FakeCompleter(faults=dict.fromkeys(range(1, 999), PermanentModelError("No key.")))

    with pytest.raises(ModelUnavailable):
        induced(choices, tmp_path / deep, silent)

    assert not (tmp_path / "out").exists()


def test_the_same_name_at_another_address_is_another_model(choices, tmp_path):
    class Elsewhere(FakeCompleter):
        api_base = "http://elsewhere.example/v1"

    killed(choices, tmp_path / "out", 20)
    other = Elsewhere(ModelProfile("fake", slot_tokens=16_384))

    report = induced(choices, tmp_path / "out", other)

    assert report.cost.calls == other.calls


def test_what_failed_is_tried_again_by_the_next_start(choices, tmp_path, undisturbed):
    faults = {call: TransientModelError("busy", retry_after=0) for call in range(30, 34)}
    broken = FakeCompleter(ModelProfile("fake", slot_tokens=16_384, parallel=1), faults=faults)
    induced(choices, tmp_path / "out", broken)
    left = (tmp_path / "out/replies.jsonl").exists()

    report = induced(choices, tmp_path / "out", FakeCompleter())

    assert left
    assert not report.missing
    assert (tmp_path / "out/persona.json").read_bytes() == (tmp_path / "whole/persona.json").read_bytes()


def test_a_text_that_could_not_be_used_is_no_reason_to_keep_replies(choices, tmp_path):
    faults = {call: TransientModelError("no letter", retry_after=0, unusable=True) for call in (30, 31)}
    odd = FakeCompleter(ModelProfile("fake", slot_tokens=16_384, parallel=1), faults=faults)

    report = induced(choices, tmp_path / "out", odd)

    assert report.unanswered == 0
    assert not (tmp_path / "out/replies.jsonl").exists()


def test_what_cannot_be_done_leaves_no_folder(choices, tmp_path):
    few = file_of(tmp_path, 4, name="few.jsonl")

    for path, options in ((few, {}), (choices, {"recipe": "secret"}), (choices, {"user": "nobody"})):
        with pytest.raises(BadInput):
            job_of(path, tmp_path / "new/out", **options)

    job_of(choices, tmp_path / "new/out")
    assert not (tmp_path / "new").exists()
