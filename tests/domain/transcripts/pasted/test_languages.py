"""Labels of further languages, with letters of every script, and of products with their versions."""

from __future__ import annotations

import pytest

from app.domain.errors import NothingUsable
from app.domain.transcripts.pasted.text import read_conversation

SPEAKERS = {
    "Arabic": ("المستخدم:", "المساعد:"),
    "Hebrew": ("\u200fמשתמש:", "\u200fעוזר:"),
    "Hebrew and a product": ("משתמש:", "ChatGPT:"),
    "Persian": ("کاربر:", "دستیار:"),
    "Hindi": ("आप:", "सहायक:"),
    "Japanese page": ("あなた:\n", "ChatGPT:\n"),
    "Polish": ("Użytkownik:", "Asystent:"),
    "Czech": ("Uživatel:", "Asistent:"),
    "Ukrainian": ("Користувач:", "Асистент:"),
    "Turkish": ("Kullanıcı:", "Asistan:"),
    "Turkish in capitals": ("KULLANICI:", "ASİSTAN:"),
    "Dutch page": ("Jij zei:\n", "ChatGPT zei:\n"),
    "Swedish": ("Användare:", "Assistent:"),
    "Vietnamese": ("Bạn:", "Trợ lý:"),
    "Indonesian": ("Pengguna:", "Asisten:"),
    "a product with its version": ("User:", "Claude 3.5 Sonnet:"),
    "another product with its version": ("You:", "Gemini 2.5 Pro:"),
}


@pytest.mark.parametrize("speakers", SPEAKERS.values(), ids=SPEAKERS)
def test_labels_of_many_languages_tell_the_turns_apart(speakers: tuple[str, str]) -> None:
    user, assistant = speakers
    pasted = f"{user} one\n{assistant} two\n{user} three\n{assistant} four"

    read = read_conversation(pasted)

    assert [(turn.role, turn.content.strip()) for turn in read.turns] == [
        ("user", "one"),
        ("assistant", "two"),
        ("user", "three"),
        ("assistant", "four"),
    ]
    assert (read.labelled, read.left_out) == (True, ())


def test_all_versions_of_a_product_are_one_speaker() -> None:
    read = read_conversation("User: one\nClaude 3 Opus: two\nUser: three\nClaude Sonnet 4: four")

    assert [turn.role for turn in read.turns] == ["user", "assistant"] * 2


@pytest.mark.parametrize("pasted", ["User: alone", "User: one\nUser: two"])
def test_a_paste_of_one_speaker_is_refused_by_that_name(pasted: str) -> None:
    with pytest.raises(NothingUsable, match="Only one speaker was recognised in the text: User"):
        read_conversation(pasted)
