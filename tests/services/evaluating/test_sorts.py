"""The one guess and the sorts of choices in an evaluation: kept, made again, told, and absent from folders of before."""

from __future__ import annotations

import json

from app.services.evaluating.questions import outcome
from tests.services.evaluating.given import Rule, asked, evaluated, judgements, people_file


def test_a_guess_is_made_again_where_a_judge_it_weighs_failed_before(tmp_path):
    file, arms = people_file(tmp_path / "people.jsonl"), ("plain", "longer", "counted", "guess")
    evaluated(asked(file, arms=arms), tmp_path / "out", Rule())
    rows = judgements(tmp_path / "out")
    whole = dict(next(one for one in rows if one["arm"] == "guess"))
    for row in rows:
        if row["pair"] == whole["pair"] and row["person"] == whole["person"]:
            changed: dict[str, dict[str, object]] = {
                "plain": {"log_odds": None, "hit": None},
                "guess": {"log_odds": 0.0},
            }
            row.update(changed.get(row["arm"], {}))
    (tmp_path / "out" / "judgements.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    model = Rule()
    evaluated(asked(file, arms=arms), tmp_path / "out", model)

    added = judgements(tmp_path / "out")[len(rows) :]
    assert [one["arm"] for one in added] == ["plain", "guess"]
    assert added[1] == whole
    assert model.sent == []


def test_the_table_tells_how_often_each_way_is_right_between_answers_about_as_long(tmp_path):
    file = people_file(tmp_path / "people.jsonl", 6, choices=20, tests=6)

    found = evaluated(asked(file, tests=6, train=14, arms=("longer", "counted", "coin")), tmp_path / "out", Rule())

    alike = [one for one in judgements(tmp_path / "out") if one["alike"] and one["arm"] == "counted"]
    row = next(row for row in found.report["rows"] if row["arm"] == "counted")
    assert row["alike"] == {"hits": sum(one["hit"] for one in alike), "n": len(alike)}
    assert f"counting with a prior {row['alike']['hits']} of {row['alike']['n']}" in found.text


def test_a_folder_of_before_these_sorts_were_noted_is_still_read(tmp_path):
    evaluated(asked(people_file(tmp_path / "people.jsonl")), tmp_path / "out", Rule())
    rows = judgements(tmp_path / "out")
    for row in rows:
        del row["alike"], row["told_apart"]
    (tmp_path / "out" / "judgements.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    found = outcome(tmp_path / "out")

    assert "about as long" not in found.text
    assert {row["alike"] for row in found.report["rows"]} == {None}
