from __future__ import annotations

import json
import math

import pytest

from bench import faults, runs


def line(
    impl: str = "ours-traits", user: str = "u1", accuracy: float | None = 0.7, **more: object
) -> dict[str, object]:
    made = {
        "impl": impl,
        "data": "d",
        "user": user,
        "n": 15,
        "calls": 30,
        "prompt_tokens": 30_000,
        "completion_tokens": 1_500,
        "wall_s": 1.0,
        "accuracy": accuracy,
        "error": None,
        "largest_call": 3_000,
        "fit": {"duplicate_requests": 0, "prompt_tokens_max": 2_800, "cached_prompt_tokens": 0, "inflight_max": 16},
    }
    return made | more


def test_only_runs_about_the_same_choices_are_paired():
    ours = [line(user="u1", accuracy=0.8), line(user="u2", accuracy=0.9)]
    theirs = [line("reference", "u1", 0.6), line("reference", "u3", 0.1)]

    gap = runs.paired(ours, theirs)

    assert gap.people == 1
    assert gap.mean == pytest.approx(0.2)
    assert math.isnan(gap.low)


def test_the_interval_is_over_people_however_many_runs_each_has():
    gains = {"u1": 0.1, "u2": 0.3, "u3": 0.2}
    ours = [
        line(user=user, accuracy=0.5 + gain + wobble, data=f"draw-{draw}", person=user)
        for user, gain in gains.items()
        for draw, wobble in enumerate((-0.05, 0.05))
    ]
    theirs = [line("reference", user, 0.5, data=f"draw-{draw}", person=user) for user in gains for draw in range(2)]

    gap = runs.paired(ours, theirs)

    # Three people, mean 0.2, standard deviation 0.1: 4.303 standard errors of 0.0577.
    assert gap.people == 3
    assert gap.mean == pytest.approx(0.2)
    assert gap.low == pytest.approx(0.2 - 0.2484, abs=1e-3)
    assert gap.high == pytest.approx(0.2 + 0.2484, abs=1e-3)


def test_a_run_without_accuracy_is_left_out_of_the_difference():
    gap = runs.paired([line(accuracy=None), line(user="u2", accuracy=0.8)], [line("r"), line("r", "u2", 0.7)])

    assert gap.people == 1


def test_targets_are_marked_as_they_hold():
    ours = [line(calls=36), line(user="u2", calls=38)]
    reference = [line("reference", calls=170, wall_s=4.0), line("reference", "u2", calls=174, wall_s=4.0)]

    told = {row.split("|")[3].strip(): row for row in runs.targets(ours, reference).splitlines()[2:]}

    assert "| NO " in told["calls"]
    assert "| yes " in told["prompt tokens"]
    assert "| yes " in told["wall s"]
    assert "| 4.6 " in told["calls"]


def test_lines_that_name_no_data_belong_to_the_file_they_are_read_beside(tmp_path):
    path = tmp_path / "reference.jsonl"
    path.write_text(json.dumps({"impl": "reference", "user": "u1", "n": 5}) + '\n{"impl": "cut o', encoding="utf-8")

    (read,) = runs.read_lines(path, "people")

    assert runs.question_of(read) == ("people", "u1", 5)


@pytest.mark.parametrize(
    ("under_fault", "ended"),
    [
        ({"has_persona": True, "made": "x", "missing": []}, "same"),
        (
            {"has_persona": True, "made": "y", "missing": ["The model did not answer 1 of 3 calls."]},
            "says what is missing",
        ),
        ({"has_persona": True, "made": "y", "missing": []}, "differs, silent"),
        (
            {"has_persona": True, "made": "y", "notes": ["2 replies of the model could not be used and were ..."]},
            "says what is missing",
        ),
        (
            {"has_persona": True, "made": "y", "notes": ["13 prompts to the model showed shortened texts."]},
            "differs, silent",
        ),
        (
            {"has_persona": False, "made": "y", "missing": ["The model did not answer 3 of 3 calls."]},
            "no persona, said why",
        ),
        ({"has_persona": False, "made": "y", "missing": ["No trait that was tried tells."]}, "no persona, silent"),
        ({"has_persona": False, "made": "y", "missing": []}, "no persona, silent"),
        ({"error": "fit: ModelUnavailable: it answered none"}, "failed clearly"),
    ],
)
def test_a_run_under_faults_is_held_against_the_clean_one(under_fault, ended):
    clean = {"made": "x", "notes": ["12 prompts to the model showed shortened texts."]}

    assert faults.outcome(under_fault, clean) == ended


def test_a_clean_run_without_a_persona_comes_out_the_same_under_a_fault():
    nothing_held = {"has_persona": False, "made": "x", "missing": ["No trait that was tried tells."]}

    assert faults.outcome(nothing_held, nothing_held) == "same"
