"""What a proof says of itself: what failed, what was cut off, what was found of a taste and of the place."""

from __future__ import annotations

from typing import Any

from app.domain.choices.preference import PreferencePair
from app.domain.errors import BudgetReached
from app.induction.model.language_model import ModelProfile, PermanentModelError, Prompt
from app.induction.proof.arms import FREE_ARMS
from app.induction.run import Progress
from tests.fakes import FakeCompleter, shown_in
from tests.induction.given import induced, pair, pairs, proved
from tests.induction.models import Scripted, votes_by


def told_apart_by_words(count: int) -> list[PreferencePair]:
    """Choices between answers that no measure tells apart."""
    return [pair(number, chosen=f"same {number}", rejected=f"some {number}") for number in range(count)]


def for_what_is_the_same(prompt: Prompt) -> dict[str, Any]:
    """Votes for the answer that says "same" on the first statement, on the others for neither."""
    firsts = [shown_in(piece)[0] for piece in prompt.messages[-1].content.split("Pair ")[1:]]
    sides = ["A" if first.startswith("same") else "B" for first in firsts]
    return votes_by(lambda name, place: sides[place] if name == "S1" else "-")(prompt)


def test_where_no_trait_holds_there_is_no_prompt_to_test():
    undecided = Scripted(says={"vote": votes_by(lambda _name, _place: "-")})

    _, found = proved(undecided, told_apart_by_words(12))

    assert undecided.calls == 0
    assert [arm.name for arm in found.report.arms] == [*FREE_ARMS]
    assert (found.accuracy, found.baseline) == (None, None)


def test_where_only_counted_traits_hold_the_prompt_of_these_is_tested():
    undecided = Scripted(says={"vote": votes_by(lambda _name, _place: "-")})

    _, found = proved(undecided, pairs(12))

    assert found.report.by_name["prompt"].n == 12
    assert found.accuracy is not None


def test_a_part_in_which_no_trait_held_is_named():
    calls: list[int] = []

    def vote(prompt):
        calls.append(1)
        # The packs of the whole fit come first; then those of the first fold.
        return votes_by(lambda _name, _place: "-")(prompt) if 3 < len(calls) <= 5 else for_what_is_the_same(prompt)

    knows = Scripted(taste=lambda text: float("same" in text), says={"vote": vote})
    run, found = proved(knows, told_apart_by_words(12))

    assert any("In 1 of 3 parts of the test no trait held" in text for text in run.missing)
    assert found.report.by_name["prompt"].n == 12


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
    assert 0 < found.report.by_name["prompt"].n < 12
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


def test_where_only_one_part_can_be_guessed_it_is_said_and_is_not_taken_for_choices_kept_aside():
    given = [pair(number, conversation="one" if number < 11 else "two") for number in range(13)]

    run, found = proved(FakeCompleter(), given)

    assert found.report.by_name["prompt"].n == 2
    assert found.report.folds == 2
    assert any("Only one part was guessed" in note for note in run.notes)
