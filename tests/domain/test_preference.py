from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.conversation import Turn
from app.domain.preference import Comparison, Completion, PreferencePair, Verdict, preference_pair, split


def pair(number: int, conversation: int) -> PreferencePair:
    context = (Turn("user", f"question {number}"),)
    return PreferencePair(f"p{number}", context, Completion("a"), Completion("b"), f"k{conversation}", True, number)


def test_only_the_first_and_the_second_make_a_pair():
    comparison = Comparison("c1", (Turn("user", "?"),), Completion("one"), Completion("two"), "k")

    made = {verdict: preference_pair(comparison, verdict) for verdict in Verdict}

    first, second = made[Verdict.FIRST], made[Verdict.SECOND]
    assert first is not None
    assert second is not None
    assert (first.chosen.text, first.chosen_first) == ("one", True)
    assert (second.chosen.text, second.chosen_first) == ("two", False)
    assert [verdict for verdict, pair in made.items() if pair is None] == [Verdict.SAME, Verdict.BOTH_BAD, Verdict.SKIP]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=30), st.integers(0, 5))
def test_a_split_keeps_every_pair_once_and_every_conversation_whole(conversations, seed):
    pairs = [pair(number, conversation) for number, conversation in enumerate(conversations)]

    parts = split(pairs, seed, validation_share=0.2, test_share=0.3)

    everywhere = [*parts.train, *parts.validation, *parts.test]
    assert sorted(one.pair_id for one in everywhere) == sorted(one.pair_id for one in pairs)
    assert parts.train
    groups = [{one.conversation_id for one in part} for part in (parts.train, parts.validation, parts.test)]
    assert sum(map(len, groups)) == len({one.conversation_id for one in pairs})


def test_a_split_takes_little_more_than_its_share():
    pairs = [pair(number, number // 2) for number in range(20)]

    parts = split(pairs, 0, validation_share=0.15, test_share=0.3)

    assert (len(parts.test), len(parts.validation), len(parts.train)) == (6, 4, 10)


def test_another_seed_draws_other_conversations():
    pairs = [pair(number, number) for number in range(20)]

    drawn = {split(pairs, seed, validation_share=0, test_share=0.3).test for seed in range(5)}

    assert len(drawn) > 1
