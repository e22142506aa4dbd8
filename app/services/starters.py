"""Ready-made pairs of answers, so that a first choice needs no model and no waiting.

They are real answers to real questions (app/samples/README.md), shown on the first page and put into an account when
its owner asks for them or judges the first one. Marked as samples; a choice on one is the person's own
and is exported with their consent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.conversation import Context, Turn, context_as_json, context_from_json
from app.domain.preference import first_is_left, pair_digest
from app.domain.transcripts.found import side_seed
from app.storage import accounts, comparisons
from app.storage.database import Session
from app.storage.tables import ComparisonRow, CompletionRow, ConversationRow

FILE = Path(__file__).resolve().parents[1] / "samples" / "starters.jsonl"


@dataclass(frozen=True)
class StarterAnswer:
    """One answer as it is shown before the verdict."""

    text: str
    model: str
    lead_in: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class StarterView:
    """A pair that waits for a choice, its sides already drawn; `name` is its key here, not in an account."""

    name: str
    context: Context
    first: StarterAnswer
    second: StarterAnswer
    side_seed: int
    digest: str
    is_sample: bool = True


@lru_cache(maxsize=1)
def starters() -> tuple[StarterView, ...]:
    """All ready-made pairs, in the order in which they are offered."""
    return tuple(_starter(json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines())


def _starter(stored: dict[str, Any]) -> StarterView:
    context = context_from_json(stored["context"])
    one = StarterAnswer(stored["first"], stored["first_model"])
    other = StarterAnswer(stored["second"], stored["second_model"])
    identity = pair_digest(context, one.text, other.text)
    seed = side_seed(identity, keep_first=None)
    first, second = (one, other) if first_is_left(seed) else (other, one)
    return StarterView(stored["name"], context, first, second, seed, identity)


def starter_pair() -> StarterView:
    """The pair on the first page."""
    return starters()[0]


def add_starters(session: Session, account_id: str) -> dict[str, str]:
    """Puts the pairs that the account does not have yet into it; gives each name's comparison id, old ones included."""
    accounts.lock(session, account_id)
    known = comparisons.ids_by_digest(session, account_id, [starter.digest for starter in starters()])
    seq = comparisons.last_seq(session, account_id)
    rows: list[comparisons.Row] = []
    added: dict[str, str] = {}
    for starter in starters():
        if starter.digest in known:
            added[starter.name] = known[starter.digest]
            continue
        seq += 1
        made = _rows(starter, account_id, seq)
        rows += made
        added[starter.name] = made[-1].comparison_id
    comparisons.add_all(session, rows)
    return added


def _rows(
    starter: StarterView, account_id: str, seq: int
) -> tuple[ConversationRow, CompletionRow, CompletionRow, ComparisonRow]:
    context = context_as_json(starter.context)
    conversation = ConversationRow(
        account_id=account_id, source="sample", title=starter.context[-1].content[:200], turns=context
    )
    first, second = (
        CompletionRow(account_id=account_id, text=answer.text, model=answer.model)
        for answer in (starter.first, starter.second)
    )
    comparison = ComparisonRow(
        account_id=account_id,
        conversation_id=conversation.conversation_id,
        seq=seq,
        source="sample",
        is_sample=True,
        context=context,
        first_id=first.completion_id,
        second_id=second.completion_id,
        side_seed=starter.side_seed,
        pair_sha256=starter.digest,
    )
    return conversation, first, second, comparison
