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
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from app.adapters.answered import Answered
from app.adapters.answers import checked_reply
from app.adapters.embedded.health import wait_until_ready
from app.adapters.habits_in_use import HabitsInUse
from app.adapters.provider_errors import model_error
from app.adapters.replies.heard import listening
from app.adapters.replies.pieces import ASKED, Pieces
from app.adapters.replies.sentences import sentence
from app.adapters.replies.spoken import own_answer
from app.adapters.request_form import limit_of, request_of
from app.adapters.ways_out import WAYS, client_for, close_other_ways, refuse_untried
from app.induction.model.habits import Habits
from app.induction.model.language_model import ModelProfile, PermanentModelError, Prompt, Reply, TransientModelError

WAIT_SECONDS = 180.0
SILENCE_SECONDS, EMBEDDED_SILENCE_SECONDS = 60.0, 180.0
"""Without a piece of a streamed answer."""
MOST_CORRECTIONS = 8
"""Requests of one call that may be refused for something they carry, each for another thing."""

UNNAMED = "request"
"""The kind of a refusal that does not say what of the request is refused (replies/sentences.py)."""
NO_ROOM = (
    "The model spent all its tokens on thinking and gave no answer. It gets more of them from now on; thought_room in "
    "MODEL_HABITS sets how many."
)
TOO_PARTICULAR = "The model's provider refused the request again and again, each time for something else of it."

Said = Callable[[str], None]
"""Is given the text of an answer so far."""


@dataclass(frozen=True, slots=True)
class Completer:
    """One model as LiteLLM calls it. `complete` is the contract of services.calling.model_calls.Completer."""

    profile: ModelProfile
    model: str
    api_base: str | None
    api_key: str | None
    seconds: float
    habits: HabitsInUse = field(default_factory=HabitsInUse, compare=False)

    async def complete(self, prompt: Prompt) -> Reply:
        """The checked answer to one call; sent once, but for what the provider refuses of it.

        A request that is refused for something it carries is sent again without it, and the habits are corrected: a
        refusal costs nothing. Where thoughts used up their room, the habits get more of it and the try has failed: what
        it cost is on the ledger before another is sent. Where the prompt has labels and the model gives no
        probabilities, they are left to its text. A text that reached its limit ends at its last whole sentence.
        Raises TransientModelError (may be sent again) or PermanentModelError (would fail again).
        """
        return await self._complete(prompt, None)

    async def stream(self, prompt: Prompt, said: Said) -> Reply:
        """As `complete`, but `said` is given the text as it grows, and the call is given up for silence, not for its length.

        Where the provider cannot be asked for pieces, or refuses them, the answer comes whole. A beginning is nothing to be
        relied on before the reply is returned: "" takes it back as the request is sent anew.
        """
        silence = EMBEDDED_SILENCE_SECONDS if self.profile.small else SILENCE_SECONDS
        if not await self._can_stream():
            return await self._complete(prompt, None)
        pieces = Pieces(said, silence)
        try:
            return await self._complete(prompt, pieces)
        finally:
            pieces.end()

    async def _complete(self, prompt: Prompt, pieces: Pieces | None) -> Reply:
        if self.profile.small:
            await self._wait_for_embedded()
        for _correction in range(MOST_CORRECTIONS):
            habits = self.habits.now
            try:
                sent = await self.send(prompt, habits, pieces)
            except PermanentModelError as error:
                if not await self._is_corrected(habits, error):
                    # What it refuses may be the pieces.
                    if pieces is None or not (error.refused or error.kind == UNNAMED):
                        raise
                    pieces = None
            else:
                self._leave_more_room(sent, prompt, habits)
                return checked_reply(sent.answer, prompt, limit_of(prompt, habits), heard=sent.heard)
        raise PermanentModelError(TOO_PARTICULAR)

    async def send(self, prompt: Prompt, habits: Habits, pieces: Pieces | None = None) -> Answered:
        """The answer to one request by these habits, as it came and unchecked. Raises as `complete` does."""
        litellm = await asyncio.to_thread(library)
        with listening(self.api_base or "", pieces.hear if pieces else None) as heard:
            try:
                async with asyncio.timeout(self.seconds) as limit:
                    if pieces:
                        pieces.begin(limit)
                    answer = await litellm.acompletion(
                        model=self.model,
                        api_base=self.api_base,
                        api_key=self.api_key,
                        timeout=self.seconds,
                        **(ASKED if pieces else {}),
                        max_retries=0,
                        num_retries=0,
                        client=await self._client(litellm),
                        # What it would drop we would believe to be in force; it refuses instead, and nothing is sent.
                        drop_params=False,
                        **request_of(prompt, habits),
                    )
                    return Answered(answer, heard)
            except TimeoutError as error:
                raise TransientModelError(sentence("slow", self.host), None, kind="slow") from error
            except (TransientModelError, PermanentModelError):
                raise
            except Exception as error:
                # Everything: LiteLLM also lets through what the libraries below it raise.
                own = own_answer(heard)
                if own is None:
                    raise model_error(error, heard, host=self.host) from error
                return Answered(own, heard)

    async def _can_stream(self) -> bool:
        """Whether its calls go out in OpenAI's format by OpenAI's client, which sends on what the request carries beside the usual."""
        litellm = await asyncio.to_thread(library)
        named = self.model.partition("/")[0]
        return WAYS.get(named if named in litellm.provider_list else "") == "openai"

    @property
    def host(self) -> str:
        """Where its calls go, as sentences name it: the address given, else the provider."""
        return urlsplit(self.api_base or "").netloc.rpartition("@")[2] or self.model.partition("/")[0]

    async def _is_corrected(self, habits: Habits, error: PermanentModelError) -> bool:
        """Whether the request is worth sending again: without what was refused, or as the model takes requests by now."""
        if error.kind == UNNAMED:
            return await self.habits.learn_again(habits)
        return self.habits.correct(habits, habits.without(error.refused, error.bound))

    def _leave_more_room(self, sent: Answered, prompt: Prompt, habits: Habits) -> None:
        """Raises where thoughts left no room for the answer, once more of it has been seen to."""
        tokens = sent.thought_tokens
        has_figures = bool(prompt.labels and habits.top_logprobs)  # then a blank as the one token says enough
        lacked = (sent.is_used_up and not has_figures) or (sent.is_cut and tokens > habits.thought_room)
        if self.profile.small or not lacked:
            return
        seen = tokens or limit_of(prompt, habits)
        better = habits.with_more_room() if habits.thought_room else habits.thinking(seen)
        if self.habits.correct(habits, better):
            raise TransientModelError(NO_ROOM, 0.0, kind="thoughts", unusable=True)

    async def _client(self, litellm: Any) -> Any:
        """The bounded client for this model's provider; raises PermanentModelError where there is none."""
        named = self.model.partition("/")[0]
        if named in litellm.provider_list:
            refuse_untried(named)  # before LiteLLM looks closer: of some providers it signs people in
        try:
            _model, provider, key, base = litellm.get_llm_provider(
                self.model, api_base=self.api_base, api_key=self.api_key
            )
        except litellm.BadRequestError as error:
            raise PermanentModelError(sentence("unknown_model", self.host), kind="unknown_model") from error
        # Of a name without its provider LiteLLM hands neither back.
        return await client_for(provider, base or self.api_base, key or self.api_key, self.seconds)

    async def _wait_for_embedded(self) -> None:
        """Its server may still be fetching or loading the model, or be between a crash and its restart."""
        if not self.api_base:
            raise PermanentModelError(
                "The embedded model is not running here. Start it, or set MODEL and MODEL_API_KEY."
            )
        if not await wait_until_ready(self.api_base, WAIT_SECONDS):
            raise TransientModelError("The embedded model is not ready. Its server may still be starting.")


@functools.cache
def library() -> Any:
    """LiteLLM, imported at the first call: that takes seconds."""
    # Read while it is imported: no price list from the network, and no `.env` loaded behind our settings' back.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    import litellm

    litellm.suppress_debug_info = True
    litellm.telemetry = False
    close_other_ways()
    # Its log lines can hold prompts and keys; what failed is in the error we raise.
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # Where a provider's answer is in parts, its own object for it is not what it has declared; we read the provider's.
    warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning, "pydantic")
    return litellm
