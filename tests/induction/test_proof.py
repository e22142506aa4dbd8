from __future__ import annotations

import asyncio

import pytest

from app.domain.about import About
from app.domain.errors import BudgetReached
from app.induction.arms import ARMS, FREE_ARMS
from app.induction.language_model import ModelProfile, PermanentModelError
from app.induction.learning import learn_traits
from app.induction.parting import folds
from app.induction.proof import SMALL_ARMS, arms_for, prove
from app.induction.run import Progress
from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import asked_of, induced, pair, pairs, run_over, text_of
from tests.induction.models import Opinionated, Scripted, votes_by

ABOUT = About(stated="I like it short.", demographics="30 to 39")
NOTHING = About()


def proved(completer, given, *, test_pairs=None, about=NOTHING, tests=True, heard=None):
    """The proof of what was learnt from the choices; the completer's prompts are those of the proof alone."""
    run = run_over(completer, heard=heard)

    async def both():
        learnt = await learn_traits(run, given)
        run.persona = learnt.persona
        completer.prompts.clear()
        return await prove(run, learnt, given, test_pairs, about, tests=tests)

    found = asyncio.run(both())
    assert found.report is not None
    return run, found


@pytest.mark.parametrize("about", [ABOUT, NOTHING])
def test_every_way_of_guessing_is_counted_over_the_same_choices_in_their_order(about):
    _, found = proved(Opinionated(), pairs(12), about=about)

    expected = [arm for arm in ARMS if about is ABOUT or arm not in ("stated", "demographics")]
    assert [arm.name for arm in found.report.arms] == expected
    assert {arm.n for arm in found.report.arms} == {12}
    assert found.report.folds == 3
    assert {arm.name for arm in found.report.arms if arm.flips_of is None} == {*FREE_ARMS}
    assert all(arm.flips is not None and arm.flips <= 12 for arm in found.report.arms if arm.flips_of)


def test_a_small_model_is_asked_about_fewer_ways_of_guessing_on_nine_choices():
    _, found = proved(FakeCompleter(small_profile()), pairs(10), about=About(stated="short"))

    assert tuple(arm.name for arm in found.report.arms) == SMALL_ARMS
    assert {arm.n for arm in found.report.arms} == {9}
    assert found.report.folds == 2
    assert {point.n for point in found.report.curve} == {9}
    assert arms_for(small_profile(), NOTHING) == tuple(arm for arm in SMALL_ARMS if arm != "stated")


def test_accuracy_and_baseline_are_the_arms_of_the_exported_prompt_and_of_the_plain_judge():
    _, found = proved(FakeCompleter(), pairs(12))

    arms = found.report.by_name
    assert found.accuracy is not None
    assert found.baseline is not None
    assert (found.accuracy.hits, found.accuracy.n) == (arms["both"].hits, arms["both"].n) == (12, 12)
    assert (found.baseline.hits, found.baseline.n) == (arms["plain"].hits, arms["plain"].n) == (0, 12)


def test_nothing_of_a_tested_choice_stands_in_what_was_learnt_for_it():
    given = pairs(12)
    completer = Opinionated()

    proved(completer, given, about=ABOUT)

    fold_of = {one.seq: place for place, (_, test) in enumerate(folds(given, completer.profile, 0)) for one in test}
    assert len(fold_of) == 12
    for prompt in completer.prompts:
        shown = [number for number in range(12) if f"Question {number}:" in text_of(prompt)]
        if prompt.purpose == "judge":
            *examples, question = _in_order(text_of(prompt))
            assert fold_of[question] not in {fold_of[number] for number in examples}
        elif prompt.purpose in ("propose", "memory"):
            assert len({fold_of[number] for number in shown}) <= 2


def _in_order(text):
    places = sorted(
        (text.index(f"Question {number}:"), number) for number in range(12) if f"Question {number}:" in text
    )
    return [number for _, number in places]


def test_blind_judgements_of_the_whole_fit_are_not_paid_for_again():
    completer = FakeCompleter()

    proved(completer, pairs(12))

    # Of the plain judge one order of each choice is the blind judgement.
    plain = [
        prompt for prompt in completer.prompts if "Go by this" not in text_of(prompt) and len(prompt.messages) == 2
    ]
    assert asked_of(plain)["judge"] == 12


def test_the_curve_counts_the_same_choices_at_every_number_learnt_from():
    _, found = proved(FakeCompleter(), pairs(15))

    assert [point.choices for point in found.report.curve] == [3, 5, 8, 10]
    assert {point.n for point in found.report.curve} == {15}
    assert all(point.hits == 15 for point in found.report.curve)


def test_the_curve_ends_where_the_smallest_fold_has_no_more_choices():
    _, found = proved(FakeCompleter(), pairs(13))

    train = min(len(train) for train, _ in folds(pairs(13), FakeCompleter().profile, 0))
    assert found.report.curve[-1].choices == train
    assert {point.n for point in found.report.curve} == {13}


def test_the_curve_leaves_out_choices_without_votes():
    silent = Scripted(
        says={"vote": lambda prompt: PermanentModelError("gone") if "Question 50" in text_of(prompt) else None}
    )

    _, found = proved(silent, pairs(12), test_pairs=[pair(50)])

    assert found.report.curve == ()
    assert found.report.by_name["both"].n == 1


def test_judgements_that_failed_are_counted_apart_in_every_arm():
    def judge(prompt):
        told = "Go by this" in text_of(prompt)
        return PermanentModelError("gone") if "Question 50:" in prompt.messages[-1].content and told else None

    run, found = proved(
        Scripted(says={"judge": judge}), pairs(12), test_pairs=[pair(number) for number in (50, 51, 52)], about=ABOUT
    )

    counts = {name: (arm.n, arm.failed) for name, arm in found.report.by_name.items()}
    assert counts["both"] == counts["persona"] == counts["stated"] == (2, 1)
    assert counts["plain"] == counts["history"] == counts["longer"] == (3, 0)
    assert found.accuracy is not None
    assert found.baseline is not None
    assert (found.accuracy.n, found.accuracy.failed) == (found.baseline.n, found.baseline.failed) == (2, 1)
    assert any("no usable judgement on 1 of 3 unseen choices" in text for text in run.missing)


@pytest.mark.parametrize("count", [5, 9])
def test_a_sketch_makes_no_claim_and_asks_the_model_nothing(count):
    completer = FakeCompleter()

    _, found = proved(completer, pairs(count))

    assert completer.calls == 0
    assert (found.accuracy, found.baseline) == (None, None)
    assert found.report.folds == 0
    assert [arm.name for arm in found.report.arms] == list(FREE_ARMS)
    assert found.report.curve == ()
    assert (found.report.forecast.more, found.report.forecast.words) == (None, "")


def test_an_untested_recipe_counts_what_costs_nothing_by_leaving_conversations_out():
    completer = FakeCompleter()

    _, found = proved(completer, pairs(12), tests=False)

    assert completer.calls == 0
    assert found.report.folds == 0
    counts = {arm.name: (arm.hits, arm.n) for arm in found.report.arms}
    assert counts == {"longer": (0, 12), "style": (12, 12), "coin": (6, 12)}


def test_the_style_arm_of_an_untested_recipe_never_sees_the_conversation_it_guesses():
    # One conversation about lists: learnt from itself it would be guessed right throughout, else a coin guesses it.
    odd = [pair(number, chosen="- one\n- two", rejected="one and two", conversation="odd") for number in range(50, 58)]

    _, found = proved(FakeCompleter(), [*pairs(9), *odd], tests=False)

    assert 9 < found.report.by_name["style"].hits < 9 + 8


def test_given_test_pairs_are_one_part_and_what_was_learnt_is_not_learnt_again():
    completer = Opinionated()

    _, found = proved(completer, pairs(12), test_pairs=[pair(number) for number in range(50, 54)], about=ABOUT)

    assert found.report.folds == 1
    assert {arm.n for arm in found.report.arms} == {4}
    assert asked_of(completer.prompts).keys() == {"judge", "vote", "memory"}
    assert found.report.curve[-1].choices == 12


def test_given_test_pairs_are_judged_with_the_persona_that_is_exported():
    completer = Opinionated()

    run, _ = proved(completer, pairs(12), test_pairs=[pair(50)])

    assert run.persona is not None
    shown = {one.pair.seq for one in run.persona.demonstrations}
    longest = max(
        (prompt for prompt in completer.prompts if "How this person" in text_of(prompt)),
        key=lambda one: len(one.messages),
    )
    assert set(_in_order(text_of(longest))) == shown


@pytest.mark.parametrize("given", [pairs(12), [pair(number, conversation="one") for number in range(12)]])
def test_no_given_test_pairs_means_that_nothing_is_tested(given):
    for test_pairs in ((), None) if given[0].conversation_id == "one" else ((),):
        completer = FakeCompleter()

        _, found = proved(completer, given, test_pairs=test_pairs)

        assert completer.calls == 0
        assert found.report.folds == 0
        assert found.accuracy is None


def test_where_no_trait_holds_there_is_no_prompt_to_test():
    undecided = Scripted(says={"vote": votes_by(lambda _name, _place: "-")})

    _, found = proved(undecided, pairs(12))

    assert undecided.calls == 0
    assert [arm.name for arm in found.report.arms] == [*FREE_ARMS]
    assert (found.accuracy, found.baseline) == (None, None)


def test_a_part_in_which_no_trait_held_is_named():
    calls: list[int] = []

    def vote(prompt):
        calls.append(1)
        # The packs of the whole fit come first; then those of the first fold.
        return votes_by(lambda _name, _place: "-")(prompt) if 3 < len(calls) <= 5 else None

    run, found = proved(Scripted(says={"vote": vote}), pairs(12))

    assert any("In 1 of 3 parts of the test no trait held" in text for text in run.missing)
    assert found.report.by_name["both"].n == 12


def test_where_no_unseen_choice_was_voted_on_nothing_is_said_of_taste_and_that_is_named():
    def vote(prompt):
        # A fold learns from eight choices, in packs of five and three; four of its choices were held back.
        held_back = prompt.messages[-1].content.count("<answer_a>") == 4
        return PermanentModelError("gone") if held_back else None

    run, found = proved(Scripted(says={"vote": vote}), pairs(12))

    assert found.report.taste is None
    assert any(text.startswith("Of the unseen choices: ") for text in run.missing)


def test_a_budget_that_ends_in_the_test_leaves_what_was_tested():
    asked: list[int] = []

    def judge(prompt):
        if prompt.labels:
            asked.append(1)
        if len(asked) > 60:
            raise BudgetReached("The cap is reached.")

    run, found = proved(Scripted(says={"judge": judge}), pairs(12))

    assert any("its test was cut off" in text for text in run.missing)
    assert 0 < found.report.by_name["both"].n < 12
    assert found.report.folds == 3


def test_progress_counts_every_tested_choice_once():
    heard: list[Progress] = []

    proved(FakeCompleter(), pairs(12), heard=heard)

    assert [(one.done, one.total) for one in heard if one.stage == "testing"] == [(done, 12) for done in range(1, 13)]


def test_what_failed_while_testing_is_told_once_however_many_folds_met_it():
    broken = Scripted(says={"memory": PermanentModelError("gone")})

    run, _ = proved(broken, pairs(12))

    told = [text for text in run.missing if "gathering facts" in text]
    assert told == ["While it was tested: The model did not answer 1 of 1 calls while gathering facts: gone"]


def test_the_report_of_a_taste_speaks_of_the_whole_fit():
    result = induced(pairs(12))

    assert result.report is not None
    assert result.report.taste is not None
    assert result.report.taste.found
    assert result.report.taste.chance < 0.01


def test_what_is_said_of_the_place_stands_in_the_report_where_the_place_explains_the_choices():
    model = Scripted(ModelProfile("fake", slot_tokens=16_384), says={"propose": {"traits": []}})
    given = [pair(2 * number, chosen=f"same {number}", rejected=f"some {number}") for number in range(12)]

    _, found = proved(model, given, tests=False)

    assert found.report.explained_by == "first_shown"
    assert found.report.words == (
        "You chose the answer shown first 12 of 12 times: that may say more about the place than about taste.",
    )
