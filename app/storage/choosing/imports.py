"""Imports: one row for each file, paste or sample that was brought in, and the many rows that a file of choices makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from sqlmodel import Session, col, select

from app.domain.choices.preference import Completion, Verdict
from app.domain.errors import NotFound
from app.domain.texts.conversation import Context, context_as_json, context_from_json
from app.domain.texts.long_contexts import Placed, is_long, place_all
from app.domain.transcripts.found import FoundComparison
from app.storage import stored
from app.storage.choosing import contexts, noted
from app.storage.tables import (
    ComparisonRow,
    CompletionRow,
    ContextPart,
    ConversationRow,
    ImportBatch,
    VerdictRevision,
    VerdictRow,
    is_id,
    new_id,
    now,
)

INSERTED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """A found comparison on the sides it will be shown, with what its row needs besides."""

    shown: FoundComparison
    noted: tuple[Mapping[str, Any], ...]
    conversation_key: str
    side_seed: int
    pair_sha256: str
    seq: int


def add(
    session: Session, *, account_id: str, kind: str, state: str, source_name: str, content_sha256: str
) -> ImportBatch:
    """A new import; its report follows once it is known."""
    batch = ImportBatch(
        account_id=account_id, kind=kind, state=state, source_name=source_name, content_sha256=content_sha256
    )
    session.add(batch)
    session.flush()
    return batch


def find(session: Session, account_id: str, import_id: str) -> ImportBatch:
    """The account's import. Raises NotFound; somebody else's reads the same."""
    batch = session.get(ImportBatch, import_id) if is_id(import_id) else None
    if batch is None or batch.account_id != account_id:
        raise NotFound("There is no such import, or it is not yours.")
    return batch


def newest_first(session: Session, account_id: str, offset: int, limit: int) -> Sequence[ImportBatch]:
    """The account's imports, newest first, a part of them."""
    rows = select(ImportBatch).where(ImportBatch.account_id == account_id)
    order = (col(ImportBatch.created_at).desc(), col(ImportBatch.import_id))
    return session.exec(rows.order_by(*order).offset(offset).limit(limit)).all()


def count(session: Session, account_id: str) -> int:
    """How many imports the account has."""
    return session.exec(select(sa.func.count()).where(ImportBatch.account_id == account_id)).one()


def report(session: Session, batch: ImportBatch, document: dict[str, Any]) -> None:
    """Keeps what the person was told about the import."""
    batch.report = document
    session.add(batch)
    session.flush()


def working(session: Session, account_id: str) -> Sequence[ImportBatch]:
    """The account's imports whose answers are still being written, oldest first."""
    rows = select(ImportBatch).where(ImportBatch.account_id == account_id, ImportBatch.state == "working")
    return session.exec(rows.order_by(col(ImportBatch.created_at), col(ImportBatch.import_id))).all()


def stop(session: Session, batch: ImportBatch) -> None:
    """No further answer to the import is begun."""
    batch.stopped_at = batch.stopped_at or now()
    session.add(batch)
    session.flush()


def is_stopped(session: Session, import_id: str) -> bool:
    """Whether its person has stopped the import, as the database has it now."""
    rows = select(ImportBatch.stopped_at).where(ImportBatch.import_id == import_id)
    return session.exec(rows).first() is not None


def decisions(session: Session, account_id: str, identities: Sequence[str]) -> dict[str, str]:
    """What the account has decided of these comparisons (`FoundComparison.decision`), by their `pair_sha256`; a comparison
    without a verdict is not among them."""
    first, second = sa.orm.aliased(CompletionRow), sa.orm.aliased(CompletionRow)
    columns: list[Any] = [ComparisonRow.pair_sha256, VerdictRow.value]
    columns += [first.text, first.lead_in, second.text, second.lead_in]
    asked = (
        sa.select(*columns)
        .join(VerdictRow, col(VerdictRow.comparison_id) == ComparisonRow.comparison_id)
        .join(first, col(first.completion_id) == ComparisonRow.first_id)
        .join(second, col(second.completion_id) == ComparisonRow.second_id)
        .where(col(ComparisonRow.account_id) == account_id)
    )
    found: dict[str, str] = {}
    for start in range(0, len(identities), INSERTED_AT_ONCE):
        some = col(ComparisonRow.pair_sha256).in_(identities[start : start + INSERTED_AT_ONCE])
        rows = session.connection().execute(asked.where(some))
        for identity, value, text, lead_in, other_text, other_lead_in in rows:
            stored = FoundComparison(
                context=(),
                first=Completion(text, context_from_json(lead_in)),
                second=Completion(other_text, context_from_json(other_lead_in)),
                verdict=Verdict(value),
                sides_known=True,
            )
            found[identity] = stored.decision
    return found


def add_decided(session: Session, batch: ImportBatch, decided: Sequence[Decided]) -> None:
    """Stores comparisons with their answers, imported verdicts and first revisions, and a conversation for each key.

    Plain values go straight to the tables: making 60,000 row objects would hold SQLite's one writer for many seconds.
    """
    writer = _Writer(batch)
    conversations: dict[str, str] = {}
    placed, branches = _placed(decided)
    for start in range(0, len(decided), INSERTED_AT_ONCE):
        for number, one in enumerate(decided[start : start + INSERTED_AT_ONCE], start=start):
            key = one.conversation_key
            if key not in conversations:
                conversations[key] = writer.conversation(one.shown, branches.get(key, []))
            writer.comparison(one, conversations[key], placed.get(number) or Placed(one.shown.context))
        writer.flush(session)


def _placed(decided: Sequence[Decided]) -> tuple[dict[int, Placed], dict[str, list[Context]]]:
    """Where the long contexts are placed, by their number, and the branches of their conversations, by its key."""
    long: dict[str, list[int]] = {}
    for number, one in enumerate(decided):
        if is_long(one.shown.context):
            long.setdefault(one.conversation_key, []).append(number)
    placed: dict[int, Placed] = {}
    branches: dict[str, list[Context]] = {}
    for key, numbers in long.items():
        theirs, branches[key] = place_all([decided[number].shown.context for number in numbers])
        placed.update(zip(numbers, theirs, strict=True))
    return placed, branches


class _Writer:
    """Collects the rows of a file by table, parents first."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._is_sample = batch.kind == "sample"
        self._source = "sample" if self._is_sample else "imported"
        self._mine = {"account_id": batch.account_id}
        self._tables = (ConversationRow, ContextPart, CompletionRow, ComparisonRow, VerdictRow, VerdictRevision)
        self._rows: dict[type, list[dict[str, Any]]] = {table: [] for table in self._tables}

    def conversation(self, found: FoundComparison, branches: Sequence[Context]) -> str:
        conversation_id = new_id()
        asked = next((turn.content for turn in found.context if turn.role == "user"), "")
        self._add(
            ConversationRow,
            conversation_id=conversation_id,
            import_id=self._batch.import_id,
            source=self._source,
            title=asked[:200],
            turns=[] if is_long(found.context) else context_as_json(found.context),
            created_at=now(),
        )
        self._rows[ContextPart] += contexts.parts(conversation_id, branches)
        return conversation_id

    def comparison(self, one: Decided, conversation_id: str, placed: Placed) -> None:
        comparison_id, shown, value = new_id(), one.shown, one.shown.verdict.value
        self._add(
            ComparisonRow,
            comparison_id=comparison_id,
            conversation_id=conversation_id,
            seq=one.seq,
            source=self._source,
            is_sample=self._is_sample,
            context=context_as_json(placed.beside),
            branch=placed.branch,
            earlier=placed.earlier,
            first_id=self._completion(shown.first, shown.first_model, one.noted[0]),
            second_id=self._completion(shown.second, shown.second_model, one.noted[1]),
            side_seed=one.side_seed,
            pair_sha256=one.pair_sha256,
            language=noted.language(shown.context),
            equal_answers=False,  # the reader skips such rows
            decided=True,
            created_at=now(),
        )
        given = {"comparison_id": comparison_id, "value": value, "revision": 1, "milliseconds": None, "given_at": now()}
        self._add(VerdictRow, imported=True, **given)
        self._add(VerdictRevision, revision_id=new_id(), **given)

    def flush(self, session: Session) -> None:
        rows = {str(table.__tablename__): self._rows[table] for table in self._tables}
        stored.note(session, self._batch.account_id, rows)
        for table in self._tables:
            if self._rows[table]:
                session.connection().execute(sa.insert(table), self._rows[table])
                self._rows[table] = []

    def _completion(self, completion: Completion, model: str, notes: Mapping[str, Any]) -> str:
        completion_id = new_id()
        self._add(
            CompletionRow,
            completion_id=completion_id,
            state="ready",
            text=completion.text,
            lead_in=context_as_json(completion.lead_in),
            model=model,
            style="",
            sampling={},
            failure="",
            created_at=now(),
            **notes,
        )
        return completion_id

    def _add(self, table: type, **values: Any) -> None:
        self._rows[table].append({**self._mine, **values})
