"""A cap holds over everything at once: many people's parallel requests by two web processes, two workers, and one of each
killed in the middle. Not one call more than the cap admits reaches the model, and not one less."""

from __future__ import annotations

import itertools
import signal
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from app.domain.choices.naming_itself import EQUAL_ANSWERS
from app.domain.spending import day_of
from app.domain.texts.conversation import Turn
from app.induction.model.language_model import ModelProfile
from app.services.choosing.answering import answer_prompt
from app.storage.choosing.answers import PendingAnswer
from app.storage.database import Database
from app.storage.spending import spending
from app.storage.tables import ComparisonRow, CompletionRow, LedgerEntry, now
from tests.jobs.processes import Model, Worker, model_server, wait_until, worker
from tests.web.serving import Web, web_process

ADMITTED = 50
PEOPLE, PROMPTS = 50, 2
TEXT = "What is rain?"


def worst_case() -> int:
    """Tokens that each call of this test reserves."""
    prompt = answer_prompt(PendingAnswer("any", "any", (Turn("user", TEXT),), "openai/any", ""), ModelProfile("any"))
    return prompt.estimated_tokens + prompt.max_tokens


def ask(addresses: Sequence[str], token: str) -> str:
    """Sends the prompt until it is acknowledged, to the next web process where one does not answer; gives the comparison."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    for address in itertools.cycle(addresses):
        try:
            reply = httpx2.post(f"{address}/api/v1/prompts", json={"text": TEXT}, headers=headers, timeout=60)
        except httpx2.HTTPError:
            time.sleep(0.1)
            continue
        if reply.status_code == 201:
            return str(reply.json()["comparison_id"])
        assert reply.status_code in (409, 503), (
            reply.text
        )  # the same request is still under way, or the database is busy
        time.sleep(0.1)
    raise AssertionError("unreachable")


def count(database: Database, *where: sa.ColumnElement[bool], table: type = LedgerEntry) -> int:
    with database.reading() as session:
        return session.exec(select(sa.func.count()).select_from(table).where(*where)).one()


def kill_between_calls(victim: Worker, workers: Sequence[Worker], database: Database, model: Model) -> None:
    """kill -9 at a moment in which every call that is reserved has reached the model: one that dies before it sends what
    it has reserved has spent it for nothing, by design, and would leave the model with fewer."""
    while True:
        for each in workers:
            each.process.send_signal(signal.SIGSTOP)
        reserved = count(database)
        for _ in range(20):
            if len(model.calls()) == reserved:
                victim.kill()
                break
            time.sleep(0.05)
        for each in workers:
            if each.is_running:
                each.process.send_signal(signal.SIGCONT)
        if not victim.is_running:
            return
        time.sleep(0.05)


def restart_one(webs: Sequence[Web]) -> None:
    webs[0].kill()
    webs[0].start()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_of_a_hundred_parallel_requests_over_two_web_and_two_worker_processes_exactly_as_many_calls_are_sent_as_the_cap_admits(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    models = {"MODEL": "openai/stand-in", "SECOND_MODEL": "openai/another"}
    capped = {**models, "SPEND_DAY_TOKENS": str(ADMITTED * worst_case())}

    with ExitStack() as running:
        model = running.enter_context(model_server(400))
        model.spoil("negusage", 1_000)  # usage that cannot be true, so that every call counts as what was reserved
        webs = [running.enter_context(web_process(tmp_path, database_url, **models)) for _ in range(2)]
        workers = [running.enter_context(worker(tmp_path, database_url, model.url, **capped)) for _ in range(2)]
        addresses = [web.address for web in webs]
        tokens = [
            httpx2.post(f"{addresses[number % 2]}/api/v1/accounts", timeout=60).json()["token"]
            for number in range(PEOPLE)
        ]
        pool = running.enter_context(ThreadPoolExecutor(PEOPLE * PROMPTS))

        asked = [
            pool.submit(ask, addresses[:: 1 if number % 2 else -1], token)
            for number, token in enumerate(tokens * PROMPTS)
        ]
        wait_until(lambda: sum(each.done() for each in asked) >= 20, 120, "the first requests are acknowledged")
        restarted = pool.submit(restart_one, webs)
        wait_until(lambda: len(model.calls()) >= 12, 120, "the first calls")
        kill_between_calls(workers[0], workers, database, model)
        running.enter_context(worker(tmp_path, database_url, model.url, **capped))
        comparisons = {each.result() for each in asked}
        restarted.result()
        wait_until(
            lambda: not count(database, col(CompletionRow.state) == "pending", table=CompletionRow),
            120,
            "all is settled",
        )

    assert len(comparisons) == count(database, table=ComparisonRow) == PEOPLE * PROMPTS
    assert len(model.calls()) == count(database) == ADMITTED
    with database.reading() as session:
        used = spending.counter(session, day_of(now()), "site")
        reasons = {*session.exec(select(CompletionRow.failure).where(CompletionRow.state == "failed"))} - {
            EQUAL_ANSWERS
        }
    assert (used.calls, used.tokens) == (ADMITTED, ADMITTED * worst_case())
    assert len(reasons) == 1
    assert "this site in a day" in reasons.pop()
