from __future__ import annotations

import asyncio
import re

import pytest

from app.domain.personas.persona import Persona
from app.induction.model.language_model import ModelProfile, PermanentModelError
from app.induction.traits.ballots import Statement, Votes
from app.induction.traits.demonstrations import Material, _halves, _is_behind, covering, none, race, surprising
from app.induction.traits.evidence import weigh
from app.induction.traits.learning import guide_of
from tests.fakes import FakeCompleter
from tests.induction.given import pair, pairs, run_over, text_of, votes_on
from tests.induction.models import Opinionated, Scripted, leaning_to

SHORT = Statement("prefers shorter answers", "prefers longer answers")
WARM = Statement("likes a warm tone", "likes a sober tone")
FIRST = Statement("wants the conclusion first", "wants the conclusion last")


def material(given, *cast, unlike=()):
    votes = votes_on(given, *cast)
    persona = Persona("Written from all choices.", weigh(votes, given, 0).traits)
    return Material(tuple(given), votes, persona, frozenset(unlike))


def numbers(examples):
    return [one.pair.pair_id.removeprefix("choice-") for one in examples]


def raced(completer, stuff, guide=guide_of):
    return asyncio.run(race(run_over(completer), stuff, guide))


def test_choices_that_together_show_all_traits_are_taken_the_heaviest_trait_first():
    votes = {
        SHORT: [1, 1, 1, 1, 1, 0, 0, 0],
        WARM: [0, 0, 0, 0, 1, 1, 1, 0],
        FIRST: [0, 0, 0, 0, 0, 0, 1, 1],
    }
    stuff = material(pairs(8), *votes.items())

    examples = covering(stuff, 2)

    assert numbers(examples) == ["4", "6"]
    assert examples[0].reasoning == "prefers shorter answers; likes a warm tone"


def test_where_all_traits_are_shown_more_choices_fill_the_room_and_shorter_ones_are_preferred():
    given = [pair(number, chosen="Water. " * (9 - number)) for number in range(4)]
    stuff = material(given, (SHORT, [1, 1, 1, 1]))

    assert numbers(covering(stuff, 3)) == ["3", "2", "1"]


@pytest.mark.parametrize("rule", [covering, surprising])
def test_a_choice_that_the_traits_speak_against_is_no_example(rule):
    stuff = material(pairs(6), (SHORT, [1, 1, 1, 1, 1, -1]), unlike=[f"choice-{number}" for number in range(6)])

    assert "5" not in numbers(rule(stuff, 9))


def test_surprising_examples_were_guessed_wrong_and_are_explained_best():
    stuff = material(pairs(6), (SHORT, [1, 1, 1, 1, 1, 1]), (WARM, [0, 0, 1, 1, 0, 0]), unlike=["choice-1", "choice-3"])

    assert numbers(surprising(stuff, 1)) == ["3"]
    assert numbers(surprising(stuff, 3)) == ["3", "1"]


def test_no_examples_are_no_examples():
    assert none(material(pairs(5), (SHORT, [1] * 5)), 3) == ()


def test_below_fifteen_choices_nothing_is_judged_and_covering_choices_are_taken():
    completer = FakeCompleter()
    stuff = material(pairs(14), (SHORT, [1] * 14))

    examples = raced(completer, stuff)

    assert completer.calls == 0
    assert examples == covering(stuff, 3)
    assert len(examples) == 3


ALL_UNLIKE = tuple(f"choice-{number}" for number in range(20))


def race_of_twenty(unlike=ALL_UNLIKE):
    return material(pairs(20), (SHORT, [1] * 20), (WARM, [1, 0, 1, -1] * 5), unlike=unlike)


def numbers_in(text):
    return [int(number) for number in re.findall(r"Question (\d+):", text)]


def test_no_choice_is_judged_with_examples_or_weights_of_its_own_half():
    stuff, completer = race_of_twenty(), Opinionated()
    half_of = {one.pair_id: side for side, half in enumerate(_halves(stuff.pairs, 0)) for one in half}
    guided = []

    def guide(persona):
        guided.append(persona)
        return f"Persona {len(guided)}."

    raced(completer, stuff, guide)

    assert len(half_of) == 20
    for prompt in completer.prompts:
        *examples, question = numbers_in(text_of(prompt))
        assert half_of[f"choice-{question}"] not in {half_of[f"choice-{number}"] for number in examples}
        persona = guided[int(text_of(prompt).partition("Persona ")[2].partition(".")[0]) - 1]
        weighed_on = {one for trait in persona.traits for one in (*trait.supporting, *trait.opposing)}
        assert half_of[f"choice-{question}"] not in {half_of[one] for one in weighed_on}
        assert persona.summary == ""
    assert any(len(numbers_in(text_of(prompt))) > 1 for prompt in completer.prompts)


def test_a_half_without_any_trait_tells_the_judge_nothing_of_the_whole():
    given = pairs(15)
    first, _ = _halves(given, 0)
    inside = {one.pair_id for one in first}
    stuff = material(given, (SHORT, [1 if one.pair_id in inside else 0 for one in given]))
    completer = Opinionated()

    raced(completer, stuff)

    asked = [numbers_in(text_of(prompt))[-1] for prompt in completer.prompts]
    untold = [
        "How this person likes answers" not in text_of(prompt)
        for number, prompt in zip(asked, completer.prompts, strict=True)
        if f"choice-{number}" in inside
    ]
    assert all(untold)
    assert "Written from all choices" not in "".join(map(text_of, completer.prompts))


def test_halves_cut_no_conversation_and_are_about_equal():
    given = [pair(number, conversation=f"talk-{number // 3}") for number in range(18)]

    one, other = _halves(given, 4)

    assert {len(one), len(other)} == {9}
    assert not {each.conversation_id for each in one} & {each.conversation_id for each in other}


def judge_by(gain):
    """A judge for whom examples add `gain` to the log-odds of the real choice, which no prompt of the race tells it."""

    def judge(prompt):
        shots = sum(message.role == "assistant" for message in prompt.messages)
        chosen_first = prompt.messages[-1].content.index("Water") < prompt.messages[-1].content.index("It depends")
        odds = 1.0 + (gain if shots else 0.0)
        return leaning_to(odds if chosen_first else -odds)

    return Scripted(says={"judge": judge})


def test_examples_that_make_real_choices_less_likely_are_left_out():
    assert raced(judge_by(-6.0), race_of_twenty()) == ()


def test_examples_that_help_are_taken_and_of_equals_the_covering_ones():
    stuff = race_of_twenty()

    assert raced(judge_by(2.0), stuff) == covering(stuff, 3)


def test_a_rule_that_falls_behind_is_asked_no_further():
    stuff = material(pairs(40), (SHORT, [1] * 40), unlike=["choice-1"])
    bad, good = judge_by(-8.0), judge_by(1.0)

    raced(bad, stuff)
    raced(good, stuff)

    assert bad.calls < good.calls


def test_where_no_judgement_is_usable_covering_choices_are_taken():
    stuff = race_of_twenty()

    examples = raced(Scripted(says={"judge": PermanentModelError("gone")}), stuff)

    assert examples == covering(stuff, 3)


def test_where_each_answer_is_judged_alone_the_race_costs_twice():
    calls = []
    for judging in ("both_orders", "pointwise"):
        completer = FakeCompleter(ModelProfile("fake", slot_tokens=16_384, judging=judging), generic=lambda _text: 0.0)
        raced(completer, race_of_twenty(unlike=()))
        calls.append(completer.calls)

    assert calls[1] == 2 * calls[0]


def test_a_choice_of_no_closed_group_changes_no_prompt_of_the_race():
    asked = []
    for count in (20, 21, 24):
        completer = Opinionated()
        raced(completer, material(pairs(count), (SHORT, [1] * count)))
        asked.append([prompt.digest for prompt in completer.prompts])

    assert asked[0] == asked[1] == asked[2]


def test_without_traits_there_are_no_examples():
    given = pairs(20)
    stuff = Material(tuple(given), Votes((), {}), Persona("", ()), frozenset())

    assert raced(Opinionated(), stuff) == ()


def test_a_rule_is_behind_only_where_it_is_behind_what_was_measured():
    # The mean of -0.57 lies within two spreads of 0.37 of no examples at all.
    assert not _is_behind({"covering": [-6.0, -6.0]}, "covering")
    assert _is_behind({"covering": [-6.0] * 4}, "covering")
