"""Inductions that do not go well: a model that is gone, of no use or cut off, and choices that say nothing."""

from __future__ import annotations

import json

import pytest

from app.domain.errors import BudgetReached, ModelUnavailable
from app.induction.induce import RECIPES
from app.induction.model.language_model import ModelProfile, PermanentModelError, TransientModelError
from app.induction.run import Progress
from app.induction.traits.learning import NO_TRAIT_HOLDS
from tests.fakes import FakeCompleter, longer
from tests.induction.given import induced, pair, pairs
from tests.induction.models import Scripted, votes_by

LARGE = ModelProfile("fake", slot_tokens=16_384)
TESTED = [recipe.name for recipe in RECIPES.values() if recipe.tests]
OURS = [recipe.name for recipe in RECIPES.values() if recipe.by_folds]


@pytest.mark.parametrize("recipe", TESTED)
def test_a_model_that_is_no_better_with_the_persona_is_said_to_be_so(recipe):
    deaf = FakeCompleter(taste=longer)

    result = induced(pairs(12), deaf, recipe=recipe)

    n = 12 if recipe in OURS else 4
    said = f"No better than no persona: right on 0 of {n} with it, 0 of {n} without"
    assert result.document()["verdict"].startswith(said)


@pytest.mark.parametrize("recipe", OURS)
def test_where_the_votes_separate_nothing_there_is_no_persona_and_a_plain_sentence_says_so(recipe):
    undecided = Scripted(says={"vote": votes_by(lambda _name, _place: "-")})

    # Nothing that can be counted tells these apart either; where it does, the counted traits stand in (test_learning.py).
    alike = [
        pair(number, chosen=f"Water it {number} times.", rejected=f"Feed it {number} times.") for number in range(12)
    ]

    result = induced(alike, undecided, recipe=recipe)

    assert result.persona is None
    assert result.missing[0] == NO_TRAIT_HOLDS
    assert result.document()["prompts"] == {}
    assert result.report is not None
    assert result.report.taste is not None
    assert not result.report.taste.found


@pytest.mark.parametrize(("recipe", "calls"), [("traits", 12), ("quick", 1), ("paper-lean", 6), ("paper", 12)])
def test_a_dead_model_stops_the_run_after_the_first_stage(recipe, calls):
    dead = FakeCompleter(faults={call: PermanentModelError("connection refused") for call in range(1, 500)})

    with pytest.raises(ModelUnavailable, match=f"answered none of {calls} calls?: connection refused"):
        induced(pairs(12), dead, recipe=recipe)

    assert dead.calls == calls


def with_one_unjudged(recipe: str, of_with_persona: bool) -> Scripted:
    """A model that refuses to judge the newest choice that is tested, with the persona or without."""

    def judge(prompt):
        told = (
            "tells assistants" in prompt.messages[0].content
            or "How this person likes answers" in prompt.messages[0].content
        )
        asked = "Question 50:" in prompt.messages[-1].content
        return PermanentModelError("refused") if asked and told is of_with_persona else None

    return Scripted(says={"judge": judge})


@pytest.mark.parametrize("recipe", TESTED)
@pytest.mark.parametrize("with_persona", [True, False])
def test_a_pair_that_one_side_could_not_judge_counts_for_neither_and_is_named(recipe, with_persona):
    broken = with_one_unjudged(recipe, with_persona)

    result = induced(pairs(12), broken, recipe=recipe, test_pairs=[pair(number) for number in range(50, 54)])

    assert result.accuracy is not None
    assert result.baseline is not None
    assert (result.baseline.n, result.baseline.failed) == (result.accuracy.n, result.accuracy.failed) == (3, 1)
    assert any("no usable judgement on 1 of 4 unseen choices" in text for text in result.missing)


@pytest.mark.parametrize("recipe", TESTED)
def test_a_budget_that_ends_after_the_persona_gives_the_persona_and_says_what_is_missing(recipe):
    completer = FakeCompleter()
    calls_at: list[int] = []
    induced(
        pairs(12),
        completer,
        recipe=recipe,
        emit=lambda event: calls_at.append(completer.calls) if "persona" in event.payload else None,
    )
    faults = {calls_at[0] + 1: BudgetReached("The cap of calls is reached.")}

    result = induced(pairs(12), FakeCompleter(faults=faults), recipe=recipe)

    assert result.persona is not None
    assert result.accuracy is None
    assert "The cap of calls is reached." in result.missing[0]


@pytest.mark.parametrize(("recipe", "call"), [("traits", 3), ("quick", 2), ("paper-lean", 3), ("paper", 3)])
def test_a_budget_that_ends_before_the_persona_is_raised(recipe, call):
    with pytest.raises(BudgetReached):
        induced(pairs(12), FakeCompleter(faults={call: BudgetReached("The cap of 2 calls is reached.")}), recipe=recipe)


@pytest.mark.parametrize("recipe", OURS)
def test_calls_that_failed_are_named_in_the_result(recipe):
    proposed: list[str] = []

    def refuse_the_second(prompt):
        proposed.append(prompt.digest)
        return PermanentModelError("out of memory") if len(proposed) == 2 else None

    narrow = ModelProfile("fake", slot_tokens=4096)
    result = induced(pairs(12), Scripted(narrow, says={"propose": refuse_the_second}), recipe=recipe, test_pairs=())

    assert result.persona is not None
    assert "The model did not answer 1 of 2 calls while proposing traits: out of memory" in result.missing


@pytest.mark.parametrize("recipe", TESTED)
def test_a_run_whose_calls_mostly_fail_ends_as_failed_also_where_the_persona_was_there_already(recipe):
    shown: list[Progress] = []
    completer = FakeCompleter()

    def fail_once_it_is_there(progress):
        shown.append(progress)
        if "persona" in progress.payload:
            completer.faults = {
                call: TransientModelError("Out of credit.") for call in range(completer.calls + 1, 2_000)
            }

    with pytest.raises(
        ModelUnavailable, match=r"calls to the model fake failed.*The commonest reason: Out of credit\. "
    ):
        induced(pairs(30), completer, recipe=recipe, emit=fail_once_it_is_there)

    # It was shown, and is not spoken of as tested.
    personas = [progress.payload["persona"] for progress in shown if "persona" in progress.payload]
    assert personas
    assert all('"accuracy": null' in json.dumps(one) for one in personas)
    assert completer.calls < 150


@pytest.mark.parametrize("recipe", TESTED)
def test_a_run_of_which_some_calls_fail_comes_to_an_end_and_counts_them_apart(recipe):
    faults = {call: TransientModelError("busy") for call in range(1, 2_000, 4)}

    result = induced(pairs(14), FakeCompleter(faults=faults), recipe=recipe)

    assert result.persona is not None
    assert result.missing


@pytest.mark.parametrize(
    ("recipe", "purpose"),
    [("traits", "vote"), ("quick", "vote"), ("paper-lean", "synthesise"), ("paper", "synthesise")],
)
def test_a_model_that_is_gone_before_there_is_a_persona_is_not_said_to_have_found_no_trait(recipe, purpose):
    gone = Scripted(says={purpose: PermanentModelError("The key was revoked.")})

    with pytest.raises(
        ModelUnavailable, match=r"stopped answering before a persona could be written: The key was revoked\. Your"
    ):
        induced(pairs(12), gone, recipe=recipe)


@pytest.mark.parametrize(("recipe", "purpose"), [("traits", "vote"), ("paper-lean", "synthesise")])
def test_a_model_whose_answers_are_of_no_use_is_not_said_to_be_gone(recipe, purpose):
    useless = Scripted(says={purpose: PermanentModelError("no JSON", unusable=True)})

    result = induced(pairs(8), useless, recipe=recipe)

    assert result.persona is None
    assert result.missing
