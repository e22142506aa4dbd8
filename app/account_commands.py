"""The commands `accounts` and `erase`: what whoever runs the site sees of accounts, and has deleted for their people."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime

from app.commanding import Arguments, Command, Exit, examples, print_json
from app.settings import Settings

TRAIL = 1_000


def list_accounts(options: argparse.Namespace, settings: Settings) -> int:
    """Prints every account, or the trail of acts; 0."""
    from app.services.people import accounts
    from app.storage.database import Database
    from app.storage.people import audit

    database = Database(settings.app_database_url)
    try:
        with database.reading() as session:
            if options.trail:
                acts = audit.newest_first(session, TRAIL)
                lines = [
                    {"at": act.at, "act": act.act, "about": act.about, "by": act.by, "detail": act.detail}
                    for act in acts
                ]
            else:
                lines = [account._asdict() for account in accounts.list_accounts(session)]
    finally:
        database.close()
    if options.json:
        print_json([{name: _plain(value) for name, value in line.items()} for line in lines])
        return Exit.DONE
    for line in lines:
        print(_told_act(line) if options.trail else _told_account(line))
    if not lines:
        print("Nothing is kept of such acts yet." if options.trail else "There is no account yet.")
    return Exit.DONE


def erase(options: argparse.Namespace, settings: Settings) -> int:
    """Erases the account with the code; 0."""
    from app.services.people import accounts
    from app.storage.database import Database

    database = Database(settings.app_database_url, forgotten_log=settings.forgotten)
    try:
        with database.writing() as session:
            code = accounts.erase(session, options.code)
    finally:
        database.close()
    if options.json:
        print_json({"account": code, "is_erased": True})
    else:
        print(
            f"The account {code} is erased with everything in it: its tokens open nothing, and no export holds anything of it."
        )
    return Exit.DONE


def _plain(value: object) -> object:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _told_account(line: dict[str, object]) -> str:
    ways = [*(["words"] if line["has_words"] else []), *([f"{line['providers']} linked"] if line["providers"] else [])]
    return "  ".join(
        (
            str(line["code"]),
            f"{line['role']:<10}",
            f"since {str(line['created_at'])[:10]}",
            f"last seen {str(line['last_visit'])[:10] if line['last_visit'] else 'never now '}",
            f"{line['verdicts']:>6} verdicts",
            ", ".join(ways) or "guest",
            *(["suspended"] if line["is_suspended"] else []),
        )
    )


def _told_act(line: dict[str, object]) -> str:
    return f"{str(line['at'])[:19]}  {line['act']:<10}  {line['about'] or '-':<9}  by {line['by']}  {line['detail']}".rstrip()


def add_accounts(add: Callable[[str, Command, str, str], Arguments]) -> None:
    """Adds `accounts` and `erase` to the commands."""
    shown = examples("python -m app accounts", "python -m app accounts --trail --json")
    added = add("accounts", list_accounts, "list the accounts, or what was done to them", shown)
    added.add_argument(
        "--trail", action="store_true", help="the roles, suspensions, erasures and exports of the last year"
    )
    added.add_argument("--json", action="store_true", help="print the result as JSON")
    shown = examples("python -m app erase 7KQ2-9XHM")
    added = add("erase", erase, "delete the account with a code and everything in it, for good", shown)
    added.add_argument("code", metavar="CODE", help="the account's code, as its My data page shows it")
    added.add_argument("--json", action="store_true", help="print the result as JSON")
