"""What is wrong with a model's provider, as pages say it until it answers again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Trouble:
    """`reason` is a sentence without a key or a text, `kind` one word, `failed_in_a_row` 0 where it was found at start.

    `again_at` is when it is tried again, None where it does not rest; `is_permanent` where somebody has to set something.
    """

    reason: str
    kind: str
    failed_in_a_row: int = 0
    is_permanent: bool = False
    again_at: datetime | None = None


LONGEST_SECONDS = 3600.0
"""No provider is left alone for longer; a time further off was written by a clock that was ahead."""


def at_about(when: datetime, seconds: float) -> str:
    """As in "15:20 UTC", "15:20:30 UTC" within two minutes, or on another day "November 28, 15:20 UTC"."""
    day = "" if (when - timedelta(seconds=seconds)).date() == when.date() else f"{when:%B} {when.day}, "
    return f"{day}{when:%H:%M:%S} UTC" if seconds < 120 else f"{day}{when:%H:%M} UTC"


def times(number: int) -> str:
    """As in "five times", "9 times"."""
    return {5: "five times"}.get(number, f"{number} times")


def told_of(trouble: Trouble, now: datetime) -> str:
    """The sentence for the banner: what is wrong, and when it is tried again."""
    if trouble.is_permanent or trouble.again_at is None:
        return trouble.reason
    left = (trouble.again_at - now).total_seconds()
    again = f"at {at_about(trouble.again_at, left)}" if 0 < left <= LONGEST_SECONDS else "with the next call"
    return f"{trouble.reason.removesuffix('.')}, {times(trouble.failed_in_a_row)} in a row; it is tried again {again}."
