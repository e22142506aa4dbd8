"""One paid call to a model: committed replies, the ledger, and the retry rules, which live here and nowhere else.

What a provider's failure means (transient or permanent) is decided in adapters; where replies and reservations are kept
is decided by the ledger: the database for runs in the product, memory for one command on a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from typing import Protocol, runtime_checkable

from app.domain.texts.storable_text import storable, storable_json
from app.induction.model.language_model import (
    Answer,
    ModelError,
    ModelFailure,
    ModelProfile,
    PermanentModelError,
    Prompt,
    Reply,
    TransientModelError,
)
from app.services.calling.awaiting import NOBODY_WAITS, Awaited, Awaiting, NobodyWaits
from app.services.calling.lanes import NOBODY, Caller, Turn
from app.services.calling.model_gate import LONGEST_PAUSE_SECONDS, Gate, Sleep
from app.services.calling.provider_rest import NotNow

MOST_TRIES = 4
"""Of a call that gets no answer."""
PAUSES_SECONDS = (1.0, 4.0, 15.0)
"""Before the second, third and fourth try. Fixed, so that equal faults give equal runs."""
MOST_UNUSABLE = 2
"""Tries that bring a text which is not what was asked for: a model repeats itself, so further ones are in vain."""
MOST_REFUSALS = 8
"""Refusals by the provider's rate limit, those with others in one moment as one; they are counted apart from failures."""
MOST_REFUSED = 2 * MOST_REFUSALS
"""Tries that it refuses, however they are counted."""
MOST_SENT = MOST_TRIES + MOST_REFUSED - 1
"""Tries of one call in all, whatever they meet."""

Around = Callable[[], AbstractAsyncContextManager[None]]


class Completer(Protocol):
    """One unretried call to a model."""

    @property
    def profile(self) -> ModelProfile: ...

    async def complete(self, prompt: Prompt) -> Reply:
        """The reply, usable by its form. Raises TransientModelError or PermanentModelError, nothing else."""
        ...


@runtime_checkable
class Streaming(Completer, Protocol):
    """A model that can also tell an answer as it grows."""

    async def stream(self, prompt: Prompt, said: Callable[[str], None]) -> Reply:
        """As `complete`; `said` is given the text so far, "" where it begins, or begins anew."""
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

    def fail(
        self, digest: str, attempt: int, reason: str, *, is_charged: bool = True, is_unusable: bool = False
    ) -> None:
        """Marks a try as failed; it stays counted as a call, and unless the provider charges nothing with its tokens.

        `is_unusable` where a text came, but not what was asked for: to ask again would bring the same.
        """
        ...

    def attempts(self, digest: str) -> int:
        """Tries already on the ledger, so that a resumed call takes the next number."""
        ...


async def pay_for(
    prompt: Prompt,
    completer: Completer,
    ledger: Ledger,
    gate: Gate,
    sleep: Sleep = asyncio.sleep,
    around: Around = nullcontext,
    caller: Caller = NOBODY,
    awaited: Awaited | None = None,
) -> Answer:
    """The answer to one prompt, from the ledger or from the model.

    What got no answer is tried four times in all (or as often as `awaited` says), after fixed pauses or those the provider asked for; a wait of over two
    minutes is told, with the time at which to start again, and not waited out. A text that is not what was asked for is
    asked for twice. A rate limit is no failure of the call: the `caller` waits at the model's `gate`, until the limit has
    refused this call eight times, or everybody who waits eight times in a row. While the provider rests nothing is sent.
    BudgetReached and RunCancelled pass through before anything is sent; every other failure comes back as ModelFailure.
    `around` is entered for each try, from before its reservation until it is settled. `awaited` is told the text as it grows, where the
    model can tell it; as soon as nobody waits, a try under way is ended, and no other sent: that is no fault of the provider.
    """
    kept = ledger.committed(prompt.digest)
    if kept is not None:
        return kept
    place = gate.place(caller)
    most_tries = (awaited.tries if awaited else 0) or MOST_TRIES
    refused = unusable = failed = 0
    while True:
        try:
            async with gate.turn(place) as turn, around():
                answer = await _try_once(prompt, completer, ledger, awaited)
                _note(gate, turn, answer, completer.profile.name)
        except NotNow as reason:
            return ModelFailure(str(reason))
        if isinstance(answer, Reply | ModelFailure):
            return answer
        asked = answer.retry_after
        if asked is not None and asked > LONGEST_PAUSE_SECONDS:
            return ModelFailure(gate.told_to_wait(turn, asked, answer.reason))
        if isinstance(answer, PermanentModelError):
            return ModelFailure(answer.reason, unusable=answer.unusable)
        if answer.is_rate_limit:
            refused += 1
            if refused < MOST_REFUSED and await gate.refused(turn, asked):
                continue
            after = "waiting did not help"
        else:
            failed += 1
            unusable += answer.unusable
            if failed < most_tries and unusable < MOST_UNUSABLE:
                if not gate.rest.is_on:  # else the gate knows how long to wait, or that nobody is to
                    await sleep(PAUSES_SECONDS[failed - 1] if asked is None else max(0.0, asked))
                continue
            after = f"after {refused + failed} tries"
        return ModelFailure(f"{answer.reason.removesuffix('.')} ({after}).", unusable=answer.unusable)


def _note(gate: Gate, turn: Turn, answer: Answer | ModelError, model: str) -> None:
    """Tells the gate and the log how a try ended. One that was ended here says nothing of its provider."""
    if isinstance(answer, Reply):
        gate.answered(turn)
    elif isinstance(answer, ModelError):
        gate.failed(turn, answer)
        gate.tally.failed(model, answer)


async def _try_once(
    prompt: Prompt, completer: Completer, ledger: Ledger, awaited: Awaited | None
) -> Answer | TransientModelError | PermanentModelError:
    """One try, entered in the ledger from reservation to end; ModelFailure where nobody waits for it. Raises what the reservation
    raises."""
    if awaited and awaited.is_left:
        return ModelFailure(NOBODY_WAITS)
    attempt = ledger.attempts(prompt.digest) + 1
    profile = completer.profile
    most = prompt.max_tokens + profile.thought_room
    ledger.reserve(prompt.digest, attempt, prompt.purpose, profile.name, prompt.estimated_tokens, most)
    try:
        reply = _storable(prompt, await _reply(prompt, completer, awaited))
    except NobodyWaits:
        ledger.fail(prompt.digest, attempt, NOBODY_WAITS)
        return ModelFailure(NOBODY_WAITS)
    except PermanentModelError as error:
        ledger.fail(prompt.digest, attempt, error.reason, is_unusable=error.unusable)
        return error
    except TransientModelError as error:
        ledger.fail(
            prompt.digest,
            attempt,
            error.reason,
            is_charged=not error.is_rate_limit,
            is_unusable=error.unusable,
        )
        return error
    ledger.settle(prompt.digest, attempt, prompt.purpose, reply)
    return reply


async def _reply(prompt: Prompt, completer: Completer, awaited: Awaited | None) -> Reply:
    if awaited is None:
        return await completer.complete(prompt)
    if isinstance(completer, Streaming):
        return await awaited.unless_left(completer.stream(prompt, awaited.said))
    return await awaited.unless_left(completer.complete(prompt))


def _storable(prompt: Prompt, reply: Reply) -> Reply:
    """Cleaned once, where every reply passes: a person is shown, and a later execution reads, what was stored."""
    return replace(reply, text=storable_json(reply.text) if prompt.schema else storable(reply.text))


class MeteredModel:
    """The language model port over a completer and a ledger: what induction is given outside the job engine."""

    def __init__(self, completer: Completer, ledger: Ledger, sleep: Sleep = asyncio.sleep) -> None:
        self._completer = completer
        self._ledger = ledger
        self._gate = Gate(sleep)
        self._sleep = sleep

    @property
    def profile(self) -> ModelProfile:
        return self._completer.profile

    async def answer(self, prompts: Sequence[Prompt], awaiting: Awaiting | None = None) -> list[Answer]:
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
                    answers[prompt.digest] = await pay_for(
                        prompt,
                        self._completer,
                        self._ledger,
                        self._gate,
                        self._sleep,
                        awaited=awaiting.get(prompt.digest) if awaiting else None,
                    )
                except Exception as error:  # raised below, once the calls in flight are settled
                    stopped.append(error)

        await asyncio.gather(*(one(prompt) for prompt in unique.values()))
        if stopped:
            raise stopped[0]
        return [answers[prompt.digest] for prompt in prompts]
