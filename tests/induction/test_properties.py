"""What must hold for any texts at all, whatever the recipe. Each example is a whole induction, so they are few."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.people.about import About
from app.domain.personas.style_facts import FIRST_SHOWN
from app.domain.prompt_targets.report import explained_sentence
from app.induction.induce import RECIPES
from app.induction.model.fitting import Limits, fence
from app.induction.model.language_model import ModelProfile, TransientModelError
from app.induction.model.prompts import phrase
from tests.fakes import FakeCompleter
from tests.induction.given import a_few, any_pairs, induced, sides_swapped, text_of, texts
from tests.induction.models import Opinionated

OURS = st.sampled_from(["traits", "quick"])
profiles = st.builds(
    ModelProfile,
    name=st.just("fake"),
    slot_tokens=st.sampled_from([2048, 4096, 16_384]),
    judging=st.sampled_from(["pointwise", "both_orders", "reasoned", "stacked"]),
    small=st.booleans(),
    parallel=st.integers(1, 5),
    packing=st.integers(1, 12),
)
abouts = st.builds(About, stated=st.one_of(st.just(""), texts), demographics=st.one_of(st.just(""), texts))


class Wordy(Opinionated):
    """Proposes statements as long as may be in a script of three bytes a letter; no written reply is usable at first."""

    def _answer(self, prompt):
        insisted = text_of(prompt).endswith(phrase("insist"))
        if prompt.schema and not insisted:
            raise TransientModelError("not what was asked for", unusable=True)
        return super()._answer(prompt)

    def _json(self, prompt, shown, liking):
        if prompt.purpose == "propose":
            letters = "简短长篇列表温暖直接例子结论来源语气标题"
            rows = [
                {"trait": f"喜欢{letter * 70}", "opposite": f"不喜欢{letter * 70}", "when": "any request"}
                for letter in letters
            ]
            return json.dumps({"traits": rows})
        if prompt.purpose == "memory":
            return json.dumps({"facts": ["记" * 160] * 8})
        return super()._json(prompt, shown, liking)


@pytest.mark.parametrize("recipe", list(RECIPES))
@a_few
@given(any_pairs(most=12), profiles, abouts)
def test_every_prompt_fits_the_slot_with_its_answer_and_every_trait_is_supported(recipe, pairs, profile, about):
    completer = FakeCompleter(profile)

    result = induced(pairs, completer, recipe=recipe, about=about)

    assert all(prompt.estimated_tokens + prompt.max_tokens <= profile.slot_tokens for prompt in completer.prompts)
    known = {one.pair_id for one in pairs}
    traits = result.persona.traits if result.persona else ()
    assert all(trait.supporting and {*trait.supporting, *trait.opposing} <= known for trait in traits)
    assert result.persona is not None or result.missing
    json.dumps(result.document())


@pytest.mark.slow
@pytest.mark.parametrize("recipe", list(RECIPES))
@a_few
@given(any_pairs(fewest=10, most=15), profiles, abouts)
def test_prompts_asked_for_in_other_words_fit_the_slot_too(recipe, pairs, profile, about):
    completer = Wordy(profile)

    induced(pairs, completer, recipe=recipe, about=about)

    is_counted = profile.small and RECIPES[recipe].by_folds
    assert is_counted or any(text_of(prompt).endswith(phrase("insist")) for prompt in completer.prompts)
    assert all(prompt.estimated_tokens + prompt.max_tokens <= profile.slot_tokens for prompt in completer.prompts)


@a_few
@given(any_pairs(fewest=10, most=16), profiles, st.sampled_from(["paper-lean", "paper"]), st.integers(0, 3))
def test_no_choice_both_writes_or_selects_and_tests(pairs, profile, recipe, seed):
    result = induced(pairs, FakeCompleter(profile), recipe=recipe, seed=seed)

    seen = {*result.train_ids, *result.validation_ids}
    conversations = {one.pair_id: one.conversation_id for one in pairs}
    assert not seen & {*result.test_ids}
    assert not {conversations[one] for one in seen} & {conversations[one] for one in result.test_ids}
    demonstrated = {one.pair.pair_id for one in result.persona.demonstrations} if result.persona else set()
    assert demonstrated <= {*result.train_ids}


def without_sides(result, *, side_explains):
    """Everything of a result but the facts on the side shown, which say how often it was chosen. Where the side explains the
    choices it stands before what else would."""
    document = result.document()
    facts = document["style"]["facts"]
    document["style"] = {**document["style"], "facts": [fact for fact in facts if fact["name"] != FIRST_SHOWN]}
    for one in document["demonstrations"]:
        one.pop("chosen_first", None)
    report = document["report"]
    if side_explains:
        document["verdict"] = document["verdict"].removesuffix(explained_sentence(report)).strip()
        document["report"] = {**report, "explained_by": "", "words": []}
    return document, result.judgements, result.missing, result.notes


@pytest.mark.slow
@a_few
@given(any_pairs(fewest=10, most=15), profiles, OURS)
def test_swapping_all_sides_changes_nothing_but_the_facts_on_sides(pairs, profile, recipe):
    one, other = (induced(given_, Opinionated(profile), recipe=recipe) for given_ in (pairs, sides_swapped(pairs)))

    side_explains = FIRST_SHOWN in {each.report.explained_by for each in (one, other) if each.report}
    assert without_sides(one, side_explains=side_explains) == without_sides(other, side_explains=side_explains)


@a_few
@given(any_pairs(fewest=5, most=15), profiles, st.sampled_from(sorted(RECIPES)), st.randoms(use_true_random=False))
def test_the_order_in_which_choices_come_changes_nothing(pairs, profile, recipe, rng):
    shuffled = rng.sample(pairs, len(pairs))

    one, other = (induced(given_, Opinionated(profile), recipe=recipe) for given_ in (pairs, shuffled))

    assert json.dumps(one.document()) == json.dumps(other.document())
    assert one.judgements == other.judgements
    assert one.train_ids == other.train_ids


@pytest.mark.slow
@a_few
@given(any_pairs(fewest=10, most=15), profiles, OURS, st.randoms(use_true_random=False))
def test_choices_of_one_moment_may_come_in_any_order_and_ids_alone_order_them(pairs, profile, recipe, rng):
    moments = [replace(one, seq=one.seq // 3) for one in pairs]
    by_moment = sorted(rng.sample(moments, len(moments)), key=lambda one: one.seq)

    one, other = (induced(given_, Opinionated(profile), recipe=recipe) for given_ in (moments, by_moment))

    assert one.train_ids == other.train_ids
    assert json.dumps(one.document()) == json.dumps(other.document())


@a_few
@given(any_pairs(fewest=10, most=12), st.sampled_from(["pointwise", "both_orders", "reasoned"]))
def test_the_side_on_which_answers_were_shown_changes_no_judgement_of_the_papers_recipe(pairs, judging):
    profile = ModelProfile("fake", slot_tokens=16_384, judging=judging)

    one, other = (
        induced(given_, FakeCompleter(profile), recipe="paper-lean") for given_ in (pairs, sides_swapped(pairs))
    )

    assert one.judgements == other.judgements


@given(texts)
def test_a_fenced_text_stands_verbatim_and_cannot_close_its_fence(text):
    fenced = fence("answer_a", text)

    opening, _, rest = fenced.partition("\n")
    closing = f"</{opening[1:-1]}>"
    assert rest == f"{text}\n{closing}"
    assert fenced.count(closing) == 1


def test_the_widest_limits_clip_nothing():
    limits = Limits()

    assert limits.text_bytes > 500_000
    assert limits.history > 1_000
