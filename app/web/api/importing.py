"""Sample histories, files of preference pairs, and pasted conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from app.domain.errors import BadInput, CostNotConfirmed
from app.domain.texts.conversation import Turn
from app.services.importing import beside_own, conversations, files, ordering
from app.services.importing.conversations import Identified
from app.services.importing.files import PairsFile, SampleView
from app.services.importing.ordering import Offered, OrderCost
from app.services.importing.reports import ImportReport as Report
from app.settings import Settings
from app.storage.database import Session
from app.web.api.import_models import AnswersCost
from app.web.api.models import ImportReport, PastedText, Sample, Skipped, Turns, TurnShape, TurnsTaken
from app.web.api.replies import problems
from app.web.asking import alternative_writer
from app.web.guards import rates
from app.web.guards.dependencies import CurrentSettings, MayImport, Reading, Writing
from app.web.guards.limits import Limited
from app.web.guards.repeats import Once
from app.web.guards.requests import GuardedRoute
from app.web.guards.sizes import takes_files
from app.web.guards.turns import InTurn
from app.web.reading_files import body_as_file, held, read_file, read_paste
from app.web.showing.order_offers import cost_in_words
from app.web.showing.rendering import plural

router = APIRouter(route_class=GuardedRoute, tags=["getting choices in"])

PAIR_EXAMPLE = {
    "context": [{"role": "user", "content": "How do I keep basil alive?"}],
    "chosen": "Water it from below.",
    "rejected": "Basil (Ocimum basilicum) is a herb of the family Lamiaceae.",
}
_KINDS = (
    "Each row has `context`, `chosen`, `rejected`; or the columns of TRL, HH, UltraFeedback or OpenAI; or is an LMSYS battle "
    "row. `user_id`, `participant` or `judge` says whose choice it is."
)
PAIRS_BODY = {
    "requestBody": {
        "required": True,
        "description": f"Choices as a JSON array. {_KINDS} A file's bytes (as of `/imports/pairs/file`) and a form with a file "
        "are taken here too, whatever the content type says.",
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
                "example": [PAIR_EXAMPLE],
            },
        },
    }
}
FILE_BODY = {
    "requestBody": {
        "required": True,
        "description": "A file of choices, up to 20 MB unpacked: JSON Lines, a JSON array, CSV, TSV or Parquet, also packed "
        f"with gzip or as a zip with one file; as the part `file` of a form, or as the body itself. {_KINDS}",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                },
            },
        },
    }
}
"""An address of its own, for generated clients that cannot tell an array from a form where one address takes both."""


@rates.counts("imports")
async def _pairs(
    request: Request,
    person: Annotated[
        str, Query(max_length=200, description="Whose choices to take, where the file holds those of several people.")
    ] = "",
) -> PairsFile:
    """What the bytes hold; whatever the content type says, the file says what it is."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        async with body_as_file(request) as whole:
            return await read_file(request, whole, person, strangers=False)
    async with request.form() as form:
        sent = next((part for _, part in form.multi_items() if isinstance(part, UploadFile)), form.get("file"))
        if sent is None:
            raise BadInput("The form has no file. Send the choices as the part `file`.")
        if isinstance(sent, UploadFile):
            return await read_file(request, sent, person, strangers=False)
        async with held(sent.encode()) as text:  # some programs send a part without a file's name
            return await read_file(request, text, person, strangers=False)


@router.get("/samples", response_model=list[Sample])
def list_samples() -> list[SampleView]:
    """The sample histories: real choices, published by others and attributed. Needs no token."""
    return files.samples()


@router.post("/samples/{name}", status_code=201, responses=problems(404), dependencies=[InTurn, Limited.imports])
def load_sample(
    name: Annotated[str, Path(max_length=100, description="The name of a sample history.")],
    session: Writing,
    account: MayImport,
    response: Response,
) -> ImportReport:
    """Take over a sample history as if the choices were yours. Loading it again adds nothing."""
    return located(files.load_sample(session, account.account_id, name), response)


@router.delete("/samples", status_code=204)
def take_samples_away(session: Writing, account: MayImport) -> Response:
    """Take the sample histories out of what is listed and counts; ready-made pairs and your own choices stay. Nothing is deleted:
    `POST /samples` brings them back as they were."""
    beside_own.take_away(session, account.account_id)
    return Response(status_code=204)


@router.post("/samples", status_code=204)
def bring_samples_back(session: Writing, account: MayImport) -> Response:
    """Bring back the sample histories that were taken away."""
    beside_own.bring_back(session, account.account_id)
    return Response(status_code=204)


@router.post(
    "/imports/pairs",
    status_code=201,
    dependencies=[Depends(_pairs)],
    openapi_extra=PAIRS_BODY,
)
@takes_files
def import_pairs(
    session: Writing,
    account: MayImport,
    pairs: Annotated[PairsFile, Depends(_pairs)],
    response: Response,
    name: Annotated[str, Query(max_length=200, description="The file's name, for the report.")] = "",
) -> ImportReport:
    """Bring in preference pairs. A row that cannot be used is skipped and named; a file without any is refused whole.

    A file that holds the choices of several people is refused as long as `person` does not name one; the refusal names them.
    """
    return located(files.import_pairs(session, account.account_id, name, pairs), response)


@router.post("/imports/pairs/file", status_code=201, dependencies=[Depends(_pairs)], openapi_extra=FILE_BODY)
@takes_files
def import_file(
    session: Writing,
    account: MayImport,
    pairs: Annotated[PairsFile, Depends(_pairs)],
    response: Response,
    name: Annotated[str, Query(max_length=200, description="The file's name, for the report.")] = "",
) -> ImportReport:
    """Bring in a file of preference pairs; the same as `/imports/pairs`, sent as a form."""
    return located(files.import_pairs(session, account.account_id, name, pairs), response)


@router.post("/imports/conversation/preview")
async def preview_conversation(request: Request, pasted: PastedText, _account: MayImport) -> Turns:
    """Recognise the speakers of a pasted conversation. Stores nothing."""
    read = await read_paste(request, pasted.text)
    if pasted.first_speaker not in (None, read.turns[0].role):
        read = read.turned()
    return Turns(
        turns=[TurnShape(role=turn.role, content=turn.content) for turn in read.turns],
        labelled=read.labelled,
        left_out=list(read.left_out),
        changed=read.changed,
    )


def _identified(taken: TurnsTaken) -> tuple[Identified, int | None]:
    """The conversation, and how many alternatives to it are ordered; worked out before the transaction opens."""
    return conversations.identified([Turn(turn.role, turn.content) for turn in taken.turns]), taken.answers


Asked = Annotated[tuple[Identified, int | None], Depends(_identified)]


def _offered(
    request: Request,
    session: Session,
    account_id: str,
    settings: Settings,
    conversation: Identified,
    answers: int | None,
) -> Offered:
    return ordering.offered(
        session,
        account_id,
        conversation,
        profile=request.app.state.model_known().profile,
        price=request.app.state.price_of(alternative_writer(settings).model),
        most=settings.import_answers,
        answers=answers or settings.import_answers,
    )


@router.post("/imports/conversation/cost", dependencies=[InTurn])
def read_cost(
    request: Request, asked: Asked, session: Reading, account: MayImport, settings: CurrentSettings
) -> AnswersCost:
    """Ask what alternatives to a conversation's answers would cost. Stores and orders nothing."""
    offered = _offered(request, session, account.account_id, settings, *asked)
    cost = offered.costs[0] if offered.costs else OrderCost(0, 0, 0, 0.0, 0.0)
    return AnswersCost(new=offered.new, doubled=offered.doubled, most_answers=offered.most, **asdict(cost))


@router.post(
    "/imports/conversation",
    status_code=201,
    responses=problems(409),
    dependencies=[InTurn, Depends(_identified), Limited.imports],
    response_model=ImportReport,
)
def import_conversation(
    request: Request, asked: Asked, session: Writing, account: MayImport, settings: CurrentSettings, once: Once
) -> Response:
    """Bring in a conversation and order alternatives to its most recent `answers` new answers. Each is written in the
    background, a model call, and makes a comparison. Without `answers` the cost is told and nothing stored, unless no
    answer is new."""

    def brought_in() -> ImportReport:
        by = alternative_writer(settings)
        conversation, answers = asked
        if answers is None:
            offered = _offered(request, session, account.account_id, settings, conversation, None)
            if offered.costs:
                raise CostNotConfirmed(_asked(offered))
        return _reply(
            conversations.import_conversation(
                session,
                account.account_id,
                conversation,
                model=by.model,
                style=by.style,
                seed=by.seed,
                answers=answers or 0,
                most=settings.import_answers,
            )
        )

    return once.reply(brought_in, 201, _where)


def _asked(offered: Offered) -> str:
    (cost,) = offered.costs
    return (
        f"The conversation has {plural(offered.new, 'answer')} without an alternative. {cost_in_words(cost)} Nothing was "
        f"stored or ordered. Send `answers`, how many to order, the most recent first; at most {offered.most:,} an import."
    )


def located(report: Report, response: Response) -> ImportReport:
    """The report of an import as it is given, and in the reply where it can be read again."""
    told = _reply(report)
    response.headers["Location"] = _where(told)
    return told


def _where(report: ImportReport) -> str:
    return f"/api/v1/imports/{report.import_id}"


def _reply(report: Report) -> ImportReport:
    return ImportReport(
        import_id=report.import_id,
        found=report.found,
        added=report.added,
        doubled=report.doubled,
        skipped=_told(report.skipped),
        skipped_in_all=report.skipped_in_all,
        repeated=_told(report.repeated),
        repeated_in_all=report.repeated_in_all,
        contradicting=_told(report.contradicting),
        contradicting_in_all=report.contradicting_in_all,
        left_out=_told(report.left_out),
        changed=report.changed,
        notes=list(report.notes),
        person=report.person,
    )


def _told(rows: Sequence[tuple[str, str]]) -> list[Skipped]:
    return [Skipped(where=where, why=why) for where, why in rows]
