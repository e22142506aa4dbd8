"""The bench of counting: what it counts as one, and that its bars can be missed."""

from __future__ import annotations

import json

from bench.counting_bars import MOST_COINS, bars
from bench.counting_people import SIZES, Decided, Scores, decided_in


def test_choices_with_one_request_and_one_winner_teach_and_test_once(tmp_path):
    rows = [
        {
            "user_id": "u",
            "context": [{"role": "user", "content": "Why is the sky blue?"}],
            "chosen": {"role": "assistant", "content": "Light is scattered, and blue light most of all."},
            "rejected": {"role": "assistant", "content": f"No idea number {number}."},
        }
        for number in range(3)
    ]
    file = tmp_path / "people.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    (one,) = decided_in([file])

    assert one.pair.rejected.text.startswith("No idea number")
    assert one.row[0] > 0


def test_a_bar_that_is_missed_is_said_to_be(tmp_path):
    scores = Scores()
    one = Decided("source", "person", "item", _pair(tmp_path), (), (), (), (), 1.0)
    for size in SIZES:
        scores.add("longer", size, one, 1.0)
        scores.add("style", size, one, 0.0)
        scores.add("counted", size, one, 1.0 if size else -1.0)
    tastes = {"shorter": {("counted", 10): 0.5}, "much shorter, no lists": {("counted", 10): 0.7}}

    held = {bar.name: bar.holds for bar in bars(scores, tastes, {5: MOST_COINS, 10: MOST_COINS + 0.001})}

    assert [name for name, holds in held.items() if not holds] == ["to longer at 0", "shorter at 10", "coins at 10"]


def _pair(tmp_path):
    file = tmp_path / "one.jsonl"
    row = {
        "context": [{"role": "user", "content": "Why?"}],
        "chosen": {"role": "assistant", "content": "Because of this."},
        "rejected": {"role": "assistant", "content": "No idea."},
    }
    file.write_text(json.dumps(row), encoding="utf-8")
    (one,) = decided_in([file])
    return one.pair
