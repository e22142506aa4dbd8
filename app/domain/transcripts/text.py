"""The limits of what comes in, and the one rule for its texts: kept as they came, but for what cannot be stored.

What becomes U+FFFD, and what a page or a model is given, is in domain/texts/storable_text.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.errors import BadInput, TooLarge
from app.domain.texts.conversation import Turn
from app.domain.texts.storable_text import plain, storable, visible

MOST_PASTED_BYTES = 2_000_000
MOST_UPLOADED_BYTES = 20_000_000
MOST_TURN_CHARACTERS = 100_000
MOST_TURNS = 2_000
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is taken: bytes after unpacking, and rows."""

    most_bytes: int = MOST_UPLOADED_BYTES
    most_rows: int = MOST_ROWS


UPLOADED = Limits()
MOST_OF_AN_ARCHIVE = 200_000_000
"""Bytes of an archive that is uploaded, unpacked."""
ON_DISK = Limits(most_bytes=1_000_000_000, most_rows=5_000_000)
"""A command reads files of many people from the machine's own disk."""


def kept(text: str, what: str = "The text") -> str:
    """The text as it came, with U+FFFD for what cannot be stored. Raises TooLarge over 100,000 characters."""
    if len(text) > MOST_TURN_CHARACTERS:
        raise TooLarge(f"{what} has {len(text):,} characters; at most {MOST_TURN_CHARACTERS:,} are taken.")
    return storable(text)


def kept_turn(turn: Turn) -> Turn:
    """The turn with its text as it came. Raises as `kept`, and BadInput where nothing of it would be seen."""
    what = f"A turn of the {turn.role}"
    content = kept(turn.content, what)
    if not plain(content):
        raise BadInput(f"{what} is empty.")
    return Turn(turn.role, content)


def clean_name(text: str, longest: int = 200) -> str:
    """A file name or title made fit to store and show, in one line; never refused."""
    return " ".join(visible(text).split())[:longest]
