"""From what LiteLLM hands back to a reply that may be used and paid for, or a refusal to call it one."""

from __future__ import annotations

import json
import re
from typing import Any

from app.adapters.label_probabilities import from_tokens, written
from app.induction.model.language_model import PermanentModelError, Prompt, Reply, TransientModelError, Usage

ANSWER_BYTES = 64_000

_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n```\s*\Z", re.DOTALL)
_LAST_SENTENCE = re.compile(r"\A.*(?:[.!?…。!?][\"')\]*]*(?=\s|\Z)|\n)", re.DOTALL)
_ERROR_TEXTS = ("**NETWORK ERROR", "NETWORK ERROR", "**API REQUEST ERROR", "API REQUEST ERROR", "$MODERATION$")
"""How some gateways word a failure inside an answer with status 200."""


def checked_reply(answer: Any, prompt: Prompt) -> Reply:
    """The reply in a LiteLLM answer. Raises TransientModelError or PermanentModelError where it is none:

    empty, cut off, over 64 KB, an error worded as an answer, not the JSON or none of the labels that were asked for.
    All but an answer without choices and an error in its place are `unusable`: a text of the model's own.
    """
    choices = getattr(answer, "choices", None) or []
    if not choices:
        raise TransientModelError("The model's answer was empty.")
    text = choices[0].message.content or ""
    usage = _usage(answer, prompt, text)
    if prompt.labels:
        return Reply(text=text, usage=usage, label_logprobs=_labelled(choices[0], prompt.labels, text))
    if not text.strip():
        raise TransientModelError("The model's answer was empty.", unusable=True)
    if len(text.encode("utf-8", "replace")) > ANSWER_BYTES:
        raise PermanentModelError("The model's answer is over 64 KB.", unusable=True)
    if text.lstrip().startswith(_ERROR_TEXTS):
        raise TransientModelError("The model's provider sent an error in place of an answer.")
    was_cut = choices[0].finish_reason == "length"
    return Reply(text=_json_in(text, was_cut=was_cut) if prompt.schema else _whole(text, was_cut=was_cut), usage=usage)


def _json_in(text: str, *, was_cut: bool) -> str:
    if was_cut:
        raise PermanentModelError("The model's answer was cut off at its limit.", unusable=True)
    fenced = _FENCED.match(text)
    bare = fenced.group(1) if fenced else text
    try:
        json.loads(bare)
    except ValueError as error:
        raise TransientModelError("The model's answer is not the JSON it was asked for.", unusable=True) from error
    return bare


def _whole(text: str, *, was_cut: bool) -> str:
    if not was_cut:
        return text
    sentences = _LAST_SENTENCE.match(text)
    if sentences is None or not sentences.group().strip():
        raise PermanentModelError("The model's answer was cut off at its limit.", unusable=True)
    return sentences.group().rstrip()


def _labelled(choice: Any, labels: tuple[str, ...], text: str) -> dict[str, float]:
    content = getattr(getattr(choice, "logprobs", None), "content", None) or []
    likeliest = [(item.token, float(item.logprob)) for item in (content[0].top_logprobs or [])] if content else []
    logprobs = from_tokens(labels, likeliest)
    if not logprobs and written(labels, text) is None:
        raise PermanentModelError(f"The model answered none of {', '.join(labels)}.", unusable=True)
    return logprobs


def _usage(answer: Any, prompt: Prompt, text: str) -> Usage:
    """The provider's count where it is possible, else our estimate: a false count must not stretch a budget.

    No token is shorter than a byte, and a template adds tokens of its own; hidden reasoning counts against max_tokens.
    """
    told = getattr(answer, "usage", None)
    sent = sum(len(message.content.encode("utf-8", "replace")) for message in prompt.messages)
    received = len(text.encode("utf-8", "replace"))
    return Usage(
        prompt_tokens=_plausible(getattr(told, "prompt_tokens", None), sent + 1000, prompt.estimated_tokens),
        completion_tokens=_plausible(
            getattr(told, "completion_tokens", None), max(prompt.max_tokens, received) + 100, received // 3 + 1
        ),
    )


def _plausible(told: Any, most: int, estimate: int) -> int:
    return told if isinstance(told, int) and 0 < told <= most else estimate
