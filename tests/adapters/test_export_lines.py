"""Lines are put together from a form that many rows share; each row is told by its own facts all the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from app.adapters.export_lines import line_writer
from app.domain.choices.preference import Verdict
from app.domain.export.columns import FORMATS, FileFormat
from app.domain.export.record import ExportedVerdict, Facts, Pseudonyms, Times
from app.domain.export.shared import Shared, day_levels, time_levels

DAY = "2026-11-01"
ODD = 'A "50 %" %b %s {} \\u0000 \\ é 鳥 model'


@dataclass(frozen=True)
class Answers:
    """The texts of a row, which stand in its gaps."""

    request: str
    first: str
    second: str

    def row(self, facts: Facts) -> ExportedVerdict:
        asked = [{"role": "user", "content": self.request}]
        first, second = ([{"role": "assistant", "content": text}] for text in (self.first, self.second))
        return ExportedVerdict(self.request, f"{self}", self.request, asked, first, second, facts)


def facts(**values: Any) -> Facts:
    given: dict[str, Any] = {
        "verdict": Verdict.FIRST,
        "consent_versions": (("choices", "1"), ("texts", "1")),
        "first_model": ODD,
        "second_model": "n",
        "first_style": "",
        "second_style": "",
        "time": -1,
        "day": DAY,
        "source": "typed",
        "imported_verdict": False,
    }
    return Facts(**{**given, **values})


ROWS = [
    answers.row(each)
    for each in (facts(), facts(verdict=Verdict.SECOND), facts(quick=True), facts(verdict=Verdict.SKIP))
    for answers in (Answers("Sky?", "Blue.", "Red."), Answers(ODD, ODD + "\n1", ODD + "\n2"))
]


def writer(form: FileFormat) -> Any:
    times = Times(Shared([("a", DAY)], day_levels()), Shared([("a", -1)], time_levels()))
    return line_writer(form, Pseudonyms(b"key"), times)


@pytest.mark.parametrize("form", [known.name for known in FORMATS])
def test_a_line_is_the_same_whatever_rows_were_written_before_it(form: FileFormat) -> None:
    shared = writer(form)

    assert [shared(one) for one in (*ROWS, *reversed(ROWS))] == [writer(form)(one) for one in (*ROWS, *reversed(ROWS))]


def test_texts_and_names_with_marks_of_json_and_of_formatting_stay_as_they_are() -> None:
    row = json.loads(writer("trl")(ROWS[3]))

    assert [row[name][0]["content"] for name in ("prompt", "chosen", "rejected")] == [ODD, ODD + "\n2", ODD + "\n1"]
    assert row["first_model"] == ODD
