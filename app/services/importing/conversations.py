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
from app.domain.choices.preference import first_is_left
from app.domain.errors import BadInput, NothingUsable
from app.domain.texts.conversation import Context, Turn, context_as_json, digest, digests_of_answers
from app.domain.texts.long_contexts import is_long, place
from app.domain.texts.storable_text import plain
from app.domain.transcripts.found import side_seed
from app.domain.transcripts.pasted.text import PastedConversation, read_conversation
from app.domain.transcripts.text import MOST_TURNS, clean_name, kept_turn
from app.services.importing.reports import ImportReport
from app.storage.choosing import comparisons, contexts, imports
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.tables import ComparisonRow, CompletionRow, ContextPart, ConversationRow
from app.storage.working import job_requests


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


def new_answers(session: Session, account_id: str, turns: Sequence[Turn]) -> list[tuple[int, str]]:
    """Position and identity of each answer that has no alternative here yet, in order, whoever would write it."""
    known = comparisons.known_digests(session, account_id)
    found: dict[str, int] = {}
    seen = tuple(Turn(each.role, plain(each.content)) for each in turns)
    positions = answers_in(turns)
    for position, identity in zip(positions, digests_of_answers("alternative", seen, positions), strict=True):
        if identity not in known:
            found.setdefault(identity, position)
    return [(position, identity) for identity, position in found.items()]


def import_conversation(
    session: Session,
    account_id: str,
    turns: Sequence[Turn],
    *,
    model: str,
    style: str,
    seed: int,
    answers: int,
    most: int,
) -> ImportReport:
    """Stores a conversation and asks for alternatives by `model` in `style` to the last `answers` of its new answers: as
    many as the person has said yes to.

    Each answer and its alternative make a comparison once a worker has written it: one model call an answer. An answer that
    was brought in before, whoever wrote its alternative, is not asked about again. Raises BadInput where no answer follows
    a question, and where more than `most` would be ordered.
    """
    kept = usable(turns)
    accounts.lock(session, account_id)
    new = new_answers(session, account_id, kept)
    ordered = new[-answers:] if answers > 0 else []
    if len(ordered) > most:
        raise BadInput(
            f"One import orders at most {most:,} answers here, and this would order {len(ordered):,}. Nothing was stored or "
            f"ordered. Order the most recent {most:,}; import it again for those before them."
        )
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
    seq = comparisons.last_seq(session, account_id)
    rows: list[comparisons.Row] = [conversation]
    if is_long(kept):
        # Every context is the beginning of the one branch that the conversation itself is.
        rows += [ContextPart(**part) for part in contexts.parts(conversation.conversation_id, [kept])]
    for added, (position, identity) in enumerate(ordered, start=1):
        turn, context = kept[position], kept[:position]
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
    if ordered:
        comparisons.add_all(session, rows)
        job_requests.ask_for(session, "alternatives", batch.import_id, account_id)
    else:
        batch.state = "done"
    left = len(new) - len(ordered)
    found = len(answers_in(kept)) - left
    outcome = ImportReport(
        batch.import_id, found, len(ordered), found - len(ordered), [], batch.kind, notes=_notes(left)
    )
    imports.report(session, batch, outcome.as_document())
    return outcome


def _notes(left: int) -> tuple[str, ...]:
    if not left:
        return ()
    were = "1 answer before them was" if left == 1 else f"{left:,} answers before them were"
    return (f"{were} not ordered. Import the conversation again to order more of them.",)


def usable(turns: Sequence[Turn]) -> Context:
    """The turns as they are kept. Raises BadInput where there are too many, or no answer follows a question."""
    if len(turns) > MOST_TURNS:
        raise BadInput(f"The conversation has {len(turns):,} turns; at most {MOST_TURNS:,} are taken.")
    kept = tuple(kept_turn(turn) for turn in turns)
    if not answers_in(kept):
        raise NothingUsable("The conversation has no answer that follows a question, so there is nothing to compare.")
    return kept
