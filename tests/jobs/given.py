"""What the tests of background work start from: an account with choices, a run asked for, and what became of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.services.inducing import inducing
from app.storage.database import Database
from app.storage.tables import (
    Account,
    ComparisonRow,
    CompletionRow,
    ConversationRow,
    ImportBatch,
    InductionRun,
    LedgerEntry,
    ModelCall,
    PersonaRow,
    RunEvent,
    VerdictRow,
    new_id,
)
from app.storage.working import runs
from tests.jobs.processes import Model

Row = TypeVar("Row")

PARALLEL = 4
"""Calls a worker of these tests has in flight at most."""
SUBJECTS = ("tea", "rain", "maps", "bread", "chess", "rivers", "paint", "clocks")


def account_with_choices(database: Database, choices: int = 12, *, subject: str = "") -> str:
    """A new account that has chosen the brief answer of each comparison; gives its id."""
    account = Account(code=new_id()[:12])
    with database.writing() as session:
        session.add(account)
        session.flush()
        for seq in range(1, choices + 1):
            _choice(session, account.account_id, seq, subject or f"{SUBJECTS[seq % len(SUBJECTS)]} number {seq}")
    return account.account_id


def _choice(session: sa.orm.Session, account_id: str, seq: int, subject: str) -> None:
    context = [{"role": "user", "content": f"Tell me about {subject}."}]
    conversation = ConversationRow(account_id=account_id, source="imported", turns=context)
    brief = CompletionRow(account_id=account_id, text=f"In short: {subject} is worth knowing.")
    long = CompletionRow(account_id=account_id, text=f"There is much to say about {subject}. " * 5)
    session.add_all([conversation, brief, long])
    session.flush()
    first, second = (brief, long) if seq % 2 else (long, brief)
    comparison = ComparisonRow(
        account_id=account_id,
        conversation_id=conversation.conversation_id,
        seq=seq,
        source="imported",
        context=context,
        first_id=first.completion_id,
        second_id=second.completion_id,
        side_seed=seq,
        pair_sha256=f"{seq:064d}",
        decided=True,
    )
    session.add(comparison)
    session.flush()
    verdict = VerdictRow(
        comparison_id=comparison.comparison_id, account_id=account_id, value="first" if seq % 2 else "second"
    )
    session.add(verdict)


def start(database: Database, account_id: str, *, calls: int = 400, tokens: int = 1_000_000) -> str:
    """Asks for a run of the default recipe on a hosted model; gives its id."""
    with database.writing() as session:
        return inducing.start_run(
            session,
            account_id,
            model="openai/stand-in",
            recipe="paper-lean",
            seed=7,
            budget_calls=calls,
            budget_tokens=tokens,
        )


def run_of(database: Database, run_id: str) -> InductionRun:
    return _rows(database, select(InductionRun).where(col(InductionRun.run_id) == run_id))[0]


def is_over(database: Database, run_id: str) -> bool:
    return run_of(database, run_id).state not in ("queued", "running")


def replies(database: Database, run_id: str) -> dict[str, ModelCall]:
    """The committed replies of a run by digest."""
    rows = _rows(database, select(ModelCall).where(col(ModelCall.scope_id) == run_id))
    return {row.digest: row for row in rows}


def ledger(database: Database, run_id: str) -> list[LedgerEntry]:
    return _rows(database, select(LedgerEntry).where(col(LedgerEntry.scope_id) == run_id))


def personas(database: Database, run_id: str) -> list[PersonaRow]:
    return _rows(database, select(PersonaRow).where(col(PersonaRow.run_id) == run_id))


def events(database: Database, run_id: str) -> list[RunEvent]:
    return _rows(database, select(RunEvent).where(col(RunEvent.run_id) == run_id).order_by(col(RunEvent.seq)))


def _rows(database: Database, query: SelectOfScalar[Row]) -> list[Row]:
    with database.reading() as session:
        found = list(session.exec(query))
        session.expunge_all()
    return found


def verdict_count(database: Database, account_id: str) -> int:
    with database.reading() as session:
        rows = select(sa.func.count()).select_from(VerdictRow).where(col(VerdictRow.account_id) == account_id)
        return session.exec(rows).one()


def check_paid_once(database: Database, run_id: str, model: Model, *, deaths: int, paused: bool = False) -> None:
    """No call was sent after its reply was committed; repeats stay within the calls in flight at the deaths; the
    ledger has an entry for everything the model saw. A worker that was paused between reserving and sending cannot
    know better when it wakes up: only its calls in flight may come late."""
    calls = model.calls()
    committed = replies(database, run_id)
    late = [call for call in calls if call["arrived_at"] > committed[call["user"]].at.timestamp()]
    assert len(late) <= (PARALLEL if paused else 0)
    sent = Counter(call["user"] for call in calls)
    assert sum(sent.values()) <= len(sent) + deaths * PARALLEL
    entries = ledger(database, run_id)
    assert Counter(entry.digest for entry in entries) >= sent
    assert len([entry for entry in entries if entry.state == "reserved"]) <= deaths * PARALLEL


def workers_log(folder: Path) -> str:
    return (folder / "workers.log").read_text()


def summary(database: Database, run_id: str, model: Model) -> str:
    """What a run cost, in a line."""
    sent = Counter(call["user"] for call in model.calls())
    entries = Counter(entry.state for entry in ledger(database, run_id))
    return (
        f"{len(sent)} distinct calls, {sum(sent.values())} sent, {len(replies(database, run_id))} replies committed, "
        f"ledger {dict(entries)}"
    )


def snapshot_texts(database: Database, run_id: str) -> list[tuple[str, str, str]]:
    """Id, chosen and rejected text of a run's pairs, as its worker would load them."""
    with database.reading() as session:
        pairs = runs.snapshot_pairs(session, session.get_one(InductionRun, run_id))
    return [(pair.pair_id, pair.chosen.text, pair.rejected.text) for pair in pairs]


def turn_every_choice(database: Database, account_id: str) -> None:
    """The person changes every verdict to the other side."""
    with database.writing() as session:
        for row in session.exec(select(VerdictRow).where(col(VerdictRow.account_id) == account_id)):
            row.value = "second" if row.value == "first" else "first"
            session.add(row)


def executors(database: Database) -> dict[str, int]:
    """How many runs each worker is carrying out, as the job engine on Postgres has it."""
    with database.reading() as session:
        try:
            rows = session.connection().execute(
                sa.text("select executor_id, count(*) from dbos.workflow_status where status = 'PENDING' group by 1")
            )
            return {row[0]: row[1] for row in rows}
        except sa.exc.ProgrammingError:  # no worker has made the engine's tables yet
            return {}


def fewest_runs(database: Database) -> int:
    """How many runs the less busy of two workers has; 0 while one has none."""
    shared = executors(database)
    return min(shared.values()) if len(shared) == 2 else 0


def pending_answers(database: Database, account_id: str) -> int:
    return len(_answers(database, account_id, "pending"))


def failed_answers(database: Database, account_id: str) -> list[str]:
    """Why answers of the account failed."""
    return [row.failure for row in _answers(database, account_id, "failed")]


def import_state(database: Database, import_id: str) -> str:
    return _rows(database, select(ImportBatch).where(col(ImportBatch.import_id) == import_id))[0].state


def _answers(database: Database, account_id: str, state: str) -> list[CompletionRow]:
    mine = select(CompletionRow).where(col(CompletionRow.account_id) == account_id)
    return _rows(database, mine.where(col(CompletionRow.state) == state))


def cut_connections(database: Database) -> None:
    """Postgres ends every session but the one that asks, as a restart of the server would."""
    with database.reading() as session:
        session.connection().execute(
            sa.text(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and datname = current_database()"
            )
        )
