"""Any language model behind the port's one unretried call, by way of LiteLLM.

LiteLLM is imported at the first call, in a thread: it takes seconds. Retrying, budgets and storing are not done here
(services/calling/model_calls.py); a call here is sent once, bounded in time and size, and its answer checked. Which
model, at which address and with which key is decided in adapters/configured.py.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.adapters.answers import checked_reply
from app.adapters.bounded_http import bounded_client
from app.adapters.embedded.health import wait_until_ready
from app.adapters.kept_clients import kept_client
from app.adapters.provider_errors import model_error
from app.adapters.replies.heard import listening
from app.adapters.replies.sentences import sentence
from app.adapters.replies.spoken import own_answer
from app.domain.storable_text import visible
from app.induction.model.language_model import ModelProfile, PermanentModelError, Prompt, Reply, TransientModelError

WAIT_SECONDS = 180.0
TOP_TOKENS = 20


def messages_of(prompt: Prompt) -> list[dict[str, str]]:
    """The prompt as it is sent: no half of a surrogate pair, which no request can hold, and nothing that hides text."""
    return [{"role": message.role, "content": visible(message.content)} for message in prompt.messages]


@dataclass(frozen=True, slots=True)
class Completer:
    """One model as LiteLLM calls it. `complete` is the contract of services.calling.model_calls.Completer."""

    profile: ModelProfile
    model: str
    api_base: str | None
    api_key: str | None
    seconds: float

    async def complete(self, prompt: Prompt) -> Reply:
        """The checked answer to one call, sent once.

        Where the prompt has labels and the model gives no probabilities, the label its text begins with gets
        log-probability 0 and the others a floor of -14. A text that reached its limit ends at its last whole sentence.
        Raises TransientModelError (may be sent again) or PermanentModelError (would fail again).
        """
        if self.profile.small:
            await self._wait_for_embedded()
        litellm = await asyncio.to_thread(_litellm)
        with listening() as heard:
            try:
                async with asyncio.timeout(self.seconds):
                    answer = await self._send(litellm, prompt)
            except TimeoutError as error:
                raise TransientModelError(sentence("slow", self.host), None, kind="slow") from error
            except (TransientModelError, PermanentModelError):
                raise
            except Exception as error:
                # Everything: LiteLLM also lets through what the libraries below it raise.
                answer = own_answer(heard)
                if answer is None:
                    raise model_error(error, heard, host=self.host) from error
        return checked_reply(answer, prompt, heard=heard)

    @property
    def host(self) -> str:
        """Where its calls go, as sentences name it: the address given, else the provider."""
        return urlsplit(self.api_base or "").netloc.rpartition("@")[2] or self.model.partition("/")[0]

    async def _send(self, litellm: Any, prompt: Prompt) -> Any:
        options: dict[str, Any] = {"max_tokens": 1 if prompt.labels else prompt.max_tokens}
        if prompt.labels:
            options |= {"logprobs": True, "top_logprobs": TOP_TOKENS}
        if prompt.schema:
            schema = {"name": "answer", "strict": True, "schema": prompt.schema_as_json}
            options["response_format"] = {"type": "json_schema", "json_schema": schema}
        return await litellm.acompletion(
            model=self.model,
            messages=messages_of(prompt),
            temperature=prompt.temperature,
            seed=prompt.seed,
            api_base=self.api_base,
            api_key=self.api_key,
            timeout=self.seconds,
            max_retries=0,
            num_retries=0,
            client=await self._client(litellm),
            drop_params=True,
            **options,
        )

    async def _client(self, litellm: Any) -> Any:
        """A bounded client for providers that speak the OpenAI format; None for the others, which bring their own."""
        try:
            _model, provider, key, base = litellm.get_llm_provider(
                self.model, api_base=self.api_base, api_key=self.api_key
            )
        except litellm.BadRequestError as error:
            raise PermanentModelError(sentence("unknown_model", self.host), kind="unknown_model") from error
        if provider != "openai" and provider not in litellm.openai_compatible_providers:
            return None
        return await kept_client((base, key, self.seconds), lambda: _openai_client(base, key, self.seconds))

    async def _wait_for_embedded(self) -> None:
        """Its server may still be fetching or loading the model, or be between a crash and its restart."""
        if not self.api_base:
            raise PermanentModelError(
                "The embedded model is not running here. Start it, or set MODEL and MODEL_API_KEY."
            )
        if not await wait_until_ready(self.api_base, WAIT_SECONDS):
            raise TransientModelError("The embedded model is not ready. Its server may still be starting.")


def _openai_client(base: str | None, key: str | None, seconds: float) -> Any:
    import openai

    is_local = urlsplit(base or "").hostname in {"127.0.0.1", "localhost", "::1"}
    http_client = bounded_client(seconds, is_local=is_local)
    return openai.AsyncOpenAI(api_key=key, base_url=base, max_retries=0, timeout=seconds, http_client=http_client)


@functools.cache
def _litellm() -> Any:
    # Read while it is imported: no price list from the network, and no `.env` loaded behind our settings' back.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    import litellm

    litellm.suppress_debug_info = True
    litellm.telemetry = False
    # Its log lines can hold prompts and keys; what failed is in the error we raise.
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return litellm
