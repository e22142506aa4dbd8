"""What the commands `evaluate ...` find wrong, and what they answer, before any model is at hand."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from app.__main__ import main
from app.domain.errors import ModelUnavailable
from tests.services.evaluating.given import people_file


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without a key and without the embedded model's file: to reach for a model is a failure."""
    for name in ("MODEL", "MODEL_API_BASE", "MODEL_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    def refuse(*_: object) -> None:
        raise AssertionError("a model was reached for")

    monkeypatch.setattr("app.supervisor.model_at_hand", refuse)


@pytest.fixture
def people(tmp_path: Path) -> str:
    said = {f"single-{number}": {"stated_preferences": f"I like it {number}."} for number in range(3)}
    return str(people_file(tmp_path / "people.jsonl", 3, choices=10, tests=3, said=said))


@pytest.mark.parametrize("arms", ["longer,coin", "counted", "coin,longer,counted,coin"])
def test_arms_that_ask_no_model_need_none(arms, people, tmp_path, capsys):
    code = main(
        ["evaluate", "baselines", people, "--out", str(tmp_path / "out"), "--tests", "2", "--arms", arms, "--json"]
    )

    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert code == 0
    assert [row["arm"] for row in report["rows"]] == list(dict.fromkeys(arms.split(",")))
    assert {row["n"] for row in report["rows"]} == {6}
    assert (report["learn_with"], report["judge_with"], report["calls"]) == (["no model"], ["no model"], 0)
    assert "none of which asks a model" in printed.err


def test_what_nobody_said_anything_for_needs_no_model_either(tmp_path, capsys):
    """Whether a model is asked is settled by who takes part, not by the names of the arms."""
    silent = people_file(tmp_path / "silent.jsonl", 2, choices=10, tests=3)

    code = main(
        ["evaluate", "baselines", str(silent), "--out", str(tmp_path / "out"), "--arms", "stated,demographics,coin"]
    )

    assert code == 0
    assert "coin" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["baselines", "PEOPLE", "--arms", "plain,nonsense"], "There is no arm 'nonsense'"),
        (["baselines", "missing.jsonl"], "missing.jsonl cannot be read"),
        (["baselines", "PEOPLE", "--recipe", "secret"], "There is no recipe 'secret'"),
        (["baselines", "PEOPLE", "--people", "nobody"], "'nobody' has no choices"),
        (["baselines", "PEOPLE", "--people", "0"], "begin at 1"),
        (["baselines", "PEOPLE", "--people", "²"], "'²' has no choices"),
        (["baselines", "PEOPLE", "--people", ","], "--people names nothing"),
        (["baselines", "PEOPLE", "--arms", ","], "--arms names nothing"),
        (["baselines", "PEOPLE", "--tests", "0"], "'0' is no whole number from 1"),
        (["baselines", "PEOPLE", "--train", "-3"], "'-3' is no whole number from 1"),
        (["baselines", "PEOPLE", "--train", "many"], "'many' is no whole number from 1"),
        (["baselines", "PEOPLE", "--seed", "-7"], "'-7' is no whole number from 0"),
        (["baselines", "PEOPLE", "--seed", "9" * 5_000], "is no whole number from 0"),
        (["baselines", "PEOPLE", "--minutes", "soon"], "invalid float value: 'soon'"),
        (["baselines", "PEOPLE", "--minutes", "-1"], "--minutes -1 leaves no time"),
        (["baselines", "PEOPLE", "--minutes", "0"], "--minutes 0 leaves no time"),
        (["agreement", "PEOPLE", "--minutes", "nan"], "--minutes nan leaves no time"),
        (["transfer", "PEOPLE", "--minutes", "inf", "--learn-with", "a", "--deploy-with", "b"], "--minutes inf"),
        (["curve", "PEOPLE", "--calls", "-5"], "--calls -5 allows no call"),
        (["curve", "PEOPLE", "--calls", "0"], "--calls 0 allows no call"),
        (["curve", "PEOPLE", "--sizes", ""], "--sizes names nothing"),
        (["curve", "PEOPLE", "--sizes", "3,-5"], "begin at 1"),
        (["curve", "PEOPLE", "--sizes", "3,2.5"], "--sizes takes whole numbers"),
        (["curve", "PEOPLE", "--arm", "coin"], "has no curve"),
        (["transfer", "PEOPLE", "--learn-with", " , ", "--deploy-with", "b"], "--learn-with names nothing"),
        (["baselines", "PEOPLE", "PEOPLE"], "A file was given twice"),
    ],
)
def test_what_makes_no_sense_is_refused_before_a_model_is_reached_for(
    arguments, said, people, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    words = [people if word == "PEOPLE" else word for word in arguments]

    code = main(["evaluate", *words, "--out", "out"])

    printed = capsys.readouterr()
    assert code == 2
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1
    assert printed.out == ""
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_another_evaluation_is_refused_before_a_model_is_reached_for(people, tmp_path, capsys):
    command = ["evaluate", "baselines", people, "--out", str(tmp_path / "out"), "--arms"]
    assert main([*command, "coin"]) == 0

    code = main([*command, "coin,plain"])

    assert code == 2
    assert "holds another evaluation: arms" in capsys.readouterr().err


def test_a_model_that_cannot_be_had_leaves_no_empty_folder(people, tmp_path, capsys, monkeypatch):
    def gone(*_: object) -> None:
        raise ModelUnavailable("The model cannot be had.")

    monkeypatch.setattr("app.supervisor.model_at_hand", gone)

    code = main(["evaluate", "baselines", people, "--out", str(tmp_path / "out")])

    assert code != 0
    assert "The model cannot be had." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("question", ["baselines", "curve", "transfer", "agreement", "persona", "table"])
def test_each_question_explains_itself_with_an_example(question, capsys):
    with pytest.raises(SystemExit):
        main(["evaluate", question, "--help"])

    assert f"python -m app evaluate {question} " in capsys.readouterr().out


def test_quiet_prints_the_table_and_nothing_else(people, tmp_path, capsys):
    code = main(["evaluate", "baselines", people, "--out", str(tmp_path / "out"), "--arms", "coin", "--quiet"])

    printed = capsys.readouterr()
    assert (code, printed.err) == (0, "")
    assert "coin" in printed.out


def test_ctrl_c_is_heard_where_no_model_is_waited_for(people, tmp_path, capsys, monkeypatch):
    tossed = []

    def interrupting(*_: object) -> bool:
        tossed.append(1)
        if len(tossed) == 1:
            signal.raise_signal(signal.SIGINT)
        return True

    monkeypatch.setattr("app.induction.proof.arms.seeded_coin", interrupting)

    code = main(["evaluate", "baselines", people, "--out", str(tmp_path / "out"), "--arms", "coin", "--tests", "3"])

    assert code == 130
    assert 1 <= len(tossed) < 9
    assert f"Stopped. {len(tossed)} of 9 judgements are made." in capsys.readouterr().out
