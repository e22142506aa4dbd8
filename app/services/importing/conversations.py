"""Pasted conversations: shown before anything is stored, and taken in with an alternative to each answer.

An import is one transaction: it is stored with all its rows or not at all.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.adapters.reading_apart import parent
from app.adapters.reading_apart.parent import Limits
from app.domain.errors import BadInput, NothingUsable
from app.domain.texts.conversation import Context, Turn, context_as_json, digest, digests_of_answers
from app.domain.texts.long_contexts import place
from app.domain.texts.storable_text import plain
from app.domain.transcripts.found import side_seed
from app.domain.transcripts.pasted.text import PastedConversation, read_conversation
from app.domain.transcripts.text import MOST_TURNS, clean_name, kept_turn
from app.services.importing.reports import ImportReport
from app.storage.choosing import comparisons, imports
from app.storage.choosing.ordered import Ordered, add_ordered
from app.storage.database import Session
from app.storage.people import accounts
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


@dataclass(frozen=True, slots=True)
class Identified:
    """A conversation as it is kept, and position and identity of each of its answers that an import has another one written beside."""

    turns: Context
    answers: tuple[tuple[int, str], ...]


def identified(turns: Sequence[Turn]) -> Identified:
    """Worked out before the transaction, for it takes as long as the conversation, and on SQLite all others wait for whoever writes.
    Raises BadInput where there are too many turns."""
    if len(turns) > MOST_TURNS:
        raise BadInput(f"The conversation has {len(turns):,} turns; at most {MOST_TURNS:,} are taken.")
    kept = tuple(kept_turn(turn) for turn in turns)
    seen = tuple(Turn(each.role, plain(each.content)) for each in kept)
    positions = answers_in(kept)
    return Identified(kept, tuple(zip(positions, digests_of_answers("alternative", seen, positions), strict=True)))


def new_answers(session: Session, account_id: str, conversation: Identified) -> list[tuple[int, str]]:
    """Position and identity of each answer that has no alternative here yet, in order, whoever would write it."""
    known = comparisons.known_digests(session, account_id)
    found: dict[str, int] = {}
    for position, identity in conversation.answers:
        if identity not in known:
            found.setdefault(identity, position)
    return [(position, identity) for identity, position in found.items()]


def import_conversation(
    session: Session,
    account_id: str,
    conversation: Identified,
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
    if not conversation.answers:
        raise NothingUsable("The conversation has no answer that follows a question, so there is nothing to compare.")
    kept = conversation.turns
    accounts.lock(session, account_id)
    new = new_answers(session, account_id, conversation)
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
    placed = [
        Ordered(kept[at].content, place(kept[:at]), side_seed(digest(seed, identity), keep_first=None), identity)
        for at, identity in ordered
    ]
    if placed:
        add_ordered(session, batch, title, kept, placed, model=model, style=style)
        job_requests.ask_for(session, "alternatives", batch.import_id, account_id)
    else:
        batch.state = "done"
    left = len(new) - len(ordered)
    found = len(conversation.answers) - left
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
