"""The learning curve, the transfer between models and the agreement with stated preferences."""

from __future__ import annotations

import json
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from app.domain.errors import BadInput
from app.services.evaluating.agreement import blocks
from app.services.evaluating.folder import read_plan
from app.services.evaluating.questions import outcome
from tests.services.evaluating.given import Rule, asked, evaluated, judgements, people_file

SAID = {
    "single-0": "I prefer brief, short and concise answers without detail.",
    "single-1": "I prefer points illustrated by worked examples.",
    "single-2": "I prefer flowing prose, running paragraphs.",
    "single-3": "I prefer a warm, friendly and encouraging voice.",
    "single-4": "I prefer answers that commit themselves, definite and without caveats.",
    "single-5": "I prefer everything laid out as bullet lists.",
}


def the_curve(tmp_path, sizes=(3, 6, 12), **terms):
    file = people_file(tmp_path / "people.jsonl", 5, choices=18, tests=4)
    return asked(file, question="curve", arms=("prompt",), sizes=sizes, train=max(sizes), **terms)


def test_the_curve_has_a_row_a_size_and_a_slope_with_interval_and_p_value(tmp_path):
    found = evaluated(the_curve(tmp_path), tmp_path / "out", Rule())

    assert [row["choices"] for row in found.report["rows"]] == [0, 3, 6, 12]
    line = found.report["slope"]
    assert line["low"] <= line["value"] <= line["high"]
    assert 0 < line["p"] <= 1
    assert "points for each further choice" in found.text
    ET.fromstring((tmp_path / "out" / "plot.svg").read_text(encoding="utf-8"))


def test_the_plain_judge_of_a_curve_is_asked_once_a_choice_and_nothing_is_sent_twice(tmp_path):
    model = Rule()

    evaluated(the_curve(tmp_path), tmp_path / "out", model)

    kept = Counter(row["arm"] for row in judgements(tmp_path / "out"))
    assert kept == {"plain": 15, "prompt": 45}
    assert max(Counter(model.digests).values()) == 1


def test_people_with_fewer_choices_are_on_the_curve_as_far_as_theirs_go(tmp_path):
    found = evaluated(the_curve(tmp_path, sizes=(3, 10, 40)), tmp_path / "out", Rule())

    assert [(row["choices"], row["people"]) for row in found.report["rows"]] == [(0, 5), (3, 5), (10, 5)]


@pytest.mark.parametrize("question", ["curve", "transfer"])
@pytest.mark.parametrize(
    ("arms", "said"),
    [
        (("plain",), "The arm 'plain' .*, so .* Choose one of: memory, "),
        (("stated",), "The arm 'stated' .*, so "),
        (("demographics",), "The arm 'demographics' .*, so "),
        (("longer",), "The arm 'longer' .*, so "),
        (("coin",), "The arm 'coin' .*, so "),
        (("prompt", "both"), "tests one arm beside the plain judge"),
        ((), "tests one arm beside the plain judge"),
    ],
)
def test_an_arm_that_learns_nothing_and_several_arms_have_no_curve_and_no_transfer(tmp_path, question, arms, said):
    file, model = people_file(tmp_path / "people.jsonl"), Rule()

    with pytest.raises(BadInput, match=said):
        evaluated(asked(file, question=question, arms=arms, sizes=(3, 6)), tmp_path / "out", model)

    assert model.sent == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arm", ["history", "counted"])
def test_what_is_made_of_choices_without_a_model_has_a_curve_but_no_transfer(tmp_path, arm):
    file = people_file(tmp_path / "people.jsonl")

    found = evaluated(asked(file, question="curve", arms=(arm,), sizes=(3, 6)), tmp_path / "out", Rule())

    assert [row["choices"] for row in found.report["rows"]] == [0, 3, 6]
    assert found.is_whole
    with pytest.raises(BadInput, match="is learnt by no model"):
        evaluated(asked(file, question="transfer", arms=(arm,)), tmp_path / "other", Rule())


def test_transfer_is_a_matrix_of_models_that_learn_and_models_that_judge(tmp_path):
    file = people_file(tmp_path / "people.jsonl", 3)
    models = [Rule("small"), Rule("large")]

    found = evaluated(
        asked(
            file, question="transfer", arms=("prompt",), learn_with=("small", "large"), judge_with=("small", "large")
        ),
        tmp_path / "out",
        *models,
    )

    cells = [(row["learnt_with"], row["deployed_with"], row["n"]) for row in found.report["rows"]]
    assert cells == [
        (learner, judge, 9) for learner in ("nothing learnt", "small", "large") for judge in ("small", "large")
    ]
    assert all(max(Counter(model.digests).values()) == 1 for model in models)
    assert {prompt.purpose for prompt in models[0].sent} >= {"judge", "vote"}
    ET.fromstring((tmp_path / "out" / "plot.svg").read_text(encoding="utf-8"))


def test_one_model_may_learn_and_another_only_judge(tmp_path):
    file = people_file(tmp_path / "people.jsonl", 3)
    learner, judge = Rule("large"), Rule("small")

    evaluated(
        asked(file, question="transfer", arms=("prompt",), learn_with=("large",), judge_with=("small",)),
        tmp_path / "out",
        learner,
        judge,
    )

    assert {prompt.purpose for prompt in judge.sent} == {"judge"}


def agreement(tmp_path, said):
    stated = {name: {"stated_preferences": {"system_string": text}} for name, text in said.items()}
    file = people_file(tmp_path / "people.jsonl", len(SAID), choices=20, tests=0, said=stated)
    return asked(file, question="agreement", arms=("prompt",), train=20, tests=1)


def test_personas_that_fit_what_their_people_say_agree_beyond_chance(tmp_path):
    found = evaluated(agreement(tmp_path, SAID), tmp_path / "out", Rule())

    everybody = found.report["rows"][-1]
    assert everybody["value"] > 0.7
    assert everybody["p"] < 0.1
    assert found.is_whole
    assert "no p-value below" in found.text
    ET.fromstring((tmp_path / "out" / "plot.svg").read_text(encoding="utf-8"))


def test_personas_dealt_out_to_the_wrong_people_do_not_agree(tmp_path):
    names = list(SAID)
    wrong = dict(zip(names, [SAID[name] for name in (*names[1:3], names[0], *names[4:], names[3])], strict=True))

    found = evaluated(agreement(tmp_path, wrong), tmp_path / "out", Rule())

    assert found.report["rows"][-1]["p"] > 0.3


def test_each_comparison_is_made_in_both_orders_and_kept(tmp_path):
    model = Rule()

    evaluated(agreement(tmp_path, SAID), tmp_path / "out", model)

    kept = judgements(tmp_path / "out")
    matches = [prompt for prompt in model.sent if prompt.purpose == "match"]
    assert len(matches) == len({prompt.digest for prompt in matches}) == 2 * len(kept)
    assert len(kept) == len({(row["person"], row["one"], row["other"]) for row in kept})


def test_a_stopped_agreement_goes_on_and_sends_nothing_twice(tmp_path):
    whole, one, other = Rule(), Rule(), Rule()
    expected = evaluated(agreement(tmp_path, SAID), tmp_path / "whole", whole)

    stopped = evaluated(agreement(tmp_path, SAID), tmp_path / "out", one, most_calls=len(whole.sent) - 10)
    found = evaluated(agreement(tmp_path, SAID), tmp_path / "out", other)

    assert not stopped.is_whole
    assert Counter(one.digests + other.digests) == Counter(whole.digests)
    assert found.report["rows"] == expected.report["rows"]
    assert outcome(tmp_path / "out") == found


def test_only_people_who_said_something_take_part_in_the_agreement(tmp_path):
    some = dict(list(SAID.items())[:3])

    evaluated(agreement(tmp_path, some), tmp_path / "out", Rule())

    plan = read_plan(tmp_path / "out")
    assert sorted(plan["people"]) == sorted(some)
    assert "said nothing" in plan["left_out"][0]
    with pytest.raises(BadInput, match="said nothing"):
        evaluated(agreement(tmp_path, {}), tmp_path / "none", Rule())


@pytest.mark.parametrize(("people", "sizes"), [(1, [1]), (5, [5]), (6, [3, 3]), (9, [4, 5]), (12, [4, 4, 4])])
def test_blocks_hold_at_most_five_people_and_are_about_equal(people, sizes):
    assert [len(block) for block in blocks([f"p{n}" for n in range(people)])] == sizes


def test_a_report_holds_no_number_that_is_none(tmp_path):
    evaluated(the_curve(tmp_path), tmp_path / "out", Rule(), minutes=0)

    text = (tmp_path / "out" / "report.json").read_text(encoding="utf-8")

    assert "NaN" not in text
    assert json.loads(text)["slope"]["value"] is None
