"""Archives of other products: reading one, what was found, and what to take over of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from app.services.importing.bringing import found, receiving, taking
from app.services.importing.bringing.found import ArchiveView, FoundChat, Sought
from app.services.importing.bringing.receiving import Read
from app.services.importing.bringing.taking import Wanted
from app.web.api.archive_models import Archive, ArchiveConversation, Keep, OwnText
from app.web.api.importing import located
from app.web.api.models import ImportReport
from app.web.api.paging import LIST_REPLY, Paged
from app.web.api.replies import problems
from app.web.guards import rates
from app.web.guards.dependencies import MayImport, MayRead, Reading, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.guards.sizes import takes_archives
from app.web.guards.turns import InTurn
from app.web.reading_archives import files_in, read_archive
from app.web.reading_files import body_as_file

router = APIRouter(prefix="/archives", route_class=GuardedRoute, tags=["getting choices in"])

ArchivePath = Annotated[str, Path(max_length=64, description="The id of one of your archives.")]
BODY = {
    "requestBody": {
        "required": True,
        "description": "The archive as the other product gave it out, up to 100 MB packed and 200 MB unpacked: a ZIP or one of its files "
        "as the body itself or as a part of a form, or all its files as parts of a form.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                },
            },
        },
    }
}


@rates.counts("imports")
async def _received(
    request: Request,
    name: Annotated[str, Query(max_length=200, description="The file's name, where the body is the file itself.")] = "",
) -> AsyncIterator[Read]:
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        async with request.form() as form, read_archive(request, files_in(form), strangers=False) as read:
            yield read
        return
    async with body_as_file(request) as whole:
        sent = UploadFile(whole.file, filename=name or "archive")
        async with read_archive(request, [sent], strangers=False) as read:
            yield read


@router.post("", status_code=201, dependencies=[Depends(_received)], openapi_extra=BODY)
@takes_archives
def bring_archive(
    session: Writing, account: MayImport, read: Annotated[Read, Depends(_received)], response: Response
) -> Archive:
    """Have an archive of another product read. What was found waits for 24 hours; nothing is taken over. Another takes its place."""
    archive_id = receiving.keep(session, account.account_id, read)
    response.headers["Location"] = f"/api/v1/archives/{archive_id}"
    return _reply(found.archive(session, account.account_id, archive_id))


@router.get("", dependencies=[InTurn])
def list_archives(session: Reading, account: MayRead) -> list[Archive]:
    """The archives that wait; at most one."""
    return [_reply(each) for each in found.waiting(session, account.account_id)]


@router.get("/{archive_id}", responses=problems(404), dependencies=[InTurn])
def read_archive_found(archive_id: ArchivePath, session: Reading, account: MayRead) -> Archive:
    """What was found in an archive."""
    return _reply(found.archive(session, account.account_id, archive_id))


@router.get("/{archive_id}/conversations", responses={**LIST_REPLY, **problems(404)}, dependencies=[InTurn])
def list_archive_conversations(
    archive_id: ArchivePath,
    session: Reading,
    account: MayRead,
    part: Paged,
    words: Annotated[str, Query(max_length=200, description="Words that stand in title or text.")] = "",
) -> list[ArchiveConversation]:
    """The conversations of an archive, newest first."""
    shown, total = found.listed(session, account.account_id, archive_id, Sought(words), part.offset, part.limit)
    part.tell(total)
    return [_line(each) for each in shown]


@router.post("/{archive_id}/keep", status_code=201, responses=problems(404), dependencies=[InTurn, Limited.imports])
def keep_of_archive(
    archive_id: ArchivePath, wanted: Keep, session: Writing, account: MayImport, response: Response
) -> ImportReport:
    """Take over conversations of an archive with the choices that were made in them. What is here already is not added again."""
    mine = account.account_id
    found.tick_all(session, mine, archive_id, ticked=wanted.conversations is None)
    if wanted.conversations:
        found.tick(session, mine, archive_id, wanted.conversations, wanted.conversations)
    told = Wanted(wanted.counts_kept, wanted.corrections, frozenset(wanted.own_words), wanted.mask)
    return located(taking.take(session, mine, archive_id, told), response)


@router.delete("/{archive_id}", status_code=204, responses=problems(404), dependencies=[Limited.imports])
def delete_archive(archive_id: ArchivePath, session: Writing, account: MayImport) -> Response:
    """Delete what was read of an archive at once; what was taken over stays."""
    found.discard(session, account.account_id, archive_id)
    return Response(status_code=204)


def _reply(archive: ArchiveView) -> Archive:
    return Archive(
        archive_id=archive.archive_id,
        name=archive.name,
        report={name: value for name, value in archive.report.items() if name != "label"},
        own_words=[
            OwnText(number=number, text=words.text, is_here=words.is_here)
            for number, words in enumerate(archive.own_words)
        ],
        conversations=archive.chats,
        created_at=archive.created_at,
        expires_at=archive.expires_at,
    )


def _line(chat: FoundChat) -> ArchiveConversation:
    return ArchiveConversation(
        position=chat.position,
        title=chat.title,
        begun_at=chat.begun_at,
        turns=chat.n_turns,
        choices={grade: chat.counts[grade] for grade in "ABCDE"},
        personal=chat.personal,
        is_here=chat.is_here,
    )
