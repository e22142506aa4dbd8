from __future__ import annotations

import pytest

from app.induction.wording.contradiction import contradicts


@pytest.mark.parametrize(
    ("sentence", "trait"),
    [
        ("This person dislikes shorter answers and prefers bulleted lists.", "prefers shorter answers"),
        ("This person dislikes shorter answers and prefers bulleted lists.", "dislikes bulleted lists"),
        ("They avoid shorter answers.", "prefers shorter answers"),
        ("This person prefers longer answers in a warm tone.", "prefers shorter answers"),
        ("They dislike metaphors.", "likes metaphors"),
        ("They want no metaphors, and like proverbs.", "likes metaphors"),
        ("Likes metaphors and proverbs.", "avoids metaphors"),
        ("They like short answers that are long.", "likes proverbs"),
    ],
)
def test_a_sentence_that_says_the_contrary_is_told(sentence, trait):
    assert contradicts(sentence, trait)


@pytest.mark.parametrize(
    ("sentence", "trait"),
    [
        ("This person prefers short answers, in a warm tone, and dislikes bulleted lists.", "prefers shorter answers"),
        ("This person prefers short answers, in a warm tone, and dislikes bulleted lists.", "dislikes bulleted lists"),
        ("This person prefers short answers, in a warm tone, and dislikes bulleted lists.", "likes a warm tone"),
        ("They avoid metaphors, proverbs and rhymes.", "dislikes rhymes"),
        ("They like metaphors but avoid proverbs.", "likes metaphors"),
        ("They like metaphors but avoid proverbs.", "avoids proverbs"),
        ("Bevorzugt kurze Antworten.", "mag keine langen Antworten"),
        ("", "likes metaphors"),
    ],
)
def test_a_sentence_that_says_the_same_or_something_else_is_not(sentence, trait):
    assert not contradicts(sentence, trait)
