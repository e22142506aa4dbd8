"""Step 2 of the paper: verified reasoning and labelled choices go in, a persona with cited traits comes out.

Our departures: traits cite choices by number and lose what they cannot cite; pairs that were guessed wrong go in with
their label, because there the person differs from everybody; no packaged examples of other people stand in the prompt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.choices.decisions import Decision, choices_of, decided_by
from app.domain.choices.preference import PreferencePair
from app.domain.personas.persona import LONGEST_SUMMARY_WORDS, Persona, Trait
from app.domain.personas.style import MEASURES, differences, lead, leaning
from app.domain.personas.style_claims import bears_out, claims
from app.domain.prompt_targets import sentence_of
from app.domain.texts.sentences import sentences_of
from app.induction.judging.bootstrap import Trace
from app.induction.model.fitting import (
    Fitted,
    Limits,
    cut,
    fence,
    fit,
    history_turns,
    show_answer,
    show_losers,
    show_request,
)
from app.induction.model.language_model import Answer, ModelProfile, Prompt, Reply
from app.induction.model.prompts import render
from app.induction.run import Progress, Run
from app.induction.wording.private_matters import mentions_private_matters
from app.induction.wording.statements import DraftTrait, say_the_same, usable_traits

_ANSWER_TOKENS = 650
_ANSWER_TOKENS_SMALL = 240
_FEWEST_WITH_TEXTS = 2
_LONGEST_REASON = 400
_FRAME_TOKENS = 700
_LONGEST_LINE = 220
_LEAST_BYTES_A_CHOICE = 80
"""A choice by number with its reason cut to 50 bytes; what bounds how many choices one prompt can hold."""
NO_USABLE_TRAIT = (
    "The model wrote no trait that its own evidence supports, in two tries. A larger model or more choices may help."
)

COUNTED_ONLY = "The small model wrote no trait that holds, so these traits are counted from your choices, not written."


@dataclass(frozen=True, slots=True)
class _Exhibit:
    """One decision with the first reasoning that its choices have, "" for none."""

    decision: Decision
    reasoning: str

    @property
    def pair(self) -> PreferencePair:
        return self.decision.head

    def joined(self, trace: Trace) -> _Exhibit:
        known = self.decision.pairs
        pairs = known if trace.pair in known else (*known, trace.pair)
        return _Exhibit(Decision(pairs), self.reasoning or trace.reasoning)


async def synthesise(run: Run, traces: Sequence[Trace]) -> Persona | None:
    """The persona, or None (with a sentence in `run.missing`) where two tries gave no usable trait. 1 or 2 calls.

    Raises ModelUnavailable where the last one got no answer at all.

    `traces` may hold a pair once an order; each decision is shown once, with the first reasoning it has.
    """
    shown: dict[str, _Exhibit] = {}
    for trace in traces:
        key = decided_by(trace.pair)
        shown[key] = shown[key].joined(trace) if key in shown else _Exhibit(Decision((trace.pair,)), trace.reasoning)
    # Those without a reason come first: they need their texts most, and texts give way from the end.
    numbered = sorted(shown.values(), key=lambda one: bool(one.reasoning))
    most = max(1, (run.profile.slot_tokens - _ANSWER_TOKENS - _FRAME_TOKENS) * 3 // _LEAST_BYTES_A_CHOICE)
    if len(numbered) > most:
        run.notes.append(f"The persona was written from {most} of {len(numbered)} choices: more do not fit the model.")
        numbered = numbered[:most]
    run.emit(Progress("writing", 0, 1))
    answers: list[Answer] = []
    for attempt in range(2):
        answers += await run.ask([_prompt(numbered, run.profile, run.seed, attempt)])
        persona = _persona(answers[-1], numbered, measure=run.profile.small)
        if persona is not None:
            return persona
    run.note_failures(answers, "writing")
    counted = _counted(numbered) if run.profile.small else None
    if counted:
        run.notes.append(COUNTED_ONLY)
        return counted
    run.stop_if_gone()
    run.missing.append(NO_USABLE_TRAIT)
    return None


def _prompt(traces: Sequence[_Exhibit], profile: ModelProfile, seed: int, attempt: int) -> Fitted:
    # The second try must differ from the first, or a model at temperature 0 repeats itself.
    def build(limits: Limits) -> Prompt:
        name = "synthesise_small" if profile.small else "synthesise"
        shown = _notes(traces) if profile.small else _exhibits(traces, limits)
        return Prompt(
            messages=render(name, choices=shown, count=str(len(traces))),
            purpose="synthesise",
            max_tokens=_ANSWER_TOKENS_SMALL if profile.small else _ANSWER_TOKENS,
            schema=_schema(len(traces), small=profile.small),
            temperature=0.5 if attempt else 0.0,
            seed=seed + attempt,
        )

    return fit(
        build,
        profile,
        demonstrations=len(traces),
        keep_demonstrations=min(len(traces), _FEWEST_WITH_TEXTS),
        history=history_turns(choices_of(trace.decision for trace in traces)),
    )


def _exhibits(traces: Sequence[_Exhibit], limits: Limits) -> str:
    """Every choice by number: texts and reason for as many as the limit allows, one line for each of the rest."""
    parts, lines = [], []
    for number, trace in enumerate(traces, start=1):
        if number <= limits.demonstrations:
            shown = [
                f"Choice {number}",
                show_request(trace.pair.context, limits),
                show_answer("chosen_answer", trace.pair.chosen, limits),
                *show_losers(trace.decision, limits),
            ]
            said = cut(trace.reasoning, _LONGEST_REASON)
            parts.append("\n".join([*shown, fence("reason", said) if said else "Reason: not reached."]))
        else:
            said = cut(trace.reasoning, min(limits.text_bytes, _LONGEST_LINE))
            lines.append(f"{number}: {said or cut(differences(trace.pair), min(limits.text_bytes, _LONGEST_LINE))}")
    if lines:
        parts.append(
            f"The other choices, a reason or what was measured for each:\n{fence('notes', chr(10).join(lines))}"
        )
    return "\n\n".join(parts)


def _notes(traces: Sequence[_Exhibit]) -> str:
    """For the small model: one line a reason, near-duplicate reasons on one line with all their numbers."""
    lines: list[tuple[list[int], str]] = []
    for number, trace in enumerate(traces, start=1):
        # Whatever stands here may be copied into a trait, so it is worded as one.
        noted = trace.reasoning or leaning(trace.pair) or "answers of this kind"
        twin = next((line for line in lines if say_the_same(noted, line[1])), None)
        if twin:
            twin[0].append(number)
        else:
            lines.append(([number], noted))
    texts = [f"{', '.join(map(str, numbers))}: prefers {noted}" for numbers, noted in lines]
    return fence("notes", "\n".join(texts))


def _schema(choices: int, *, small: bool) -> str:
    numbers = {
        "type": "array",
        "maxItems": choices,
        "items": {"type": "integer", "minimum": 1, "maximum": choices},
    }
    if small:
        # Short fields only; the summary is put together from the traits, and what speaks against them is counted.
        traits = _list_of(
            {"prefers": {"type": "string", "minLength": 15, "maxLength": 120}, "supporting": numbers}, 2, 5
        )
        return _object_of({"traits": traits})
    fields = {"trait": {"type": "string", "maxLength": 200}, "supporting": numbers, "opposing": numbers}
    return _object_of({"summary": {"type": "string", "maxLength": 800}, "traits": _list_of(fields, 3, 9)})


def _list_of(fields: Mapping[str, Any], fewest: int, most: int) -> dict[str, Any]:
    return {"type": "array", "minItems": fewest, "maxItems": most, "items": json.loads(_object_of(fields))}


def _object_of(fields: Mapping[str, Any]) -> str:
    # Not sorted: models write fields in the order of the schema, and reasons must come before verdicts.
    return json.dumps({"type": "object", "additionalProperties": False, "properties": fields, "required": list(fields)})


def _persona(answer: Answer, traces: Sequence[_Exhibit], *, measure: bool) -> Persona | None:
    if not isinstance(answer, Reply):
        return None
    drafts, summary = _read(answer.text)
    if measure:
        drafts = [_measured(draft, traces) for draft in drafts]
    return _from_drafts(drafts, summary, traces)


def _from_drafts(drafts: Sequence[DraftTrait], summary: str, traces: Sequence[_Exhibit]) -> Persona | None:
    ids = [trace.pair.pair_id for trace in traces]
    traits = [
        Trait(
            draft.text,
            supporting=tuple(ids[number - 1] for number in draft.supporting),
            opposing=tuple(ids[number - 1] for number in draft.opposing),
        )
        for draft in usable_traits(drafts, len(ids))
    ]
    if not traits:
        return None
    rank = ("clear", "likely", "tentative")
    traits.sort(key=lambda trait: (rank.index(trait.certainty), len(trait.opposing) - len(trait.supporting)))
    return Persona(summary=_summary(summary, traits), traits=tuple(traits))


def _counted(traces: Sequence[_Exhibit]) -> Persona | None:
    """A persona of counts alone: what most of the choices that differ in it agree on, at least two of them."""
    drafts = []
    for measure in MEASURES:
        sides = [lead(measure, trace.pair.chosen.text, trace.pair.rejected.text) for trace in traces]
        sign = 1 if sides.count(1) >= sides.count(-1) else -1
        pro, con = (tuple(n for n, side in enumerate(sides, start=1) if side == one) for one in (sign, -sign))
        if len(pro) >= 2:
            text = measure.label.split(" (")[0]
            drafts.append(
                DraftTrait(f"prefers answers with {text if sign > 0 else text.replace('more', 'less', 1)}", pro, con)
            )
    return _from_drafts(drafts, "", traces)


def _measured(draft: DraftTrait, traces: Sequence[_Exhibit]) -> DraftTrait:
    """The draft with counted evidence in place of cited evidence, where its claim can be counted at all."""
    if claims(draft.text) == {}:
        return draft
    borne = {number: bears_out(draft.text, trace.pair) for number, trace in enumerate(traces, start=1)}
    return DraftTrait(
        draft.text,
        tuple(number for number, agrees in borne.items() if agrees),
        tuple(number for number, agrees in borne.items() if agrees is False),
    )


def _read(text: str) -> tuple[list[DraftTrait], str]:
    """Traits and summary of a reply; of one that was cut off, the traits that are whole."""
    try:
        found = json.loads(text)
        rows, summary = found["traits"], str(found.get("summary", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        rows, summary = [_object(piece) for piece in re.findall(r'\{[^{}]*"(?:trait|prefers)"[^{}]*\}', text)], ""
    drafts = []
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict):
            text = str(row.get("trait") or f"prefers {row.get('prefers') or ''}")
            drafts.append(DraftTrait(text, _numbers(row.get("supporting")), _numbers(row.get("opposing"))))
    return drafts, summary


def _object(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _numbers(value: object) -> tuple[int, ...]:
    items = value if isinstance(value, list) else []
    return tuple(item for item in items if isinstance(item, int) and not isinstance(item, bool))


def _summary(text: str, traits: Sequence[Trait]) -> str:
    """At most 120 words in whole sentences, nothing private; the strongest traits in a row where nothing is left."""
    kept: list[str] = []
    for sentence in sentences_of(text):
        whole = sentence.endswith((".", "!", "?"))
        if not whole or mentions_private_matters(sentence):
            continue
        if len(" ".join([*kept, sentence]).split()) > LONGEST_SUMMARY_WORDS:
            break
        kept.append(sentence)
    if kept:
        return " ".join(kept)
    return sentence_of([trait.text for trait in traits[:4]])
