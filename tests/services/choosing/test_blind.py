"""Before the verdict nothing that leaves tells which model is which: no order, no time, no id, no state, no failure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlmodel import select

from app.domain.choices.preference import Verdict
from app.services.choosing import asking, comparing
from app.services.exporting import taking_out
from app.storage.choosing import answers, comparisons
from app.storage.choosing.answers import PendingAnswer
from app.storage.database import Database, Session
from app.storage.tables import CompletionRow, VerdictRow
from tests import builders

MODELS = ("maker-one", "maker-two")


def asked(session: Session, account_id: str, seed: int) -> str:
    return asking.ask(session, account_id, f"Question {seed}?", models=MODELS, styles=("", ""), seed=seed)


def pending_of(session: Session, comparison_id: str) -> list[PendingAnswer]:
    return answers.by_ids(session, answers.pending_ids(session, "answers", comparison_id))


def write(session: Session, comparison_id: str, *, fails: str = "") -> None:
    """Writes the answers, but for the one of the model that fails."""
    for number, pending in enumerate(pending_of(session, comparison_id)):
        if pending.model == fails:
            answers.mark_failed(session, pending.completion_id, f"{pending.model} did not answer.")
        else:
            answers.save_answer(session, pending, f"Answer {number}.")


def taken(database: Database, account_id: str) -> list[dict[str, Any]]:
    with database.reading() as session, taking_out.everything(session, account_id) as file:
        made: list[dict[str, Any]] = json.loads(file.read())["comparisons"]
    return made


@pytest.mark.parametrize("fails", ["", *MODELS])
def test_the_download_has_the_same_of_both_answers_before_the_verdict(database: Database, fails: str) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        for seed in range(8):
            write(session, asked(session, account_id, seed), fails=fails)

    for comparison in taken(database, account_id):
        first, second = ({**comparison[side], "text": "the text"} for side in ("first", "second"))
        assert first == second
        assert set(comparison["first"]) == {"text", "lead_in", "state"}
        assert "maker" not in json.dumps(comparison)


def test_after_the_verdict_the_download_names_who_wrote_what(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        comparison_id = asked(session, account_id, 1)
        write(session, comparison_id)
        comparing.give_verdict(session, account_id, comparison_id, Verdict.SAME, 4_000)

    (comparison,) = taken(database, account_id)
    assert {comparison["first"]["model"], comparison["second"]["model"]} == set(MODELS)


def test_rows_and_times_of_two_answers_follow_the_sides_that_were_drawn(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        ids = [asked(session, account_id, seed) for seed in range(8)]

    with database.reading() as session:
        order = list(session.exec(select(CompletionRow)))
        views = [comparisons.find(session, account_id, each) for each in ids]
        for view in views:
            of_pair = [row.completion_id for row in order if row in (view.first, view.second)]
            assert of_pair == [view.first.completion_id, view.second.completion_id]
            assert view.first.created_at == view.second.created_at
        assert {view.first.model for view in views} == set(MODELS)


@pytest.mark.parametrize("fails", MODELS)
def test_a_failure_is_told_of_the_pair_and_not_of_one_side(database: Database, fails: str) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        ids = [asked(session, account_id, seed) for seed in range(8)]
        for each in ids:
            write(session, each, fails=fails)

        views = [comparing.comparison(session, account_id, each) for each in ids]

    assert all(view.state == "failed" and view.first == view.second for view in views)
    assert views[0].first.failure == f"{fails} did not answer."


def test_which_of_two_answers_came_first_is_not_told(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        comparison_id = asked(session, account_id, 3)
        early = pending_of(session, comparison_id)[0]
        answers.save_answer(session, early, "The quick one.")

        view = comparing.comparison(session, account_id, comparison_id)

    assert view.state == "pending"
    assert view.first == view.second
    assert "quick one" not in json.dumps(taken(database, account_id))


def flags(database: Database, comparison_id: str) -> tuple[bool, bool]:
    with database.reading() as session:
        row = session.exec(select(VerdictRow).where(VerdictRow.comparison_id == comparison_id)).one()
        return row.changed_after_reveal, row.quick


@pytest.mark.parametrize(
    ("values", "is_changed"),
    [
        ((Verdict.FIRST,), False),
        ((Verdict.FIRST, Verdict.SECOND), True),
        ((Verdict.FIRST, None, Verdict.SECOND), True),
        ((Verdict.FIRST, None, Verdict.FIRST), False),
        ((Verdict.FIRST, Verdict.SECOND, Verdict.FIRST), True),
        ((Verdict.SKIP, Verdict.FIRST), True),
    ],
)
def test_a_verdict_that_was_another_before_the_names_were_seen_is_flagged(
    database: Database, values: tuple[Verdict | None, ...], is_changed: bool
) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        comparison_id = builders.a_comparison(session, account_id)
        for value in values:
            if value is None:
                comparing.undo_verdict(session, account_id, comparison_id)
            else:
                comparing.give_verdict(session, account_id, comparison_id, value, 5_000)

    assert flags(database, comparison_id) == (is_changed, False)


@pytest.mark.parametrize(
    ("milliseconds", "is_quick"), [(0, True), (30, True), (1_499, True), (1_500, False), (None, False)]
)
def test_a_verdict_that_came_before_anybody_could_read_is_flagged(
    database: Database, milliseconds: int | None, is_quick: bool
) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        comparison_id = builders.a_comparison(session, account_id)
        comparing.give_verdict(session, account_id, comparison_id, Verdict.FIRST, milliseconds)

    assert flags(database, comparison_id) == (False, is_quick)
