"""Runs repeated under faults beside a clean run: does each end with a persona or a clear failure, and say what is missing?

The clean run of the same person, choices and seed is the yardstick: what differs from it without a word is silent. A word
is a sentence about replies that failed, could not be used or were asked for again; that prompts were shortened, or that no
trait held, is said of clean runs as well and explains nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bench.runs import NONE, Line, as_table, paired, question_of

FAULTS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "20 % answered 500": {"fail_rate": 0.2},
        "60 requests a minute": {"rpm": 60},
        "5 % unusable": {"malformed_rate": 0.05},
    }
)
CLEAN = "none"
_OF_FAILED_REPLIES = re.compile(
    r"did not answer|answered none|not everything after it was done|could not be used|no usable|wrote no trait"
)
"""What the product's sentences about failed, unusable or reworded replies have in common."""


def outcome(line: Line, clean: Line) -> str:
    """How a run under faults ended, beside the clean run of the same question."""
    if line.get("error"):
        return "failed clearly"
    if line.get("made") == clean.get("made") and line.get("missing", []) == clean.get("missing", []):
        return "same"
    says_more = bool(_said(line) - _said(clean))
    if not line.get("has_persona"):
        return "no persona, said why" if says_more else "no persona, silent"
    return "says what is missing" if says_more else "differs, silent"


def _said(line: Line) -> set[str]:
    """What the run says of failed, unusable or reworded replies."""
    sentences = (*line.get("missing", ()), *line.get("notes", ()))
    return {sentence for sentence in sentences if _OF_FAILED_REPLIES.search(sentence)}


OUTCOMES = (
    "same",
    "says what is missing",
    "failed clearly",
    "no persona, said why",
    "no persona, silent",
    "differs, silent",
)


def table(lines: Sequence[Line]) -> str:
    """One row a fault, recipe and number of choices: how the runs ended, what they cost, and how accuracy compares.

    The lines carry `fault`, `CLEAN` where there was none.
    """
    head = (
        "fault",
        "impl",
        "N",
        "runs",
        "with persona",
        *OUTCOMES,
        "calls",
        "wall s",
        "accuracy minus clean, points (95 %)",
    )
    keys = dict.fromkeys((line["fault"], line["impl"], line["n"]) for line in lines)
    rows = []
    for fault, impl, n in keys:
        group = [line for line in lines if (line["fault"], line["impl"], line["n"]) == (fault, impl, n)]
        clean = [line for line in lines if (line["fault"], line["impl"], line["n"]) == (CLEAN, impl, n)]
        by_run = {(*question_of(line), line["seed"]): line for line in clean}
        ended = [outcome(line, by_run.get((*question_of(line), line["seed"]), {})) for line in group]
        rows.append(
            (
                fault,
                impl,
                str(n),
                str(len(group)),
                str(sum(bool(line.get("has_persona")) for line in group)),
                *(str(ended.count(name)) for name in OUTCOMES),
                f"{sum(line['calls'] for line in group) / len(group):.0f}",
                f"{sum(line['wall_s'] for line in group) / len(group):.1f}",
                NONE if fault == CLEAN else str(paired(group, clean)),
            )
        )
    return as_table(head, rows)
