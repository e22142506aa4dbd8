"""What a folder's plan holds, so that nothing is mixed into it that was made otherwise."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadInput
from app.induction.model.language_model import ModelProfile
from app.services.evaluating import program
from app.services.evaluating.folder import read_plan
from app.services.evaluating.questions import outcome
from tests.services.evaluating.given import Rule, asked, evaluated, people_file


@dataclass
class Tuned(Rule):
    """The stand-in as a model that takes another number of pairs in a call, or of calls at once."""

    packing: int = 6
    parallel: int = 4

    @property
    def profile(self) -> ModelProfile:
        return replace(super().profile, packing=self.packing, parallel=self.parallel)


def planned_with(folder: Path, **other: Any) -> None:
    """Puts the folder's plan as if something else had made it; None takes a term out."""
    plan = {name: value for name, value in {**read_plan(folder), **other}.items() if value is not None}
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")


@pytest.mark.parametrize("made_with", ["0" * 64, None])
def test_a_folder_made_by_another_version_is_said_to_be_so_and_keeps_its_table(tmp_path, made_with):
    file = people_file(tmp_path / "people.jsonl")
    evaluated(asked(file), tmp_path / "out", Rule(), minutes=0)
    planned_with(tmp_path / "out", program=made_with, prompts={})

    with pytest.raises(BadInput, match=r"another version of this program\. Give another --out; a copy of ledger"):
        evaluated(asked(file), tmp_path / "out", Rule())

    assert "0 of 48 judgements are made" in outcome(tmp_path / "out").text


def test_a_copy_of_the_ledger_in_a_new_folder_pays_for_nothing_again(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    first = evaluated(asked(file), tmp_path / "out", Rule())
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "ledger.jsonl").write_bytes((tmp_path / "out" / "ledger.jsonl").read_bytes())
    model = Rule()

    again = evaluated(asked(file), tmp_path / "new", model)

    assert model.sent == []
    assert again.report["rows"] == first.report["rows"]


@pytest.mark.parametrize("folder", ["domain", "induction", "services/evaluating"])
def test_another_version_is_told_by_the_code_that_decides_and_by_nothing_else(tmp_path, monkeypatch, folder):
    code = tmp_path / folder / "code.py"
    code.parent.mkdir(parents=True)
    (tmp_path / "web").mkdir()
    code.write_text("SURE = 0.5\n", encoding="utf-8")
    monkeypatch.setattr(program, "_APP", tmp_path)
    digest_now = program.program_digest.__wrapped__
    first = digest_now()

    (tmp_path / "web" / "pages.py").write_text("TITLE = 'Persona'\n", encoding="utf-8")
    code.with_name("text.txt").write_text("A prompt has a digest of its own.", encoding="utf-8")
    same = digest_now()
    code.write_text("SURE = 0.6\n", encoding="utf-8")
    changed = digest_now()
    code.rename(code.with_name("renamed.py"))

    assert same == first
    assert len({first, changed, digest_now()}) == 3


def test_a_model_that_is_shown_another_number_of_choices_at_once_does_not_go_on_in_a_folder(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    evaluated(asked(file), tmp_path / "out", Tuned(), minutes=0)

    with pytest.raises(BadInput, match="another evaluation: models not the same"):
        evaluated(asked(file), tmp_path / "out", Tuned(packing=1))


def test_how_many_calls_a_model_takes_at_once_changes_no_result_and_no_plan(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    whole = evaluated(asked(file), tmp_path / "whole", Tuned(parallel=1))
    evaluated(asked(file), tmp_path / "out", Tuned(parallel=1), most_calls=40)

    found = evaluated(asked(file), tmp_path / "out", Tuned(parallel=7))

    assert found.report["rows"] == whole.report["rows"]


def test_a_name_that_stands_in_two_files_is_said_to_be_taken_for_two_people(tmp_path):
    one, other = people_file(tmp_path / "one.jsonl", 2), people_file(tmp_path / "other.jsonl", 2, choices=12)

    found = evaluated(asked(one, other, arms=("coin",)), tmp_path / "out")

    assert found.text.startswith("How often unseen choices are guessed right: 4 people")
    assert "A name stands in two files and is taken for two people: other/single-0, other/single-1." in found.text
