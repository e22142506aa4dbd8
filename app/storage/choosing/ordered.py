"""The rows of a pasted conversation whose answers get another one written beside each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.choices.preference import first_is_left
from app.domain.texts.conversation import Context, context_as_json
from app.domain.texts.long_contexts import Placed, is_long
from app.storage.choosing import comparisons, contexts
from app.storage.choosing.comparisons import Values
from app.storage.database import Session
from app.storage.tables import (
    ComparisonRow,
    CompletionRow,
    ContextPart,
    ConversationRow,
    ImportBatch,
    new_id,
    now,
)

SOURCE = "alternative"


@dataclass(frozen=True, slots=True)
class Ordered:
    """An answer of the conversation that is to get an alternative: its text, where its context is kept, the draw of the sides
    and its identity."""

    text: str
    placed: Placed
    side_seed: int
    pair_sha256: str


def add_ordered(
    session: Session,
    batch: ImportBatch,
    title: str,
    turns: Context,
    ordered: Sequence[Ordered],
    *,
    model: str,
    style: str,
) -> None:
    """Stores the conversation with a comparison for each of `ordered`, whose alternative by `model` in `style` is pending.

    Plain values, as a file's (imports.add_decided): row objects of 200 answers would hold SQLite's one writer three times as long.
    """
    moment, account_id = now(), batch.account_id
    every = {"account_id": account_id, "created_at": moment}
    conversation_id = new_id()
    conversation = {
        "conversation_id": conversation_id,
        "import_id": batch.import_id,
        "source": SOURCE,
        "title": title,
        "turns": [] if is_long(turns) else context_as_json(turns),
        **every,
    }
    nothing_noted = {"names_model": False, "flaws": "", "stops_short": False}
    answer = {**every, **nothing_noted, "draft": "", "begun_anew": 0, "lead_in": [], "sampling": {}, "failure": ""}
    seq = comparisons.last_seq(session, account_id)
    answers: list[Values] = []
    rows: list[Values] = []
    for number, one in enumerate(ordered, start=1):
        original = {**answer, "completion_id": new_id(), "state": "ready", "text": one.text, "model": "", "style": ""}
        alternative = {
            **answer,
            "completion_id": new_id(),
            "state": "pending",
            "text": "",
            "model": model,
            "style": style,
        }
        first, second = (original, alternative) if first_is_left(one.side_seed) else (alternative, original)
        answers += [first, second]
        rows.append(
            {
                **every,
                "comparison_id": new_id(),
                "conversation_id": conversation_id,
                "seq": seq + number,
                "source": SOURCE,
                "is_sample": False,
                "context": context_as_json(one.placed.beside),
                "branch": one.placed.branch,
                "earlier": one.placed.earlier,
                "first_id": first["completion_id"],
                "second_id": second["completion_id"],
                "side_seed": one.side_seed,
                "pair_sha256": one.pair_sha256,
            }
        )
    # Every context is the beginning of the one branch that the conversation itself is.
    parts = contexts.parts(conversation_id, [turns]) if is_long(turns) else []
    comparisons.insert(
        session,
        account_id,
        {ConversationRow: [conversation], ContextPart: parts, CompletionRow: answers, ComparisonRow: rows},
    )
