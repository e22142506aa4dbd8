"""The one port of the core: prompts in, replies out, in rounds.

A round is a list of prompts without dependence on one another. Replies come back in the order of the prompts,
whatever order the model finished them in, so nothing downstream can depend on timing. Retrying, budgets, caching and
durability live behind this port (services/model_calls.py); here a failure is a value, not an exception.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from app.domain.conversation import digest

Judging = Literal["pointwise", "both_orders", "reasoned"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent to a model.

    purpose        short name for ledger and progress: "explain", "judge", "synthesise", "write"
    max_tokens     most tokens the answer may have
    schema         JSON schema (as canonical JSON text) the answer must obey, or ""
    labels         where given, a one-token answer is wanted and the reply carries a log-probability per label
    temperature    0 for everything that must be repeatable
    seed           passed to models that take one; part of the digest
    """

    messages: tuple[Message, ...]
    purpose: str
    max_tokens: int
    schema: str = ""
    labels: tuple[str, ...] = ()
    temperature: float = 0.0
    seed: int = 0

    @property
    def digest(self) -> str:
        """Identity of the call; two prompts with equal digests are the same call and are sent once."""
        return digest(
            [[message.role, message.content] for message in self.messages],
            self.max_tokens,
            self.schema,
            list(self.labels),
            self.temperature,
            self.seed,
        )

    @property
    def schema_as_json(self) -> dict[str, object]:
        parsed: dict[str, object] = json.loads(self.schema)
        return parsed

    @property
    def estimated_tokens(self) -> int:
        """Prompt tokens as UTF-8 bytes / 3, on the safe side for English and close for most scripts."""
        return sum(len(message.content.encode("utf-8", "replace")) // 3 + 4 for message in self.messages)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answered call, as the provider counted them and we checked them (never negative)."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A usable answer. `label_logprobs` maps each label of the prompt to its natural-log probability, if given."""

    text: str
    usage: Usage = Usage()
    label_logprobs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelFailure:
    """No usable answer after all permitted tries; counted apart, never as a wrong answer.

    `unusable` is True where the last try brought a text that could not be used: the same words would bring the same
    text again, other words may not.
    """

    reason: str
    unusable: bool = False


Answer = Reply | ModelFailure


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """What the core must know of a model.

    slot_tokens   prompt and answer together must fit in this many tokens
    judging       how it judges a pair: by the Yes/No margin of each answer alone (pointwise), by A/B probability
                  summed over both orders (both_orders), or by written reasoning (reasoned)
    small         True for the embedded model: shorter texts, fewer calls, and the page says so
    parallel      how many calls it takes at once
    packing       most pairs that one vote call may show it; 1 for a model that loses track of several

    What a call takes, for estimates only: `latency_seconds` passes before anything happens; then the prompt is read at
    `prompt_tokens_per_second` and the answer written at `answer_tokens_per_second`. Of a hosted model each call has
    these rates, however many run at once; of a small one all calls in flight share them (one machine).
    """

    name: str
    slot_tokens: int = 4096
    judging: Judging = "both_orders"
    small: bool = False
    parallel: int = 4
    packing: int = 6
    latency_seconds: float = 1.0
    prompt_tokens_per_second: float = 5000.0
    answer_tokens_per_second: float = 60.0


class TransientModelError(Exception):
    """One try failed and another may succeed.

    retry_after     in seconds, where the provider named it
    is_rate_limit   the provider refused the try because there were too many; it read nothing and charges nothing
    unusable        a text came, but not what was asked for
    """

    def __init__(
        self,
        reason: str,
        retry_after: float | None = None,
        *,
        is_rate_limit: bool = False,
        unusable: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.is_rate_limit = is_rate_limit
        self.unusable = unusable


class PermanentModelError(Exception):
    """One try failed and the same prompt would fail again; `unusable` where a text came, but not what was asked for."""

    def __init__(self, reason: str, *, unusable: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unusable = unusable


class LanguageModel(Protocol):
    """The port."""

    @property
    def profile(self) -> ModelProfile: ...

    async def answer(self, prompts: Sequence[Prompt]) -> list[Answer]:
        """One answer per prompt, in the order of the prompts; equal prompts are sent once.

        Raises BudgetReached or RunCancelled (nothing further is sent); all else comes back as ModelFailure.
        """
        ...
