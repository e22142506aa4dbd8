"""The steps in order: pairs in, persona with demonstrations and its accuracy out. Deterministic given the replies.

Everything that costs money goes through the language model port; everything drawn is drawn from the seed. Progress is
reported as values; who stores or streams them is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from app.domain.choices.chosen_lengths import chosen_lengths
from app.domain.choices.decisions import decisions_of, in_words
from app.domain.choices.preference import PreferencePair
from app.domain.choices.taught import Taught, taught_by
from app.domain.errors import BadInput, BudgetReached, CannotJudge, ProblemError
from app.domain.flaws import left_out_words, that_teach
from app.domain.measures import NAMES, rows_of
from app.domain.people.about import About
from app.domain.personas.counted import Counted
from app.domain.personas.persona import FEWEST_FOR_A_CLAIM, FEWEST_FOR_A_SKETCH, Accuracy, Persona
from app.domain.personas.style_facts import StyleFacts, style_facts
from app.domain.prompt_targets import document
from app.domain.report import Report
from app.induction.counting.counted_model import fit_rows
from app.induction.counting.counted_traits import told, with_ranges
from app.induction.counting.length_alone import is_length_alone
from app.induction.model.fitting import FEWEST_SLOT_TOKENS
from app.induction.model.language_model import LanguageModel, ModelProfile
from app.induction.model.prompts import digests
from app.induction.proof.by_counting import Proof
from app.induction.proof.parting import ordered, parted
from app.induction.proof.proof import prove
from app.induction.proof.with_and_without import with_and_without
from app.induction.recipes import RECIPES, Recipe
from app.induction.run import Emit, Judgement, Progress, Run
from app.induction.traits.learning import Learnt
from app.induction.traits.summary import worded_from_counts

__all__ = ["DEFAULT_RECIPE", "RECIPES", "Induced", "Judgement", "Progress", "check_choices", "fit", "ignore", "induce"]

DEFAULT_RECIPE = "traits"
NOTHING = About()


@dataclass(frozen=True, slots=True)
class Induced:
    """The result. `missing` says in plain sentences what failed, `notes` what was shortened or left out on purpose."""

    persona: Persona | None
    is_sketch: bool
    accuracy: Accuracy | None
    baseline: Accuracy | None
    report: Report | None
    style: StyleFacts
    counted: Counted
    judgements: tuple[Judgement, ...]
    train_ids: tuple[str, ...]
    validation_ids: tuple[str, ...]
    test_ids: tuple[str, ...]
    taught: Taught
    prompt_digests: dict[str, str]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    recipe: str
    seed: int
    model: str
    n_choices: int
    n_read: int
    n_decisions: int
    stated: str
    lengths: dict[str, int]
    length_alone: bool
    fit_calls: int
    """Calls that persona and prompt took; what tested them is counted apart."""

    def document(self) -> dict[str, Any]:
        """The stored persona document (domain/prompt_targets)."""
        return document(
            persona=self.persona,
            is_sketch=self.is_sketch,
            accuracy=self.accuracy,
            baseline=self.baseline,
            style=self.style.as_json(),
            model=self.model,
            recipe=self.recipe,
            seed=self.seed,
            n_choices=self.n_choices,
            n_read=self.n_read,
            n_decisions=self.n_decisions,
            missing=self.missing,
            notes=self.notes,
            report=self.report.as_json() if self.report else None,
            taught=self.taught,
            counted=self.counted,
            stated=self.stated,
            lengths=self.lengths,
            length_alone=self.length_alone,
        )


def ignore(progress: Progress) -> None:
    """The listener where nobody listens."""


async def induce(
    pairs: Sequence[PreferencePair],
    model: LanguageModel,
    *,
    recipe: str = DEFAULT_RECIPE,
    seed: int = 0,
    test_pairs: Sequence[PreferencePair] | None = None,
    about: About = NOTHING,
    emit: Emit = ignore,
) -> Induced:
    """What `pairs` say about how the person likes answers, in a persona tested on choices that did not write it.

    5 pairs give a sketch, without claims while they are fewer than 10 decisions (all of them write it). From there on
    `traits` learns from all and is tested by folds, the recipes of the paper hold about 30 % back; `test_pairs` test instead
    where they are given. Of `about` the lines of what is stated are tried as
    traits; all else of it is only compared with. Equal pairs, seed and replies give an equal result, in whatever
    order the pairs come.

    Raises BadInput (fewer than 5 pairs, unknown recipe, a model with too small a slot), ModelUnavailable (not one call
    was answered, or most failed; before the persona exists also CannotJudge, its subclass), RunCancelled, and BudgetReached before the persona exists; after that the persona is returned and
    `missing` says what was not done. Calls: see `estimate`.
    """
    work = _Work(pairs, model, recipe, seed, test_pairs, emit, about)
    try:
        await work.fit()
        await work.prove()
        await work.word()
    except (BudgetReached, CannotJudge) as error:
        if work.run.persona is None:
            raise
        work.run.missing.append(f"The persona is written, but not everything after it was done. {error}")
    return work.result()


async def fit(
    pairs: Sequence[PreferencePair],
    model: LanguageModel,
    *,
    recipe: str = DEFAULT_RECIPE,
    seed: int = 0,
    emit: Emit = ignore,
) -> Induced:
    """The persona alone, made of all `pairs` and tested on none of them. Raises as `induce` does."""
    work = _Work(pairs, model, recipe, seed, (), emit)
    await work.fit()
    return work.result()


class _Work:
    """One induction from reading to report."""

    def __init__(
        self,
        pairs: Sequence[PreferencePair],
        model: LanguageModel,
        recipe: str,
        seed: int,
        test_pairs: Sequence[PreferencePair] | None,
        emit: Emit,
        about: About = NOTHING,
    ) -> None:
        self._recipe = recipe_called(recipe)
        _check(pairs, model.profile)
        emit(Progress("reading", len(pairs), len(pairs)))
        self._about = about
        teaching = that_teach(pairs)
        self._pairs, self._n_deciding = ordered(pairs), len(decisions_of(teaching))
        self._has_tests = test_pairs is not None
        self._notes = [words for words in (left_out_words(pairs), left_out_words(test_pairs or ())) if words]
        if self._n_deciding < FEWEST_FOR_A_CLAIM <= len(teaching):
            self._notes.append(
                f"{in_words(teaching)} are too few to test on: an answer chosen over several others counts once."
            )
        tests = None if test_pairs is None else that_teach(test_pairs)
        self._parts = parted(teaching, tests, self._recipe, model.profile, seed, self._notes)
        self._taught = taught_by((*self._parts.train, *self._parts.validation))
        self._learnt: Learnt | None = None
        self._proof: Proof | None = None
        self._fit_calls = 0
        self.run = Run(model, seed, emit, describe=lambda _: self.result().document(), stated=about.stated)
        read = (*self._parts.train, *self._parts.validation)
        self._rows = rows = rows_of(read)
        prior = self.run.prior
        self._style = style_facts(read, rows, {name: prior.share_of(name) for name in NAMES})
        emit(Progress("style", 1, 1, {"style": self._style.as_json()}))
        self._counted = with_ranges(told(fit_rows(rows, prior), read, rows, prior), prior)

    async def fit(self) -> None:
        """Fills in the run's persona."""
        try:
            self._learnt = await self._recipe.fit(self.run, self._parts.train, self._parts.validation)
        finally:
            self._fit_calls = self.run.sent

    async def prove(self) -> None:
        """Tests what was learnt, as the recipe has it."""
        run, parts = self.run, self._parts
        if self._recipe.by_folds:
            test = parts.test if self._has_tests else None
            self._proof = await prove(run, self._learnt, parts.train, test, self._about, tests=self._recipe.tests)
        elif run.persona and parts.test:
            accuracy, baseline = await with_and_without(run, run.persona, parts.test, self._recipe)
            self._proof = Proof(None, accuracy, baseline)

    async def word(self) -> None:
        """Has a counted persona worded by a small model that is there, once everything is counted and can be shown. Nothing is
        missing where that is refused or stopped: the letter that code wrote stays."""
        run = self.run
        if run.profile.small and run.profile.words and run.persona and run.persona.traits and self._recipe.by_folds:
            run.emit(Progress("wording", 0, 1, {"persona": self.result().document()}))
            with suppress(ProblemError):
                run.persona = await worded_from_counts(run, run.persona)
                run.emit(Progress("wording", 1, 1))

    def result(self) -> Induced:
        """What there is so far."""
        run, parts, proof = self.run, self._parts, self._proof
        read = (*parts.train, *parts.validation)
        asked = [_shortened(len(run.shortened))] if run.shortened else []
        asked += [_reworded(len(run.reworded))] if run.reworded else []
        return Induced(
            persona=run.persona,
            is_sketch=self._n_deciding < FEWEST_FOR_A_CLAIM,
            accuracy=proof.accuracy if proof else None,
            baseline=proof.baseline if proof else None,
            report=proof.report if proof else None,
            style=self._style,
            counted=self._counted,
            stated=self._about.stated,
            lengths=chosen_lengths(parts.train),
            length_alone=is_length_alone(run.persona.traits if run.persona else (), self._counted, read, self._rows),
            judgements=tuple(run.judgements.values()),
            train_ids=_ids(parts.train),
            validation_ids=_ids(parts.validation),
            test_ids=_ids(parts.test),
            taught=self._taught,
            prompt_digests=digests(),
            missing=tuple(run.missing),
            notes=(*self._notes, *run.notes, *asked),
            recipe=self._recipe.name,
            seed=run.seed,
            model=run.profile.name,
            n_choices=len(self._pairs),
            n_read=len(read),
            n_decisions=len(decisions_of(read)),
            fit_calls=self._fit_calls or run.sent,
        )


def recipe_called(name: str) -> Recipe:
    """The recipe of this name. Raises BadInput for any other."""
    if name not in RECIPES:
        raise BadInput(f"There is no recipe {name!r}. Choose one of: {', '.join(RECIPES)}.")
    return RECIPES[name]


def check_choices(pairs: Sequence[PreferencePair]) -> None:
    """Raises BadInput where these choices make no persona, whatever the model: too few that teach, or two of one id."""
    teaching = len(that_teach(pairs))
    if teaching < FEWEST_FOR_A_SKETCH:
        left_out = f" {left_out_words(pairs)}" if teaching < len(pairs) else ""
        raise BadInput(
            f"{teaching} of {FEWEST_FOR_A_SKETCH} choices: {FEWEST_FOR_A_SKETCH - teaching} more and a first "
            f"sketch can be written.{left_out}"
        )
    if len({pair.pair_id for pair in pairs}) < len(pairs):
        raise BadInput("Two choices have the same id; each needs its own.")


def _check(pairs: Sequence[PreferencePair], profile: ModelProfile) -> None:
    check_choices(pairs)
    if profile.slot_tokens < FEWEST_SLOT_TOKENS:
        raise BadInput(
            f"The model {profile.name} takes {profile.slot_tokens:,} tokens at once; at least {FEWEST_SLOT_TOKENS:,} "
            "are needed."
        )


def _ids(pairs: Sequence[PreferencePair]) -> tuple[str, ...]:
    return tuple(pair.pair_id for pair in pairs)


def _shortened(prompts: int) -> str:
    noun = "prompt" if prompts == 1 else "prompts"
    return f"{prompts} {noun} to the model showed shortened texts or fewer examples, so as to fit it."


def _reworded(prompts: int) -> str:
    noun = "reply of the model" if prompts == 1 else "replies of the model"
    return f"{prompts} {noun} could not be used and {'was' if prompts == 1 else 'were'} asked for once more in other words."
