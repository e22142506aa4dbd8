"""Pairs that are asked, written and looked at over HTTP, with every byte that leaves before the verdict.

Two invented models write texts that are drawn alike, so that no text tells whose it is. In all else they differ as models do: one is
six times as fast, tells its answer in larger pieces, ends first, and fails one time in twelve, when a third one takes its place. What a page,
a stream, the API and the data download send meanwhile is recorded as it came, headers and seconds included.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.domain.choices.drawing import Candidate
from app.main import create_app
from app.services.calling.swapping import Swapping
from app.settings import Settings
from app.storage.choosing import answers
from app.storage.choosing.answers import PendingAnswer
from app.storage.database import Database, Session
from app.storage.migrations import upgrade
from app.storage.working import job_requests
from app.storage.working.job_requests import Hold

FAST, SLOW, THIRD = "openai/fast", "openai/slow", "openai/third"
PACE: Mapping[str, tuple[int, int]] = {FAST: (300, 60), SLOW: (50, 7), THIRD: (120, 20)}
"""Characters a moment, and in a piece."""
FAILS_ONE_IN = 12
PAIRS_AN_ACCOUNT = 8
LOOKS = 3
"""At a pair that grows; between them the models write on."""
HOST = "http://testserver"
WORDS = [
    "rain",
    "falls",
    "on",
    "the",
    "hill",
    "where",
    "a",
    "long",
    "road",
    "bends",
    "and",
    "old",
    "stones",
    "keep",
    "warm",
    "under",
    "slow",
    "clouds",
]


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, as it was sent: `name` is what was asked for, `seconds` how long it took."""

    name: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Recorded:
    """All replies about one pair before its verdict, in order. `fast_is_first` is what nobody may know; `grown` are the lengths of both
    answers at each look as the worker had them, which no reply may show; `texts` are those of the two sides."""

    replies: tuple[Reply, ...]
    fast_is_first: bool
    grown: tuple[tuple[int, int], ...]
    texts: tuple[str, str]


@contextmanager
def site() -> Iterator[tuple[FastAPI, Database]]:
    """The application on an SQLite file of its own, with the two models."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'app.sqlite'}"
        upgrade(url)
        given: dict[str, Any] = dict.fromkeys(("limit_prompts", "limit_verdicts", "limit_guests"), "1000000/minute")
        settings = Settings(
            _env_file=None,
            database_url=url,
            data_dir=Path(folder),
            model=FAST,
            model_api_base="http://127.0.0.1:9/v1",
            second_model=SLOW,
            allowed_hosts="testserver",
            **given,
        )
        app, database = create_app(settings), Database(url)
        try:
            yield app, database
        finally:
            database.close()


def recorded(pairs: int, chance: random.Random) -> Iterator[Recorded]:
    """So many pairs, asked by people with a few of them each."""
    with site() as (app, database):
        client = TestClient(app, base_url=HOST, headers={"Origin": HOST}, follow_redirects=False)
        for number in range(pairs):
            if number % PAIRS_AN_ACCOUNT == 0:
                client = TestClient(app, base_url=HOST, headers={"Origin": HOST}, follow_redirects=False)
                client.headers["Authorization"] = f"Bearer {client.post('/api/v1/accounts').json()['token']}"
            yield _pair(client, database, chance)


def _pair(client: TestClient, database: Database, chance: random.Random) -> Recorded:
    asked = client.post("/api/v1/prompts", json={"text": f"{_text(chance, 6)}?"})
    comparison_id = asked.json()["comparison_id"]
    replies = [Reply("asked", asked.status_code, dict(asked.headers), asked.content, 0.0)]
    grown: list[tuple[int, int]] = []
    with database.writing() as session:
        held = job_requests.take(session, job_requests.AWAITED, comparison_id)
        assert held is not None
        sides = _pending(session, comparison_id)
    fast_is_first = sides[0].model == FAST
    texts = {side.completion_id: _text(chance, chance.randrange(90, 130)) for side in sides}
    shown = [texts[side.completion_id] for side in sides]

    def grow(stage: str) -> None:
        """Both write on, as far as each comes, and are looked at between."""
        for moment in range(1, LOOKS + 1):
            lengths = [_written(side.model, texts[side.completion_id], moment) for side in sides]
            with database.writing() as session:
                for side, length in zip(sides, lengths, strict=True):
                    answers.save_draft(session, side.completion_id, texts[side.completion_id][:length], is_new=False)
            if not stage:
                grown.append((lengths[0], lengths[1]))
            look(f"{stage}{moment}", "/choose", _path(comparison_id))

    def look(stage: str, *paths: str) -> None:
        for path in paths:
            replies.append(_get(client, f"{stage} {path.replace(comparison_id, '')}", path))

    grow("")
    failing = next((side for side in sides if side.model == FAST and not chance.randrange(FAILS_ONE_IN)), None)
    if failing:
        _save(database, held, [side for side in sides if side is not failing], texts)
        swapping = Swapping(lambda: [Candidate(FAST), Candidate(SLOW), Candidate(THIRD)], chance)
        swapping.failed.append((failing, "It is not well."))
        swapping.settle(database, held)
        look("swapped", "/choose", _path(comparison_id))
        with database.reading() as session:
            sides = _pending(session, comparison_id)
        grow("again ")
    for side in sorted(sides, key=lambda each: -PACE[each.model][0]):
        _save(database, held, [side], texts)
        look(f"whole {len(replies)}", "/choose", _path(comparison_id))
    with database.writing() as session:
        job_requests.finish(session, held)
    everywhere = (f"/choose/{comparison_id}/stream", "/api/v1/comparisons/next", "/api/v1/me/data", "/choices")
    look("last", "/choose", _path(comparison_id), *everywhere)
    given = client.put(f"{_path(comparison_id)}/verdict", json={"value": chance.choice(["first", "second"])})
    assert given.status_code == 200, given.text
    return Recorded(tuple(replies), fast_is_first, tuple(grown), (shown[0], shown[1]))


def _pending(session: Session, comparison_id: str) -> list[PendingAnswer]:
    """The answers that wait, in the order of the sides."""
    return answers.by_ids(session, answers.pending_ids(session, job_requests.AWAITED, comparison_id))


def _save(database: Database, held: Hold, sides: list[PendingAnswer], texts: Mapping[str, str]) -> None:
    with database.writing() as session:
        job_requests.check_held(session, held)
        for side in sides:
            answers.save_answer(session, side, texts[side.completion_id])


def _written(model: str, text: str, moment: int) -> int:
    """How much of its text a model has told at this moment, in whole pieces."""
    pace, piece = PACE[model]
    return min(len(text), pace * moment // piece * piece)


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words))


def _path(comparison_id: str) -> str:
    return f"/api/v1/comparisons/{comparison_id}"


def _get(client: TestClient, name: str, path: str) -> Reply:
    began = time.perf_counter()
    answer = client.get(path)
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return Reply(name, answer.status_code, dict(answer.headers), answer.content, seconds)
