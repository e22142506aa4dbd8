"""Our own research files, read back: the same choices, sides, people and conversations."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.domain.conversation import Turn
from app.domain.export.columns import FileFormat
from app.domain.export.record import Days, ExportedVerdict, Pseudonyms
from app.domain.export.rows import row
from app.domain.preference import Comparison, Completion, Verdict
from app.domain.transcripts.detector import read_preferences
from app.domain.transcripts.settling import people_in

SKY, SEA = (Turn("user", "Sky?"),), (Turn("system", "Be brief."), Turn("user", "Sea?"))
LED = Completion("Wet, truly.", (Turn("assistant", "Wet."), Turn("user", "Truly?")))


def verdict(person: str, conversation: str, context: tuple[Turn, ...], value: Verdict) -> ExportedVerdict:
    shown = Comparison(f"{person}{conversation}{value}", context, Completion("Blue."), LED, conversation)
    return ExportedVerdict(
        account_id=person,
        comparison=shown,
        verdict=value,
        first_model="m1",
        second_model="m2",
        first_style="",
        second_style="",
        milliseconds=None,
        given_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
        source="typed",
        imported_verdict=False,
        consent_versions={},
    )


GIVEN = [
    verdict("a", "k1", SKY, Verdict.FIRST),
    verdict("a", "k1", SEA, Verdict.SECOND),
    verdict("b", "k2", SKY, Verdict.SECOND),
    verdict("b", "k3", SEA, Verdict.FIRST),
]


@pytest.mark.parametrize("form", ["trl", "lmsys"])
def test_our_own_export_reads_back_with_people_conversations_and_sides(form: FileFormat) -> None:
    names = Pseudonyms(b"key")
    days = Days((one.account_id, one.given_at.date()) for one in GIVEN)
    data = "\n".join(json.dumps(row(form, one, names, days)) for one in GIVEN).encode()

    found = read_preferences(data)

    assert found.skipped == ()
    assert list(people_in(found).values()) == [2, 2]
    conversations = [one.conversation_key for one in found.comparisons]
    assert [conversations.index(key) for key in conversations] == [0, 0, 2, 3]
    for one, given in zip(found.comparisons, GIVEN, strict=True):
        assert one.sides_known
        assert (one.context, one.verdict) == (given.comparison.context, given.verdict)
        assert (one.first, one.second) == (given.comparison.first, given.comparison.second)
        assert (one.first_model, one.second_model) == ("m1", "m2")
