"""The ledger of one command: it lives in memory, where nothing outlives the process."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.errors import BudgetReached
from app.induction.model.language_model import Reply, Usage


@dataclass
class InMemoryLedger:
    """A ledger for one command: nothing outlives the process. `calls` counts every try that was sent."""

    budget_calls: int
    budget_tokens: int
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    failures: list[str] = field(default_factory=list)
    _replies: dict[str, Reply] = field(default_factory=dict)
    _tries: dict[str, int] = field(default_factory=dict)
    _reserved: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """Tokens settled plus tokens set aside for tries in flight or failed; tries that were refused cost none."""
        return self.usage.prompt_tokens + self.usage.completion_tokens + sum(self._reserved.values())

    def committed(self, digest: str) -> Reply | None:
        return self._replies.get(digest)

    def reserve(
        self, digest: str, attempt: int, purpose: str, model: str, prompt_tokens: int, completion_tokens: int
    ) -> None:
        if self.calls + 1 > self.budget_calls:
            raise BudgetReached(
                f"The cap of {self.budget_calls:,} model calls is reached; nothing more was sent. Raise it to go on."
            )
        if self.tokens + prompt_tokens + completion_tokens > self.budget_tokens:
            raise BudgetReached(
                f"The next call would pass the cap of {self.budget_tokens:,} tokens; it was not sent. "
                "Raise it to go on."
            )
        self.calls += 1
        self._tries[digest] = attempt
        self._reserved[digest, attempt] = prompt_tokens + completion_tokens

    def settle(self, digest: str, attempt: int, purpose: str, reply: Reply) -> None:
        self._reserved.pop((digest, attempt), None)
        self._replies[digest] = reply
        self.usage = Usage(
            self.usage.prompt_tokens + reply.usage.prompt_tokens,
            self.usage.completion_tokens + reply.usage.completion_tokens,
        )

    def fail(
        self, digest: str, attempt: int, reason: str, *, is_charged: bool = True, is_unusable: bool = False
    ) -> None:
        # Its reservation stays spent, as in the database: what a provider charged for a failed try is unknown.
        if not is_charged:
            self._reserved.pop((digest, attempt), None)
        self.failures.append(reason)

    def attempts(self, digest: str) -> int:
        return self._tries.get(digest, 0)
