from __future__ import annotations

import pytest

from app.domain.errors import BadInput
from app.domain.people.secret_words import SECRET_BYTES, WORDS, as_typed, new_words


def test_each_byte_has_a_word_of_its_own_that_four_letters_tell() -> None:
    assert len(WORDS) == 256
    assert len({word[:4] for word in WORDS}) == 256
    assert all(word.isascii() and word.isalpha() and word.islower() and 4 <= len(word) <= 7 for word in WORDS)


def test_a_secret_has_sixteen_words_and_no_two_are_alike() -> None:
    made = {new_words() for _ in range(200)}

    assert len(made) == 200
    assert all(len(words.split()) == SECRET_BYTES for words in made)
    assert {word for words in made for word in words.split()} == set(WORDS)


@pytest.mark.parametrize("between", ["-", "\n", ", ", "  1. "])
def test_words_are_taken_however_they_are_typed(between: str) -> None:
    words = new_words()

    assert as_typed(f"  {words.title().replace(' ', between)}. ") == words


def test_what_is_no_word_of_ours_is_named_and_a_missing_one_is_told() -> None:
    words = new_words()

    with pytest.raises(BadInput, match="“acrn” is none of the words"):
        as_typed(f"acrn {words}")
    with pytest.raises(BadInput, match="There are 15 words; it takes all 16"):
        as_typed(words.rpartition(" ")[0])
    with pytest.raises(BadInput, match="There are 0 words"):
        as_typed("")
