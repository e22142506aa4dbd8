"""Two answers while they are being written, what is said of a choice, and throwing a prompt away."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from app.services.choosing import explaining, growing, stopping
from app.services.choosing.explaining import WhyView
from app.services.choosing.growing import GrowingView
from app.web.api.models import ID_EXAMPLE, Given, Taken
from app.web.api.replies import problems
from app.web.guards.dependencies import MayChoose, MayRead, Reading, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.guards.turns import InTurn

router = APIRouter(prefix="/comparisons/{comparison_id}", route_class=GuardedRoute, tags=["choices"])

ComparisonPath = Annotated[str, Path(max_length=64, description="The id of one of your comparisons.")]


class GrowingText(Given):
    """One answer so far."""

    text: str


class Growing(Given):
    """What has come of two answers, both to the same length, so that no speed tells which model is which."""

    comparison_id: str = Field(examples=[ID_EXAMPLE])
    first: GrowingText
    second: GrowingText
    length: int = Field(description="Characters of both; send it as `shown` with an early verdict.")
    is_live: bool = Field(description="False once both are whole, or one has failed; then read the comparison.")
    can_be_chosen: bool = Field(description="Whether there is enough of both for an early verdict.")
    has_begun_anew: bool = Field(description="Whether a beginning broke off, and its answer is written anew.")
    ahead: int | None = Field(description="So many prompts are to be begun before this one; none once it is begun.")


class Why(Given):
    """What was said of a choice."""

    strength: str
    reasons: list[str]


Reason = Literal["right", "asked", "length", "order", "tone", "plain", "detail", "open"]


class WhyGiven(Taken):
    """How much better the chosen answer is, and what it does better; each may be left out."""

    strength: Literal["", "slight", "clear"] = ""
    reasons: list[Reason] = Field([], max_length=8, description="In place of those that were given before.")


@router.get("/growing", responses=problems(404), response_model=Growing, dependencies=[InTurn])
def read_growing(comparison_id: ComparisonPath, session: Reading, account: MayRead) -> GrowingView:
    """Two answers while they are being written. With `shown` a verdict can be given before they are whole."""
    return growing.growing_pair(session, account.account_id, comparison_id)


@router.put("/why", responses=problems(404), response_model=Why, dependencies=[Limited.verdicts])
def say_why(comparison_id: ComparisonPath, given: WhyGiven, session: Writing, account: MayChoose) -> WhyView | None:
    """Say more of a choice: how strong it is, and why. Nobody has to."""
    explaining.say_why(session, account.account_id, comparison_id, given.strength, given.reasons)
    return explaining.why(session, account.account_id, comparison_id)


@router.delete("", status_code=204, responses=problems(404, 409), dependencies=[Limited.verdicts])
def throw_away(comparison_id: ComparisonPath, session: Writing, account: MayChoose) -> Response:
    """Throw away a prompt of your own that you have not judged, with its answers; what they cost stays counted."""
    stopping.throw_away(session, account.account_id, comparison_id)
    return Response(status_code=204)
