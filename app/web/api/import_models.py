"""What the API gives about imports: what their answers would cost, and what became of earlier ones."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from app.web.api.models import ID_EXAMPLE, Given


class Import(Given):
    """Something you brought in earlier."""

    import_id: str = Field(examples=[ID_EXAMPLE])
    kind: Literal["sample", "pairs", "conversation"]
    state: Literal["previewed", "confirmed", "working", "done", "failed"] = Field(
        description="`working` while alternatives are being written."
    )
    pending: int = Field(description="Alternatives still to be written.")
    stopped: bool = Field(description="You stopped it: what was written is kept, the rest was dropped.")
    name: str = Field(description="The file's name, or how the conversation begins.")
    found: int
    added: int
    doubled: int = Field(description="Already there.")
    skipped: int = Field(description="How many were left out.")
    created_at: datetime


class AnswersCost(Given):
    """About what alternatives would cost, before they are ordered. One call an answer, if each is given at the first try."""

    new: int = Field(description="Answers of the conversation that have no alternative yet.")
    doubled: int = Field(description="Answers that have one already; they are not ordered again.")
    most_answers: int = Field(description="The most that one import orders; import again for those before them.")
    answers: int = Field(description="How many this is the cost of: as many as asked for, new, and allowed.")
    calls: int = Field(description="Model calls.")
    tokens: int = Field(description="Prompt and answer together.")
    dollars: float | None = Field(
        description="Null where the model's price is not known; 0 for a model of the site's own."
    )
    minutes: float = Field(description="Minutes on the model at work, when nobody else waits.")
