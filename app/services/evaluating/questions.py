"""The questions by name, and how each is asked: plan, work, table. This is what the commands call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.services.calling.model_calls import Completer
from app.services.evaluating import agreement, baselines, curve, transfer
from app.services.evaluating.asking import Asked, Group, gathered, planned
from app.services.evaluating.counting import missing_words
from app.services.evaluating.file_ledger import spent
from app.services.evaluating.folder import LEDGER, Record, opened, read_record, write_findings
from app.services.evaluating.tables import Findings, counted
from app.services.evaluating.working import Lesson, Stopped, Tell, Workshop

Lessons = Callable[[Asked, Group], list[Lesson]]
Work = Callable[[Workshop, Sequence[Lesson]], Awaitable[Stopped]]


def made_of_planned(record: Record) -> tuple[int, int]:
    """Judgements of choices that are made, failed ones too, and those planned."""
    return len(record.judged), int(record.plan["judgements"])


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be learnt, how it is asked about, and the table that is made of the answers."""

    lessons: Lessons
    findings: Callable[[Record], Findings]
    work: Work = Workshop.work
    progress: Callable[[Record], tuple[int, int]] = made_of_planned
    """Judgements made and judgements in all."""


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "baselines": Question(baselines.lessons, baselines.findings),
        "curve": Question(curve.lessons, curve.findings),
        "transfer": Question(transfer.lessons, transfer.findings),
        "agreement": Question(agreement.lessons, agreement.findings, agreement.work, agreement.progress),
    }
)
_WHY = {
    "minutes": "The time given is up.",
    "calls": "The number of calls given is reached.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The table as text and as JSON, and whether there is more to do."""

    text: str
    report: dict[str, Any]
    is_whole: bool


async def evaluate(
    asked: Asked,
    folder: Path,
    completers: Mapping[str, Completer],
    *,
    minutes: float | None = None,
    most_calls: int | None = None,
    tell: Tell,
    say: Callable[[str], None],
) -> Outcome:
    """Goes on with the evaluation in `folder`, or begins it, and prints what is there at its end.

    `completers` holds each model of `asked` by name. Raises BadInput for files, names or a folder that cannot be used,
    Conflict where another command works on the folder, ModelUnavailable where the model is silent; what was judged is
    kept in every case. Calls: `say` tells their number before the first.
    """
    question = QUESTIONS[asked.question]
    group = gathered(asked)
    lessons = question.lessons(asked, group)
    plan = planned(asked, group, lessons, {name: one.profile for name, one in completers.items()})
    with opened(folder, plan, most_calls) as shelf:
        say(_planned_words(read_record(folder), question, shelf.book.calls))
        shop = Workshop(shelf, completers, asked.recipe, asked.seed, minutes, tell)
        stopped = await question.work(shop, lessons)
    return outcome(folder, stopped)


def outcome(folder: Path, stopped: Stopped = "") -> Outcome:
    """The table of what the folder holds; also written there. No model is asked. Raises BadInput for another folder."""
    record = read_record(folder)
    plan, question = record.plan, QUESTIONS[record.plan["question"]]
    cost, left = spent(folder / LEDGER), _left_words(question.progress(record), stopped)
    findings = question.findings(record)
    # A folder that was begun by an earlier version has no notes.
    noted = (*plan["left_out"], *plan.get("notes", ()), *missing_words(record))
    findings = replace(findings, words=(*findings.words, *noted, *left, _cost_words(cost)))
    terms = {name: plan[name] for name in ("question", "people", "learn_with", "judge_with", "recipe", "seed")}
    report = {**findings.as_json(), **terms, **cost, "is_whole": not left}
    write_findings(folder, findings, report)
    return Outcome(findings.as_text(), report, is_whole=not left)


def _planned_words(record: Record, question: Question, calls_before: int) -> str:
    """Said before the first call: how much there is to do."""
    plan = record.plan
    done, total = question.progress(record)
    before = f" {done:,} of them and {counted(calls_before, 'call')} are made already." if calls_before else ""
    return (
        f"{counted(len(plan['people']), 'person')}, {counted(plan['lessons'], 'lesson')} to learn and "
        f"{counted(total, 'judgement')} to make, two calls for each that asks the model.{before}"
    )


def _left_words(progress: tuple[int, int], stopped: Stopped) -> list[str]:
    """What is not done yet and how to go on; nothing where all is."""
    done, total = progress
    if done >= total:
        return []
    why = _WHY.get(stopped, "Not finished.")
    return [f"{why} {done:,} of {total:,} judgements are made. The same command with the same --out goes on from here."]


def _cost_words(cost: Mapping[str, int]) -> str:
    return (
        f"{counted(cost['calls'], 'call')} ({cost['failed_calls']:,} failed), {cost['prompt_tokens']:,} tokens in prompts "
        f"and {cost['completion_tokens']:,} in answers, over all starts."
    )
