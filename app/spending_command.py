"""The command `spending`: what was spent by day, model and purpose, and the switch that stops all of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict

from app.commanding import Arguments, Exit, examples, print_json
from app.settings import Settings


def add_spending(add: Callable[..., Arguments]) -> None:
    added = add(
        "spending",
        spending,
        "show what calls to models cost, or stop and start all of them",
        examples("python -m app spending show --json", "python -m app spending stop", "python -m app spending start"),
    )
    added.add_argument("what", metavar="WHAT", choices=("show", "stop", "start"), help="show, stop or start")
    added.add_argument("--json", action="store_true", help="print the result as JSON")


def spending(options: argparse.Namespace, settings: Settings) -> int:
    """Shows, or turns the switch first and then says how it stands. The database must be migrated."""
    from app.adapters.prices import caps_of
    from app.services.operating import spending as service
    from app.storage.database import Database

    database = Database(settings.app_database_url)
    try:
        with database.writing() as session:
            if options.what == "stop":
                service.stop(session)
            elif options.what == "start":
                service.start(session)
            found = service.show(session, caps_of(settings))
    finally:
        database.close()
    if options.json:
        lines = [asdict(line) for line in found.lines]
        used = [dict(each.as_json()) for each in found.used]
        print_json({"is_stopped": found.is_stopped, "used": used, "lines": lines})
        return Exit.DONE
    print("All calls to hosted models are stopped." if found.is_stopped else "Calls to models are sent.")
    if options.what != "show":
        return Exit.DONE
    for each in found.used:
        print(
            f"{each.whose} ({each.period}): {each.tokens:,} of {each.cap.tokens or 'any number of'} tokens, "
            f"{each.dollars:.2f} of {each.cap.micros / 1_000_000 or 'any number of'} dollars"
        )
    for line in found.lines:
        print(
            f"{line.day}  {line.model}  {line.purpose}: {line.calls:,} calls, {line.tokens:,} tokens, {line.dollars:.4f} dollars"
        )
    return Exit.DONE
