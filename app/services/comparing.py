"""Comparisons and verdicts: what to choose between next, choosing, changing one's mind, and asking for two answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.conversation import Context, Turn, context_as_json, digest, question_of
from app.domain.errors import AnswersMissing, ChangedMeanwhile
from app.domain.preference import Verdict, first_is_left
from app.domain.transcripts.text import kept_turn
from app.storage import accounts, answers, comparisons, job_requests, verdicts
from app.storage.comparisons import Found
from app.storage.database import Session
from app.storage.tables import ComparisonRow, CompletionRow, ConversationRow, VerdictRow, now

MOST_MILLISECONDS = 24 * 60 * 60 * 1000
MOST_FAILED_SHOWN = 5
LARGEST_SEED = 2**63


@dataclass(frozen=True)
class AnswerView:
    """One answer as it is shown before the verdict: its text and the turns that led to it, nothing of its origin.

    While either answer is missing, both have the state and the failure of the comparison and no text: which of the two came
    first, or failed, tells whose it is as soon as one model is known to be slow or down.
    """

    text: str
    lead_in: Context
    state: str
    failure: str


@dataclass(frozen=True)
class RevealView:
    """Who wrote what, told after the verdict; "" where the source did not say."""

    model_first: str
    model_second: str
    style_first: str
    style_second: str


@dataclass(frozen=True)
class ComparisonView:
    """A comparison as its page shows it. `state` is ready, pending or failed; `reveal` is None before the verdict.

    `revision` counts what was done to its verdict so far and is sent back with the next one.
    """

    comparison_id: str
    seq: int
    source: str
    is_sample: bool
    state: str
    context: Context
    first: AnswerView
    second: AnswerView
    verdict: Verdict | None
    revision: int
    reveal: RevealView | None


@dataclass(frozen=True)
class VerdictView:
    """The verdict that counts now."""

    comparison_id: str
    value: Verdict
    revision: int
    given_at: datetime


@dataclass(frozen=True)
class ProgressView:
    """Counts of an account: choices (first or second), verdicts of any kind, comparisons waiting for one, comparisons
    whose answers are being written, and comparisons whose answers failed."""

    choices: int
    verdicts: int
    waiting: int
    pending: int
    failed: int


@dataclass(frozen=True)
class ChoiceView:
    """One line of the list of verdicts."""

    comparison_id: str
    seq: int
    question: str
    verdict: Verdict
    source: str
    is_sample: bool
    given_at: datetime


def next_comparison(session: Session, account_id: str, after: str | None = None) -> ComparisonView | None:
    """The oldest comparison that has both answers and no verdict, or None.

    With `after` (a comparison's id) the next one past it, then from the start again, but never that one itself: what a
    page loads ahead. Raises NotFound where `after` is not the account's.
    """
    passed = comparisons.find(session, account_id, after).row.seq if after else 0
    found = comparisons.next_waiting(session, account_id, passed)
    if found is None and after:
        found = comparisons.next_waiting(session, account_id)
    if found is None or found.row.comparison_id == after:
        return None
    return _view(session, found)


def comparison(session: Session, account_id: str, comparison_id: str) -> ComparisonView:
    """One comparison of the account. Raises NotFound."""
    return _view(session, comparisons.find(session, account_id, comparison_id))


def give_verdict(
    session: Session,
    account_id: str,
    comparison_id: str,
    value: Verdict,
    milliseconds: int | None,
    revision: int | None = None,
) -> VerdictView:
    """Stores the verdict, or changes it. Giving the same again changes nothing, however often it is sent.

    `milliseconds` is the time from showing both answers to the verdict. `revision` is what the page showed; a page that
    shows an older one gets ChangedMeanwhile. Raises NotFound, and AnswersMissing while an answer is missing.
    """
    accounts.lock(session, account_id)
    found = comparisons.find(session, account_id, comparison_id)
    if found.state != "ready":
        raise AnswersMissing("Both answers must be there before you choose. Wait for them, or try again if one failed.")
    now_given = verdicts.current(session, comparison_id)
    if now_given is None or now_given.value != value.value:
        _refuse_stale(session, comparison_id, revision)
        now_given = verdicts.give(session, account_id, comparison_id, value, _plausible(milliseconds))
    return _verdict_view(now_given)


def undo_verdict(session: Session, account_id: str, comparison_id: str) -> None:
    """Takes the verdict back, so that the comparison waits again; undoing twice is no error. Raises NotFound."""
    accounts.lock(session, account_id)
    comparisons.find(session, account_id, comparison_id)
    given = verdicts.current(session, comparison_id)
    if given:
        verdicts.take_back(session, given)


def last_verdict(session: Session, account_id: str) -> str | None:
    """The comparison that Undo is about: the one the person chose on last. Imported verdicts do not count."""
    return verdicts.last_given(session, account_id)


def failed(session: Session, account_id: str) -> list[ComparisonView]:
    """The newest comparisons, at most five, that miss an answer which could not be written."""
    return [_view(session, found) for found in comparisons.failed(session, account_id, MOST_FAILED_SHOWN)]


def progress(session: Session, account_id: str) -> ProgressView:
    """How far the account is."""
    found = comparisons.counts(session, account_id)
    return ProgressView(found.choices, found.verdicts, found.waiting, found.pending, found.failed)


def list_choices(
    session: Session, account_id: str, offset: int = 0, limit: int = 50, before: tuple[datetime, int] | None = None
) -> list[ChoiceView]:
    """The verdicts, newest first; at most 500 at a time. With `before` (`given_at`, `seq` of a line) those after it, so
    that verdicts given meanwhile shift nothing."""
    page = comparisons.decided(session, account_id, min(max(offset, 0), 10**9), min(max(limit, 0), 500), before)
    return [
        ChoiceView(
            comparison_id=found.row.comparison_id,
            seq=found.row.seq,
            question=question_of(found.comparison.context),
            verdict=Verdict(found.verdict.value),
            source=found.row.source,
            is_sample=found.row.is_sample,
            given_at=found.verdict.given_at,
        )
        for found in page
        if found.verdict
    ]


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
    job_requests.ask_for(session, "answers", row.comparison_id)
    return row.comparison_id


def retry(session: Session, account_id: str, comparison_id: str) -> None:
    """Asks again for the answers that failed; does nothing where none did. Raises NotFound.

    Where others of the same work are still being written, its worker looks for these before it ends.
    """
    accounts.lock(session, account_id)
    found = comparisons.find(session, account_id, comparison_id)
    failed = [row for row in (found.first, found.second) if row.state == "failed"]
    if not failed:
        return
    import_id = comparisons.import_of(session, found.row.conversation_id)
    kind, subject_id = "answers", comparison_id
    if found.row.source == "alternative" and import_id:
        kind, subject_id = "alternatives", import_id
    job_requests.lock(session, kind, subject_id)
    is_live = answers.are_pending(session, kind, subject_id)
    for row in failed:
        row.state, row.failure = "pending", ""
        session.add(row)
    if not is_live:
        job_requests.ask_for(session, kind, subject_id)


def _refuse_stale(session: Session, comparison_id: str, revision: int | None) -> None:
    if revision is not None and revision != comparisons.revision(session, comparison_id):
        raise ChangedMeanwhile(
            "This choice was changed after the page was loaded. Load it again to see where it stands."
        )


def _plausible(milliseconds: int | None) -> int | None:
    """A browser's clock is not worth refusing a verdict for: what no clock can mean is kept as unknown."""
    if milliseconds is None or not 0 <= milliseconds <= MOST_MILLISECONDS:
        return None
    return milliseconds


def _view(session: Session, found: Found) -> ComparisonView:
    given = found.verdict
    return ComparisonView(
        comparison_id=found.row.comparison_id,
        seq=found.row.seq,
        source=found.row.source,
        is_sample=found.row.is_sample,
        state=found.state,
        context=found.comparison.context,
        first=_answer(found, found.first),
        second=_answer(found, found.second),
        verdict=Verdict(given.value) if given else None,
        revision=comparisons.revision(session, found.row.comparison_id),
        reveal=RevealView(found.first.model, found.second.model, found.first.style, found.second.style)
        if given
        else None,
    )


def _answer(found: Found, row: CompletionRow) -> AnswerView:
    lead_in = comparisons.completion(row).lead_in
    if found.state == "ready":
        return AnswerView(row.text, lead_in, row.state, row.failure)
    # Of two failures the one that the alphabet puts first: which side it came from is no part of the rule.
    failure = min((each.failure for each in (found.first, found.second) if each.state == "failed"), default="")
    return AnswerView("", lead_in, found.state, failure)


def _verdict_view(row: VerdictRow) -> VerdictView:
    return VerdictView(row.comparison_id, Verdict(row.value), row.revision, row.given_at)
