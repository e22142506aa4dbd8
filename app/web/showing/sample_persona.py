"""The persona shown to people who have none yet: a true one, written from a sample history, marked as a sample."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.services.inducing.personas import EvidenceView, TraitView

HISTORY = "tulu-evaluator"
"""The sample history that it was written from."""
FILE = Path(__file__).resolve().parents[2] / "samples" / "persona.json"


@lru_cache(maxsize=1)
def _stored() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return stored


def sample_document() -> dict[str, Any]:
    """The persona document of the sample."""
    document: dict[str, Any] = _stored()["persona"]
    return document


def sample_traits() -> list[TraitView]:
    """Its traits with the choices for and against them."""
    evidence = _stored()["evidence"]

    def choices(ids: list[str]) -> list[EvidenceView]:
        return [EvidenceView(comparison_id=pair_id, **evidence[pair_id]) for pair_id in ids]

    return [
        TraitView(
            text=trait["text"],
            certainty=trait["certainty"],
            supporting=choices(trait["supporting"]),
            opposing=choices(trait["opposing"]),
            weight=float(trait["weight"]),
            spread=float(trait["spread"]),
            counted=trait["counted"],
        )
        for trait in sample_document()["traits"]
    ]
