"""Contexts of one conversation share what they begin with, and each reads as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.texts.conversation import Context, Turn
from app.domain.texts.long_contexts import MOST_CHARACTERS_BESIDE, place_all

a_turn = st.builds(
    Turn, st.sampled_from(["user", "assistant", "system"]), st.sampled_from(["", "a", "é\ud800", "x" * 9_000])
)
a_context = st.lists(a_turn, max_size=50).map(tuple)


def talk(turns: int, text: str = "word") -> Context:
    return tuple(Turn("assistant" if n % 2 else "user", f"{text} {n}") for n in range(turns))


@given(st.lists(a_context, max_size=3), st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50)), max_size=12))
def test_every_context_reads_as_it_was(whole: list[Context], cuts: list[tuple[int, int]]) -> None:
    contexts = [*whole, *(whole[number][:length] for number, length in cuts if number < len(whole))]

    placed, branches = place_all(contexts)

    assert [(branches[one.branch][: one.earlier] if one.earlier else ()) + one.beside for one in placed] == contexts


def test_contexts_that_continue_one_another_share_one_branch() -> None:
    whole = talk(1_999)

    placed, branches = place_all([whole[:length] for length in range(1, 2_000, 2)])

    assert branches == [whole[:-1]]
    assert {len(one.beside) for one in placed[11:]} == {1}


def test_a_context_that_begins_otherwise_has_a_branch_of_its_own() -> None:
    placed, branches = place_all([talk(31), talk(41), talk(31, "other")])

    assert [one.branch for one in placed] == [0, 0, 1]
    assert [len(each) for each in branches] == [40, 30]


def test_a_short_context_stays_whole_and_a_few_very_long_turns_do_not() -> None:
    short, one_long_question = talk(19), (Turn("user", "x" * 90_000),)
    large = (Turn("user", "x" * MOST_CHARACTERS_BESIDE), Turn("assistant", "Yes."), Turn("user", "Why?"))

    placed, branches = place_all([short, one_long_question, large])

    assert [(one.beside, one.earlier) for one in placed] == [(short, 0), (one_long_question, 0), (large[2:], 2)]
    assert branches == [large[:2]]
