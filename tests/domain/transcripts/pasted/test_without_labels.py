"""Pasted text in which not every speaker is named: parted at its empty lines, and nobody's words put in another's mouth."""

from __future__ import annotations

import pytest

from app.domain.errors import NothingUsable
from app.domain.transcripts.pasted.text import read_conversation

QUESTION, ANSWER = "Why is the sky blue?", "Light is scattered."


def test_text_without_labels_is_parted_at_its_empty_lines() -> None:
    found = read_conversation(f"{QUESTION}\n\n{ANSWER}\n```\na\n\nb\n```\n\n\nthank you\n \nyou are welcome\n")

    assert not found.labelled
    assert [turn.role for turn in found.turns] == ["user", "assistant"] * 2
    assert found.turns[1].content == f"{ANSWER}\n```\na\n\nb\n```"
    assert [turn.role for turn in found.turned().turns] == ["assistant", "user"] * 2
    assert found.turned().turned() == found


@pytest.mark.parametrize(
    "pasted",
    [
        "User: Why?\n\nSo.\n\nAnd so.\n\nUser: thanks\n\nwelcome",
        "Why?\n\nChatGPT:\nSo.\n\nthanks\n\nChatGPT: welcome",
    ],
)
def test_where_only_one_speaker_is_named_the_other_paragraphs_are_the_other_s(pasted: str) -> None:
    found = [(turn.role, turn.content) for turn in read_conversation(pasted).turns]

    assert [role for role, _ in found] == ["user", "assistant"] * 2
    assert [text for _, text in found] == ["Why?", "So.\n\nAnd so." if "And" in pasted else "So.", "thanks", "welcome"]


@pytest.mark.parametrize("pasted", ["User: one\n\nUser: two", "Assistant: one\n\n\nAssistant: two\n"])
def test_one_speaker_s_words_are_never_put_in_the_other_s_mouth(pasted: str) -> None:
    with pytest.raises(NothingUsable, match="Only one speaker was recognised"):
        read_conversation(pasted)
