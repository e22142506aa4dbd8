"""A winner over three losers, as the prompts show it and the evidence counts it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.measures import row_of, rows_of
from app.induction.judging.bootstrap import Trace
from app.induction.traits.ballots import Statement, cast_votes
from app.induction.traits.evidence import weigh
from app.induction.traits.proposals import propose
from tests.fakes import FakeCompleter
from tests.induction.given import pair, pairs, run_over, text_of, votes_on
from tests.induction.models import Scripted, votes_by

SHORT = Statement("prefers shorter answers", "prefers longer answers")
LOSERS = ("It depends on the plant.", "Daily, I would say.", "Ask your gardener first.")


def over_three() -> list[PreferencePair]:
    one = pair(0)
    return [replace(one, pair_id=f"choice-0-{place}", rejected=Completion(text)) for place, text in enumerate(LOSERS)]


def test_a_decision_is_voted_on_as_one_pair_that_does_not_tell_the_winner():
    given = over_three()
    winner = given[0].chosen
    completer = Scripted(says={"vote": votes_by(lambda _name, _place: "A")})
    turned = Scripted(says={"vote": votes_by(lambda _name, _place: "A")})
    # The same four answers, of which another won.
    other = given[0].rejected
    others = [
        replace(one, chosen=other, rejected=lost)
        for one, lost in zip(given, (winner, given[1].rejected, given[2].rejected), strict=True)
    ]

    votes = asyncio.run(cast_votes(run_over(completer), [SHORT], given))
    asyncio.run(cast_votes(run_over(turned), [SHORT], others))

    (prompt,) = completer.prompts
    assert [text_of(prompt).count(text) for text in (winner.text, *LOSERS)] == [1, 1, 1, 1]
    assert [one.digest for one in turned.prompts] == [prompt.digest]
    cast = [votes.by_pair[one.pair_id][0] for one in given]
    assert cast == [1, 1, 1] or sorted(cast) == [-1, 0, 0], "the answer named wins over all, or one of the others does"


def test_a_decision_is_proposed_from_as_one_choice_with_its_losers_below():
    completer = FakeCompleter()

    asyncio.run(propose(run_over(completer), [Trace(one) for one in over_three()], surprising=frozenset()))

    told = text_of(completer.prompts[0])
    assert told.count("Choice ") == 1
    assert [told.count(text) for text in (over_three()[0].chosen.text, *LOSERS)] == [1, 1, 1, 1]
    assert "Other answer 3" in told


def test_a_decision_supports_a_trait_once_by_the_mean_of_its_votes():
    given = [*over_three(), *pairs(6)[1:]]
    votes = votes_on(given, (SHORT, (1, 1, -1, 1, 1, 1, 1, 1)))

    (trait,) = weigh(votes, given, 0).traits

    assert trait.supporting == ("choice-0-0", *(f"choice-{number}" for number in range(1, 6)))
    assert trait.opposing == ()


def test_a_decision_is_one_counted_row_on_the_scale_of_one_choice():
    given = over_three()

    (row,) = rows_of([*given])

    assert row == tuple(sum(column) / 3 for column in zip(*map(row_of, given), strict=True))
    assert all(-1 <= entry <= 1 for entry in row)
