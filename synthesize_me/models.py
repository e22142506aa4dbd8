"""Models of one's own: an object with `complete`, or a plain function from messages to a text.

`async def complete(self, prompt: Prompt) -> Reply` is all that is needed; `profile`, a ModelProfile, tells how it judges and
how much it takes at once. A function gets `[{"role": "user", "content": "..."}, ...]` and returns the text, awaited or not.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from app.adapters.label_probabilities import written
from app.adapters.replies.json_values import json_in
from app.domain.errors import BadInput
from app.induction.model.language_model import ModelError, ModelProfile, PermanentModelError, Prompt, Reply, Usage
from app.services.calling.model_calls import Completer
from synthesize_me.hosted import Hosted, reached

SLOT_TOKENS = 16_384
_IN_JSON = "\n\nAnswer with one JSON object and nothing else. It must obey this JSON schema:\n{schema}"


class OwnModel(Protocol):
    """The protocol of a model object. Equal prompts are sent once; it may be called several times at once."""

    async def complete(self, prompt: Prompt) -> Reply:
        """The reply to one prompt. JSON where `prompt.schema` is set; where `prompt.labels` is set one of these, with the
        log-probability of each in `label_logprobs` if the model tells any."""
        ...


Messages = list[dict[str, str]]
Model = OwnModel | Callable[[Messages], str | Awaitable[str]] | Hosted | str | None


async def completer_of(model: Model) -> Completer:
    """The model as the core asks it. Raises BadInput where it is none, and what a hosted one raises while it is learned."""
    if model is None:
        raise BadInput(
            "This needs a model. Give an object with `complete`, a function from messages to text, or a name."
        )
    if isinstance(model, str | Hosted):
        return await reached(Hosted(model) if isinstance(model, str) else model)
    if callable(getattr(model, "complete", None)):
        return _Own(model)
    if callable(model):
        return _Function(model)
    raise BadInput(
        f"A {type(model).__name__} is no model. Give an object with `complete`, a function from messages to text, or a name."
    )


class _Own:
    """An object of somebody else's: what it raises and returns is checked."""

    def __init__(self, model: Any) -> None:
        self._model = model
        found = getattr(model, "profile", None)
        self.profile = found if isinstance(found, ModelProfile) else _profile(type(model).__name__)

    async def complete(self, prompt: Prompt) -> Reply:
        reply = await _outcome(self._model.complete, prompt)
        if not isinstance(reply, Reply):
            raise PermanentModelError(f"The model object returned a {type(reply).__name__} where a Reply was expected.")
        return reply


class _Function:
    """A function from messages to a text: JSON is asked for in words, and judgements are read from the letter it writes."""

    def __init__(self, ask: Callable[[Messages], Any]) -> None:
        self._ask = ask
        self.profile = _profile(getattr(ask, "__name__", type(ask).__name__))

    async def complete(self, prompt: Prompt) -> Reply:
        messages = [{"role": message.role, "content": message.content} for message in prompt.messages]
        if prompt.schema:
            schema = json.dumps(prompt.schema_as_json, ensure_ascii=False, separators=(",", ":"))
            messages[-1]["content"] += _IN_JSON.format(schema=schema)
        text = await _outcome(self._ask, messages)
        if not isinstance(text, str):
            raise PermanentModelError(f"The function returned a {type(text).__name__} where a text was expected.")
        usage = Usage(prompt.estimated_tokens, -(-len(text.encode("utf-8", "replace")) // 3))
        return Reply(_usable(prompt, text), usage)


async def _outcome(call: Callable[[Any], Any], given: Any) -> Any:
    """What the call returns, in a thread unless it is to be awaited. Whatever it raises is a try that failed."""
    try:
        if inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(getattr(call, "__call__", None)):  # noqa: B004
            return await call(given)
        found = await asyncio.to_thread(call, given)
        return await found if inspect.isawaitable(found) else found
    except ModelError:
        raise
    except Exception as error:  # somebody else's code may raise anything
        raise PermanentModelError(f"The model raised {type(error).__name__}: {error}.") from error


def _usable(prompt: Prompt, text: str) -> str:
    if prompt.schema:
        found = json_in(text, prompt.schema_as_json)
        if found is None:
            raise PermanentModelError("The model's answer is not the JSON it was asked for.", unusable=True)
        return found
    if prompt.labels:
        label = written(prompt.labels, text)
        if label is None:
            raise PermanentModelError(f"The model answered none of {', '.join(prompt.labels)}.", unusable=True)
        return label
    if not text.strip():
        raise PermanentModelError("The model's answer was empty.", unusable=True)
    return text


def _profile(name: str) -> ModelProfile:
    return ModelProfile(name, slot_tokens=SLOT_TOKENS)
