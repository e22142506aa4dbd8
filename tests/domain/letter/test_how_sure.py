"""How sure a persona is, in one plain sentence, and of which languages it was counted."""

from __future__ import annotations

import pytest

from app.domain.letter import how_sure, languages_sentence
from app.domain.personas.persona import COUNTING
from app.domain.texts import language
from tests.domain.letter.given import counted, document


def test_how_sure_is_one_plain_sentence() -> None:
    a_persona = document(counted("length", False))
    assert how_sure({**a_persona, "is_sketch": True, "n_read": 7}) == "A first guess from 7 choices."
    assert how_sure(a_persona) == "Made from 10 choices, and not tested on others yet."
    assert how_sure({**a_persona, "accuracy": {"hits": 9, "n": 10}}) == "Right on 9 of 10 unseen choices."
    small = how_sure({**a_persona, "accuracy": {"hits": 7, "n": 9}})
    assert small == "Right on 7 of 9 unseen choices. That is a small test: a few more choices may change it."


def test_where_the_longer_answer_explains_the_choices_as_well_that_stands_beside_the_figure() -> None:
    report = {"explained_by": "longer", "arms": [{"name": "longer", "hits": 19, "n": 22}]}
    told = {**document(counted("length", True)), "accuracy": {"hits": 18, "n": 22}, "report": report}

    assert how_sure(told) == "Right on 18 of 22 unseen choices. Always taking the longer answer is right on 19 of 22."
    assert how_sure({**told, "report": {**report, "explained_by": ""}}) == "Right on 18 of 22 unseen choices."


def test_choices_that_share_request_and_winner_are_called_decisions() -> None:
    told = how_sure({**document(counted("length", False)), "n_choices": 12, "n_read": 12, "n_decisions": 7})

    assert told == "Made from 7 decisions, and not tested on others yet."


@pytest.mark.parametrize("hits", [0, 6, 10])
def test_at_half_or_below_it_is_said_what_the_counts_mean_and_what_the_test_means(hits: int) -> None:
    told = how_sure({**document(counted("length", False)), "accuracy": {"hits": hits, "n": 20}})

    assert told == (
        f"Right on {hits} of 20 unseen choices, no better than a coin: the counts say what you chose, and not yet what you will choose."
    )


@pytest.mark.parametrize("hits", [4, 5, 7])
def test_counts_that_passed_the_gate_stand_beside_a_test_that_settles_nothing_in_one_voice(hits: int) -> None:
    given = document(counted("lists", True, most=0.68, its=(10, 0)))
    report = {"form": COUNTING, "explained_by": "longer", "arms": [{"name": "longer", "hits": 7, "n": 10}]}
    tested = {**given, "accuracy": {"hits": hits, "n": 10}, "report": report}
    stands = (
        f"What was counted stands: a coin seldom chooses so. As a guess it was right on {hits} of 10 unseen choices"
    )

    as_most = how_sure({**tested, "counted": {"own": 0.1, "contrary": 0.1}})
    assert as_most == f"{stands}; there, what most people choose still weighs more than so few of yours."
    assert how_sure({**tested, "counted": {"own": 0.5, "contrary": 0.1}}) == f"{stands}."


GERMAN = {
    "choices": 10,
    "languages": {"de": 7, "en": 2, "sv": 1},
    "measures": {"de": ["length", "lists"], "en": ["you"]},
}


def test_of_other_languages_it_is_said_which_measures_were_counted() -> None:
    told = languages_sentence({"counted": GERMAN})

    assert told.startswith("8 of these 10 choices are on requests in German and Swedish.")
    assert "was counted: length and lists." in told


@pytest.mark.parametrize("counted", [None, {}, {"choices": 5, "languages": {"en": 5}, "measures": {}}])
def test_where_all_is_english_nothing_is_said_of_languages(counted: object) -> None:
    assert languages_sentence({"counted": counted}) == ""


def test_every_language_that_is_told_has_a_name() -> None:
    codes = {*language._WORDS, *(code for code, _ in language._LETTERS)} - {"en"}
    told = languages_sentence(
        {"counted": {**GERMAN, "languages": dict.fromkeys(codes, 1), "measures": dict.fromkeys(codes, ("length",))}}
    )

    assert "another language" not in told
