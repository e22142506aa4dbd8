"""What the API takes and gives about archives of other products."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from app.web.api.models import ID_EXAMPLE, Given, Taken

GRADES = (
    "How many choices of each grade: `A` asked for and given, `B` liked beside one that was not, `C` gone on from, `D` votes on one "
    "answer alone, `E` corrections of manner."
)


class OwnText(Given):
    """A text in your own words, with its number."""

    number: int
    text: str
    is_here: bool = Field(description="You took it over before.")


class Archive(Given):
    """An archive that was read and waits for your word. The file itself is not kept."""

    archive_id: str = Field(examples=[ID_EXAMPLE])
    name: str
    report: dict[str, Any] = Field(
        description="The report that `python -m app read --json` prints: `format`, `conversations`, `user_turns`, `assistant_turns`, "
        "`left_out`, `choices`, `ties`, `own_words`, `marked`, `seen`."
    )
    own_words: list[OwnText]
    conversations: int = Field(description="Those listed, with choices whose conversation is not in the archive.")
    created_at: datetime
    expires_at: datetime = Field(description="When what was read of it is deleted by itself.")


class ArchiveConversation(Given):
    """One conversation of an archive."""

    position: int
    title: str
    begun_at: datetime | None
    turns: int = Field(description="0: a choice whose conversation is not in the archive.")
    choices: dict[str, int] = Field(description=GRADES)
    personal: int = Field(description="Pieces of personal data that were found by their form.")
    is_here: bool = Field(description="You took it over before.")


class Keep(Taken):
    """What to take over; nothing else is."""

    conversations: list[int] | None = Field(
        default=None, max_length=100_000, description="Their positions; without it all of them."
    )
    own_words: list[int] = Field(default=[], max_length=10_000, description="The numbers of texts in your own words.")
    counts_kept: bool = Field(default=False, description="Count grade C as choices; else you are asked about each.")
    corrections: bool = Field(default=True, description="Be asked about grade E, and keep the wishes as own words.")
    mask: bool = Field(default=True, description="Mask personal data before anything is stored.")
