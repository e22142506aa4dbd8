"""The questions by name, and how each is asked: plan, work, table. This is what the commands call."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.induction.proof.arms import LEARNING_ARMS, MODEL_ARMS
from app.services.calling.file_ledger import spent
from app.services.calling.model_calls import Completer
from app.services.evaluating import agreement, baselines, curve, transfer
from app.services.evaluating.asking import Asked, Group, gathered, planned
from app.services.evaluating.counting import missing_words
from app.services.evaluating.folder import LEDGER, Record, check_folder, opened, read_record, write_findings
from app.services.evaluating.tables import Findings, counted
from app.services.evaluating.unasked import NO_MODEL, Unasked
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
_EMPTY = "Nothing can be said: nobody is in this table."
_WHY = {
    "minutes": "The time given is up.",
    "calls": "The number of calls given is reached.",
    "asked": "Stopped.",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question whose files are read, whose terms are checked and whose folder can be used. No model was asked, or fetched."""

    asked: Asked
    group: Group
    lessons: tuple[Lesson, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """The names of those that will be asked: none, where every arm guesses without a model."""
        names = []
        for lesson in self.lessons:
            names += [lesson.learn_with] * bool(LEARNING_ARMS & set(lesson.arms))
            names += lesson.judge_with if set(MODEL_ARMS) & set(lesson.arms) else ()
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The table as text and as JSON, whether there is more to do, and whether it is of nobody."""

    text: str
    report: dict[str, Any]
    is_whole: bool
    is_empty: bool


def prepared(asked: Asked, folder: Path) -> Prepared:
    """All that can be found wrong before a model is at hand.

    Raises BadInput for files, names, arms, numbers or a folder that cannot be used.
    """
    question = QUESTIONS[asked.question]
    group = gathered(asked)
    lessons = question.lessons(asked, group)
    if not any(set(MODEL_ARMS) & set(lesson.arms) for lesson in lessons):
        # So that the plan and the report do not name a model that had no part in it.
        asked = replace(asked, learn_with=(NO_MODEL,), judge_with=(NO_MODEL,))
        lessons = question.lessons(asked, group)
    check_folder(folder, planned(asked, group, lessons, {}))
    return Prepared(asked, group, tuple(lessons))


async def evaluate(
    ready: Prepared,
    folder: Path,
    completers: Mapping[str, Completer],
    *,
    minutes: float | None = None,
    most_calls: int | None = None,
    stopping: threading.Event | None = None,
    tell: Tell,
    say: Callable[[str], None],
) -> Outcome:
    """Goes on with the evaluation in `folder`, or begins it, and prints what is there at its end.

    `completers` holds each of the models that will be asked, by name. Raises BadInput for a folder that cannot be used,
    Conflict where another command works on the folder, ModelUnavailable where the model is silent; what was judged is
    kept in every case. Once `stopping` is set no call is sent, and those in flight are kept. Calls: `say` tells their number before the first.
    """
    asked, lessons, question = ready.asked, ready.lessons, QUESTIONS[ready.asked.question]
    plan = planned(asked, ready.group, lessons, {name: completers[name].profile for name in ready.models})
    with opened(folder, plan, most_calls, stopping) as shelf:
        say(_planned_words(read_record(folder), question, shelf.book.calls))
        unasked = {name: Unasked(name) for name in (*asked.learn_with, *asked.judge_with) if name not in completers}
        shop = Workshop(shelf, {**completers, **unasked}, asked.recipe, asked.seed, minutes, tell, ready.group.prior)
        stopped = await question.work(shop, lessons)
    return outcome(folder, stopped)


def outcome(folder: Path, stopped: Stopped = "") -> Outcome:
    """The table of what the folder holds; also written there. No model is asked. Raises BadInput for another folder."""
    record = read_record(folder)
    plan, question = record.plan, QUESTIONS[record.plan["question"]]
    cost, left = spent(folder / LEDGER), _left_words(question.progress(record), stopped)
    findings = question.findings(record)
    is_empty = not any(row["n"] for row in findings.figures)
    nobody = [_EMPTY] if is_empty and not left else []
    # A folder that was begun by an earlier version has no notes.
    noted = (*plan["left_out"], *plan.get("notes", ()), *missing_words(record))
    findings = replace(findings, words=(*nobody, *findings.words, *noted, *left, _cost_words(cost)))
    terms = {name: plan[name] for name in ("question", "people", "learn_with", "judge_with", "recipe", "seed")}
    report = {**findings.as_json(), **terms, **cost, "is_whole": not left, "is_empty": is_empty}
    write_findings(folder, findings, report)
    return Outcome(findings.as_text(), report, is_whole=not left, is_empty=is_empty)


def _planned_words(record: Record, question: Question, calls_before: int) -> str:
    """Said before the first call: how much there is to do."""
    plan = record.plan
    done, total = question.progress(record)
    kept = f" ({record.lessons_kept:,} of them learnt already)" if record.lessons_kept else ""
    before = f" {done:,} of them and {counted(calls_before, 'call')} are made already." if done or calls_before else ""
    forms = {model.get("judging") for model in plan["models"].values()}
    two = "two calls for several of one person" if forms == {"stacked"} else "two calls for each that asks the model"
    calls = two if forms else "none of which asks a model"
    return (
        f"{counted(len(plan['people']), 'person')}, {counted(plan['lessons'], 'lesson')} to learn{kept} and "
        f"{counted(total, 'judgement')} to make, {calls}.{before}"
    )


def _left_words(progress: tuple[int, int], stopped: Stopped) -> list[str]:
    """What is not done yet and how to go on; nothing where all is."""
    done, total = progress
    if done >= total:
        return []
    why = _WHY.get(stopped, "Not finished.")
    return [f"{why} {done:,} of {total:,} judgements are made. The same command with the same --out goes on from here."]


def _cost_words(cost: Mapping[str, int]) -> str:
    told = (
        f"{counted(cost['calls'], 'call')} ({cost['failed_calls']:,} failed), {cost['prompt_tokens']:,} tokens in prompts "
        f"and {cost['completion_tokens']:,} in answers, over all starts."
    )
    lost = cost["unanswered_calls"]
    if lost:
        told += (
            f" {counted(lost, 'call')} of these {'was' if lost == 1 else 'were'} in flight when a start ended: no answer was kept, "
            f"and up to {cost['unanswered_tokens']:,} tokens besides may have been charged."
        )
    return told
