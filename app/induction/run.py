"""The state of one induction while it runs: what was asked, what was judged, what exists so far, what failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from app.domain.errors import ModelUnavailable
from app.domain.persona import Persona
from app.induction.model.fitting import Fitted
from app.induction.model.language_model import Answer, LanguageModel, ModelFailure, ModelProfile, Prompt
from app.induction.model.prompts import phrase

Stage = Literal["reading", "style", "guessing", "checking", "proposing", "voting", "writing", "picking", "testing"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stage is. `payload` is JSON-able and carries what can be shown already."""

    stage: Stage
    done: int
    total: int
    payload: Mapping[str, object] = field(default_factory=dict)


Emit = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One pair judged under one condition.

    log_odds   natural-log odds of the person's real choice, over both orders; None without probabilities
    hit        whether the real choice was predicted; None where the model gave nothing usable
    flipped    whether the verdict changed with the order; None where only one order, or none, was asked
    """

    pair_id: str
    condition: str
    log_odds: float | None
    hit: bool | None
    flipped: bool | None
    reasoning: str = ""
    call_digests: tuple[str, ...] = ()


@dataclass
class Run:
    """Shared by the steps of one induction. No prompt is sent twice: answers are kept by digest."""

    model: LanguageModel
    seed: int
    emit: Emit
    describe: Callable[[Persona], Mapping[str, object]]
    judgements: dict[tuple[str, str], Judgement] = field(default_factory=dict)
    persona: Persona | None = None
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    shortened: set[str] = field(default_factory=set)
    reworded: set[str] = field(default_factory=set)
    _answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def profile(self) -> ModelProfile:
        return self.model.profile

    async def ask(
        self,
        prompts: Sequence[Fitted],
        stage: Stage | None = None,
        *,
        done: int = 0,
        total: int = 0,
        per: int = 1,
        counts: Sequence[int] = (),
    ) -> list[Answer]:
        """The answers in the order of the prompts, asked in rounds of `profile.parallel` so that the count moves.

        After each round `stage` is reported with the number of items that are done, counted from `done`: items whose
        `per` prompts are all answered, or the sum of `counts`, the items in each prompt. A reply that could not be used
        is asked for once more in other words. Raises BudgetReached or RunCancelled from the model.
        """
        width = max(1, self.profile.parallel)
        if self.profile.small:
            # Reading is nearly all the work: one after the other, each finds its beginning read already, and is counted.
            width = 1
        self.shortened.update(fitted.prompt.digest for fitted in prompts if fitted.shortened)
        for start in range(0, len(prompts), width):
            await self._answer_all([fitted.prompt for fitted in prompts[start : start + width]])
            if stage:
                end = min(start + width, len(prompts))
                self.emit(Progress(stage, done + (sum(counts[:end]) if counts else end // per), total))
        return [self._answers[fitted.prompt.digest] for fitted in prompts]

    async def _answer_all(self, prompts: Sequence[Prompt]) -> None:
        fresh = list({p.digest: p for p in prompts if p.digest not in self._answers}.values())
        if not fresh:
            return
        self._answers.update(zip((p.digest for p in fresh), await self.model.answer(fresh), strict=True))
        again = [p for p in fresh if _is_unusable(self._answers[p.digest])]
        if again:
            self.reworded.update(prompt.digest for prompt in again)
            # At temperature 0 the same words bring the same reply.
            answers = await self.model.answer([_reworded(prompt) for prompt in again])
            self._answers.update(zip((p.digest for p in again), answers, strict=True))

    def apart(self) -> Run:
        """A run of its own over the same model: it is not heard, and answers already paid for are shared."""
        return replace(self, emit=_unheard, judgements={}, persona=None, missing=[], notes=[])

    def show(self, persona: Persona) -> None:
        """Makes the persona part of the result, whatever comes after, and lets it be shown at once."""
        self.persona = persona
        self.emit(Progress("writing", 1, 1, {"persona": dict(self.describe(persona))}))

    def stop_if_silent(self) -> None:
        """Raises ModelUnavailable where not one call so far was answered; going on would ask a dead model for hours."""
        failed = [answer for answer in self._answers.values() if isinstance(answer, ModelFailure)]
        if failed and len(failed) == len(self._answers):
            raise ModelUnavailable(
                f"The model {self.profile.name} answered none of {len(failed)} call{'s' * (len(failed) > 1)}: "
                f"{failed[0].reason} "
                "Your choices are safe; try again when the model is there."
            )

    def note_failures(self, answers: Sequence[Answer], doing: str) -> None:
        """Adds a plain sentence to `missing` where calls failed; unusable replies that did arrive are no failures."""
        failed = [answer for answer in answers if isinstance(answer, ModelFailure)]
        if failed:
            self.missing.append(
                f"The model did not answer {len(failed)} of {len(answers)} calls while {doing}: {failed[0].reason}"
            )

    def keep(self, judgement: Judgement) -> Judgement:
        """Files a judgement under its pair and condition and gives it back."""
        self.judgements[judgement.pair_id, judgement.condition] = judgement
        return judgement


def _unheard(_progress: Progress) -> None:
    """Nobody listens."""


def _is_unusable(answer: Answer) -> bool:
    return isinstance(answer, ModelFailure) and answer.unusable


def _reworded(prompt: Prompt) -> Prompt:
    *before, last = prompt.messages
    # Short, for prompts are fitted to the model's slot without it.
    return replace(prompt, messages=(*before, replace(last, content=f"{last.content}\n{phrase('insist')}")))
