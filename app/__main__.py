"""The command line. Each command puts settings and one function together; what it does lives elsewhere.

Example: MODEL_API_KEY=... python -m app induce choices.jsonl --out result --model openai/gpt-4o-mini
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app import starting, supervisor
from app.domain.errors import ProblemError
from app.evaluate_commands import Command, add_questions, with_question
from app.induction.run import Progress
from app.settings import Settings
from app.surroundings.written_files import SettingFault

STOP_OPEN_STREAMS_SECONDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code.

    0 done, 1 no persona could be written or nothing could be judged, 2 refused with one line on stderr, 3 no model to be had,
    4 an evaluation that its limits stopped before all was judged, 130 Ctrl-C.
    """
    supervisor.end_with_supervisor()
    options = _parser().parse_args(with_question(sys.argv[1:] if arguments is None else arguments))
    given = {
        name: value for name, value in vars(options).items() if name in Settings.model_fields and value is not None
    }
    try:
        settings = starting.settings_from(given, names_models=hasattr(options, "learn_with"))
        if not supervisor.is_supervised():
            _tell(starting.misspelt_names())
        code: int = options.command(options, settings)
    except (SettingFault, ProblemError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as problem:
        told = _database_fault(problem)
        if not told:
            raise
        print(told, file=sys.stderr)
        return 2
    return code


def serve(_options: argparse.Namespace, settings: Settings) -> int:
    return supervisor.serve(settings, lambda line: print(line, flush=True))


def web(_options: argparse.Namespace, settings: Settings) -> int:
    import uvicorn

    from app.main import create_app

    port = supervisor.free_port(settings.host, settings.port)
    if not supervisor.is_supervised():
        _tell([starting.start_line(settings, supervisor.shown_address(settings.host, port))])
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=STOP_OPEN_STREAMS_SECONDS,
    )
    return 0


def worker(_options: argparse.Namespace, settings: Settings) -> int:
    from app.jobs.worker import run

    if not supervisor.is_supervised():
        _tell([starting.start_line(settings)])
    run(settings)
    return 0


def model(options: argparse.Namespace, settings: Settings) -> int:
    from app.adapters.embedded import health, server
    from app.adapters.embedded.fetch import obtain

    # A plain SIGTERM would leave half a file behind; this way what was begun is cleared away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    say = health.Reporter(settings.model_files, lambda line: print(line, flush=True))
    try:
        if options.fetch_only:
            obtain(settings, say)
        else:
            server.serve(server.with_address(settings), say)
    except ProblemError as error:
        health.leave_note(settings.model_files, str(error), has_failed=True)
        print(error, file=sys.stderr, flush=True)
        return supervisor.CANNOT_HELP
    return 0


def migrate(_options: argparse.Namespace, settings: Settings) -> int:
    from app.storage import migrations

    migrations.upgrade(settings.app_database_url)
    return 0


def induce(options: argparse.Namespace, settings: Settings) -> int:
    from app.adapters.configured import completer
    from app.services.inducing_files import induce_file

    with supervisor.model_at_hand(settings) as reached:
        report = asyncio.run(
            induce_file(
                options.file,
                options.out,
                completer(reached),
                user=options.user,
                recipe=options.recipe,
                seed=options.seed,
                test_file=options.test,
                budget_calls=settings.run_budget_calls,
                budget_tokens=settings.run_budget_tokens,
                on_progress=_tell_progress,
            )
        )
    _print_report(report.as_json(), as_json=options.json)
    if not options.json:
        print("written:", *report.files)
    return 0 if report.document else 1


def evaluate(options: argparse.Namespace, settings: Settings) -> int:
    from app.adapters.configured import completer
    from app.services.evaluating.one_persona import judge_trial, trial_of

    trial = trial_of(options.file, options.persona, user=options.user)
    with supervisor.model_at_hand(settings) as reached:
        report = asyncio.run(
            judge_trial(
                trial,
                completer(reached),
                budget_calls=settings.run_budget_calls,
                budget_tokens=settings.run_budget_tokens,
                on_progress=_tell_progress,
            )
        )
    _print_report(report.as_json(), as_json=options.json)
    return 0 if report.accuracy.n else 1


def export(options: argparse.Namespace, settings: Settings) -> int:
    from app.services.exporting import export_rows
    from app.storage.database import Database

    database = Database(settings.app_database_url)
    try:
        rows = export_rows(database, file_format=options.format, requested_by=None)
        with options.out.open("wb") if options.out else open(1, "wb", closefd=False) as file:
            file.writelines(rows)
    except OSError as error:
        raise ProblemError(f"{options.out or 'The output'} cannot be written: {error.strerror or error}.") from error
    finally:
        database.close()
    return 0


def grant(options: argparse.Namespace, settings: Settings) -> int:
    from app.services.accounts import grant as grant_role
    from app.storage.database import Database

    database = Database(settings.app_database_url)
    try:
        with database.writing() as session:
            account = grant_role(session, options.code, options.role)
        print(f"The account {account.code} is now a {account.role}.")
    finally:
        database.close()
    return 0


def _database_fault(error: Exception) -> str:
    """What to tell of an error of the database, in one line without what it was about to write; "" for any other."""
    from app.storage.database import DatabaseFault

    if not isinstance(error, DatabaseFault):
        return ""
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0].rstrip(". ")
    return f"The database cannot be used: {reason}. Check DATABASE_URL or DATA_DIR, then run `python -m app migrate`."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app", description="Synthesize Me: from choices to a persona.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=command)
        return added

    for name, command, text in (
        ("serve", serve, "run web, worker and the embedded model as one, until Ctrl-C"),
        ("web", web, "run the web process alone"),
    ):
        added = add(name, command, text)
        added.add_argument("--host", help="address to listen on (HOST)")
        added.add_argument("--port", type=int, help="port to listen on, 0 for any (PORT)")
    add("worker", worker, "run the background worker alone")
    added = add("model", model, "run the embedded model's server alone, fetching its file if need be")
    added.add_argument("--model", help="embedded, embedded/smollm2-135m or a GGUF file (MODEL)")
    added.add_argument("--fetch-only", action="store_true", help="fetch and verify the file, then end")
    add("migrate", migrate, "bring the database up to date")
    added = add("induce", induce, "learn a persona from a file of preference pairs; the key comes from MODEL_API_KEY")
    added.add_argument("file", type=Path)
    added.add_argument("--out", type=Path, required=True, help="folder for persona.json, prompt.txt and report.json")
    added.add_argument("--recipe", default="traits", help="traits (the default), quick, paper-lean or paper")
    added.add_argument("--seed", type=int, default=0)
    added.add_argument("--test", type=Path, help="a file of pairs to test on, instead of the latest of FILE")
    added.add_argument("--user", help="the user_id to take where the file holds several people")
    _add_model_options(added)
    added = commands.add_parser("evaluate", help="how well personas predict choices, over one person or many")
    add_questions(added, _add_model_options, evaluate)
    added = add("export", export, "write the consented preferences as JSON lines")
    added.add_argument("--format", choices=("trl", "lmsys"), default="trl")
    added.add_argument("--out", type=Path, help="file to write; standard output without it")
    added = add("grant", grant, "give the account with a code a role")
    added.add_argument("code")
    added.add_argument("role")
    return parser


def _add_model_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", help="embedded, a GGUF file, a LiteLLM model name, or NAME@ADDRESS (MODEL)")
    parser.add_argument(
        "--api-base",
        dest="model_api_base",
        help="address of a server of your own, for every model named (MODEL_API_BASE)",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def _print_report(report: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for name, value in report.items():
        print(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


def _tell(lines: Sequence[str]) -> None:
    """To stderr, a line each."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def _tell_progress(progress: Progress) -> None:
    """To stderr, so that --json leaves nothing but JSON on stdout."""
    print(f"{progress.stage}: {progress.done} of {progress.total}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
