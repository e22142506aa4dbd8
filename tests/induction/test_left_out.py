"""Losers that are not as their model meant them teach nothing: not the counts, not the prompts, not the tests."""

from __future__ import annotations

import pytest

from app.domain.choices.preference import Completion
from app.domain.errors import BadInput
from app.domain.flaws import CUT
from app.induction.induce import check_choices
from app.induction.model.fitting import Limits, show_answer
from tests.fakes import FakeCompleter
from tests.induction.given import induced, pair, pairs

LOOP = "It is what it is, whatever it is. " * 9


def test_a_choice_over_a_broken_answer_is_neither_read_nor_counted_nor_tested():
    given = [*pairs(12), pair(20, rejected=LOOP), pair(21, rejected=LOOP)]
    completer = FakeCompleter()

    found, without = induced(given, completer), induced(pairs(12))

    assert found.counted == without.counted
    assert found.style == without.style
    assert {"choice-20", "choice-21"}.isdisjoint(found.train_ids)
    assert {"choice-20", "choice-21"}.isdisjoint(each.pair_id for each in found.judgements)
    assert not any(LOOP in message.content for prompt in completer.prompts for message in prompt.messages)
    assert (found.n_choices, found.n_read) == (14, 12)
    assert found.notes[0].startswith("2 choices teach nothing of manner and were left out")
    assert "looping (2)" in found.notes[0]


def test_a_broken_answer_that_was_chosen_is_read():
    given = [*pairs(6), pair(20, chosen=LOOP, rejected="Fine.")]

    found = induced(given)

    assert "choice-20" in found.train_ids
    assert not any("left out" in note for note in found.notes)


def test_too_few_choices_that_teach_are_refused_with_the_reason():
    with pytest.raises(BadInput, match=r"4 of 5 choices: 1 more .* 1 choice teaches nothing .* looping \(1\)"):
        check_choices([*pairs(4), pair(20, rejected=LOOP)])


def test_a_cut_answer_is_said_to_be_cut_in_prompts():
    whole = "There is much to say about gardens, and most of it comes down to water in the end. " * 3
    cut = Completion(f"{whole}Water in the evening, and")

    assert show_answer("chosen", cut, Limits()).endswith(f"</chosen>\n({CUT})")
    assert CUT not in show_answer("chosen", Completion(whole), Limits())
