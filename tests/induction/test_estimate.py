from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from app.domain.errors import BadInput
from app.domain.people.about import About
from app.induction.estimate import estimate
from app.induction.induce import RECIPES
from app.induction.model.language_model import ModelProfile
from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import induced, pairs, so_many
from tests.induction.models import Opinionated

ABOUT = About(stated="I like it short.", demographics="30 to 39")
HOSTED = ModelProfile("fake", slot_tokens=16_384)
NARROW = ModelProfile("fake", slot_tokens=4096)
ALONE = replace(NARROW, packing=1)
REASONED = ModelProfile("fake", slot_tokens=16_384, judging="reasoned")
THINKING = replace(HOSTED, judging="stacked", packing=10, thought_tokens=400)
PROFILES = {
    "hosted": HOSTED,
    "narrow": NARROW,
    "alone": ALONE,
    "reasoned": REASONED,
    "small": small_profile(),
    "thinking": THINKING,
    "small-stacked": replace(small_profile(), judging="stacked", packing=4),
    "thinking-narrow": replace(THINKING, slot_tokens=4096, packing=6),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize("count", [5, 12, 16, 30])
def test_the_estimate_is_close_and_not_below_the_calls_made(recipe, profile, count):
    completer = Opinionated(PROFILES[profile])

    induced(pairs(count), completer, recipe=recipe, about=ABOUT)

    assert completer.calls <= estimate(count, completer.profile, recipe, ABOUT).calls <= 1.6 * completer.calls + 10


@pytest.mark.parametrize("recipe", ["traits", "quick"])
def test_the_tokens_are_about_those_of_texts_of_ordinary_length(recipe):
    given = pairs(15)
    given = [replace(one, rejected=replace(one.rejected, text=so_many(one.rejected.text, 5))) for one in given]
    completer = Opinionated(HOSTED)

    induced(given, completer, recipe=recipe)

    used = sum(prompt.estimated_tokens for prompt in completer.prompts)
    assert used / 3 < estimate(15, HOSTED, recipe).tokens < 3 * used


def test_what_a_person_said_of_themselves_costs_two_calls_a_tested_choice():
    plain, told = (estimate(12, HOSTED, "traits", about).calls for about in (About(), About(stated="short")))

    assert told == plain + 2 * 12


@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("profile", list(PROFILES))
def test_more_choices_never_cost_less(recipe, profile):
    costs = [estimate(count, PROFILES[profile], recipe) for count in range(5, 60)]

    for less, more in pairwise(costs):
        # A choice that fills a group spares the prompt of those left over, in each of three folds.
        assert less.calls <= more.calls + (6 if profile.startswith("thinking") else 2)
        assert less.minutes <= more.minutes + (0.6 if profile.startswith("thinking") else 0.2)


def test_quick_costs_a_part_of_a_full_run_and_the_paper_more():
    calls = {recipe: estimate(15, HOSTED, recipe).calls for recipe in RECIPES}

    assert calls["quick"] < calls["paper-lean"] < calls["paper"]
    assert calls["quick"] <= 10 < calls["traits"]


def test_a_hosted_model_takes_as_long_as_its_calls_side_by_side():
    slow = replace(HOSTED, parallel=1, latency_seconds=60, prompt_tokens_per_second=1e9, answer_tokens_per_second=1e9)

    alone, together = (estimate(15, replace(slow, parallel=parallel), "traits") for parallel in (1, 4))

    assert alone.minutes == pytest.approx(alone.calls, abs=1)
    assert together.minutes == pytest.approx(alone.minutes / 4, abs=0.1)


def test_a_small_model_takes_as_long_as_its_tokens_one_after_the_other():
    profile = replace(small_profile(), latency_seconds=0, prompt_tokens_per_second=10, answer_tokens_per_second=10)

    one, four = (estimate(10, replace(profile, parallel=parallel), "quick") for parallel in (1, 4))

    assert one == four
    assert one.minutes == pytest.approx(one.tokens / 10 / 60, rel=0.02)


@pytest.mark.parametrize("recipe", ["traits", "quick"])
def test_thoughts_count_in_tokens_and_in_time(recipe):
    silent, brief, long = (
        estimate(15, replace(THINKING, thought_tokens=thoughts), recipe) for thoughts in (0, 400, 4000)
    )

    assert brief.tokens == silent.tokens + 400 * silent.calls
    assert long.tokens == silent.tokens + 4000 * silent.calls
    # Sixty tokens a second: at least three stages that wait for one another, at most one call after the other.
    rounds = (long.minutes - silent.minutes) * 60 / (4000 / 60)
    assert max(3, silent.calls / THINKING.parallel) <= rounds + 0.1 <= silent.calls


def test_a_thinking_model_is_expected_to_be_asked_far_less():
    for count in (10, 15, 30, 60):
        packed, single = (
            estimate(count, replace(THINKING, judging=form), "traits") for form in ("stacked", "both_orders")
        )
        assert packed.calls < single.calls / 2
        assert packed.tokens < single.tokens


def test_writing_counts_by_its_own_speed():
    even = replace(HOSTED, latency_seconds=0, prompt_tokens_per_second=100, answer_tokens_per_second=100, parallel=1)

    quick, slow = (estimate(10, replace(even, answer_tokens_per_second=speed), "quick").minutes for speed in (100, 10))

    assert slow > quick


def test_an_unknown_recipe_is_refused():
    with pytest.raises(BadInput, match="no recipe 'magic'"):
        estimate(10, FakeCompleter().profile, "magic")
