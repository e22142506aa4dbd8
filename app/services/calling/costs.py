"""What a command on a file spent."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from app.services.calling.model_calls import InMemoryLedger


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


def cost_of(ledger: InMemoryLedger, started: float) -> Cost:
    """What the ledger holds; `started` is when the command began, by the monotonic clock."""
    return Cost(
        calls=ledger.calls,
        prompt_tokens=ledger.usage.prompt_tokens,
        completion_tokens=ledger.usage.completion_tokens,
        failed_calls=len(ledger.failures),
        seconds=round(time.monotonic() - started, 2),
    )
