"""What has come of the answers that are being written, kept a few times a second: any web process shows it, and nothing of it is lost
with the worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from app.storage.choosing import answers
from app.storage.database import Database, DatabaseBusy
from app.storage.working import job_requests
from app.storage.working.job_requests import Hold, TakenOver

log = logging.getLogger(__name__)

KEPT_EVERY_SECONDS = 0.4


class Drafts:
    """The drafts of one piece of work, kept in one transaction for all of them, and only while this execution holds it."""

    def __init__(self, database: Database, hold: Hold) -> None:
        self._database = database
        self._hold = hold
        self._grown: dict[str, tuple[str, bool]] = {}

    def grew(self, completion_id: str, text: str) -> None:
        """Takes the text of an answer so far; "" where it is begun."""
        _, is_new = self._grown.get(completion_id, ("", False))
        self._grown[completion_id] = (text, is_new or not text)

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keeps what grows while the block runs. What came last may be left out: whoever runs it stores the whole."""
        keeping = asyncio.create_task(self._keep_on())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(KEPT_EVERY_SECONDS)
            grown, self._grown = self._grown, {}
            if not grown:
                continue
            try:
                await asyncio.to_thread(self.keep, grown)
            except TakenOver:
                return  # the call itself is refused as it settles
            except DatabaseBusy:
                log.warning("what has come of answers could not be kept; trying again")
                self._grown = _later(grown, self._grown)

    def keep(self, grown: dict[str, tuple[str, bool]]) -> None:
        """Writes drafts, by completion, each with whether another try began it. Raises TakenOver."""
        with self._database.writing() as session:
            job_requests.check_held(session, self._hold)
            for completion_id, (text, is_new) in grown.items():
                answers.save_draft(session, completion_id, text, is_new=is_new)


def _later(grown: dict[str, tuple[str, bool]], since: dict[str, tuple[str, bool]]) -> dict[str, tuple[str, bool]]:
    both = {name: (text, is_new or grown.get(name, ("", False))[1]) for name, (text, is_new) in since.items()}
    return grown | both
