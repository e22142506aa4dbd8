"""How a command's result reads in a terminal: a persona with its evidence and figures, a persona judged on a file."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.services.calling.costs import Cost
    from app.services.evaluating.one_persona import EvaluationReport
    from app.services.inducing.files import FileReport

WIDTH = 100
_MOST_SHOWN = 5
"""Sentences of one kind; report.json has all."""


def induced(report: FileReport) -> str:
    """Summary, traits with the choices for and against each, how often it is right, what is missing, cost and files."""
    parts = []
    if report.document:
        parts += [_wrapped(report.document["summary"]), _traits(report.document["traits"])]
    parts.append(_wrapped(report.verdict))
    parts += [_told(title, sentences) for title, sentences in _asides(report)]
    found = f" {report.replies_found:,} replies of an earlier start served again." if report.replies_found else ""
    if report.unanswered:
        calls = "1 call" if report.unanswered == 1 else f"{report.unanswered:,} calls"
        parts.append(
            _wrapped(
                f"{calls} got no answer. All others are kept in {report.files[-1].name}, so the same command asks for what is "
                "missing alone. Delete it if you do not want that."
            )
        )
    is_tested = 0 < report.fit_calls < report.cost.calls
    fitted = f" Persona and prompt took {report.fit_calls:,} of the calls, their test the others." if is_tested else ""
    parts.append(f"{_wrapped(f'{_cost(report.cost)}{fitted}{found}')}\n{_files(report.files)}")
    return "\n\n".join(part for part in parts if part)


def judged(report: EvaluationReport) -> str:
    """Both judges in counts, what was left out, and the cost."""
    whose = f" of {report.trial.user}" if report.trial.user else ""
    lines = [f"{len(report.trial.unseen)} unseen choices{whose}, judged by {report.model}:"]
    lines += [
        f"  {name:<13} {f'right on {hits} of {n} ({share:.0%}, likely {low:.0%} to {high:.0%})'.replace('%', ' %')}"
        f"{f'; no answer on {failed}' if failed else ''}"
        for name, hits, n, failed, share, low, high in report.table()
        if n
    ]
    told = [part for part in (report.trial.left_out(), report.verdict) if part]
    parts = ["\n".join(lines), *map(_wrapped, told), _told("Left out", report.trial.skipped), _cost(report.cost)]
    return "\n\n".join(part for part in parts if part)


def _traits(traits: Sequence[dict[str, Any]]) -> str:
    if not traits:
        return ""
    lines = ["Traits, with the choices for and against each:"]
    for trait in traits:
        counts = f"{len(trait['supporting'])} for, {len(trait['opposing'])} against"
        lines.append(_wrapped(f"{trait['text']} ({counts}; {trait['certainty']})", first="  - ", then="    "))
    return "\n".join(lines)


def _asides(report: FileReport) -> list[tuple[str, Sequence[str]]]:
    return [("Not done", report.missing), ("To note", report.notes), ("Left out", (*report.left_out, *report.skipped))]


def _told(title: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    shown = [_wrapped(sentence, first="  - ", then="    ") for sentence in sentences[:_MOST_SHOWN]]
    more = len(sentences) - len(shown)
    return "\n".join([f"{title}:", *shown, *([f"  and {more:,} more."] if more else [])])


def _cost(cost: Cost) -> str:
    failed = f" ({cost.failed_calls:,} failed)" if cost.failed_calls else ""
    return (
        f"{cost.calls:,} calls{failed}, {cost.prompt_tokens:,} tokens in prompts and {cost.completion_tokens:,} in answers, "
        f"{cost.seconds:,.0f} s."
    )


def _files(files: Sequence[Path]) -> str:
    return f"Written: {' '.join(map(str, files))}"


def _wrapped(text: str, *, first: str = "", then: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False)
