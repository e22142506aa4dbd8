"""A whole archive is read before the request's transaction opens, as other files are (reading_files): by a process of its own, from
where the server has put it as it came, on the disk."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import IO

from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from app.domain.errors import BadInput, NothingUsable
from app.services.importing.bringing import receiving
from app.services.importing.bringing.receiving import ARCHIVES, Read
from app.web.guards import admitting
from app.web.guards.places import Places
from app.web.refusals import SignInNeeded, check_scope

NOTHING_CHOSEN = "Choose a file first: the ZIP that the other product gave you, or the files in it. Nothing was stored."


@asynccontextmanager
async def read_archive(request: Request, sent: Sequence[UploadFile], *, strangers: bool) -> AsyncIterator[Read]:
    """What the files hold together, for the length of the block; nothing is stored.

    Raises SignInNeeded where `strangers` may not import and there is no sign-in, ScopeMissing, BadInput without a file, NothingUsable where nothing in them is of use, TooLarge, TooManyRequests, and Busy where other files
    are being read.
    """
    asker = await admitting.asker(request)
    if asker.account is None and not strangers:
        raise SignInNeeded("You are not signed in here.")
    if asker.account is not None:
        check_scope(asker.account.scopes, "import")
    if not sent:
        raise BadInput(NOTHING_CHOSEN)
    await admitting.count_ahead(request, "imports")
    places: Places = request.app.state.places
    async with AsyncExitStack() as stack:
        async with places.take(asker.who, is_known=asker.is_known):
            name, file = await _as_one(stack, sent)
            reading = contextmanager_in_threadpool(receiving.read(file, name, ARCHIVES))
            try:
                read = await stack.enter_async_context(reading)
            except BadInput as fault:
                # Whatever is wrong with the whole of a file is one kind for programs, however many ways there are to it.
                raise NothingUsable(str(fault)) if type(fault) is BadInput else fault from None
        yield read


async def _as_one(stack: AsyncExitStack, sent: Sequence[UploadFile]) -> tuple[str, IO[bytes]]:
    files: list[tuple[str, IO[bytes]]] = [(each.filename or "file", each.file) for each in sent]
    if len(files) == 1:
        return files[0]
    whole = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    await run_in_threadpool(receiving.as_one, files, whole)
    return f"{len(files):,} files", whole


def files_in(form: FormData) -> list[UploadFile]:
    """The files that were chosen, of all fields; a field in which none was chosen comes as a file without a name."""
    return [each for _, each in form.multi_items() if isinstance(each, UploadFile) and each.filename]
