"""Accuracy of a persona and of the plain judge on the same choices: the test of the paper's recipes, and of a persona by itself."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.choices.preference import PreferencePair
from app.domain.personas.persona import Accuracy, Persona
from app.induction.judging.evaluation import judge_each
from app.induction.judging.judge import PLAIN, Condition
from app.induction.model.language_model import LanguageModel
from app.induction.recipes import RECIPES, Recipe
from app.induction.run import Emit, Run
from app.induction.traits.learning import guide_of


async def with_and_without(
    run: Run, persona: Persona, test: Sequence[PreferencePair], recipe: Recipe
) -> tuple[Accuracy, Accuracy]:
    """Accuracy of the exported prompt and of the plain judge on the same pairs: those that both could judge."""
    asked = [
        (pair, condition)
        for pair in test
        for condition in (Condition("persona", guide_of(persona), persona.demonstrations), PLAIN)
    ]
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


async def judge_with_and_without(
    persona: Persona,
    pairs: Sequence[PreferencePair],
    model: LanguageModel,
    *,
    seed: int = 0,
    emit: Emit,
) -> tuple[Accuracy, Accuracy]:
    """Accuracy of a persona and of the plain judge on `pairs`, outside any induction. Four calls a pair."""
    run = Run(model, seed, emit, describe=lambda _: {})
    run.persona = persona
    return await with_and_without(run, persona, pairs, RECIPES["traits"])
