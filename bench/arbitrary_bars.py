"""The table of `bench.arbitrary`, what simulated people are held to there, and whether it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from bench import runs
from bench.counting_bars import Bar

Line = Mapping[str, Any]

ARMS = ("prompt", "both", "counted", "longer")
"""Ways of guessing: the exported text, the same with its worked examples, counting, the longer answer."""
HELD = "both"
SORTS = ("ordinary", "arbitrary", "noisy")
ASKED: Mapping[int, float] = {5: 0.72, 10: 0.78, 15: 0.81, 30: 0.85}
"""Least that is guessed right of ordinary people, by choices learnt."""
WITHIN = 0.02
"""Most that arbitrary tastes may be guessed worse than ordinary ones."""


def table(lines: Sequence[Line], kept: float) -> str:
    """A row for each sort of people and number of choices. The last columns: the paired difference to the ordinary people, and what
    would be right of choices of which only the share `kept` stands as it was meant."""
    head = (
        "people", "N", "runs", "failed", "the text %", "with examples %", "counted %", "longer %",
        "with examples, to ordinary, points (95 %)", f"of votes kept at {100 * kept:.0f} %",
    )  # fmt: skip
    rows = []
    for sort in SORTS:
        for n in _sizes(lines):
            group = _of(lines, sort, n)
            share = _mean(group, HELD)
            rows.append(
                (
                    sort,
                    str(n),
                    str(len(group)),
                    str(sum(line["error"] is not None for line in group)),
                    *(f"{100 * _mean(group, arm):.1f}" for arm in ARMS),
                    "" if sort == "ordinary" else str(runs.paired(group, _of(lines, "ordinary", n), HELD)),
                    f"{100 * (kept * share + (1 - kept) * (1 - share)):.1f}" if sort == "noisy" else "",
                )
            )
    return runs.as_table(head, rows)


def bars(lines: Sequence[Line]) -> list[Bar]:
    """Every bar of the numbers of choices that were run; a run that failed is right on nothing."""
    held = []
    for n, least in ASKED.items():
        if n in _sizes(lines):
            found = _mean(_of(lines, "ordinary", n), HELD)
            held.append(Bar(f"ordinary at {n}", f"at least {100 * least:.0f}", f"{100 * found:.1f}", found >= least))
    for n in _sizes(lines):
        gap = _mean(_of(lines, "arbitrary", n), HELD) - _mean(_of(lines, "ordinary", n), HELD)
        asked = f"at least {-100 * WITHIN:+.0f}"
        held.append(Bar(f"arbitrary to ordinary at {n}", asked, f"{100 * gap:+.1f}", gap >= -WITHIN))
    return held


def _sizes(lines: Sequence[Line]) -> list[int]:
    return sorted({int(line["n"]) for line in lines})


def _of(lines: Sequence[Line], sort: str, n: int) -> list[Line]:
    return [line for line in lines if line["impl"] == sort and line["n"] == n]


def _mean(lines: Sequence[Line], arm: str) -> float:
    return fmean(line.get(arm) or 0.0 for line in lines)
