"""Answers that a model writes for a person: the two to a typed prompt, and the alternatives to an imported conversation.

One answer is one model call. A person's comparison becomes ready as soon as its answers are stored.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from app.domain.choices.answer_styles import style_text
from app.domain.errors import BudgetReached, ModelUnavailable, ProblemError, RunCancelled
from app.domain.model_standing import ANSWERED, FAILED
from app.domain.texts.conversation import Turn, digest
from app.induction.model.language_model import Answer, LanguageModel, Message, ModelFailure, ModelProfile, Prompt, Reply
from app.services.calling.awaiting import NOBODY_WAITS, Awaited, Awaiting
from app.services.calling.drafts import Drafts
from app.services.calling.model_calls import MOST_SENT, MOST_TRIES
from app.services.calling.swapping import TRIES, Others, Swapping, nobody
from app.storage.choosing import answers, imports
from app.storage.choosing.answers import PendingAnswer
from app.storage.database import Database, DatabaseBusy, Session
from app.storage.spending.ledger import DatabaseLedger, Spent, spent
from app.storage.working import job_requests, model_standings
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


async def write_answers(
    database: Database, hold: Hold, model_for: ModelFor, remember: Remember, others: Others = nobody
) -> None:
    """Writes the pending answers of one comparison, a call each. What fails on the first turn is written by one of the `others`, once;
    what fails else is marked with a sentence."""
    # Again until nothing waits: an answer may have been swapped, or asked for again while others were being written.
    while wanted := await remember(lambda: _look_up(database, hold)):
        if not await _write_each(database, hold, model_for, wanted, Swapping(others)):
            return


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

    The seed comes from the completion, so that two answers to one context are two different calls, and so are the one that failed and
    the one in its place.
    """
    most = LONGEST_TOKENS_SMALL if profile.small else LONGEST_TOKENS
    system = "\n\n".join(
        text for text in (*_contents(pending.context, "system"), style_text(pending.style)) if text.strip()
    )
    turns = [Message(turn.role, turn.content) for turn in pending.context if turn.role != "system"]
    head = [Message("system", system)] if system else []
    room = profile.slot_tokens - most - sum(message.estimated_tokens for message in head)
    seed = int(digest(pending.completion_id, *([pending.model] if pending.is_swapped else []))[:7], 16)
    return Prompt((*head, *_newest(turns, room)), "answer", most, temperature=WARMTH, seed=seed)


def _newest(turns: Sequence[Message], room: int) -> Sequence[Message]:
    """As many of the newest turns as have room, in tokens, at most MOST_TURNS, and the last one always."""
    first = len(turns) - 1
    room -= turns[first].estimated_tokens
    while first and len(turns) - first < MOST_TURNS and turns[first - 1].estimated_tokens <= room:
        first -= 1
        room -= turns[first].estimated_tokens
    return turns[first:]


async def _write_each(
    database: Database, hold: Hold, model_for: ModelFor, wanted: Sequence[str], swapping: Swapping | None = None
) -> bool:
    """Writes these answers; False where that could not be carried through and what was pending is marked failed."""
    try:
        # In a thread: contexts may be long, and whoever else's answers are written here would wait.
        pending, used = await asyncio.to_thread(_read, database, hold, list(wanted))
        if not pending:
            return False
        by_model: dict[str, list[PendingAnswer]] = {}
        for each in pending.values():
            by_model.setdefault(each.model, []).append(each)
        ledger = DatabaseLedger(
            database,
            hold,
            next(iter(pending.values())).account_id,
            budget_calls=used.calls + MOST_SENT * len(pending),
            budget_tokens=used.tokens + MOST_TRIES * len(pending) * MOST_TOKENS_A_TRY,
        )
        if swapping:
            await _write_awaited(database, hold, model_for, ledger, by_model, swapping)
            return True
        models = {name: await model_for(name, ledger, None) for name in by_model}
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
    """What is wanted, in its order, to be written by whom it was to be when it was looked up."""
    with database.reading() as session:
        found = {
            each.completion_id: each for each in answers.by_ids(session, [line.partition("\n")[0] for line in wanted])
        }
        used = spent(session, hold.subject_id)
    pending = {}
    for line in wanted:
        completion_id, *writer = line.split("\n")
        if completion_id in found:
            pending[completion_id] = _as_looked_up(found[completion_id], writer)
    return pending, used


def _as_looked_up(pending: PendingAnswer, writer: list[str]) -> PendingAnswer:
    if writer in ([], [pending.model, pending.style]):
        return pending
    return replace(pending, model=writer[0], style=writer[1], is_swapped=False)


async def _write_awaited(
    database: Database,
    hold: Hold,
    model_for: ModelFor,
    ledger: DatabaseLedger,
    asked: Mapping[str, Sequence[PendingAnswer]],
    swapping: Swapping,
) -> None:
    """Both answers at once, and what has come of them is kept as they grow. Two models have one call each, which are begun in the
    order of their sides, so a later execution finds its place again here too. What failed is swapped or settled once both have ended."""
    models = {}
    for name, batch in asked.items():
        try:
            models[name] = await model_for(name, ledger, None)
        except ModelUnavailable as fault:
            _keep(database, hold, [(each, ModelFailure(str(fault))) for each in batch], swapping)
    batches = [asked[name] for name in models]
    drafts = Drafts(database, hold, [each.completion_id for batch in batches for each in batch])
    for batch in batches:
        for each in batch:
            drafts.awaited[each.completion_id].tries = TRIES if swapping.takes(each) else 0
    async with drafts.kept():
        writing = (_write_with(database, hold, models[name], ledger, asked[name], drafts, swapping) for name in models)
        ends = await asyncio.gather(*writing, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end
    swapping.settle(database, hold)


async def _write_with(
    database: Database,
    hold: Hold,
    model: Writer,
    ledger: DatabaseLedger,
    asked: Sequence[PendingAnswer],
    drafts: Drafts | None = None,
    swapping: Swapping | None = None,
) -> None:
    size = max(1, model.profile.parallel)
    for start in range(0, len(asked), size):
        batch = asked[start : start + size]
        prompts = [answer_prompt(each, model.profile) for each in batch]
        awaiting = _awaiting(drafts, batch, prompts) if drafts else None
        try:
            written = zip(batch, await model.answer(prompts, awaiting), strict=True)
            _keep(database, hold, list(written), swapping)
        except (RunCancelled, BudgetReached):
            # No further call is sent; those that were under way have been paid for.
            paid = ((each, ledger.committed(prompt.digest)) for each, prompt in zip(batch, prompts, strict=True))
            _keep(database, hold, [(each, reply) for each, reply in paid if reply])
            raise


def _awaiting(drafts: Drafts, batch: Sequence[PendingAnswer], prompts: Sequence[Prompt]) -> dict[str, Awaited]:
    return {prompt.digest: drafts.awaited[each.completion_id] for each, prompt in zip(batch, prompts, strict=True)}


def _keep(
    database: Database, hold: Hold, written: Sequence[tuple[PendingAnswer, Answer]], swapping: Swapping | None = None
) -> None:
    with database.writing() as session:
        job_requests.check_held(session, hold)
        by = answers.written_by(session, [pending.completion_id for pending, _ in written])
        for pending, answer in written:
            # A later execution comes by what an earlier one has swapped already.
            if by.get(pending.completion_id) == (pending.model, pending.style):
                _store(session, pending, answer, swapping)
        resting = model_standings.note(session, _ends(written))
    for model in resting:
        log.warning("%s failed too many of its last calls and leaves the draw for ten minutes", model)


def _store(session: Session, pending: PendingAnswer, answer: Answer, swapping: Swapping | None) -> None:
    if isinstance(answer, Reply) and answer.text.strip():
        answers.save_answer(session, pending, answer.text.strip())
        return
    reason = answer.reason if isinstance(answer, ModelFailure) else EMPTY
    if swapping and swapping.takes(pending):
        swapping.failed.append((pending, reason))
    else:
        answers.mark_failed(session, pending.completion_id, reason)


def _ends(written: Iterable[tuple[PendingAnswer, Answer]]) -> list[tuple[str, str]]:
    """How each call ended; one that was ended here says nothing of its model."""
    return [
        (pending.model, FAILED if isinstance(answer, ModelFailure) else ANSWERED)
        for pending, answer in written
        if not (isinstance(answer, ModelFailure) and answer.reason == NOBODY_WAITS)
    ]


def _look_up(database: Database, hold: Hold, most: int | None = None) -> list[str]:
    """The answers that wait; of those to a prompt also by whom they are to be written, for that may change while they wait."""
    with database.reading() as session:
        wanted = answers.pending_ids(session, hold.kind, hold.subject_id, most)
        if hold.kind != job_requests.AWAITED:
            return wanted
        by = answers.written_by(session, wanted)
        return ["\n".join((each, *by[each])) for each in wanted]


def _fail(database: Database, hold: Hold, reason: str) -> None:
    with database.writing() as session:
        job_requests.check_held(session, hold)
        _mark_failed(session, hold, reason)


def _mark_failed(session: Session, hold: Hold, reason: str) -> None:
    for completion_id in answers.pending_ids(session, hold.kind, hold.subject_id):
        answers.mark_failed(session, completion_id, reason)


def _contents(context: Sequence[Turn], role: str) -> list[str]:
    return [turn.content for turn in context if turn.role == role]
