"""What calls may cost: caps in tokens and money, whose they are, and how a refusal says when it returns.

A dollar for a million tokens is a millionth of a dollar, a micro, for one: money is counted in whole micros.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

LEVELS = (50, 80, 100)
"""Per cent of a cap at which the log says so, once each."""
EVER = "ever"
"""The period of a cap that does not return."""
STILL_GOES = "Choosing, importing and downloads go on."
STOPPED = (
    "Whoever runs this site has stopped all calls to language models, so nothing was sent. What was answered is kept and is "
    f"not paid again. {STILL_GOES} It returns when they switch it on again; then start again."
)


@dataclass(frozen=True, slots=True)
class Price:
    """In dollars for a million tokens; `is_own` for a model on this machine, which costs nobody's money."""

    prompt: float = 0.0
    completion: float = 0.0
    is_own: bool = False

    def micros(self, prompt_tokens: int, completion_tokens: int) -> int:
        """What so many tokens cost, rounded up."""
        return math.ceil(self.prompt * prompt_tokens + self.completion * completion_tokens)


UNKNOWN = Price()
"""Of a model whose price is not known: its tokens count, its money cannot."""


@dataclass(frozen=True, slots=True)
class Cap:
    """The most of one subject in one period; 0 is no cap."""

    tokens: int = 0
    micros: int = 0

    def level(self, tokens: int, micros: int) -> int:
        """The highest of LEVELS that is reached, else 0."""
        shares = [100 * used / most for used, most in ((tokens, self.tokens), (micros, self.micros)) if most]
        return max((level for level in LEVELS if shares and max(shares) >= level), default=0)


@dataclass(frozen=True, slots=True)
class Counted:
    """One counter that a call counts in, with its cap."""

    period: str
    subject: str
    cap: Cap

    @property
    def whose(self) -> str:
        """What the cap is for, in words; never an id."""
        kind = self.subject.partition(":")[0]
        if kind == "site":
            return "this site in a month" if len(self.period) == len("2026-11") else "this site in a day"
        return {"import": "one import", "address": "new visitors from one address in a day"}.get(
            kind, "one person in a day"
        )

    @property
    def returns(self) -> str:
        """When calls are possible again, as a sentence."""
        if self.period == EVER:
            return "It does not return for this import; import what is left as a file of its own."
        if len(self.period) == len("2026-11"):
            return "It returns on the first day of the next month, at 00:00 UTC."
        return "It returns at 00:00 UTC."

    @property
    def refusal(self) -> str:
        """Why nothing was sent, what goes on, and when it returns."""
        return (
            f"The next call could pass what is allowed for {self.whose}, so it was not sent. What was answered is kept and "
            f"is not paid again. {STILL_GOES} {self.returns}"
        )


def no_price(_model: str) -> Price:
    """Where no prices are known."""
    return UNKNOWN


@dataclass(frozen=True, slots=True)
class Caps:
    """All caps of a site, and the price of each model by name."""

    person: Cap = Cap()
    address: Cap = Cap()
    imported: Cap = Cap()
    site_day: Cap = Cap()
    site_month: Cap = Cap()
    price_of: Callable[[str], Price] = no_price

    def counted(self, at: datetime, account_id: str, came_from: str, import_id: str) -> Sequence[Counted]:
        """Every counter of a call, always in one order, so that no two reservations wait for one another in a ring."""
        day, month = day_of(at), day_of(at)[:7]
        found = []
        if account_id:
            found.append(Counted(day, f"account:{account_id}", self.person))
        if came_from:
            found.append(Counted(day, f"address:{came_from}", self.address))
        if import_id:
            found.append(Counted(EVER, f"import:{import_id}", self.imported))
        return [*found, Counted(month, "site", self.site_month), Counted(day, "site", self.site_day)]


NO_CAPS = Caps()


def day_of(at: datetime) -> str:
    """The day in UTC, as 2026-11-27."""
    return at.astimezone(UTC).date().isoformat()


def believed(prompt: int, completion: int, reserved_prompt: int, reserved_completion: int) -> bool:
    """Whether a provider's count of tokens can be true; else the reservation counts. An estimate may be short of a text's
    true length, by half at most, but no answer is longer than it was allowed to be."""
    return 0 < prompt <= 2 * reserved_prompt and 0 <= completion <= reserved_completion
