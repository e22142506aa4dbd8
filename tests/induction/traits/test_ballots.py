from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from app.domain.texts.request_kinds import KINDS, OTHER
from app.induction.judging.judge import drawn_first
from app.induction.model.language_model import ModelProfile, PermanentModelError
from app.induction.run import Progress
from app.induction.traits.ballots import Statement, Votes, cast_votes
from tests.fakes import FakeCompleter
from tests.induction.given import ADVICE, CODE, pair, pairs, run_over, text_of
from tests.induction.models import Opinionated, Scripted, votes_by

SHORT = Statement("prefers shorter answers", "prefers longer answers")
WARM = Statement("likes a warm tone", "likes a sober tone")


def cast(completer, given, statements=(SHORT, WARM), **options):
    run = run_over(completer)
    return run, asyncio.run(cast_votes(run, statements, given, **options))


def the_other_way_round(one):
    return replace(one, chosen=one.rejected, rejected=one.chosen)


def test_a_vote_for_the_first_shown_counts_for_the_chosen_answer_where_that_was_shown_first():
    given = pairs(12)

    run, votes = cast(Scripted(says={"vote": votes_by(lambda _name, _place: "A")}), given)

    first = {one.pair_id: drawn_first(run.seed, one) for one in given}
    assert len(set(first.values())) == 2
    assert {pair_id: row[0] for pair_id, row in votes.by_pair.items()} == {
        pair_id: 1 if is_first else -1 for pair_id, is_first in first.items()
    }


def test_the_model_that_votes_is_not_told_the_choice():
    given = pairs(6)
    completer, turned = Opinionated(), Opinionated()

    _, votes = cast(completer, given)
    _, reversed_votes = cast(turned, [the_other_way_round(one) for one in given])

    assert [one.digest for one in completer.prompts] == [one.digest for one in turned.prompts]
    assert any(any(row) for row in votes.by_pair.values())
    assert reversed_votes.by_pair == {name: tuple(-vote for vote in row) for name, row in votes.by_pair.items()}


def test_several_pairs_go_into_one_prompt_up_to_what_the_model_packs():
    completer = FakeCompleter(ModelProfile("fake", slot_tokens=16_384, packing=6))

    cast(completer, pairs(13))

    shown = [text_of(prompt).count("\nPair ") + text_of(prompt).count("user\nPair ") for prompt in completer.prompts]
    assert len(completer.prompts) == 3
    assert sum(shown) == 13


def test_no_text_is_clipped_to_pack_more_pairs_and_every_prompt_fits():
    given = [pair(number, chosen=f"{number} " + "long " * 800) for number in range(6)]
    completer = FakeCompleter(ModelProfile("fake", slot_tokens=4096))

    run, votes = cast(completer, given)

    assert len(completer.prompts) == 3
    assert not run.shortened
    assert len(votes.by_pair) == 6
    assert all(prompt.estimated_tokens + prompt.max_tokens <= 4096 for prompt in completer.prompts)


def test_a_pair_too_long_for_any_prompt_is_voted_on_alone_and_shortened():
    given = [pair(0), pair(1, chosen="x" * 40_000), pair(2)]
    completer = FakeCompleter(ModelProfile("fake", slot_tokens=4096))

    run, votes = cast(completer, given)

    assert [text_of(prompt).count("<answer_a>") for prompt in completer.prompts] == [1, 1, 1]
    assert len(run.shortened) == 1
    assert len(votes.by_pair) == 3


def test_a_new_choice_changes_the_last_pack_alone():
    before, after = FakeCompleter(), FakeCompleter()

    cast(before, pairs(14))
    cast(after, pairs(15))

    known = {prompt.digest for prompt in before.prompts}
    assert [prompt.digest in known for prompt in after.prompts] == [True, True, False]


def test_a_choice_after_the_closed_ones_changes_no_prompt_that_shows_these():
    before, after = FakeCompleter(), FakeCompleter()

    cast(before, pairs(15), closed=15)
    cast(after, pairs(16), closed=15)

    assert [prompt.digest for prompt in after.prompts[:-1]] == [prompt.digest for prompt in before.prompts]
    assert "Question 15" in text_of(after.prompts[-1])


def test_the_count_of_voted_pairs_is_told_as_packs_come_in():
    heard: list[Progress] = []
    run = run_over(FakeCompleter(ModelProfile("fake", slot_tokens=16_384, parallel=1)), heard=heard)

    asyncio.run(cast_votes(run, [SHORT], pairs(13)))

    assert [(one.stage, one.done, one.total) for one in heard] == [
        ("voting", 6, 13),
        ("voting", 12, 13),
        ("voting", 13, 13),
    ]


def test_a_statement_for_one_kind_of_request_says_nothing_of_others():
    for_code = Statement("prefers shorter answers", "", "code")
    given = [pair(0, asked=CODE), pair(1, asked=ADVICE)]
    completer = FakeCompleter()

    _, votes = cast(completer, given, [for_code])

    assert votes.by_pair == {"choice-0": (1,), "choice-1": (0,)}
    assert "S1: For code: prefers shorter answers" in text_of(completer.prompts[0])


def test_a_kind_that_the_model_names_goes_before_the_one_that_rules_tell():
    for_code = Statement("prefers shorter answers", "", "code")
    rows = [{"kind": kind, "S1": "A"} for kind in ("code", "advice", "poetry", None)]
    given = [pair(number, asked=asked) for number, asked in enumerate((ADVICE, CODE, CODE, ADVICE))]
    completer = Scripted(says={"vote": json.dumps({"pairs": rows})})

    _, votes = cast(completer, given, [for_code])

    assert [abs(votes.by_pair[one.pair_id][0]) for one in given] == [1, 0, 1, 0]
    assert [votes.kind_of(one) for one in given] == ["code", "advice", "code", "advice"]
    assert votes.beside(Votes(votes.statements, {}, {"x": "chat"})).kinds == {**votes.kinds, "x": "chat"}


def test_the_kinds_that_may_be_named_are_those_of_the_rules_and_are_asked_for_in_the_same_call():
    completer = FakeCompleter()

    cast(completer, [pair(0)], [Statement("prefers shorter answers")])

    (prompt,) = completer.prompts
    kinds = json.loads(prompt.schema)["properties"]["pairs"]["items"]["properties"]["kind"]["enum"]
    assert kinds == [*KINDS, OTHER]
    assert all(kind in prompt.messages[-1].content for kind in kinds)


def test_a_list_that_is_too_short_is_not_believed_and_each_choice_is_asked_alone():
    given = pairs(3)
    first_missing = json.dumps({"pairs": [{"S1": "B", "S2": "-"}, {"S1": "B", "S2": "-"}]})
    completer = Scripted(says={"vote": lambda prompt: first_missing if "Pair 2" in text_of(prompt) else None})

    run, votes = cast(completer, given)

    assert votes.by_pair == cast(FakeCompleter(), given)[1].by_pair
    assert completer.calls == 1 + len(given)
    assert run.missing == []


def test_a_list_that_is_too_long_is_not_believed_either():
    def said(prompt):
        shown = prompt.messages[-1].content.count("<answer_a>")
        return {"pairs": [{"S1": "A", "S2": "-"}] * (4 if shown > 1 else 1)}

    given = pairs(3)

    run, votes = cast(Scripted(says={"vote": said}), given)

    assert {name: row[0] for name, row in votes.by_pair.items()} == {
        one.pair_id: 1 if drawn_first(run.seed, one) else -1 for one in given
    }


def test_a_list_that_was_cut_off_is_asked_for_again_choice_by_choice():
    given = pairs(3)
    cut = PermanentModelError("The answer was cut off.", unusable=True)
    completer = Scripted(says={"vote": lambda prompt: cut if "Pair 2" in text_of(prompt) else None})

    run, votes = cast(completer, given)

    assert votes.by_pair == cast(FakeCompleter(), given)[1].by_pair
    assert not any("no usable votes" in sentence for sentence in run.missing)


def test_a_vote_left_out_says_nothing_and_a_pair_without_any_was_not_voted_on():
    said = json.dumps({"pairs": [{"S2": "A"}, {"S1": "both", "S2": None}, "none", {"S1": "-", "S2": "-"}]})

    _, votes = cast(Scripted(says={"vote": said}), pairs(4))

    assert set(votes.by_pair) == {"choice-0", "choice-3"}
    assert votes.by_pair["choice-0"][0] == 0
    assert votes.by_pair["choice-3"] == (0, 0)


@pytest.mark.parametrize("text", ["", "no", "[]", "{}", '{"pairs": 3}', '{"pairs": null}', '{"pairs": []}'])
def test_a_reply_that_cannot_be_read_votes_on_nothing(text):
    run, votes = cast(Scripted(says={"vote": text}), pairs(3))

    assert votes.by_pair == {}
    assert votes.rows(pairs(3)) == []
    assert run.missing == ["The model gave no usable votes on 3 of 3 choices; these say nothing of a trait."]


def test_calls_that_failed_are_named_and_the_other_packs_count():
    completer = Scripted(
        says={"vote": lambda prompt: PermanentModelError("gone") if "Question 7" in text_of(prompt) else None}
    )

    run, votes = cast(completer, pairs(12))

    assert set(votes.by_pair) == {f"choice-{number}" for number in range(6)}
    assert run.missing == [
        "The model did not answer 1 of 2 calls while holding traits against your choices: gone",
        "The model gave no usable votes on 6 of 12 choices; these say nothing of a trait.",
    ]


def test_without_statements_or_pairs_nothing_is_asked():
    completer = FakeCompleter()

    _, none = cast(completer, pairs(3), [])
    _, empty = cast(completer, [])

    assert completer.calls == 0
    assert none.by_pair == {f"choice-{number}": () for number in range(3)}
    assert empty.by_pair == {}


THINKING = ModelProfile("thinks", slot_tokens=16_384, judging="stacked", packing=10, thought_tokens=400)


def test_where_calls_pay_for_thoughts_ten_choices_share_one_and_never_fewer_than_five_for_long_texts():
    long = [replace(one, rejected=replace(one.rejected, text="much to say " * 2_000)) for one in pairs(10)]
    short, clipped = FakeCompleter(THINKING), FakeCompleter(THINKING)

    cast(short, pairs(20))
    run, votes = cast(clipped, long)

    assert (short.calls, clipped.calls) == (2, 2)
    assert len(votes.by_pair) == 10
    assert len(run.shortened) == 2


def test_where_calls_pay_for_thoughts_a_list_that_cannot_be_believed_is_asked_for_in_halves():
    def too_short(prompt):
        found = json.loads(FakeCompleter(THINKING)._answer(prompt)[0])["pairs"]
        return {"pairs": found if len(found) < 10 else found[:9]}

    completer = Scripted(THINKING, says={"vote": too_short})

    _, votes = cast(completer, pairs(10))

    assert completer.calls == 1 + 2
    assert len(votes.by_pair) == 10
