"""The command `learn-guess` as somebody with evaluations types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.induction.guessing.stacked_guess import read_guess
from tests.services.evaluating.given import people_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An evaluation of ten people without a model."""
    file = people_file(tmp_path / "ten.jsonl", 10, choices=24, tests=12)
    out = tmp_path / "free"
    given = ["--out", str(out), "--people", "all", "--tests", "12", "--arms", "longer,counted,guess,coin"]
    assert main(["evaluate", "baselines", str(file), *given]) == 0
    return out


def test_weights_are_learnt_from_an_evaluation_and_the_guess_is_told_beside_the_simple_ways(folder, tmp_path, capsys):
    out = tmp_path / "guess.json"

    assert main(["learn-guess", str(folder), "--out", str(out), "--attribution", "Made  up."]) == 0

    told = capsys.readouterr().out
    assert "by 120 choices of 10 people" in told
    assert told.count("set beforehand: nobody was judged so") == 3
    assert {line.split()[0] for line in told.splitlines() if "log loss" in line} == {"counted", "longer", "guess"}
    found = read_guess(out.read_bytes(), "guess.json")
    assert (found.attribution, found.cases[0].people, found.cases[0].judgements) == ("Made up.", 10, 120)


def test_a_program_gets_the_table_and_the_weights(folder, tmp_path, capsys):
    capsys.readouterr()

    assert main(["learn-guess", str(folder), "--out", str(tmp_path / "g.json"), "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["attribution"] == "Learnt from the choices of people in ten.jsonl."
    assert [row["n"] for row in found["table"]] == [120, 120, 120]
    assert len(found["cases"]) == 4


def test_what_nothing_can_be_learnt_from_is_refused_in_a_sentence(folder, tmp_path, capsys):
    out = tmp_path / "guess.json"
    refused = [
        (main(["learn-guess", str(tmp_path), "--out", str(out)]), "holds no evaluation"),
        (main(["learn-guess", str(folder), str(folder), "--out", str(out)]), "given twice"),
        (main(["learn-guess", str(folder), "--out", str(tmp_path / "no" / "g.json")]), "cannot be written"),
    ]
    few = people_file(tmp_path / "two.jsonl", 2)
    main(["evaluate", "baselines", str(few), "--out", str(tmp_path / "coins"), "--arms", "longer,coin"])
    refused.append(
        (main(["learn-guess", str(tmp_path / "coins"), "--out", str(out)]), "without the arms counted and longer")
    )

    said = capsys.readouterr().err
    assert [code for code, _ in refused] == [2, 2, 2, 2]
    assert all(words in said for _, words in refused)
    assert not out.exists()
