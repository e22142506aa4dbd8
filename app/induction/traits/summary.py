"""A model words what was found: a title and a few sentences to the person, of which only what the traits bear out is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from app.domain.letter import FEWEST_SENTENCES
from app.domain.letter.names import side
from app.domain.personas.persona import Persona, Trait
from app.domain.texts.sentences import sentences_of
from app.induction.model.fitting import Fitted, Limits, fit
from app.induction.model.language_model import Answer, Prompt, Reply
from app.induction.model.prompts import render
from app.induction.run import Run
from app.induction.wording.spoken import Spoken, kept

_SUMMARY_WORDS = 80
SUMMARY_TOKENS = 240
_SCHEMA = json.dumps(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {"title": {"type": "string", "maxLength": 80}, "summary": {"type": "string", "maxLength": 800}},
        "required": ["title", "summary"],
    }
)


async def worded(run: Run, persona: Persona) -> Persona:
    """The persona under a title and with a summary of the model's, as far as the traits bear them out; else as it was. 1 call;
    one that fails is named in the run."""
    answers = await run.ask([_prompt(run, persona.traits)])
    run.note_failures(answers, "writing the summary")
    said = _read(answers[0], persona.traits)
    return replace(persona, title=said.title, summary=said.text) if said.text else persona


async def worded_from_counts(run: Run, persona: Persona) -> Persona:
    """The same of a counted persona, by a small model: kept only where at least two sentences and the title may stand, else the
    letter that code writes is the better one. A failure is not named: nothing is missing."""
    answers = await run.ask([_prompt(run, persona.traits)])
    said = _read(answers[0], persona.traits)
    is_whole = said.title and len(sentences_of(said.text)) >= FEWEST_SENTENCES
    return replace(persona, title=said.title, summary=said.text) if is_whole else persona


def _prompt(run: Run, traits: Sequence[Trait]) -> Fitted:
    listed = "\n".join(f"{number}. {_statement(trait)}" for number, trait in enumerate(traits, start=1))

    def build(_limits: Limits) -> Prompt:
        return Prompt(
            messages=render("summarise", traits=listed, words=str(_SUMMARY_WORDS)),
            purpose="summarise",
            max_tokens=SUMMARY_TOKENS,
            schema=_SCHEMA,
        )

    return fit(build, run.profile)


def _statement(trait: Trait) -> str:
    """Without a word on how sure it is: a model would repeat it."""
    if trait.counted is None:
        return trait.text
    mine = side(trait.counted.measure, more=trait.counted.more)
    return (
        f"{mine.plainly} ({mine.taken}, in {trait.counted.for_it} of {trait.counted.for_it + trait.counted.against_it})"
    )


def _read(answer: Answer, traits: Sequence[Trait]) -> Spoken:
    try:
        found = json.loads(answer.text) if isinstance(answer, Reply) else {}
        return kept(str(found.get("title", "")), str(found.get("summary", "")), traits)
    except (ValueError, TypeError, AttributeError):
        return Spoken("", "")
