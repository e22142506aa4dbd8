"""Answers written in the background: two to a typed prompt, alternatives to an imported conversation."""

from __future__ import annotations

import asyncio
from pathlib import Path

import sqlalchemy as sa

from app.domain.choices.answer_styles import STYLES
from app.domain.texts.conversation import Turn
from app.induction.model.language_model import ModelProfile, PermanentModelError, Prompt, Reply
from app.services.choosing import answering, asking, comparing
from app.services.importing import conversations
from app.storage.choosing.answers import PendingAnswer
from app.storage.database import Database
from app.storage.spending.ledger import DatabaseLedger, spent
from app.storage.tables import CompletionRow
from app.storage.working import job_requests
from tests.fakes import FakeCompleter
from tests.jobs import given
from tests.jobs.processes import model_server, wait_until, worker
from tests.web.work import work_off

MODEL = "openai/stand-in"


def test_a_typed_prompt_gets_two_different_answers_even_if_the_worker_dies(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database, 1)
    with database.writing() as session:
        comparison_id = asking.ask(
            session, account_id, "What is rain?", models=(MODEL, MODEL), styles=("brief", "thorough"), seed=3
        )

    with model_server(300) as model, worker(tmp_path, database_url, model.url) as first:
        wait_until(lambda: len(model.calls()) >= 1, 60, "a call")
        first.kill()
        with worker(tmp_path, database_url, model.url, STALE="1.0"):
            wait_until(lambda: given.pending_answers(database, account_id) == 0, 60, "both answers")

    with database.reading() as session:
        view = comparing.comparison(session, account_id, comparison_id)
    assert view.first.text
    assert view.second.text
    assert view.first.text != view.second.text


def test_each_answer_of_a_pasted_conversation_gets_an_alternative(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database, 1)
    turns = [
        Turn("user", "What is rain?"),
        Turn("assistant", "Water that falls."),
        Turn("user", "And snow?"),
        Turn("assistant", "Ice that falls."),
    ]
    with database.writing() as session:
        report = conversations.import_conversation(
            session, account_id, conversations.identified(turns), model=MODEL, style="warm", seed=1, answers=2, most=9
        )

    with model_server(20) as model, worker(tmp_path, database_url, model.url):
        wait_until(lambda: given.import_state(database, report.import_id) == "done", 60, "the import is done")

    assert given.pending_answers(database, account_id) == 0
    assert len(model.calls()) == 2


def test_an_unreachable_model_fails_the_answers_with_a_sentence(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database, 1)
    with database.writing() as session:
        asking.ask(session, account_id, "What is rain?", models=(MODEL, MODEL), styles=("brief", "warm"), seed=3)

    with worker(tmp_path, database_url, "http://127.0.0.1:9/v1"):
        wait_until(lambda: given.pending_answers(database, account_id) == 0, 60, "the answers fail")

    assert len(given.failed_answers(database, account_id)) == 2
    assert all("refused" in failure for failure in given.failed_answers(database, account_id))


def test_a_long_conversation_loses_its_oldest_turns_and_keeps_its_system_text() -> None:
    turns = [Turn("system", "Be kind."), *(Turn("user", f"{number} " + "word " * 400) for number in range(20))]
    pending = PendingAnswer("c", "a", tuple(turns), MODEL, "brief")

    prompt = answering.answer_prompt(pending, ModelProfile("m", slot_tokens=4096, small=True))

    assert prompt.messages[0].content == f"Be kind.\n\n{STYLES['brief']}"
    assert prompt.messages[-1].content == turns[-1].content
    assert prompt.estimated_tokens + prompt.max_tokens <= 4096


def test_of_a_conversation_of_many_turns_the_newest_are_sent() -> None:
    turns = [Turn(("user", "assistant")[number % 2], f"Turn {number}.") for number in range(801)]

    prompt = answering.answer_prompt(PendingAnswer("c", "a", tuple(turns), MODEL, "brief"), ModelProfile("m", 200_000))

    assert [message.content for message in prompt.messages[1:]] == [
        turn.content for turn in turns[-answering.MOST_TURNS :]
    ]


def test_a_last_turn_without_room_is_sent_alone() -> None:
    turns = (Turn("user", "Hi."), Turn("assistant", "Hello."), Turn("user", "word " * 9_000))

    prompt = answering.answer_prompt(PendingAnswer("c", "a", turns, MODEL, ""), ModelProfile("m", 4096))

    assert [message.content for message in prompt.messages] == [turns[-1].content]


def test_the_same_context_is_two_calls_for_two_completions() -> None:
    one, other = (PendingAnswer(name, "a", (Turn("user", "Hi"),), MODEL, "") for name in ("c1", "c2"))

    profile = ModelProfile("m")

    assert answering.answer_prompt(one, profile).digest != answering.answer_prompt(other, profile).digest


def test_an_answer_asked_for_again_while_the_other_is_written_takes_nothing_from_the_worker(
    database: Database,
) -> None:
    """The person clicks as the second call is under way; the click is answered by the job that is at it."""
    account_id = given.account_with_choices(database, 1)
    with database.writing() as session:
        asked = asking.ask(session, account_id, "Rain?", models=("openai/one", "openai/two"), styles=("", ""), seed=1)
        session.connection().execute(sa.update(CompletionRow).values(swapped_from="openai/zero"))  # so it may fail

    class Clicked(FakeCompleter):
        async def complete(self, prompt: Prompt) -> Reply:
            if self.calls == 1:
                while not given.failed_answers(database, account_id):  # noqa: ASYNC110 (of the call beside it)
                    await asyncio.sleep(0.01)
                with database.writing() as session:
                    asking.retry(session, account_id, asked)
            return await super().complete(prompt)

    completer = Clicked(faults={1: PermanentModelError("no")})
    pieces = work_off(database, completer), work_off(database, completer)

    with database.reading() as session:
        view = comparing.comparison(session, account_id, asked)
    assert (view.first.state, view.second.state) == ("ready", "ready")
    assert pieces == (1, 0)
    assert completer.calls == 3


def test_an_answer_asked_for_again_after_its_worker_died_of_it_is_tried_anew_and_stays_paid(
    database: Database,
) -> None:
    account_id = given.account_with_choices(database, 1)
    with database.writing() as session:
        asked = asking.ask(session, account_id, "Rain?", models=(MODEL, MODEL), styles=("", ""), seed=1)
        session.flush()
        hold = job_requests.take(session, "answers", asked)
    assert hold is not None
    book = DatabaseLedger(database, hold, account_id, budget_calls=99, budget_tokens=99_999)
    for attempt in range(1, 6):
        book.reserve("d" * 64, attempt, "answer", MODEL, 10, 10)
    answering.give_up(database, hold)
    deaths = book.left_in_flight("d" * 64)

    with database.writing() as session:
        asking.retry(session, account_id, asked)

    with database.reading() as session:
        used = spent(session, asked)
    assert (deaths, book.left_in_flight("d" * 64)) == (5, 0)
    assert (used.calls, used.tokens) == (5, 100)
