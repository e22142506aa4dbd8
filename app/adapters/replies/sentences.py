"""What a person is told of a failed call, by its kind. The provider's own text is never in it."""

from __future__ import annotations

from app.adapters.replies.waits import in_words
from app.induction.model.language_model import Refusable

SENTENCES = {
    "key": "{host} refused the key. Check MODEL_API_KEY.",
    "no_key": "There is no key for {host}. Set MODEL_API_KEY.",
    "rights": "{host} does not let this key use this model. Check MODEL and what the key may do.",
    "unknown_model": "{host} knows no such model. Check MODEL.",
    "address": "There is no model's interface at this address of {host}. Check MODEL_API_BASE; most end in /v1.",
    "page": "{host} answered with a web page instead of a model's answer. Check MODEL_API_BASE; most end in /v1.",
    "credit": "The account at {host} has no credit left.",
    "too_large": "The request is too large for this account at {host}. Set MODEL_SLOT_TOKENS lower, or raise the account's "
    "limit.",
    "context": "The text is too long for this model. Check MODEL_SLOT_TOKENS.",
    "filter": "The content rules of {host} refused the request.",
    "parameter": "{host} does not take {part} for this model. Set MODEL_HABITS so that it is asked without.",
    "request": "{host} refused the request. Check that MODEL can chat.",
    "provider": "This model of {host} is asked by an interface that is not installed here. Set MODEL to another.",
    "busy": "{host} says to slow down.",
    "down": "{host} failed.",
    "slow": "The model at {host} did not answer in time.",
    "unreached": "{host} could not be reached.",
    "garbled": "{host} sent something that is no answer.",
}
"""The kinds of a failed call, which are the `kind` of a ModelError."""

MAY_PASS = frozenset({"busy", "down", "slow", "unreached", "garbled", "page"})
"""The kinds after which the same call may succeed."""

_PARTS: dict[Refusable, str] = {
    "logprobs": "log-probabilities",
    "top_logprobs": "so many log-probabilities",
    "schema": "a JSON schema",
    "seed": "a seed",
    "temperature": "a temperature",
    "system_role": "a message of the system",
    "least_tokens": "so short a limit",
    "max_tokens": "so high a limit",
}


def sentence(kind: str, host: str, *, part: Refusable = "", wait: float | None = None) -> str:
    """The sentence; `wait` is given where it is too long to be waited out."""
    said = SENTENCES[kind].format(host=host or "the model's provider", part=_PARTS.get(part, "what was asked"))
    said = said[0].upper() + said[1:] if said.startswith("the ") else said
    return said if wait is None else f"{said.removesuffix('.')} and asks to wait {in_words(wait)}."
