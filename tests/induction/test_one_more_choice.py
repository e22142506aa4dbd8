"""What a further choice costs, where the replies to what was asked before are kept: at most four calls for the fit, as
long as it fills no group of five. Then new traits are proposed, every choice votes on them, and examples race anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.induction.induce import fit
from app.induction.model.language_model import Answer, ModelProfile, Prompt
from app.induction.traits.proposals import GROUP
from bench import people
from bench.in_process import PROFILE, StandInPort, reply_to
from tests.induction.given import asked_of

MOST = 4
COUNTS = range(10, 21)


class Keeping(StandInPort):
    """The stand-in behind kept replies, as in the product; `prompts` are those that were sent."""

    def __init__(self, profile: ModelProfile) -> None:
        super().__init__(profile)
        self.kept: dict[str, Answer] = {}

    async def answer(self, prompts: Sequence[Prompt]) -> list[Answer]:
        fresh = [prompt for prompt in prompts if prompt.digest not in self.kept]
        self.prompts += fresh
        self.kept.update((prompt.digest, reply_to(prompt)) for prompt in fresh)
        return [self.kept[prompt.digest] for prompt in prompts]


def new_calls(recipe: str, seed: int, profile: ModelProfile) -> dict[int, list[Prompt]]:
    """Number of choices -> what is sent when the person has come so far, everything before being kept."""
    model, found = Keeping(profile), {}
    choices = people.pairs("sparse", seed, COUNTS[-1])
    for count in COUNTS:
        model.prompts.clear()
        asyncio.run(fit(choices[:count], model, recipe=recipe))
        found[count] = list(model.prompts)
    return found


@pytest.mark.exhaustive
@pytest.mark.parametrize("recipe", ["traits", "quick"])
@pytest.mark.parametrize("slot_tokens", [4096, 16_384])
@pytest.mark.parametrize("judging", ["both_orders", "stacked"])
@pytest.mark.parametrize("seed", range(2))
def test_one_more_choice_costs_at_most_four_calls(recipe, slot_tokens, judging, seed):
    sent = new_calls(recipe, seed, replace(PROFILE, slot_tokens=slot_tokens, judging=judging, packing=10))

    within = {count: len(prompts) for count, prompts in sent.items() if count % GROUP}
    assert all(1 <= calls <= MOST for calls in within.values()), within
    for count in within:
        assert asked_of(sent[count]).keys() <= {"judge", "vote", "summarise"}


def test_the_choice_that_fills_a_group_costs_less_than_starting_anew():
    sent = new_calls("traits", 0, PROFILE)

    anew = Keeping(PROFILE)
    asyncio.run(fit(people.pairs("sparse", 0, 20), anew))
    assert len(sent[15]) < len(anew.prompts) / 2
    assert len(sent[20]) < len(anew.prompts) / 2


def test_the_same_choices_again_cost_nothing():
    model, choices = Keeping(PROFILE), people.pairs("sparse", 0, 12)
    asyncio.run(fit(choices, model))
    model.prompts.clear()

    asyncio.run(fit(choices, model))

    assert model.prompts == []
