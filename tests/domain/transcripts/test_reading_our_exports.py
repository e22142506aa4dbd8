"""Our own research files, read back: the same choices, sides, people and conversations."""

from __future__ import annotations

import pytest

from app.adapters.export_lines import line_writer
from app.domain.choices.preference import Completion, Verdict
from app.domain.export.columns import FileFormat
from app.domain.export.record import ExportedVerdict, Facts, Pseudonyms, Times
from app.domain.export.shared import Shared, day_levels, time_levels
from app.domain.texts.conversation import Turn, context_as_json
from app.domain.transcripts.detector import read_preferences
from app.domain.transcripts.settling import people_in

SKY, SEA = (Turn("user", "Sky?"),), (Turn("system", "Be brief."), Turn("user", "Sea?"))
LED = Completion("Wet, truly.", (Turn("assistant", "Wet."), Turn("user", "Truly?")))


def verdict(person: str, conversation: str, context: tuple[Turn, ...], value: Verdict) -> ExportedVerdict:
    return ExportedVerdict(
        account_id=person,
        comparison_id=f"{person}{conversation}{value}",
        conversation_id=conversation,
        context=context_as_json(context),
        first=[{"role": "assistant", "content": "Blue."}],
        second=context_as_json([*LED.lead_in, Turn("assistant", LED.text)]),
        facts=Facts(
            verdict=value,
            consent_versions=(),
            first_model="m1",
            second_model="m2",
            first_style="",
            second_style="",
            time=-1,
            day="2026-11-01",
            source="typed",
            imported_verdict=False,
        ),
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
    times = Times(
        Shared(((one.account_id, one.facts.day) for one in GIVEN), day_levels()),
        Shared(((one.account_id, one.facts.time) for one in GIVEN), time_levels()),
    )
    data = b"".join(filter(None, map(line_writer(form, names, times), GIVEN)))

    found = read_preferences(data)

    assert found.skipped == ()
    assert list(people_in(found).values()) == [2, 2]
    conversations = [one.conversation_key for one in found.comparisons]
    assert [conversations.index(key) for key in conversations] == [0, 0, 2, 3]
    for one, given in zip(found.comparisons, GIVEN, strict=True):
        assert one.sides_known
        assert (context_as_json(one.context), one.verdict) == (given.context, given.facts.verdict)
        assert (one.first, one.second) == (Completion("Blue."), LED)
        assert (one.first_model, one.second_model) == ("m1", "m2")
