"""The commands `backup` and `restore`: one file of all that is kept, and back without whom it must not bring back."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from app.commanding import Arguments, Command, Exit, examples, print_json
from app.domain.errors import BadInput
from app.settings import Settings


def backup(options: argparse.Namespace, settings: Settings) -> int:
    """Writes the backup whole or not at all; 0."""
    from app.services.operating import backing_up
    from app.storage.database import Database

    out, key = Path(options.out), settings.backup_key.get_secret_value()
    if out.exists() and not options.force:
        raise BadInput(f"{out} is there already; it was left as it is. Choose another name, or add --force.")
    database = Database(settings.app_database_url)
    try:
        opened, name = tempfile.mkstemp(dir=out.parent)
        try:
            with os.fdopen(opened, "wb") as file:
                rows = backing_up.backup(database, file, key)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(out)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        database.close()
    if options.json:
        print_json({"file": str(out), "rows": rows, "bytes": out.stat().st_size, "is_encrypted": bool(key)})
    else:
        told = (
            "encrypted with BACKUP_KEY" if key else "not encrypted: set BACKUP_KEY, or keep it as you keep the database"
        )
        print(f"{out}: {rows:,} rows, {out.stat().st_size:,} bytes, {told}.")
    return Exit.DONE


def restore(options: argparse.Namespace, settings: Settings) -> int:
    """Puts a backup in the place of what is there; 0."""
    from app.services.operating import backing_up
    from app.storage.database import Database

    key = settings.backup_key.get_secret_value()
    database = Database(settings.app_database_url)
    try:
        with Path(options.file).open("rb") as file:
            found = backing_up.restore(
                database, file, key, settings.forgotten, settings.jobs_database_url, replaces=options.replace
            )
    except OSError as error:
        raise BadInput(f"{options.file} cannot be read: {error.strerror or error}.") from error
    finally:
        database.close()
    if options.json:
        print_json(
            {"rows": found.rows, "accounts_erased_again": found.erased, "consents_withdrawn_again": found.withdrawn}
        )
    else:
        print(
            f"{found.rows:,} rows are back. Of what was forgotten since: {found.erased:,} accounts erased again, "
            f"{found.withdrawn:,} consents withdrawn again."
        )
    return Exit.DONE


def add_backups(add: Callable[[str, Command, str, str], Arguments]) -> None:
    """Adds `backup` and `restore` to the commands."""
    shown = examples("BACKUP_KEY_FILE=/run/secrets/backup python -m app backup 2026-11-28.smb")
    added = add("backup", backup, "write all that is kept into one file, while people go on", shown)
    added.add_argument("out", metavar="FILE", help="the file to write; readable for its owner alone")
    added.add_argument("--force", action="store_true", help="replace the file if it is there")
    added.add_argument("--json", action="store_true", help="print the result as JSON")
    about = "put a backup back, without whom was erased since; everything else must be stopped"
    added = add("restore", restore, about, examples("python -m app restore 2026-11-28.smb --replace"))
    added.add_argument("file", metavar="FILE", help="a file that `backup` wrote")
    added.add_argument("--replace", action="store_true", help="put it in the place of the accounts that are there")
    added.add_argument("--json", action="store_true", help="print the result as JSON")
