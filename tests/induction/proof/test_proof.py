from __future__ import annotations

import pytest

from app.domain.choices.chosen_lengths import chosen_lengths
from app.domain.people.about import About
from app.domain.prompt_targets import prompt_of
from app.induction.model.language_model import PermanentModelError
from app.induction.proof.arms import ARMS, FREE_ARMS
from app.induction.proof.parting import folds
from app.induction.proof.proof import arms_for
from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import asked_of, pair, pairs, proved, text_of
from tests.induction.models import Opinionated, Scripted

ABOUT = About(stated="I like it short.", demographics="30 to 39")
NOTHING = About()


@pytest.mark.parametrize("about", [ABOUT, NOTHING])
def test_every_way_of_guessing_is_counted_over_the_same_choices_in_their_order(about):
    _, found = proved(Opinionated(), pairs(12), about=about)

    left_out = {"demonstrations", "both"} if about is ABOUT else {"demonstrations", "both", "stated", "demographics"}
    expected = [arm for arm in ARMS if arm not in left_out]
    assert [arm.name for arm in found.report.arms] == expected
    assert {arm.n for arm in found.report.arms} == {12}
    assert found.report.folds == 3
    assert {arm.name for arm in found.report.arms if arm.flips_of is None} == {*FREE_ARMS}
    assert all(arm.flips is not None and arm.flips <= 12 for arm in found.report.arms if arm.flips_of)


def test_with_a_small_model_counting_is_tested_on_every_choice_and_no_call_is_made():
    completer = FakeCompleter(small_profile())

    _, found = proved(completer, pairs(12), about=About(stated="short"))

    assert completer.calls == 0
    assert tuple(arm.name for arm in found.report.arms) == arms_for(small_profile(), ABOUT) == FREE_ARMS
    assert {arm.n for arm in found.report.arms} == {12}
    assert found.report.form == "counting"
    assert found.report.folds == 12
    assert found.report.taste is not None
    assert found.report.taste.found
    assert found.accuracy is not None
    assert (found.accuracy.hits, found.accuracy.n, found.baseline) == (12, 12, None)


def test_counting_learns_from_the_choices_and_is_tested_on_given_ones():
    _, found = proved(FakeCompleter(small_profile()), pairs(12), test_pairs=[pair(number) for number in range(50, 54)])

    assert found.report.folds == 1
    assert found.report.by_name["counted"].n == 4


def test_a_counted_sketch_makes_no_claim():
    _, found = proved(FakeCompleter(small_profile()), pairs(9))

    assert found.accuracy is None
    assert found.report.by_name["counted"].n == 9


def test_accuracy_and_baseline_are_the_arms_of_the_exported_prompt_and_of_the_plain_judge():
    _, found = proved(FakeCompleter(), pairs(12))

    arms = found.report.by_name
    assert found.accuracy is not None
    assert found.baseline is not None
    assert (found.accuracy.hits, found.accuracy.n) == (arms["prompt"].hits, arms["prompt"].n) == (12, 12)
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
    assert found.report.by_name["prompt"].n == 1


def test_judgements_that_failed_are_counted_apart_in_every_arm():
    def judge(prompt):
        told = "Go by this" in text_of(prompt)
        return PermanentModelError("gone") if "Question 50:" in prompt.messages[-1].content and told else None

    run, found = proved(
        Scripted(says={"judge": judge}), pairs(12), test_pairs=[pair(number) for number in (50, 51, 52)], about=ABOUT
    )

    counts = {name: (arm.n, arm.failed) for name, arm in found.report.by_name.items()}
    assert counts["prompt"] == counts["stated"] == (2, 1)
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
    assert counts == {"longer": (0, 12), "counted": (12, 12), "guess": (12, 12), "coin": (6, 12)}


def test_the_counted_arm_of_an_untested_recipe_never_sees_the_conversation_it_guesses():
    # One conversation whose shorter answers were chosen: learnt from itself it would be guessed right throughout.
    odd = [pair(number, conversation="odd") for number in range(50, 66)]

    _, found = proved(FakeCompleter(), odd, tests=False)

    assert found.report.by_name["counted"].hits == 0


def test_given_test_pairs_are_one_part_and_what_was_learnt_is_not_learnt_again():
    completer = Opinionated()

    _, found = proved(completer, pairs(12), test_pairs=[pair(number) for number in range(50, 54)], about=ABOUT)

    assert found.report.folds == 1
    assert {arm.n for arm in found.report.arms} == {4}
    assert asked_of(completer.prompts).keys() == {"judge", "vote", "memory"}
    assert found.report.curve[-1].choices == 12


def test_given_test_pairs_are_judged_with_the_persona_that_is_exported():
    completer = Opinionated()

    run, _ = proved(completer, pairs(12), test_pairs=[pair(50)], about=ABOUT)

    assert run.persona is not None
    exported = prompt_of(run.persona, ABOUT.stated, chosen_lengths(pairs(12)))
    told = [prompt for prompt in completer.prompts if exported in text_of(prompt)]
    assert exported.startswith("How to answer me:")
    assert run.persona.demonstrations
    assert {len(prompt.messages) for prompt in told} == {2}


@pytest.mark.parametrize("given", [pairs(12), [pair(number, conversation="one") for number in range(12)]])
def test_no_given_test_pairs_means_that_nothing_is_tested(given):
    for test_pairs in ((), None) if given[0].conversation_id == "one" else ((),):
        completer = FakeCompleter()

        _, found = proved(completer, given, test_pairs=test_pairs)

        assert completer.calls == 0
        assert found.report.folds == 0
        assert found.accuracy is None


@pytest.mark.parametrize("model", [Opinionated(), FakeCompleter(small_profile())])
def test_every_way_is_counted_by_itself_where_a_trait_tells_the_answers_apart(model):
    alike = [pair(number, chosen=f"{number} " * 9, rejected=f"{number + 1} " * 9) for number in range(40, 44)]

    _, found = proved(model, [*pairs(12), *alike])

    for arm in found.report.arms:
        assert arm.alike is not None
        assert arm.told_apart is not None
        assert 0 < arm.alike.n <= 4
        assert 0 < arm.told_apart.n <= 12
