"""Home: one sentence, the prompt box, a real pair to judge right there, a real sample persona."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from app.domain.choices.preference import Verdict
from app.domain.letter import how_sure, letter_of
from app.services.choosing import comparing, starters
from app.services.choosing.comparing import ComparisonView
from app.services.choosing.starters import StarterView
from app.services.importing import beside_own
from app.services.importing.files import SampleView, samples
from app.web.guards.dependencies import CurrentAccount, Guest, Reading, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.showing.rendering import respond, see_other
from app.web.showing.sample_persona import HISTORY, sample_document
from app.web.showing.views import FIRST_CHOICE, signed
from app.web.waiting import next_pair

router = APIRouter(route_class=GuardedRoute)

STARTERS = (
    "Explain inflation to me as if I had ten minutes and no economics.",
    "What should I look at before I rent a flat?",
    "Plan three quick dinners with chickpeas.",
    "How do I say no to extra work, politely?",
)


@dataclass(frozen=True, slots=True)
class SampleLetter:
    """The sample persona as the first page shows it."""

    letter: Mapping[str, Any]
    signed: str
    how_sure: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """`prompt` fills the box; `pair` is None where nothing waits; `choices` are own ones, `loaded` those of a
    sample while it counts; `history` is the sample offered in one click, the one
    that the letter was written from."""

    prompt: str
    starters: tuple[str, ...]
    sample: SampleLetter
    choices: int
    loaded: int
    history: SampleView
    pair: ComparisonView | StarterView | None
    address: str


@router.get("/")
def home(
    request: Request, session: Reading, account: CurrentAccount, prompt: Annotated[int, Query(ge=0, le=99)] = 0
) -> Response:
    """The first page; `prompt` names a starter that fills the box."""
    document = sample_document()
    choices = comparing.progress(session, account.account_id).choices if account else 0
    loaded = choices if account and choices and beside_own.state(session, account.account_id).counts else 0
    choices -= loaded
    pair: ComparisonView | StarterView | None = starters.first_pair()
    address = FIRST_CHOICE
    waiting = next_pair(session, account.account_id) if account else None
    if choices or waiting:
        pair = waiting
        address = f"/choose/{waiting.comparison_id}/verdict" if waiting else ""
    view = HomeView(
        prompt=STARTERS[prompt - 1] if 1 <= prompt <= len(STARTERS) else "",
        starters=STARTERS,
        sample=SampleLetter(letter_of(document), signed(document), how_sure(document)),
        choices=choices,
        loaded=loaded,
        history=next(each for each in samples() if each.name == HISTORY),
        pair=pair,
        address=address,
    )
    return respond(request, "home", view)


@router.post("/first-choice", dependencies=[Limited.verdicts])
def first_choice(
    session: Writing,
    account: Guest,
    value: Annotated[Verdict, Form()],
    side_seed: Annotated[int, Form(ge=0)],
    milliseconds: Annotated[int | None, Form()] = None,
) -> Response:
    """A stranger's first verdict: puts the ready-made pairs into the new account and judges the one that was shown."""
    added = starters.add_starters(session, account.account_id, side_seed)
    shown = added[starters.starters()[0].name]
    comparing.give_verdict(session, account.account_id, shown, value, milliseconds)
    return see_other("/choose")
