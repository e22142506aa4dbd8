from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.choices.preference import (
    Comparison,
    Completion,
    PreferencePair,
    Verdict,
    preference_pair,
    split,
    together,
)
from app.domain.texts.conversation import Turn


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


TALK_AND_ANSWERS = st.tuples(st.integers(0, 9), st.integers(0, 5), st.integers(0, 5))


@settings(deadline=None, derandomize=True)
@given(st.lists(TALK_AND_ANSWERS, max_size=15))
def test_what_belongs_together_is_all_that_a_chain_of_shared_answers_or_conversations_reaches(rows):
    pairs = [
        PreferencePair(
            f"p{place}", (Turn("user", f"?{talk % 3}"),), Completion(f"{a}"), Completion(f"{b}"), f"k{talk}", True
        )
        for place, (talk, a, b) in enumerate(rows)
    ]

    groups = together(pairs)

    assert sorted(one.pair_id for group in groups for one in group) == sorted(one.pair_id for one in pairs)
    group_of = {one.pair_id: place for place, group in enumerate(groups) for one in group}
    for place, one in enumerate(pairs):
        reached = {one.pair_id}
        while True:
            inside = [each for each in pairs if each.pair_id in reached]
            more = {other.pair_id for other in pairs if any(_is_tied(other, each) for each in inside)}
            if more <= reached:
                break
            reached |= more
        assert reached == {other.pair_id for other in pairs if group_of[other.pair_id] == group_of[one.pair_id]}, place
    for group in groups:
        assert [pairs.index(one) for one in group] == sorted(pairs.index(one) for one in group)


def _is_tied(one: PreferencePair, other: PreferencePair) -> bool:
    shared = {one.chosen.text, one.rejected.text} & {other.chosen.text, other.rejected.text}
    return one.conversation_id == other.conversation_id or (one.context == other.context and bool(shared))


def test_a_split_takes_little_more_than_its_share():
    pairs = [pair(number, number // 2) for number in range(20)]

    parts = split(pairs, 0, validation_share=0.15, test_share=0.3)

    assert (len(parts.test), len(parts.validation), len(parts.train)) == (6, 4, 10)


def test_another_seed_draws_other_conversations():
    pairs = [pair(number, number) for number in range(20)]

    drawn = {split(pairs, seed, validation_share=0, test_share=0.3).test for seed in range(5)}

    assert len(drawn) > 1


def test_an_answer_that_a_copy_changed_in_white_space_alone_is_the_same_answer():
    one = pair(1, 1)
    copy = PreferencePair("p9", (Turn("user", " question 1\r\n"),), Completion("a\n"), Completion("c"), "k9", True, 9)

    assert together([one, pair(2, 2), copy]) == [[one, copy], [pair(2, 2)]]
