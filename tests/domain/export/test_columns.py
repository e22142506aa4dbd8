"""The list of columns is what stands in the rows and on the card."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.adapters.export_lines import line_writer
from app.domain.choices.preference import Verdict
from app.domain.export.card import data_card
from app.domain.export.columns import COMMON, FORMATS, Column, FileFormat
from app.domain.export.licences import origin_of
from app.domain.export.record import ExportedVerdict, Facts, Pseudonyms, Times
from app.domain.export.rows import annotated_beginning
from app.domain.export.shared import Shared, day_levels, time_levels
from app.services.choosing.starters import starters

DAY = "2026-11-01"


def verdict(seq: int = 0, **values: Any) -> ExportedVerdict:
    given: dict[str, Any] = {
        "verdict": Verdict.FIRST,
        "first_model": "m",
        "second_model": "m",
        "first_style": "brief",
        "second_style": "warm",
        "time": 1_000,
        "day": DAY,
        "source": "typed",
        "imported_verdict": False,
        "consent_versions": (("choices", "1"), ("texts", "1")),
    }
    return ExportedVerdict(
        account_id="a",
        comparison_id="p",
        conversation_id="c",
        context=[{"role": "user", "content": "Sky?"}],
        first=[{"role": "assistant", "content": "Blue."}],
        second=[{"role": "assistant", "content": "Red."}],
        facts=Facts(**{**given, **values}),
        seq=seq,
    )


VARIANTS = [
    verdict(),
    verdict(verdict=Verdict.SECOND, time=-1, source="imported", imported_verdict=True, first_model=""),
    verdict(
        verdict=Verdict.SAME,
        source="sample",
        pair_sha256="c68fc1f349d4ca8fa1187fbb66c3109a1920571f5cf1124c942cac5fe2a1437b",
    ),
    verdict(verdict=Verdict.BOTH_BAD, time=100_000, seq=10**6),
    verdict(verdict=Verdict.SKIP, language="de", names_model=True, equal_answers=True),
]


def made(file_format: FileFormat, one: ExportedVerdict) -> dict[str, Any] | None:
    times = Times(Shared([("a", DAY)], day_levels()), Shared([("a", one.facts.time)], time_levels()))
    line = line_writer(file_format, Pseudonyms(b"key"), times)(one)
    return json.loads(line) if line else None


def has_kind(value: Any, kind: str) -> bool:
    if kind == "turns":
        return bool(value) and all(
            list(turn) == ["role", "content"] and all(isinstance(part, str) for part in turn.values()) for turn in value
        )
    if kind == "versions":
        return list(value) == ["choices", "texts"] and all(isinstance(part, str) for part in value.values())
    if kind == "number":
        return type(value) is int and abs(value) < 2**53
    return type(value) is {"text": str, "seconds": float, "yes or no": bool}[kind]


@pytest.mark.parametrize("form", ["trl", "lmsys", "skips"])
def test_every_row_has_the_listed_columns_in_their_order_and_of_their_kind(form: FileFormat) -> None:
    listed = next(known for known in FORMATS if known.name == form).columns
    rows = [found for one in VARIANTS if (found := made(form, one))]

    assert rows
    for found in rows:
        assert list(found) == [column.name for column in listed]
        assert [column.name for column in listed if not has_kind(found[column.name], column.kind)] == []


def test_an_annotated_pair_has_flat_metadata_of_the_common_columns() -> None:
    pair = made("annotated", VARIANTS[1])

    assert pair
    assert list(pair) == [column.name for column in FORMATS[3].own]
    assert pair["annotations"] == {"ba751e7b": {"pref": "b"}}
    assert {kind for answer in (pair["response_a"], pair["response_b"]) for kind in answer} == {"text", "model"}
    assert list(pair["metadata"]) == [column.name for column in COMMON]
    assert {type(value) for value in pair["metadata"].values()} <= {str, int, bool}


def test_annotated_pairs_say_by_which_of_our_columns_they_can_be_parted() -> None:
    head = json.loads(annotated_beginning("2026-11-27") + "]}")["metadata"]

    assert head["version"] == "2.0"
    assert head["available_metadata_keys_per_comparison"] == [column.name for column in COMMON]


def test_the_card_describes_every_column_and_has_the_consent_texts() -> None:
    card = data_card({"choices": "May have my choices.", "texts": "May have my texts."}, "2026-11")

    columns: set[Column] = {column for form in FORMATS for column in form.columns}
    lines = {f"| `{column.name}` | {column.written_type} | {column.meaning} |" for column in columns}
    assert lines - set(card.splitlines()) == set()
    assert "May have my choices." in card
    assert "May have my texts." in card


def test_one_model_in_two_styles_is_two_models_and_two_models_keep_their_names() -> None:
    one = made("lmsys", verdict())
    two = made("lmsys", verdict(second_model="n"))
    unknown = made("lmsys", verdict(first_model="", second_model="", first_style="", second_style=""))

    assert one
    assert two
    assert unknown
    assert (one["model_a"], one["model_b"]) == ("m (brief)", "m (warm)")
    assert (two["model_a"], two["model_b"]) == ("m", "n")
    assert (unknown["model_a"], unknown["first_model"]) == ("unknown", "unknown")


def test_every_ready_made_pair_has_its_collection() -> None:
    assert {origin_of(starter.digest).licence for starter in starters()} == {"MIT"}
    assert origin_of("c68fc1f349d4ca8fa1187fbb66c3109a1920571f5cf1124c942cac5fe2a1437b").licence == "Apache-2.0"
