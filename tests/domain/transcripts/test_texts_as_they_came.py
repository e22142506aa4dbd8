"""Texts of files are stored character for character, but for what no database holds."""

from __future__ import annotations

import pytest

from app.domain.transcripts.detector import read_preferences
from tests.domain.transcripts.cases import answers, case, lines, read, said


@pytest.mark.parametrize(
    "text",
    ["  two spaces", "ends \n", "a\r\nb", "\tcode", "zero\u200bwidth", "\u202eturned", "\ufeffmark", "a\x85b", "a\x0cb", "\x07"],
)  # fmt: skip
def test_texts_are_kept_character_for_character(text: str) -> None:
    text = f"{text}x"
    rows = [
        {"prompt": text, "chosen": text + "1", "rejected": text + "2"},
        {"context": [{"role": "user", "content": text}], "chosen": text + "1", "rejected": text + "2"},
        {"chosen": [{"role": "user", "content": text}, {"role": "assistant", "content": text + "1"}],
         "rejected": [{"role": "user", "content": text}, {"role": "assistant", "content": text + "2"}]},
    ]  # fmt: skip

    for row in rows:
        found = read(row)
        assert (said(found.comparisons[0]), answers(found)) == ([("user", text)], [(text + "1", text + "2")])
        assert found.changed == 0


def test_half_a_surrogate_pair_and_nul_become_the_replacement_and_are_counted() -> None:
    found = read_preferences(case("half-an-emoji.jsonl"))
    more = read({"prompt": "a\0b", "chosen": "\ud83d", "rejected": "\ude00\ud83e"})

    assert (len(found.comparisons), found.skipped, found.changed) == (12, (), 1)
    assert found.comparisons[2].first.text == "Short answer with half a picture \ufffd in it."
    assert [told.where for told in found.left_out] == ["line 3"]
    assert (said(more.comparisons[0]), answers(more)) == ([("user", "a\ufffdb")], [("\ufffd", "\ufffd\ufffd")])
    assert more.changed == 4


def test_whole_surrogate_pairs_are_one_character() -> None:
    found = read_preferences(lines({"prompt": "Sky?", "chosen": "\U0001f600", "rejected": "b"}))

    assert (answers(found), found.changed) == ([("\U0001f600", "b")], 0)
