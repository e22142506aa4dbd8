"""How long a provider asks to wait: in a header, in the body, or in words; and how that is said to people."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from app.adapters.replies.told import Told

LONGEST_WAIT_SECONDS = 120.0
"""What is waited out; a longer wait is told."""

_IN_WORDS = re.compile(
    r"(?:try again in|retry (?:in|after)|wait(?: for)?|after)\s+(?:about\s+)?((?:\d+(?:\.\d+)?\s*(?:ms|[a-z]+)\s*)+)"
)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")
_UNITS = {"ms": 0.001, "mil": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def asked_wait(headers: Mapping[str, str], told: Told) -> float | None:
    """Seconds from now, never negative; None where none was asked for."""
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = _seconds(headers.get(name, ""))
        if seconds is not None:
            return max(seconds * factor, 0.0)
    return _in_units(told.wait) or _in_units(next((found[1] for found in _IN_WORDS.finditer(told.words)), ""))


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
    return seconds if math.isfinite(seconds) else None


def _in_units(text: str) -> float | None:
    """Seconds of "7m12.5s", "34 seconds" or "250ms"; None for what is no time."""
    total = None
    for number, unit in _PART.findall(text):
        factor = _UNITS.get("ms" if unit == "ms" else "mil" if unit.startswith("mil") else unit[0])
        if factor is None:
            break
        total = (total or 0.0) + float(number) * factor
    return total


def in_words(seconds: float) -> str:
    """Such as "14 minutes" or "24 hours"; never less than is asked for."""
    for size, name in ((86_400, "days"), (3600, "hours")):
        if seconds >= 2 * size:
            return f"{math.ceil(seconds / size)} {name}"
    return f"{math.ceil(seconds / 60)} minutes"
