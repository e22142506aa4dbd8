"""Asking: a prompt to which two answers are to be written, and answers that could not be written asked for again."""

from __future__ import annotations

from app.domain.choices.naming_itself import EQUAL_ANSWERS
from app.domain.choices.preference import first_is_left
from app.domain.texts.conversation import Turn, context_as_json, digest
from app.domain.transcripts.text import kept_turn
from app.storage.choosing import answers, comparisons, imports, stopped
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.tables import ComparisonRow, CompletionRow, ConversationRow, now
from app.storage.working import job_requests

LARGEST_SEED = 2**63


def ask(
    session: Session, account_id: str, text: str, *, models: tuple[str, str], styles: tuple[str, str], seed: int
) -> str:
    """Stores a typed prompt, asks for two answers to it in the background, and gives the comparison's id.

    Raises BadInput or TooLarge for a text that cannot be used. Costs two model calls, made by a worker.
    """
    turn = kept_turn(Turn("user", text))
    accounts.lock(session, account_id)
    side_seed = abs(seed) % LARGEST_SEED
    conversation = ConversationRow(
        account_id=account_id, source="typed", title=turn.content[:200], turns=context_as_json([turn])
    )
    moment = now()
    one, other = (
        CompletionRow(account_id=account_id, state="pending", model=model, style=style, created_at=moment)
        for model, style in zip(models, styles, strict=True)
    )
    first, second = (one, other) if first_is_left(side_seed) else (other, one)
    row = ComparisonRow(
        account_id=account_id,
        conversation_id=conversation.conversation_id,
        seq=comparisons.last_seq(session, account_id) + 1,
        source="typed",
        context=context_as_json([turn]),
        first_id=first.completion_id,
        second_id=second.completion_id,
        side_seed=side_seed,
        # The answers are not there yet; asking the same twice is meant to give two comparisons.
        pair_sha256=digest("typed", conversation.conversation_id),
    )
    # In the order of the sides: no order of rows, and no time, may tell whose answer is whose before the verdict.
    comparisons.add_all(session, [conversation, first, second, row])
    job_requests.ask_for(session, "answers", row.comparison_id, account_id)
    return row.comparison_id


def retry(session: Session, account_id: str, comparison_id: str) -> None:
    """Asks again for the answers that failed, or for both where they were stopped and not judged; does nothing where none was. Raises
    NotFound.

    Where others of the same work are still being written, its worker looks for these before it ends.
    """
    accounts.lock(session, account_id)
    found = comparisons.find(session, account_id, comparison_id)
    failed = [row for row in (found.first, found.second) if row.state == "failed"]
    if not failed and not (found.row.stopped and found.verdict is None):
        return
    import_id = comparisons.import_of(session, found.row.conversation_id)
    kind, subject_id = "answers", comparison_id
    if found.row.source == "alternative" and import_id and not imports.is_stopped(session, import_id):
        kind, subject_id = "alternatives", import_id
    job_requests.lock(session, kind, subject_id)
    is_live = answers.are_pending(session, kind, subject_id)
    if found.row.stopped:
        stopped.begin_anew(session, found)
        failed = []
    for row in failed:
        if row.failure == EQUAL_ANSWERS:
            comparisons.replace_answer(session, found.row, row)
        else:
            row.state, row.failure = "pending", ""
            session.add(row)
    if not is_live:
        job_requests.ask_for(session, kind, subject_id, account_id)
