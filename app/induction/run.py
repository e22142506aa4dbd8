"""The state of one induction while it runs: what was asked, what was judged, what exists so far, what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from app.domain.errors import CannotJudge, ModelUnavailable
from app.domain.personas.persona import Persona
from app.induction.counting.prior import CountedPrior, shipped_prior
from app.induction.guessing.stacked_guess import StackedGuess, shipped_guess
from app.induction.model.fitting import Fitted
from app.induction.model.language_model import Answer, Judging, LanguageModel, ModelFailure, ModelProfile, Prompt
from app.induction.model.prompts import phrase

Stage = Literal[
    "reading", "style", "guessing", "checking", "proposing", "voting", "writing", "picking", "testing", "wording"
]

_FEWEST_TO_STOP = 20
"""Calls beyond which a run stops where over half have failed."""
_FAILED_IN_A_ROW = 21
"""And so it does, however many were answered before, where so many fail one after the other."""
MOST_BEFORE_A_LOOK = _FEWEST_TO_STOP
"""Calls after which it is looked at whether judgements say anything, before failures alone would stop the run."""
FEWEST_TO_TELL = 10
_SAY_NOTHING = 0.9
"""Share of ten choices or more of which it says nothing, from which on the model is taken not to be able to judge so."""


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
    prior: CountedPrior = field(default_factory=shipped_prior)
    """What most people choose, from which counting starts."""
    stated: str = ""
    """What the person typed of how answers should be: its lines are tried as traits, like what the model proposes."""
    guess: StackedGuess = field(default_factory=shipped_guess)
    """How far each way of guessing is believed in the one guess."""
    judgements: dict[tuple[str, str], Judgement] = field(default_factory=dict)
    persona: Persona | None = None
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    shortened: set[str] = field(default_factory=set)
    reworded: set[str] = field(default_factory=set)
    blind: dict[str, Judgement] = field(default_factory=dict)
    """What was judged without knowing the person, by pair: it knows no label, so folds share it."""
    _answers: dict[str, Answer] = field(default_factory=dict)
    _said: dict[bool, dict[str, bool]] = field(default_factory=lambda: {True: {}, False: {}})

    @property
    def sent(self) -> int:
        """Calls put to the model so far, those in other words included; tries of one call are behind the port."""
        return len(self._answers) + len(self.reworded)

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

        After each round `stage` is reported with the number of items that are done, counted from `done`: every `per`
        prompts make one, or every `per` of the parts that `counts` says each prompt has. A reply that could not be used
        is asked for once more in other words. Raises BudgetReached or RunCancelled from the model, and ModelUnavailable
        where most calls fail.
        """
        width = max(1, self.profile.parallel)
        if self.profile.small:
            # Reading is nearly all the work: one after the other, each finds its beginning read already, and is counted.
            width = 1
        self.shortened.update(fitted.prompt.digest for fitted in prompts if fitted.shortened)
        for start in range(0, len(prompts), width):
            await self._answer_all([fitted.prompt for fitted in prompts[start : start + width]])
            self._stop_if_mostly_failed()
            if stage:
                end = min(start + width, len(prompts))
                self.emit(Progress(stage, done + (sum(counts[:end]) if counts else end) // per, total))
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
                f"{_why_and_what_now(failed[0])}"
            )

    def stop_if_gone(self) -> None:
        """Raises ModelUnavailable where the newest call got no answer at all: for steps that have nothing to go on with,
        which would blame the choices or the model's judgement for it."""
        last = next(reversed(self._answers.values()), None)
        if isinstance(last, ModelFailure) and not last.unusable:
            raise ModelUnavailable(
                f"The model {self.profile.name} stopped answering before a persona could be written: "
                f"{_why_and_what_now(last)}"
            )

    def _stop_if_mostly_failed(self) -> None:
        answers = list(self._answers.values())
        failed = [answer for answer in answers if isinstance(answer, ModelFailure)]
        last = answers[-_FAILED_IN_A_ROW:]
        is_gone = len(last) == _FAILED_IN_A_ROW and all(isinstance(answer, ModelFailure) for answer in last)
        if is_gone or (len(answers) > _FEWEST_TO_STOP and 2 * len(failed) > len(answers)):
            ((commonest, _),) = Counter(failed).most_common(1)
            raise ModelUnavailable(
                f"{len(failed)} of {len(answers)} calls to the model {self.profile.name} failed, so the run was stopped "
                f"before more was spent. The commonest reason: {_why_and_what_now(commonest)}"
            )

    def note_said(self, judgement: Judgement, form: Judging, *, in_both_orders: bool) -> None:
        """Counts a choice of which the model judged, and whether that said anything about which answer is better; under any
        condition, for a choice may be a toss-up under all of them. An even split over both orders says nothing.

        Raises CannotJudge where of ten choices and more nearly all got nothing: they would be told as wrong guesses. One
        order and both are counted apart, for what names whatever stands first says nothing only in both.
        """
        said = self._said[in_both_orders]
        says = judgement.hit is not None and judgement.log_odds != 0
        said[judgement.pair_id] = said.get(judgement.pair_id, False) or says
        silent = list(said.values()).count(False)
        if len(said) >= FEWEST_TO_TELL and silent >= _SAY_NOTHING * len(said):
            raise CannotJudge(
                f"What the model {self.profile.name} said of {silent} of the first {len(said)} choices says nothing about "
                f"which answer is better: it cannot judge in the form in which it was asked ({form}), so it was not asked "
                f"further. {_WHAT_HELPS[form]} Your choices are safe."
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


_ANOTHER_FORM = "MODEL_JUDGING and MODEL_HABITS set other forms of asking."
_WHAT_HELPS: Mapping[Judging, str] = MappingProxyType(
    {
        "pointwise": "Set MODEL_JUDGING=stacked, in which it writes its verdicts down, and start again.",
        "both_orders": "Set MODEL_JUDGING=stacked, in which it writes its verdicts down, and start again.",
        "stacked": "Set MODEL_JUDGING=reasoned, in which it is asked about one pair at a time, and start again.",
        "reasoned": "Set MODEL_JUDGING=both_orders, if it tells log-probabilities, or use another model.",
    }
)


def _unheard(_progress: Progress) -> None:
    """Nobody listens."""


def _why_and_what_now(failure: ModelFailure) -> str:
    """The reason of a run's end, that nothing is lost, and what to do; what the reason says already is not told again."""
    reason = failure.reason
    if "Nothing was lost" in reason:
        return reason
    if failure.unusable or "MODEL" in reason:
        form = "" if "MODEL" in reason else f"{_ANOTHER_FORM} "
        return f"{reason} {form}Your choices are safe."
    if reason.endswith(" tries)."):  # it was worth trying again, as it will be later
        return f"{reason} Your choices are safe; try again when the model is there."
    return f"{reason} Your choices are safe. Mend what the reason names, or use another model, and start again."


def _is_unusable(answer: Answer) -> bool:
    return isinstance(answer, ModelFailure) and answer.unusable


def _reworded(prompt: Prompt) -> Prompt:
    *before, last = prompt.messages
    # Short, for prompts are fitted to the model's slot without it.
    return replace(prompt, messages=(*before, replace(last, content=f"{last.content}\n{phrase('insist')}")))
