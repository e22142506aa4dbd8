"""Whether a model may be drawn: one that failed three of its last five calls rests for ten minutes, and comes back by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LAST = 5
MOST_FAILED = 3
RESTS_FOR = timedelta(minutes=10)
ANSWERED, FAILED = "+", "-"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model's last calls ended, the newest last, as "+" and "-"; those before its last rest are forgotten. `rests_until`: when it
    is drawn again, None where it never rested."""

    ends: str = ""
    rests_until: datetime | None = None

    def is_resting(self, now: datetime) -> bool:
        """Whether it is left out of the draw. A rest that is further off than any lasts was set by a clock that was ahead."""
        return self.rests_until is not None and now < self.rests_until <= now + RESTS_FOR

    def after(self, end: str, now: datetime) -> Standing:
        """The standing once one more call has ended."""
        ends = (self.ends + end)[-LAST:]
        if ends.count(FAILED) >= MOST_FAILED:
            return Standing("", now + RESTS_FOR)
        return replace(self, ends=ends)

    @property
    def failed(self) -> int:
        """Of its last calls those that failed."""
        return self.ends.count(FAILED)
