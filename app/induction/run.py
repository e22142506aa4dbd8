"""The state of one induction while it runs: what was asked, what was judged, what exists so far, what failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.domain.errors import ModelUnavailable
from app.domain.persona import Persona
from app.induction.fitting import Fitted
from app.induction.language_model import Answer, LanguageModel, ModelFailure, ModelProfile

Stage = Literal["reading", "style", "guessing", "checking", "writing", "picking", "testing"]


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
    _answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def profile(self) -> ModelProfile:
        return self.model.profile

    async def ask(
        self, prompts: Sequence[Fitted], stage: Stage | None = None, *, done: int = 0, total: int = 0, per: int = 1
    ) -> list[Answer]:
        """The answers in the order of the prompts, asked in rounds of `profile.parallel` so that the count moves.

        After each round `stage` is reported with the number of items whose `per` prompts are all answered, counted
        from `done`. Raises BudgetReached or RunCancelled from the model.
        """
        width = max(1, self.profile.parallel)
        self.shortened.update(fitted.prompt.digest for fitted in prompts if fitted.shortened)
        for start in range(0, len(prompts), width):
            chunk = [fitted.prompt for fitted in prompts[start : start + width]]
            fresh = list({p.digest: p for p in chunk if p.digest not in self._answers}.values())
            if fresh:
                answers = await self.model.answer(fresh)
                self._answers.update(zip((p.digest for p in fresh), answers, strict=True))
            if stage:
                self.emit(Progress(stage, done + min(start + width, len(prompts)) // per, total))
        return [self._answers[fitted.prompt.digest] for fitted in prompts]

    def show(self, persona: Persona) -> None:
        """Makes the persona part of the result, whatever comes after, and lets it be shown at once."""
        self.persona = persona
        self.emit(Progress("writing", 1, 1, {"persona": dict(self.describe(persona))}))

    def stop_if_silent(self) -> None:
        """Raises ModelUnavailable where not one call so far was answered; going on would ask a dead model for hours."""
        failed = [answer for answer in self._answers.values() if isinstance(answer, ModelFailure)]
        if failed and len(failed) == len(self._answers):
            raise ModelUnavailable(
                f"The model {self.profile.name} answered none of {len(failed)} calls: {failed[0].reason}. "
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
