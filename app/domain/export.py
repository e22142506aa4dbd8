"""The research record: what one consented verdict looks like in an exported file, and whose names stand in it.

Two forms. "trl" has one row a choice, as the TRL library documents conversational preferences with an explicit prompt.
"lmsys" has one row a verdict of any kind, as LMSYS published battles: winner is model_a, model_b, tie or tie (bothbad);
a skipped comparison has no winner (null) and is told by our column `verdict`. Side A, or "first", was shown first.
Every row carries our own columns too (`EXTRA_COLUMNS`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app.domain.conversation import Turn, context_as_json
from app.domain.preference import Comparison, Completion, Verdict, preference_pair

FileFormat = Literal["trl", "lmsys"]

SCHEMA = "synthesize-me/preferences/1"
HUMAN_TEXT_LICENCE = "CC-BY-4.0"
MODEL_TEXT_LICENCE = "subject to the terms of the model's provider"
UNKNOWN_LICENCE = "unknown: brought in by the participant"

WINNERS: Mapping[Verdict, str | None] = {
    Verdict.FIRST: "model_a",
    Verdict.SECOND: "model_b",
    Verdict.SAME: "tie",
    Verdict.BOTH_BAD: "tie (bothbad)",
    Verdict.SKIP: None,
}

EXTRA_COLUMNS = (
    "schema",
    "pair_id",
    "participant",
    "conversation",
    "verdict",
    "first_model",
    "second_model",
    "first_style",
    "second_style",
    "side_seed",
    "milliseconds",
    "day",
    "source",
    "imported_verdict",
    "consent_versions",
    "licence_human_text",
    "licence_model_text",
)


@dataclass(frozen=True, slots=True)
class ExportedVerdict:
    """One verdict with everything a row is made from; ids are the real ones and never leave this module."""

    account_id: str
    comparison: Comparison
    verdict: Verdict
    first_model: str
    second_model: str
    first_style: str
    second_style: str
    side_seed: int
    milliseconds: int | None
    given_at: datetime
    source: str
    imported_verdict: bool
    consent_versions: Mapping[str, str]


class Pseudonyms:
    """Names for one export: keyed, so that nobody without the key, which is thrown away, can make or compare them."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def name(self, kind: str, real: str) -> str:
        """The made-up name of something: the same within one export, another in every other."""
        digest = hmac.new(self._key, f"{kind}\0{real}".encode(), hashlib.sha256).hexdigest()
        return f"{kind}-{digest[:24]}"


def row(file_format: FileFormat, one: ExportedVerdict, names: Pseudonyms) -> dict[str, Any] | None:
    """The verdict as a row of the format, or None where the format has no row for it (TRL knows only choices)."""
    made = _trl(one) if file_format == "trl" else _lmsys(one, names)
    return made and {**made, **_extra(one, names)}


def _trl(one: ExportedVerdict) -> dict[str, Any] | None:
    pair = preference_pair(one.comparison, one.verdict)
    if pair is None:
        return None
    return {
        "prompt": context_as_json(pair.context),
        "chosen": _answer(pair.chosen),
        "rejected": _answer(pair.rejected),
        "chosen_side": "first" if pair.chosen_first else "second",
    }


def _lmsys(one: ExportedVerdict, names: Pseudonyms) -> dict[str, Any]:
    context = context_as_json(one.comparison.context)
    return {
        "question_id": names.name("question", one.comparison.conversation_id),
        "model_a": one.first_model or "unknown",
        "model_b": one.second_model or "unknown",
        "winner": WINNERS[one.verdict],
        "judge": names.name("participant", one.account_id),
        "conversation_a": context + _answer(one.comparison.first),
        "conversation_b": context + _answer(one.comparison.second),
        "turn": sum(turn.role == "user" for turn in one.comparison.context),
        "anony": True,
        "tstamp": _day(one.given_at).timestamp(),
    }


def _extra(one: ExportedVerdict, names: Pseudonyms) -> dict[str, Any]:
    ours = one.source == "typed"
    return {
        "schema": SCHEMA,
        "pair_id": names.name("pair", one.comparison.comparison_id),
        "participant": names.name("participant", one.account_id),
        "conversation": names.name("conversation", one.comparison.conversation_id),
        "verdict": one.verdict.value,
        "first_model": one.first_model,
        "second_model": one.second_model,
        "first_style": one.first_style,
        "second_style": one.second_style,
        "side_seed": one.side_seed,
        "milliseconds": one.milliseconds,
        "day": _day(one.given_at).date().isoformat(),
        "source": one.source,
        "imported_verdict": one.imported_verdict,
        "consent_versions": dict(one.consent_versions),
        "licence_human_text": HUMAN_TEXT_LICENCE if ours else UNKNOWN_LICENCE,
        "licence_model_text": MODEL_TEXT_LICENCE if ours else UNKNOWN_LICENCE,
    }


def _answer(completion: Completion) -> list[dict[str, str]]:
    return context_as_json((*completion.lead_in, Turn("assistant", completion.text)))


def _day(moment: datetime) -> datetime:
    """Times are told to the day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
