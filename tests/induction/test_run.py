"""What one run remembers: every prompt is sent once, in rounds, and once more in other words where that may help."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.errors import BudgetReached, ModelUnavailable
from app.domain.personas.persona import Persona
from app.induction.induce import induce
from app.induction.model.fitting import Fitted
from app.induction.model.language_model import (
    Message,
    ModelFailure,
    ModelProfile,
    PermanentModelError,
    Prompt,
    Reply,
    TransientModelError,
)
from app.induction.model.prompts import phrase
from app.induction.run import Judgement, Progress, Run
from tests.fakes import FakeCompleter, FakeLanguageModel
from tests.induction.given import pairs, run_over, text_of
from tests.induction.models import Scripted


def prompts(*texts, shortened=False):
    return [Fitted(Prompt((Message("user", text),), "judge", 5), shortened) for text in texts]


def asked(completer, fitted, **options):
    heard: list[Progress] = []
    run = run_over(completer, heard=heard)
    return run, asyncio.run(run.ask(fitted, **options)), heard


def unusable_until(*texts):
    """A model whose replies cannot be used unless the prompt ends in one of the texts."""

    def said(prompt):
        text = text_of(prompt)
        return "fine" if text.endswith(texts) else TransientModelError("no JSON", unusable=True)

    return Scripted(says={"judge": said})


def test_a_prompt_asked_twice_is_sent_once_and_answered_twice():
    completer = FakeCompleter()

    run, answers, _ = asked(completer, prompts("one", "two", "one"))
    again = asyncio.run(run.ask(prompts("two")))

    assert completer.calls == 2
    assert answers[0] == answers[2]
    assert again == [answers[1]]


def test_a_reply_that_cannot_be_used_is_asked_for_once_more_in_other_words():
    completer = unusable_until(phrase("insist"))

    run, answers, _ = asked(completer, prompts("one"))

    assert [text_of(prompt) for prompt in completer.prompts] == ["one", f"one\n{phrase('insist')}"]
    (answer,) = answers
    assert isinstance(answer, Reply)
    assert answer.text == "fine"
    assert len(run.reworded) == 1


def test_it_is_asked_exactly_once_more():
    completer = unusable_until("never")

    run, answers, _ = asked(completer, prompts("one"))
    again = asyncio.run(run.ask(prompts("one")))

    assert completer.calls == 2
    assert answers == again == [ModelFailure("no JSON", unusable=True)]


def test_a_call_without_an_answer_is_not_asked_in_other_words():
    completer = Scripted(says={"judge": TransientModelError("timed out")})

    _, answers, _ = asked(completer, prompts("one"))

    assert completer.calls == 1
    assert answers == [ModelFailure("timed out")]


def test_other_words_are_asked_for_in_one_round_and_only_where_needed():
    completer = unusable_until("good", phrase("insist"))
    model = FakeLanguageModel(completer)
    run = Run(model, 0, lambda _: None, lambda _: {})

    asyncio.run(run.ask(prompts("good", "bad", "worse")))

    assert model.rounds == [3, 2]


def test_the_result_says_how_many_replies_were_asked_for_in_other_words():
    def once_unusable(prompt):
        insisted = text_of(prompt).endswith(phrase("insist"))
        return None if insisted else TransientModelError("no JSON", unusable=True)

    model = FakeLanguageModel(Scripted(says={"summarise": once_unusable, "propose": once_unusable}))

    result = asyncio.run(induce(pairs(6), model, recipe="quick"))

    assert result.persona is not None
    assert not result.missing
    assert any(note.startswith("2 replies of the model could not be used") for note in result.notes)


def test_rounds_are_as_wide_as_the_model_takes_and_the_count_moves_after_each():
    completer = FakeCompleter(ModelProfile("fake", parallel=2))

    _, _, heard = asked(
        completer, prompts("a", "b", "c", "d", "e"), stage="voting", total=10, done=1, counts=[2, 2, 2, 2, 1]
    )

    assert [(one.stage, one.done, one.total) for one in heard] == [
        ("voting", 5, 10),
        ("voting", 9, 10),
        ("voting", 10, 10),
    ]


def test_items_of_several_prompts_count_when_all_are_answered():
    completer = FakeCompleter(ModelProfile("fake", parallel=3))

    _, _, heard = asked(completer, prompts(*"abcdef"), stage="testing", total=3, per=2)

    assert [one.done for one in heard] == [1, 3]


def test_without_a_stage_nothing_is_told():
    _, _, heard = asked(FakeCompleter(), prompts("a"))

    assert heard == []


def test_a_refusal_to_pay_stops_at_once():
    completer = FakeCompleter(faults={2: BudgetReached("The cap is reached.")})
    run = run_over(completer)

    with pytest.raises(BudgetReached):
        asyncio.run(run.ask(prompts("a", "b", "c")))

    assert completer.calls == 2


def test_a_run_apart_shares_paid_answers_and_nothing_else():
    completer = FakeCompleter()
    run, _, heard = asked(completer, prompts("a", shortened=True))
    run.persona = Persona("S.", ())
    run.missing.append("something")

    part = run.apart()
    asyncio.run(part.ask(prompts("a", "b"), stage="testing", total=2))
    part.keep(Judgement("p", "c", 1.0, True, None))
    part.notes.append("a note")

    assert completer.calls == 2
    assert (part.persona, part.missing) == (None, [])
    assert (run.judgements, run.notes, heard) == ({}, [], [])
    assert asyncio.run(run.ask(prompts("b")))
    assert completer.calls == 2
    assert part.shortened is run.shortened


@pytest.mark.parametrize(("faulty", "stops"), [((1, 2), True), ((1,), False), ((), False)])
def test_a_model_that_answered_nothing_so_far_stops_the_run(faulty, stops):
    run, _, _ = asked(
        FakeCompleter(faults={call: TransientModelError("refused") for call in faulty}), prompts("a", "b")
    )

    if stops:
        with pytest.raises(ModelUnavailable, match="none of 2 calls: refused"):
            run.stop_if_silent()
    else:
        run.stop_if_silent()


def test_a_later_judgement_of_the_same_pair_and_condition_takes_the_place_of_the_earlier_one():
    run = run_over(FakeCompleter())

    run.keep(Judgement("p", "both", 1.0, True, None))
    run.keep(Judgement("p", "both", -1.0, False, None))
    run.keep(Judgement("p", "plain", 1.0, True, None))

    assert [one.hit for one in run.judgements.values()] == [False, True]


def failing(number_of_calls, *reasons):
    """Fails so many calls from the first on, for the reasons in turn."""
    return FakeCompleter(
        ModelProfile("fake", parallel=1),
        faults={call: TransientModelError(reasons[call % len(reasons)]) for call in range(1, number_of_calls + 1)},
    )


def test_a_run_of_which_over_half_of_more_than_twenty_calls_fail_stops_and_says_how_many_and_why():
    completer = failing(400, "Out of credit.", "Timed out.", "Out of credit.")

    with pytest.raises(ModelUnavailable) as stopped:
        asked(completer, prompts(*(str(number) for number in range(400))))

    assert completer.calls == 21
    assert str(stopped.value).startswith("21 of 21 calls to the model fake failed, so the run was stopped")
    assert "The commonest reason: Out of credit. Your choices are safe." in str(stopped.value)


@pytest.mark.parametrize(
    ("failed", "of", "stops"), [(20, 20, False), (10, 21, False), (11, 21, True), (20, 40, False), (21, 41, True)]
)
def test_half_of_the_calls_or_twenty_in_all_may_fail(failed, of, stops):
    answered = of - failed
    completer = FakeCompleter(
        ModelProfile("fake", parallel=of),
        faults={call: TransientModelError("refused") for call in range(answered + 1, of + 1)},
    )

    if stops:
        with pytest.raises(ModelUnavailable, match=f"^{failed} of {of} calls"):
            asked(completer, prompts(*(str(number) for number in range(of))))
    else:
        asked(completer, prompts(*(str(number) for number in range(of))))


def test_a_model_that_is_gone_after_many_good_calls_stops_the_run_before_half_have_failed():
    faults = {call: TransientModelError("connection refused") for call in range(301, 700)}
    completer = FakeCompleter(ModelProfile("fake", parallel=1), faults=faults)

    with pytest.raises(ModelUnavailable, match="^21 of 321 calls"):
        asked(completer, prompts(*(str(number) for number in range(600))))

    assert completer.calls == 321


def test_calls_of_the_parts_of_a_run_count_together():
    completer = failing(30, "refused")
    run = run_over(completer)
    asyncio.run(run.ask(prompts(*(f"a{number}" for number in range(15)))))

    with pytest.raises(ModelUnavailable, match="^21 of 21"):
        asyncio.run(run.apart().ask(prompts(*(f"b{number}" for number in range(15)))))


def test_how_many_calls_were_sent_counts_each_prompt_once_and_other_words_too():
    run, _, _ = asked(unusable_until("good", phrase("insist")), prompts("good", "bad", "good"))

    assert run.sent == 3


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            TransientModelError("Lost (after 4 tries)."),
            "Lost (after 4 tries). Your choices are safe; try again when the model is there.",
        ),
        (PermanentModelError("Refused. Check MODEL."), "Refused. Check MODEL. Your choices are safe."),
        (
            PermanentModelError("No credit."),
            "No credit. Your choices are safe. Mend what the reason names, or use another model, and start again.",
        ),
        (
            PermanentModelError("It says neither.", unusable=True),
            "It says neither. MODEL_JUDGING and MODEL_HABITS set other forms of asking. Your choices are safe.",
        ),
        (PermanentModelError("Down. Nothing was lost; start again."), "Down. Nothing was lost; start again."),
    ],
)
def test_a_run_that_got_no_answer_says_once_what_to_do(failure, said):
    run, _, _ = asked(Scripted(says={"judge": failure}), prompts("one"))

    with pytest.raises(ModelUnavailable) as ended:
        run.stop_if_silent()

    assert str(ended.value).endswith(f" answered none of 1 call: {said}")
