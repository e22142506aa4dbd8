"""Import: samples, preference pairs, a conversation with a preview and what its answers cost; archives are in `archives`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile as Sent
from starlette.responses import Response

from app.domain.errors import BadInput, CostNotConfirmed, SeveralPeople
from app.domain.texts.conversation import Role, Turn
from app.domain.transcripts.pasted.text import PastedConversation
from app.domain.transcripts.text import clean_name
from app.services.importing import beside_own, conversations, files, ordering, past, reports
from app.services.importing.beside_own import SampleState
from app.services.importing.bringing import doubtful, own_words
from app.services.importing.bringing import found as archives
from app.services.importing.bringing.found import ArchiveView
from app.services.importing.bringing.own_words import WordsView
from app.services.importing.conversations import Identified
from app.services.importing.files import PairsFile, SampleView
from app.services.importing.past import PastImport
from app.services.importing.reports import ImportReport
from app.services.people.accounts import AccountView
from app.settings import Settings
from app.storage.database import Session
from app.web import carried
from app.web.asking import alternative_writer
from app.web.errors import ShownInstead, problem_of
from app.web.guards import rates
from app.web.guards.dependencies import CurrentAccount, CurrentSettings, Guest, Reading, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.guards.sizes import takes_files
from app.web.guards.turns import InTurn
from app.web.reading_files import held, read_file, read_paste
from app.web.refusals import Busy
from app.web.showing.order_offers import OrderOffer, order_offers
from app.web.showing.rendering import respond, see_other

router = APIRouter(route_class=GuardedRoute)

MOST_PACKED = 16_000_000
"""Characters that the question whose choices a file holds carries on in its form; a larger file is to be chosen again."""

NOT_SAID = (
    "Other answers cost calls of a model, and how many to order was not said. Nothing was stored or ordered. Go back, look "
    "at the conversation again, and choose how many."
)
LETTERS: dict[Role, str] = {"user": "u", "assistant": "a", "system": "s"}
ROLES: dict[str, Role] = {letter: role for role, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class WhoseChoices:
    """A file holds the choices of several people, and nothing was stored: who they are, with their number of choices. `packed` is
    the file itself, for the form that asks carries it on; "" where it is too large for that."""

    name: str
    people: Mapping[str, int]
    packed: str


@dataclass(frozen=True, slots=True)
class RefusedPaste:
    """What was pasted into the field "pasted" (pairs) or "text" (a conversation), and why none of it was taken."""

    field: str
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """`report` is what the last import found, where one is asked for; `whose` the question whose choices a file holds;
    `working` are the imports whose answers are being written; `refused` is a paste to be mended; `archives` wait for a word, and so do pairs that are `doubtful`; `words` are those in the person's own."""

    samples: Sequence[SampleView]
    report: ImportReport | None
    whose: WhoseChoices | None = None
    working: Sequence[PastImport] = ()
    sample: SampleState | None = None
    refused: RefusedPaste | None = None
    archives: Sequence[ArchiveView] = ()
    doubtful: int = 0
    words: Sequence[WordsView] = ()


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What was read of a pasted conversation; `roles` keeps the speakers as one letter a turn while they are turned.

    Without labels (`labelled`) each paragraph is a turn. `left_out` are the lines that are no turn's. `offers` are how many
    of the `new` answers may be ordered, at most `most`; none where nothing is new, for all are here (`doubled`) or nothing is an answer.
    """

    text: str
    roles: str
    turns: Sequence[Turn]
    new: int
    doubled: int
    most: int
    offers: Sequence[OrderOffer]
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
    working = past.working(session, account.account_id) if account else []
    sample = beside_own.state(session, account.account_id) if account else None
    waiting = archives.waiting(session, account.account_id) if account else []
    waiting_cards = doubtful.stack(session, account.account_id).waiting if account else 0
    words = own_words.listed(session, account.account_id) if account else []
    view = ImportPage(
        files.samples(), found, working=working, sample=sample, archives=waiting, doubtful=waiting_cards, words=words
    )
    return respond(request, "import", view)


@contextmanager
def _given_back(request: Request, field: str, text: str) -> Iterator[None]:
    """Shows the import page with what was pasted still in its field, where the block refuses it."""
    try:
        yield
    except (BadInput, Busy) as fault:
        problem = problem_of(fault)
        page = ImportPage(files.samples(), None, refused=RefusedPaste(field, text, problem.message))
        shown = respond(request, "import", page, status_code=problem.status)
        shown.headers.update(problem.headers)
        raise ShownInstead(shown) from fault


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
    if packed:
        async with held(carried.opened(packed)) as sent:
            return name, await _read(request, sent, name, person)
    with _given_back(request, "pasted", pasted):
        async with held(pasted.encode()) as sent:
            return "pasted text", await _read(request, sent, "pasted text", person)


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
    with _given_back(request, "text", text):
        read = await read_paste(request, text)
    if len(roles) != len(read.turns) or not set(roles) <= set(ROLES):
        return read
    turned = [replace(turn, role=ROLES[letter]) for turn, letter in zip(read.turns, roles, strict=True)]
    return replace(read, turns=tuple(turned))


Pasted = Annotated[PastedConversation, Depends(_pasted)]


def _identified(read: Pasted) -> Identified:
    """Its answers with their identities, worked out before the transaction opens."""
    return conversations.identified(read.turns)


def _preview(
    request: Request,
    session: Session,
    account: AccountView | None,
    settings: Settings,
    text: str,
    read: PastedConversation,
    turns: Sequence[Turn],
) -> Response:
    offered = ordering.offered(
        session if account else None,
        account.account_id if account else "",
        conversations.identified(turns),
        profile=request.app.state.model_known().profile,
        price=request.app.state.price_of(alternative_writer(settings).model),
        most=settings.import_answers,
    )
    letters = "".join(LETTERS[turn.role] for turn in turns)
    offers = order_offers(offered)
    view = PreviewPage(
        text, letters, turns, offered.new, offered.doubled, offered.most, offers, read.labelled, read.left_out
    )
    return respond(request, "preview", view)


@router.post("/import/preview", dependencies=[InTurn])
def preview(
    request: Request,
    read: Pasted,
    session: Reading,
    account: CurrentAccount,
    settings: CurrentSettings,
    text: Annotated[str, Form(max_length=2_000_000)],
    flip: Annotated[int | None, Form(ge=0, le=10_000)] = None,
    swap: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Shows who says what and what other answers would cost, and turns one speaker round, or all of them. Stores nothing."""
    turns = list((read.turned() if swap else read).turns)
    if flip is not None and flip < len(turns):
        turned: Role = "assistant" if turns[flip].role == "user" else "user"
        turns[flip] = replace(turns[flip], role=turned)
    return _preview(request, session, account, settings, text, read, turns)


@router.post("/import/conversation", dependencies=[InTurn, Depends(_identified), Limited.imports])
def import_conversation(
    session: Writing,
    account: Guest,
    settings: CurrentSettings,
    conversation: Annotated[Identified, Depends(_identified)],
    answers: Annotated[int, Form(ge=0, le=1_000)] = 0,
) -> Response:
    """Takes the conversation over and has other answers written to the last `answers` of the assistant's, as many as the
    person said yes to. Without that number nothing is stored."""
    by = alternative_writer(settings)
    if not answers and conversations.new_answers(session, account.account_id, conversation):
        raise CostNotConfirmed(NOT_SAID)
    made = conversations.import_conversation(
        session,
        account.account_id,
        conversation,
        model=by.model,
        style=by.style,
        seed=by.seed,
        answers=answers,
        most=settings.import_answers,
    )
    return see_other(f"/import?report={made.import_id}")


@router.post("/import/{import_id}/stop", dependencies=[Limited.imports])
def stop_import(import_id: Annotated[str, Path(max_length=64)], session: Writing, account: RequiredAccount) -> Response:
    """Has no further answer to an import begun."""
    past.stop_import(session, account.account_id, import_id)
    return see_other(f"/import?report={import_id}")
