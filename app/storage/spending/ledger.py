"""The cost ledger and the committed replies of one scope (an induction run, an import or a comparison).

Every try at a call is an entry: reserved at its worst case before it is sent, settled at its true cost after. An entry
that stays reserved was in flight when its worker died and counts in full, as does a failed try, for what a provider
charged for it is unknown. A try that the provider's rate limit refused counts as a call without tokens. A reply and its
settlement are one transaction; the first reply committed for a call stays.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.domain.errors import BudgetReached, RunCancelled, SpendingRefused
from app.domain.spending import NO_CAPS, Caps, Counted, believed, day_of
from app.domain.texts.storable_text import storable
from app.induction.model.language_model import Reply, Usage
from app.storage.choosing.imports import is_stopped
from app.storage.database import Database
from app.storage.spending.spending import Amount, CapReached, add, check_switch, correct, note_use, tell_reached
from app.storage.tables import Account, InductionRun, LedgerEntry, ModelCall, new_id, now
from app.storage.working.job_requests import Hold, check_held, lock

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Spent:
    """What a scope has used so far, reservations included."""

    calls: int
    tokens: int


def spent(session: Session, scope_id: str) -> Spent:
    """Calls and tokens on the ledger of a scope: settled at their true cost, all others at their reservation."""
    calls, tokens = session.exec(
        select(sa.func.count(), sa.func.coalesce(sa.func.sum(_TOKENS), 0)).where(col(LedgerEntry.scope_id) == scope_id)
    ).one()
    return Spent(calls, int(tokens))


class DatabaseLedger:
    """The ledger of one scope for the execution that holds it. Each method is one transaction of its own.

    With `reuse_of`, the name of a model, the account's earlier replies of that model to the same call count as committed:
    a run over one choice more asks only what is new.
    """

    def __init__(
        self,
        database: Database,
        hold: Hold,
        account_id: str,
        *,
        budget_calls: int,
        budget_tokens: int,
        reuse_of: str = "",
        caps: Caps = NO_CAPS,
    ) -> None:
        self._database = database
        self._hold = hold
        self._scope_id = hold.subject_id
        self.account_id = account_id
        self._budget_calls = budget_calls
        self._budget_tokens = budget_tokens
        self._reuse_of = reuse_of
        self.caps = caps
        """What the site, and each of its people, may spend; set by the worker before the first call."""

    @property
    def kind(self) -> str:
        """The kind of job that pays from it."""
        return self._hold.kind

    def committed(self, digest: str) -> Reply | None:
        """The reply this call already has, in this scope or, where replies are reused, the first one in any other."""
        mine = select(ModelCall.reply).where(col(ModelCall.scope_id) == self._scope_id, col(ModelCall.digest) == digest)
        with self._database.reading() as session:
            row = session.exec(mine).first()
            if row is None and self._reuse_of:
                row = session.exec(self._earlier(digest)).first()
        return None if row is None else reply_from_json(row)

    def _earlier(self, digest: str) -> SelectOfScalar[Mapping[Any, Any]]:
        paid = sa.and_(
            col(LedgerEntry.scope_id) == col(ModelCall.scope_id),
            col(LedgerEntry.digest) == col(ModelCall.digest),
            col(LedgerEntry.state) == "answered",
            col(LedgerEntry.model) == self._reuse_of,
        )
        return (
            select(ModelCall.reply)
            .join(LedgerEntry, paid)
            .where(col(ModelCall.account_id) == self.account_id, col(ModelCall.digest) == digest)
            .order_by(col(ModelCall.at), col(ModelCall.call_id))
        )

    def reserve(
        self, digest: str, attempt: int, purpose: str, model: str, prompt_tokens: int, completion_tokens: int
    ) -> None:
        """Writes the entry unless it would pass a budget or a cap. Raises BudgetReached (SpendingRefused for a cap and for
        the switch), RunCancelled, or TakenOver where another worker holds the scope by now; in each case nothing is
        written and nothing may be sent."""
        price, at = self.caps.price_of(model), now()
        amount = Amount(1, prompt_tokens + completion_tokens, price.micros(prompt_tokens, completion_tokens))
        try:
            with self._database.writing() as session:
                counters = [] if price.is_own else self._counters(session, at)
                lines = self._reserve(
                    session, digest, attempt, purpose, model, prompt_tokens, completion_tokens, at, amount, counters
                )
        except CapReached as reached:
            tell_reached(self._database, reached.counted)
            raise SpendingRefused(reached.counted.refusal) from reached
        for line in lines:
            log.warning("%s", line)

    def _counters(self, session: Session, at: datetime) -> Sequence[Counted]:
        came_from = session.exec(select(Account.came_from).where(Account.account_id == self.account_id)).first()
        import_id = self._scope_id if self.kind == "alternatives" else ""
        return self.caps.counted(at, self.account_id, came_from or "", import_id)

    def _reserve(
        self,
        session: Session,
        digest: str,
        attempt: int,
        purpose: str,
        model: str,
        prompt_tokens: int,
        completion_tokens: int,
        at: datetime,
        amount: Amount,
        counters: Sequence[Counted],
    ) -> list[str]:
        # The lock first, then one statement that looks and writes: on Postgres the statement's own snapshot must
        # begin after the lock, or two parallel reservations would not see each other.
        check_held(session, self._hold)
        cancelled = session.exec(
            select(InductionRun.cancel_asked).where(col(InductionRun.run_id) == self._scope_id)
        ).first()
        if cancelled:
            raise RunCancelled("You stopped this run. What it had learned so far is kept.")
        if self.kind == "alternatives" and is_stopped(session, self._scope_id):
            raise RunCancelled("You stopped this import. What was written is kept.")
        if counters:
            check_switch(session)
        values = {
            "entry_id": new_id(),
            "scope_id": self._scope_id,
            "account_id": self.account_id,
            "digest": digest,
            "attempt": attempt,
            "model": model,
            "purpose": purpose,
            "state": "reserved",
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "reason": "",
            "at": at,
            "micros": amount.micros,
            "counted": [{"period": each.period, "subject": each.subject} for each in counters],
        }
        columns = sa.inspect(LedgerEntry).local_table.c
        mine = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(_TOKENS), 0).label("tokens")).where(
            col(LedgerEntry.scope_id) == self._scope_id
        )
        used = mine.subquery("used")
        row = sa.select(*(sa.bindparam(name, value, columns[name].type) for name, value in values.items())).where(
            used.c[0] + 1 <= self._budget_calls,
            used.c.tokens + prompt_tokens + completion_tokens <= self._budget_tokens,
        )
        written = sa.insert(LedgerEntry).from_select(list(values), row).returning(columns["entry_id"])
        if session.connection().execute(written).first() is None:
            raise BudgetReached(
                f"The limit of {self._budget_calls:,} calls or {self._budget_tokens:,} tokens is reached; "
                "no further call was sent."
            )
        note_use(session, day_of(at), model, purpose, amount)
        # Last, for all others wait for the site's counters until this transaction ends.
        return add(session, counters, amount)

    def settle(self, digest: str, attempt: int, purpose: str, reply: Reply) -> None:
        """Commits the reply and its true cost together. A reply that is there already stays, whoever sent it."""
        with self._database.writing() as session:
            lock(session, self._hold.kind, self._hold.subject_id)
            insert = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
            session.connection().execute(
                insert(ModelCall)
                .values(
                    call_id=new_id(),
                    scope_id=self._scope_id,
                    account_id=self.account_id,
                    digest=digest,
                    purpose=purpose,
                    reply=reply_as_json(reply),
                    at=now(),
                )
                .on_conflict_do_nothing(index_elements=["scope_id", "digest"])
            )
            self._change(session, digest, attempt, {"state": "answered"}, reply.usage)

    def fail(
        self, digest: str, attempt: int, reason: str, *, is_charged: bool = True, is_unusable: bool = False
    ) -> None:
        """Marks a try as failed. It stays counted as a call, and with the tokens of its reservation unless the provider
        refused it unread and charges nothing."""
        with self._database.writing() as session:
            lock(session, self._hold.kind, self._hold.subject_id)
            used = None if is_charged else Usage()
            self._change(session, digest, attempt, {"state": "failed", "reason": reason[:300]}, used)

    def attempts(self, digest: str) -> int:
        """Tries on the ledger for this call, so that the next one takes the number after them."""
        return self._count(digest)

    def left_in_flight(self, digest: str) -> int:
        """Tries whose worker died before an answer came; asked before a new try, so none of them is our own."""
        return self._count(digest, "reserved")

    def last_failure(self, digest: str) -> str:
        """Why the newest failed try failed; "" where none did."""
        with self._database.reading() as session:
            reason = session.exec(
                select(LedgerEntry.reason)
                .where(*self._call(digest), col(LedgerEntry.state) == "failed")
                .order_by(col(LedgerEntry.attempt).desc())
            ).first()
        return reason or ""

    def _count(self, digest: str, state: str = "") -> int:
        where = [*self._call(digest), *([col(LedgerEntry.state) == state] if state else [])]
        with self._database.reading() as session:
            return session.exec(select(sa.func.count()).select_from(LedgerEntry).where(*where)).one()

    def _call(self, digest: str) -> tuple[Any, Any]:
        return col(LedgerEntry.scope_id) == self._scope_id, col(LedgerEntry.digest) == digest

    def _change(self, session: Session, digest: str, attempt: int, values: dict[str, Any], used: Usage | None) -> None:
        """Ends a try. What it used takes the place of its reservation, on the entry and in every counter, unless it is not
        known or cannot be true; nothing at all is believed of a try that failed unread."""
        tried = select(LedgerEntry).where(*self._call(digest), col(LedgerEntry.attempt) == attempt)
        entry = session.exec(tried.with_for_update()).first()
        if entry is None:
            return
        is_free = values["state"] == "failed"
        if used is not None and (
            is_free
            or believed(used.prompt_tokens, used.completion_tokens, entry.prompt_tokens, entry.completion_tokens)
        ):
            micros = self.caps.price_of(entry.model).micros(used.prompt_tokens, used.completion_tokens)
            less = used.prompt_tokens + used.completion_tokens - entry.prompt_tokens - entry.completion_tokens
            difference = Amount(0, less, micros - entry.micros)
            values |= {
                "prompt_tokens": used.prompt_tokens,
                "completion_tokens": used.completion_tokens,
                "micros": micros,
            }
            note_use(session, day_of(entry.at), entry.model, entry.purpose, difference)
            correct(session, entry.counted, difference)
        session.connection().execute(
            sa.update(LedgerEntry).where(col(LedgerEntry.entry_id) == entry.entry_id).values(**values)
        )


def reply_as_json(reply: Reply) -> dict[str, Any]:
    """The reply as it is stored."""
    return {
        "text": storable(reply.text),
        "prompt_tokens": reply.usage.prompt_tokens,
        "completion_tokens": reply.usage.completion_tokens,
        "label_logprobs": dict(reply.label_logprobs),
    }


def reply_from_json(row: Mapping[str, Any]) -> Reply:
    """The inverse of `reply_as_json`."""
    usage = Usage(row["prompt_tokens"], row["completion_tokens"])
    return Reply(text=row["text"], usage=usage, label_logprobs=row["label_logprobs"])


_TOKENS = col(LedgerEntry.prompt_tokens) + col(LedgerEntry.completion_tokens)
