"""Pasted conversations: shown before anything is stored, and taken in with an alternative to each answer.

An import is one transaction: it is stored with all its rows or not at all.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Sequence

from app.adapters.reading_apart import parent
from app.adapters.reading_apart.parent import Limits
from app.domain.conversation import Context, Turn, context_as_json, digest
from app.domain.errors import BadInput, NothingUsable
from app.domain.long_contexts import is_long, place
from app.domain.preference import first_is_left
from app.domain.storable_text import plain
from app.domain.transcripts.found import side_seed
from app.domain.transcripts.pasted_text import PastedConversation, read_conversation
from app.domain.transcripts.text import MOST_TURNS, clean_name, kept_turn
from app.services.importing.reports import ImportReport
from app.storage import accounts, comparisons, contexts, imports, job_requests
from app.storage.database import Session
from app.storage.tables import ComparisonRow, CompletionRow, ContextPart, ConversationRow


def preview_conversation(text: str) -> PastedConversation:
    """What is recognised in a pasted conversation; stores nothing. Raises BadInput or TooLarge."""
    return read_conversation(text)


def read_apart(text: str, limits: Limits) -> PastedConversation:
    """As `preview_conversation`, in a process of its own. Raises TooLarge over one of its limits too."""
    return parent.read_pasted(text, limits)


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

    Each answer and its alternative make a comparison once a worker has written it: one model call an answer. An answer that
    was brought in before, whoever wrote its alternative, is not asked about again. Raises BadInput where no answer follows
    a question.
    """
    kept = _usable(turns)
    accounts.lock(session, account_id)
    content = json.dumps(context_as_json(kept), ensure_ascii=False)
    title = next(turn.content for turn in kept if turn.role == "user")[:200]
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
        turns=[] if is_long(kept) else context_as_json(kept),
    )
    known = comparisons.known_digests(session, account_id)
    seq = comparisons.last_seq(session, account_id)
    rows: list[comparisons.Row] = [conversation]
    if is_long(kept):
        # Every context is the beginning of the one branch that the conversation itself is.
        rows += [ContextPart(**part) for part in contexts.parts(conversation.conversation_id, [kept])]
    added = 0
    positions = answers_in(kept)
    for position in positions:
        turn, context = kept[position], kept[:position]
        seen = [Turn(each.role, plain(each.content)) for each in context]
        identity = digest("alternative", context_as_json(seen), plain(turn.content))
        if identity in known:
            continue
        known.add(identity)
        added += 1
        original = CompletionRow(account_id=account_id, text=turn.content)
        alternative = CompletionRow(account_id=account_id, state="pending", model=model, style=style)
        own_seed = side_seed(digest(seed, identity), keep_first=None)
        first, second = (original, alternative) if first_is_left(own_seed) else (alternative, original)
        placed = place(context)
        comparison = ComparisonRow(
            account_id=account_id,
            conversation_id=conversation.conversation_id,
            seq=seq + added,
            source="alternative",
            context=context_as_json(placed.beside),
            branch=placed.branch,
            earlier=placed.earlier,
            first_id=first.completion_id,
            second_id=second.completion_id,
            side_seed=own_seed,
            pair_sha256=identity,
        )
        alternative.created_at = original.created_at
        rows += [first, second, comparison]
    if added:
        comparisons.add_all(session, rows)
        job_requests.ask_for(session, "alternatives", batch.import_id)
    else:
        batch.state = "done"
    outcome = ImportReport(batch.import_id, len(positions), added, len(positions) - added, [], batch.kind)
    imports.report(session, batch, outcome.as_document())
    return outcome


def _usable(turns: Sequence[Turn]) -> Context:
    if len(turns) > MOST_TURNS:
        raise BadInput(f"The conversation has {len(turns):,} turns; at most {MOST_TURNS:,} are taken.")
    kept = tuple(kept_turn(turn) for turn in turns)
    if not answers_in(kept):
        raise NothingUsable("The conversation has no answer that follows a question, so there is nothing to compare.")
    return kept
