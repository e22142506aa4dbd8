"""Choosing: what comes next, giving a verdict once, changing it, taking it back."""

from __future__ import annotations

import pytest
from sqlmodel import select

from app.domain.choices.preference import Verdict, first_is_left
from app.domain.errors import BadInput, Conflict, NotFound, TooLarge
from app.services.choosing import asking, comparing
from app.storage.database import Database
from app.storage.tables import ComparisonRow, CompletionRow, JobRequest, VerdictRow
from tests.builders import a_choice, a_comparison, an_account, revisions


def test_the_oldest_comparison_without_a_verdict_comes_next(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        a_choice(session, account_id)
        waiting = a_comparison(session, account_id)
        a_comparison(session, account_id)

    with database.reading() as session:
        following = comparing.next_comparison(session, account_id)

    assert following
    assert following.comparison_id == waiting


def test_the_page_may_load_the_one_after_ahead_and_never_gets_the_same_again(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        first, second = a_comparison(session, account_id), a_comparison(session, account_id)

    with database.reading() as session:
        after_first = comparing.next_comparison(session, account_id, after=first)
        after_second = comparing.next_comparison(session, account_id, after=second)
        comparing.comparison(session, account_id, first)

    assert after_first
    assert after_first.comparison_id == second
    assert after_second
    assert after_second.comparison_id == first


def test_comparisons_whose_answers_are_still_being_written_do_not_come_next(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        pending = a_comparison(session, account_id, state="pending")

        assert comparing.next_comparison(session, account_id) is None
        with pytest.raises(Conflict, match="Both answers"):
            comparing.give_verdict(session, account_id, pending, Verdict.FIRST, 10)


def test_models_are_told_only_after_the_verdict(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = a_comparison(session, account_id, models=("secret-a", "secret-b"))
        before = comparing.comparison(session, account_id, comparison_id)
        comparing.give_verdict(session, account_id, comparison_id, Verdict.SAME, 900)
        after = comparing.comparison(session, account_id, comparison_id)

    assert "secret" not in repr(before)
    assert after.reveal
    assert (after.reveal.model_first, after.reveal.model_second) == ("secret-a", "secret-b")


def test_the_same_verdict_sent_twice_is_one_verdict_with_one_revision(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = a_comparison(session, account_id)

    with database.writing() as session:
        once = comparing.give_verdict(session, account_id, comparison_id, Verdict.FIRST, 900, revision=0)
        twice = comparing.give_verdict(session, account_id, comparison_id, Verdict.FIRST, 950, revision=0)

    assert once == twice
    assert revisions(database, comparison_id) == [(1, "first")]


def test_a_changed_verdict_keeps_the_earlier_one_as_a_revision(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = a_choice(session, account_id, Verdict.FIRST)

        changed = comparing.give_verdict(session, account_id, comparison_id, Verdict.BOTH_BAD, 10, revision=1)

    assert (changed.value, changed.revision) == (Verdict.BOTH_BAD, 2)
    assert revisions(database, comparison_id) == [(1, "first"), (2, "both_bad")]


def test_a_page_that_shows_an_older_revision_is_refused(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = a_choice(session, account_id, Verdict.FIRST)

        with pytest.raises(Conflict, match="changed after the page was loaded"):
            comparing.give_verdict(session, account_id, comparison_id, Verdict.SECOND, 10, revision=0)


def test_undoing_makes_the_comparison_wait_again_and_undoing_twice_is_no_error(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = a_choice(session, account_id)

    for _ in range(2):
        with database.writing() as session:
            comparing.undo_verdict(session, account_id, comparison_id)

    with database.reading() as session:
        following = comparing.next_comparison(session, account_id)
    assert following
    assert (following.comparison_id, following.revision, following.verdict) == (comparison_id, 2, None)
    assert revisions(database, comparison_id) == [(1, "first"), (2, "")]


def test_a_verdict_after_an_undo_counts_on_from_it(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = a_choice(session, account_id)
        comparing.undo_verdict(session, account_id, comparison_id)

        again = comparing.give_verdict(session, account_id, comparison_id, Verdict.SECOND, 10, revision=2)

    assert again.revision == 3


def test_a_typed_prompt_waits_for_two_answers_and_asks_for_the_work(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)

        comparison_id = asking.ask(
            session, account_id, "  Sky?\r\n ", models=("a", "b"), styles=("brief", "warm"), seed=7
        )

        view = comparing.comparison(session, account_id, comparison_id)
        request = session.exec(select(JobRequest)).one()
        row = session.get(ComparisonRow, comparison_id)
        assert row
        first = session.get(CompletionRow, row.first_id)
    assert (view.state, view.context[0].content) == ("pending", "  Sky?\r\n ")
    assert (request.kind, request.subject_id) == ("answers", comparison_id)
    assert first
    assert (first.model == "a") is first_is_left(7)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_a_typed_prompt_keeps_all_but_what_no_database_holds(database: Database, text: str) -> None:
    with database.writing() as session:
        account_id = an_account(session)

        comparison_id = asking.ask(session, account_id, text, models=("a", "b"), styles=("brief", "warm"), seed=7)

        assert comparing.comparison(session, account_id, comparison_id).context[0].content == "a\ufffdb"


@pytest.mark.parametrize(("text", "error"), [("  \n", BadInput), ("x" * 100_001, TooLarge)])
def test_a_prompt_that_cannot_be_stored_is_refused_with_a_sentence(
    database: Database, text: str, error: type[Exception]
) -> None:
    with database.writing() as session:
        account_id = an_account(session)

        with pytest.raises(error):
            asking.ask(session, account_id, text, models=("a", "b"), styles=("brief", "warm"), seed=7)


def test_failed_answers_can_be_asked_for_again(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = asking.ask(session, account_id, "Sky?", models=("a", "b"), styles=("", ""), seed=1)
        for row in session.exec(select(CompletionRow)):
            row.state, row.failure = "failed", "The model was away."
        session.flush()
        failed = comparing.progress(session, account_id)

        asking.retry(session, account_id, comparison_id)

        assert (failed.failed, failed.pending) == (1, 0)
        assert comparing.progress(session, account_id).pending == 1
        assert session.exec(select(JobRequest)).one().asked == 2


@pytest.mark.parametrize("foreign", ["other", "missing", "nonsense", "with NUL"])
def test_what_is_not_yours_reads_as_missing_everywhere(database: Database, foreign: str) -> None:
    with database.writing() as session:
        account_id, other = an_account(session), an_account(session)
        ids = {
            "other": a_comparison(session, other),
            "missing": "00000000-0000-0000-0000-000000000000",
            "nonsense": "x' or 1=1",
            "with NUL": "\0",
        }

        for use in (
            lambda: comparing.comparison(session, account_id, ids[foreign]),
            lambda: comparing.give_verdict(session, account_id, ids[foreign], Verdict.FIRST, 1),
            lambda: comparing.undo_verdict(session, account_id, ids[foreign]),
            lambda: comparing.next_comparison(session, account_id, after=ids[foreign]),
            lambda: asking.retry(session, account_id, ids[foreign]),
        ):
            with pytest.raises(NotFound):
                use()


def test_progress_counts_choices_apart_from_other_verdicts(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        for verdict in (*Verdict, Verdict.FIRST):
            a_choice(session, account_id, verdict)
        a_comparison(session, account_id)
        a_comparison(session, account_id, state="pending")
        a_comparison(session, account_id, state="failed")

        assert comparing.progress(session, account_id) == comparing.ProgressView(
            choices=3, verdicts=6, waiting=1, pending=1, failed=1
        )


def test_the_list_of_choices_is_newest_first_and_paged(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        for number in range(5):
            a_choice(session, account_id, question=f"Question {number}?")

        page = comparing.list_choices(session, account_id, offset=1, limit=2)

        assert [line.question for line in page] == ["Question 3?", "Question 2?"]
        assert comparing.list_choices(session, account_id, offset=-3, limit=10**12)[0].seq == 5


def test_undo_is_about_the_last_verdict_given_by_hand(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        a_choice(session, account_id)
        latest = a_choice(session, account_id)

        assert comparing.last_verdict(session, account_id) == latest


def test_a_time_that_no_clock_can_mean_is_kept_as_unknown(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = a_comparison(session, account_id)

        comparing.give_verdict(session, account_id, comparison_id, Verdict.FIRST, 10**15)

        assert session.exec(select(VerdictRow.milliseconds)).one() is None
