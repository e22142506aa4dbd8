"""The main job without the web: a file of preferences in, persona.json, prompt.txt and report.json out.

One row: `{"user_id": "u1", "split": "train", "seq": 0, "conversation_id": "k1", "context": [{"role": "user",
"content": "..."}], "chosen": {"role": "assistant", "content": "..."}, "rejected": {...}, "present_first": "chosen"}`;
only context, chosen and rejected are needed (domain/transcripts/preference_files.py). Rows whose split is "test" are the unseen choices.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.choices.preference import PreferencePair
from app.domain.errors import BadInput
from app.domain.personas.persona import Accuracy
from app.domain.prompt_targets import system_prompt
from app.domain.texts.conversation import digest
from app.domain.transcripts.preference_files import FilePairs
from app.induction.induce import DEFAULT_RECIPE, Induced, Progress, check_choices, ignore, induce, recipe_called
from app.services.calling.costs import Cost, cost_of
from app.services.calling.file_ledger import Book
from app.services.calling.json_lines import JsonLines, read_rows, refuse_if_busy
from app.services.calling.model_calls import Completer, MeteredModel
from app.services.whole_files import (
    STANDARD_INPUT,
    missing_folders,
    prove_writable,
    read_pairs,
    remove_empty,
    writable,
    write_whole,
)

REPLIES = "replies.jsonl"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What an induction over a file came to; `document` is None where no persona could be written."""

    user: str
    recipe: str
    seed: int
    model: str
    choices: int
    skipped: tuple[str, ...]
    left_out: tuple[str, ...]
    rows: dict[str, int]
    accuracy: Accuracy | None
    baseline: Accuracy | None
    verdict: str
    is_sketch: bool
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    cost: Cost
    replies_found: int
    """Replies of earlier starts, which were not paid for again."""
    report: dict[str, Any] | None
    document: dict[str, Any] | None = field(repr=False)
    unanswered: int = 0
    """Calls that met no text at all; the other replies are kept, so that the same command asks for these alone."""
    files: tuple[Path, ...] = ()
    fit_calls: int = 0
    """Of the calls, those that made persona and prompt; the others tested them. Tries of one call count once."""

    def as_json(self) -> dict[str, Any]:
        """report.json: calls, fit_calls, prompt_tokens, completion_tokens, seconds, hits, n, interval, baseline_hits, failed, ...;
        under "report" every other way of guessing, the learning curve and what is made of them."""
        return {
            "user": self.user,
            "recipe": self.recipe,
            "seed": self.seed,
            "model": self.model,
            "choices": self.choices,
            **self.cost.as_json(),
            "fit_calls": self.fit_calls,
            "replies_found": self.replies_found,
            **_hits(self.accuracy),
            "baseline_hits": self.baseline.hits if self.baseline else None,
            "baseline_n": self.baseline.n if self.baseline else None,
            "verdict": self.verdict,
            "is_sketch": self.is_sketch,
            "has_persona": self.document is not None,
            "rows": self.rows,
            "skipped": list(self.skipped),
            "left_out": list(self.left_out),
            "missing": list(self.missing),
            "notes": list(self.notes),
            "report": self.report,
        }


@dataclass(frozen=True, slots=True)
class FileJob:
    """What is asked for and can be done: read, checked, and with a folder that takes files. No model was asked yet."""

    found: FilePairs
    tests: Sequence[PreferencePair]
    out: Path
    recipe: str

    @property
    def replies(self) -> Path:
        """Where the replies are kept until the work is done."""
        return self.out / REPLIES


def job_of(
    path: Path | str,
    out_dir: Path | str,
    *,
    user: str | None = None,
    recipe: str = DEFAULT_RECIPE,
    test_file: Path | str | None = None,
) -> FileJob:
    """The job over a file. The unseen choices are the rows with split "test", or all rows of that person in `test_file`.

    Raises BadInput for a file, user, recipe or folder that cannot be used and for fewer than five choices, and Conflict
    where another command works on the folder. Leaves nothing behind.
    """
    recipe_called(recipe)
    if Path(out_dir) == STANDARD_INPUT:
        raise BadInput("--out names a folder, for three files are written. Give a folder; --json prints the report.")
    if Path(path) == STANDARD_INPUT and test_file is not None and Path(test_file) == STANDARD_INPUT:
        raise BadInput("Standard input can be read once only. Name a file for the choices or for --test.")
    found = read_pairs(path, user)
    tests = found.test
    if test_file is not None:
        other = read_pairs(test_file, user if user is not None else found.user or None)
        tests = other.test or other.pairs
        told = (f"{Path(test_file).name}: {sentence}" for sentence in other.skipped)
        found = replace(found, skipped=(*found.skipped, *told))
    try:
        check_choices(found.pairs)
    except BadInput as too_few:
        raise type(too_few)(" ".join(part for part in (str(too_few), found.unused_words()) if part)) from too_few
    prove_writable(Path(out_dir))
    job = FileJob(found, tests, Path(out_dir), recipe)
    refuse_if_busy(job.replies)
    return job


async def induce_file(
    job: FileJob,
    completer: Completer,
    *,
    seed: int = 0,
    budget_calls: int = 800,
    budget_tokens: int = 2_000_000,
    keep_replies: bool = False,
    on_progress: Callable[[Progress], None] = ignore,
    say: Callable[[str], None] = lambda _: None,
    stopping: threading.Event | None = None,
) -> FileReport:
    """Induces one person's persona from a file and writes persona.json, prompt.txt and report.json into the job's folder.

    Without unseen choices it is tested on folds of the choices, or for the recipes of the paper on a part that is held
    back. Files are written whole or not at all; without a persona only report.json is written.

    Every reply is kept in the folder as it comes, and the same job goes on from there, in the budget of all its starts
    together; how many were found is said. They are deleted when the work was done whole,
    every call met with a text, unless `keep_replies`. Once
    `stopping` is set no further call is sent. Raises what `induce` raises, and Conflict where another command works on
    the folder.
    """
    started = time.monotonic()
    with _replies_of(job, seed, completer, budget_calls, budget_tokens, stopping) as book:
        if book.found:
            say(f"{book.found:,} replies of an earlier start are kept in {job.replies}; they are not asked for again.")
        ledger = book.of(_kept_as(completer))
        induced = await induce(
            job.found.pairs,
            MeteredModel(completer, ledger),
            recipe=job.recipe,
            seed=seed,
            test_pairs=job.tests or None,
            about=job.found.about,
            emit=on_progress,
        )
        report = _written(job, induced, cost_of(book, started), book.found)
        if induced.persona and not induced.missing and not book.unanswered and not keep_replies:
            book.lines.remove()
        else:
            report = replace(report, files=(*report.files, job.replies), unanswered=book.unanswered)
    return report


def kept_words(job: FileJob) -> str:
    """How an unfinished job can go on; "" where no reply is kept."""
    kept = sum(row["what"] == "reply" for row in read_rows(job.replies)[0])
    if not kept:
        return ""
    return f"{kept:,} replies are kept in {job.replies}. The same command goes on from there and pays for none of them again."


@contextmanager
def _replies_of(
    job: FileJob, seed: int, completer: Completer, calls: int, tokens: int, stopping: threading.Event | None
) -> Iterator[Book]:
    """The job's book in its folder. A folder that was made and holds nothing worth keeping is not left behind."""
    made = missing_folders(job.out)
    ids = [[pair.pair_id for pair in pairs] for pairs in (job.found.pairs, job.tests)]
    terms = digest(ids, job.recipe, seed, _kept_as(completer))
    with closing(JsonLines(writable(job.out) / REPLIES)) as lines:
        book = Book(lines, calls, tokens, terms, stopping or threading.Event())
        try:
            yield book
        except BaseException:
            if not book.replies:
                lines.remove()
                remove_empty(made)
            raise


def _kept_as(completer: Completer) -> str:
    """The model with its address: the same name elsewhere is another model."""
    address = getattr(completer, "api_base", None)
    is_own = completer.profile.small or not address
    return completer.profile.name if is_own else f"{completer.profile.name} at {address}"


def _written(job: FileJob, induced: Induced, cost: Cost, found: int) -> FileReport:
    document = induced.document()
    report = FileReport(
        user=job.found.user,
        recipe=job.recipe,
        seed=induced.seed,
        model=induced.model,
        choices=len(job.found.pairs),
        skipped=job.found.skipped,
        left_out=job.found.notes,
        rows=job.found.counts(),
        accuracy=induced.accuracy,
        baseline=induced.baseline,
        verdict=document["verdict"],
        is_sketch=induced.is_sketch,
        missing=induced.missing,
        notes=induced.notes,
        cost=cost,
        replies_found=found,
        report=document["report"],
        document=document if induced.persona else None,
        fit_calls=induced.fit_calls,
    )
    texts = {"report.json": _json(report.as_json())}
    if induced.persona:
        texts = {"persona.json": _json(document), "prompt.txt": system_prompt(document), **texts}
    for stale in {"persona.json", "prompt.txt"} - texts.keys():
        (job.out / stale).unlink(missing_ok=True)
    for name, text in texts.items():
        write_whole(job.out / name, text)
    return replace(report, files=tuple(job.out / name for name in texts))


def _hits(accuracy: Accuracy | None) -> dict[str, Any]:
    return {
        "hits": accuracy.hits if accuracy else None,
        "n": accuracy.n if accuracy else None,
        "interval": [round(end, 4) for end in accuracy.interval()] if accuracy else None,
        "failed": accuracy.failed if accuracy else None,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
