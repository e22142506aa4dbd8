from __future__ import annotations

import asyncio
import json
import re

import pytest

from app.domain.errors import ModelUnavailable
from app.induction.model.language_model import ModelProfile, PermanentModelError
from app.induction.run import Progress
from app.induction.traits.blind import judge_blind
from tests.fakes import FakeCompleter, longer, questions_in, shorter
from tests.induction.given import asked_of, pair, pairs, run_over, text_of
from tests.induction.models import Scripted, leaning_to


def blind(completer, given, heard=None):
    run = run_over(completer, heard=heard)
    return run, asyncio.run(judge_blind(run, given))


def profile(judging):
    return ModelProfile("fake", slot_tokens=16_384, judging=judging)


@pytest.mark.parametrize(("judging", "calls"), [("both_orders", 8), ("pointwise", 16), ("reasoned", 8)])
def test_a_pair_costs_one_call_and_two_where_each_answer_is_judged_alone(judging, calls):
    completer = FakeCompleter(profile(judging))

    blind(completer, pairs(8))

    assert completer.calls == calls
    assert all("How this person likes answers" not in text_of(prompt) for prompt in completer.prompts)


@pytest.mark.parametrize("judging", ["both_orders", "pointwise", "reasoned"])
def test_what_was_guessed_wrong_is_surprising(judging):
    given = [*pairs(3), pair(9, chosen="a long answer " * 30, rejected="short")]

    _, generic = blind(FakeCompleter(profile(judging), generic=longer), given)
    _, alike = blind(FakeCompleter(profile(judging), generic=shorter), given)

    assert generic.surprising == {"choice-0", "choice-1", "choice-2"}
    assert alike.surprising == {"choice-9"}
    assert [trace.pair for trace in generic.traces] == given


@pytest.mark.parametrize("judging", ["both_orders", "pointwise", "reasoned"])
def test_a_guess_that_failed_is_counted_and_surprises_nobody(judging):
    broken = Scripted(
        profile(judging),
        says={"judge": lambda prompt: PermanentModelError("gone") if "Question 2:" in text_of(prompt) else None},
    )

    run, found = blind(broken, pairs(5))

    assert found.surprising == {"choice-0", "choice-1", "choice-3", "choice-4"}
    assert len(run.missing) == 1
    assert "1 of 5" in run.missing[0]


def test_a_model_that_answers_no_guess_stops_the_run():
    dead = Scripted(says={"judge": PermanentModelError("connection refused")})

    with pytest.raises(ModelUnavailable, match="none of 6 calls"):
        blind(dead, pairs(6))


def torn_on(*numbers, reasoned="First", generic=9.0):
    """A judge that is torn on the choices of these numbers (the lower, the more), and reasons its way to one side."""

    def judge(prompt):
        if prompt.schema:
            return json.dumps({"reasoning": "it is short", "preference": reasoned})
        (number,) = re.findall(r"Question (\d+):", prompt.messages[-1].content)
        return leaning_to(0.1 * (1 + int(number)) if int(number) in numbers else generic)

    return Scripted(says={"judge": judge})


def reasoned_about(completer):
    return [int(re.findall(r"Question (\d+):", text_of(prompt))[0]) for prompt in completer.prompts if prompt.schema]


def test_the_most_uncertain_choice_of_each_closed_group_is_reasoned_about():
    completer = torn_on(1, 2, 3, 8, 11)

    blind(completer, pairs(12))

    assert reasoned_about(completer) == [1, 8]


def test_where_no_verdict_is_uncertain_nothing_is_reasoned():
    completer = torn_on()

    blind(completer, pairs(12))

    assert asked_of(completer.prompts) == {"judge": 12}


def test_a_model_that_tells_no_probabilities_is_asked_to_reason():
    completer = Scripted(says={"judge": lambda prompt: None if prompt.schema else "A"})

    blind(completer, pairs(12))

    assert len(reasoned_about(completer)) == 2


def test_below_ten_choices_nothing_is_reasoned():
    completer = torn_on(*range(9))

    blind(completer, pairs(9))

    assert reasoned_about(completer) == []


def test_a_new_choice_takes_the_reasoning_of_no_older_one():
    before, after = torn_on(*range(12, 0, -1)), torn_on(*range(12, 0, -1), 14)

    _, few = blind(before, pairs(14))
    _, more = blind(after, pairs(15))

    assert reasoned_about(after)[:2] == reasoned_about(before)
    assert more.traces[:10] == few.traces[:10]


def test_reasoning_that_reaches_the_choice_is_kept_and_takes_the_surprise_away():
    given = pairs(10)
    sides = [blind(torn_on(2, 7, reasoned=side, generic=-9.0), given)[1] for side in ("First", "Second")]

    for found in sides:
        reasoned = {trace.pair.pair_id for trace in found.traces if trace.reasoning}
        assert not reasoned & found.surprising
    kept = [{trace.pair.pair_id for trace in found.traces if trace.reasoning} for found in sides]
    assert kept[0] | kept[1] == {"choice-2", "choice-7"}
    assert not kept[0] & kept[1]


def test_how_many_choices_are_unlike_others_is_told_at_the_end():
    heard: list[Progress] = []

    blind(FakeCompleter(), pairs(6), heard)

    assert heard[-1].payload == {"unlike_others": 6}
    assert {event.stage for event in heard} == {"guessing"}
    assert (heard[-1].done, heard[-1].total) == (6, 6)


def test_what_was_told_of_a_reasoned_choice_is_filed_with_its_reasoning():
    run, found = blind(torn_on(1, 6), pairs(10))

    kept = {trace.pair.pair_id: trace.reasoning for trace in found.traces if trace.reasoning}
    assert kept
    for pair_id, reasoning in kept.items():
        assert run.judgements[pair_id, "explanation"].reasoning == reasoning
    assert {condition for _, condition in run.judgements} == {"blind", "explanation"}


@pytest.mark.parametrize(
    ("slot_tokens", "count", "packs"), [(16_384, 8, [5, 3]), (16_384, 23, [10, 10, 3]), (4096, 12, [5, 5, 2])]
)
def test_stacked_the_choices_of_a_group_that_proposes_share_a_call(slot_tokens, count, packs):
    completer = FakeCompleter(ModelProfile("fake", slot_tokens=slot_tokens, judging="stacked", packing=10))

    _, found = blind(completer, pairs(count))

    assert [len(questions_in(text_of(prompt))) for prompt in completer.prompts] == packs
    # It has thought already: no reason is asked for in words, and what most would choose otherwise is known.
    assert {trace.reasoning for trace in found.traces} == {""}
    assert len(found.surprising) == count


def test_stacked_what_was_judged_blind_is_not_asked_again_in_other_company():
    completer = FakeCompleter(ModelProfile("fake", slot_tokens=16_384, judging="stacked", packing=10))
    run = run_over(completer)
    asyncio.run(judge_blind(run, pairs(20)))
    part = run.apart()

    found = asyncio.run(judge_blind(part, pairs(20)[3:9]))

    assert completer.calls == 2
    assert found.surprising == {f"choice-{number}" for number in range(3, 9)}
    assert len(part.judgements) == 6


def test_stacked_a_later_choice_changes_no_judgement_of_a_closed_group():
    one, other = (
        FakeCompleter(ModelProfile("fake", slot_tokens=16_384, judging="stacked", packing=10)) for _ in range(2)
    )

    blind(one, pairs(12))
    blind(other, pairs(13))

    assert one.prompts[0] == other.prompts[0]
