"""One answer that somebody waits for: told as it grows, and its call ended as soon as nobody waits for it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.induction.model.language_model import Reply

NOBODY_WAITS = "It was ended, for nobody waited for it any more."


class NobodyWaits(Exception):
    """The call was cancelled: its answer is wanted by nobody."""


@dataclass(eq=False, slots=True)
class Awaited:
    """An answer under way. `said` is given its text so far; `leave` is called once nobody waits for it. `tries`: so many at most, where
    another model would write it then; 0: as many as any call has."""

    said: Callable[[str], None]
    tries: int = 0
    _left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_left(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._left.is_set()

    def leave(self) -> None:
        """Ends the call that is under way, and keeps the next one from being sent."""
        self._left.set()

    async def unless_left(self, call: Coroutine[Any, Any, Reply]) -> Reply:
        """What the call gives; where nobody waits before it has, it is cancelled and NobodyWaits raised. Only the call itself is: who
        asked for it goes on, and settles what it cost."""
        calling, leaving = asyncio.ensure_future(call), asyncio.ensure_future(self._left.wait())
        try:
            await asyncio.wait((calling, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not calling.done():
                raise NobodyWaits
            return calling.result()
        finally:
            calling.cancel()
            leaving.cancel()
            await asyncio.gather(calling, leaving, return_exceptions=True)


Awaiting = Mapping[str, Awaited]
"""By the digest of its prompt."""
