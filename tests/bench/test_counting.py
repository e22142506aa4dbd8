"""The bench of counting: what it counts as one, and that its bars can be missed."""

from __future__ import annotations

import json

from app.domain.measures import NAMES
from app.induction.counting.prior import shipped_prior
from bench.counting_bars import MOST_COINS, bars
from bench.counting_invented import Share
from bench.counting_people import SIZES, Decided, Scores, decided_in
from bench.counting_spread import LENGTH, OTHERS, evidence, likeliest


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
    tastes = {
        "shorter": {("counted", 10): Share(0.5, 0.01)},
        "much shorter, no lists": {("counted", 10): Share(0.7, 0.01)},
    }

    held = {bar.name: bar.holds for bar in bars(scores, tastes, {5: MOST_COINS, 10: MOST_COINS + 0.001})}

    assert [name for name, holds in held.items() if not holds] == ["to longer at 0", "shorter at 10", "coins at 10"]


def test_the_spread_of_people_is_read_from_those_of_the_other_sources(tmp_path):
    pair = _pair(tmp_path)
    alike = {who: _decided(pair, [0.3, -0.3] * 6) for who in "abc"}
    apart = {who: _decided(pair, [sign * 0.9] * 12) for who, sign in {"d": 1, "e": -1}.items()}

    found = {name: evidence(people, shipped_prior()) for name, people in {"alike": alike, "apart": apart}.items()}

    assert likeliest(found, without="apart") == (LENGTH[0], OTHERS[0])
    assert likeliest(found, without="alike") == (LENGTH[0], OTHERS[-1])


def _decided(pair, warmths):
    rows = [tuple(warmth if name == "warmth" else 0.0 for name in NAMES) for warmth in warmths]
    return [Decided("source", "person", "item", pair, row, (), row, (), 0.0) for row in rows]


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
