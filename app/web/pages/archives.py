"""What we found: an archive of another product is read, shown, ticked, and taken over once its person has said that it looks right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import Response

from app.domain.texts.conversation import Turn
from app.services.importing.bringing import found, receiving, taking
from app.services.importing.bringing.found import ArchiveView, FoundChat, Sought
from app.services.importing.bringing.receiving import Read
from app.services.importing.bringing.taking import Wanted
from app.web.guards import rates
from app.web.guards.dependencies import CurrentDatabase, Guest, Reading, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.guards.sizes import takes_archives
from app.web.guards.turns import InTurn
from app.web.reading_archives import files_in, read_archive
from app.web.showing.rendering import respond, see_other

router = APIRouter(prefix="/import/archive", route_class=GuardedRoute)

PAGE = 50
ALL = ("all", "none")
"""The buttons that tick all conversations of the search, or none of them."""
TURNS_SHOWN = 20
LONGEST = 16
"""Letters of a field's name, or digits of a number, beyond which it is none of ours."""
ArchivePath = Annotated[str, Path(max_length=64)]


@dataclass(frozen=True, slots=True)
class Search:
    """As the fields of the form have it; dates as `2026-02-28`, "" for none."""

    q: str = ""
    since: str = ""
    until: str = ""
    choices: bool = False

    @property
    def sought(self) -> Sought:
        """What is meant by it; a date that is none is as if it were not there."""
        until = _midnight(self.until)
        return Sought(self.q, _midnight(self.since), until + timedelta(days=1) if until else None, self.choices)

    def address(self, archive_id: str, offset: int = 0) -> str:
        """Where the list is so narrowed."""
        told = {"q": self.q, "since": self.since, "until": self.until, "choices": "on" if self.choices else ""}
        asked = urlencode({name: value for name, value in {**told, "offset": offset or ""}.items() if value})
        return f"/import/archive/{archive_id}" + (f"?{asked}#conversations" if asked else "#conversations")


@dataclass(frozen=True, slots=True)
class FoundPage:
    """The archive and one page of its conversations; `total` are those that the search means."""

    archive: ArchiveView
    chats: Sequence[FoundChat]
    search: Search
    total: int
    offset: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class TakePage:
    """What of the ticked conversations is to be taken over."""

    archive: ArchiveView


@dataclass(frozen=True, slots=True)
class OneChatPage:
    """One conversation of the archive, to be read before it is ticked."""

    archive_id: str
    position: int
    title: str
    turns: Sequence[Turn]
    total: int
    offset: int
    before: int
    after: int


@rates.counts("imports")
async def _received(request: Request) -> AsyncIterator[Read]:
    async with request.form() as form, read_archive(request, files_in(form), strangers=True) as read:
        yield read


@router.post("", dependencies=[Depends(_received)])
@takes_archives
def receive(session: Writing, account: Guest, read: Annotated[Read, Depends(_received)]) -> Response:
    """Reads an archive, and keeps what was found for a day; takes nothing over."""
    return see_other(f"/import/archive/{receiving.keep(session, account.account_id, read)}")


@router.get("/{archive_id}", dependencies=[InTurn])
def show(
    request: Request,
    archive_id: ArchivePath,
    session: Reading,
    account: RequiredAccount,
    q: Annotated[str, Query(max_length=200)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    choices: Annotated[Literal["", "on"], Query()] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """What we found, with a page of the conversations."""
    search = Search(q.strip(), since, until, choices == "on")
    shown, total = found.listed(session, account.account_id, archive_id, search.sought, offset, PAGE)
    archive = found.archive(session, account.account_id, archive_id)
    return respond(request, "archive", FoundPage(archive, shown, search, total, offset, has_more=offset + PAGE < total))


async def _ticked(request: Request) -> list[int]:
    """The positions that are ticked on the page that was sent: a field each, for a form has each field once."""
    sent = await request.form()
    return [int(name[5:]) for name in sent if name.startswith("tick-") and name[5:].isdecimal() and len(name) < LONGEST]


Ticked = Annotated[list[int], Depends(_ticked)]


def _searched(
    q: Annotated[str, Form(max_length=200)] = "",
    since: Annotated[str, Form(max_length=10)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    choices: Annotated[Literal["", "on"], Form()] = "",
) -> Search:
    return Search(q.strip(), since, until, choices == "on")


def _meant(
    database: CurrentDatabase,
    archive_id: ArchivePath,
    search: Annotated[Search, Depends(_searched)],
    do: Annotated[str, Form(max_length=8)] = "",
) -> list[int]:
    """Where the conversations of a search stand, where all of them are to be ticked or not: looked for before the transaction, for
    to look through a large archive takes seconds."""
    if do not in ALL:
        return []
    with database.reading() as session:
        return found.meant(session, archive_id, search.sought)


@router.post("/{archive_id}/ticks", dependencies=[InTurn, Depends(_meant)])
def tick(
    archive_id: ArchivePath,
    session: Writing,
    account: RequiredAccount,
    ticked: Ticked,
    search: Annotated[Search, Depends(_searched)],
    meant: Annotated[list[int], Depends(_meant)],
    shown: Annotated[str, Form(max_length=2_000)] = "",
    offset: Annotated[int, Form(ge=0, le=1_000_000)] = 0,
    do: Annotated[Literal["search", "all", "none", "newer", "older", "go"], Form()] = "search",
) -> Response:
    """Keeps which conversations of the page are ticked, and goes where its button leads."""
    mine = account.account_id
    on_page = [int(each) for each in shown.split(",") if each.isdecimal() and len(each) < LONGEST]
    found.tick(session, mine, archive_id, on_page, ticked)
    if do in ALL:
        found.tick(session, mine, archive_id, meant, meant if do == "all" else ())
    if do == "go":
        return see_other(f"/import/archive/{archive_id}/keep")
    moved = {"newer": max(0, offset - PAGE), "older": offset + PAGE, "search": 0}.get(do, offset)
    return see_other(search.address(archive_id, moved))


@router.get("/{archive_id}/keep", dependencies=[InTurn])
def ask(request: Request, archive_id: ArchivePath, session: Reading, account: RequiredAccount) -> Response:
    """What would be taken over, before it is."""
    return respond(request, "keeping", TakePage(found.archive(session, account.account_id, archive_id)))


async def _words(request: Request) -> frozenset[int]:
    sent = await request.form()
    named = (name[6:] for name in sent if name.startswith("words-"))
    return frozenset(int(each) for each in named if each.isdecimal() and len(each) < LONGEST)


@router.post("/{archive_id}/keep", dependencies=[InTurn, Limited.imports])
def take(
    archive_id: ArchivePath,
    session: Writing,
    account: RequiredAccount,
    words: Annotated[frozenset[int], Depends(_words)],
    kept: Annotated[Literal["", "on"], Form()] = "",
    corrections: Annotated[Literal["", "on"], Form()] = "",
    mask: Annotated[Literal["", "on"], Form()] = "",
) -> Response:
    """Looks right: takes over what is ticked."""
    wanted = Wanted(kept == "on", corrections == "on", words, mask == "on")
    made = taking.take(session, account.account_id, archive_id, wanted)
    return see_other(f"/import?report={made.import_id}")


@router.post("/{archive_id}/delete", dependencies=[Limited.imports])
def discard(archive_id: ArchivePath, session: Writing, account: RequiredAccount) -> Response:
    """Deletes what was read of the archive at once; what was taken over stays."""
    found.discard(session, account.account_id, archive_id)
    return see_other("/import")


@router.get("/{archive_id}/{position}", dependencies=[InTurn])
def one(
    request: Request,
    archive_id: ArchivePath,
    position: Annotated[int, Path(ge=0, le=10_000_000)],
    session: Reading,
    account: RequiredAccount,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """One conversation, a page of turns at a time."""
    chat = found.chat(session, account.account_id, archive_id, position)
    some = chat.turns[offset : offset + TURNS_SHOWN]
    before, after = max(0, offset - TURNS_SHOWN), offset + TURNS_SHOWN
    return respond(
        request, "archived", OneChatPage(archive_id, position, chat.title, some, len(chat.turns), offset, before, after)
    )


def _midnight(written: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(written), time(), UTC)
    except ValueError:
        return None
