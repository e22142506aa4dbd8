"""What the API takes and gives about induction runs and personas."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from app.web.api.models import ID_EXAMPLE, Given, Taken

Recipe = Literal["traits", "quick", "paper-lean", "paper"]


RunState = Literal["queued", "running", "done", "failed", "cancelled"]


class RunAsked(Taken):
    """How to run the induction; an empty object takes the defaults."""

    recipe: Recipe = Field(
        "traits",
        description="`traits`: every choice votes on every trait, and the prompt is tested on choices it was not made "
        "from. `quick`: the same traits at once and untested. `paper`: the steps and numbers "
        "of the paper; `paper-lean`: its steps at a fifth of the calls.",
    )
    seed: int = Field(
        0, ge=0, le=2**31 - 1, description="The same choices, recipe, model and seed give the same persona."
    )
    stated: str = Field(
        "",
        max_length=2_000,
        description="How you like answers, in your own words. It stands first in the prompt, as typed; with a large model its plain "
        "lines are also tried as traits, and the choices alone decide whether they stay.",
    )


class Estimate(Given):
    """About what a run takes, before it is started; it never takes more than the budget."""

    choices: int = Field(description="Your choices, those included that teach nothing of manner.")
    teaching: int = Field(description="The choices that the run would read; what it costs is reckoned from these.")
    calls: int = Field(description="Model calls.")
    tokens: int = Field(description="Prompt and answer together.")
    minutes: float = Field(description="Minutes on the model at work.")
    budget_calls: int = Field(description="The cap on calls; a run that reaches it keeps what it has.")
    budget_tokens: int = Field(description="The cap on tokens.")


class Stage(Given):
    """One named step of a run."""

    stage: str
    label: str
    done: int
    total: int
    state: str


class Run(Given):
    """One induction run."""

    run_id: str = Field(examples=[ID_EXAMPLE])
    state: RunState
    recipe: str
    model: str
    stages: list[Stage]
    calls_used: int
    fit_calls: int | None = Field(
        description="How many calls persona and prompt took, replies of earlier runs included; the others test them. None until it is done."
    )
    tokens_used: int
    budget_calls: int
    budget_tokens: int
    n_choices: int
    cancel_asked: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    failure: str = Field(description="Why it stopped, if it failed.")
    persona_id: str | None
    is_sketch: bool | None = Field(description="Written from fewer than ten decisions; None until it is written.")
    style: dict[str, Any] | None = Field(
        description="What was measured without a model: length, lists, warmth and more."
    )
    missing: list[str] = Field(description="What could not be done, in plain sentences.")
    stated: str = Field(description="How you said you like answers; empty if you said nothing.")
    traits: list[dict[str, str]] = Field(
        description="The first traits (`text`, `certainty`), known before the persona that is made of them."
    )


class RunLine(Given):
    """A run in the list of yours."""

    run_id: str = Field(examples=[ID_EXAMPLE])
    state: RunState
    recipe: str
    model: str
    n_choices: int
    created_at: datetime
    finished_at: datetime | None
    failure: str = Field(description="Why it stopped, if it failed.")
    persona_id: str | None


class RunEvent(Given):
    """One step of progress."""

    seq: int
    stage: str
    done: int
    total: int
    payload: dict[str, Any]


class RunEvents(Given):
    """Progress since a number you name; ask again with the last one until `state` is done, failed or cancelled."""

    state: str
    events: list[RunEvent]


class Evidence(Given):
    """A choice behind a trait; `seq` is the number it is cited by."""

    comparison_id: str
    seq: int
    question: str
    chosen: str
    rejected: str


class Trait(Given):
    """One sentence about the answers you like, with the choices for and against it."""

    text: str
    certainty: Literal["tentative", "likely", "clear"]
    supporting: list[Evidence]
    opposing: list[Evidence]
    weight: float = Field(description="What it adds to the log-odds of a choice it speaks for; 0 if never weighed.")
    spread: float = Field(description="How unsure the weight is, as a standard deviation.")
    when: str = Field(
        description="The kinds of request it holds for, parted by commas (facts, advice, opinion, making, editing, code, "
        "calculation, closed, chat, other); empty for all."
    )
    counted: dict[str, Any] | None = Field(
        None,
        description="Where counting found it, the trait as a predicate: `measure`, `more` (of it, or less), own choices `for` and "
        "`against`, what share of `most_people`'s choices go this way, how `sure` the side is, and whether it `sets_apart`.",
    )


class PersonaLine(Given):
    """A persona in the list of yours."""

    persona_id: str = Field(examples=[ID_EXAMPLE])
    version: int
    summary: str
    is_sketch: bool = Field(description="Written from fewer than ten decisions; claims nothing.")
    created_at: datetime


class Persona(PersonaLine):
    """A persona with its evidence."""

    run_id: str
    stale: int = Field(description="How many of your choices changed since it was written.")
    system_prompt: str = Field(description="What you put into an assistant's instructions.")
    traits: list[Trait]
    document: dict[str, Any] = Field(description="The whole result, schema `synthesize-me/persona/1`.")
