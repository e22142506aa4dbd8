"""Files and pastes are read before the request's transaction opens: a large one would hold the one writer for seconds.

So that nobody has files read who may not import them, the sign-in is looked up and the import counted ahead of that, in
transactions of their own: of a large body before it is read (guards/admitting.py). A route asks for the file first, by
`dependencies=[...]`, and for `Writing` after it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile

from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile as Sent
from starlette.requests import Request

from app.domain.errors import BadInput, NothingUsable
from app.domain.transcripts.pasted.text import PastedConversation
from app.services.importing import conversations, files
from app.services.importing.files import KNOWN, MOST_READ_HERE, STRANGERS, PairsFile
from app.web.guards import admitting
from app.web.guards.places import Places
from app.web.refusals import SignInNeeded, check_scope

MOST_IN_MEMORY = 1_000_000
"""Bytes of a file beyond which it lies on the disk; of an uploaded one Starlette sees to that."""


@asynccontextmanager
async def held(data: bytes = b"") -> AsyncIterator[Sent]:
    """A file of these bytes, for the length of the block."""
    with SpooledTemporaryFile(max_size=MOST_IN_MEMORY) as file:
        file.write(data)
        yield Sent(file)  # type: ignore[arg-type]


@asynccontextmanager
async def body_as_file(request: Request) -> AsyncIterator[Sent]:
    """The body of the request for the length of the block, never whole in memory where it is large."""
    async with held() as kept:
        async for piece in request.stream():
            await kept.write(piece)
        yield kept


async def read_file(request: Request, sent: Sent, person: str, *, strangers: bool) -> PairsFile:
    """The comparisons of one person of a file; stores nothing.

    Raises SignInNeeded where `strangers` may not import and there is no sign-in, ScopeMissing, NotAllowed, TooManyRequests,
    SeveralPeople where `person` is "" and the file holds more than one person's choices, NothingUsable and TooLarge, and Busy
    where other files are being read.
    """
    asker = await admitting.asker(request)
    if asker.account is None and not strangers:
        raise SignInNeeded("You are not signed in here.")
    if asker.account is not None:
        check_scope(asker.account.scopes, "import")
    await admitting.count_ahead(request, "imports")
    size = await run_in_threadpool(sent.file.seek, 0, os.SEEK_END)
    limits = KNOWN if asker.is_known else STRANGERS
    if await run_in_threadpool(files.is_read_here, sent.file, size):
        return await run_in_threadpool(_read, sent, size, person, limits)
    places: Places = request.app.state.places
    async with places.take(asker.who, is_known=asker.is_known):
        return await run_in_threadpool(_read, sent, size, person, limits)


async def read_paste(request: Request, text: str) -> PastedConversation:
    """The turns of a pasted conversation; stores nothing. Raises NothingUsable, TooLarge, and Busy as `read_file`."""
    if len(text.encode("utf-8", "surrogatepass")) <= MOST_READ_HERE:
        return await run_in_threadpool(conversations.preview_conversation, text)
    asker = await admitting.asker(request)
    places: Places = request.app.state.places
    async with places.take(asker.who, is_known=asker.is_known):
        return await run_in_threadpool(conversations.read_apart, text, KNOWN if asker.is_known else STRANGERS)


def _read(sent: Sent, size: int, person: str, limits: files.Limits) -> PairsFile:
    try:
        return files.read_upload(sent.file, size, person, limits)
    except BadInput as fault:
        # Whatever is wrong with the whole of a file is one kind for programs, however many ways there are to it.
        raise NothingUsable(str(fault)) if type(fault) is BadInput else fault from None
