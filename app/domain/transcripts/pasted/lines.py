"""A pasted conversation that was read, as lines of JSON, which pass from the process that reads to the one that stores."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from app.domain.transcripts.pairs_file import turns_as_lists, turns_from_lists
from app.domain.transcripts.pasted.text import PastedConversation


def as_lines(read: PastedConversation) -> Iterator[str]:
    """One line."""
    told = {"labelled": read.labelled, "left_out": read.left_out, "changed": read.changed}
    yield json.dumps({"turns": turns_as_lists(read.turns), **told}, ensure_ascii=False)


def from_lines(lines: Iterable[bytes]) -> PastedConversation:
    """The inverse of `as_lines`."""
    told = json.loads(next(iter(lines)))
    turns, left_out = turns_from_lists(told["turns"]), tuple(told["left_out"])
    return PastedConversation(turns, told["labelled"], left_out, told["changed"])
