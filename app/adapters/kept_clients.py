"""One client an event loop and address, so that calls share connections: over TLS a new one costs two round trips.

A connection belongs to the event loop it was made in. A client is therefore kept for its loop alone, and closed as that
loop ends its asynchronous generators (as `asyncio.run` does), while its connections can still be closed in good order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary


class Closable(Protocol):
    """What can be kept."""

    async def close(self) -> Any: ...


Client = TypeVar("Client", bound=Closable)

_Kept = dict[Hashable, tuple[Any, AsyncGenerator[None, None]]]

_kept: WeakKeyDictionary[asyncio.AbstractEventLoop, _Kept] = WeakKeyDictionary()


async def kept_client(key: Hashable, make: Callable[[], Client]) -> Client:
    """The running loop's client for `key`, made at the first call."""
    mine = _kept.setdefault(asyncio.get_running_loop(), {})
    if key not in mine:
        client = make()
        mine[key] = client, (life := _life(key, client, mine))
        await anext(life)  # from now on the loop knows the generator and ends it
    kept: Client = mine[key][0]
    return kept


async def _life(key: Hashable, client: Closable, mine: _Kept) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        del mine[key]  # its connections hold the loop, which would never be forgotten
        await client.close()
