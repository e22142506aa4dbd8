"""Exports of long conversations: whole contexts, and no two of them in memory at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest

from app.domain.export.order import Wanted
from app.domain.export.record import ExportedVerdict
from app.services.exporting import exporting
from app.services.importing import files
from app.services.people import consenting
from app.storage.database import Database, Session
from app.storage.exporting import exports
from tests.builders import an_account, choices


def _a_participant(database: Database) -> str:
    with database.writing() as session:
        account_id = an_account(session)
        choices(session, account_id, 3)
        for scope in ("choices", "texts"):
            consenting.set_consent(session, account_id, scope, True)
    return account_id


def test_long_contexts_are_exported_whole_and_one_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = _a_participant(database)
    given = [
        [{"role": "assistant" if n % 2 else "user", "content": f"{text} {n}"} for n in range(length)]
        for text, length in (("a", 31), ("a", 41), ("b", 31), ("c", 1))
    ]
    lines = [json.dumps({"context": each, "chosen": "Yes.", "rejected": "No."}) for each in given]
    with database.writing() as session:
        files.import_pairs(session, account_id, "mine.jsonl", files.read_pairs("\n".join(lines).encode()))
    taken: list[int] = []
    real = exports.consented_verdicts

    def counted(session: Session, wanted: Sequence[Wanted]) -> Iterator[ExportedVerdict]:
        found = list(real(session, wanted))
        taken.append(sum(len(each.context) > 20 for each in found))
        yield from found

    monkeypatch.setattr(exports, "consented_verdicts", counted)

    prompts = [
        row["prompt"] for row in map(json.loads, exporting.export_rows(database, file_format="trl", requested_by=None))
    ]

    assert len(prompts) == 7
    assert [each for each in given if each not in prompts] == []
    assert sum(taken) == 3
    assert max(taken) == 1
