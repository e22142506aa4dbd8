"""The commands that work on files: `induce`, `evaluate persona`, `export`. All is read and checked before a model is started."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from app import readable, supervisor
from app.commanding import (
    LARGEST_SEED,
    Arguments,
    Exit,
    examples,
    print_json,
    run_until_stopped,
    say,
    whole_number,
)
from app.domain.errors import BudgetReached
from app.domain.export.columns import FORMATS
from app.settings import Settings

if TYPE_CHECKING:
    from app.adapters.language_models import Completer
    from app.induction.run import Progress

Add = Callable[..., Arguments]
"""Adds a command by name, function, sentence and examples."""


def add_induce(add: Add) -> None:
    added = add(
        "induce",
        induce,
        "learn a persona from a file of preferences; the key comes from MODEL_API_KEY",
        examples(
            "python -m app induce choices.jsonl --out result --model openai/gpt-4o-mini",
            "python -m app induce people.jsonl --user u17 --out result --recipe quick --json",
            "zcat choices.jsonl.gz | python -m app induce - --out result",
        ),
    )
    added.add_argument("file", type=Path, metavar="FILE", help="preferences, a choice a line; - for standard input")
    added.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="folder for persona.json, prompt.txt and report.json; begun work in it goes on",
    )
    added.add_argument("--recipe", default="traits", help="traits, quick, paper-lean or paper (default: traits)")
    added.add_argument(
        "--seed",
        type=whole_number(0, LARGEST_SEED),
        default=0,
        metavar="N",
        help="what is drawn is drawn from it; equal seeds and replies give equal files (default: 0)",
    )
    added.add_argument(
        "--test",
        type=Path,
        metavar="FILE",
        help="a file of choices to test on (default: the rows with split test, or folds)",
    )
    _add_user(added)
    added.add_argument(
        "--keep-replies",
        action="store_true",
        help="leave replies.jsonl in the folder at the end (default: deleted when all is done)",
    )
    add_model_options(added)
    _add_quiet(added)


def add_export(add: Add) -> None:
    added = add(
        "export",
        export,
        "write the consented preferences as JSON lines",
        examples(
            "python -m app export --format lmsys --out battles.jsonl",
            "python -m app export | head -3",
        ),
    )
    added.add_argument(
        "--format",
        choices=tuple(known.name for known in FORMATS),
        default="trl",
        help="form of the rows (default: trl)",
    )
    added.add_argument(
        "--out",
        type=Path,
        default=Path("-"),
        metavar="FILE",
        help="file to write, Parquet if it ends in .parquet (default: -, standard output)",
    )
    added.add_argument("--force", action="store_true", help="write FILE anew where it is there already")
    added.add_argument("--json", action="store_true", help="print rows, SHA-256 and file as JSON")
    _add_quiet(added)


def add_persona_terms(added: argparse.ArgumentParser) -> None:
    """The arguments of `evaluate persona`."""
    added.add_argument("file", type=Path, metavar="FILE", help="preferences, a choice a line; - for standard input")
    added.add_argument("--persona", type=Path, required=True, metavar="FILE", help="a persona.json written by induce")
    _add_user(added)
    _add_quiet(added)


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Which model, where, with which budget, and how the result is printed."""
    parser.add_argument("--model", help="embedded, a GGUF file, a LiteLLM model name, or NAME@ADDRESS (default: MODEL)")
    parser.add_argument(
        "--api-base",
        dest="model_api_base",
        metavar="URL",
        help="address of a server of your own, for every model named (default: MODEL_API_BASE)",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def _add_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", metavar="NAME", help="whose choices to take where the file holds several people's")


def _add_quiet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")


def induce(options: argparse.Namespace, settings: Settings) -> int:
    from app.services.inducing.files import induce_file, job_of, kept_words

    job = job_of(options.file, options.out, user=options.user, recipe=options.recipe, test_file=options.test)
    stopping = threading.Event()
    try:
        with _at_hand(settings, job.recipe) as reached:
            report = run_until_stopped(
                induce_file(
                    job,
                    _known(reached, options, (len(job.found.pairs), job.recipe)),
                    seed=options.seed,
                    budget_calls=settings.run_budget_calls,
                    budget_tokens=settings.run_budget_tokens,
                    keep_replies=options.keep_replies,
                    on_progress=_progress(options),
                    say=say,
                    stopping=stopping,
                ),
                stopping.set,
            )
    except BaseException as stop:
        if isinstance(stop, BudgetReached):
            stop.add_note("The caps are RUN_BUDGET_CALLS and RUN_BUDGET_TOKENS; they hold for all starts together.")
        kept = kept_words(job)
        if kept:
            stop.add_note(kept)
        raise
    if options.json:
        print_json(report.as_json())
    else:
        print(readable.induced(report))
    return Exit.DONE if report.document else Exit.NOTHING


def evaluate_persona(options: argparse.Namespace, settings: Settings) -> int:
    from app.services.evaluating.one_persona import judge_trial, trial_of

    trial = trial_of(options.file, options.persona, user=options.user)
    with supervisor.model_at_hand(settings) as reached:
        report = asyncio.run(
            judge_trial(
                trial,
                _known(reached, options),
                budget_calls=settings.run_budget_calls,
                budget_tokens=settings.run_budget_tokens,
                on_progress=_progress(options),
            )
        )
    if options.json:
        print_json(report.as_json())
    else:
        print(readable.judged(report))
    return Exit.DONE if report.accuracy.n else Exit.NOTHING


def export(options: argparse.Namespace, settings: Settings) -> int:
    from app.services.exporting.exporting import check_target, export_to
    from app.storage.database import Database
    from app.surroundings.garbage import pass_over_what_the_start_made

    to_output = options.out == Path("-")
    out = None if to_output else check_target(options.out, force=options.force)
    database = Database(settings.app_database_url)
    pass_over_what_the_start_made()
    try:
        written = export_to(database, out, file_format=options.format)
    finally:
        database.close()
    if not options.quiet:
        say(written.in_words(str(options.out) if out else "Standard output"))
    if options.json and to_output:
        # Standard output holds the rows.
        say(written.as_line())
    elif options.json:
        print_json({**written.as_json(), "file": str(options.out)})
    return Exit.DONE


def _at_hand(settings: Settings, recipe: str) -> AbstractContextManager[Settings]:
    """As `model_at_hand`; without a key the usual recipes count, so that no embedded model need be fetched or started."""
    from app.induction.recipes import RECIPES

    if settings.uses_embedded_model and RECIPES[recipe].by_folds:
        return contextlib.nullcontext(settings)
    return supervisor.model_at_hand(settings)


def _known(settings: Settings, options: argparse.Namespace, run: tuple[int, str] | None = None) -> Completer:
    """The configured model, asked about for free and then learned where it is not known yet; what was found is said in one
    sentence."""
    from app.adapters.configured import completer
    from app.adapters.model_check import usable
    from app.services.calling.habits_file import known_by_file

    if settings.uses_embedded_model and not settings.embedded_url:
        return completer(settings)
    model = usable(completer(settings), say)
    return asyncio.run(known_by_file(model, settings, None if options.quiet else say, run=run))


def _progress(options: argparse.Namespace) -> Callable[[Progress], None]:
    def tell(progress: Progress) -> None:
        if not options.quiet:
            print(f"{progress.stage}: {progress.done} of {progress.total}", file=sys.stderr, flush=True)

    return tell
