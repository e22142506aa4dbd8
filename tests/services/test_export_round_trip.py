"""What is exported and read back is what was decided: people, sides, verdicts, order and texts, byte for byte."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.preference import Verdict
from app.domain.transcripts.detector import read_preferences
from app.services import comparing, consenting, exporting
from app.services.importing import files
from app.storage import comparisons, contexts
from app.storage.database import Database, Session
from tests.builders import a_comparison, an_account

AWKWARD = [
    "  indented code\n    return 1\n",
    "line\r\nends\r",
    "zero\u200bwidth \ufeff mark",
    "turned \u202e round",
    "emoji 👩‍👩‍👧 and 𝔸stral",
    '<b>HTML</b> & {"json": "in\\u0000side"}',
    "next\x85line and \x0c form feed",
    "مرحبا بالعالم",
]


def a_person(session: Session, number: int) -> str:
    """One of sixteen kinds: typed, imported, both; one text of the awkward ones, every verdict in turn."""
    account_id = an_account(session)
    if number % 4 == 1:
        rows = [
            {
                "context": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": f"{AWKWARD[at]}{number}"},
                ],
                "chosen": {"role": "assistant", "content": AWKWARD[at] + "a"},
                "rejected": {"role": "assistant", "content": AWKWARD[at] + "b"},
                "orig_side": "ab"[at % 2],
            }
            for at in range(len(AWKWARD))
        ]
        pairs = files.read_pairs("\n".join(json.dumps(row) for row in rows).encode())
        files.import_pairs(session, account_id, "mine.jsonl", pairs)
    for at, verdict in enumerate(Verdict):
        text = AWKWARD[(number + at) % len(AWKWARD)]
        asked = a_comparison(session, account_id, f"{text}{number} {at}", f"{text}1", f"{text}2")
        comparing.give_verdict(session, account_id, asked, Verdict.SECOND, 3_000)
        comparing.give_verdict(session, account_id, asked, verdict, 3_000)
        if number % 4 == 3 and at == 0:
            comparing.undo_verdict(session, account_id, asked)
    consented = [] if number % 8 == 7 else ["choices"] if number % 8 == 6 else ["choices", "texts"]
    for scope in consented:
        consenting.set_consent(session, account_id, scope, True)
    return account_id if len(consented) == 2 else ""


def stored(session: Session, account_id: str) -> list[tuple[Any, ...]]:
    ids = [line.comparison_id for line in reversed(comparisons.decided(session, account_id, 0, 500))]
    found = {one.row.comparison_id: one for one in comparisons.find_many(session, account_id, ids)}
    whole = contexts.Whole(session)
    texts = [(one.comparison(whole), one.verdict) for one in map(found.__getitem__, ids)]
    return [(one.context, one.first, one.second, Verdict(given.value)) for one, given in texts if given]


@pytest.mark.parametrize("way", ["page", "command"])
def test_sixteen_people_come_back_as_they_were(database: Database, way: str, tmp_path: Any) -> None:
    with database.writing() as session:
        people = [account_id for number in range(16) if (account_id := a_person(session, number))]
    with database.reading() as session:
        wanted = sorted((stored(session, account_id) for account_id in people), key=repr)

    data: dict[str, bytes] = {}
    for form in ("trl", "lmsys", "skips"):
        if way == "page":
            whole = exporting.whole_export(database, file_format=form, requested_by=None)
            data[form] = b"".join(whole.chunks())
        else:
            exporting.export_to(database, tmp_path / form, file_format=form)
            data[form] = (tmp_path / form).read_bytes()

    for form, kept in (
        ("trl", {Verdict.FIRST, Verdict.SECOND}),
        ("lmsys", set(Verdict) - {Verdict.SKIP}),
        ("skips", {Verdict.SKIP}),
    ):
        back: dict[str, list[Any]] = {}
        for one in sorted(read_preferences(data[form]).comparisons, key=lambda one: one.seq or 0):
            back.setdefault(one.person, []).append((one.context, one.first, one.second, one.verdict))
        expected = [[one for one in person if one[3] in kept] for person in wanted]
        assert sorted(back.values(), key=repr) == sorted((person for person in expected if person), key=repr)
