"""Lines of runs (ours, or any runner's) read, grouped and compared: tables, paired differences, targets.

A line is what the comparison contract asks for (README.md): `impl, user, n, calls, prompt_tokens, completion_tokens,
wall_s, accuracy, error, fit, eval`. Ours also say `data` and `person`: who it is, the same over all draws of texts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from app.induction.proof.resampling import student_quantile

Line = Mapping[str, Any]
NONE = "–"


@dataclass(frozen=True, slots=True)
class Target:
    """The most that one fit may take, in the mean over people: calls, prompt tokens, answer tokens."""

    calls: float
    prompt_tokens: float
    answer_tokens: float


TARGETS: Mapping[int, Target] = {
    5: Target(14, 10_000, 1_000),
    10: Target(24, 25_000, 1_500),
    15: Target(35, 40_000, 2_000),
    30: Target(65, 80_000, 4_000),
}
SLOT_TOKENS = 4096
MOST_OF_ITS_WALL = 0.5


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean of paired differences with its 95 % interval, over so many people; nan without any."""

    mean: float
    low: float
    high: float
    people: int

    def __str__(self) -> str:
        if math.isnan(self.mean):
            return NONE
        if math.isnan(self.low):
            return f"{100 * self.mean:+.1f}"
        return f"{100 * self.mean:+.1f} ({100 * self.low:+.1f} to {100 * self.high:+.1f})"


def read_lines(path: Path, source: str = "") -> list[dict[str, Any]]:
    """The lines of a file; those that name no `data` get `source`. An unreadable last line (a run cut off) is left out."""
    found = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        found.append({**line, "data": line.get("data") or source or path.stem})
    return found


def question_of(line: Line) -> tuple[str, str, int]:
    """Which choices a run was about: two runs of equal questions can be paired."""
    return str(line["data"]), str(line["user"]), int(line["n"])


def paired(ours: Sequence[Line], theirs: Sequence[Line], value: str = "accuracy") -> Difference:
    """Ours minus theirs over the same questions; people are the clusters, whatever the number of their runs.

    Runs of one question (several seeds) are averaged first, then the questions of one person, and the interval is
    Student's over people. A run without a value is left out with its question.
    """
    mine, other = (_by_question(lines, value) for lines in (ours, theirs))
    person = {question_of(line): _person(line) for line in (*theirs, *ours)}
    by_person: dict[str, list[float]] = {}
    for question in mine.keys() & other.keys():
        by_person.setdefault(person[question], []).append(fmean(mine[question]) - fmean(other[question]))
    means = [fmean(each) for _, each in sorted(by_person.items())]
    if not means:
        return Difference(math.nan, math.nan, math.nan, 0)
    half = math.nan
    if len(means) > 1:
        half = student_quantile(0.975, len(means) - 1) * stdev(means) / math.sqrt(len(means))
    return Difference(fmean(means), fmean(means) - half, fmean(means) + half, len(means))


def table(lines: Sequence[Line], against: str) -> str:
    """One row for each implementation and number of choices; the last column is the paired difference to `against`."""
    head = (
        "impl", "N", "runs", "failed", "calls", "duplicates", "prompt tok", "cacheable", "answer tok", "largest prompt",
        "at once", "wall s", "accuracy %", "with examples %", "counted %", f"accuracy minus {against}, points (95 %)",
    )  # fmt: skip
    rows = []
    for (impl, n), group in _grouped(lines).items():
        rivals = [line for line in lines if line["impl"] == against and line["n"] == n]
        rows.append(
            (
                impl,
                str(n),
                str(len(group)),
                str(sum(bool(line.get("error")) for line in group)),
                _mean(group, "calls", spread=True),
                _mean(group, _metered("duplicate_requests"), 1),
                _mean(group, "prompt_tokens"),
                _mean(group, _metered("cached_prompt_tokens")),
                _mean(group, "completion_tokens"),
                _most(group, _metered("prompt_tokens_max")),
                _most(group, _metered("inflight_max")),
                _mean(group, "wall_s", 2),
                _percent(group, "accuracy"),
                _percent(group, "both_accuracy"),
                _percent(group, "counted_accuracy"),
                NONE if impl == against else str(paired(group, rivals)),
            )
        )
    return as_table(head, rows)


def targets(ours: Sequence[Line], reference: Sequence[Line]) -> str:
    """Each target of ours by number of choices: what is asked, what was measured, whether it holds, and the ratio to
    the reference where there is one. Means over runs, the largest prompt of all of them."""
    head = ("impl", "N", "what", "target", "measured", "holds", "reference", "reference / ours")
    rows = []
    for (impl, n), group in _grouped(ours).items():
        if n in TARGETS:
            rivals = [line for line in reference if line["n"] == n]
            rows += [(impl, str(n), *row) for row in _target_rows(TARGETS[n], group, rivals)]
    return as_table(head, rows)


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with its columns in line."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in (head, *rows)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _target_rows(target: Target, group: Sequence[Line], rivals: Sequence[Line]) -> list[tuple[str, ...]]:
    kinds: tuple[tuple[str, float, str | Callable[[Line], Any]], ...] = (
        ("calls", target.calls, "calls"),
        ("prompt tokens", target.prompt_tokens, "prompt_tokens"),
        ("answer tokens", target.answer_tokens, "completion_tokens"),
        ("duplicates", 0, _metered("duplicate_requests")),
    )
    rows: list[tuple[str, ...]] = []
    for what, most, value in kinds:
        mine, other = _average(group, value), _average(rivals, value)
        rows.append(
            (what, f"at most {most:,.0f}", _number(mine), _yes(mine <= most), _number(other), _ratio(other, mine))
        )
    largest = max((line.get("largest_call") or _metered("prompt_tokens_max")(line) or 0 for line in group), default=0)
    theirs = max((_metered("prompt_tokens_max")(line) or 0 for line in rivals), default=math.nan)
    rows.append(
        (
            "largest prompt with its answer",
            f"at most {SLOT_TOKENS:,}",
            _number(largest),
            _yes(largest <= SLOT_TOKENS),
            _number(theirs),
            _ratio(theirs, largest),
        )
    )
    if rivals:
        mine, other = _average(group, "wall_s"), _average(rivals, "wall_s")
        holds = _yes(mine <= MOST_OF_ITS_WALL * other)
        rows.append(("wall s", "half of the reference", f"{mine:.2f}", holds, f"{other:.2f}", _ratio(other, mine)))
    gap = paired(group, rivals)
    if gap.people:
        other_share = _percent(rivals, "accuracy")
        rows.append(("accuracy, points", "interval above 0", str(gap), _yes(gap.low > 0), f"{other_share} %", ""))
    return rows


def _by_question(lines: Sequence[Line], value: str) -> dict[tuple[str, str, int], list[float]]:
    found: dict[tuple[str, str, int], list[float]] = {}
    for line in lines:
        if line.get(value) is not None:
            found.setdefault(question_of(line), []).append(float(line[value]))
    return found


def _person(line: Line) -> str:
    return str(line.get("person") or f"{line['data']}/{line['user']}")


def _grouped(lines: Sequence[Line]) -> dict[tuple[str, int], list[Line]]:
    """By implementation, in the order they first come, and number of choices."""
    order = list(dict.fromkeys(str(line["impl"]) for line in lines))
    keys = sorted(
        {(str(line["impl"]), int(line["n"])) for line in lines}, key=lambda key: (order.index(key[0]), key[1])
    )
    return {key: [line for line in lines if (line["impl"], line["n"]) == key] for key in keys}


def _metered(name: str) -> Callable[[Line], Any]:
    return lambda line: (line.get("fit") or {}).get(name)


def _values(lines: Sequence[Line], value: str | Callable[[Line], Any]) -> list[float]:
    found = [value(line) if callable(value) else line.get(value) for line in lines]
    return [float(each) for each in found if each is not None]


def _average(lines: Sequence[Line], value: str | Callable[[Line], Any]) -> float:
    found = _values(lines, value)
    return fmean(found) if found else math.nan


def _mean(lines: Sequence[Line], value: str | Callable[[Line], Any], places: int = 0, *, spread: bool = False) -> str:
    found = _values(lines, value)
    if not found:
        return NONE
    width = f" ({min(found):.0f}-{max(found):.0f})" if spread and max(found) > min(found) else ""
    return f"{fmean(found):,.{places}f}{width}"


def _most(lines: Sequence[Line], value: Callable[[Line], Any]) -> str:
    found = _values(lines, value)
    return f"{max(found):,.0f}" if found else NONE


def _percent(lines: Sequence[Line], value: str) -> str:
    found = _values(lines, value)
    return f"{100 * fmean(found):.1f}" if found else NONE


def _number(value: float) -> str:
    return NONE if math.isnan(value) else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def _ratio(other: float, mine: float) -> str:
    return NONE if math.isnan(other) or not mine else f"{other / mine:.1f}"


def _yes(holds: object) -> str:
    return "yes" if holds else "NO"
