"""The field cases, read by their names: small files with the properties of those that people really have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.domain.transcripts.detector import Read, read_preferences

CASES = Path(__file__).parents[2] / "samples" / "cases"


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def lines(*rows: Any, between: str = "\n") -> bytes:
    return between.join(json.dumps(row) for row in rows).encode()


def read(*rows: Any) -> Read:
    return read_preferences(lines(*rows))


def said(found: Any) -> list[tuple[str, str]]:
    """The context of a found comparison as pairs of role and text."""
    return [(turn.role, turn.content) for turn in found.context]


def answers(read_: Read) -> list[tuple[str, str]]:
    return [(found.first.text, found.second.text) for found in read_.comparisons]
