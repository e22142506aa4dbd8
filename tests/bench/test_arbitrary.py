from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest

from app.domain.measures import LENGTH, NAMES, row_of
from app.domain.texts.request_kinds import kind_of
from bench.arbitrary import KEPT, main, moved, noisy, tasks
from bench.arbitrary_bars import ASKED, bars, table
from bench.people import choices, pairs, person
from bench.people_texts import REQUESTS


def lines(ordinary: float, arbitrary: float, n: int = 5, **more: object) -> list[dict[str, object]]:
    shares = {"ordinary": ordinary, "arbitrary": arbitrary, "noisy": 0.6}
    return [
        {
            "impl": sort,
            "data": "1",
            "user": "a",
            "n": n,
            "error": None,
            "prompt": 0.5,
            "both": share,
            "counted": 0.5,
            "longer": 0.5,
        }
        | more
        for sort, share in shares.items()
    ]


@pytest.mark.parametrize("topic", REQUESTS)
def test_a_person_who_is_moved_has_the_same_taste_and_talks_about_the_topic(topic):
    one = person("single", 1)
    bound = person("conditional", 0)

    asked = choices(moved(one, topic), 10)

    assert {kind_of(pair.context) for pair in asked} == {topic}
    assert moved(one, topic).tastes == one.tastes
    assert set(moved(bound, topic).tastes) == {topic, ""}
    assert sorted(map(str, moved(bound, topic).tastes.values())) == sorted(map(str, bound.tastes.values()))


def test_the_topic_is_drawn_by_the_seed_whatever_the_taste():
    topics: dict[str, Counter[str]] = defaultdict(Counter)
    for seed in range(60):
        for task in tasks(seed, 1, 1, 1):
            if task.sort == "arbitrary":
                topics[str(task.one.tastes)][kind_of(task.learnt[0].context)] += 1

    assert len(topics) == 8
    assert all(len(found) > 1 for found in topics.values())


def test_who_guesses_a_taste_by_what_others_say_of_the_topic_is_right_no_oftener_than_by_chance():
    found = [task for seed in range(40) for task in tasks(seed, 1, 10, 0) if task.sort == "arbitrary"]
    longer = [sum(row_of(pair)[NAMES.index(LENGTH)] for pair in task.learnt) for task in found]
    usual = sum(longer) / len(longer)
    likes = [(kind_of(task.learnt[0].context), mine - usual) for task, mine in zip(found, longer, strict=True)]

    hits = []
    for place, (topic, mine) in enumerate(likes):
        others = [liking for number, (about, liking) in enumerate(likes) if number != place and about == topic]
        guess = sum(others)
        hits.append(0.5 if guess * mine == 0 else float(guess * mine > 0))

    assert 0.25 < sum(hits) / len(hits) < 0.7


def test_noise_turns_what_is_learnt_round_and_leaves_what_was_meant():
    kept = noisy(pairs("single", 0, 300), KEPT, random.Random(1))
    turned = sum(one.chosen != other.chosen for one, other in zip(kept, pairs("single", 0, 300), strict=True))

    assert 30 <= turned <= 75
    by_sort = {task.sort: task for task in tasks(3, 1, 30, 5)}
    assert by_sort["noisy"].unseen == by_sort["ordinary"].unseen
    assert by_sort["noisy"].learnt != by_sort["ordinary"].learnt


@pytest.mark.parametrize(
    ("ordinary", "arbitrary", "missed"),
    [(0.8, 0.79, []), (0.8, 0.77, ["arbitrary to ordinary at 5"]), (0.7, 0.7, ["ordinary at 5"])],
)
def test_a_bar_is_missed_where_arbitrary_tastes_are_guessed_worse_or_ordinary_ones_too_seldom(
    ordinary, arbitrary, missed
):
    assert ASKED[5] == 0.72

    assert [bar.name for bar in bars(lines(ordinary, arbitrary)) if not bar.holds] == missed


def test_a_run_that_failed_is_right_on_nothing():
    whole, failed = lines(0.9, 0.9), [{**line, "both": None, "error": "CannotJudge: no"} for line in lines(0.9, 0.9)]

    assert "45.0" in next(bar.found for bar in bars([*whole, *failed]))
    assert table(failed, KEPT).count("| 1      |") == 3


def test_the_command_prints_its_seeds_and_ends_with_1_where_a_bar_is_missed(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("bench.arbitrary_bars.ASKED", {5: 1.01})
    out = tmp_path / "lines.jsonl"
    asked = ["--people", "1", "--ns", "5", "--tests", "2", "--out", str(out)]

    with pytest.raises(SystemExit) as ended:
        main([*asked, "--seeds", "4", "--check"])
    main([*asked, "--seeds", "4"])

    told = capsys.readouterr().out
    assert ended.value.code == 1
    assert told.startswith("Seeds 4; 1 people each")
    assert told.count("**missed**") >= 2
    assert len(out.read_text().splitlines()) == 3
    assert told.count(f"votes kept at {100 * KEPT:.0f} %") == 2
