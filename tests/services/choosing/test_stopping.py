"""Answers that are stopped while they grow: what was shown is kept, the calls end, and no provider is blamed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from sqlmodel import select

from app.domain.choices.preference import Verdict
from app.domain.errors import AnswersMissing, ChangedMeanwhile, NotFound
from app.induction.model.language_model import Prompt, Reply
from app.services.calling import drafts
from app.services.calling.awaiting import NOBODY_WAITS, Awaited
from app.services.calling.memory_ledger import InMemoryLedger
from app.services.calling.model_calls import pay_for
from app.services.calling.model_gate import Gate
from app.services.choosing import asking, comparing, stopping
from app.services.choosing.comparing import ComparisonView
from app.services.exporting import exporting
from app.services.people import accounts, consenting
from app.storage.choosing import answers
from app.storage.choosing.stopped import ENOUGH, STOPPED
from app.storage.database import Database
from app.storage.tables import CompletionRow, ConversationRow, LedgerEntry
from app.storage.working.job_requests import TakenOver
from tests import builders
from tests.fakes import FakeCompleter
from tests.web.work import work_off

WORDS = "Rain is water that falls. " * 12


@dataclass
class Endless(FakeCompleter):
    """Says `text` of each answer, and never ends; once both have said it, `then` is done."""

    text: str = WORDS
    then: Callable[[], None] = lambda: None
    ended: list[str] = field(default_factory=list)

    async def stream(self, prompt: Prompt, said: Callable[[str], None]) -> Reply:
        self.prompts.append(prompt)
        said("")
        said(self.text if len(self.prompts) == 1 else f"Well. {self.text}")
        try:
            if len(self.prompts) == 2:
                await asyncio.sleep(0.05)
                self.then()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.ended.append(prompt.purpose)
            raise
        raise AssertionError


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "KEPT_EVERY_SECONDS", 0.005)


def asked(database: Database) -> tuple[str, str]:
    with database.writing() as session:
        account_id = builders.an_account(session)
        return account_id, asking.ask(session, account_id, "Rain?", models=("m", "m"), styles=("brief", ""), seed=1)


def stopped_at(database: Database, text: str) -> tuple[str, ComparisonView, Endless]:
    account_id, comparison_id = asked(database)

    def stop() -> None:
        with database.writing() as session:
            stopping.stop(session, account_id, comparison_id)

    model = Endless(text=text, then=stop)
    work_off(database, model)
    with database.reading() as session:
        return account_id, comparing.comparison(session, account_id, comparison_id), model


def test_both_calls_end_and_as_much_of_both_as_was_shown_can_be_chosen_between(database: Database) -> None:
    _, view, model = stopped_at(database, WORDS)

    assert model.ended == ["answer", "answer"]
    assert (view.state, view.stopped) == ("ready", True)
    assert len(view.first.text) == len(view.second.text) >= ENOUGH
    with database.reading() as session:
        entries = session.exec(select(LedgerEntry)).all()
    assert {(each.state, each.reason) for each in entries} == {("failed", NOBODY_WAITS)}


def test_what_is_too_little_to_choose_is_kept_and_both_are_written_when_asked_again(database: Database) -> None:
    account_id, view, _ = stopped_at(database, "Rain is water.")

    assert (view.state, view.first.failure) == ("failed", STOPPED)
    assert {view.first.text, view.second.text} == {"Rain is water.", "Well. Rain is "}
    with database.writing() as session:
        asking.retry(session, account_id, view.comparison_id)
    work_off(database)
    with database.reading() as session:
        again = comparing.comparison(session, account_id, view.comparison_id)
    assert (again.state, again.stopped) == ("ready", False)
    assert "An answer to" in again.first.text


@pytest.mark.parametrize("gone", ["the account is erased", "the pair is thrown away"])
def test_the_calls_for_what_is_gone_end(database: Database, gone: str) -> None:
    account_id, comparison_id = asked(database)

    def go() -> None:
        with database.writing() as session:
            if gone == "the account is erased":
                accounts.delete_everything(session, account_id)
            else:
                stopping.throw_away(session, account_id, comparison_id)

    model = Endless(then=go)
    with contextlib.suppress(TakenOver):
        work_off(database, model)

    assert model.ended == ["answer", "answer"]
    with database.reading() as session:
        assert session.exec(select(CompletionRow)).all() == []
        assert session.exec(select(ConversationRow)).all() == []


def test_a_pair_that_was_judged_is_not_thrown_away(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        judged = builders.a_choice(session, account_id)

    with pytest.raises(ChangedMeanwhile), database.writing() as session:
        stopping.throw_away(session, account_id, judged)


def test_an_early_verdict_stands_on_what_was_shown_and_ends_the_writing(database: Database) -> None:
    account_id, comparison_id = asked(database)

    def choose() -> None:
        with database.writing() as session:
            comparing.give_verdict(session, account_id, comparison_id, Verdict.FIRST, 400, shown=ENOUGH)

    model = Endless(then=choose)
    work_off(database, model)

    with database.writing() as session:
        view = comparing.comparison(session, account_id, comparison_id)
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)
    (row,) = [json.loads(line) for line in exporting.export_rows(database, file_format="trl", requested_by=None)]
    assert model.ended == ["answer", "answer"]
    assert (view.verdict, view.stopped) == (Verdict.FIRST, True)
    assert (len(view.first.text), len(view.second.text)) == (ENOUGH, ENOUGH)
    assert (row["early"], row["quick"]) == (True, False)
    assert len(row["chosen"][-1]["content"]) == ENOUGH


def test_of_answers_that_came_whole_meanwhile_only_what_was_shown_is_judged(database: Database) -> None:
    account_id, comparison_id = asked(database)
    with database.writing() as session:
        for side, pending in enumerate(answers.by_ids(session, answers.pending_ids(session, "answers", comparison_id))):
            answers.save_answer(session, pending, f"{side} {WORDS}")
        comparing.give_verdict(session, account_id, comparison_id, Verdict.SECOND, None, shown=250)
        view = comparing.comparison(session, account_id, comparison_id)

    assert (view.first.text, view.second.text) == (f"0 {WORDS}"[:250], f"1 {WORDS}"[:250])


@pytest.mark.parametrize(
    ("text", "shown", "refusal"),
    [(WORDS, ENOUGH - 1, AnswersMissing), ("Short.", ENOUGH, ChangedMeanwhile), (WORDS, None, AnswersMissing)],
)
def test_a_verdict_on_too_little_or_on_what_is_there_no_more_is_refused(
    database: Database, text: str, shown: int | None, refusal: type[Exception]
) -> None:
    account_id, comparison_id = asked(database)
    with database.writing() as session:
        for side, completion_id in enumerate(answers.pending_ids(session, "answers", comparison_id)):
            answers.save_draft(session, completion_id, f"{side} {text}", is_new=True)

    with pytest.raises(refusal), database.writing() as session:
        comparing.give_verdict(session, account_id, comparison_id, Verdict.FIRST, None, shown=shown)

    with database.reading() as session:
        assert comparing.comparison(session, account_id, comparison_id).state == "pending"


def test_a_call_that_nobody_waits_for_is_no_failure_of_its_provider_and_none_is_sent_after_it() -> None:
    prompt = Prompt((), "answer", 9)
    model, ledger, gate = Endless(), InMemoryLedger(9, 99_999), Gate()
    awaited = Awaited(lambda text: awaited.leave() if text else None)

    async def calls() -> None:
        for _ in range(4):
            answer = await pay_for(prompt, model, ledger, gate, awaited=awaited)
            assert answer.reason == NOBODY_WAITS  # type: ignore[union-attr]

    asyncio.run(calls())

    assert (model.calls, ledger.failures) == (1, [NOBODY_WAITS])
    assert not gate.rest.is_on


def test_who_is_erased_while_prompts_of_theirs_are_stopped_or_asked_again_is_erased(database: Database) -> None:
    for act in (stopping.stop, stopping.throw_away, asking.retry):
        with database.writing() as session:
            mine = builders.an_account(session)
            asked_of = {"models": ("m", "m"), "styles": ("brief", "")}
            prompts = [asking.ask(session, mine, f"Why {each}?", **asked_of, seed=each) for each in range(8)]

        def change(comparison_id: str, change: Callable[..., object] = act, mine: str = mine) -> None:
            with contextlib.suppress(NotFound), database.writing() as session:
                change(session, mine, comparison_id)

        def erase(mine: str = mine) -> None:
            with database.writing() as session:
                accounts.delete_everything(session, mine)

        with ThreadPoolExecutor(6) as pool:
            ends = [pool.submit(change, one) for one in prompts[:4]]
            ends.append(pool.submit(erase))
            ends += [pool.submit(change, one) for one in prompts[4:]]
            told = [end.exception() for end in ends]

        assert told == [None] * len(told)
