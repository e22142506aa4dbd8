"""Sample histories, files of preference pairs, and pasted conversations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from app.domain.conversation import Turn
from app.services import importing
from app.services.importing import ImportReport as Report
from app.services.importing import PairsFile, SampleView
from app.web.api.models import ImportReport, PastedText, Sample, Skipped, Turns, TurnShape, TurnsTaken
from app.web.api.replies import problems
from app.web.asking import alternative_writer
from app.web.guards import rates
from app.web.guards.dependencies import CurrentSettings, MayImport, Writing
from app.web.guards.limits import Limited
from app.web.guards.repeats import Once
from app.web.guards.requests import GuardedRoute, takes_files
from app.web.reading_files import read_file

router = APIRouter(route_class=GuardedRoute, tags=["getting choices in"])

PAIRS_EXAMPLE = (
    '{"context": [{"role": "user", "content": "How do I keep basil alive?"}], '
    '"chosen": "Water it from below.", "rejected": "Basil (Ocimum basilicum) is a herb of the family Lamiaceae."}\n'
)
PAIRS_BODY = {
    "requestBody": {
        "required": True,
        "description": "The file itself, UTF-8, up to 20 MB: one JSON object a line, or one JSON array of them. Each has "
        "`context`, `chosen`, `rejected`; or the columns of TRL; or is an LMSYS battle row.",
        "content": {
            "application/x-ndjson": {"schema": {"type": "string", "format": "binary"}, "example": PAIRS_EXAMPLE},
        },
    }
}


@rates.counts("imports")
async def _pairs(request: Request) -> PairsFile:
    """What the bytes hold; whatever the content type says, the file says what it is."""
    return await read_file(request, await request.body(), strangers=False)


@router.get("/samples", response_model=list[Sample])
def list_samples() -> list[SampleView]:
    """The sample histories: real choices, published by others and attributed. Needs no token."""
    return importing.samples()


@router.post("/samples/{name}", status_code=201, responses=problems(404), dependencies=[Limited.imports])
def load_sample(
    name: Annotated[str, Path(max_length=100, description="The name of a sample history.")],
    session: Writing,
    account: MayImport,
) -> ImportReport:
    """Take over a sample history as if the choices were yours. Loading it again adds nothing."""
    return _reply(importing.load_sample(session, account.account_id, name))


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
    name: Annotated[str, Query(max_length=200, description="The file's name, for the report.")] = "",
) -> ImportReport:
    """Bring in preference pairs. A row that cannot be used is skipped and named; a file without any is refused whole."""
    return _reply(importing.import_pairs(session, account.account_id, name, pairs))


@router.post("/imports/conversation/preview")
def preview_conversation(pasted: PastedText, _account: MayImport) -> Turns:
    """Recognise the speakers of a pasted conversation. Stores nothing."""
    turns = importing.preview_conversation(pasted.text)
    return Turns(turns=[TurnShape(role=turn.role, content=turn.content) for turn in turns])


@router.post("/imports/conversation", status_code=201, dependencies=[Limited.imports], response_model=ImportReport)
def import_conversation(
    taken: TurnsTaken, session: Writing, account: MayImport, settings: CurrentSettings, once: Once
) -> Response:
    """Bring in a conversation. For each assistant's answer an alternative is written in the background: a comparison."""

    def brought_in() -> ImportReport:
        by = alternative_writer(settings)
        turns = [Turn(turn.role, turn.content) for turn in taken.turns]
        return _reply(
            importing.import_conversation(
                session, account.account_id, turns, model=by.model, style=by.style, seed=by.seed
            )
        )

    return once.reply(brought_in, 201, _where)


def _where(report: ImportReport) -> str:
    return f"/api/v1/imports/{report.import_id}"


def _reply(report: Report) -> ImportReport:
    return ImportReport(
        import_id=report.import_id,
        found=report.found,
        added=report.added,
        doubled=report.doubled,
        skipped=[Skipped(where=where, why=why) for where, why in report.skipped],
    )
