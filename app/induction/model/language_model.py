"""The one port of the core: prompts in, replies out, in rounds.

A round is a list of prompts without dependence on one another. Replies come back in the order of the prompts,
whatever order the model finished them in, so nothing downstream can depend on timing. Retrying, budgets, caching and
durability live behind this port (services/calling/model_calls.py); here a failure is a value, not an exception.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, Protocol

from app.domain.texts.conversation import digest

Judging = Literal["pointwise", "both_orders", "reasoned", "stacked"]

# What tokenizers seldom or never join with the rest: a letter or digit of a long string (base64, DNA); five small letters,
# two capitals or two signs, each with the space before them; a line's end; spaces before the last; any other digit.
_PIECE = re.compile(
    rb"[A-Za-z0-9+](?=[A-Za-z0-9+]{19})| ?(?:[a-z]{1,5}|[!-/:-@\[-`{-~]{1,2}|[A-Z]{1,2})|"
    rb"\s*\n|\s+(?=\s)| (?=\d)|[\x00-\x1f\x7f\d]"
)
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_LETTERS_AND_SPACES = string.ascii_lowercase.encode() + b" " + _BEYOND_ASCII
# Tenths of a token that a character beyond ASCII takes at most, by the first byte of its UTF-8 (up to the one named, from
# the one before): counted with cl100k_base, which knows most scripts worse than o200k_base and Qwen's tokenizer do.
_TENTHS_UP_TO = (
    (0xC1, 0),  # ASCII, and the further bytes of a character
    (0xC8, 14),  # Latin letters with marks
    (0xCD, 22),  # phonetic letters, marks on their own
    (0xCF, 12),  # Greek
    (0xD1, 7),  # Cyrillic
    (0xD6, 22),  # rarer Cyrillic, Armenian
    (0xD7, 14),  # Hebrew
    (0xDB, 11),  # Arabic
    (0xDF, 22),
    (0xE0, 16),  # India, Thai
    (0xE1, 30),  # Georgian, Ethiopic, Khmer, Burmese
    (0xE2, 23),  # signs: mathematics, arrows, boxes, dashes and quotes
    (0xE3, 13),  # kana, punctuation of East Asia
    (0xED, 16),  # Chinese characters, hangul
    (0xEF, 20),  # wide forms, selectors of emoji
    (0xFF, 30),  # emoji, rare scripts
)
_TENTHS = bytes(next(tenths for last, tenths in _TENTHS_UP_TO if byte <= last) for byte in range(0x100))
_MOST_COUNTED = 256


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str

    @property
    def estimated_tokens(self) -> int:
        """As `text_tokens`, and what goes around it."""
        return text_tokens(self.content) + 4


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
        """Prompt tokens, on the safe side for text of any kind: as many as `text_tokens` and 4 a message."""
        return sum(message.estimated_tokens for message in self.messages)


@lru_cache(maxsize=_MOST_COUNTED)
def text_tokens(text: str) -> int:
    """How many tokens the text has at most: for ordinary English its UTF-8 bytes / 3, half as much again as it has.

    Not a proof: a text of invented words or of a script's rarest characters may have more, and so may one in a language
    of Latin letters that the tokenizer hardly knows (Finnish or Swahili, cl100k_base: up to a fifth more).
    """
    raw = text.encode("utf-8", "replace")
    if text.isascii():
        return _ascii_tokens(raw, len(raw))
    plain = len(raw.translate(None, _BEYOND_ASCII))
    return _ascii_tokens(raw, plain) + -(-sum(raw.translate(_TENTHS)) // 10)


def _ascii_tokens(raw: bytes, plain: int) -> int:
    """Tokens of the `plain` ASCII characters among the bytes: a third of them, and at least one a piece."""
    third = -(-plain // 3)
    dense = len(raw.translate(None, _LETTERS_AND_SPACES))
    # Words with an end, and at most an eighth of anything else: a third covers these even at one token each.
    is_prose = 8 * dense <= plain <= 12 * raw.count(b" ")
    return third if is_prose else max(third, len(_PIECE.findall(raw)))


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
                  summed over both orders (both_orders), by written reasoning (reasoned), or several pairs a call with
                  a written verdict and how sure it is (stacked: for models that think before they answer)
    small         True for the embedded model: shorter texts, fewer calls, and the page says so
    words         whether a small model is there to word what was counted; it does nothing else in a run
    parallel      how many calls it takes at once
    packing       most pairs that a call may show it which asks about several (votes, stacked judgements); 1 for a model
                  that loses track of several
    thought_tokens  tokens of thoughts that each call takes before its answer; 0 for a model that does not think
    thought_room  tokens that each call leaves for thoughts beside its answer, and sets aside for them

    What a call takes, for estimates only: `latency_seconds` passes before anything happens; then the prompt is read at
    `prompt_tokens_per_second` and the answer written at `answer_tokens_per_second`. Of a hosted model each call has
    these rates, however many run at once; of a small one all calls in flight share them (one machine).
    """

    name: str
    slot_tokens: int = 4096
    judging: Judging = "both_orders"
    small: bool = False
    words: bool = False
    parallel: int = 4
    packing: int = 6
    thought_tokens: int = 0
    thought_room: int = 0
    latency_seconds: float = 1.0
    prompt_tokens_per_second: float = 5000.0
    answer_tokens_per_second: float = 60.0


Refusable = Literal[
    "",
    "logprobs",
    "top_logprobs",
    "schema",
    "seed",
    "temperature",
    "system_role",
    "least_tokens",
    "max_tokens",
    "context",
]
"""What of a request a provider may not take; each but the last can be left out, moved or changed (docs/decisions/0013)."""


class ModelError(Exception):
    """One try failed.

    reason          a sentence for people: what happened, and which setting helps; never the provider's text or the key
    kind            one word for logs and programs (adapters/replies/sentences.py has a sentence for each)
    retry_after     in seconds, as the provider named it, however long; None where it named none
    is_rate_limit   the provider refused the try because there were too many; it read nothing and charges nothing
    unusable        a text came, but not what was asked for: the same words would bring the same again
    refused         what of the request the provider does not take; the same request without it may succeed
    bound           the number the provider named with `refused`: most log-probabilities, least or most tokens; 0 for none
    """

    def __init__(
        self,
        reason: str,
        retry_after: float | None = None,
        *,
        kind: str = "",
        is_rate_limit: bool = False,
        unusable: bool = False,
        refused: Refusable = "",
        bound: int = 0,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind
        self.retry_after = retry_after
        self.is_rate_limit = is_rate_limit
        self.unusable = unusable
        self.refused: Refusable = refused
        self.bound = bound


class TransientModelError(ModelError):
    """One try failed and another may succeed, after `retry_after` where it is given (two minutes at most)."""


class PermanentModelError(ModelError):
    """One try failed and the same prompt would fail again, or not before a wait of over two minutes (`retry_after`)."""


class LanguageModel(Protocol):
    """The port."""

    @property
    def profile(self) -> ModelProfile: ...

    async def answer(self, prompts: Sequence[Prompt]) -> list[Answer]:
        """One answer per prompt, in the order of the prompts; equal prompts are sent once.

        Raises BudgetReached or RunCancelled (nothing further is sent); all else comes back as ModelFailure.
        """
        ...
