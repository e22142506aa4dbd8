"""What a row of an export is made from, the names that stand in it, and what of a time is told."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.preference import Comparison, Verdict

FEWEST_SHARING_A_DAY = 5
TIMES = (1_000, 3_000, 10_000, 30_000, 100_000)
"""Milliseconds are told as the nearest of these: exact ones are nearly a name."""
_HALFWAY = (1_732, 5_477, 17_320, 54_772)
UNKNOWN_TIME = -1


@dataclass(frozen=True, slots=True)
class ExportedVerdict:
    """One verdict with everything a row is made from; ids are the real ones and never leave this folder.

    `source` is "typed", "alternative", "imported" or "sample", which here is always a ready-made pair. `seq` is its place
    among the person's exported verdicts, from 0.
    """

    account_id: str
    comparison: Comparison
    verdict: Verdict
    first_model: str
    second_model: str
    first_style: str
    second_style: str
    milliseconds: int | None
    given_at: datetime
    source: str
    imported_verdict: bool
    consent_versions: Mapping[str, str]
    seq: int = 0
    pair_sha256: str = ""
    changed_after_reveal: bool = False
    quick: bool = False


class Pseudonyms:
    """Names for one export: keyed, so that nobody without the key, which is thrown away, can make or compare them."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._of_person = ("", "", 0)

    def name(self, kind: str, real: str) -> str:
        """The made-up name of something: the same within one export, another in every other."""
        return f"{kind}-{self._digest(kind, real).hex()[:24]}"

    def person(self, account_id: str) -> tuple[str, int]:
        """A person's name, and where their order numbers begin in this export, 1 to 1,000,000: equal numbers in two files mean
        nothing. Rows of one person come together, so the last answer is kept."""
        if self._of_person[0] != account_id:
            first_seq = 1 + int.from_bytes(self._digest("seq", account_id)[:8]) % 1_000_000
            self._of_person = (account_id, self.name("participant", account_id), first_seq)
        return self._of_person[1:]

    def _digest(self, kind: str, real: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{real}".encode(), hashlib.sha256)


class Days:
    """Which day is told of a verdict: the day itself where at least five people of the export have one on it (or all, where
    there are fewer people), else the first of its month, else the first of its year."""

    def __init__(self, people_on: Iterable[tuple[str, date]]) -> None:
        days = set(people_on)
        people = {person for person, _ in days}
        needed = min(FEWEST_SHARING_A_DAY, len(people))
        self._days = _shared(days, needed)
        self._months = _shared({(person, day.replace(day=1)) for person, day in days}, needed)

    def told(self, moment: datetime) -> tuple[date, str]:
        """The day, and how exact it is: "day", "month" or "year"."""
        day = moment.date()
        if day in self._days:
            return day, "day"
        day = day.replace(day=1)
        return (day, "month") if day in self._months else (day.replace(month=1), "year")


def _shared(days: set[tuple[str, date]], needed: int) -> frozenset[date]:
    counted = Counter(day for _, day in days)
    return frozenset(day for day, people in counted.items() if people >= needed)


def coarse(milliseconds: int | None) -> int:
    """The nearest of `TIMES` on a scale of ratios; -1 where the time is not known."""
    if milliseconds is None:
        return UNKNOWN_TIME
    return TIMES[sum(milliseconds >= limit for limit in _HALFWAY)]
