"""An account with a row in every table that an account can have rows in."""

from __future__ import annotations

import json

from app.domain.people.signing import Identity
from app.services import repeating
from app.services.choosing import asking
from app.services.importing import files
from app.services.importing.bringing import found, taking
from app.services.importing.bringing.taking import Wanted
from app.services.people import consenting, entering, recovering
from app.services.repeating import KeptReply
from app.storage.database import Session
from app.storage.tables import ExportRow, JudgementRow, LedgerEntry, ModelCall, RunEvent, SpendCounter
from app.storage.working import job_requests, personas
from tests.builders import a_document, a_run, an_archive, choices


def fill(session: Session, account_id: str, identity: Identity | None = None) -> None:
    """One row at least in every table that an account can have rows in."""
    pairs = choices(session, account_id, 5)
    files.load_sample(session, account_id, "mt-bench-judge")
    turns = [{"role": "assistant" if number % 2 else "user", "content": f"Turn {number}."} for number in range(31)]
    long = json.dumps({"context": turns, "chosen": "Yes.", "rejected": "No."}).encode()
    files.import_pairs(session, account_id, "long.jsonl", files.read_pairs(long))
    asking.ask(session, account_id, "Sky?", models=("a", "b"), styles=("", ""), seed=1)
    repeating.keep_reply(session, account_id, "key", "0" * 64, KeptReply(201, "/", {}))
    consenting.set_consent(session, account_id, "choices", True)
    recovering.make_words(session, account_id)
    if identity:
        entering.link(session, account_id, "university", identity)
    entering.begin(session, "university", return_to="/", purpose="link", account_id=account_id)
    archive_id = an_archive(session, account_id)
    found.tick_all(session, account_id, archive_id, ticked=True)
    taking.take(session, account_id, archive_id, Wanted(words=frozenset({0})))
    run = a_run(session, account_id)
    job_requests.ask_for(session, "induce", run.run_id, account_id)
    personas.save_persona(session, run, a_document(pairs), "prompt")
    session.add(RunEvent(run_id=run.run_id, seq=1, stage="reading", done=1, total=1))
    session.add(ModelCall(scope_id=run.run_id, account_id=account_id, digest="d", purpose="judge"))
    session.add(
        LedgerEntry(
            scope_id=run.run_id,
            account_id=account_id,
            digest="d",
            attempt=1,
            model="m",
            purpose="judge",
            prompt_tokens=1,
            completion_tokens=1,
        )
    )
    session.add(SpendCounter(period="2026-11-27", subject=f"account:{account_id}"))
    session.add(ExportRow(file_format="trl", requested_by=account_id))
    session.add(JudgementRow(run_id=run.run_id, pair_id=pairs[0], condition="plain"))
    session.flush()
