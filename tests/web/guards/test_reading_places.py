"""Large files and pastes are read apart, few at once; what becomes of their readers is told, and the web goes on."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.adapters.reading_apart import child, parent
from app.web.guards.places import Places
from app.web.refusals import Busy
from tests.web.clients import browser, program

ROWS = [{"prompt": f"Why {number}?", "chosen": "Because. " * 60, "rejected": "So. " * 60} for number in range(120)]
FILE = "\n".join(json.dumps(row) for row in ROWS).encode()
TALK = "".join(f"User: Why {number}?\n\nAssistant: {'Because. ' * 40}\n\n" for number in range(200))


def test_no_more_than_two_are_read_at_once_and_strangers_leave_one_place() -> None:
    places = Places()

    async def played() -> None:
        async with AsyncExitStack() as held:
            await held.enter_async_context(places.take("192.0.2.1", is_known=False))
            with pytest.raises(Busy):
                await held.enter_async_context(places.take("192.0.2.2", is_known=False))
            await held.enter_async_context(places.take("ana", is_known=True))
            with pytest.raises(Busy):
                await held.enter_async_context(places.take("bo", is_known=True))
        async with places.take("bo", is_known=True):
            with pytest.raises(Busy):
                async with places.take("bo", is_known=True):
                    pass

    asyncio.run(played())

    assert places.taken.total() == 0


def test_a_large_file_is_read_apart_and_stored(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    reading = parent._answered

    def noted(kind: Any, *given: Any) -> Any:
        read.append(kind)
        return reading(kind, *given)

    monkeypatch.setattr(parent, "_answered", noted)
    client = program(app)

    whole = client.post("/api/v1/imports/pairs", content=FILE)
    form = client.post("/api/v1/imports/pairs/file", files={"file": ("mine.jsonl", FILE)})
    page = browser(app).post("/import/preview", files={"text": (None, TALK), "form_key": (None, "nobody")})

    assert (whole.status_code, whole.json()["added"]) == (201, len(ROWS))
    assert (form.status_code, form.json()["doubled"]) == (201, len(ROWS))
    assert "200 other answers can be written" in page.text
    assert read == ["pairs", "pairs", "pasted"]


@pytest.mark.parametrize("by", ["page", "api", "paste"])
def test_a_reader_that_breaks_down_is_told_and_the_web_lives_with_nothing_stored(
    app: FastAPI, by: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "child.py"
    broken.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    monkeypatch.setattr(child, "__file__", str(broken))
    client = program(app) if by == "api" else browser(app)

    if by == "api":
        reply = client.post("/api/v1/imports/pairs", content=FILE)
    elif by == "page":
        reply = client.post("/import/pairs", files={"file": ("mine.jsonl", FILE), "form_key": (None, b"nobody")})
    else:
        reply = client.post("/import/preview", files={"text": (None, TALK), "form_key": (None, "nobody")})

    assert reply.status_code == 400
    assert "broke down over it" in reply.text
    assert "Nothing was stored." in reply.text
    assert client.get("/healthz").status_code == 200
    assert app.state.places.taken.total() == 0
