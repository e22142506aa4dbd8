"""My prompt: the text to copy, and the files to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.domain.letter import LENGTH_ALONE, how_sure, languages_sentence, unsettled
from app.domain.prompt_targets import left_out_beside_words, prompt_lines, system_prompt
from app.domain.prompt_targets.report import is_counted, proof_sentences
from app.services.choosing import comparing, starters
from app.services.choosing.starters import SettlingPair
from app.services.inducing import personas
from app.web.guards.dependencies import CurrentAccount, Reading, RequiredAccount
from app.web.guards.requests import GuardedRoute
from app.web.showing.rendering import respond
from app.web.showing.sample_persona import sample_document
from app.web.showing.views import Standing, changes_words, standing_of

router = APIRouter(prefix="/prompt", route_class=GuardedRoute)

Kind = Literal["prompt.txt", "persona.md", "persona.json", "messages.json", "judge.txt", "judge.json"]


@dataclass(frozen=True, slots=True)
class PromptPage:
    """`is_example` where there is no persona yet; the sample's prompt is shown then and nothing is offered for download.
    Of its `lines` the last `common` are common taste; `length_alone` says so where nothing but length shows; `left_out` are those that do not stand beside the person's own words;
    `how_sure` and `tested` say what the test showed, and of what, and in which languages not all was counted; `to_settle` are the next pairs that would tell most."""

    is_example: bool
    standing: Standing | None
    changes: str
    prompt: str
    lines: int
    common: int
    length_alone: str
    left_out: Sequence[str]
    to_settle: Sequence[SettlingPair]
    how_sure: str
    tested: tuple[str, ...]
    persona_id: str
    version: int
    written_at: datetime | None
    downloads: tuple[tuple[Kind, str], ...]


def _downloads(document: Mapping[str, Any]) -> tuple[tuple[Kind, str], ...]:
    """What can be downloaded, and what it is: a text only where it says something. Examples are named only where there are
    some, a test where there was one."""
    examples = ", with examples" if document["demonstrations"] else ""
    is_tested = document["accuracy"] and not is_counted(document.get("report"))
    tested = "as it was tested" if is_tested else "as messages for an API"
    text, is_judge = bool(system_prompt(document)), bool(document["traits"] or document["demonstrations"])
    offered: tuple[tuple[bool, Kind, str], ...] = (
        (text, "prompt.txt", "The prompt as plain text"),
        (True, "persona.md", "The persona with its evidence, to read"),
        (True, "persona.json", "Everything, for programs"),
        (text or bool(examples), "messages.json", f"As messages for an API{examples}"),
        (is_judge, "judge.txt", "A prompt that guesses which of two answers you would choose"),
        (is_judge, "judge.json", f"The same {tested}"),
    )
    return tuple((kind, what) for says_something, kind, what in offered if says_something)


def _how_sure(document: Mapping[str, Any]) -> str:
    """How sure one may be of the persona; where counting was tested and no prompt was, the sentence says of what it speaks."""
    sure = how_sure(document)
    if sure.startswith("Right on") and is_counted(document.get("report")):
        return f"The persona behind it is {sure[:1].lower()}{sure[1:]}"
    return sure


@router.get("")
def prompt(request: Request, session: Reading, account: CurrentAccount) -> Response:
    """The system prompt of the newest persona, or of the sample."""
    found = personas.latest_persona(session, account.account_id) if account else None
    document = found.document if found else sample_document()
    text, lines = system_prompt(document), prompt_lines(document)
    open_ = unsettled(found.document) if found else ()
    view = PromptPage(
        is_example=found is None,
        standing=standing_of(found, comparing.progress(session, account.account_id).teaching)
        if account and found
        else None,
        changes=changes_words(found.changes) if found and not found.is_passed else "",
        prompt=text,
        lines=len(lines),
        common=sum(line.source == "common" for line in lines),
        length_alone=LENGTH_ALONE if document.get("length_alone") else "",
        left_out=left_out_beside_words(document),
        to_settle=starters.settling_pairs(session, account.account_id, open_) if account and open_ else (),
        how_sure=_how_sure(document),
        tested=tuple(filter(None, (*proof_sentences(document), languages_sentence(document)))) if found else (),
        persona_id=found.persona_id if found else "",
        version=found.version if found else 0,
        written_at=found.created_at if found else None,
        downloads=_downloads(document) if found else (),
    )
    return respond(request, "prompt", view)


@router.get("/{persona_id}/{kind}")
def download(
    persona_id: Annotated[str, Path(max_length=64)], kind: Kind, session: Reading, account: RequiredAccount
) -> Response:
    """One file of a persona."""
    made = personas.download(session, account.account_id, persona_id, kind)
    return Response(
        made.content,
        media_type=made.media_type,
        headers={"Content-Disposition": f'attachment; filename="{made.filename}"'},
    )
