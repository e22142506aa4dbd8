"""Two answers while they are being written: what has come is kept, and both sides are shown to one length."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlmodel import select

from app.induction.model.language_model import Prompt, Reply, TransientModelError
from app.services.calling import drafts
from app.services.choosing import asking, comparing, growing
from app.services.choosing.growing import GrowingView
from app.storage.choosing import stopped
from app.storage.database import Database
from app.storage.tables import ComparisonRow, CompletionRow
from app.storage.working import job_requests
from tests import builders
from tests.fakes import FakeCompleter
from tests.web.work import work_off


@dataclass
class Growing(FakeCompleter):
    """Tells each answer in pieces, and goes on once a piece is kept and `seen` has looked at it."""

    pieces: tuple[str, ...] = ("", "One ", "One two ", "One two three.")
    is_kept: Callable[[str], bool] = lambda _text: True
    seen: Callable[[], Any] = lambda: None
    breaks: list[str] = field(default_factory=list)

    async def stream(self, prompt: Prompt, said: Callable[[str], None]) -> Reply:
        reply = await self.complete(prompt)
        for text in self.pieces:
            said(text)
            for _ in range(400):
                await asyncio.sleep(0.01)
                if self.is_kept(text):
                    break
            self.seen()
        if self.breaks:
            raise TransientModelError(self.breaks.pop())
        return reply


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "KEPT_EVERY_SECONDS", 0.005)


def asked(database: Database, models: tuple[str, str] = ("openai/one", "openai/two")) -> tuple[str, str]:
    with database.writing() as session:
        account_id = builders.an_account(session)
        comparison_id = asking.ask(session, account_id, "What is rain?", models=models, styles=("", ""), seed=1)
    return account_id, comparison_id


def look(database: Database, account_id: str) -> GrowingView | None:
    with database.reading() as session:
        return growing.growing(session, account_id)


def kept_in(database: Database) -> Callable[[str], bool]:
    """Whether this text is all that is kept of an answer."""

    def is_kept(text: str) -> bool:
        with database.reading() as session:
            return text in session.exec(select(CompletionRow.draft)).all()

    return is_kept


def test_both_answers_are_seen_to_grow_side_by_side_and_then_stand_whole(database: Database) -> None:
    account_id, comparison_id = asked(database)
    seen: list[GrowingView | None] = []
    work_off(database, Growing(is_kept=kept_in(database), seen=lambda: seen.append(look(database, account_id))))

    texts = [(view.first.text, view.second.text) for view in seen if view]
    assert ("One two", "One two") in texts
    assert texts[0] == ("", "")
    assert look(database, account_id) is None
    with database.reading() as session:
        view = comparing.comparison(session, account_id, comparison_id)
        row = session.get(CompletionRow, _sides(database, comparison_id)[0])
    assert (view.state, row.draft if row else None) == ("ready", "")
    assert "What is rain?" in view.first.text


def test_a_beginning_that_broke_off_is_said_to_be_begun_anew(database: Database) -> None:
    account_id, _ = asked(database)
    seen: list[GrowingView | None] = []
    completer = Growing(
        is_kept=kept_in(database),
        seen=lambda: seen.append(look(database, account_id)),
        breaks=["The connection broke off."],
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.services.calling.model_calls.PAUSES_SECONDS", (0.0, 0.0, 0.0))
        work_off(database, completer)

    told = [view.has_begun_anew for view in seen if view]
    assert (told[0], told[-1]) == (False, True)
    assert look(database, account_id) is None


def test_a_prompt_that_waits_for_its_turn_says_how_many_are_before_it(database: Database) -> None:
    asked_by = [asked(database) for _ in range(3)]
    with database.writing() as session:
        job_requests.take(session, "answers", asked_by[0][1])

    views = [look(database, account_id) for account_id, _ in asked_by]

    assert [view.ahead if view else "" for view in views] == [None, 0, 1]


def _sides(database: Database, comparison_id: str) -> tuple[str, str]:
    with database.reading() as session:
        row = session.get(ComparisonRow, comparison_id)
    assert row
    return row.first_id, row.second_id


def test_what_came_outlives_the_worker_and_one_that_lost_the_work_keeps_nothing_more(database: Database) -> None:
    account_id, comparison_id = asked(database)
    first, second = _sides(database, comparison_id)
    with database.writing() as session:
        hold = job_requests.take(session, "answers", comparison_id)
    assert hold
    dying = drafts.Drafts(database, hold, [first, second])
    dying.keep({first: ("One two", True), second: ("Three four", True)})

    with database.writing() as session:
        job_requests.take(session, "answers", comparison_id)
    with pytest.raises(job_requests.TakenOver):
        dying.keep({first: ("One two three", False)})

    view = look(database, account_id)
    assert view
    assert (view.first.text, view.second.text) == ("One two", "Three f")
    assert not view.has_begun_anew
    work_off(database)
    with database.reading() as session:
        assert growing.growing_pair(session, account_id, comparison_id).is_live is False


@drawn(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["ready", "pending"]))
def test_both_sides_show_the_same_number_of_characters_however_far_each_has_come(
    one: str, other: str, state: str
) -> None:
    """By which of the two is ahead, or whole, a person could tell a fast model from a slow one."""
    row = CompletionRow(account_id="a", state=state, text=one, draft="" if state == "ready" else one)
    first, second = stopped.shown(row, CompletionRow(account_id="a", state="pending", draft=other))

    assert len(first) == len(second)
