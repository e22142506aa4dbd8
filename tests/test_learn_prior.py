"""The command `learn-prior` as somebody with files of preferences types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.induction.counting.prior import read_prior


def votes(path: Path, people: int, choices: int) -> Path:
    """People who take the longer answer in three of four choices; every seventh row is for validation, every eighth a test."""
    rows = []
    for number in range(people * choices):
        long, short = f"Answer {number} at some length, with more to read. " * 5, f"Answer {number}."
        chosen, rejected = (long, short) if number % 4 else (short, long)
        split = "val" if number % 7 == 0 else "test" if number % 8 == 0 else "train"
        texts = {
            "chosen": {"role": "assistant", "content": chosen},
            "rejected": {"role": "assistant", "content": rejected},
        }
        context = [{"role": "user", "content": f"Question {number}?"}]
        rows.append({"user_id": f"u{number % people}", "split": split, "context": context, **texts})
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_a_prior_is_learnt_from_files_and_says_from_whom_and_who_is_to_be_named(tmp_path, capsys):
    files = [str(votes(tmp_path / name, people, 24)) for name, people in (("a.jsonl", 5), ("b.jsonl", 3))]
    out = tmp_path / "prior.json"

    assert main(["learn-prior", *files, "--out", str(out)]) == 0

    told = capsys.readouterr().out
    assert "by 192 decisions of 8 people" in told
    assert "a.jsonl: 120 decisions of 5 people" in told
    assert "% go to the longer one" in told
    assert "name its sources as their licences ask:\n  Learnt from the choices of people in a.jsonl, b.jsonl." in told
    prior = read_prior(out.read_bytes(), "prior.json")
    assert (prior.people, prior.choices, prior.sources) == (8, 192, ("a.jsonl", "b.jsonl"))


def test_a_program_gets_json_and_the_words_of_attribution_are_kept(tmp_path, capsys):
    files, out = str(votes(tmp_path / "a.jsonl", 5, 24)), tmp_path / "prior.json"

    assert main(["learn-prior", files, "--out", str(out), "--attribution", "Votes of A,  CC-BY-4.0", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["sources"] == [{"name": "a.jsonl", "people": 5, "choices": 120}]
    assert told["attribution"] == json.loads(out.read_text())["attribution"] == "Votes of A, CC-BY-4.0"


@pytest.mark.parametrize(
    ("people", "choices", "said"),
    [(4, 40, "there are 160 of 4. Name further files."), (6, 10, "there are 60 of 6. Name further files.")],
)
def test_too_little_is_refused_in_a_sentence_and_nothing_is_written(people, choices, said, tmp_path, capsys):
    out = tmp_path / "prior.json"

    assert main(["learn-prior", str(votes(tmp_path / "a.jsonl", people, choices)), "--out", str(out)]) != 0

    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_file_given_twice_and_a_folder_that_is_not_there_are_refused(tmp_path, capsys):
    file = str(votes(tmp_path / "a.jsonl", 5, 24))

    assert main(["learn-prior", file, file, "--out", str(tmp_path / "prior.json")]) != 0
    assert main(["learn-prior", file, "--out", str(tmp_path / "none" / "prior.json")]) != 0

    told = capsys.readouterr().err
    assert "A file was given twice" in told
    assert "name a file in a folder that is there" in told
