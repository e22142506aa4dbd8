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
from app.domain.export.record import ExportedVerdict, Pseudonyms, Times, TurnJson

WINNERS: Mapping[Verdict, str] = {
    Verdict.FIRST: "model_a",
    Verdict.SECOND: "model_b",
    Verdict.SAME: "tie",
    Verdict.BOTH_BAD: "tie (bothbad)",
}
READY_MADE = "sample"
UNKNOWN_MODEL = "unknown"
ANNOTATOR = "ba751e7b"
"""The key under which Feedback Forensics and ICAI look for what the annotator of a data set preferred."""


def row(file_format: FileFormat, one: ExportedVerdict, names: Pseudonyms, times: Times) -> dict[str, Any] | None:
    """The verdict as a row of the format, or None where the format has no row for it."""
    if file_format == "trl":
        return _trl(one) | _common(one, names, times) if one.verdict.is_choice else None
    if file_format == "annotated":
        return _annotated(one, _common(one, names, times)) if one.verdict.is_choice else None
    if (one.verdict is Verdict.SKIP) is not (file_format == "skips"):
        return None
    common = _common(one, names, times)
    return _battle(one, common) | common


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


def _trl(one: ExportedVerdict) -> dict[str, Any]:
    is_first = one.verdict is Verdict.FIRST
    return {
        "prompt": one.context,
        "chosen": one.first if is_first else one.second,
        "rejected": one.second if is_first else one.first,
        "chosen_side": "first" if is_first else "second",
    }


def _battle(one: ExportedVerdict, common: Mapping[str, Any]) -> dict[str, Any]:
    model_a, model_b = _models(one)
    return {
        "question_id": f"question-{common['conversation'].partition('-')[2]}",
        "model_a": model_a,
        "model_b": model_b,
        **({} if one.verdict is Verdict.SKIP else {"winner": WINNERS[one.verdict]}),
        "judge": common["participant"],
        "conversation_a": one.context + one.first,
        "conversation_b": one.context + one.second,
        "turn": sum(turn["role"] == "user" for turn in one.context),
        "anony": True,
        "tstamp": _timestamp(common["day"]),
    }


@lru_cache(maxsize=1_000)
def _timestamp(day: str) -> float:
    return datetime.combine(datetime.fromisoformat(day), time(), UTC).timestamp()


def _annotated(one: ExportedVerdict, common: dict[str, Any]) -> dict[str, Any]:
    model_a, model_b = _models(one)
    versions = ", ".join(f"{scope} {version}" for scope, version in common["consent_versions"].items())
    return {
        "id": common["pair_id"],
        "prompt": _as_text(one.context),
        "response_a": {"text": _as_text(one.first), "model": model_a},
        "response_b": {"text": _as_text(one.second), "model": model_b},
        "annotations": {ANNOTATOR: {"pref": "a" if one.verdict is Verdict.FIRST else "b"}},
        "metadata": {**common, "consent_versions": versions},
    }


def _common(one: ExportedVerdict, names: Pseudonyms, times: Times) -> dict[str, Any]:
    is_ready_made = one.source == READY_MADE
    origin = licences.origin_of(one.pair_sha256) if is_ready_made else None
    ours = one.source == "typed"
    day, told_to = times.days.told[one.day]
    participant, first_seq = names.person(one.account_id)
    return {
        "schema": SCHEMA,
        "pair_id": names.name("pair", one.comparison_id),
        "participant": participant,
        "conversation": names.name("conversation", one.conversation_id),
        "seq": first_seq + one.seq,
        "verdict": one.verdict.value,
        "verdict_changed_after_reveal": one.changed_after_reveal,
        "quick": one.quick,
        "early": one.early,
        "names_model": one.names_model,
        "equal_answers": one.equal_answers,
        "left_out": one.left_out,
        "cut_answers": one.cut_answers,
        "milliseconds": times.times.told[one.time],
        "first_model": one.first_model or UNKNOWN_MODEL,
        "second_model": one.second_model or UNKNOWN_MODEL,
        "first_style": one.first_style,
        "second_style": one.second_style,
        "language": one.language,
        "day": day,
        "day_told_to": told_to,
        "source": "ready_made" if is_ready_made else one.source,
        "source_name": origin.name if origin else "",
        "imported_verdict": one.imported_verdict,
        "consent_versions": one.consent_versions,
        "licence_human_text": origin.licence if origin else licences.HUMAN_TEXT if ours else licences.UNKNOWN,
        "licence_model_text": licences.MODEL_TEXT if origin or ours else licences.UNKNOWN,
    }


def _models(one: ExportedVerdict) -> tuple[str, str]:
    """The models' names, told apart by style where one model wrote both."""
    first, second = one.first_model or UNKNOWN_MODEL, one.second_model or UNKNOWN_MODEL
    if first == second and one.first_style != one.second_style:
        return _with_style(first, one.first_style), _with_style(second, one.second_style)
    return first, second


def _with_style(model: str, style: str) -> str:
    return f"{model} ({style})" if style else model


def _as_text(turns: list[TurnJson]) -> str:
    """One turn as it is; several with the speaker's name before each."""
    if len(turns) == 1:
        return turns[0]["content"]
    return "\n\n".join(f"{turn['role']}: {turn['content']}" for turn in turns)
