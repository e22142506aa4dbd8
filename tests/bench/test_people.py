from __future__ import annotations

import json
import subprocess
import sys

import pytest

from app.domain.texts.conversation import Turn
from app.domain.texts.request_kinds import kind_of
from app.domain.transcripts.preference_files import pairs_from_jsonl
from bench import people
from bench.endpoint import ROOT
from bench.people_texts import REQUESTS
from bench.stand_in_taste import gaps


@pytest.mark.parametrize("kind", people.KINDS)
def test_the_same_person_makes_the_same_choices_and_more_of_them_change_none(kind):
    few, many = people.pairs(kind, 1, 10), people.pairs(kind, 1, 25)

    assert many[:10] == few


@pytest.mark.parametrize("kind", people.KINDS)
def test_every_choice_is_its_own_conversation_between_two_different_answers(kind):
    choices = people.pairs(kind, 0, 60)

    assert len({one.pair_id for one in choices}) == len({one.conversation_id for one in choices}) == 60
    assert all(one.chosen != one.rejected for one in choices)


@pytest.mark.parametrize("kind", people.WITH_A_TASTE)
@pytest.mark.parametrize("seed", range(3))
def test_people_with_a_taste_follow_it_mostly_and_on_either_side(kind, seed):
    person, choices = people.person(kind, seed), people.pairs(kind, seed, 100)

    followed = sum(person.liking(kind_of(one.context), one.chosen.text, one.rejected.text) > 0 for one in choices)

    assert followed >= 80
    assert 30 <= sum(one.chosen_first for one in choices) <= 70


@pytest.mark.parametrize("seed", range(3))
def test_conflicting_tastes_pull_apart_on_half_the_pairs_and_each_wins_often(seed):
    tastes = people.person("conflicting", seed).tastes[""]
    seen = [
        [weight * gaps(one.chosen.text, one.rejected.text)[axis] for axis, weight in tastes.items()]
        for one in people.pairs("conflicting", seed, 200)
    ]

    apart = [each for each in seen if min(each) < -0.1 and max(each) > 0.1]

    assert len(apart) >= 70
    assert 0.2 < sum(each[0] > 0 for each in apart) / len(apart) < 0.8


def test_a_conditional_taste_turns_round_with_the_request():
    person = people.person("conditional", 0)

    assert person.taste_for("code") == {"long": -1.0}
    assert person.taste_for("advice") == {"long": 1.0}


def test_the_others_choose_by_place_by_length_or_by_chance():
    assert all(one.chosen_first for one in people.pairs("position", 0, 50))
    assert all(len(one.chosen.text) > len(one.rejected.text) for one in people.pairs("length", 0, 50))
    assert 30 <= sum(one.chosen_first for one in people.pairs("none", 0, 100)) <= 70


def test_another_draw_gives_the_same_person_other_texts():
    assert people.pairs("sparse", 0, 5) != people.pairs("sparse", 0, 5, draw=1)


@pytest.mark.parametrize(("kind", "request_text"), [(kind, text) for kind in REQUESTS for text, _ in REQUESTS[kind]])
def test_every_request_is_of_the_kind_it_stands_under(kind, request_text):
    assert kind_of((Turn("user", request_text),)) == kind


def test_the_command_writes_rows_that_the_product_reads():
    command = [sys.executable, "-m", "bench.people", "--people", "2", "--kinds", "single,none", "--choices", "12"]

    written = subprocess.run([*command, "--tests", "4"], cwd=ROOT, capture_output=True, check=True).stdout

    read = pairs_from_jsonl(written, "people.jsonl", "single-0")
    assert (len(read.pairs), len(read.test), read.skipped) == (8, 4, ())
    assert [one.chosen_first for one in read.pairs] == [one.chosen_first for one in people.pairs("single", 0, 8)]
    assert {json.loads(line)["user_id"] for line in written.splitlines()} == {"single-0", "none-0"}
