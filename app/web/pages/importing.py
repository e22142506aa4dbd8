"""Import: sample histories, preference pairs as file or paste, a conversation with a preview before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile as Sent
from starlette.responses import Response

from app.domain.conversation import Role, Turn
from app.domain.errors import BadInput, SeveralPeople
from app.domain.transcripts.pasted_text import PastedConversation
from app.domain.transcripts.text import clean_name
from app.services.importing import conversations, files, reports
from app.services.importing.files import PairsFile, SampleView
from app.services.importing.reports import ImportReport
from app.web import carried
from app.web.asking import alternative_writer
from app.web.errors import ShownInstead
from app.web.guards import rates
from app.web.guards.dependencies import CurrentAccount, CurrentSettings, Guest, Reading, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute, takes_files
from app.web.reading_files import held, read_file, read_paste
from app.web.showing.rendering import respond, see_other

router = APIRouter(route_class=GuardedRoute)

MOST_PACKED = 16_000_000
"""Characters that the question whose choices a file holds carries on in its form; a larger file is to be chosen again."""

LETTERS: dict[Role, str] = {"user": "u", "assistant": "a", "system": "s"}
ROLES: dict[str, Role] = {letter: role for role, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class WhoseChoices:
    """A file holds the choices of several people, and nothing was stored: who they are, with their number of choices.

    `packed` is the file itself, for the form that asks carries it on; "" where it is too large for that.
    """

    name: str
    people: Mapping[str, int]
    packed: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """`report` is what the last import found, where one is asked for; `whose` the question whose choices a file holds."""

    samples: Sequence[SampleView]
    report: ImportReport | None
    whose: WhoseChoices | None = None


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What was read of a pasted conversation; `roles` keeps the speakers as one letter a turn while they are turned.

    Without labels (`labelled`) each paragraph is a turn. `left_out` are the lines that are no turn's.
    """

    text: str
    roles: str
    turns: Sequence[Turn]
    answers: int
    labelled: bool
    left_out: Sequence[str]


@router.get("/import")
def show(
    request: Request,
    session: Reading,
    account: CurrentAccount,
    report: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The three ways in, and the report of an import."""
    found = reports.report(session, account.account_id, report) if account and report else None
    return respond(request, "import", ImportPage(files.samples(), found))


@router.post("/sample", dependencies=[Limited.imports])
def load_sample(session: Writing, account: Guest, name: Annotated[str, Form(max_length=100)]) -> Response:
    """Takes a sample history over into the account."""
    made = files.load_sample(session, account.account_id, name)
    return see_other(f"/import?report={made.import_id}")


@rates.counts("imports")
async def _named_pairs(
    request: Request,
    file: Annotated[UploadFile | None, File()] = None,
    pasted: Annotated[str, Form(max_length=2_000_000)] = "",
    person: Annotated[str, Form(max_length=200)] = "",
    packed: Annotated[str, Form(max_length=MOST_PACKED)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
) -> tuple[str, PairsFile]:
    if file is not None and file.filename:
        name = file.filename[-200:]
        return name, await _read(request, file, name, person)
    if not packed and not pasted.strip():
        raise BadInput("Choose a file or paste some lines first. Nothing was stored.")
    name = name if packed else "pasted text"
    async with held(carried.opened(packed) if packed else pasted.encode()) as sent:
        return name, await _read(request, sent, name, person)


async def _read(request: Request, sent: Sent, name: str, person: str) -> PairsFile:
    """What the file holds of one person; where it holds several people's and none is named, the question whose are theirs."""
    try:
        return await read_file(request, sent, person, strangers=True)
    except SeveralPeople as several:
        if person:
            raise
        await sent.seek(0)
        kept = await run_in_threadpool(carried.packed, await sent.read(), MOST_PACKED)
        whose = WhoseChoices(clean_name(name), several.people, kept)
        raise ShownInstead(respond(request, "import", ImportPage(files.samples(), None, whose))) from several


@router.post("/import/pairs", dependencies=[Depends(_named_pairs)])
@takes_files
def import_pairs(
    session: Writing, account: Guest, named: Annotated[tuple[str, PairsFile], Depends(_named_pairs)]
) -> Response:
    """Takes preference pairs from a file, or from what was pasted."""
    name, pairs = named
    made = files.import_pairs(session, account.account_id, name, pairs)
    return see_other(f"/import?report={made.import_id}")


async def _pasted(
    request: Request,
    text: Annotated[str, Form(max_length=2_000_000)],
    roles: Annotated[str, Form(max_length=10_000)] = "",
) -> PastedConversation:
    """What was pasted, with the speakers as the person has turned them; read before the transaction opens."""
    read = await read_paste(request, text)
    if len(roles) != len(read.turns) or not set(roles) <= set(ROLES):
        return read
    turned = [replace(turn, role=ROLES[letter]) for turn, letter in zip(read.turns, roles, strict=True)]
    return replace(read, turns=tuple(turned))


Pasted = Annotated[PastedConversation, Depends(_pasted)]


@router.post("/import/preview")
def preview(
    request: Request,
    read: Pasted,
    text: Annotated[str, Form(max_length=2_000_000)],
    flip: Annotated[int | None, Form(ge=0, le=10_000)] = None,
    swap: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Shows who says what, and turns one speaker round, or all of them. Stores nothing."""
    turns = list((read.turned() if swap else read).turns)
    if flip is not None and flip < len(turns):
        turned: Role = "assistant" if turns[flip].role == "user" else "user"
        turns[flip] = replace(turns[flip], role=turned)
    answers = len(conversations.answers_in(turns))
    letters = "".join(LETTERS[turn.role] for turn in turns)
    return respond(request, "preview", PreviewPage(text, letters, turns, answers, read.labelled, read.left_out))


@router.post("/import/conversation", dependencies=[Depends(_pasted), Limited.imports])
def import_conversation(session: Writing, account: Guest, settings: CurrentSettings, read: Pasted) -> Response:
    """Takes the conversation over and has another answer written to each of the assistant's."""
    by = alternative_writer(settings)
    made = conversations.import_conversation(
        session, account.account_id, read.turns, model=by.model, style=by.style, seed=by.seed
    )
    return see_other(f"/import?report={made.import_id}")
