"""Bringing choices in: sample histories, files of preferences, and pasted conversations.

An import is one transaction: it is stored with all its rows or not at all. What the account has already is counted, not
stored again.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.conversation import Context, Turn, context_as_json, digest
from app.domain.errors import BadInput, NotFound
from app.domain.preference import first_is_left
from app.domain.transcripts.detector import Read, read_preferences
from app.domain.transcripts.found import FoundComparison, side_seed
from app.domain.transcripts.pasted_text import read_conversation
from app.domain.transcripts.text import MOST_TURNS, clean_name, clean_turn
from app.storage import accounts, comparisons, imports, job_requests
from app.storage.database import Session
from app.storage.tables import ComparisonRow, CompletionRow, ConversationRow

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
MOST_SKIPS_KEPT = 100


@dataclass(frozen=True)
class SampleView:
    """A sample history that comes with the product; `n` is its number of choices."""

    name: str
    title: str
    description: str
    attribution: str
    licence: str
    n: int


@dataclass(frozen=True)
class PairsFile:
    """A file of preferences that was read: its comparisons, what they are known by, and the digest of its bytes."""

    read: Read
    identities: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class ImportReport:
    """What became of an import: comparisons found, added, and there already; `(where, why)` for each left out. `kind` is
    sample, pairs or conversation."""

    import_id: str
    found: int
    added: int
    doubled: int
    skipped: list[tuple[str, str]]
    kind: str = "pairs"


def samples() -> list[SampleView]:
    """The sample histories, in the order in which they are offered."""
    index = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
    return [SampleView(**entry) for entry in index]


def load_sample(session: Session, account_id: str, name: str) -> ImportReport:
    """Gives the account a sample history's choices, marked as samples for good. Raises NotFound for an unknown name."""
    sample = next((sample for sample in samples() if sample.name == name), None)
    if sample is None:
        raise NotFound("There is no sample history of that name.")
    pairs = read_pairs((SAMPLES / f"{name}.jsonl").read_bytes())
    return _import_decided(session, account_id, sample.title, pairs, kind="sample")


def read_pairs(data: bytes) -> PairsFile:
    """Reads a file of preferences (see domain/transcripts); stores nothing. Raises BadInput or TooLarge where no row can
    be used.

    A large file takes seconds, so it is read before the transaction that stores it.
    """
    read = read_preferences(data)
    return PairsFile(read, tuple(found.digest for found in read.comparisons), hashlib.sha256(data).hexdigest())


def import_pairs(session: Session, account_id: str, source_name: str, pairs: PairsFile) -> ImportReport:
    """Stores the choices of a file that was read, all or none; rows that could not be used are reported."""
    return _import_decided(session, account_id, clean_name(source_name), pairs, kind="pairs")


def report(session: Session, account_id: str, import_id: str) -> ImportReport:
    """The report of an earlier import as the person was shown it. Raises NotFound."""
    batch = imports.find(session, account_id, import_id)
    stored = batch.report
    skipped = [(where, why) for where, why in stored.get("skipped", [])]
    return ImportReport(batch.import_id, stored["found"], stored["added"], stored["doubled"], skipped, batch.kind)


def preview_conversation(text: str) -> list[Turn]:
    """The turns recognised in a pasted conversation; stores nothing. Raises BadInput or TooLarge."""
    return read_conversation(text)


def answers_in(turns: Sequence[Turn]) -> list[int]:
    """Where the answers stand that an import has another one written beside: the assistant's right after a question."""
    return [
        position
        for position, (before, turn) in enumerate(itertools.pairwise(turns), start=1)
        if turn.role == "assistant" and before.role == "user"
    ]


def import_conversation(
    session: Session, account_id: str, turns: Sequence[Turn], *, model: str, style: str, seed: int
) -> ImportReport:
    """Stores a conversation and asks, for each of its answers, for an alternative by `model` in `style`.

    Each answer and its alternative make a comparison once a worker has written it: one model call an answer. Raises
    BadInput where no answer follows a question.
    """
    cleaned = _usable(turns)
    accounts.lock(session, account_id)
    content = json.dumps(context_as_json(cleaned), ensure_ascii=False)
    title = next(turn.content for turn in cleaned if turn.role == "user")[:200]
    batch = imports.add(
        session,
        account_id=account_id,
        kind="conversation",
        state="working",
        source_name=clean_name(title),
        content_sha256=hashlib.sha256(content.encode()).hexdigest(),
    )
    conversation = ConversationRow(
        account_id=account_id,
        import_id=batch.import_id,
        source="alternative",
        title=title,
        turns=context_as_json(cleaned),
    )
    known = comparisons.known_digests(session, account_id)
    seq = comparisons.last_seq(session, account_id)
    rows: list[comparisons.Row] = [conversation]
    added = 0
    positions = answers_in(cleaned)
    for position in positions:
        turn, context = cleaned[position], cleaned[:position]
        identity = digest("alternative", context_as_json(context), turn.content, model, style)
        if identity in known:
            continue
        known.add(identity)
        added += 1
        original = CompletionRow(account_id=account_id, text=turn.content)
        alternative = CompletionRow(account_id=account_id, state="pending", model=model, style=style)
        own_seed = side_seed(digest(seed, identity), keep_first=None)
        first, second = (original, alternative) if first_is_left(own_seed) else (alternative, original)
        comparison = ComparisonRow(
            account_id=account_id,
            conversation_id=conversation.conversation_id,
            seq=seq + added,
            source="alternative",
            context=context_as_json(context),
            first_id=first.completion_id,
            second_id=second.completion_id,
            side_seed=own_seed,
            pair_sha256=identity,
        )
        rows += [original, alternative, comparison]
    if added:
        comparisons.add_all(session, rows)
        job_requests.ask_for(session, "alternatives", batch.import_id)
    else:
        batch.state = "done"
    outcome = ImportReport(batch.import_id, len(positions), added, len(positions) - added, [], batch.kind)
    imports.report(session, batch, _as_document(outcome))
    return outcome


def _usable(turns: Sequence[Turn]) -> Context:
    if len(turns) > MOST_TURNS:
        raise BadInput(f"The conversation has {len(turns):,} turns; at most {MOST_TURNS:,} are taken.")
    cleaned = tuple(clean_turn(turn) for turn in turns)
    if not answers_in(cleaned):
        raise BadInput("The conversation has no answer that follows a question, so there is nothing to compare.")
    return cleaned


def _import_decided(
    session: Session, account_id: str, source_name: str, pairs: PairsFile, *, kind: str
) -> ImportReport:
    accounts.lock(session, account_id)
    batch = imports.add(
        session,
        account_id=account_id,
        kind=kind,
        state="done",
        source_name=source_name,
        content_sha256=pairs.sha256,
    )
    known = comparisons.known_digests(session, account_id)
    seq = comparisons.last_seq(session, account_id)
    decided: list[imports.Decided] = []
    for found, identity in zip(pairs.read.comparisons, pairs.identities, strict=True):
        if identity not in known:
            known.add(identity)
            decided.append(_decided(found, identity, seq + len(decided) + 1))
    imports.add_decided(session, batch, decided)
    total, added = len(pairs.identities), len(decided)
    outcome = ImportReport(batch.import_id, total, added, total - added, list(pairs.read.skipped), kind)
    imports.report(session, batch, _as_document(outcome))
    return outcome


def _decided(found: FoundComparison, identity: str, seq: int) -> imports.Decided:
    """The comparison on its sides: as the file recorded them, else drawn.

    Its conversation is the file's own, else that of all comparisons which begin alike, so that no split parts
    comparisons of one question.
    """
    seed = side_seed(identity, keep_first=True if found.sides_known else None)
    return imports.Decided(
        shown=found if first_is_left(seed) else found.swapped(),
        conversation_key=found.conversation_key or digest(context_as_json(found.context[:1])),
        side_seed=seed,
        pair_sha256=identity,
        seq=seq,
    )


def _as_document(outcome: ImportReport) -> dict[str, object]:
    """The report as stored; of very many skipped rows the first hundred, and how many there were."""
    return {
        "found": outcome.found,
        "added": outcome.added,
        "doubled": outcome.doubled,
        "skipped": [list(each) for each in outcome.skipped[:MOST_SKIPS_KEPT]],
        "skipped_in_all": len(outcome.skipped),
    }
