"""Evaluations whose judge is asked several choices a call, because it thinks before it answers."""

from __future__ import annotations

import pytest

from tests.services.evaluating.given import Killed, Rule, asked, evaluated, people_file


def test_a_judge_that_is_asked_several_a_call_gives_the_same_table_for_far_fewer_calls(tmp_path):
    file = people_file(tmp_path / "people.jsonl", 4, choices=18, tests=6)
    single, stacked = Rule(), Rule(judging="stacked")

    one, other = (evaluated(asked(file, tests=6), tmp_path / model.judging, model) for model in (single, stacked))

    rows = {row["arm"]: row for row in other.report["rows"]}
    assert {name: row["n"] for name, row in rows.items()} == {row["arm"]: row["n"] for row in one.report["rows"]}
    assert rows["prompt"]["value"] > rows["plain"]["value"]
    assert rows["plain"]["flips_of"] == 24
    assert len(stacked.sent) < len(single.sent) / 3


@pytest.mark.parametrize("dies_at", [5, 20, 40])
def test_a_stacked_evaluation_that_died_sends_no_answered_call_again(tmp_path, dies_at):
    file = people_file(tmp_path / "people.jsonl")
    whole, first, second = Rule(judging="stacked"), Rule(judging="stacked", dies_at=dies_at), Rule(judging="stacked")
    expected = evaluated(asked(file), tmp_path / "whole", whole)
    with pytest.raises((Killed, BaseExceptionGroup)):
        evaluated(asked(file), tmp_path / "out", first)

    found = evaluated(asked(file), tmp_path / "out", second)

    assert found.report["rows"] == expected.report["rows"]
    assert set(first.digests) | set(second.digests) == set(whole.digests)
    assert len(first.sent) + len(second.sent) <= len(whole.sent) + whole.profile.parallel


@pytest.mark.parametrize("judging", ["reasoned", "stacked"])
def test_a_judge_that_thinks_in_its_reply_or_before_it_is_told_the_exported_prompt_and_does_better_by_it(
    tmp_path, judging
):
    file = people_file(tmp_path / "people.jsonl", 2, choices=18, tests=4)
    thinker = Rule(judging=judging)

    found = evaluated(asked(file, arms=("plain", "prompt"), tests=4), tmp_path / "out", thinker)

    rows = {row["arm"]: row for row in found.report["rows"]}
    assert (rows["prompt"]["n"], rows["prompt"]["failed"]) == (8, 0)
    assert rows["prompt"]["value"] > rows["plain"]["value"]
    texts = [message.content for prompt in thinker.sent for message in prompt.messages]
    assert any("\nHow to answer me:\n- " in text for text in texts)
    schemas = [prompt.schema or "" for prompt in thinker.sent if prompt.purpose in ("judge", "guess")]
    assert any("reasoning" in schema for schema in schemas) is (judging == "reasoned")


def test_what_there_is_to_do_is_told_as_it_will_be_asked(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    said: list[str] = []

    evaluated(asked(file), tmp_path / "out", Rule(judging="stacked"), say=said.append)

    assert "two calls for several of one person" in said[0]
