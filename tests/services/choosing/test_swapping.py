"""An answer that fails on the first turn is swapped once for another model's; and a model that fails too often leaves the draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import select

from app.domain.choices.drawing import Candidate
from app.domain.choices.preference import Verdict
from app.domain.model_standing import RESTS_FOR
from app.induction.model.language_model import ModelProfile, PermanentModelError, Prompt, Reply
from app.services.calling import swapping
from app.services.choosing import asking, comparing, growing
from app.services.choosing.comparing import ComparisonView
from app.storage.database import Database
from app.storage.tables import CompletionRow, LedgerEntry, ModelStandingRow, now
from tests import builders
from tests.fakes import FakeCompleter
from tests.web.work import work_off

DOWN = "It is not well."


@dataclass
class Failing(FakeCompleter):
    """Fails in each manner that is named, or in all."""

    manners: tuple[str, ...] = ("",)

    async def complete(self, prompt: Prompt) -> Reply:
        told = prompt.messages[0].content
        if any(manner in told for manner in self.manners):
            self.prompts.append(prompt)
            raise PermanentModelError(DOWN)
        return await super().complete(prompt)


def called(name: str, kind: type[FakeCompleter] = FakeCompleter) -> FakeCompleter:
    return kind(profile=ModelProfile(name, slot_tokens=16_384))


def asked(
    database: Database, models: tuple[str, str] = ("one", "two"), styles: tuple[str, str] = ("", "")
) -> tuple[str, str]:
    with database.writing() as session:
        account_id = builders.an_account(session)
        return account_id, asking.ask(session, account_id, "What is rain?", models=models, styles=styles, seed=1)


def view(database: Database, ids: tuple[str, str]) -> ComparisonView:
    with database.reading() as session:
        return comparing.comparison(session, *ids)


def writers(database: Database) -> set[tuple[str, str, str]]:
    """Model, style and what it was swapped from, of each answer."""
    with database.reading() as session:
        return {(row.model, row.style, row.swapped_from) for row in session.exec(select(CompletionRow))}


def test_the_failing_side_of_a_first_turn_is_written_by_another_model_and_nothing_tells_which(
    database: Database,
) -> None:
    ids = asked(database)
    fakes = {"one": called("one", Failing), "two": called("two"), "three": called("three")}

    work_off(database, by_model=fakes)

    assert writers(database) == {("three", "", "one"), ("two", "", "")}
    shown = view(database, ids)
    assert shown.state == "ready"
    assert "one" not in repr((shown.first, shown.second))
    with database.reading() as session:
        assert growing.growing_pair(session, *ids).has_begun_anew is False
        entries = {(row.model, row.state) for row in session.exec(select(LedgerEntry))}
    assert entries == {("one", "failed"), ("two", "answered"), ("three", "answered")}


def test_where_one_model_alone_writes_the_failing_side_gets_another_manner(database: Database) -> None:
    ids = asked(database, ("one", "one"), ("brief", "thorough"))
    failing = Failing(profile=ModelProfile("one", slot_tokens=16_384), manners=("as few words",))

    work_off(database, by_model={"one": failing})

    assert view(database, ids).state == "ready"
    by_swap = {swapped: (model, style) for model, style, swapped in writers(database)}
    model, style = by_swap["one brief"]
    assert model == "one"
    assert style not in ("brief", "thorough", "")


@pytest.mark.parametrize("names", [("one",), ("one", "two")])
def test_where_nobody_else_can_write_it_is_said_and_one_swap_is_the_most(
    database: Database, names: tuple[str, ...]
) -> None:
    ids = asked(database, (names[0], names[-1]), ("brief", "warm"))

    fakes = {name: called(name, Failing) for name in names}
    work_off(database, by_model=fakes)

    assert view(database, ids).first.failure == DOWN
    assert sum(fake.calls for fake in fakes.values()) == 2


def test_an_answer_is_swapped_once_and_then_said_to_have_failed(database: Database) -> None:
    ids = asked(database)
    fakes = {name: called(name, Failing) for name in ("one", "three", "four")} | {"two": called("two")}

    work_off(database, by_model=fakes)

    assert view(database, ids).state == "failed"
    assert [fake.calls for fake in fakes.values()].count(
        1
    ) == 3  # the one drawn, the one in its place, and the other side


def test_on_a_later_turn_nothing_is_swapped(database: Database) -> None:
    account_id, comparison_id = asked(database)
    work_off(database, by_model={"one": called("one"), "two": called("two")})
    with database.writing() as session:
        comparing.give_verdict(session, account_id, comparison_id, Verdict.FIRST, 4_000)
        two: dict[str, tuple[str, str]] = {"models": ("one", "two"), "styles": ("", "")}
        later = asking.go_on(session, account_id, comparison_id, "And snow?", seed=2, **two)

    fakes = {"one": called("one", Failing), "two": called("two"), "three": called("three")}
    work_off(database, by_model=fakes)

    assert view(database, (account_id, later)).first.failure == DOWN
    assert fakes["three"].calls == 0


def test_a_model_that_failed_three_of_five_leaves_the_draw_for_ten_minutes_and_comes_back(database: Database) -> None:
    candidates = [Candidate("one"), Candidate("two")]
    for _ in range(3):
        asked(database)
    work_off(database, by_model={"one": called("one", Failing), "two": called("two")})

    with database.writing() as session:
        assert [one.model for one in swapping.drawable(session, candidates)] == ["two"]
        assert list(swapping.drawable(session, candidates[:1])) == candidates[:1]  # somebody has to write
        row = session.get_one(ModelStandingRow, "one")
        assert row.rests_until is not None
        assert timedelta(0) < row.rests_until - now() <= RESTS_FOR
        row.rests_until -= RESTS_FOR
        session.add(row)
        session.flush()
        assert list(swapping.drawable(session, candidates)) == candidates
