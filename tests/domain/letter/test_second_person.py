"""What a model worded, spoken to the person, and the names that statements give."""

from __future__ import annotations

import pytest

from app.domain.letter import letter
from app.domain.letter.beside import name_from
from app.domain.letter.second_person import to_you, trait_to_you
from tests.domain.letter.given import document, worded


@pytest.mark.parametrize(
    ("third", "second"),
    [
        ("This person prefers short answers; dislikes hedging.", "You prefer short answers; dislike hedging."),
        ("This person likely likes lists and avoids jokes.", "You like lists and avoid jokes."),
        ("You like lists.", "You like lists."),
        ("This person likes lists. They also prefers warmth.", "You like lists. You also prefer warmth."),
        ("Likes lists. Avoids jokes.", "You like lists. You avoid jokes."),
        ("She likes lists.", ""),
        ("Diese Person mag Listen.", ""),
    ],
)
def test_a_summary_is_spoken_to_the_person_or_left_out(third: str, second: str) -> None:
    assert to_you(third) == second


def test_a_worded_trait_is_spoken_to_the_person() -> None:
    assert trait_to_you("Dislikes hedging such as may.") == "you dislike hedging such as may"
    assert trait_to_you("For facts, advice and code: prefers prose") == "For facts, advice and code: you prefer prose"
    assert trait_to_you("When asked for code, prefers prose") == "When asked for code, you prefer prose"
    told = letter(document(worded("Prefers shorter answers"), summary="She likes it short."))
    assert told["title"] == "Kept short"
    assert told["sentences"] == [
        "You prefer shorter answers: 3 of the 4 choices that bear on it went this way.",
        "Nothing else has shown a pattern yet.",
    ]
    assert (
        told["traits"][0]["sentence"]
        == "you prefer shorter answers: 3 of the 4 choices that bear on it went this way; what most people like here is not known."
    )
    beside = letter(document({**worded("Prefers shorter answers"), "most_people": 0.26, "sets_apart": True}))["traits"][
        0
    ]
    assert beside["sentence"].endswith("went this way; most people's go the other way, 7 of 10. This sets you apart.")
    common = letter(document({**worded("Prefers longer answers"), "most_people": 0.74, "sets_apart": False}))["traits"][
        0
    ]
    assert common["group"] == "common"


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("Dislikes hedging such as may", "No hedging"),
        ("Likes one idea per list item rather than dense paragraphs", ""),
        ("When asked for code, prefers comments", "Comments"),
        ("For facts, opinions and code: prefers comments", "Comments"),
        ("Wants the conclusion before the reasons", "Conclusion"),
        ("Bevorzugt kurze Antworten", ""),
    ],
)
def test_a_name_is_made_of_what_a_statement_begins_with(statement: str, name: str) -> None:
    assert name_from(statement) == name
