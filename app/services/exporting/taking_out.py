"""Taking one's data home: everything an account holds, as one JSON file.

Left out: archives that still wait for their person's word; tokens (only their digests are kept), and the raw replies of the model and what each call cost, which are kept
for the job engine; what they said stands in the answers, personas and reports. Of a pair that has no verdict yet, the
answers' texts are here as on its page, and nothing else of theirs: names, ids, times and failures may tell whose they are.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from app.domain.errors import NotFound
from app.storage.choosing.comparisons import Found
from app.storage.database import Session
from app.storage.exporting import takeouts
from app.storage.exporting.takeouts import plain
from app.storage.people import consents, identities
from app.storage.tables import (
    Account,
    CompletionRow,
    ConversationRow,
    ImportBatch,
    InductionRun,
    OwnWords,
    PersonaRow,
    VerdictRevision,
    now,
)

FORMAT = "synthesize-me/my-data/1"
FILENAME = "my-data.json"
IN_MEMORY = 1 << 20
SHOWN_BEFORE_THE_VERDICT = ("text", "lead_in", "state")
"""What the page shows. Named one by one, so that a column that is added stays hidden until somebody has thought of it."""


def everything(session: Session, account_id: str) -> IO[bytes]:
    """The file, rewound, to be read and closed by the caller; up to a megabyte of it in memory, the rest on disk.

    All of it is read in the one transaction of `session`, so its parts fit one another. Raises NotFound.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound("There is no such account.")
    head = {"format": FORMAT, "taken_at": now().isoformat(), "account": plain(account)}
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the caller closes it)
    file.write(_bytes(head)[:-1])
    for name, rows in _parts(session, account_id):
        file.write(b",\n" + _bytes(name) + b": [")
        for number, row in enumerate(rows):
            file.write((b",\n" if number else b"\n") + _bytes(row))
        file.write(b"]")
    file.write(b"}\n")
    file.seek(0)
    return file


def _parts(session: Session, account_id: str) -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:
    yield "consents", (plain(row) for row in consents.history(session, account_id))
    yield "identities", (plain(row) for row in identities.of_account(session, account_id))
    yield "imports", (plain(row) for row in takeouts.own(session, ImportBatch, account_id))
    yield "own_words", (plain(row) for row in takeouts.own(session, OwnWords, account_id))
    yield "conversations", (plain(row) for row in takeouts.own(session, ConversationRow, account_id))
    # Once for all the comparisons that share them: written out with each, one long conversation would be gigabytes.
    yield "context_parts", (plain(row) for row in takeouts.context_parts(session, account_id))
    yield "comparisons", (_comparison(*each) for each in takeouts.all_comparisons(session, account_id))
    yield "runs", (_run(session, row) for row in takeouts.own(session, InductionRun, account_id))
    yield "personas", (plain(row) for row in takeouts.own(session, PersonaRow, account_id))


def _comparison(found: Found, revisions: list[VerdictRevision]) -> dict[str, Any]:
    return {
        **plain(found.row, {"first_id", "second_id"} if found.verdict else {"first_id", "second_id", "side_seed"}),
        "first": _answer(found, found.first),
        "second": _answer(found, found.second),
        "verdict": plain(found.verdict, {"comparison_id"}) if found.verdict else None,
        "revisions": [plain(row, {"comparison_id", "revision_id"}) for row in revisions],
    }


def _answer(found: Found, row: CompletionRow) -> dict[str, Any]:
    if found.verdict:
        return plain(row)
    # While one is missing, which of the two is there tells as much as a name.
    is_ready = found.state == "ready"
    values = plain(row) if is_ready else {**plain(row), "text": "", "state": found.state}
    return {name: values[name] for name in SHOWN_BEFORE_THE_VERDICT}


def _run(session: Session, row: InductionRun) -> dict[str, Any]:
    judged = takeouts.judgements(session, row.run_id)
    return {**plain(row), "judgements": [plain(each, {"run_id", "judgement_id"}) for each in judged]}


def _bytes(value: object) -> bytes:
    # Half of a pair of surrogates can stand in what was brought in; UTF-8 has no way to write it.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
