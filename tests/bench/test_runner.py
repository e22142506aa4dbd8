"""The runner and the side-by-side command against the stand-in, as anybody starts them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.induction.run import Judgement
from bench import faults, people
from bench.beside import BrokenContract, run_beside
from bench.endpoint import ROOT
from bench.runner import RECIPES, measure, model_at, read_people, share_right
from tests.stand_in import StandIn, stand_in

CONTRACT = {
    "impl",
    "user",
    "n",
    "calls",
    "prompt_tokens",
    "completion_tokens",
    "wall_s",
    "accuracy",
    "error",
    "fit",
    "eval",
}


@pytest.fixture(scope="module")
def model() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "people.jsonl"
    rows = people.rows(["sparse"], 2, 16, 6)
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def started(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=True
    )


@pytest.mark.slow
def test_one_line_is_printed_with_all_that_the_contract_asks_for(model, data):
    printed = started(
        "bench.runner", "--endpoint", model.endpoint.base, "--data", data, "--user", "sparse-1", "--n", "10"
    )

    (text,) = printed.stdout.splitlines()
    line = json.loads(text)
    assert line.keys() >= CONTRACT
    assert (line["user"], line["n"], line["tests"], line["error"]) == ("sparse-1", 10, 6, None)
    assert line["calls"] == line["fit"]["requests"] > 0
    # Six choices in both orders, by the text alone and by the text with its examples.
    assert line["eval"]["requests"] == 24


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_is_fitted_on_the_learnt_choices_alone_and_sends_nothing_twice(model, data, recipe):
    person = read_people(data)[0].first(6, 3)

    line = measure(model.endpoint, model_at(model.endpoint), person, recipe=recipe, seed=0)

    assert line["error"] is None
    assert line["has_persona"]
    assert line["fit"]["duplicate_requests"] == 0
    assert line["largest_call"] <= 4096
    assert 0 <= line["accuracy"] <= 1


def test_equal_runs_make_the_same(model, data):
    person = read_people(data)[0].first(8, 0)
    reached = model_at(model.endpoint)

    one, other = (measure(model.endpoint, reached, person, recipe="quick", seed=3) for _ in range(2))

    assert one["made"] == other["made"]
    assert one["accuracy"] is None


def test_a_model_that_answers_nothing_is_told_as_an_error_and_not_as_a_result(model, data):
    person = read_people(data)[0].first(5, 2)
    reached = model_at(model.endpoint)

    line = measure(model.endpoint, reached, person, recipe="quick", seed=0, rates={"malformed_rate": 1.0})

    assert line["error"].startswith("fit: ModelUnavailable")
    assert "accuracy" not in line


def test_what_differs_for_unusable_replies_is_said_to_in_words_that_the_faults_table_knows(model, data):
    person = read_people(data)[0].first(12, 0)
    reached = model_at(model.endpoint)
    clean = measure(model.endpoint, reached, person, recipe="quick", seed=0)

    line = measure(model.endpoint, reached, person, recipe="quick", seed=0, rates={"malformed_rate": 0.5})

    assert line["error"] or faults.outcome(line, clean) == "says what is missing"


def test_each_order_is_a_verdict_of_its_own_and_a_failed_pair_is_wrong():
    judged = [
        Judgement("p1", "prompt", 1.0, hit=True, flipped=False),
        Judgement("p2", "prompt", 0.2, hit=True, flipped=True),
        Judgement("p3", "prompt", -1.0, hit=False, flipped=False),
        Judgement("p4", "prompt", None, hit=None, flipped=None),
    ]

    assert share_right(judged) == 3 / 8


@pytest.mark.slow
def test_the_side_by_side_command_prints_tables_and_resumes_from_its_lines(model, data, tmp_path):
    out = tmp_path / "lines.jsonl"
    command = ("bench.induction", "--endpoint", model.endpoint.base, "--data", data, "--ns", "5", "--tests", "4")

    first = started(*command, "--recipes", "traits,quick", "--out", out)
    again = started(*command, "--recipes", "traits,quick", "--out", out)

    assert first.stdout == again.stdout
    assert again.stderr == ""
    assert "| ours-traits | 5 " in first.stdout
    assert "| at most 14 " in first.stdout


@pytest.mark.slow
def test_another_runner_is_run_in_the_same_sweep_and_its_lines_are_kept_and_compared(model, data, tmp_path):
    out = tmp_path / "lines.jsonl"
    beside = f"{sys.executable} -m bench.runner --recipe quick"
    command = ("bench.induction", "--endpoint", model.endpoint.base, "--data", data, "--ns", "5", "--tests", "4")

    first = started(*command, "--recipes", "traits", "--beside", beside, "--out", out)
    again = started(*command, "--recipes", "traits", "--beside", beside, "--out", out)

    kept = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(line["impl"], line["user"], line.get("beside", "")) for line in kept] == [
        ("ours-traits", "sparse-0", ""),
        ("ours-traits", "sparse-1", ""),
        ("ours-quick", "sparse-0", beside),
        ("ours-quick", "sparse-1", beside),
    ]
    assert "accuracy minus ours-quick, points" in first.stdout
    assert "half of the reference" in first.stdout
    assert again.stdout == first.stdout
    assert again.stderr == ""


@pytest.mark.slow
def test_our_own_people_are_given_to_another_runner_as_a_file(model, tmp_path):
    beside = f"{sys.executable} -m bench.runner --recipe quick"
    terms = ("--people", "1", "--seeds", "2", "--ns", "5", "--tests", "2", "--recipes", "traits", "--beside", beside)

    told = started("bench.induction", "--endpoint", model.endpoint.base, *terms)

    assert "| ours-quick  | 5 | 2    | 0 " in told.stdout


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("", "printed no JSON line about sparse-0, N=5, and ended with status 0"),
        ("Loading...", "printed no JSON line"),
        (json.dumps({"impl": "other", "user": "sparse-0", "n": 5}), "lacks calls, prompt_tokens"),
        (json.dumps(dict.fromkeys(CONTRACT, 1) | {"user": "sparse-1", "n": 5}), "answered about sparse-1, N=5"),
        (json.dumps(dict.fromkeys(CONTRACT, 1) | {"user": "sparse-0", "n": 4}), "answered about sparse-0, N=4"),
    ],
)
def test_a_runner_that_breaks_the_contract_is_named(model, data, tmp_path, printed, said):
    (tmp_path / "runner.py").write_text(f"print({printed!r})")
    person = read_people(data)[0].first(5, 2)

    with pytest.raises(BrokenContract, match=said):
        run_beside(f"{sys.executable} {tmp_path / 'runner.py'}", model.endpoint, data, person)


def test_a_model_asked_several_a_call_is_a_way_of_its_own(model, data):
    person = read_people(data)[0].first(10, 3)

    found = [
        measure(
            model.endpoint,
            model_at(model.endpoint, judging=judging, slot_tokens=16_384),
            person,
            recipe="traits",
            seed=0,
        )
        for judging in ("both_orders", "stacked")
    ]

    assert [line["impl"] for line in found] == ["ours-traits", "ours-traits-stacked"]
    assert [line["judging"] for line in found] == ["both_orders", "stacked"]
    assert found[1]["calls"] < found[0]["calls"]
    assert found[1]["unjudged"] == 0
