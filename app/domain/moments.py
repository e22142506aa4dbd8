"""The one rule about times that a wrong clock wrote: what lies in the future has not happened, and nothing waits for it.

A machine's clock may have been days ahead when it wrote a time. Whoever asks whether something was a short while ago asks
here; what orders by time is written later than what it follows.
"""

from __future__ import annotations

from datetime import datetime, timedelta

SLACK = timedelta(seconds=10)
"""By how much the clocks of two machines may differ."""
NEXT = timedelta(microseconds=1)


def is_within(moment: datetime, now: datetime, span: timedelta) -> bool:
    """Whether `moment` lies in the `span` before `now`; False for what lies in the future by more than SLACK."""
    return now - span < moment <= now + SLACK


def following(now: datetime, last: datetime | None) -> datetime:
    """The time to write of what comes after something of the time `last`: now, or just after it where it lies ahead."""
    return max(now, last + NEXT) if last else now
