"""One paid call to a model: committed replies, the ledger, and the retry rules, which live here and nowhere else.

What a provider's failure means (transient or permanent) is decided in adapters; where replies and reservations are kept
is decided by the ledger: the database for runs in the product, memory for one command on a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.domain.errors import BudgetReached
from app.domain.storable_text import storable, storable_json
from app.induction.language_model import (
    Answer,
    ModelFailure,
    ModelProfile,
    PermanentModelError,
    Prompt,
    Reply,
    TransientModelError,
    Usage,
)

MOST_TRIES = 3
PAUSES_SECONDS = (2.0, 10.0)
"""Before the second and the third try. Fixed, so that equal faults give equal runs."""
LONGEST_PAUSE_SECONDS = 120.0

Sleep = Callable[[float], Awaitable[None]]


class Completer(Protocol):
    """One unretried call to a model."""

    @property
    def profile(self) -> ModelProfile: ...

    async def complete(self, prompt: Prompt) -> Reply:
        """The reply, usable by its form. Raises TransientModelError or PermanentModelError, nothing else."""
        ...


class Ledger(Protocol):
    """Who pays. Each method is one transaction; a committed reply is never paid again."""

    def committed(self, digest: str) -> Reply | None:
        """The reply already paid for, if there is one."""
        ...

    def reserve(
        self, digest: str, attempt: int, purpose: str, model: str, prompt_tokens: int, completion_tokens: int
    ) -> None:
        """Sets aside the most that a try may cost. Raises BudgetReached or RunCancelled; then nothing may be sent."""
        ...

    def settle(self, digest: str, attempt: int, purpose: str, reply: Reply) -> None:
        """Commits the reply and replaces the reservation by its true usage, in one transaction."""
        ...

    def fail(self, digest: str, attempt: int, reason: str) -> None:
        """Marks a try as failed; it stays counted."""
        ...

    def attempts(self, digest: str) -> int:
        """Tries already on the ledger, so that a resumed call takes the next number."""
        ...


async def pay_for(prompt: Prompt, completer: Completer, ledger: Ledger, sleep: Sleep = asyncio.sleep) -> Answer:
    """The answer to one prompt, from the ledger or from the model, with at most three tries.

    A transient failure is tried again after a fixed pause, or after the pause the provider asked for (at most two
    minutes). BudgetReached and RunCancelled pass through before anything is sent; every other failure comes back as
    ModelFailure.
    """
    kept = ledger.committed(prompt.digest)
    if kept is not None:
        return kept
    reason = ""
    for number in range(MOST_TRIES):
        attempt = ledger.attempts(prompt.digest) + 1
        ledger.reserve(
            prompt.digest, attempt, prompt.purpose, completer.profile.name, prompt.estimated_tokens, prompt.max_tokens
        )
        try:
            reply = _storable(prompt, await completer.complete(prompt))
        except PermanentModelError as error:
            ledger.fail(prompt.digest, attempt, error.reason)
            return ModelFailure(error.reason)
        except TransientModelError as error:
            ledger.fail(prompt.digest, attempt, error.reason)
            reason = error.reason
            if number < len(PAUSES_SECONDS):
                pause = PAUSES_SECONDS[number] if error.retry_after is None else max(0.0, error.retry_after)
                await sleep(min(pause, LONGEST_PAUSE_SECONDS))
        else:
            ledger.settle(prompt.digest, attempt, prompt.purpose, reply)
            return reply
    return ModelFailure(f"{reason} (after {MOST_TRIES} tries)")


def _storable(prompt: Prompt, reply: Reply) -> Reply:
    """Cleaned once, where every reply passes: a person is shown, and a later execution reads, what was stored."""
    return replace(reply, text=storable_json(reply.text) if prompt.schema else storable(reply.text))


class MeteredModel:
    """The language model port over a completer and a ledger: what induction is given outside the job engine."""

    def __init__(self, completer: Completer, ledger: Ledger, sleep: Sleep = asyncio.sleep) -> None:
        self._completer = completer
        self._ledger = ledger
        self._sleep = sleep

    @property
    def profile(self) -> ModelProfile:
        return self._completer.profile

    async def answer(self, prompts: Sequence[Prompt]) -> list[Answer]:
        """One answer per prompt, in order; equal prompts are sent once, at most `profile.parallel` at a time.

        When one call is refused (budget, cancel) no further call starts, those in flight are settled, and the
        refusal is raised.
        """
        unique = {prompt.digest: prompt for prompt in prompts}
        answers: dict[str, Answer] = {}
        stopped: list[Exception] = []
        places = asyncio.Semaphore(max(1, self.profile.parallel))

        async def one(prompt: Prompt) -> None:
            async with places:
                if stopped:
                    return
                try:
                    answers[prompt.digest] = await pay_for(prompt, self._completer, self._ledger, self._sleep)
                except Exception as error:  # raised below, once the calls in flight are settled
                    stopped.append(error)

        await asyncio.gather(*(one(prompt) for prompt in unique.values()))
        if stopped:
            raise stopped[0]
        return [answers[prompt.digest] for prompt in prompts]


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
        """Tokens settled plus tokens set aside for tries in flight or failed."""
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

    def fail(self, digest: str, attempt: int, reason: str) -> None:
        # Its reservation stays spent, as in the database: what a provider charged for a failed try is unknown.
        self.failures.append(reason)

    def attempts(self, digest: str) -> int:
        return self._tries.get(digest, 0)
