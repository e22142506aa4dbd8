"""One process learns a model for all: the first that begins, unless it has died over it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from app.storage.database import Database
from app.storage.tables import ModelHabits
from app.storage.working import model_habits

MONTH, LONGEST = timedelta(days=30), timedelta(minutes=2)
PLACE = ("openai/x", "http://127.0.0.1:9/v1")


def begin(database: Database) -> bool:
    with database.writing() as session:
        return model_habits.begin(session, *PLACE, LONGEST)


def kept(database: Database, younger_than: timedelta = MONTH) -> dict[str, object] | None:
    with database.reading() as session:
        return model_habits.find(session, *PLACE, younger_than)


def test_what_one_learns_all_are_given(database: Database) -> None:
    assert begin(database)
    assert kept(database) is None

    with database.writing() as session:
        model_habits.keep(session, *PLACE, {"seed": False})

    assert kept(database) == {"seed": False}
    with database.reading() as session:
        assert model_habits.find(session, PLACE[0], "", MONTH) is None


def test_while_one_learns_no_other_begins(database: Database) -> None:
    assert [begin(database), begin(database)] == [True, False]


def test_another_begins_after_one_has_given_up_or_died(database: Database) -> None:
    begin(database)
    with database.writing() as session:
        model_habits.give_up(session, *PLACE)
    assert begin(database)

    with database.writing() as session:
        row = session.exec(select(ModelHabits)).one()
        assert row.learning_since is not None
        row.learning_since -= LONGEST
    assert begin(database)


def test_what_is_too_old_is_not_given_but_stays_until_it_is_learned_anew(database: Database) -> None:
    with database.writing() as session:
        model_habits.keep(session, *PLACE, {"seed": False})

    assert kept(database, timedelta(0)) is None
    assert begin(database)
    assert kept(database) == {"seed": False}


def test_a_correction_changes_what_is_kept_and_not_when_it_was_learned(database: Database) -> None:
    with database.writing() as session:
        model_habits.change(session, *PLACE, {"seed": False})
    assert kept(database) is None, "Nothing had been learned."

    with database.writing() as session:
        model_habits.keep(session, *PLACE, {"seed": True, "schema": "words"})
    with database.writing() as session:
        model_habits.change(session, *PLACE, {"seed": False})

    assert kept(database) == {"seed": False, "schema": "words"}


@pytest.mark.parametrize("round_of", range(3))
def test_of_many_that_begin_at_once_one_learns(database: Database, round_of: int) -> None:
    with ThreadPoolExecutor(6) as pool:
        began = list(pool.map(lambda _number: begin(database), range(6)))

    assert began.count(True) == 1
