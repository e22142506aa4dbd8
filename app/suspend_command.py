"""The command `suspend`: an operator has nothing done any more for one account, or ends that."""

from __future__ import annotations

import argparse

from app.commanding import Arguments, Exit, examples, print_json
from app.settings import Settings


def suspend(options: argparse.Namespace, settings: Settings) -> int:
    """Suspends the account with the code, or lifts its suspension; 0."""
    from app.services.people import accounts
    from app.storage.database import Database

    database = Database(settings.app_database_url)
    try:
        with database.writing() as session:
            change = accounts.lift if options.lift else accounts.suspend
            account = change(session, options.code)
    finally:
        database.close()
    if options.json:
        print_json({"account": account.code, "is_suspended": account.is_suspended})
    elif account.is_suspended:
        print(
            f"The account {account.code} is suspended: it is refused from the next request on, its runs and answers have "
            "ended, and no export holds anything of it. Nothing was deleted. --lift ends this."
        )
    else:
        print(f"The account {account.code} is not suspended any more.")
    return Exit.DONE


def add_suspend_terms(added: Arguments) -> None:
    """The arguments of the command."""
    added.add_argument("code", metavar="CODE", help="the account's code, as its My data page shows it")
    added.add_argument("--lift", action="store_true", help="end the suspension")
    added.add_argument("--json", action="store_true", help="print the result as JSON")


SUSPEND_EXAMPLES = examples("python -m app suspend 7KQ2-9XHM", "python -m app suspend 7KQ2-9XHM --lift")
