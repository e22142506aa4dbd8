from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.choices.chosen_lengths import chosen_lengths
from app.domain.choices.decisions import decisions_of, heads_of, in_words, one_of_each
from app.domain.choices.preference import Completion, PreferencePair, split, together
from app.domain.texts.conversation import Turn
from app.induction.model.language_model import ModelProfile
from app.induction.proof.parting import folds


def choice(number: int, request: str, winner: str, loser: str, *, led: str = "", talk: str = "") -> PreferencePair:
    lead_in = (Turn("assistant", led),) if led else ()
    return PreferencePair(
        f"p{number}",
        (Turn("user", request),),
        Completion(winner, lead_in),
        Completion(loser),
        talk or f"k{number}",
        chosen_first=number % 2 == 0,
        seq=number,
    )


CHOSEN = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 9)), max_size=24)
"""Requests, winners and losers by number."""


def made(rows: list[tuple[int, int, int]]) -> list[PreferencePair]:
    return [
        choice(at, f"Question {asked}?", f"Answer {won} to {asked}", f"Other {lost}")
        for at, (asked, won, lost) in enumerate(rows)
    ]


def test_choices_of_one_request_and_one_winner_are_one_decision():
    pairs = [choice(0, "?", "w", "a"), choice(1, "?", "w", "b"), choice(2, "?", "v", "a"), choice(3, "!", "w", "a")]

    found = decisions_of(pairs)

    assert [[pair.pair_id for pair in one.pairs] for one in found] == [["p0", "p1"], ["p2"], ["p3"]]
    assert [pair.pair_id for pair in heads_of(pairs)] == ["p0", "p2", "p3"]
    assert in_words(pairs) == "3 decisions from 4 choices"
    assert in_words(pairs[2:]) == "2 choices"


def test_what_a_copy_loses_parts_no_decision_and_what_led_to_the_winner_does():
    spaced = [choice(0, "Why  so?", "It is.\n\nSo.", "a"), choice(1, "Why so? ", "It is. So.", "b")]
    led = [choice(0, "?", "w", "a", led="one"), choice(1, "?", "w", "b", led="two")]

    assert len(decisions_of(spaced)) == 1
    assert len(decisions_of(led)) == 2


@settings(deadline=None, derandomize=True)
@given(CHOSEN, st.integers(0, 9))
def test_decisions_hold_every_choice_once_whatever_the_order(rows, seed):
    pairs = made(rows)
    shuffled = random.Random(seed).sample(pairs, len(pairs))

    found = decisions_of(shuffled)

    assert found == decisions_of(pairs)
    assert sorted(pair.pair_id for one in found for pair in one.pairs) == sorted(pair.pair_id for pair in pairs)
    assert len({(one.head.context, one.head.chosen) for one in found}) == len(found)
    drawn = one_of_each(shuffled, seed)
    assert drawn == one_of_each(pairs, seed)
    assert [pair in one.pairs for pair, one in zip(drawn, found, strict=True)] == [True] * len(found)


@settings(deadline=None, derandomize=True)
@given(CHOSEN, st.integers(0, 9))
def test_no_decision_is_split_over_folds_or_parts(rows, seed):
    pairs = made(rows)
    decision_of = {pair.pair_id: place for place, one in enumerate(decisions_of(pairs)) for pair in one.pairs}

    one = split(pairs, seed, validation_share=0.2, test_share=0.3)
    parts = folds(pairs, ModelProfile("fake", slot_tokens=16_384), seed)

    for kept, held in ((one.train, (*one.validation, *one.test)), *parts):
        learnt, tested = ({decision_of[pair.pair_id] for pair in part} for part in (kept, held))
        assert not learnt & tested
    for group in together(pairs):
        inside = {decision_of[pair.pair_id] for pair in group}
        assert sum(decision_of[pair.pair_id] in inside for pair in pairs) == len(group)
    for _, held in parts[1:]:
        assert len({decision_of[pair.pair_id] for pair in held}) == len(held), "a decision is tested once"


def test_an_answer_that_was_chosen_over_several_counts_once_for_the_length() -> None:
    long = [choice(number, "Write?", "word " * 400, f"loser {number}") for number in range(4)]
    short = [choice(10 + number, f"Why {number}?", f"{number} " + "word " * 39, "no") for number in range(4)]
    assert chosen_lengths([*long, *short]) == {"": 40, "facts": 40}
