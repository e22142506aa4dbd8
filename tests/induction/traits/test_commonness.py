"""What of the traits is anybody's: the order in which they stand, and what a trait must be seen on."""

from __future__ import annotations

from dataclasses import replace

from app.domain.choices.preference import Completion
from app.induction.traits.ballots import Statement
from app.induction.traits.evidence import weigh
from tests.induction.given import CODE, pair, pairs, votes_on

SHORT = Statement("prefers shorter answers", "prefers longer answers")
LONG = Statement("prefers longer answers", "prefers shorter answers")
STANCE = Statement("prefers answers that take a stance", "prefers answers that take no side")
TABLE = Statement("likes a table", "dislikes tables")


def weighed(given, *cast, wrong=(), guessed=True):
    known = {one.pair_id: one.pair_id not in wrong for one in given} if guessed else {}
    return weigh(votes_on(given, *cast), given, 0, None, known)


def texts(evidence):
    return [trait.text for trait in evidence.traits]


def test_what_most_people_do_not_like_comes_before_stronger_traits_and_what_they_like_comes_last():
    given = pairs(12)
    stance, table = [1] * 10 + [0] * 2, [0] * 2 + [1] * 9 + [-1]

    unlike = weighed(
        given, (STANCE, stance), (SHORT, [1, 1, 1, 0, 0, 0, 0, 1, 1, -1, 1, 1]), (TABLE, table), guessed=False
    )
    like = weighed(given, (LONG, [1, 1, 1, 0, 0, 0, 0, 1, 1, -1, 1, 1]), (STANCE, stance), guessed=False)

    assert texts(unlike)[0] == "prefers shorter answers"
    assert texts(like)[-1] == "prefers longer answers"
    assert unlike.traits[0].weight == round(unlike.weights.values[0], 4)
    assert unlike.columns[0].text == "prefers shorter answers"


def test_a_trait_whose_way_was_guessed_wherever_it_bears_is_common_taste_and_stands_last():
    given = pairs(12)

    found = weighed(
        given, (STANCE, [1] * 9 + [-1] + [0] * 2), (TABLE, [1] * 6 + [0] * 6), wrong=["choice-0", "choice-9"]
    )

    told = {trait.text: trait.is_common for trait in found.traits}
    assert told == {STANCE.text: False, TABLE.text: False}

    found = weighed(given, (STANCE, [1] * 9 + [-1] + [0] * 2), (TABLE, [0] * 4 + [1] * 6 + [0] * 2), wrong=["choice-9"])

    # The judge who knew nothing was wrong where the first one is spoken against, and there too it took its side.
    assert [(trait.text, trait.is_common) for trait in found.traits] == [(TABLE.text, False), (STANCE.text, True)]


def test_where_nothing_was_guessed_nothing_is_called_common():
    assert not weighed(pairs(8), (STANCE, [1] * 8), guessed=False).traits[0].is_common


def test_a_trait_of_two_choices_is_not_called_common():
    given = pairs(6)

    assert not weighed(given, (STANCE, [1, 1, 0, 0, 0, 0])).traits[0].is_common


def test_what_is_counted_in_people_goes_before_what_a_judge_guessed():
    assert not weighed(pairs(8), (SHORT, [1] * 8)).traits[0].is_common


def test_a_trait_needs_two_different_requests_and_not_only_two_decisions():
    one_request = [replace(one, context=pairs(1)[0].context) for one in pairs(6)]
    apart = [replace(one, rejected=Completion(f"{one.rejected.text} {at}")) for at, one in enumerate(one_request)]

    assert weighed(apart, (STANCE, [1] * 6)).traits == ()
    assert texts(weighed([*apart[:5], pair(9)], (STANCE, [1] * 6))) == [STANCE.text]


def test_a_trait_must_be_seen_on_three_of_fifteen_decisions():
    assert weighed(pairs(15), (STANCE, [1, 1] + [0] * 13)).traits == ()
    assert texts(weighed(pairs(15), (STANCE, [1, 1, 1] + [0] * 12))) == [STANCE.text]


def test_a_trait_for_one_kind_of_request_is_measured_by_the_decisions_of_that_kind():
    given = [pair(number, asked=CODE) for number in range(3)] + [pair(number) for number in range(3, 20)]

    (found,) = weighed(given, (Statement("likes comments", "", "code"), [1, 1, 1] + [0] * 17)).traits

    assert found.when == "code"
