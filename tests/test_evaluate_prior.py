"""`evaluate ... --prior FILE`: counting by a prior that was learnt elsewhere, as a researcher types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.induction.counting.prior import shipped_prior
from tests.services.evaluating.given import people_file


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch, tmp_path):
    for name in ("MODEL", "MODEL_API_BASE", "MODEL_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def people(tmp_path: Path) -> str:
    return str(people_file(tmp_path / "people.jsonl", 3, choices=10, tests=3))


def prior_file(path: Path, *sources: str, length: float = -3.0) -> str:
    """As `learn-prior` writes it, of people who want it short and hardly differ."""
    stored: dict[str, Any] = {**shipped_prior().as_json(), "sources": list(sources), "people": 7, "choices": 420}
    stored["measures"] = [
        {**row, "mean": length, "variance": 0.001} if row["name"] == "length" else row for row in stored["measures"]
    ]
    path.write_text(json.dumps(stored), encoding="utf-8")
    return str(path)


def baselines(people: str, out: Path, *more: str) -> int:
    return main(["evaluate", "baselines", people, "--out", str(out), "--arms", "longer,counted,coin", "--json", *more])


def test_counting_starts_from_the_prior_that_is_given_and_the_table_names_it(people, tmp_path, capsys):
    baselines(people, tmp_path / "shipped")
    shipped = json.loads(capsys.readouterr().out)
    assert baselines(people, tmp_path / "own", "--prior", prior_file(tmp_path / "prior.json")) == 0
    own = json.loads(capsys.readouterr().out)

    hits = [{row["arm"]: row["hits"] for row in report["rows"]} for report in (shipped, own)]
    assert hits[0]["counted"] != hits[1]["counted"]
    assert hits[0]["longer"] == hits[1]["longer"]
    assert "Counting starts from the prior in prior.json (420 choices of 7 people)." in own["words"]
    assert any("Counting starts from the prior that comes along" in said for said in shipped["words"])


def test_a_prior_learnt_from_the_file_that_is_tested_is_said_to_be(people, tmp_path, capsys):
    baselines(people, tmp_path / "out", "--prior", prior_file(tmp_path / "prior.json", "other.jsonl", "people.jsonl"))

    said = json.loads(capsys.readouterr().out)["words"]
    assert any("That prior was learnt from people.jsonl, whose people are tested here" in each for each in said)


def test_another_prior_is_not_mixed_into_a_folder(people, tmp_path, capsys):
    baselines(people, tmp_path / "out", "--prior", prior_file(tmp_path / "prior.json"))

    assert baselines(people, tmp_path / "out", "--prior", prior_file(tmp_path / "prior.json", length=-2.0)) == 2
    assert "holds another evaluation: prior not the same" in capsys.readouterr().err


@pytest.mark.parametrize(("content", "said"), [("{}", "this is no prior"), (None, "cannot be read")])
def test_a_file_that_is_no_prior_is_refused_before_anything_is_done(content, said, people, tmp_path, capsys):
    file = tmp_path / "prior.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    assert baselines(people, tmp_path / "out", "--prior", str(file)) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
