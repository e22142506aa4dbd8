"""One request, one transaction: opened before the handler, committed before the reply is sent.

A route that asks for `Writing` gets the transaction that writes; any other gets one that only reads and never commits. A
commit that fails is an error reply, never a success. The gates bound how many requests hold a connection at once: a request
that waits for its turn waits on the event loop, so that those who hold a connection always find a thread to go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar
from weakref import WeakValueDictionary

from fastapi import Depends
from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from starlette.requests import Request

from app.storage.database import Database, Session
from app.web.refusals import Busy
from app.web.signing_in import key_of, presented_token

LONGEST_WAIT_SECONDS = 15
LONGEST_PAUSE_SECONDS = 0.3
Made = TypeVar("Made")


class Gates:
    """How many requests of this process may read and write at once (one writer on SQLite, twelve on Postgres)."""

    def __init__(self, database: Database) -> None:
        self.readers = asyncio.Semaphore(12)
        self.writers = asyncio.Semaphore(1 if database.is_sqlite else 12)
        # Kept only while somebody holds one or waits for it.
        self._queues: WeakValueDictionary[str, Queue] = WeakValueDictionary()

    def queue(self, token: str) -> Queue:
        """Where the requests of one sign-in for conversations stand in line."""
        return self._queues.setdefault(key_of(token), Queue())


class Queue:
    """One at a time; while others wait, three times as long as it took is left to everybody else before the next."""

    def __init__(self) -> None:
        self._gate, self._waiting = asyncio.Semaphore(1), 0

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """The block has its turn. Raises TimeoutError where it does not come."""
        self._waiting += 1
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await self._gate.acquire()
        finally:
            self._waiting -= 1
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            yield
        finally:
            pause = min(3 * (loop.time() - begun), LONGEST_PAUSE_SECONDS) if self._waiting else 0
            loop.call_later(pause, self._gate.release)


async def _one_at_a_time(request: Request) -> AsyncIterator[None]:
    token = presented_token(request)
    if token is None:
        yield
        return
    gates: Gates = request.app.state.gates
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(gates.queue(token).passed())
        except TimeoutError:
            raise Busy("You asked for very many conversations at once. Wait for the others, then try again.") from None
        yield


ShowsTurns = Depends(_one_at_a_time, scope="function")
"""For a route that writes out a conversation, which may be long: one at a time for each sign-in, however many it asks for at
once. More would only share one processor, and keep everybody else waiting."""


def writes(request: Request) -> bool:
    """Whether the request's route asks to change rows (requests.GuardedRoute notes it)."""
    changes: bool = request.state.changes
    return changes


async def _entered(request: Request, changes: bool) -> asyncio.Semaphore:
    gates: Gates = request.app.state.gates
    gate = gates.writers if changes else gates.readers
    try:
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            await gate.acquire()
    except TimeoutError:
        raise Busy("The database has too much to do at the moment. Nothing was stored; try again shortly.") from None
    return gate


async def apart(request: Request, work: Callable[[Session], Made], *, changes: bool) -> Made:
    """What `work` gives in a transaction of its own, ahead of the request's; committed where it `changes` rows."""
    database: Database = request.app.state.database
    gate = await _entered(request, changes)

    def done() -> Made:
        with database.writing() if changes else database.reading() as session:
            return work(session)

    try:
        return await run_in_threadpool(done)
    finally:
        gate.release()


async def transaction(request: Request) -> AsyncIterator[Session]:
    """The request's session. To be depended on with `scope="function"` only, so that it ends before the reply."""
    database: Database = request.app.state.database
    changes = writes(request)
    gate = await _entered(request, changes)
    try:
        async with contextmanager_in_threadpool(database.writing() if changes else database.reading()) as session:
            yield session
        request.state.committed = changes
    except BaseException:
        # A guest who was not made in the end has no sign-in that an error's page could be bound to.
        if hasattr(request.state, "new_token"):
            del request.state.new_token
        raise
    finally:
        gate.release()
