"""One request, one transaction: opened before the handler, committed before the reply is sent.

A route that asks for `Writing` gets the transaction that writes; any other gets one that only reads and never commits. A
commit that fails is an error reply, never a success. The gates bound how many requests hold a connection at once: a request
that waits for its turn waits on the event loop, so that those who hold a connection always find a thread to go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from typing import TypeVar

from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from starlette.requests import Request

from app.services.people import accounts
from app.storage.database import Database, DatabaseBusy, Session
from app.web.refusals import Busy
from app.web.signing_in import presented_token

LONGEST_WAIT_SECONDS = 4.0
"""How long a request waits for a database that lets nobody in, at the gate and for other writers together, before its 503. A
file that another process holds for three seconds is waited for; much longer nobody would look at an empty page."""
LONGEST_QUEUE_SECONDS = 15
"""How long it waits in line as long as the line moves."""
Made = TypeVar("Made")


class Gate:
    """So many transactions at once, the others in line. A database that lets nobody in for four seconds ends the waiting."""

    def __init__(self, places: int) -> None:
        self._places, self._moved = asyncio.Semaphore(places), 0.0
        self._waiting: dict[asyncio.Timeout, float] = {}
        """Whose turn has not come, with when they must be told at the latest."""

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[float]:
        """The block has its turn; given are the seconds it may wait on for the database. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        came = loop.time()
        async with asyncio.timeout_at(came + LONGEST_WAIT_SECONDS) as limit:
            self._waiting[limit] = came + LONGEST_QUEUE_SECONDS
            try:
                await self._places.acquire()
            finally:
                del self._waiting[limit]
        was_let_in = True
        try:
            yield max(0.0, max(came, self._moved) + LONGEST_WAIT_SECONDS - loop.time())
        except DatabaseBusy:
            was_let_in = False
            raise
        finally:
            self._places.release()
            if was_let_in:
                self._move(loop.time())

    def _move(self, now: float) -> None:
        self._moved = now
        for limit, latest in self._waiting.items():
            limit.reschedule(min(latest, now + LONGEST_WAIT_SECONDS))


class Gates:
    """How many requests of this process may read and write at once (one writer on SQLite, twelve on Postgres)."""

    def __init__(self, database: Database) -> None:
        self.readers = Gate(12)
        self.writers = Gate(1 if database.is_sqlite else 12)


def writes(request: Request) -> bool:
    """Whether the request's route asks to change rows (requests.GuardedRoute notes it)."""
    changes: bool = request.state.changes
    return changes


@asynccontextmanager
async def _entered(request: Request, changes: bool) -> AsyncIterator[AbstractContextManager[Session]]:
    """The block has its turn at the gate; given is a transaction, to be begun in a thread, with what patience is left."""
    gates: Gates = request.app.state.gates
    database: Database = request.app.state.database
    gate = gates.writers if changes else gates.readers
    async with AsyncExitStack() as stack:
        try:
            left = await stack.enter_async_context(gate.passed())
        except TimeoutError:
            raise Busy(
                "The database has too much to do at the moment. Nothing was stored; try again shortly."
            ) from None
        yield database.writing(left) if changes else database.reading()


async def apart(request: Request, work: Callable[[Session], Made], *, changes: bool) -> Made:
    """What `work` gives in a transaction of its own, ahead of the request's; committed where it `changes` rows."""
    async with _entered(request, changes) as opened:

        def done() -> Made:
            with opened as session:
                return work(session)

        return await run_in_threadpool(done)


@contextmanager
def _signed_in(request: Request, opened: AbstractContextManager[Session]) -> Iterator[Session]:
    """The transaction with what the presented token signs in to, noted as `request.state.signed_in`: looked up where the transaction is
    begun, since each pass between the event loop and a thread waits for whoever computes."""
    with opened as session:
        token = presented_token(request)
        request.state.signed_in = accounts.account_for_token(session, token) if token else None
        yield session


async def transaction(request: Request) -> AsyncIterator[Session]:
    """The request's session. To be depended on with `scope="function"` only, so that it ends before the reply."""
    changes = writes(request)
    try:
        async with (
            _entered(request, changes) as opened,
            contextmanager_in_threadpool(_signed_in(request, opened)) as session,
        ):
            yield session
        request.state.committed = changes
    except BaseException:
        # A guest who was not made in the end has no sign-in that an error's page could be bound to.
        if hasattr(request.state, "new_token"):
            del request.state.new_token
        raise
