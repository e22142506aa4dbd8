"""The one rule for text that comes in, and the limits, the same for every way in and on every database.

Refused: NUL, and halves of surrogate pairs (no UTF-8 can hold them). Removed: the other control characters but newline
and tab; and what hides text or turns its direction: bidirectional overrides, embeddings and isolates, zero-width space,
word joiner, the byte order mark, and the tag characters U+E0000 to U+E007F. Kept: the joiners that emoji and Persian
need, combining marks, everything else. Line ends become newlines.
"""

from __future__ import annotations

import re

from app.domain.conversation import Turn
from app.domain.errors import BadInput, TooLarge

MOST_PASTED_BYTES = 2_000_000
MOST_UPLOADED_BYTES = 20_000_000
MOST_TURN_CHARACTERS = 100_000
MOST_TURNS = 2_000
MOST_ROWS = 10_000

_REMOVED = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str, what: str = "The text") -> str:
    """The text by the rule above. Raises BadInput for NUL and broken surrogates, TooLarge over 100,000 characters."""
    if "\0" in text:
        raise BadInput(f"{what} holds a NUL character, which no text needs. Remove it and try again.")
    if _SURROGATE.search(text):
        raise BadInput(f"{what} holds half of a surrogate pair, a broken character. Save it again as UTF-8.")
    if len(text) > MOST_TURN_CHARACTERS:
        raise TooLarge(f"{what} has {len(text):,} characters; at most {MOST_TURN_CHARACTERS:,} are taken.")
    return _REMOVED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_turn(turn: Turn) -> Turn:
    """The turn with its text by the rule and without space around it. Raises as `clean`, and BadInput where empty."""
    content = clean(turn.content, f"A turn of the {turn.role}").strip()
    if not content:
        raise BadInput(f"A turn of the {turn.role} is empty.")
    return Turn(turn.role, content)


def clean_name(text: str, longest: int = 200) -> str:
    """A file name or title made fit to store and show, in one line; never refused."""
    kept = _SURROGATE.sub("", _REMOVED.sub("", text.replace("\0", "")))
    return " ".join(kept.split())[:longest]
