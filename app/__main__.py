"""The command line. Each command puts settings and one function together; what it does lives elsewhere.

Example: MODEL_API_KEY=... python -m app induce choices.jsonl --out result --model openai/gpt-4o-mini
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from app import __version__, starting, supervisor
from app.account_commands import add_accounts
from app.backup_commands import add_backups
from app.children import CANNOT_HELP
from app.commanding import (
    EXITS,
    Arguments,
    Command,
    Exit,
    WrongArguments,
    end_by_sigterm_as_by_ctrl_c,
    examples,
    exit_of,
    print_json,
    say,
    tell_refusal,
)
from app.domain.errors import ProblemError
from app.evaluate_commands import add_questions, with_question
from app.file_commands import add_export, add_induce, add_model_options, add_persona_terms, evaluate_persona
from app.learn_command import add_learn, add_learn_guess, add_learn_prior
from app.models_command import add_models
from app.read_command import add_read
from app.settings import Settings
from app.spending_command import add_spending
from app.surroundings.extras import missing_extra
from app.surroundings.values import without_password
from app.surroundings.written_files import SettingFault
from app.suspend_command import SUSPEND_EXAMPLES, add_suspend_terms, suspend

INSTALLED = "synthesize-me"
STOP_OPEN_STREAMS_SECONDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code (app/commanding.py has all of them)."""
    supervisor.end_with_supervisor()
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    given = with_question(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        code = _run(given)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (WrongArguments, SettingFault) as fault:
        return tell_refusal(fault, Exit.REFUSED, as_json=as_json)
    except ProblemError as problem:
        return tell_refusal(problem, exit_of(problem), as_json=as_json)
    except KeyboardInterrupt as stop:
        # A child of `serve` ends in silence.
        return (
            Exit.STOPPED
            if supervisor.is_supervised()
            else tell_refusal(stop, Exit.STOPPED, as_json=as_json, sentence="Stopped.")
        )
    except BrokenPipeError:
        _let_go_of_output()
        return Exit.NOBODY_READS
    except ImportError as fault:
        told = missing_extra(fault)
        if not told:
            raise
        return tell_refusal(fault, Exit.REFUSED, as_json=as_json, sentence=told)
    except Exception as problem:
        told = _database_fault(problem) or _output_fault(problem)
        if not told:
            raise
        return tell_refusal(problem, Exit.REFUSED, as_json=as_json, sentence=told)
    return code


def _run(given: Sequence[str]) -> int:
    options = _parser().parse_args(given)
    named = {
        name: value for name, value in vars(options).items() if name in Settings.model_fields and value is not None
    }
    settings = starting.settings_from(named, names_models=hasattr(options, "learn_with"), tell=say)
    if not supervisor.is_supervised():
        for sentence in starting.misspelt_names():
            say(sentence)
    if options.command not in {serve, web, worker}:
        end_by_sigterm_as_by_ctrl_c()
    code: int = options.command(options, settings)
    return code


def serve(_options: argparse.Namespace, settings: Settings) -> int:
    return supervisor.serve(settings, lambda line: print(line, flush=True))


def web(_options: argparse.Namespace, settings: Settings) -> int:
    from app.main import create_app
    from app.web import server

    port = supervisor.free_port(settings.host, settings.port)
    if not supervisor.is_supervised():
        say(starting.start_line(settings, supervisor.shown_address(settings.host, port)))
    server.run(
        create_app(settings),
        host=settings.host,
        port=port,
        trusted_proxies=settings.trusted_proxies,
        stop_seconds=STOP_OPEN_STREAMS_SECONDS,
    )
    return 0


def worker(_options: argparse.Namespace, settings: Settings) -> int:
    from app.jobs.worker import run

    if not supervisor.is_supervised():
        say(starting.start_line(settings))
    run(settings)
    return 0


def model(options: argparse.Namespace, settings: Settings) -> int:
    from app.adapters.embedded import health, server
    from app.adapters.embedded.fetch import obtain

    say = health.Reporter(settings.model_files, lambda line: print(line, flush=True))
    try:
        if options.fetch_only:
            obtain(settings, say)
        else:
            server.serve(server.with_address(settings), say)
    except ProblemError as error:
        health.leave_note(settings.model_files, str(error), has_failed=True)
        print(error, file=sys.stderr, flush=True)
        return CANNOT_HELP
    return 0


def migrate(options: argparse.Namespace, settings: Settings) -> int:
    from app.storage import migrations

    migrations.upgrade(settings.app_database_url)
    shown = without_password(settings.app_database_url)
    if options.json:
        print_json({"database": shown, "is_up_to_date": True})
    elif not supervisor.is_supervised():
        print(f"The database is up to date: {shown}")
    return Exit.DONE


def grant(options: argparse.Namespace, settings: Settings) -> int:
    from app.services.people.accounts import grant as grant_role
    from app.storage.database import Database

    database = Database(settings.app_database_url)
    try:
        with database.writing() as session:
            account = grant_role(session, options.code, options.role)
            given = {"account": account.code, "role": account.role}
    finally:
        database.close()
    if options.json:
        print_json(given)
    else:
        print(f"The account {given['account']} is now a {given['role']}.")
    return Exit.DONE


def _database_fault(error: Exception) -> str:
    """What to tell of an error of the database, in one line without what it was about to write; "" for any other."""
    if "sqlalchemy" not in sys.modules:
        return ""
    from app.storage.database import DatabaseFault

    if not isinstance(error, DatabaseFault):
        return ""
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0].rstrip(". ")
    return f"The database cannot be used: {reason}. Check DATABASE_URL or DATA_DIR, then run `python -m app migrate`."


def _output_fault(error: Exception) -> str:
    """What to tell where standard output takes nothing more, as on a full disk; "" for any other error. Files that cannot be
    written are named where they are written."""
    if not isinstance(error, OSError) or error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}:
        return ""
    _let_go_of_output()
    return f"Standard output cannot be written: {error.strerror or error}."


def _let_go_of_output() -> None:
    """What is left in the buffer would be written at the end, and fail again with lines of Python's own."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _called() -> str:
    """How this program was called, for usage lines."""
    name = Path(sys.argv[0]).stem
    return name if name == INSTALLED else "python -m app"


def _parser() -> argparse.ArgumentParser:
    parser = Arguments(
        prog=_called(),
        description="Synthesize Me: from choices to a persona.",
        epilog=f"{EXITS}\n\nCOMMAND --help tells what a command takes; docs/operations.md has the settings and their defaults.",
    )
    parser.add_argument("--version", action="version", version=f"synthesize-me {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Arguments)

    def add(name: str, command: Command, text: str, shown: str) -> Arguments:
        added: Arguments = commands.add_parser(name, help=text, description=text, epilog=shown)
        added.set_defaults(command=command)
        return added

    for name, process, text in (
        ("serve", serve, "run web, worker and the embedded model as one, until Ctrl-C"),
        ("web", web, "run the web process alone"),
    ):
        added = add(name, process, text, examples(f"python -m app {name} --port 9000"))
        added.add_argument("--host", help="address to listen on (default: HOST, 127.0.0.1)")
        added.add_argument("--port", type=int, help="port to listen on, 0 for any (default: PORT, 8000)")
    add("worker", worker, "run the background worker alone", examples("python -m app worker"))
    added = add(
        "model",
        model,
        "run the embedded model's server alone, fetching its file if need be",
        examples("python -m app model --fetch-only"),
    )
    added.add_argument("--model", help="embedded, embedded/smollm2-135m or a GGUF file (default: MODEL, embedded)")
    added.add_argument("--fetch-only", action="store_true", help="fetch and verify the file, then end")
    added = add("migrate", migrate, "bring the database up to date", examples("python -m app migrate"))
    added.add_argument("--json", action="store_true", help="print the result as JSON")
    add_read(add)
    add_induce(add)
    questions = commands.add_parser("evaluate", help="how well personas predict choices, over one person or many")
    add_questions(questions, add_model_options, evaluate_persona, add_persona_terms)
    add_export(add)
    add_learn(add, add_model_options)
    add_learn_prior(add)
    add_learn_guess(add)
    add_models(add)
    add_spending(add)
    added = add(
        "grant", grant, "give the account with a code a role", examples("python -m app grant 7KQ2-9XHM-4TRV researcher")
    )
    added.add_argument("code", metavar="CODE", help="the account's code, as its My data page shows it")
    added.add_argument("role", metavar="ROLE", help="person, researcher (may export on the page) or operator")
    added.add_argument("--json", action="store_true", help="print the result as JSON")
    add_accounts(add)
    add_backups(add)
    about = "refuse the account with a code everything, until it is lifted"
    add_suspend_terms(add("suspend", suspend, about, SUSPEND_EXAMPLES))
    return parser


def _end(code: int) -> NoReturn:
    """Ends the process. One that was stopped ends at once, without the seconds that libraries take to clear up."""
    if code == Exit.STOPPED:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def run() -> NoReturn:
    """The command `synthesize-me`, and `python -m app`."""
    _end(main())


if __name__ == "__main__":
    run()
