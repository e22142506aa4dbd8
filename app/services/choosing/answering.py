"""Answers that a model writes for a person: the two to a typed prompt, and the alternatives to an imported conversation.

One answer is one model call. A person's comparison becomes ready as soon as its answers are stored.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

from app.domain.choices.answer_styles import style_text
from app.domain.errors import BudgetReached, ProblemError, RunCancelled
from app.domain.texts.conversation import Turn, digest
from app.induction.model.language_model import Answer, LanguageModel, Message, ModelFailure, ModelProfile, Prompt, Reply
from app.services.calling.awaiting import Awaited, Awaiting
from app.services.calling.drafts import Drafts
from app.services.calling.model_calls import MOST_SENT, MOST_TRIES
from app.storage.choosing import answers, imports
from app.storage.choosing.answers import PendingAnswer
from app.storage.database import Database, DatabaseBusy, Session
from app.storage.spending.ledger import DatabaseLedger, Spent, spent
from app.storage.working import job_requests
from app.storage.working.job_requests import Hold, TakenOver

log = logging.getLogger(__name__)


class Writer(LanguageModel, Protocol):
    """A language model that can tell its answers as they grow."""

    async def answer(self, prompts: Sequence[Prompt], awaiting: Awaiting | None = None) -> list[Answer]:
        """As LanguageModel; who awaits an answer is told it as it grows, and may leave."""
        ...


ModelFor = Callable[[str, DatabaseLedger, ModelProfile | None], Awaitable[Writer]]
"""Gives the language model of a name, paying from the ledger it is handed and asked as the profile says, or, without one,
as its habits have it. Raises ModelUnavailable where they cannot be learned."""
Remember = Callable[[Callable[[], list[str]]], Awaitable[list[str]]]
"""Looks something up once; a later execution of the same job is given the same list of ids."""

A_TURN = 32
"""Alternatives of one import that are written in one turn."""
MOST_TOKENS_A_TRY = 40_000
WARMTH = 0.7
MOST_TURNS = 60
"""Of its conversation that a model is sent for one answer, the newest: a library that reads hundreds for each call keeps
everybody's answers waiting."""
LONGEST_TOKENS, LONGEST_TOKENS_SMALL = 900, 320
BROKEN = "Something in the program went wrong while this answer was being written. Ask for it again."
INTERRUPTED = (
    "The worker stopped several times while this answer was being written. Ask for it again, or use another model."
)
EMPTY = "The model gave an empty answer. Ask for it again."


async def write_answers(database: Database, hold: Hold, model_for: ModelFor, remember: Remember) -> None:
    """Writes the pending answers of one comparison, a call each. What fails is marked with a sentence."""
    await _write(database, hold, model_for, remember)


async def write_alternatives(database: Database, hold: Hold, model_for: ModelFor, remember: Remember) -> None:
    """Writes the next pending alternatives of one import, a call each. What is left is put up for another turn, so that no
    long paste holds its person's, or a small machine's, place for hours; after the last the import is closed. Of one that
    its person has stopped, what is written or was under way is kept, and the rest dropped."""
    if wanted := await remember(lambda: _look_up(database, hold, A_TURN)):
        await _write_each(database, hold, model_for, wanted)
    with database.writing() as session:
        job_requests.check_held(session, hold)
        if imports.is_stopped(session, hold.subject_id):
            answers.close_stopped(session, hold.subject_id)
        if answers.are_pending(session, hold.kind, hold.subject_id):
            job_requests.put_up_again(session, hold)
        else:
            answers.close_import(session, hold.subject_id)


def give_up(database: Database, hold: Hold, reason: str = INTERRUPTED) -> None:
    """Marks what is still pending as failed, by default since it has stopped its worker too often. Raises TakenOver."""
    with database.writing() as session:
        job_requests.check_held(session, hold)
        _mark_failed(session, hold, reason)
        answers.close_import(session, hold.subject_id)


def answer_prompt(pending: PendingAnswer, profile: ModelProfile) -> Prompt:
    """The prompt for one answer: the style as system text, then the context, the oldest turns left out to fit.

    The seed comes from the completion, so that two answers to one context are two different calls.
    """
    most = LONGEST_TOKENS_SMALL if profile.small else LONGEST_TOKENS
    system = "\n\n".join(
        text for text in (*_contents(pending.context, "system"), style_text(pending.style)) if text.strip()
    )
    turns = [Message(turn.role, turn.content) for turn in pending.context if turn.role != "system"]
    head = [Message("system", system)] if system else []
    room = profile.slot_tokens - most - sum(message.estimated_tokens for message in head)
    seed = int(digest(pending.completion_id)[:7], 16)
    return Prompt((*head, *_newest(turns, room)), "answer", most, temperature=WARMTH, seed=seed)


def _newest(turns: Sequence[Message], room: int) -> Sequence[Message]:
    """As many of the newest turns as have room, in tokens, at most MOST_TURNS, and the last one always."""
    first = len(turns) - 1
    room -= turns[first].estimated_tokens
    while first and len(turns) - first < MOST_TURNS and turns[first - 1].estimated_tokens <= room:
        first -= 1
        room -= turns[first].estimated_tokens
    return turns[first:]


async def _write(database: Database, hold: Hold, model_for: ModelFor, remember: Remember) -> None:
    # Again until nothing waits: an answer that failed may be asked for again while others are being written.
    while wanted := await remember(lambda: _look_up(database, hold)):
        if not await _write_each(database, hold, model_for, wanted):
            return


async def _write_each(database: Database, hold: Hold, model_for: ModelFor, wanted: Sequence[str]) -> bool:
    """Writes these answers; False where that could not be carried through and what was pending is marked failed."""
    try:
        # In a thread: contexts may be long, and whoever else's answers are written here would wait.
        pending, used = await asyncio.to_thread(_read, database, hold, list(wanted))
        if not pending:
            return False
        by_model: dict[str, list[PendingAnswer]] = {}
        for completion_id in wanted:
            if completion_id in pending:
                by_model.setdefault(pending[completion_id].model, []).append(pending[completion_id])
        ledger = DatabaseLedger(
            database,
            hold,
            next(iter(pending.values())).account_id,
            budget_calls=used.calls + MOST_SENT * len(pending),
            budget_tokens=used.tokens + MOST_TRIES * len(pending) * MOST_TOKENS_A_TRY,
        )
        models = {name: await model_for(name, ledger, None) for name in by_model}
        if hold.kind == job_requests.AWAITED:
            await _write_awaited(database, hold, models, ledger, by_model)
            return True
        # One model after the other: a fixed order of calls is what lets a later execution find its place again.
        for name, asked in by_model.items():
            await _write_with(database, hold, models[name], ledger, asked)
    except (TakenOver, *DatabaseBusy):
        raise
    except RunCancelled:
        return False
    except Exception as problem:
        log.exception("answers for %s %s failed", hold.kind, hold.subject_id)
        _fail(database, hold, str(problem) if isinstance(problem, ProblemError) else BROKEN)
        return False
    return True


def _read(database: Database, hold: Hold, wanted: list[str]) -> tuple[dict[str, PendingAnswer], Spent]:
    with database.reading() as session:
        pending = {each.completion_id: each for each in answers.by_ids(session, wanted)}
        return pending, spent(session, hold.subject_id)


async def _write_awaited(
    database: Database,
    hold: Hold,
    models: Mapping[str, Writer],
    ledger: DatabaseLedger,
    asked: Mapping[str, Sequence[PendingAnswer]],
) -> None:
    """Both answers at once, and what has come of them is kept as they grow. Two models have one call each, which are begun in the
    order of their sides, so a later execution finds its place again here too."""
    drafts = Drafts(database, hold, [each.completion_id for batch in asked.values() for each in batch])
    async with drafts.kept():
        writing = (_write_with(database, hold, models[name], ledger, asked[name], drafts) for name in asked)
        ends = await asyncio.gather(*writing, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end


async def _write_with(
    database: Database,
    hold: Hold,
    model: Writer,
    ledger: DatabaseLedger,
    asked: Sequence[PendingAnswer],
    drafts: Drafts | None = None,
) -> None:
    size = max(1, model.profile.parallel)
    for start in range(0, len(asked), size):
        batch = asked[start : start + size]
        prompts = [answer_prompt(each, model.profile) for each in batch]
        awaiting = _awaiting(drafts, batch, prompts) if drafts else None
        try:
            _keep(database, hold, zip(batch, await model.answer(prompts, awaiting), strict=True))
        except (RunCancelled, BudgetReached):
            # No further call is sent; those that were under way have been paid for.
            paid = ((each, ledger.committed(prompt.digest)) for each, prompt in zip(batch, prompts, strict=True))
            _keep(database, hold, [(each, reply) for each, reply in paid if reply])
            raise


def _awaiting(drafts: Drafts, batch: Sequence[PendingAnswer], prompts: Sequence[Prompt]) -> dict[str, Awaited]:
    return {prompt.digest: drafts.awaited[each.completion_id] for each, prompt in zip(batch, prompts, strict=True)}


def _keep(database: Database, hold: Hold, written: Iterable[tuple[PendingAnswer, Answer]]) -> None:
    with database.writing() as session:
        job_requests.check_held(session, hold)
        for pending, answer in written:
            _store(session, pending, answer)


def _store(session: Session, pending: PendingAnswer, answer: Answer) -> None:
    if isinstance(answer, Reply) and answer.text.strip():
        answers.save_answer(session, pending, answer.text.strip())
    else:
        reason = answer.reason if isinstance(answer, ModelFailure) else EMPTY
        answers.mark_failed(session, pending.completion_id, reason)


def _look_up(database: Database, hold: Hold, most: int | None = None) -> list[str]:
    with database.reading() as session:
        return answers.pending_ids(session, hold.kind, hold.subject_id, most)


def _fail(database: Database, hold: Hold, reason: str) -> None:
    with database.writing() as session:
        job_requests.check_held(session, hold)
        _mark_failed(session, hold, reason)


def _mark_failed(session: Session, hold: Hold, reason: str) -> None:
    for completion_id in answers.pending_ids(session, hold.kind, hold.subject_id):
        answers.mark_failed(session, completion_id, reason)


def _contents(context: Sequence[Turn], role: str) -> list[str]:
    return [turn.content for turn in context if turn.role == role]
