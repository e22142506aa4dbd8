"""What is taken over of an archive: conversations, comparisons with their grade, and the verdicts that were given elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from app.domain.choices.preference import Completion
from app.domain.texts.conversation import Context, context_as_json
from app.domain.texts.long_contexts import is_long, place_all
from app.domain.transcripts.found import FoundComparison
from app.storage.choosing import comparisons, contexts
from app.storage.choosing.comparisons import Row
from app.storage.tables import (
    ComparisonRow,
    CompletionRow,
    ContextPart,
    ConversationRow,
    ImportBatch,
    VerdictRevision,
    VerdictRow,
    new_id,
    now,
)


@dataclass(frozen=True, slots=True)
class Graded:
    """A comparison on the sides it will be shown, with how sure it is. Where `is_suggested` its verdict is not given yet."""

    shown: FoundComparison
    grade: str
    is_suggested: bool
    side_seed: int
    pair_sha256: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One conversation with its new comparisons; `conversation_id` where it is here already."""

    title: str
    identity: str
    turns: Context
    graded: Sequence[Graded] = field(default_factory=tuple)
    conversation_id: str = ""


def add(session: Session, batch: ImportBatch, taken: Sequence[Taken], seq: int) -> int:
    """Stores conversations with their comparisons, which are numbered from `seq` + 1 on; gives the last number."""
    rows: list[Row] = []
    verdicts: list[VerdictRow | VerdictRevision] = []
    for one in taken:
        placed, branches = place_all([graded.shown.context for graded in one.graded])
        conversation_id = one.conversation_id
        if not conversation_id or any(is_long(graded.shown.context) for graded in one.graded):
            conversation_id = new_id()
            rows.append(
                ConversationRow(
                    conversation_id=conversation_id,
                    account_id=batch.account_id,
                    import_id=batch.import_id,
                    source="imported",
                    title=one.title[:200],
                    identity="" if one.conversation_id else one.identity,
                    turns=context_as_json(one.turns),
                )
            )
            rows += [ContextPart(**part) for part in contexts.parts(conversation_id, branches)]
        for graded, place in zip(one.graded, placed, strict=True):
            seq += 1
            shown = graded.shown
            sides = [
                _answer(batch, *side) for side in ((shown.first, shown.first_model), (shown.second, shown.second_model))
            ]
            comparison = ComparisonRow(
                comparison_id=new_id(),
                account_id=batch.account_id,
                conversation_id=conversation_id,
                seq=seq,
                source="imported",
                context=context_as_json(place.beside),
                branch=place.branch,
                earlier=place.earlier,
                first_id=sides[0].completion_id,
                second_id=sides[1].completion_id,
                side_seed=graded.side_seed,
                pair_sha256=graded.pair_sha256,
                grade=graded.grade,
                suggested=graded.shown.verdict.value if graded.is_suggested else "",
                decided=not graded.is_suggested,
            )
            rows += [*sides, comparison]
            if not graded.is_suggested:
                verdicts += _verdict(batch, comparison, graded.shown.verdict.value)
    comparisons.add_all(session, _parents_first(rows))
    session.add_all(verdicts)
    session.flush()
    return seq


def _answer(batch: ImportBatch, completion: Completion, model: str) -> CompletionRow:
    return CompletionRow(
        completion_id=new_id(),
        account_id=batch.account_id,
        text=completion.text,
        lead_in=context_as_json(completion.lead_in),
        model=model[:200],
    )


def _verdict(batch: ImportBatch, comparison: ComparisonRow, value: str) -> tuple[VerdictRow, VerdictRevision]:
    given: dict[str, Any] = {"comparison_id": comparison.comparison_id, "account_id": batch.account_id, "value": value}
    at = now()
    return VerdictRow(imported=True, given_at=at, **given), VerdictRevision(revision=1, given_at=at, **given)


def _parents_first(rows: Sequence[Row]) -> list[Row]:
    order = (ConversationRow, ContextPart, CompletionRow, ComparisonRow)
    return sorted(rows, key=lambda row: order.index(type(row)))
