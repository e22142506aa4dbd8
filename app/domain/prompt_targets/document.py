"""The persona document: the one stored JSON from which every page and download is made.

Example (shortened):
`{"schema": "synthesize-me/persona/1", "summary": "...", "traits": [{"text": "Prefers the conclusion first",
"certainty": "likely", "supporting": ["c1", "c4", "c6"], "opposing": []}], "demonstrations": [...],
"accuracy": {"hits": 6, "n": 9, "failed": 0, "low": 0.35, "high": 0.88, "words": "right on 6 of 9 ..."},
"taught": {"key": "5f...", "choices": ["0a3b..."], ...}, ...}`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.choices.taught import Taught
from app.domain.errors import BadInput
from app.domain.letter import COUNTS_STAND, is_open, letter
from app.domain.personas.counted import Counted, counted_trait_from_json
from app.domain.personas.persona import Accuracy, Demonstration, Persona, Trait, chance_of_gap
from app.domain.prompt_targets.compiler import system_prompt
from app.domain.prompt_targets.report import (
    ALONE,
    SIMPLER,
    TOGETHER,
    Report,
    arms_of,
    count_of,
    explained_sentence,
    holds_up,
    is_counted,
    is_settled,
    taste_sentence,
)
from app.domain.prompt_targets.texts import judge_prompt
from app.domain.texts.conversation import context_as_json, context_from_json
from app.domain.texts.scopes import scope_as_stored

SCHEMA = "synthesize-me/persona/1"
_SURE = 0.05


def document(
    *,
    persona: Persona | None,
    is_sketch: bool,
    accuracy: Accuracy | None,
    baseline: Accuracy | None,
    style: Mapping[str, object],
    model: str,
    recipe: str,
    seed: int,
    n_choices: int,
    n_read: int | None = None,
    n_decisions: int | None = None,
    missing: Sequence[str] = (),
    notes: Sequence[str] = (),
    report: Report | None = None,
    taught: Taught | None = None,
    counted: Counted | None = None,
    stated: str = "",
    lengths: Mapping[str, int] | None = None,
    length_alone: bool = False,
) -> dict[str, Any]:
    """The whole result as JSON-able data, the finished prompts included. Equal arguments give equal documents.

    `n_read` is how many of the choices wrote it, all where it is None: some may be held back, and a small model reads few.
    `n_decisions` is how many decisions (domain/choices/decisions) these are, as many where it is None.
    `missing` says in plain sentences what failed; `notes` what was shortened or left out on purpose; `report` holds every
    comparison on unseen choices and is stored as it is, None for recipes that make none. `taught` are the digests of the
    choices that wrote, selected or are shown. `counted` is what counting alone says of the choices that were read;
    `stated` the person's own words on answers, `lengths` how long the chosen ones are (domain/choices/chosen_lengths).
    `length_alone` says whether nothing but length shows in them (induction/counting/length_alone).
    """
    read = n_choices if n_read is None else n_read
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "title": persona.title if persona else "",
        "summary": persona.summary if persona else "",
        "traits": [_trait(trait) for trait in (persona.traits if persona else ())],
        "demonstrations": [_demonstration(one) for one in (persona.demonstrations if persona else ())],
        "accuracy": _accuracy(accuracy),
        "baseline": _accuracy(baseline),
        "verdict": verdict_sentence(accuracy, baseline, is_sketch=is_sketch, report=report)
        if persona
        else _without_persona(report),
        "style": dict(style),
        "model": model,
        "recipe": recipe,
        "seed": seed,
        "n_choices": n_choices,
        "n_read": read,
        "n_decisions": read if n_decisions is None else n_decisions,
        "is_sketch": is_sketch,
        "missing": list(missing),
        "notes": list(notes),
        "report": None if report is None else dict(report),
        "taught": taught.as_json() if taught else None,
        "counted": counted.as_json() if counted else None,
        "stated": stated,
        "lengths": dict(lengths or {}),
        "length_alone": length_alone,
    }
    result["letter"] = letter(result) if persona else None
    if persona and _is_told_by_traits(persona):
        result["summary"] = " ".join(result["letter"]["sentences"])
    result["prompts"] = {"system": system_prompt(result), "judge": judge_prompt(result)} if persona else {}
    return result


def _is_told_by_traits(persona: Persona) -> bool:
    """Whether the letter is the summary: where traits stand for themselves, or there is none."""
    return not persona.traits or any(trait.weight for trait in persona.traits)


def prompt_of(persona: Persona | None, stated: str, lengths: Mapping[str, int]) -> str:
    """The text that is exported, of what would be in the document: so that it is tested to the byte. "" where there is
    nothing to say."""
    traits = [_trait(trait) for trait in (persona.traits if persona else ())]
    return system_prompt({"traits": traits, "stated": stated, "lengths": lengths})


def _trait(trait: Trait) -> dict[str, Any]:
    return {
        "text": trait.text,
        "certainty": trait.certainty,
        "supporting": list(trait.supporting),
        "opposing": list(trait.opposing),
        "weight": trait.weight,
        "spread": trait.spread,
        "when": trait.when,
        "counted": trait.counted and trait.counted.as_json(),
        "most_people": trait.most_people,
        "sets_apart": trait.sets_apart,
        "is_common": trait.is_common,
    }


def verdict_sentence(
    accuracy: Accuracy | None, baseline: Accuracy | None, *, is_sketch: bool, report: Report | None = None
) -> str:
    """What the test on unseen choices showed, honestly and counts first: one sentence, and one more where the report
    found no taste or something simpler."""
    if is_counted(report):
        told = _counted(accuracy, report)
        return " ".join(part for part in (taste_sentence(report), told, explained_sentence(report)) if part)
    told = _tested(accuracy, baseline, is_sketch=is_sketch, is_sure=is_settled(report))
    if taste_sentence(report) and holds_up(report):
        told += f" {ALONE}"
    elif taste_sentence(report):
        told = f"{TOGETHER} {told}"
    return " ".join(part for part in (told, explained_sentence(report)) if part)


def _counted(accuracy: Accuracy | None, report: Report | None) -> str:
    """The same where counting was tested and no model was asked."""
    if accuracy is None:
        return "A first sketch, not tested. Ten choices or more make a persona that is tested on unseen choices."
    length = arms_of(report).get("longer")
    beside = f"; {SIMPLER[length['name']]} on {count_of(length)}" if length else ""
    taste = (report or {}).get("taste") or {}
    stands = f" {COUNTS_STAND}" if taste.get("found") and accuracy.n and is_open(accuracy.hits, accuracy.n) else ""
    return f"Counting was {accuracy.in_words()}{beside}.{stands}"


def _without_persona(report: Report | None) -> str:
    return " ".join(
        part for part in ("No persona could be written from these choices.", explained_sentence(report)) if part
    )


def _tested(accuracy: Accuracy | None, baseline: Accuracy | None, *, is_sketch: bool, is_sure: bool | None) -> str:
    """`is_sure` is what the paired test of a report says; without one, an exact test of the two counts decides."""
    if accuracy is None or not accuracy.n:
        if is_sketch:
            return "A first sketch, not tested. Ten choices or more make a persona that is tested on unseen choices."
        return "Not tested on unseen choices yet."
    words = accuracy.in_words()
    if baseline is None or not baseline.n:
        return f"With it the model was {words}."
    without = f"{baseline.hits} of {baseline.n} without"
    if accuracy.share < baseline.share and is_sure:
        return f"Worse than no persona: right on {accuracy.hits} of {accuracy.n} with it, {without}. Better not use it."
    if accuracy.share <= baseline.share:
        return f"No better than no persona: right on {accuracy.hits} of {accuracy.n} with it, {without}."
    if is_sure is None:
        is_sure = chance_of_gap(accuracy, baseline) < _SURE
    sure = "" if is_sure else " So few choices cannot prove the difference."
    return f"With it the model was {words}; right on {without}.{sure}"


def persona_from_document(stored: Mapping[str, Any]) -> Persona:
    """The persona of a stored or downloaded document. Raises BadInput where it is no document of ours."""
    if stored.get("schema") != SCHEMA:
        raise BadInput(f"This is not a persona file of this program: its schema should be {SCHEMA}.")
    try:
        return Persona(
            summary=str(stored["summary"]),
            traits=tuple(_trait_back(row) for row in stored["traits"]),
            demonstrations=tuple(_demonstration_back(row) for row in stored["demonstrations"]),
            title=str(stored.get("title", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(f"The persona file is damaged: {error!r} is missing or has the wrong form.") from error


def _accuracy(accuracy: Accuracy | None) -> dict[str, Any] | None:
    if accuracy is None:
        return None
    low, high = accuracy.interval()
    return {
        "hits": accuracy.hits,
        "n": accuracy.n,
        "failed": accuracy.failed,
        "low": round(low, 4),
        "high": round(high, 4),
        "words": accuracy.in_words(),
    }


def _trait_back(row: Mapping[str, Any]) -> Trait:
    """A trait of a stored document; those written before traits had weights lack them."""
    return Trait(
        text=str(row["text"]),
        supporting=tuple(row["supporting"]),
        opposing=tuple(row["opposing"]),
        weight=float(row.get("weight", 0.0)),
        spread=float(row.get("spread", 0.0)),
        when=scope_as_stored(str(row.get("when", ""))),
        counted=counted_trait_from_json(row["counted"]) if row.get("counted") else None,
        most_people=None if row.get("most_people") is None else float(row["most_people"]),
        sets_apart=bool(row.get("sets_apart", False)),
        is_common=bool(row.get("is_common", False)),
    )


def _completion(completion: Completion) -> dict[str, Any]:
    return {"text": completion.text, "lead_in": context_as_json(completion.lead_in)}


def _completion_back(row: Mapping[str, Any]) -> Completion:
    return Completion(str(row["text"]), context_from_json(row["lead_in"]))


def _demonstration(one: Demonstration) -> dict[str, Any]:
    return {
        "pair_id": one.pair.pair_id,
        "context": context_as_json(one.pair.context),
        "chosen": _completion(one.pair.chosen),
        "rejected": _completion(one.pair.rejected),
        "reasoning": one.reasoning,
    }


def _demonstration_back(row: Mapping[str, Any]) -> Demonstration:
    pair = PreferencePair(
        pair_id=str(row["pair_id"]),
        context=context_from_json(row["context"]),
        chosen=_completion_back(row["chosen"]),
        rejected=_completion_back(row["rejected"]),
        conversation_id=str(row["pair_id"]),
        chosen_first=True,
    )
    return Demonstration(pair, str(row["reasoning"]))
