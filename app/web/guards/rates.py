"""How often one account or one address may do what costs: verdicts, job starts, imports, typed prompts, new guests.

Counted in this process's memory; the amounts are settings. Reading is never limited here. Routes use limits.Limited.
"""

from __future__ import annotations

import ipaddress
import math
import time
from typing import Literal

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request

from app.settings import Settings
from app.web.errors import TooManyRequests

Kind = Literal["verdicts", "jobs", "imports", "prompts", "guests"]

_SENTENCES: dict[Kind, str] = {
    "verdicts": "Too many choices at once.",
    "jobs": "Too many personas were started.",
    "imports": "Too many imports at once.",
    "prompts": "Too many prompts were sent.",
    "guests": "Too many new visitors from this address.",
}


class Limits:
    """The counters of this process and the amounts from the settings."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._amounts: dict[Kind, RateLimitItem] = {
            "verdicts": parse(settings.limit_verdicts),
            "jobs": parse(settings.limit_jobs),
            "imports": parse(settings.limit_imports),
            "prompts": parse(settings.limit_prompts),
            "guests": parse(settings.limit_guests),
        }

    def take(self, kind: Kind, who: str) -> None:
        """Counts one use; raises TooManyRequests, with the seconds to wait, where it is one too many."""
        amount = self._amounts[kind]
        if self._limiter.hit(amount, kind, who):
            return
        wait = max(1, math.ceil(self._limiter.get_window_stats(amount, kind, who).reset_time - time.time()))
        raise TooManyRequests(f"{_SENTENCES[kind]} Try again in {wait} s.", wait)


def take(request: Request, kind: Kind, who: str) -> None:
    """Counts one use of `kind` by `who` in the application's counters; raises TooManyRequests."""
    limits: Limits = request.app.state.limits
    limits.take(kind, who)


def client_address(request: Request) -> str:
    """The address the request came from; of an IPv6 address its /64, since one person holds a whole one."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host
