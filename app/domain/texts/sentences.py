"""The sentences of a text on a person, as everything that keeps, counts or shows them parts it."""

from __future__ import annotations

import re

_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*")
_SHORTENED = re.compile(r"\b(?:[^\W\d_]|vs|cf|ca|ex|ej|bzw)\.$", re.IGNORECASE)
"""Ends of shortened words: `e.g.`, `i.e.`, `z. B.`, `vs.`. The sentence goes on after them."""


def sentences_of(text: str) -> list[str]:
    """Each with its sign at the end; a point within a word or a number ends none, nor does one that shortens a word."""
    found: list[str] = []
    for part in filter(None, _END.split(" ".join(text.split()))):
        if found and _SHORTENED.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found
