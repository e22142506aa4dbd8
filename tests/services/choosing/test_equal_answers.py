"""Answers that come out the same are shown to nobody; those that name their model are said to after the verdict."""

from __future__ import annotations

import pytest

from app.domain.choices.naming_itself import EQUAL_ANSWERS
from app.domain.choices.preference import Verdict
from app.domain.errors import AnswersMissing
from app.services.choosing import asking, comparing
from app.storage.choosing import answers, comparisons
from app.storage.database import Database, Session
from tests import builders


def written(session: Session, account_id: str, *texts: str) -> str:
    comparison_id = asking.ask(session, account_id, "Why?", models=("one", "two"), styles=("", ""), seed=1)
    waiting = answers.by_ids(session, answers.pending_ids(session, "answers", comparison_id))
    for pending, text in zip(waiting, texts, strict=True):
        answers.save_answer(session, pending, text)
    return comparison_id


def test_two_answers_that_came_out_the_same_are_not_shown_for_choosing(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        comparison_id = written(session, account_id, "Because it is.", "Because  it\nis. ")

        view = comparing.comparison(session, account_id, comparison_id)
        assert (view.state, view.first.failure, view.first) == ("failed", EQUAL_ANSWERS, view.second)
        assert "Because" not in view.first.text
        assert comparing.next_comparison(session, account_id) is None
        with pytest.raises(AnswersMissing):
            comparing.give_verdict(session, account_id, comparison_id, Verdict.FIRST, 4_000)


def test_asked_again_one_of_them_is_drawn_anew_and_the_pair_is_shown_when_it_differs(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        comparison_id = written(session, account_id, "Because.", "Because.")
        before = comparisons.find(session, account_id, comparison_id).second

        asking.retry(session, account_id, comparison_id)

        (pending,) = answers.by_ids(session, answers.pending_ids(session, "answers", comparison_id))
        assert pending.completion_id != before.completion_id
        assert (pending.model, pending.style) == (before.model, before.style)
        answers.save_answer(session, pending, "For a reason.")
        shown = comparing.next_comparison(session, account_id)
        assert shown is not None
        assert {shown.first.text, shown.second.text} == {"Because.", "For a reason."}


def test_after_the_verdict_and_not_before_an_answer_that_named_its_maker_is_said_to(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        comparison_id = written(session, account_id, "Because.", "I am Claude, made by Anthropic.")
        assert comparing.comparison(session, account_id, comparison_id).reveal is None

        comparing.give_verdict(session, account_id, comparison_id, Verdict.FIRST, 4_000)

        reveal = comparing.comparison(session, account_id, comparison_id).reveal
        assert reveal is not None
        assert (reveal.names_model_first, reveal.names_model_second) == (False, True)


def test_equal_answers_from_before_such_were_refused_are_passed_over_and_not_counted_as_waiting(
    database: Database,
) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        equal = builders.a_comparison(session, account_id, "Old?", "The same\n", "The same")
        other = builders.a_comparison(session, account_id, "New?", "One.", "Another.")

        shown = comparing.next_comparison(session, account_id)
        progress = comparing.progress(session, account_id)

        assert shown is not None
        assert shown.comparison_id == other
        assert (progress.waiting, progress.pending, progress.failed) == (1, 0, 0)
        comparing.give_verdict(session, account_id, other, Verdict.FIRST, 4_000)
        assert comparing.next_comparison(session, account_id) is None
        assert comparing.progress(session, account_id).waiting == 0
        assert comparing.comparison(session, account_id, equal).state == "ready"
