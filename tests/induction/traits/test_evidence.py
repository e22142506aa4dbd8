from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import BadInput
from app.domain.personas.persona import Trait
from app.induction.traits.ballots import Statement
from app.induction.traits.evidence import FEWEST_TRAITS, weigh
from tests.induction.given import ADVICE, CODE, pair, pairs, votes_on

FACTS, OPINION = "what is the capital of Peru?", "what do you think of modern art?"

SHORT = Statement("prefers shorter answers", "prefers longer answers")
WARM = Statement("likes a warm tone", "likes a sober tone")
EVERYDAY = Statement("prefers everyday words", "prefers the terms of the trade")
LISTS = Statement("wants lists", "wants running text")


def weighed(given, *cast):
    return weigh(votes_on(given, *cast), given, seed=0)


def texts(evidence):
    return [trait.text for trait in evidence.traits]


def test_a_statement_with_as_many_votes_against_it_as_for_it_is_no_trait():
    evidence = weighed(pairs(8), (SHORT, [1] * 8), (WARM, [1, -1] * 4))

    assert texts(evidence) == ["prefers shorter answers"]


def test_where_nothing_was_voted_there_is_no_trait():
    evidence = weighed(pairs(8), (SHORT, [0] * 8))

    assert evidence.traits == ()
    assert evidence.chance == 1.0


def test_a_trait_names_the_choices_for_and_against_it_and_carries_its_weight():
    evidence = weighed(pairs(6), (EVERYDAY, [1, 1, 1, -1, 0, 1]))

    (trait,) = evidence.traits
    assert trait.supporting == ("choice-0", "choice-1", "choice-2", "choice-5")
    assert trait.opposing == ("choice-3",)
    assert trait.weight == pytest.approx(evidence.weights.values[0], abs=1e-4)
    assert trait.spread == pytest.approx(evidence.weights.spreads[0], abs=1e-4)


def test_a_statement_that_the_choices_turn_against_becomes_its_contrary_with_the_votes_turned():
    evidence = weighed(pairs(6), (SHORT, [-1, -1, -1, 1, 0, -1]))

    (trait,) = evidence.traits
    assert trait.text == "prefers longer answers"
    assert trait.supporting == ("choice-0", "choice-1", "choice-2", "choice-5")
    assert trait.opposing == ("choice-3",)
    assert trait.weight > 0


def test_a_statement_without_a_contrary_that_the_choices_turn_against_is_dropped():
    assert weighed(pairs(6), (Statement("wants sources"), [-1] * 6)).traits == ()


def test_the_more_consistent_statement_comes_first_and_weighs_more():
    evidence = weighed(pairs(10), (WARM, [1, 1, -1, 1, 0, 1, -1, 1, 0, 0]), (SHORT, [1] * 9 + [-1]))

    assert texts(evidence) == ["prefers shorter answers", "likes a warm tone"]
    assert evidence.traits[0].weight > evidence.traits[1].weight


def by_kind(code, advice):
    return [pair(number, asked=CODE if number < code else ADVICE) for number in range(code + advice)]


def test_a_leaning_that_turns_round_for_one_kind_of_request_becomes_two_traits_bound_to_it():
    evidence = weighed(by_kind(6, 6), (SHORT, [1] * 6 + [-1] * 6))

    assert {trait.text: trait.when for trait in evidence.traits} == {
        "For code: prefers shorter answers": "code",
        "For advice: prefers longer answers": "advice",
    }
    assert {one for trait in evidence.traits for one in trait.supporting} == {f"choice-{n}" for n in range(12)}
    assert all(trait.opposing == () for trait in evidence.traits)


def test_a_trait_is_bound_to_the_kind_that_the_voting_model_named():
    given = by_kind(6, 6)
    votes = replace(votes_on(given, (SHORT, [1] * 6 + [-1] * 6)), kinds={f"choice-{n}": "opinion" for n in range(6)})

    evidence = weigh(votes, given, 0)

    assert {trait.when for trait in evidence.traits} == {"opinion", "advice"}
    assert evidence.log_odds(votes, given[0])
    assert evidence.log_odds(replace(votes, kinds={"choice-0": "chat"}), given[0]) == 0


def test_what_goes_against_a_leaning_for_one_kind_confines_it_to_the_others():
    for_code = Statement("gives every detail of the program", "", "code")
    evidence = weighed(by_kind(6, 9), (SHORT, [-1] * 3 + [0] * 3 + [1] * 9), (for_code, [1] * 6 + [0] * 9))

    assert {trait.text: trait.when for trait in evidence.traits} == {
        "For advice: prefers shorter answers": "advice",
        "For code: gives every detail of the program": "code",
    }


def test_what_turns_round_for_one_kind_is_said_of_all_kinds_it_was_seen_in_and_of_no_other():
    others = [pair(6 + number, asked=asked) for number, asked in enumerate([ADVICE, FACTS, FACTS, OPINION] * 2)]
    votes = [-1, -1, -1, 0] * 2

    evidence = weighed([*by_kind(6, 0), *others], (SHORT, [1] * 6 + votes))

    assert {trait.text: trait.when for trait in evidence.traits} == {
        "For code: prefers shorter answers": "code",
        "For facts and advice: prefers longer answers": "facts,advice",
    }


def test_a_leaning_that_was_seen_in_one_kind_alone_and_goes_against_what_is_bound_to_it_is_dropped():
    for_code = Statement("gives every detail of the program", "", "code")
    evidence = weighed(by_kind(9, 3), (SHORT, [1] * 3 + [-1] + [0] * 8), (for_code, [-1] * 3 + [1] * 6 + [0] * 3))

    assert [trait.when for trait in evidence.traits] == ["code"]


def test_a_few_choices_of_a_kind_bind_nothing_to_it():
    evidence = weighed(by_kind(3, 9), (SHORT, [-1] * 3 + [1] * 9))

    assert [(trait.text, trait.when) for trait in evidence.traits] == [("prefers shorter answers", "")]


def test_a_leaning_that_is_only_weaker_for_one_kind_stays_whole():
    evidence = weighed(by_kind(5, 7), (SHORT, [1, 1, 1, 1, -1] + [1] * 7))

    assert [trait.when for trait in evidence.traits] == [""]


def test_a_statement_that_was_proposed_for_one_kind_says_so():
    evidence = weighed(by_kind(6, 0), (Statement("Prefers comments", "prefers bare code", "code"), [1] * 6))

    assert [(trait.text, trait.when) for trait in evidence.traits] == [("For code: prefers comments", "code")]


def test_of_statements_that_say_the_same_the_stronger_one_is_kept():
    twin = Statement("likes answers that are shorter", "likes answers that are longer")

    evidence = weighed(pairs(8), (twin, [1, 1, 0, 0, -1, 1, 0, 0]), (SHORT, [1] * 8))

    assert texts(evidence) == ["prefers shorter answers"]


def test_statements_that_vote_alike_are_shown_once():
    evidence = weighed(pairs(10), (SHORT, [1] * 10), (LISTS, [1] * 9 + [0]), (WARM, [1, -1] * 2 + [0] * 2 + [1] * 4))

    assert texts(evidence) == ["prefers shorter answers", "likes a warm tone"]


def test_of_two_leanings_that_always_speak_against_one_another_the_stronger_is_kept():
    evidence = weighed(pairs(11), (EVERYDAY, [1] * 6 + [-1] * 5), (LISTS, [-1] * 5 + [0] + [1] * 5))

    assert texts(evidence) == ["prefers everyday words"]


def test_leanings_that_the_answers_seldom_offer_together_are_both_kept():
    evidence = weighed(pairs(10), (EVERYDAY, [1] * 6 + [-1] * 4), (LISTS, [-1] * 4 + [0] + [1] * 5))

    assert set(texts(evidence)) == {"prefers everyday words", "wants lists"}


def test_the_contrary_of_a_statement_is_held_to_what_may_be_shown_too():
    private = Statement("prefers plain words", "wants answers for a Catholic reader")

    assert weighed(pairs(6), (private, [-1] * 6)).traits == ()


NAMES = ["alpha", "bravo", "carol", "delta", "eagle", "fancy", "gamma", "hotel", "india", "joker", "kilos", "limas"]


def test_at_most_nine_traits_are_kept():
    given = pairs(40)
    cast = [(Statement(f"prefers {name} endings"), [0] * 40) for name in NAMES]
    for place, (_, votes) in enumerate(cast):
        votes[3 * place : 3 * place + 8] = [1] * len(votes[3 * place : 3 * place + 8])

    assert len(weighed(given, *cast).traits) == 9


def test_unsure_leanings_fill_up_to_three_traits_and_no_further():
    given = pairs(15)
    cast = [(Statement(f"prefers {name} endings"), [0] * 15) for name in NAMES[:5]]
    for place, (_, votes) in enumerate(cast):
        votes[3 * place : 3 * place + 3] = [1, 1, -1]

    evidence = weighed(given, *cast)

    assert len(evidence.traits) == FEWEST_TRAITS
    assert all(evidence.weights.is_positive(place) < 0.8 for place in range(FEWEST_TRAITS))


def test_a_statement_that_tells_next_to_nothing_is_no_trait_even_where_there_are_few():
    evidence = weighed(pairs(15), (WARM, [1] * 8 + [-1] * 7))

    assert evidence.traits == ()


def test_pairs_that_were_not_voted_on_say_nothing():
    given = pairs(8)
    votes = votes_on(given[:5], (SHORT, [1] * 5))

    evidence = weigh(votes, given, seed=0)

    assert evidence.traits[0].supporting == tuple(f"choice-{number}" for number in range(5))
    assert len(evidence.rows) == 5


def test_of_an_unseen_pair_the_traits_say_what_its_votes_say_where_they_hold():
    seen, unseen = by_kind(6, 6), [pair(20, asked=CODE), pair(21, asked=ADVICE), pair(22)]
    votes = votes_on([*seen, *unseen[:2]], (SHORT, [1] * 6 + [-1] * 6 + [1, 1]))

    evidence = weigh(votes, seen, seed=0)

    agrees, goes_against, unknown = (evidence.log_odds(votes, one) for one in unseen)
    assert agrees is not None
    assert goes_against is not None
    assert agrees > 0 > goes_against
    assert unknown is None


def test_what_was_not_weighed_on_does_not_change_the_weights():
    given = pairs(10)
    votes = votes_on(given, (SHORT, [1] * 5 + [-1] * 5))

    assert weigh(votes, given[:5], 0).traits == weigh(votes_on(given[:5], (SHORT, [1] * 5)), given[:5], 0).traits


def test_a_trait_without_a_supporting_choice_cannot_be_made():
    with pytest.raises(BadInput, match="at least one choice"):
        Trait("prefers shorter answers", ())


def test_what_few_people_hold_takes_more_choices_to_be_believed_than_what_most_do():
    votes = [1] * 4 + [-1] * 2

    assert weighed(pairs(6), (SHORT, votes)).traits == ()
    assert texts(weighed(pairs(6), (Statement(SHORT.opposite, SHORT.text), votes))) == ["prefers longer answers"]
    assert texts(weighed(pairs(6), (EVERYDAY, votes))) == ["prefers everyday words"]
    assert texts(weighed(pairs(18), (SHORT, [1] * 15 + [-1] * 3))) == ["prefers shorter answers"]
