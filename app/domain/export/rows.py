"""One consented verdict as a row of an exported file. What the columns mean stands in `columns.py`.

"trl" has one row a choice, as the TRL library documents conversational preferences with an explicit prompt. "lmsys" has one
row a verdict that is no skip, as LMSYS published battles; "skips" has the others in the same form without a winner.
"annotated" is a document of annotated pairs 2.0, one comparison a choice. Side A, or "first", was shown first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.export import licences
from app.domain.export.columns import COMMON, SCHEMA, FileFormat
from app.domain.export.record import READY_MADE, ExportedVerdict, Facts, Pseudonyms, Times, TurnJson

WINNERS: Mapping[Verdict, str] = {
    Verdict.FIRST: "model_a",
    Verdict.SECOND: "model_b",
    Verdict.SAME: "tie",
    Verdict.BOTH_BAD: "tie (bothbad)",
}
UNKNOWN_MODEL = "unknown"
ANNOTATOR = "ba751e7b"
"""The key under which Feedback Forensics and ICAI look for what the annotator of a data set preferred."""
GAP = "\0"
"""Stands in a form for a value of its row; no stored text has NUL."""


def form(file_format: FileFormat, facts: Facts, times: Times) -> dict[str, Any] | None:
    """A row of the format with all that these facts say, and GAP where a value is the row's own (`own_values`); None where the format has
    no row for such a verdict."""
    if file_format in ("trl", "annotated"):
        if not facts.verdict.is_choice:
            return None
        common = _common(facts, times)
        return _annotated(facts, common) if file_format == "annotated" else _trl(facts) | common
    if (facts.verdict is Verdict.SKIP) is not (file_format == "skips"):
        return None
    common = _common(facts, times)
    return _battle(facts, common["day"]) | common


def own_values(file_format: FileFormat, one: ExportedVerdict, names: Pseudonyms) -> tuple[Any, ...]:
    """What stands in the gaps of the verdict's form, in their order."""
    participant, first_seq = names.person(one.account_id)
    pair, conversation = names.name("pair", one.comparison_id), names.name("conversation", one.conversation_id)
    common = (pair, participant, conversation, first_seq + one.seq)
    if file_format == "trl":
        is_first = one.facts.verdict is Verdict.FIRST
        return (one.context, *((one.first, one.second) if is_first else (one.second, one.first)), *common)
    if file_format == "annotated":
        return (pair, _as_text(one.context), _as_text(one.first), _as_text(one.second), *common)
    question = conversation.replace("conversation", "question", 1)
    requests = [turn["role"] for turn in one.context].count("user")
    return (question, participant, one.context + one.first, one.context + one.second, requests, *common)


def annotated_beginning(day: str) -> str:
    """What stands before the comparisons in a document of annotated pairs; `]}` ends it. By the metadata's keys Feedback
    Forensics offers to part the pairs, by language or person say."""
    return (
        '{"metadata": {"version": "2.0", "description": "Choices of consenting people", '
        f'"created_at": "{day}", "dataset_name": "synthesize-me", "default_annotator": "{ANNOTATOR}", '
        f'"available_metadata_keys_per_comparison": {json.dumps([column.name for column in COMMON])}}},\n'
        f'"annotators": {{"{ANNOTATOR}": {{"name": "preferred_text", "description": "What the person chose", '
        '"type": "human"}},\n"comparisons": [\n'
    )


def _trl(facts: Facts) -> dict[str, Any]:
    side = "first" if facts.verdict is Verdict.FIRST else "second"
    return {"prompt": GAP, "chosen": GAP, "rejected": GAP, "chosen_side": side}


def _battle(facts: Facts, day: str) -> dict[str, Any]:
    model_a, model_b = _models(facts)
    return {
        "question_id": GAP,
        "model_a": model_a,
        "model_b": model_b,
        **({} if facts.verdict is Verdict.SKIP else {"winner": WINNERS[facts.verdict]}),
        "judge": GAP,
        "conversation_a": GAP,
        "conversation_b": GAP,
        "turn": GAP,
        "anony": True,
        "tstamp": _timestamp(day),
    }


@lru_cache(maxsize=1_000)
def _timestamp(day: str) -> float:
    return datetime.combine(datetime.fromisoformat(day), time(), UTC).timestamp()


def _annotated(facts: Facts, common: dict[str, Any]) -> dict[str, Any]:
    model_a, model_b = _models(facts)
    versions = ", ".join(f"{scope} {version}" for scope, version in facts.consent_versions)
    return {
        "id": GAP,
        "prompt": GAP,
        "response_a": {"text": GAP, "model": model_a},
        "response_b": {"text": GAP, "model": model_b},
        "annotations": {ANNOTATOR: {"pref": "a" if facts.verdict is Verdict.FIRST else "b"}},
        "metadata": {**common, "consent_versions": versions},
    }


def _common(facts: Facts, times: Times) -> dict[str, Any]:
    is_ready_made = facts.source == READY_MADE
    origin = licences.origin_of(facts.pair_sha256) if is_ready_made else None
    ours = facts.source == "typed"
    day, told_to = times.days.told[facts.day]
    return {
        "schema": SCHEMA,
        "pair_id": GAP,
        "participant": GAP,
        "conversation": GAP,
        "seq": GAP,
        "verdict": facts.verdict.value,
        "verdict_changed_after_reveal": facts.changed_after_reveal,
        "quick": facts.quick,
        "early": facts.early,
        "strength": facts.strength,
        "reasons": facts.reasons,
        "names_model": facts.names_model,
        "equal_answers": facts.equal_answers,
        "left_out": facts.left_out,
        "cut_answers": facts.cut_answers,
        "milliseconds": times.times.told[facts.time],
        "first_model": facts.first_model or UNKNOWN_MODEL,
        "second_model": facts.second_model or UNKNOWN_MODEL,
        "first_style": facts.first_style,
        "second_style": facts.second_style,
        "language": facts.language,
        "day": day,
        "day_told_to": told_to,
        "source": "ready_made" if is_ready_made else facts.source,
        "source_name": origin.name if origin else "",
        "imported_verdict": facts.imported_verdict,
        "consent_versions": dict(facts.consent_versions),
        "licence_human_text": origin.licence if origin else licences.HUMAN_TEXT if ours else licences.UNKNOWN,
        "licence_model_text": licences.MODEL_TEXT if origin or ours else licences.UNKNOWN,
    }


def _models(facts: Facts) -> tuple[str, str]:
    """The models' names, told apart by style where one model wrote both."""
    first, second = facts.first_model or UNKNOWN_MODEL, facts.second_model or UNKNOWN_MODEL
    if first == second and facts.first_style != facts.second_style:
        return _with_style(first, facts.first_style), _with_style(second, facts.second_style)
    return first, second


def _with_style(model: str, style: str) -> str:
    return f"{model} ({style})" if style else model


def _as_text(turns: list[TurnJson]) -> str:
    """One turn as it is; several with the speaker's name before each."""
    if len(turns) == 1:
        return turns[0]["content"]
    return "\n\n".join(f"{turn['role']}: {turn['content']}" for turn in turns)
