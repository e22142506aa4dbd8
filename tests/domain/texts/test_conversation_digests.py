"""The identities of a conversation's answers, each turn read once: the same as one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.texts.conversation import Turn, context_as_json, digest, digests_of_answers

TURNS = st.lists(st.builds(Turn, st.sampled_from(["system", "user", "assistant"]), st.text(max_size=9)), max_size=9)


@given(TURNS, st.data())
def test_every_answer_has_the_digest_of_all_before_it_and_itself(turns: list[Turn], data: st.DataObject) -> None:
    positions = sorted(data.draw(st.sets(st.sampled_from(range(len(turns))) if turns else st.nothing())))

    found = list(digests_of_answers("alternative", tuple(turns), positions))

    assert found == [
        digest("alternative", context_as_json(turns[:position]), turns[position].content) for position in positions
    ]


@pytest.mark.parametrize("text", ["\ud800", "\x00", '"],"', "é"])
def test_odd_texts_have_it_too(text: str) -> None:
    turns = (Turn("user", text), Turn("assistant", text))

    assert list(digests_of_answers("x", turns, [1])) == [digest("x", context_as_json(turns[:1]), text)]
