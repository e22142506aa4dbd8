from __future__ import annotations

import asyncio
import json

import pytest

from app.domain.choices.chosen_lengths import chosen_lengths
from app.domain.people.about import About
from app.domain.prompt_targets import prompt_of
from app.induction.counting.counted_model import fit_counted
from app.induction.counting.prior import shipped_prior
from app.induction.guessing.stacked_guess import shipped_guess
from app.induction.model.language_model import ModelProfile, PermanentModelError
from app.induction.proof.arms import (
    ARMS,
    FREE_ARMS,
    MODEL_ARMS,
    Knowledge,
    condition,
    judge_arms,
    judge_free,
    known_arms,
    learn,
)
from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import ADVICE, CODE, asked_of, pair, pairs, run_over, text_of
from tests.induction.models import Opinionated, Scripted

ABOUT = About(stated="I like it short.", demographics="30 to 39, from Peru")
UNCOUNTED = fit_counted((), shipped_prior())
NOBODY = Knowledge((), About(), None, None, "", UNCOUNTED)


def learnt(completer, given, arms=ARMS, about=ABOUT, **options):
    run = run_over(completer)
    return run, asyncio.run(learn(run, given, about, arms, **options))


def judged(completer, knowledge, arms, asked):
    run = run_over(completer)
    return run, asyncio.run(judge_arms(run, knowledge, arms, asked))


def test_each_arm_is_told_its_own_part_of_what_is_known():
    _, knowledge = learnt(FakeCompleter(), pairs(12))

    told = {arm: condition(arm, knowledge) for arm in MODEL_ARMS}

    persona = knowledge.persona
    assert persona is not None
    assert persona.demonstrations
    exported = prompt_of(persona, ABOUT.stated, chosen_lengths(pairs(12)))
    assert "- I like it short.\n- Keep to about 5 words; write more only where I ask for more.\n" in exported
    assert {arm: one.guide for arm, one in told.items()} == {
        "plain": "",
        "stated": "I like it short.",
        "demographics": "30 to 39, from Peru",
        "memory": "- Asks about plants",
        "history": "",
        "prompt": exported,
        "demonstrations": "",
        "both": exported,
    }
    with_examples = {arm: one.demonstrations for arm, one in told.items() if one.demonstrations}
    assert with_examples.keys() == {"history", "demonstrations", "both"}
    assert with_examples["both"] == persona.demonstrations
    assert [one.pair for one in with_examples["demonstrations"]] == [one.pair for one in persona.demonstrations]
    # Their notes are the traits.
    assert all(one.reasoning for one in with_examples["both"])
    assert not any(one.reasoning for one in with_examples["demonstrations"])
    assert [one.pair for one in with_examples["history"]] == pairs(12)[::-1]
    assert all(one.reasoning == "" for one in with_examples["history"])
    assert {one.name for one in told.values()} == {*MODEL_ARMS}


def test_the_judge_is_told_where_what_it_goes_by_comes_from():
    completer = Opinionated()
    knowledge = Knowledge((), ABOUT, None, None, "- Asks about plants", UNCOUNTED)

    judged(completer, knowledge, ("stated", "demographics", "memory"), [pair(1)])

    leads = [prompt.messages[0].content.splitlines()[-3] for prompt in completer.prompts[::2]]
    assert leads == [
        "What this person says about the answers they like:",
        "Who this person is:",
        "What is known of this person:",
    ]


@pytest.mark.parametrize("arm", FREE_ARMS)
def test_an_arm_that_asks_no_model_has_no_condition(arm):
    with pytest.raises(KeyError):
        condition(arm, NOBODY)


def test_arms_that_know_nothing_ask_what_plain_asks_and_it_is_sent_once():
    completer = Opinionated()

    run, found = judged(completer, NOBODY, ARMS, pairs(3))

    assert completer.calls == 6
    odds = {arm: [one.log_odds for one in found[arm]] for arm in MODEL_ARMS}
    assert all(each == odds["plain"] for each in odds.values())
    assert {condition_ for _, condition_ in run.judgements} == {*ARMS}


def test_arms_that_know_something_cost_two_calls_a_pair_each():
    completer = Opinionated()
    _, knowledge = learnt(FakeCompleter(), pairs(12))

    judged(completer, knowledge, ("plain", "stated", "prompt", "both"), [pair(50), pair(51)])

    assert completer.calls == 2 * 4 * 2


def test_judgements_come_back_by_arm_in_the_order_asked_for_and_of_the_pairs():
    arms = ("coin", "both", "longer", "plain")

    _, found = judged(Opinionated(), NOBODY, arms, pairs(4))

    assert tuple(found) == arms
    for arm, judgements in found.items():
        assert [one.pair_id for one in judgements] == [one.pair_id for one in pairs(4)]
        assert {one.condition for one in judgements} == {arm}


def test_free_arms_cost_nothing_and_have_no_order():
    completer = FakeCompleter()

    _, found = judged(completer, NOBODY, FREE_ARMS, pairs(5))

    assert completer.calls == 0
    assert all(one.flipped is None and one.hit is not None for judgements in found.values() for one in judgements)


def test_the_longer_answer_is_right_where_it_was_chosen():
    run = run_over(FakeCompleter())
    wordy = pair(1, chosen="words " * 90, rejected="word")

    hits = [judge_free(run, "longer", 0.0, one).hit for one in (wordy, pair(2))]

    assert hits == [True, False]


def test_the_counted_arm_follows_the_choices_it_learnt_from():
    run = run_over(FakeCompleter())
    knowledge = Knowledge((), About(), None, None, "", fit_counted(pairs(12), shipped_prior()))

    hits = [
        judge_free(run, "counted", knowledge.counted.log_odds(one), one).hit
        for one in (pair(50), pair(51, chosen="words " * 90, rejected="words"))
    ]

    assert hits == [True, False]


@pytest.mark.parametrize("arm", FREE_ARMS)
def test_where_a_free_arm_has_nothing_to_say_a_coin_says_it(arm):
    run = run_over(FakeCompleter())
    alike = [pair(number, chosen="same", rejected="some") for number in range(60)]

    hits = [judge_free(run, arm, NOBODY.counted.log_odds(one), one).hit for one in alike]

    assert 18 < sum(map(bool, hits)) < 42
    assert hits == [judge_free(run, arm, 0.0, one).hit for one in alike]


@pytest.mark.parametrize(
    ("about", "missing"),
    [
        (ABOUT, set()),
        (About(stated="short"), {"demographics"}),
        (About(demographics="Peru"), {"stated"}),
        (About(), {"stated", "demographics"}),
    ],
)
def test_what_a_person_did_not_say_is_no_way_of_guessing(about, missing):
    assert set(ARMS) - set(known_arms(about)) == missing
    assert known_arms(about, ("both", "stated", "plain"))[-1] == "plain"


@pytest.mark.parametrize(("profile", "most"), [(ModelProfile("fake", slot_tokens=50_000), 8), (small_profile(), 3)])
def test_plain_history_is_the_newest_choices_as_many_as_the_model_can_use(profile, most):
    completer = FakeCompleter(profile)
    knowledge = Knowledge(tuple(pairs(12)), About(), None, None, "", UNCOUNTED)

    judged(completer, knowledge, ("history",), [pair(50)])

    text = text_of(completer.prompts[0])
    shown = [number for number in range(12) if f"Question {number}:" in text]
    assert shown == list(range(12 - most, 12))


@pytest.mark.parametrize(
    ("arms", "purposes"),
    [
        (("plain", "stated", "history", "coin"), set()),
        (("memory",), {"memory"}),
        (("both",), {"judge", "propose", "vote"}),
    ],
)
def test_only_what_the_arms_need_is_paid_for(arms, purposes):
    completer = FakeCompleter()

    learnt(completer, pairs(12), arms)

    assert set(asked_of(completer.prompts)) == purposes
    assert asked_of(completer.prompts)["memory"] == int("memory" in arms)


@pytest.mark.parametrize("recipe", ["traits", "quick", "paper-lean", "paper"])
def test_every_recipe_can_be_learnt_with(recipe):
    _, knowledge = learnt(FakeCompleter(), pairs(12), ("both",), recipe=recipe)

    assert knowledge.persona is not None
    assert (knowledge.learnt is None) == recipe.startswith("paper")


def test_with_a_small_model_what_is_learnt_is_counted_and_it_is_not_asked():
    completer = FakeCompleter(small_profile())

    _, knowledge = learnt(completer, pairs(14), ("both",))

    assert completer.calls == 0
    assert knowledge.persona is not None
    assert [trait.text for trait in knowledge.persona.traits] == ["prefers answers that are shorter"]


def test_what_is_remembered_is_told_without_private_matters():
    facts = json.dumps({"facts": ["Asks about  plants", "Is a Muslim", "", 3]})

    _, knowledge = learnt(Scripted(says={"memory": facts}), pairs(6), ("memory",))

    assert knowledge.memory == "- Asks about plants\n- 3"


@pytest.mark.parametrize("said", ["", "none", "[]", '{"facts": 3}', PermanentModelError("gone")])
def test_where_nothing_can_be_remembered_the_memory_is_empty(said):
    run, knowledge = learnt(Scripted(says={"memory": said}), pairs(6), ("memory",))

    assert knowledge.memory == ""
    assert run.missing == (
        ["The model did not answer 1 of 1 calls while gathering facts: gone"] if isinstance(said, Exception) else []
    )


def test_memory_reads_what_was_asked_and_chosen_and_not_what_was_not():
    completer = FakeCompleter()

    learnt(completer, pairs(6), ("memory",))

    text = text_of(completer.prompts[0])
    assert text.count("Chose: Water them on Mondays") == 6
    assert "It depends" not in text


@pytest.mark.parametrize("arm", ["stated", "demographics", "memory"])
def test_whatever_is_known_of_a_person_leaves_the_smallest_slot_room_for_the_answers(arm):
    completer = FakeCompleter(ModelProfile("fake", slot_tokens=2048, judging="reasoned"))
    told = "一" * 20_000
    knowledge = Knowledge((), About(told, told), None, None, told, UNCOUNTED)

    judged(completer, knowledge, (arm,), [pair(1)])

    assert completer.calls == 2
    assert all(prompt.estimated_tokens + prompt.max_tokens <= 2048 for prompt in completer.prompts)


def test_a_trait_for_one_kind_of_request_says_so_in_the_prompt():
    given = [pair(number, asked=CODE if number % 2 else ADVICE) for number in range(12)]
    only_code = {"traits": [{"trait": "prefers shorter answers", "opposite": "", "when": "code"}]}
    _, knowledge = learnt(Scripted(says={"propose": only_code}), given, ("both",))

    assert (
        "- For code: keep to about 5 words; write more only where I ask for more.\n"
        in condition("prompt", knowledge).guide
    )


def test_the_guess_weighs_what_the_judges_said_and_costs_nothing_beside_them():
    completer = Opinionated()
    _, knowledge = learnt(FakeCompleter(), pairs(12))

    run, found = judged(completer, knowledge, ("plain", "prompt", "longer", "counted", "guess"), [pair(50)])

    said = {arm: judgements[0].log_odds for arm, judgements in found.items() if arm != "guess"}
    assert completer.calls == 4
    assert found["guess"][0].log_odds == round(run.guess.log_odds(said), 6)
    assert found["guess"][0].log_odds != round(run.guess.log_odds({**said, "plain": None, "prompt": None}), 6)


def test_a_judge_who_gave_nothing_usable_is_left_out_of_the_guess():
    broken = FakeCompleter(faults={call: PermanentModelError("broken") for call in range(1, 9)})

    _, found = judged(broken, NOBODY, ("plain", "longer", "counted", "guess"), [pair(50)])

    said = {arm: found[arm][0].log_odds for arm in ("longer", "counted")}
    assert found["plain"][0].hit is None
    assert found["guess"][0].log_odds == round(shipped_guess().log_odds(said), 6)
