"""What has come of the answers that are being written, kept a few times a second: any web process shows it, and nothing of it is lost
with the worker. What nobody waits for any more is ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from functools import partial

from app.services.calling.awaiting import Awaited
from app.storage.choosing import answers
from app.storage.database import Database, DatabaseBusy
from app.storage.working import job_requests
from app.storage.working.job_requests import Hold, TakenOver

log = logging.getLogger(__name__)

KEPT_EVERY_SECONDS = 0.4
LOOKED_EVERY = 3
"""Of these moments one in so many is looked whether somebody still waits, while nothing comes: every 1.2 s."""


class Drafts:
    """The drafts of one piece of work, kept in one transaction for all of them, and only while this execution holds it.

    `awaited` has each of its answers by completion. Nobody waits for one any more that was settled by another hand, its person's or a
    later execution's, or that is gone.
    """

    def __init__(self, database: Database, hold: Hold, completion_ids: Sequence[str]) -> None:
        self._database = database
        self._hold = hold
        self._grown: dict[str, tuple[str, bool]] = {}
        self.awaited = {each: Awaited(partial(self.grew, each)) for each in completion_ids}

    def grew(self, completion_id: str, text: str) -> None:
        """Takes the text of an answer so far; "" where it is begun."""
        _, is_new = self._grown.get(completion_id, ("", False))
        self._grown[completion_id] = (text, is_new or not text)

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keeps what grows while the block runs, and lets go of what nobody waits for. What came last may be left out: whoever runs
        it stores the whole."""
        self._let_go(await asyncio.to_thread(self.wanted))
        keeping = asyncio.create_task(self._keep_on())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep_on(self) -> None:
        quiet = 0
        while True:
            await asyncio.sleep(KEPT_EVERY_SECONDS)
            grown, self._grown = self._grown, {}
            quiet = 0 if grown else quiet + 1
            if quiet % LOOKED_EVERY:
                continue
            try:
                look = partial(self.keep, grown) if grown else self.wanted
                self._let_go(await asyncio.to_thread(look))
            except TakenOver:
                self._let_go(())
                return
            except DatabaseBusy:
                log.warning("what has come of answers could not be kept; trying again")
                self._grown = _later(grown, self._grown)

    def keep(self, grown: Mapping[str, tuple[str, bool]]) -> Collection[str]:
        """Writes drafts, by completion, each with whether another try began it, and gives `wanted`. Raises TakenOver."""
        with self._database.writing() as session:
            job_requests.check_held(session, self._hold)
            for completion_id, (text, is_new) in grown.items():
                answers.save_draft(session, completion_id, text, is_new=is_new)
            return answers.still_pending(session, list(self.awaited))

    def wanted(self) -> Collection[str]:
        """The answers that somebody waits for."""
        with self._database.reading() as session:
            return answers.still_pending(session, list(self.awaited))

    def _let_go(self, wanted: Collection[str]) -> None:
        for completion_id, awaited in self.awaited.items():
            if completion_id not in wanted:
                awaited.leave()


def _later(grown: dict[str, tuple[str, bool]], since: dict[str, tuple[str, bool]]) -> dict[str, tuple[str, bool]]:
    both = {name: (text, is_new or grown.get(name, ("", False))[1]) for name, (text, is_new) in since.items()}
    return grown | both
