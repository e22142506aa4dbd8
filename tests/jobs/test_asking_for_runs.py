"""Starting, cancelling and looking at runs, before any worker is there."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from app.domain.errors import BadInput, Conflict, NotFound
from app.induction.recipes import RECIPES
from app.induction.run import Stage
from app.induction.stages import STAGES
from app.services.exporting import taking_out
from app.services.inducing import inducing
from app.storage.database import Database
from app.storage.working import job_requests, runs
from tests.jobs import given


def test_a_second_run_is_refused_while_one_is_live_and_nothing_is_stored(database: Database) -> None:
    account_id = given.account_with_choices(database, 5)
    given.start(database, account_id)

    with pytest.raises(Conflict, match="Your persona is already being written"):
        given.start(database, account_id)

    with database.reading() as session:
        assert len(job_requests.waiting(session)) == 1


def test_four_choices_are_too_few_and_the_sentence_says_how_many_are_missing(database: Database) -> None:
    account_id = given.account_with_choices(database, 4)

    with pytest.raises(BadInput, match=r"at least 5 choices; you have 4\. Make 1 more"):
        given.start(database, account_id)


def test_an_unknown_recipe_is_refused(database: Database) -> None:
    account_id = given.account_with_choices(database, 5)

    with database.writing() as session, pytest.raises(BadInput, match="paper-lean"):
        inducing.start_run(session, account_id, model="m", recipe="cake", seed=1, budget_calls=1, budget_tokens=1)


def test_what_a_person_states_is_kept_with_the_run_and_leaves_with_their_data(database: Database) -> None:
    account_id = given.account_with_choices(database, 5)

    with database.writing() as session:
        run_id = inducing.start_run(
            session, account_id, model="m", recipe="paper-lean", seed=1, budget_calls=1, budget_tokens=1,
            stated="  Short ones.\r\nNo lists.\x00 ",
        )  # fmt: skip

    with database.reading() as session:
        assert inducing.run(session, account_id, run_id).stated == "Short ones.\nNo lists.\ufffd"
        with taking_out.everything(session, account_id) as file:
            assert json.load(file)["runs"][0]["stated"] == "Short ones.\nNo lists.\ufffd"


def test_a_statement_of_more_than_2000_characters_is_refused(database: Database) -> None:
    account_id = given.account_with_choices(database, 5)

    with database.writing() as session, pytest.raises(BadInput, match=r"2,001 characters; at most 2,000"):
        inducing.start_run(
            session, account_id, model="m", recipe="paper-lean", seed=1, budget_calls=1, budget_tokens=1,
            stated="x" * 2001,
        )  # fmt: skip


def test_a_run_that_has_not_begun_is_cancelled_at_once_and_another_may_start(database: Database) -> None:
    account_id = given.account_with_choices(database, 5)
    run_id = given.start(database, account_id)

    with database.writing() as session:
        inducing.cancel_run(session, account_id, run_id)

    assert given.run_of(database, run_id).state == "cancelled"
    assert given.start(database, account_id) != run_id


def test_somebody_elses_run_cannot_be_seen_or_cancelled(database: Database) -> None:
    run_id = given.start(database, given.account_with_choices(database, 5))
    stranger = given.account_with_choices(database, 1)

    with database.writing() as session:
        for ask in (inducing.run, inducing.cancel_run):
            with pytest.raises(NotFound):
                ask(session, stranger, run_id)
        with pytest.raises(NotFound):
            inducing.events_since(session, stranger, run_id, 0)
        assert inducing.latest_run(session, stranger) is None


def test_a_new_run_shows_its_budget_and_only_the_stages_that_can_come(database: Database) -> None:
    account_id = given.account_with_choices(database, 5)
    run_id = given.start(database, account_id, calls=9, tokens=99)

    with database.reading() as session:
        view = inducing.latest_run(session, account_id)

    assert view is not None
    assert (view.run_id, view.state, view.is_live, view.n_choices) == (run_id, "queued", True, 5)
    assert [stage.state for stage in view.stages] == ["waiting"] * 5
    assert (view.calls_used, view.tokens_used, view.budget_calls, view.budget_tokens) == (0, 0, 9, 99)


@pytest.mark.parametrize(
    ("recipe", "choices", "stages"),
    [
        ("traits", 15, "reading style guessing proposing voting writing testing"),
        ("traits", 10, "reading style guessing proposing voting writing testing"),
        ("traits", 5, "reading style guessing proposing voting writing"),
        ("quick", 15, "reading style proposing voting writing"),
        ("paper-lean", 15, "reading style guessing checking writing picking testing"),
    ],
)
def test_each_recipe_has_its_own_stages(database: Database, recipe: str, choices: int, stages: str) -> None:
    account_id = given.account_with_choices(database, choices)

    with database.writing() as session:
        run_id = inducing.start_run(
            session, account_id, model="m", recipe=recipe, seed=1, budget_calls=1, budget_tokens=1
        )
        view = inducing.run(session, account_id, run_id)

    assert [stage.stage for stage in view.stages] == stages.split()


def test_every_recipe_that_can_be_started_has_names_for_its_stages() -> None:
    assert STAGES.keys() == RECIPES.keys()
    assert {stage for stages in STAGES.values() for stage in stages} == set(get_args(Stage))


def test_first_traits_are_shown_as_soon_as_the_run_tells_them(database: Database) -> None:
    account_id = given.account_with_choices(database, 15)
    run_id = given.start(database, account_id)
    traits = [{"text": "prefers short answers", "certainty": "likely"}]

    with database.writing() as session:
        runs.add_event(session, run_id, 1, "guessing", 15, 15, {})
        runs.add_event(session, run_id, 2, "writing", 0, 1, {"traits": traits})
        view = inducing.run(session, account_id, run_id)

    assert view.traits == traits
    assert [(stage.stage, stage.state) for stage in view.stages] == [
        ("guessing", "done"), ("writing", "active"), ("picking", "waiting"), ("testing", "waiting"),
    ]  # fmt: skip


def test_a_choice_changed_after_the_start_is_used_as_it_was(database: Database) -> None:
    account_id = given.account_with_choices(database, 5)
    run_id = given.start(database, account_id)
    before = given.snapshot_texts(database, run_id)

    given.turn_every_choice(database, account_id)

    assert given.snapshot_texts(database, run_id) == before


def test_work_asked_for_again_gets_a_workflow_of_its_own(database: Database) -> None:
    with database.writing() as session:
        job_requests.ask_for(session, "answers", "c1", "a1")
        session.flush()
        (first,) = job_requests.waiting(session)
        job_requests.mark_handed_over(session, first)
        job_requests.ask_for(session, "answers", "c1", "a1")
        session.flush()
        (again,) = job_requests.waiting(session)

    assert first.workflow_id == "answers-c1"
    assert again.workflow_id == "answers-c1-2"
