"""The language model port inside a workflow: every call is a durable step.

What the job engine records of a call is its digest and how it ended, never a text: the reply is committed in the
application's own database, together with the ledger's settlement, before the step returns; of a failure the sentence for
the person is recorded, which is ours and quotes nothing. On replay the recorded digest must be the digest asked for; a run
that asks for something else than it did before fails loudly.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

from app.domain.errors import BudgetReached, ProblemError, RunCancelled, SpendingRefused
from app.induction.model.language_model import Answer, ModelFailure, ModelProfile, Prompt
from app.services.calling.awaiting import Awaiting
from app.services.calling.lanes import Caller
from app.services.calling.model_calls import Completer, pay_for
from app.services.calling.model_gate import Gate
from app.storage.spending.ledger import DatabaseLedger
from app.storage.working.job_requests import MOST_STARTS

Step = Callable[[Callable[[], Awaitable[str]]], Awaitable[str]]
"""Runs the body as the next durable step, or gives what an earlier execution recorded for it. Its place in the order is
taken when it is called, not when it is awaited."""

ANSWERED, FAILED, UNUSABLE = "answered", "failed", "unusable"
BUDGET, CANCELLED, DEADLY = "budget", "cancelled", "deadly"

DEADLY_CALL = (
    "The worker stopped five times while it waited for the same answer, so this was given up. Your choices are safe. "
    "Start again; if it stops again, use another model."
)


class ReplayMismatch(ProblemError):
    """A later execution asked for other calls than the first one; the settings or the program changed in between."""


class Drain:
    """Lets the tries in flight finish and no new one begin, once the worker is asked to stop."""

    def __init__(self) -> None:
        self.is_draining = False
        self.in_flight = 0

    @asynccontextmanager
    async def one_try(self) -> AsyncIterator[None]:
        """Counts one try as in flight; a call that only pauses or waits for its turn is not.

        Never entered once draining: the process is about to end, and another execution makes the call.
        """
        if self.is_draining:
            await asyncio.Event().wait()
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1


class DurableModel:
    """Answers prompts through steps; at most `profile.parallel` calls are in flight."""

    def __init__(
        self,
        completer: Completer,
        ledger: DatabaseLedger,
        step: Step,
        drain: Drain,
        gate: Gate,
        profile: ModelProfile | None = None,
    ) -> None:
        self._completer = completer
        self._profile = profile or completer.profile
        self._ledger = ledger
        self._step = step
        self._drain = drain
        self._gate = gate
        # Somebody waits for the answers to a prompt of theirs; a run and the alternatives to an import go on by themselves.
        self._caller = Caller(ledger.account_id, is_awaited=ledger.kind == "answers")
        self._places = asyncio.Semaphore(max(1, self._profile.parallel))

    @property
    def profile(self) -> ModelProfile:
        """What the core must know of the model behind the steps: as the run began with it, where it did."""
        return self._profile

    async def answer(self, prompts: Sequence[Prompt], awaiting: Awaiting | None = None) -> list[Answer]:
        """One answer per prompt, in order; equal prompts are one step. Those that are `awaiting` are told as they grow, and ended where nobody
        waits any more; the step then ends as one that failed. Raises BudgetReached, RunCancelled, ReplayMismatch, or TakenOver where another worker has the job by now."""
        distinct = {prompt.digest: prompt for prompt in prompts}
        steps = [self._step(partial(self._call, prompt, awaiting)) for prompt in distinct.values()]
        outcomes = await asyncio.gather(*steps, return_exceptions=True)
        answers: dict[str, Answer] = {}
        ends: dict[str, str] = {}
        for digest, outcome in zip(distinct, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            recorded, _, told = outcome.partition(" ")
            end, _, reason = told.partition(" ")
            if recorded != digest:
                raise ReplayMismatch(
                    "The program or its settings changed in the middle of this run, so it cannot be resumed. "
                    "Start it again."
                )
            ends[end] = max(reason, ends.get(end, ""))
            if end in (ANSWERED, FAILED, UNUSABLE):
                answers[digest] = self._answer(digest, end, reason)
        _raise_refusal(ends)
        return [answers[prompt.digest] for prompt in prompts]

    async def _call(self, prompt: Prompt, awaiting: Awaiting | None) -> str:
        async with self._places:
            return f"{prompt.digest} {await self._end_of(prompt, awaiting)}"

    async def _end_of(self, prompt: Prompt, awaiting: Awaiting | None) -> str:
        if self._ledger.committed(prompt.digest) is not None:
            return ANSWERED
        if self._ledger.left_in_flight(prompt.digest) >= MOST_STARTS:
            return DEADLY
        try:
            answer = await pay_for(
                prompt,
                self._completer,
                self._ledger,
                self._gate,
                around=self._drain.one_try,
                caller=self._caller,
                awaited=awaiting.get(prompt.digest) if awaiting else None,
            )
        except SpendingRefused as refused:
            return f"{BUDGET} {refused}"
        except BudgetReached:
            return BUDGET
        except RunCancelled:
            return CANCELLED
        if isinstance(answer, ModelFailure):
            return f"{UNUSABLE if answer.unusable else FAILED} {answer.reason}"
        return ANSWERED

    def _answer(self, digest: str, end: str, reason: str) -> Answer:
        """Read back rather than passed on, so that first execution and replay cannot differ."""
        if end in (FAILED, UNUSABLE):
            # Of a call that was never sent the ledger knows nothing; a step recorded by an earlier version has no reason.
            said = reason or self._ledger.last_failure(digest) or "The model gave no usable answer."
            return ModelFailure(said, unusable=end == UNUSABLE)
        reply = self._ledger.committed(digest)
        if reply is None:
            raise ReplayMismatch("An answer this run had received is no longer stored. Start it again.")
        return reply


def _raise_refusal(ends: Mapping[str, str]) -> None:
    if CANCELLED in ends:
        raise RunCancelled("You stopped this run. What it had learned so far is kept.")
    if DEADLY in ends:
        raise ProblemError(DEADLY_CALL)
    if ends.get(BUDGET):
        raise SpendingRefused(ends[BUDGET])
    if BUDGET in ends:
        raise BudgetReached("The limit of calls or tokens for this run is reached; no further call was sent.")
