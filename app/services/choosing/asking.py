"""Asking: a prompt to which two answers are to be written, the next turn after the one that was chosen, and answers asked for again."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.choices.naming_itself import EQUAL_ANSWERS
from app.domain.choices.preference import Verdict, first_is_left
from app.domain.errors import ChangedMeanwhile, TooLarge
from app.domain.texts.conversation import Turn, context_as_json, digest
from app.domain.transcripts.text import kept_turn
from app.storage.choosing import answers, comparisons, imports, stopped
from app.storage.choosing.comparisons import Found
from app.storage.choosing.contexts import Whole
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.tables import ComparisonRow, CompletionRow, ConversationRow, now
from app.storage.working import job_requests

LARGEST_SEED = 2**63
MOST_TURNS = 59
"""Of a conversation that goes on here, its last question among them: a model is sent as many (answering.py)."""


def ask(
    session: Session, account_id: str, text: str, *, models: tuple[str, str], styles: tuple[str, str], seed: int
) -> str:
    """Stores a typed prompt, asks for two answers to it in the background, and gives the comparison's id.

    Raises BadInput or TooLarge for a text that cannot be used. Costs two model calls, made by a worker.
    """
    turn = kept_turn(Turn("user", text))
    accounts.lock(session, account_id)
    conversation = ConversationRow(
        account_id=account_id, source="typed", title=turn.content[:200], turns=context_as_json([turn])
    )
    comparisons.add_all(session, [conversation])
    return _ask(session, account_id, conversation.conversation_id, [turn], models, styles, seed)


def go_on(
    session: Session,
    account_id: str,
    comparison_id: str,
    text: str,
    *,
    models: tuple[str, str],
    styles: tuple[str, str],
    seed: int,
) -> str:
    """Stores the next turn after the answer that was chosen to a typed prompt, asks for two answers to it, and gives the new comparison's id.

    The answer that was not chosen stays with its comparison, and is in no later context. Raises NotFound, ChangedMeanwhile where neither
    answer is chosen now, TooLarge past `MOST_TURNS`, and as `ask`. Costs two model calls, made by a worker.
    """
    turn = kept_turn(Turn("user", text))
    accounts.lock(session, account_id)
    found = comparisons.find(session, account_id, comparison_id)
    verdict = Verdict(found.verdict.value) if found.verdict else None
    if verdict is None or not verdict.is_choice or found.row.source != "typed":
        raise ChangedMeanwhile("A conversation goes on with the answer you chose. Choose one first.")
    chosen = found.first if verdict is Verdict.FIRST else found.second
    context = [*Whole(session).of(found.row), Turn("assistant", chosen.text), turn]
    if len(context) > MOST_TURNS:
        raise TooLarge(f"This conversation has the {MOST_TURNS} turns it can have here. Ask something new.")
    return _ask(session, account_id, found.row.conversation_id, context, models, styles, seed)


def can_go_on(session: Session, account_id: str, comparison_id: str) -> bool:
    """Whether one of the answers to a typed prompt was chosen, and nothing asked after it yet. Raises NotFound."""
    found = comparisons.find(session, account_id, comparison_id)
    is_chosen = found.verdict is not None and Verdict(found.verdict.value).is_choice
    return found.row.source == "typed" and is_chosen and not comparisons.is_continued(session, found)


def _ask(
    session: Session,
    account_id: str,
    conversation_id: str,
    context: Sequence[Turn],
    models: tuple[str, str],
    styles: tuple[str, str],
    seed: int,
) -> str:
    side_seed = abs(seed) % LARGEST_SEED
    moment = now()
    one, other = (
        CompletionRow(account_id=account_id, state="pending", model=model, style=style, created_at=moment)
        for model, style in zip(models, styles, strict=True)
    )
    first, second = (one, other) if first_is_left(side_seed) else (other, one)
    seq = comparisons.last_seq(session, account_id) + 1
    row = ComparisonRow(
        account_id=account_id,
        conversation_id=conversation_id,
        seq=seq,
        source="typed",
        context=context_as_json(context),
        first_id=first.completion_id,
        second_id=second.completion_id,
        side_seed=side_seed,
        # The answers are not there yet; asking the same twice is meant to give two comparisons.
        pair_sha256=digest("typed", conversation_id, str(seq)),
    )
    # In the order of the sides: no order of rows, and no time, may tell whose answer is whose before the verdict.
    comparisons.add_all(session, [first, second, row])
    job_requests.ask_for(session, "answers", row.comparison_id, account_id)
    return row.comparison_id


def retry(session: Session, account_id: str, comparison_id: str) -> None:
    """Asks again for the answers that failed, or for both where they were stopped and not judged; does nothing where none was. Raises
    NotFound.

    Where others of the same work are still being written, its worker looks for these before it ends.
    """
    kind, subject_id = _work_on(session, comparisons.find(session, account_id, comparison_id))
    job_requests.lock(session, kind, subject_id)
    accounts.lock(session, account_id)
    session.expire_all()
    found = comparisons.find(session, account_id, comparison_id)
    failed = [row for row in (found.first, found.second) if row.state == "failed"]
    if not failed and not (found.row.stopped and found.verdict is None):
        return
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


def _work_on(session: Session, found: Found) -> tuple[str, str]:
    """Kind and subject of the work that writes its answers."""
    import_id = comparisons.import_of(session, found.row.conversation_id)
    if found.row.source == "alternative" and import_id and not imports.is_stopped(session, import_id):
        return "alternatives", import_id
    return "answers", found.row.comparison_id
