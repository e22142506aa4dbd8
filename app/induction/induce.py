"""The steps in order: pairs in, persona with demonstrations and its accuracy out. Deterministic given the replies.

Everything that costs money goes through the language model port; everything drawn is drawn from the seed. Progress is
reported as values; who stores or streams them is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import BadInput, BudgetReached
from app.domain.persona import FEWEST_FOR_A_CLAIM, FEWEST_FOR_A_SKETCH, Accuracy, Persona
from app.domain.preference import PreferencePair, Split, pair_digest, split
from app.domain.prompt_targets import document
from app.domain.style import StyleFacts, style_facts
from app.induction.evaluation import judge_each
from app.induction.fitting import FEWEST_SLOT_TOKENS
from app.induction.judge import PLAIN, Condition
from app.induction.language_model import LanguageModel, ModelProfile
from app.induction.prompts import digests
from app.induction.recipes import MOST_TRAINED_SMALL, RECIPES, Recipe, guide, most_candidates
from app.induction.run import Emit, Judgement, Progress, Run, Stage

__all__ = ["RECIPES", "Estimate", "Induced", "Judgement", "Progress", "Stage", "estimate", "ignore", "induce"]

TEST_SHARE = 0.3
MOST_TESTED = 20
MOST_TESTED_SMALL = 9


@dataclass(frozen=True, slots=True)
class Induced:
    """The result. `missing` says in plain sentences what failed, `notes` what was shortened or left out on purpose."""

    persona: Persona | None
    is_sketch: bool
    accuracy: Accuracy | None
    baseline: Accuracy | None
    style: StyleFacts
    judgements: tuple[Judgement, ...]
    train_ids: tuple[str, ...]
    validation_ids: tuple[str, ...]
    test_ids: tuple[str, ...]
    prompt_digests: dict[str, str]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    recipe: str
    seed: int
    model: str
    n_choices: int

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
            missing=self.missing,
            notes=self.notes,
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """About what a run costs before it is started; the budget, not this, is the cap."""

    calls: int
    tokens: int


def ignore(progress: Progress) -> None:
    """The listener where nobody listens."""


async def induce(
    pairs: Sequence[PreferencePair],
    model: LanguageModel,
    *,
    recipe: str = "paper-lean",
    seed: int = 0,
    test_pairs: Sequence[PreferencePair] | None = None,
    emit: Emit = ignore,
) -> Induced:
    """What `pairs` say about how the person likes answers, in a persona tested on choices that did not write it.

    5 to 9 pairs give a sketch without claims (all of them write it); from 10 on about 30 % are held out as a test,
    unless `test_pairs` are given. Equal pairs, seed and replies give an equal result, in whatever order the pairs come.

    Raises BadInput (fewer than 5 pairs, unknown recipe, a model with too small a slot), ModelUnavailable (not one call
    was answered), RunCancelled, and BudgetReached before the persona exists; after that the persona is returned and
    `missing` says what was not done. Calls: see `estimate`.
    """
    chosen = _recipe(recipe)
    _check(pairs, model.profile)
    emit(Progress("reading", len(pairs), len(pairs)))
    style = style_facts(pairs)
    emit(Progress("style", 1, 1, {"style": style.as_json()}))

    notes: list[str] = []
    parts = _parts(pairs, test_pairs, chosen, model.profile, seed, notes)
    is_sketch = len(pairs) < FEWEST_FOR_A_CLAIM

    def result(run: Run, tested: tuple[Accuracy, Accuracy] | None) -> Induced:
        shortened = [_shortened(len(run.shortened))] if run.shortened else []
        return Induced(
            persona=run.persona,
            is_sketch=is_sketch,
            accuracy=tested[0] if tested else None,
            baseline=tested[1] if tested else None,
            style=style,
            judgements=tuple(run.judgements.values()),
            train_ids=_ids(parts.train),
            validation_ids=_ids(parts.validation),
            test_ids=_ids(parts.test),
            prompt_digests=digests(),
            missing=tuple(run.missing),
            notes=(*notes, *run.notes, *shortened),
            recipe=recipe,
            seed=seed,
            model=model.profile.name,
            n_choices=len(pairs),
        )

    run = Run(model, seed, emit, describe=lambda _: result(run, None).document())
    tested = None
    try:
        await chosen.fit(run, parts.train, parts.validation)
        if run.persona and parts.test:
            tested = await _test(run, run.persona, parts.test, chosen)
    except BudgetReached as error:
        if run.persona is None:
            raise
        run.missing.append(f"The persona is written, but not everything after it was done. {error}")
    return result(run, tested)


async def judge_with_and_without(
    persona: Persona,
    pairs: Sequence[PreferencePair],
    model: LanguageModel,
    *,
    seed: int = 0,
    emit: Emit = ignore,
) -> tuple[Accuracy, Accuracy]:
    """Accuracy of a persona and of the plain judge on `pairs`, outside any induction. Four calls a pair."""
    run = Run(model, seed, emit, describe=lambda _: {})
    run.persona = persona
    return await _test(run, persona, pairs, RECIPES["paper-lean"])


async def _test(
    run: Run, persona: Persona, test: Sequence[PreferencePair], recipe: Recipe
) -> tuple[Accuracy, Accuracy]:
    """Accuracy of the exported prompt and of the plain judge on the same pairs: those that both could judge."""
    told = Condition("persona", guide(persona), persona.demonstrations)
    asked = [(pair, condition) for pair in test for condition in (told, PLAIN)]
    judgements = await judge_each(run, asked, recipe.test_form(run.profile), "testing", per_item=2)
    both = [
        pair for pair in zip(judgements[0::2], judgements[1::2], strict=True) if None not in (pair[0].hit, pair[1].hit)
    ]
    failed = len(test) - len(both)
    if failed:
        run.missing.append(
            f"The model gave no usable judgement on {failed} of {len(test)} unseen choices, with the persona or without; "
            "these are counted neither right nor wrong."
        )
    told_hits, plain_hits = (sum(bool(pair[place].hit) for pair in both) for place in (0, 1))
    return Accuracy(told_hits, len(both), failed), Accuracy(plain_hits, len(both), failed)


def estimate(n_pairs: int, profile: ModelProfile, recipe: str) -> Estimate:
    """About how many calls and tokens a run over `n_pairs` choices takes, the test on unseen choices included."""
    chosen = _recipe(recipe)
    tests, validation = _sizes(n_pairs, chosen, profile, given_tests=None)
    train = n_pairs - tests - validation
    train = min(train, MOST_TRAINED_SMALL) if profile.small else train
    if recipe == "paper":
        calls = 4 * train + 1 + 2 * validation * (12 + 13) + 4 * tests
    else:
        explaining = 3 * train if profile.judging == "pointwise" else train
        calls = explaining + 1 + 2 * validation * most_candidates(n_pairs - tests, profile) + 4 * tests
    each = 450 if profile.small else min(1_500, profile.slot_tokens)
    return Estimate(calls=calls, tokens=calls * each)


def _recipe(name: str) -> Recipe:
    if name not in RECIPES:
        raise BadInput(f"There is no recipe {name!r}. Choose one of: {', '.join(RECIPES)}.")
    return RECIPES[name]


def _check(pairs: Sequence[PreferencePair], profile: ModelProfile) -> None:
    if len(pairs) < FEWEST_FOR_A_SKETCH:
        raise BadInput(
            f"{len(pairs)} of {FEWEST_FOR_A_SKETCH} choices: {FEWEST_FOR_A_SKETCH - len(pairs)} more and a first "
            "sketch can be written."
        )
    if len({pair.pair_id for pair in pairs}) < len(pairs):
        raise BadInput("Two choices have the same id; each needs its own.")
    if profile.slot_tokens < FEWEST_SLOT_TOKENS:
        raise BadInput(
            f"The model {profile.name} takes {profile.slot_tokens:,} tokens at once; at least {FEWEST_SLOT_TOKENS:,} "
            "are needed."
        )


def _sizes(n: int, recipe: Recipe, profile: ModelProfile, given_tests: int | None) -> tuple[int, int]:
    """How many pairs should test and how many select; a sketch holds none back."""
    if n < FEWEST_FOR_A_CLAIM:
        return given_tests or 0, 0
    most = MOST_TESTED_SMALL if profile.small else MOST_TESTED
    tests = min(most, round(TEST_SHARE * n)) if given_tests is None else 0
    return tests, max(1, min(recipe.most_validation, round(recipe.validation_share * (n - tests))))


def _parts(
    pairs: Sequence[PreferencePair],
    test_pairs: Sequence[PreferencePair] | None,
    recipe: Recipe,
    profile: ModelProfile,
    seed: int,
    notes: list[str],
) -> Split:
    """Train, validation and test, no conversation and no text in two of them."""
    ordered = sorted(pairs, key=lambda pair: (pair.seq, pair.pair_id))
    given = None if test_pairs is None else len(test_pairs)
    tests, validation = _sizes(len(ordered), recipe, profile, given)
    if len(ordered) < FEWEST_FOR_A_CLAIM:
        parts = Split(tuple(ordered), (), ())
    else:
        n = len(ordered)
        parts = split(ordered, seed, validation_share=validation / n, test_share=tests / n)
        if len(parts.train) < FEWEST_FOR_A_SKETCH:
            # Long conversations can eat up the choices; writing comes before selecting.
            joined = sorted((*parts.train, *parts.validation), key=lambda pair: (pair.seq, pair.pair_id))
            parts = Split(tuple(joined), (), parts.test)
            notes.append("Too few conversations to choose examples on, so the prompt has none.")
    test = parts.test if test_pairs is None else tuple(sorted(test_pairs, key=lambda pair: (pair.seq, pair.pair_id)))
    known = {_digest(pair) for pair in (*parts.train, *parts.validation)}
    unseen = tuple(pair for pair in test if _digest(pair) not in known)
    if len(unseen) < len(test):
        notes.append(f"{len(test) - len(unseen)} choices stand among the seen ones as well and do not test.")
    train, most = parts.train, MOST_TESTED_SMALL
    if profile.small and len(unseen) > most:
        notes.append(f"{most} of {len(unseen)} unseen choices were tested, because the small model is slow.")
        unseen = unseen[:most]
    if profile.small and len(train) > MOST_TRAINED_SMALL:
        notes.append(
            f"The small model read the newest {MOST_TRAINED_SMALL} of {len(train)} choices; a larger one reads them all."
        )
        train = train[-MOST_TRAINED_SMALL:]
    if len(ordered) >= FEWEST_FOR_A_CLAIM and test_pairs is None and not unseen:
        notes.append("All choices belong to one conversation, so none could be held back as unseen.")
    return Split(train, parts.validation, unseen)


def _digest(pair: PreferencePair) -> str:
    return pair_digest(pair.context, pair.chosen.text, pair.rejected.text)


def _ids(pairs: Sequence[PreferencePair]) -> tuple[str, ...]:
    return tuple(pair.pair_id for pair in pairs)


def _shortened(prompts: int) -> str:
    noun = "prompt" if prompts == 1 else "prompts"
    return f"{prompts} {noun} to the model showed shortened texts or fewer examples, so as to fit it."
