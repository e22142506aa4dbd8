"""The steps together, over a model that follows rules; what holds for the recipes of the paper alone is in test_paper_recipes.py."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from app.domain.errors import BadInput
from app.domain.prompt_targets import persona_from_document
from app.induction.induce import RECIPES
from app.induction.model.language_model import ModelProfile
from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import asked_of, events_of, induced, pair, pairs, sides_swapped, text_of
from tests.induction.models import Opinionated

COUNTED_TASTE = "prefers answers that are shorter"
LARGE = ModelProfile("fake", slot_tokens=16_384)
TESTED = [recipe.name for recipe in RECIPES.values() if recipe.tests]
OURS = [recipe.name for recipe in RECIPES.values() if recipe.by_folds]


@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("profile", [LARGE, small_profile()], ids=["large", "small"])
def test_the_taste_of_the_choices_is_the_first_trait(recipe, profile):
    result = induced(pairs(12), FakeCompleter(profile), recipe=recipe)

    assert result.persona is not None
    is_counted = profile.small and recipe in OURS
    assert result.persona.traits[0].text == (COUNTED_TASTE if is_counted else "prefers shorter answers")
    assert not result.missing


@pytest.mark.parametrize("recipe", TESTED)
@pytest.mark.parametrize("profile", [LARGE, small_profile()], ids=["large", "small"])
def test_a_persona_is_found_that_predicts_unseen_choices_better_than_no_persona(recipe, profile):
    result = induced(pairs(12), FakeCompleter(profile), recipe=recipe)

    assert result.accuracy is not None
    unseen = 12 if recipe in OURS else 4
    assert (result.accuracy.hits, result.accuracy.n) == (unseen, unseen)
    if profile.small and recipe in OURS:
        assert result.report is not None
        assert (result.baseline, result.report.by_name["longer"].hits) == (None, 0)
    else:
        assert result.baseline is not None
        assert (result.baseline.hits, result.baseline.n) == (0, unseen)


def test_quick_is_not_tested_and_says_so():
    completer = FakeCompleter()

    result = induced(pairs(12), completer, recipe="quick")

    assert (result.accuracy, result.baseline) == (None, None)
    assert result.report is not None
    assert result.report.folds == 0
    assert result.document()["verdict"].startswith("Not tested on unseen choices yet.")
    assert set(asked_of(completer.prompts)) == {"propose", "vote", "summarise"}


def test_fewer_than_five_choices_are_refused_with_how_many_are_lacking():
    given = pairs(3)

    with pytest.raises(BadInput, match="3 of 5 choices: 2 more"):
        induced(given)


@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("count", [5, 9])
def test_five_to_nine_choices_make_a_sketch_without_claims(count, recipe):
    result = induced(pairs(count), recipe=recipe)

    assert result.is_sketch
    assert (result.accuracy, result.baseline) == (None, None)
    assert len(result.train_ids) == count
    assert result.persona is not None
    assert "not tested" in result.document()["verdict"]


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_given_test_pairs_are_the_test_and_all_others_write_or_select(recipe):
    given, tests = pairs(10), [pair(number) for number in range(50, 56)]

    result = induced(given, recipe=recipe, test_pairs=tests)

    assert result.test_ids == tuple(one.pair_id for one in tests)
    assert {*result.train_ids, *result.validation_ids} == {one.pair_id for one in given}
    assert result.accuracy is None if recipe == "quick" else result.accuracy and result.accuracy.n == 6


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_a_test_pair_that_was_also_seen_does_not_test(recipe):
    given = pairs(10)

    result = induced(given, recipe=recipe, test_pairs=[*given[:2], pair(50)])

    assert result.test_ids == ("choice-50",)
    assert any("do not test" in note for note in result.notes)


@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("model", [FakeCompleter, Opinionated])
def test_no_prompt_is_sent_twice(recipe, model):
    completer = model()

    induced(pairs(16), completer, recipe=recipe)

    digests = [prompt.digest for prompt in completer.prompts]
    assert len(digests) == len(set(digests))


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_equal_inputs_give_equal_bytes_in_whatever_order_the_pairs_come(recipe):
    given = pairs(13)
    shuffled = random.Random(5).sample(given, len(given))

    one, other = induced(given, recipe=recipe, seed=3), induced(shuffled, recipe=recipe, seed=3)

    assert json.dumps(one.document()) == json.dumps(other.document())
    assert one.judgements == other.judgements


@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("judging", ["pointwise", "both_orders"])
def test_swapping_the_sides_on_which_answers_were_shown_changes_no_result(judging, recipe):
    given = pairs(13)
    profile = ModelProfile("fake", slot_tokens=16_384, judging=judging)

    one, other = (induced(side, FakeCompleter(profile), recipe=recipe) for side in (given, sides_swapped(given)))

    assert one.persona is not None
    assert other.persona is not None
    assert one.persona.traits == other.persona.traits
    assert one.judgements == other.judgements
    assert (one.accuracy, one.baseline) == (other.accuracy, other.baseline)


def test_progress_counts_never_go_back_and_every_stage_ends_full():
    stages = {
        "traits": {"guessing", "proposing", "voting", "writing", "testing"},
        "quick": {"proposing", "voting", "writing"},
        "paper-lean": {"guessing", "checking", "writing", "picking", "testing"},
        "paper": {"guessing", "checking", "writing", "picking", "testing"},
    }
    for recipe in RECIPES:
        heard = events_of(pairs(17), recipe=recipe)

        last: dict[str, tuple[int, int]] = {}
        for event in heard:
            assert event.done >= last.get(event.stage, (0, 0))[0]
            last[event.stage] = (event.done, event.total)
        assert {*last} == stages[recipe] | {"reading", "style"}
        assert all(done == total for done, total in last.values()), (recipe, last)


@pytest.mark.parametrize("recipe", TESTED)
def test_style_facts_come_before_the_first_call_and_the_persona_before_its_accuracy(recipe):
    completer = FakeCompleter()
    calls_at: dict[str, int] = {}

    def listen(event):
        for name in event.payload:
            calls_at.setdefault(name, completer.calls)

    induced(pairs(12), completer, emit=listen, recipe=recipe)

    assert calls_at["style"] == 0
    assert 0 < calls_at["persona"] < completer.calls


@pytest.mark.parametrize("recipe", OURS)
def test_first_traits_can_be_shown_before_the_persona_is_written(recipe):
    completer = FakeCompleter()
    heard: list[tuple[int, object]] = []

    def listen(event):
        heard.extend((completer.calls, event.payload[name]) for name in ("traits", "persona") if name in event.payload)

    induced(pairs(12), completer, emit=listen, recipe=recipe)

    (at, traits), (later, _), *_ = heard
    assert at < later
    assert traits == [{"text": "prefers shorter answers", "certainty": "clear"}]


def test_a_choice_that_was_guessed_wrong_is_marked_where_traits_are_proposed():
    completer = FakeCompleter(generic=lambda text: float("9 cups" in text))

    induced(pairs(10), completer, test_pairs=())

    proposing = [prompt for prompt in completer.prompts if prompt.purpose == "propose"]
    marked = [
        part for prompt in proposing for part in text_of(prompt).split("\n\nChoice ") if "Unlike most people" in part
    ]
    assert marked
    assert not any("9 cups" in part for part in marked)
    assert all("<chosen_answer>\nWater" in part for part in marked)


@pytest.mark.parametrize("recipe", OURS)
def test_a_small_model_is_asked_nothing_and_every_choice_is_counted_and_tested(recipe):
    completer = FakeCompleter(small_profile())

    result = induced(pairs(60), completer, recipe=recipe)

    document = result.document()
    assert completer.calls == 0
    assert (document["n_read"], document["n_choices"]) == (60, 60)
    assert result.report is not None
    assert {arm.n for arm in result.report.arms} == {60}
    assert document["verdict"].startswith("Counting was right on 60 of 60 unseen choices")
    (trait,) = document["traits"]
    assert {name: trait["counted"][name] for name in ("measure", "more", "for", "against", "most_people")} == {
        "measure": "length",
        "more": False,
        "for": 60,
        "against": 0,
        "most_people": 0.26,
    }
    assert document["counted"]["passes"]
    assert result.persona is not None
    told = " ".join(document["letter"]["sentences"])
    assert persona_from_document(document) == replace(result.persona, summary=told)


def test_a_coin_gets_a_persona_without_traits_and_the_counts_all_the_same():
    given = [pair(number) for number in range(20)]
    coin = [
        one if number % 2 else replace(one, chosen=one.rejected, rejected=one.chosen)
        for number, one in enumerate(given)
    ]

    result = induced(coin, FakeCompleter(small_profile()))

    document = result.document()
    assert result.persona is not None
    assert (document["traits"], document["counted"]["passes"]) == ([], False)
    assert "a coin could have made these choices" in document["verdict"]
    assert "Prefers" not in document["prompts"]["system"]
    assert document["report"]["arms"]


def test_beside_a_hosted_model_counting_says_its_own():
    document = induced(pairs(12), FakeCompleter(LARGE)).document()

    assert document["counted"]["passes"]
    assert [trait["measure"] for trait in document["counted"]["traits"]] == ["length"]
    assert "counted" in {arm["name"] for arm in document["report"]["arms"]}
    assert all(trait["counted"] is None for trait in document["traits"])


@pytest.mark.parametrize("recipe", TESTED)
def test_choices_of_one_conversation_are_never_parted(recipe):
    given = [pair(number, conversation=f"talk-{number // 3}") for number in range(18)]
    completer = FakeCompleter()

    result = induced(given, completer, recipe=recipe)

    if recipe not in OURS:
        parts = [result.train_ids, result.validation_ids, result.test_ids]
        talks = [{int(one.removeprefix("choice-")) // 3 for one in part} for part in parts]
        assert sum(map(len, talks)) == len(set.union(*talks)) == 6
    assert result.accuracy is not None
    assert result.accuracy.n


def test_an_unknown_recipe_is_refused_with_the_known_ones():
    with pytest.raises(BadInput, match="traits, quick, paper-lean, paper"):
        induced(pairs(5), recipe="magic")


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_a_model_with_too_small_a_slot_is_refused_before_any_call(recipe):
    completer = FakeCompleter(ModelProfile("tiny", slot_tokens=1024))

    with pytest.raises(BadInput, match=r"at least 2,048"):
        induced(pairs(5), completer, recipe=recipe)

    assert completer.calls == 0


def test_two_choices_with_one_id_are_refused():
    with pytest.raises(BadInput, match="same id"):
        induced([*pairs(6), pair(3, chosen="another text")])
