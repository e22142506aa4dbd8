"""A large body is read only for whom it may come from, only where there is room, and only while it keeps coming."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from app.services.people import accounts
from app.storage.database import Database
from app.web.guards import admitting
from app.web.guards.admitting import Asker, Room
from app.web.refusals import Busy
from tests.web.clients import application, program
from tests.web.serving import is_alive, web_process

LARGE = 19_000_000
FORM = {"content-type": "multipart/form-data; boundary=x", "origin": "http://testserver"}


async def until(true: Callable[[], bool]) -> None:
    """Lets others go on until it is true."""
    for _ in range(3_000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("It never came true.")


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
        while ended < 39:
            done, sending = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
            ended += len(done)
        assert app.state.room.held.total() == LARGE
        for one in sending:
            one.cancel()
        await asyncio.gather(*sending, return_exceptions=True)

    asyncio.run(until_the_refused_are_told())

    refused = [sender for sender in senders if sender.status == 503]
    assert len(refused) == 39
    assert all("retry-after" in sender.told and sender.pieces == 0 for sender in refused)
    assert not app.state.room.held


def test_a_body_that_stops_coming_is_given_up(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(admitting, "SLOWEST_BYTES", 10**12)
    monkeypatch.setattr(admitting, "SLOWEST_BYTES_OF_STRANGERS", 10**12)
    app = application(database_url, tmp_path)
    large, small = Sender(app, "/import/pairs", FORM), Sender(app, "/import/pairs", FORM, size=900)

    asyncio.run(large.send())
    asyncio.run(small.send())

    assert (large.status, small.status) == (408, 408)
    assert large.told["connection"] == small.told["connection"] == "close"
    assert not app.state.room.held


def test_a_body_that_falls_behind_is_given_up_long_before_its_whole_size_would_have_to_be_there(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "FIRST_SECONDS", 0.1)
    sender = Sender(application(database_url, tmp_path), "/import/pairs", FORM)

    asyncio.run(asyncio.wait_for(sender.send(), 60))

    assert sender.status == 408
    assert LARGE / admitting.SLOWEST_BYTES_OF_STRANGERS > 60


@pytest.mark.parametrize("where", ["/api/v1/imports/pairs", "/import/pairs"])
def test_the_limit_of_imports_is_counted_in_the_database_before_a_byte_of_a_large_body_is_read(
    database_url: str, tmp_path: Path, where: str
) -> None:
    apps = [application(database_url, tmp_path, limit_imports="2/day") for _ in range(3)]
    client = program(apps[0])
    headers = FORM | ({"authorization": client.headers["authorization"]} if "api" in where else {})
    broken = {"content-type": "application/json", **headers}
    sender = Sender(apps[2], where, headers)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(admitting, "FIRST_SECONDS", 0.0)
        for app in apps[:2]:
            asyncio.run(Sender(app, where, broken | {"content-length": "9"}, size=9).send())
        for app in apps[:2]:
            asyncio.run(Sender(app, where, headers).send())
    asyncio.run(sender.send())

    assert (sender.status, sender.pieces) == (429, 0)
    assert not apps[2].state.room.held


def test_no_byte_of_a_large_body_is_read_for_a_suspended_account(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    app = application(database_url, tmp_path)
    client = program(app)
    code = client.get("/api/v1/me").json()["code"]
    with database.writing() as session:
        accounts.suspend(session, code)
    headers = {"content-type": "application/json", "authorization": client.headers["authorization"]}
    sender = Sender(app, "/api/v1/imports/pairs", headers)

    asyncio.run(sender.send())

    assert (sender.status, sender.pieces) == (403, 0)


def test_strangers_of_however_many_addresses_leave_half_of_the_room_to_people_known_here() -> None:
    room = Room()
    strangers = [Asker(None, f"192.0.2.{number}", is_known=False) for number in range(3)]
    known = [Asker(None, name, is_known=True) for name in ("ana", "bo")]

    with room.take(strangers[0], LARGE), room.take(strangers[1], LARGE):
        with pytest.raises(Busy), room.take(strangers[2], LARGE):
            pass
        with room.take(known[0], LARGE), room.take(known[0], LARGE):
            with pytest.raises(Busy), room.take(known[0], LARGE):
                pass
            with pytest.raises(Busy), room.take(known[1], LARGE):
                pass

    assert not room.held
    assert not room.of_strangers


def test_who_has_chosen_something_is_no_stranger_to_the_room(database_url: str, tmp_path: Path) -> None:
    app = application(database_url, tmp_path)
    client = program(app)
    token = {"authorization": client.headers["authorization"], "content-type": "application/json"}

    async def held_while(path: str) -> tuple[int, int]:
        sending = asyncio.ensure_future(Sender(app, path, token).send())
        await until(lambda: bool(app.state.room.held))
        found = app.state.room.held.total(), app.state.room.of_strangers
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        return found

    before = asyncio.run(held_while("/api/v1/imports/pairs"))
    client.post("/api/v1/imports/pairs", json=[{"prompt": "Sky?", "chosen": "Blue.", "rejected": "Red."}])
    after = asyncio.run(held_while("/api/v1/imports/pairs"))

    assert (before, after) == ((LARGE, LARGE), (LARGE, 0))


def test_who_leaves_in_the_middle_of_a_body_leaves_no_error_in_the_log(database_url: str, tmp_path: Path) -> None:
    with web_process(tmp_path, database_url) as web:
        with socket.create_connection(("127.0.0.1", web.port), timeout=20) as leaving:
            leaving.sendall(
                f"POST /import/pairs HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\nOrigin: {web.address}\r\n"
                "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000\r\n\r\n"
                '--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhalf'.encode()
            )
        assert is_alive(web.address)
        web.ask_to_stop()
        web.wait()
    assert "Traceback" not in (tmp_path / "web.log").read_text(encoding="utf-8")
