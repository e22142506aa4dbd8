"""A large body is read only for whom it may come from, only where there is room, and only while it keeps coming."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from app.web.guards import admitting
from app.web.guards.admitting import Room
from app.web.refusals import Busy
from tests.web.clients import application, program

LARGE = 19_000_000
FORM = {"content-type": "multipart/form-data; boundary=x", "origin": "http://testserver"}


class Sender:
    """Sends a request that announces a large body, counts how often it is asked for a piece, and hears the reply."""

    def __init__(self, app: FastAPI, path: str, headers: dict[str, str], size: int = LARGE) -> None:
        self.app, self.path = app, path
        self.headers = {"host": "testserver", "content-length": str(size), **headers}
        self.pieces, self.status = 0, 0
        self.told: dict[str, str] = {}

    async def send(self) -> None:
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in self.headers.items()],
            "client": ("192.0.2.1", 1),
            "server": ("testserver", 80),
        }

        async def receive() -> Message:
            self.pieces += 1
            if self.pieces == 1:
                return {"type": "http.request", "body": b"--x\r\n", "more_body": True}
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

        async def hear(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.told = {name.decode(): value.decode() for name, value in message["headers"]}

        await self.app(scope, receive, hear)


@pytest.mark.parametrize(
    "path", ["/api/v1/imports/pairs", "/api/v1/imports/pairs/file", "/api/v1/imports/conversation"]
)
@pytest.mark.parametrize("token", ["", "Bearer of-nobody"])
def test_no_byte_of_a_large_body_is_read_for_somebody_who_is_not_signed_in(
    database_url: str, tmp_path: Path, path: str, token: str
) -> None:
    headers = {"content-type": "application/json", **({"authorization": token} if token else {})}
    sender = Sender(application(database_url, tmp_path), path, headers)

    asyncio.run(sender.send())

    assert (sender.status, sender.pieces) == (401, 0)
    assert sender.told["connection"] == "close"


def test_no_byte_of_a_large_body_is_read_for_a_token_without_the_scope(database_url: str, tmp_path: Path) -> None:
    app = application(database_url, tmp_path)
    made = program(app).post("/api/v1/me/tokens", json={"name": "for reading", "scopes": ["read"]})
    headers = {"content-type": "application/json", "authorization": f"Bearer {made.json()['token']}"}
    sender = Sender(app, "/api/v1/imports/pairs", headers)

    asyncio.run(sender.send())

    assert (sender.status, sender.pieces) == (403, 0)


def test_uploads_beyond_the_room_are_refused_at_once_and_the_room_is_free_again_afterwards(
    database_url: str, tmp_path: Path
) -> None:
    app = application(database_url, tmp_path)
    senders = [Sender(app, "/import/pairs", FORM) for _ in range(40)]

    async def until_the_refused_are_told() -> None:
        sending = {asyncio.ensure_future(sender.send()) for sender in senders}
        ended = 0
        while ended < 38:
            done, sending = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
            ended += len(done)
        assert app.state.room.held.total() == 2 * LARGE
        for one in sending:
            one.cancel()
        await asyncio.gather(*sending, return_exceptions=True)

    asyncio.run(until_the_refused_are_told())

    refused = [sender for sender in senders if sender.status == 503]
    assert len(refused) == 38
    assert all("retry-after" in sender.told and sender.pieces == 0 for sender in refused)
    assert not app.state.room.held


def test_a_body_that_stops_coming_is_given_up(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(admitting, "SLOWEST_BYTES", 10**12)
    app = application(database_url, tmp_path)
    large, small = Sender(app, "/import/pairs", FORM), Sender(app, "/import/pairs", FORM, size=900)

    asyncio.run(large.send())
    asyncio.run(small.send())

    assert (large.status, small.status) == (408, 408)
    assert large.told["connection"] == small.told["connection"] == "close"
    assert not app.state.room.held


def test_one_address_leaves_room_for_another() -> None:
    room = Room()

    with room.take("one", LARGE), room.take("one", LARGE):
        with pytest.raises(Busy), room.take("one", LARGE):
            pass
        with room.take("another", LARGE), room.take("another", LARGE):
            assert room.held.total() == 4 * LARGE
            with pytest.raises(Busy), room.take("a third", LARGE):
                pass

    assert not room.held
