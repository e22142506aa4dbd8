"""Equal choices, seed and replies give equal bytes, in whatever order the replies come in."""

from __future__ import annotations

import asyncio
import json
import random

import pytest

from app.domain.people.about import About
from app.induction.induce import RECIPES, induce
from app.induction.model.language_model import ModelProfile, TransientModelError
from app.services.calling.memory_ledger import InMemoryLedger
from app.services.calling.model_calls import MeteredModel
from tests.fakes import FakeCompleter
from tests.induction.given import pair
from tests.induction.models import Opinionated

ABOUT = About(stated="I like it short.", demographics="30 to 39")


class Hurried(Opinionated):
    """Finishes its calls in an order drawn by its own seed, four at a time."""

    def __init__(self, seed: int, profile: ModelProfile) -> None:
        super().__init__(profile)
        self.rng = random.Random(seed)
        self.finished: list[str] = []

    async def complete(self, prompt):
        for _ in range(self.rng.randrange(9)):
            await asyncio.sleep(0)
        reply = await super().complete(prompt)
        self.finished.append(prompt.digest)
        return reply


async def at_once(_seconds: float) -> None:
    """No pause between the tries of a call."""


def stored(completer: FakeCompleter, recipe: str, seed: int = 0) -> bytes:
    """The document as it is stored, over the port as the product runs it."""
    model = MeteredModel(completer, InMemoryLedger(10_000, 100_000_000), sleep=at_once)
    result = asyncio.run(induce(choices(), model, recipe=recipe, seed=seed, about=ABOUT))
    assert result.persona is not None
    return json.dumps([result.document(), [repr(one) for one in result.judgements]]).encode()


def choices():
    return [
        pair(
            number,
            chosen=f"Water it {number} times. " * (1 + number % 4),
            rejected=f"Let it be, {number}. " * (1 + number % 3),
        )
        for number in range(17)
    ]


@pytest.mark.exhaustive
@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("judging", ["both_orders", "pointwise", "reasoned", "stacked"])
def test_the_document_does_not_depend_on_the_order_in_which_calls_return(recipe, judging):
    profile = ModelProfile("fake", slot_tokens=4096, judging=judging, parallel=4)
    models = [Hurried(seed, profile) for seed in (1, 2)]

    one, other = (stored(model, recipe) for model in models)

    assert models[0].finished != models[1].finished
    assert sorted(models[0].finished) == sorted(models[1].finished)
    assert one == other == stored(Opinionated(profile), recipe)


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_how_many_calls_a_model_takes_at_once_changes_nothing(recipe):
    one, other = (
        stored(Opinionated(ModelProfile("fake", slot_tokens=4096, parallel=parallel)), recipe) for parallel in (1, 7)
    )

    assert one == other


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_replies_that_fail_where_they_failed_before_give_equal_bytes(recipe):
    class Broken(Hurried):
        def _answer(self, prompt):
            if int(prompt.digest[:2], 16) % 20 == 0:
                raise TransientModelError("no JSON", unusable=True)
            return super()._answer(prompt)

    profile = ModelProfile("fake", slot_tokens=4096, parallel=4)

    one, other = (stored(Broken(seed, profile), recipe) for seed in (3, 4))

    assert one == other


def test_another_seed_draws_other_sides_and_folds():
    profile = ModelProfile("fake", slot_tokens=4096)

    assert stored(Opinionated(profile), "traits", seed=0) != stored(Opinionated(profile), "traits", seed=1)
