"""What a command on a file spent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from app.induction.model.language_model import Usage


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command spent: calls sent (failed tries too), tokens as counted by the provider, seconds on the clock."""

    calls: int
    prompt_tokens: int
    completion_tokens: int
    failed_calls: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Spent(Protocol):
    """What a ledger tells of itself at the end."""

    @property
    def calls(self) -> int: ...

    @property
    def usage(self) -> Usage: ...

    @property
    def failures(self) -> Sequence[str]: ...


def cost_of(ledger: Spent, started: float) -> Cost:
    """What the ledger holds; `started` is when the command began, by the monotonic clock."""
    return Cost(
        calls=ledger.calls,
        prompt_tokens=ledger.usage.prompt_tokens,
        completion_tokens=ledger.usage.completion_tokens,
        failed_calls=len(ledger.failures),
        seconds=round(time.monotonic() - started, 2),
    )
