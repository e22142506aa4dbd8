"""What must hold for any texts at all."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.induction.fitting import Limits, fence
from app.induction.induce import RECIPES
from app.induction.language_model import ModelProfile
from tests.fakes import FakeCompleter
from tests.induction.given import any_pairs, induced, sides_swapped, texts

profiles = st.builds(
    ModelProfile,
    name=st.just("fake"),
    slot_tokens=st.sampled_from([2048, 4096, 16_384]),
    judging=st.sampled_from(["pointwise", "both_orders", "reasoned"]),
    small=st.booleans(),
    parallel=st.integers(1, 5),
)
any_run = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@any_run
@given(any_pairs(), profiles, st.sampled_from(sorted(RECIPES)), st.integers(0, 3))
def test_every_prompt_fits_the_slot_with_its_answer_and_every_trait_is_supported(pairs, profile, recipe, seed):
    completer = FakeCompleter(profile)

    result = induced(pairs, completer, recipe=recipe, seed=seed)

    assert all(prompt.estimated_tokens + prompt.max_tokens <= profile.slot_tokens for prompt in completer.prompts)
    known = {one.pair_id for one in pairs}
    assert result.persona is not None
    assert all(trait.supporting and {*trait.supporting, *trait.opposing} <= known for trait in result.persona.traits)
    json.dumps(result.document())


@any_run
@given(any_pairs(fewest=10, most=16), profiles, st.integers(0, 3))
def test_no_choice_both_writes_or_selects_and_tests(pairs, profile, seed):
    result = induced(pairs, FakeCompleter(profile), seed=seed)

    seen = {*result.train_ids, *result.validation_ids}
    conversations = {one.pair_id: one.conversation_id for one in pairs}
    assert not seen & {*result.test_ids}
    assert not {conversations[one] for one in seen} & {conversations[one] for one in result.test_ids}
    demonstrated = {one.pair.pair_id for one in result.persona.demonstrations} if result.persona else set()
    assert demonstrated <= {*result.train_ids}


@any_run
@given(any_pairs(fewest=10, most=12), st.sampled_from(["pointwise", "both_orders", "reasoned"]))
def test_the_side_on_which_answers_were_shown_changes_no_judgement(pairs, judging):
    profile = ModelProfile("fake", slot_tokens=16_384, judging=judging)

    one, other = induced(pairs, FakeCompleter(profile)), induced(sides_swapped(pairs), FakeCompleter(profile))

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
