"""Comparisons and verdicts: what to choose between next, choosing, changing one's mind. Asking for answers is in `asking`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.choices.preference import Verdict
from app.domain.errors import AnswersMissing, ChangedMeanwhile
from app.domain.texts.conversation import Context
from app.domain.texts.long_contexts import TURNS_A_PART
from app.storage.choosing import comparisons, contexts, counting, decided, noted, stopped, teaching, verdicts
from app.storage.choosing.comparisons import Found
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.tables import CompletionRow
from app.storage.working import job_requests

MOST_MILLISECONDS = 24 * 60 * 60 * 1000
MOST_FAILED_SHOWN = 5
TURNS_SHOWN = TURNS_A_PART
"""How many of the turns before the question a comparison is shown with; `earlier_turns` gives the rest."""


@dataclass(frozen=True)
class AnswerView:
    """One answer as it is shown before the verdict: its text and the turns that led to it, nothing of its origin.

    While either answer is missing, both have the state and the failure of the comparison and no text, but what had come of both where
    they were stopped: which of the two came
    first, or failed, tells whose it is as soon as one model is known to be slow or down.
    """

    text: str
    lead_in: Context
    state: str
    failure: str


@dataclass(frozen=True)
class RevealView:
    """Who wrote what, told after the verdict; "" where the source did not say. `names_model_*`: the answer said so itself.
    `left_out`: why the choice teaches nothing of manner (domain/flaws), or ""."""

    model_first: str
    model_second: str
    style_first: str
    style_second: str
    names_model_first: bool
    names_model_second: bool
    left_out: str


@dataclass(frozen=True)
class ComparisonView:
    """A comparison as its page shows it. `state` is ready, pending or failed; `reveal` is None before the verdict.

    `context` is the question and at most twenty turns before it; `earlier` turns came before those and are not in it.
    `revision` counts what was done to its verdict so far and is sent back with the next one. `stopped`: both answers were stopped while
    they were being written, and have the same length.
    """

    comparison_id: str
    seq: int
    source: str
    is_sample: bool
    state: str
    context: Context
    earlier: int
    first: AnswerView
    second: AnswerView
    verdict: Verdict | None
    revision: int
    reveal: RevealView | None
    stopped: bool = False


@dataclass(frozen=True)
class TurnsView:
    """Some turns of a comparison's context, the oldest first, and how many it has in all."""

    turns: Context
    total: int


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
    whose answers are being written, comparisons whose answers failed, and of the choices those that are left out since they
    teach nothing of manner."""

    choices: int
    verdicts: int
    waiting: int
    pending: int
    failed: int
    left_out: int = 0

    @property
    def teaching(self) -> int:
        """Choices that a persona is written from."""
        return self.choices - self.left_out


NOTHING_YET = ProgressView(choices=0, verdicts=0, waiting=0, pending=0, failed=0)


@dataclass(frozen=True)
class ChoiceView:
    """One line of the list of verdicts. `left_out`: why the choice teaches nothing of manner (domain/flaws), or ""; `grade`: how sure it is
    that it was chosen elsewhere, A to E, or ""."""

    comparison_id: str
    seq: int
    question: str
    verdict: Verdict
    source: str
    is_sample: bool
    given_at: datetime
    left_out: str
    grade: str = ""


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


def oldest_waiting(session: Session, account_id: str) -> tuple[str, bool] | None:
    """The id of the oldest comparison that has both answers and no verdict, and whether it came with the product."""
    return comparisons.oldest_waiting(session, account_id)


def comparison(session: Session, account_id: str, comparison_id: str) -> ComparisonView:
    """One comparison of the account. Raises NotFound."""
    return _view(session, comparisons.find(session, account_id, comparison_id))


def turns(session: Session, account_id: str, comparison_id: str, offset: int, limit: int = TURNS_SHOWN) -> TurnsView:
    """`limit` turns of the comparison's context from number `offset` on; reads those and no others. Raises NotFound."""
    stored = contexts.find(session, account_id, comparison_id)
    return TurnsView(contexts.some(session, stored, offset, offset + limit), contexts.length(stored))


def give_verdict(
    session: Session,
    account_id: str,
    comparison_id: str,
    value: Verdict,
    milliseconds: int | None,
    revision: int | None = None,
    shown: int | None = None,
) -> VerdictView:
    """Stores the verdict, or changes it. Giving the same again changes nothing, however often it is sent.

    `milliseconds` is the time from showing both answers to the verdict. `revision` is what the page showed; a page that
    shows an older one gets ChangedMeanwhile. Raises NotFound, and AnswersMissing while an answer is missing.

    `shown`: the answers were being written, and so many characters of both were there. From 200 on the verdict stands on those: the
    writing stops, and the rest of both is left out, also where it came meanwhile.
    """
    if shown is not None:
        job_requests.lock(session, job_requests.AWAITED, comparison_id)
    accounts.lock(session, account_id)
    if shown is not None:
        found = comparisons.find(session, account_id, comparison_id)
        if found.verdict is None and found.row.source == "typed":
            milliseconds = None  # of a page whose answers still grow: when they were there to be read is not known
            stopped.judge_at(session, found, shown)
    stands = verdicts.standing(session, account_id, comparison_id, value)
    if (stands.first_state, stands.second_state) != ("ready", "ready"):
        raise AnswersMissing("Both answers must be there before you choose. Wait for them, or try again if one failed.")
    if stands.value == value and stands.given_at:
        return VerdictView(comparison_id, value, stands.revision, stands.given_at)
    if revision is not None and revision != stands.revision:
        raise ChangedMeanwhile(
            "This choice was changed after the page was loaded. Load it again to see where it stands."
        )
    plausible = _plausible(milliseconds)
    number, given_at = verdicts.give(session, account_id, comparison_id, stands, value, plausible)
    return VerdictView(comparison_id, value, number, given_at)


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
    found = counting.counts(session, account_id)
    left_out = teaching.left_out(session, account_id)
    return ProgressView(found.choices, found.verdicts, found.waiting, found.pending, found.failed, left_out)


def list_choices(
    session: Session, account_id: str, offset: int = 0, limit: int = 50, before: tuple[datetime, int] | None = None
) -> list[ChoiceView]:
    """The verdicts, newest first; at most 500 at a time. With `before` (`given_at`, `seq` of a line) those after it, so
    that verdicts given meanwhile shift nothing."""
    page = decided.newest_first(session, account_id, min(max(offset, 0), 10**9), min(max(limit, 0), 500), before)
    return [
        ChoiceView(
            comparison_id=line.comparison_id,
            seq=line.seq,
            question=line.question,
            verdict=line.verdict,
            source=line.source,
            is_sample=line.is_sample,
            given_at=line.given_at,
            left_out=line.left_out,
            grade=line.grade,
        )
        for line in page
    ]


def _plausible(milliseconds: int | None) -> int | None:
    """A browser's clock is not worth refusing a verdict for: what no clock can mean is kept as unknown."""
    if milliseconds is None or not 0 <= milliseconds <= MOST_MILLISECONDS:
        return None
    return milliseconds


def _view(session: Session, found: Found) -> ComparisonView:
    given = found.verdict
    total = contexts.length(found.row)
    before = max(0, total - 1 - TURNS_SHOWN)
    context = contexts.some(session, found.row, before, total)
    return ComparisonView(
        comparison_id=found.row.comparison_id,
        seq=found.row.seq,
        source=found.row.source,
        is_sample=found.row.is_sample,
        state=found.state,
        context=context,
        earlier=before,
        first=_answer(found, found.first),
        second=_answer(found, found.second),
        verdict=Verdict(given.value) if given else None,
        revision=given.revision if given else comparisons.revision(session, found.row.comparison_id),
        reveal=_reveal(found) if given else None,
        stopped=found.row.stopped,
    )


def _reveal(found: Found) -> RevealView:
    first, second = found.first, found.second
    left_out = noted.left_out(found.verdict.value, first.flaws, second.flaws) if found.verdict else ""
    return RevealView(
        first.model, second.model, first.style, second.style, first.names_model, second.names_model, left_out
    )


def _answer(found: Found, row: CompletionRow) -> AnswerView:
    lead_in = comparisons.completion(row).lead_in
    if found.state == "ready":
        return AnswerView(row.text, lead_in, row.state, row.failure)
    # Of two failures the one that the alphabet puts first: which side it came from is no part of the rule.
    failure = min((each.failure for each in (found.first, found.second) if each.state == "failed"), default="")
    # Of answers that were stopped both have the same length, whoever was behind.
    return AnswerView(row.draft if found.row.stopped else "", lead_in, found.state, failure)
