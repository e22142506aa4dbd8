"""How often one account or one address may do what costs: verdicts, job starts, imports, typed prompts, new
guests, words that open an account again, signing in by a provider.

Counted in this process's memory, every use, and what is stored also in the database, for all processes together; the amounts
are settings. Reading is never limited here. Routes use limits.Limited. What
is left is told with the reply (`RateLimit`, draft-ietf-httpapi-ratelimit-headers), so that nobody need run into the limit.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from limits import RateLimitItem, parse
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.people import windows
from app.domain.people.windows import Use, Window
from app.services import limiting
from app.settings import Settings
from app.storage.database import Session
from app.web.refusals import TooManyRequests

Kind = Literal["verdicts", "jobs", "imports", "prompts", "guests", "recoveries", "sign_ins", "returns", "everyone"]
Counting = TypeVar("Counting", bound=Callable[..., Any])

OF_ADDRESSES: frozenset[Kind] = frozenset({"guests", "recoveries", "sign_ins", "returns", "everyone"})
"""What is counted by address, whoever is signed in; signing in for all addresses together too."""

FEW_KEPT = 1_000
"""So many windows are kept before those that are gone by are looked for."""

_SENTENCES: dict[Kind, str] = {
    "verdicts": "Too many choices at once.",
    "jobs": "Too many personas were started.",
    "imports": "Too many imports at once.",
    "prompts": "Too many prompts were sent.",
    "guests": "Too many new visitors from this address.",
    "recoveries": "Too many words were tried from this address.",
    "sign_ins": "Too many have begun to sign in.",
    "everyone": "Too many people are signing in at the moment.",
    "returns": "Too many have come back from signing in.",
}


@dataclass(frozen=True, slots=True)
class Left:
    """What one limit leaves after a use: `amount` in `window` seconds are allowed, `remaining` until `reset` seconds."""

    kind: Kind
    amount: int
    window: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """As the draft writes them."""
        return {
            "ratelimit-policy": f'"{self.kind}";q={self.amount};w={self.window}',
            "ratelimit": f'"{self.kind}";r={self.remaining};t={self.reset}',
        }


class Limits:
    """The counters of this process and the amounts from the settings."""

    def __init__(self, settings: Settings) -> None:
        self._amounts = _amounts(settings)
        self._windows: dict[tuple[Kind, str], Window] = {}
        self._one_at_a_time, self._most_kept = threading.Lock(), FEW_KEPT

    def take(self, kind: Kind, who: str) -> tuple[bool, Left]:
        """Counts one use; gives whether it was allowed, and what is left."""
        now = time.time()
        with self._one_at_a_time:
            use = windows.use(self._windows.get((kind, who), Window()), *self._of(kind), now)
            self._windows[kind, who] = use.window
            if len(self._windows) > self._most_kept:
                self._forget_those_gone_by(now)
        return self._told(kind, use)

    def take_shared(self, session: Session, kind: Kind, who: str) -> tuple[bool, Left]:
        """As `take`, for all processes together."""
        return self._told(kind, limiting.use(session, kind, who, *self._of(kind)))

    def _of(self, kind: Kind) -> tuple[int, int]:
        amount = self._amounts[kind]
        return amount.amount, amount.get_expiry()

    def _told(self, kind: Kind, use: Use) -> tuple[bool, Left]:
        return use.is_allowed, Left(kind, *self._of(kind), use.left, use.reset)

    def _forget_those_gone_by(self, now: float) -> None:
        current = {kind: int(now // self._of(kind)[1]) for kind in self._amounts}
        self._windows = {key: each for key, each in self._windows.items() if each.number >= current[key[0]] - 1}
        self._most_kept = max(FEW_KEPT, 2 * len(self._windows))


def counts(kind: Kind) -> Callable[[Counting], Counting]:
    """Marks a dependency as one that counts a use of `kind`, so that the API's description tells the limit."""

    def mark(dependency: Counting) -> Counting:
        vars(dependency)["counted_as"] = kind
        return dependency

    return mark


def take(request: Request, kind: Kind, who: str, session: Session | None = None) -> None:
    """Counts one use of `kind` by `who` in this process's counters, and with the `session` of a request that writes in those
    that all processes share, in its own transaction; raises TooManyRequests. What was counted ahead is not counted again."""
    if not is_counted(request, kind):
        _take(request, kind, who, session if request.state.changes else None)


def take_ahead(request: Request, kind: Kind, who: str, session: Session) -> None:
    """As `take` in a transaction ahead of the request's, so that the use stays counted whatever becomes of the request."""
    _take(request, kind, who, session)
    request.state.counted_ahead = kind


def is_counted(request: Request, kind: Kind) -> bool:
    """Whether the use was counted ahead of the request."""
    return getattr(request.state, "counted_ahead", None) == kind


def _take(request: Request, kind: Kind, who: str, session: Session | None) -> None:
    limits: Limits = request.app.state.limits
    allowed, left = limits.take(kind, who)
    if allowed and session is not None:
        allowed, shared = limits.take_shared(session, kind, who)
        left = min(left, shared, key=lambda each: each.remaining)
    request.state.limit_left = left
    if not allowed:
        raise TooManyRequests(f"{_SENTENCES[kind]} Try again in {left.reset} s.", left.reset)


def allowance(settings: Settings, kind: Kind) -> str:
    """How much of `kind` is allowed, as in "120 in an hour for one account"."""
    amount = _amounts(settings)[kind]
    unit = amount.GRANULARITY.name
    whom = "one address" if kind in OF_ADDRESSES else "one account"
    one = "an" if unit == "hour" else "a"
    return (
        f"{amount.amount:,} in {f'{one} {unit}' if amount.multiples == 1 else f'{amount.multiples} {unit}s'} for {whom}"
    )


class RateLimitHeaders:
    """Tells with each reply what the limit that was counted leaves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_with_limit(message: Message) -> None:
            if message["type"] == "http.response.start" and "limit_left" in state:
                MutableHeaders(scope=message).update(state["limit_left"].headers)
            await send(message)

        await self.app(scope, receive, send_with_limit)


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


def _amounts(settings: Settings) -> dict[Kind, RateLimitItem]:
    return {
        "verdicts": parse(settings.limit_verdicts),
        "jobs": parse(settings.limit_jobs),
        "imports": parse(settings.limit_imports),
        "prompts": parse(settings.limit_prompts),
        "guests": parse(settings.limit_guests),
        "recoveries": parse(settings.limit_recoveries),
        "sign_ins": parse(settings.limit_sign_ins),
        "returns": parse(settings.limit_sign_ins),
        "everyone": parse(settings.limit_sign_ins_of_all),
    }
