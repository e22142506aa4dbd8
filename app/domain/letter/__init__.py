"""A persona as a person reads it: a title, a few sentences spoken to them, and each trait with a name and one sentence."""

from app.domain.letter.how_sure import COUNTS_STAND, how_sure, is_open
from app.domain.letter.languages import languages_sentence
from app.domain.letter.letter import (
    FEWEST_SENTENCES,
    HEADINGS,
    LENGTH_ALONE,
    MOST_SENTENCES,
    MOST_TITLE_WORDS,
    letter,
    letter_of,
    read_of,
)
from app.domain.letter.second_person import trait_to_you
from app.domain.letter.unsettled import Unsettled, unsettled

__all__ = [
    "COUNTS_STAND",
    "FEWEST_SENTENCES",
    "HEADINGS",
    "LENGTH_ALONE",
    "MOST_SENTENCES",
    "MOST_TITLE_WORDS",
    "Unsettled",
    "how_sure",
    "is_open",
    "languages_sentence",
    "letter",
    "letter_of",
    "read_of",
    "trait_to_you",
    "unsettled",
]
