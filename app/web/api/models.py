"""What the API takes and gives: problems, imports, comparisons (accounts: account_models.py; runs and
personas: persona_models.py).

A field that is not named never leaves; one that is not named changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.domain.choices.preference import Verdict
from app.web.guards.requests import check_text
from app.web.problem_kinds import KINDS

ID_EXAMPLE = "3f2b8c1e-5d0a-4c7e-9a3b-1f6d2e8c4b7a"


class Given(BaseModel):
    """What is given out."""

    model_config = ConfigDict(from_attributes=True)


class Taken(BaseModel):
    """What is taken in: exact types, storable text, and fields nobody asked for are passed over. 44.0 is the integer 44,
    as in JSON Schema."""

    model_config = ConfigDict(strict=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _as_stored(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        taken = {name: value for name, value in values.items() if name in cls.model_fields}
        for name, value in taken.items():
            if isinstance(value, str):
                check_text(value, f"The field {name}")
            elif isinstance(value, float) and value.is_integer():
                taken[name] = int(value)
        return taken


class Fault(Given):
    """What is wrong with one field."""

    field: str
    fault: str


class PersonCount(Given):
    """One person of a file that holds the choices of several."""

    person: str
    choices: int


def _open_enum(schema: dict[str, Any]) -> None:
    # Kinds may be added: a generated client must not fail at one that it does not know.
    del schema["type"]
    known = {"type": "string", "enum": [kind.uri for kind in KINDS.values()]}
    schema["anyOf"] = [known, {"type": "string", "format": "uri-reference"}]


class ProblemReply(Given):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(
        description="Which kind of refusal it is, for programs; each is explained at this address of the site.",
        json_schema_extra=_open_enum,
        examples=[KINDS["not-found"].uri],
    )
    title: str = Field(examples=["Nothing here"])
    status: int = Field(examples=[404])
    detail: str = Field(
        description="One or two sentences for a person.", examples=["No such comparison, or not yours."]
    )
    reference: str | None = Field(None, description="On status 500: names the entry in the log.")
    faults: list[Fault] | None = Field(None, description="On status 422: each field and what is wrong with it.")
    people: list[PersonCount] | None = Field(
        None, description="On a file of several people: each and their number of choices, in the order of the file."
    )


class TurnShape(Taken):
    """One message of a conversation."""

    model_config = ConfigDict(from_attributes=True, strict=True, extra="ignore")
    role: Literal["system", "user", "assistant"]
    content: str = Field(max_length=100_000, examples=["How do I keep basil alive?"])


class Answer(Given):
    """One of the two answers. Nothing tells which model wrote it."""

    text: str = Field(description="Empty while it is being written.")
    lead_in: list[TurnShape] = Field([], description="Turns between the context and this answer, where the two differ.")
    state: Literal["ready", "pending", "failed"] = "ready"
    failure: str = Field("", description="Why it could not be written, if so.")


class Reveal(Given):
    """Who wrote which answer; empty where the source did not say."""

    model_first: str
    model_second: str
    style_first: str
    style_second: str
    names_model_first: bool = Field(
        description="Whether the first answer itself says which model it is or who made it; the choice may not be blind."
    )
    names_model_second: bool = Field(description="The same of the second.")
    left_out: str = Field(
        description="Why the choice teaches nothing of manner, or empty: the answer not chosen is broken, empty, looping, in "
        "another language than asked, or off the request, and the chosen one is not."
    )


class Comparison(Given):
    """A context and two answers, names hidden until the verdict."""

    comparison_id: str = Field(examples=[ID_EXAMPLE])
    seq: int = Field(description="Its place in the order of your comparisons.")
    source: Literal["sample", "imported", "alternative", "typed"]
    state: Literal["ready", "pending", "failed"] = Field(description="`ready` when both answers are there.")
    context: list[TurnShape] = Field(
        description="The conversation so far, its last 21 turns at most; ends with your turn."
    )
    earlier: int = Field(
        description="How many turns came before those in `context`; read them at `/comparisons/{comparison_id}/turns`."
    )
    first: Answer
    second: Answer
    verdict: Verdict | None = Field(description="None until you have given one.")
    revision: int = Field(description="Send it with a changed verdict to be told if another device was faster.")
    reveal: Reveal | None = Field(None, description="Only after the verdict.")
    stopped: bool = Field(
        False,
        description="Whether the answers were stopped while they were being written; both have the same length, and a verdict is early.",
    )


class NextComparison(Given):
    """What to judge next."""

    comparison: Comparison | None = Field(description="None when nothing is waiting.")
    progress: Progress


class Progress(Given):
    """How far you are. Five choices make a first sketch; from ten on it is tested."""

    choices: int = Field(description="Verdicts for the first or the second answer.")
    teaching: int = Field(description="The choices that a persona is written from: all but those left out.")
    left_out: int = Field(
        description="Choices that teach nothing of manner, since the answer not chosen is broken, empty, looping or the like; "
        "each of them says why in `left_out` of GET /choices."
    )
    verdicts: int = Field(description="All verdicts.")
    waiting: int = Field(description="Comparisons ready for a verdict.")
    pending: int = Field(description="Comparisons whose answers are being written.")
    failed: int = Field(description="Comparisons with an answer that could not be written.")


class VerdictGiven(Taken):
    """A verdict. Giving the same one again changes nothing."""

    value: Verdict = Field(strict=False, description="Only `first` and `second` feed a persona.")
    milliseconds: int | None = Field(None, ge=0, le=86_400_000, description="How long the choice took.")
    revision: int | None = Field(
        None, ge=0, le=1_000_000, description="The revision you saw; 409 where it has changed meanwhile."
    )
    shown: int | None = Field(None, ge=0, le=1_000_000, description="Of a pair that grows: the `length` you judged.")


class VerdictKept(Given):
    """The verdict as it is stored now."""

    comparison_id: str
    value: Verdict
    revision: int
    given_at: datetime


class Choice(Given):
    """One line of your history."""

    comparison_id: str
    seq: int
    question: str = Field(description="The beginning of what was asked.")
    verdict: Verdict
    source: str
    is_sample: bool = Field(
        description="Came with the product: a sample history, never exported, or a ready-made pair."
    )
    given_at: datetime
    left_out: str = Field(
        description="What is wrong with the answer that was not chosen, where the choice therefore teaches nothing of manner, else empty."
    )


class Sample(Given):
    """A history of real choices that comes with the product."""

    name: str
    title: str
    description: str
    attribution: str
    licence: str
    n: int = Field(description="How many choices it holds.")


class Skipped(Given):
    """A row that was left out."""

    where: str
    why: str


class ImportReport(Given):
    """What became of what you sent."""

    import_id: str
    found: int = Field(
        description="Comparisons that were read: `added`, `doubled`, `repeated` and `contradicting` together."
    )
    added: int
    doubled: int = Field(description="Already there, with the same verdict.")
    skipped: list[Skipped] = Field(description="Rows that could not be read; of very many the first thousand.")
    skipped_in_all: int
    repeated: list[Skipped] = Field(description="Rows that say what another row of the file says.")
    repeated_in_all: int
    contradicting: list[Skipped] = Field(
        description="Rows that decide a pair otherwise than a later row, which stands, or than a choice that is there already."
    )
    contradicting_in_all: int
    left_out: list[Skipped] = Field(description="What was left out of, or changed in, rows that were read.")
    changed: int = Field(description="Characters that cannot be stored and became U+FFFD.")
    notes: list[str] = Field(description="About the file as a whole, a sentence each.")
    person: str = Field(description="Whose choices they were; empty where the file names nobody.")


class PastedText(Taken):
    """A conversation as text."""

    text: str = Field(
        min_length=1,
        max_length=2_000_000,
        examples=["You: How do I keep basil alive?\n\nChatGPT: Water it from below."],
    )
    first_speaker: Literal["user", "assistant"] | None = Field(
        None,
        description="Who speaks first, to turn all speakers round; without it as the labels say, and you where there are none.",
    )


class Turns(Given):
    """A conversation turn by turn."""

    turns: list[TurnShape]
    labelled: bool = Field(description="Whether the text names its speakers; else each paragraph is a turn.")
    left_out: list[str] = Field(description="Lines that are no turn's: a heading, buttons and notes of the page.")
    changed: int = Field(description="Characters that cannot be stored and became U+FFFD.")


class TurnsTaken(Taken):
    """A conversation turn by turn, as previewed and corrected."""

    turns: list[TurnShape] = Field(min_length=2, max_length=2_000)
    answers: int | None = Field(
        None,
        ge=1,
        le=1_000,
        description="How many alternatives to order, the most recent first: your yes to their cost. Without it nothing is "
        "stored or ordered, and the refusal (409) says what it would cost.",
    )


class Prompt(Taken):
    """Something to ask; two answers are written in the background."""

    text: str = Field(min_length=1, max_length=12_000, examples=["Plan a quiet weekend in Lisbon."])
    after: str | None = Field(
        None,
        max_length=64,
        description="The comparison of an earlier prompt of yours, to go on with the answer you chose there; 409 where you chose neither.",
    )


class ComparisonId(Given):
    """Where the answers will be."""

    comparison_id: str = Field(examples=[ID_EXAMPLE])


NextComparison.model_rebuild()
