"""Exports as files, and how fast they are written: rows a CPU second beside writing the same bytes plainly.

`python -m bench.exports` prints a table for rows of about 800 bytes of text, on SQLite and, with --database-url, on Postgres: the middle
of five runs of each format, after one run that is not counted, without the work of the Postgres server; a minute or two.
`python -m bench.exports --files FOLDER` writes a file of each format, 1,500 imported choices first and then those of eight other
people, for `make loaders`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar
from unittest import mock

from app.domain.choices.preference import Verdict
from app.domain.export.columns import FORMATS
from app.domain.export.record import Pseudonyms
from app.services.choosing import comparing, starters
from app.services.exporting import exporting
from app.services.importing import files
from app.services.people import accounts, consenting
from app.storage import migrations
from app.storage.database import Database, Session
from app.surroundings.garbage import pass_over_what_the_start_made

TEXT = "Each of these words is said to fill an answer, which is as long as answers are. "


RUNS = 5
Made = TypeVar("Made")


def main() -> None:
    """The tables, or the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=Path, metavar="FOLDER", help="write a file of each format there instead")
    parser.add_argument("--rows", type=int, default=50_000, help="rows to measure with (default: 50,000)")
    parser.add_argument("--database-url", default="", help="an empty Postgres database to measure as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        own = f"sqlite:///{folder}/app.sqlite"
        if options.files:
            options.files.mkdir(parents=True, exist_ok=True)
            with _migrated(own) as database:
                write_files(database, options.files)
            return
        for url in filter(None, (own, options.database_url)):
            with _migrated(url) as database:
                print(f"{url.partition(':')[0]}:\n{table(database, options.rows, Path(folder))}\n")


@contextmanager
def _migrated(url: str) -> Iterator[Database]:
    migrations.upgrade(url)
    database = Database(url)
    yield database
    database.close()


def write_files(database: Database, folder: Path) -> None:
    """One file a format; the person with imported choices stands first in each."""
    with database.writing() as session:
        first = _person(session, imported=1_500)
        for _ in range(8):
            other = _person(session, imported=0)
            for place, comparison_id in enumerate(starters.add_starters(session, other).values()):
                comparing.give_verdict(session, other, comparison_id, list(Verdict)[place % 5], 2_000 + place)
    shuffled = Pseudonyms.name
    with mock.patch.object(
        Pseudonyms,
        "name",
        lambda self, kind, real: "participant-0" if real == first else shuffled(self, kind, real),
    ):
        for known in FORMATS:
            written = exporting.export_to(database, folder / known.file_name, file_format=known.name)
            print(written.in_words(known.file_name))


def table(database: Database, rows: int, folder: Path) -> str:
    """Rows a CPU second of each format, and of the same bytes written with nothing done to them."""
    for _ in range(rows // 1_000):
        with database.writing() as session:
            _person(session, imported=1_000, length=350)
    pass_over_what_the_start_made()  # as every process does that exports
    lines = ["| format | rows | bytes a row | rows a CPU second | the same bytes plainly |", "|---|---|---|---|---|"]
    exporting.export_to(database, folder / "warm", file_format=FORMATS[0].name)
    for known in FORMATS:
        target = folder / known.file_name
        took, written = _middle(partial(exporting.export_to, database, target, file_format=known.name))
        data = target.read_bytes().splitlines(keepends=True)
        plainly, _ = _middle(partial(_write, target, data))
        if found := written.rows:
            each = f"{target.stat().st_size // found:,} | {found / took:,.0f} | {found / plainly:,.0f}"
            lines.append(f"| {known.name} | {found:,} | {each} |")
    return "\n".join(lines)


def _middle(work: Callable[[], Made]) -> tuple[float, Made]:
    """CPU seconds of this process, the middle of a few runs, and what the last made."""
    runs = [_timed(work) for _ in range(RUNS)]
    return max(statistics.median(took for took, _ in runs), 1e-9), runs[-1][1]


def _timed(work: Callable[[], Made]) -> tuple[float, Made]:
    began = time.process_time()
    made = work()
    return time.process_time() - began, made


def _write(target: Path, lines: list[bytes]) -> None:
    with target.open("wb") as file:
        file.writelines(lines)


def _person(session: Session, *, imported: int, length: int = 2_000) -> str:
    account_id = accounts.new_guest(session).account_id
    if imported:
        pairs = b"\n".join(_lines(account_id, imported, length))
        files.import_pairs(session, account_id, "choices.jsonl", files.read_pairs(pairs))
    for scope in consenting.CONSENT_TEXTS:
        consenting.set_consent(session, account_id, scope, True)
    return account_id


def _lines(name: str, count: int, length: int) -> Iterator[bytes]:
    text = (TEXT * (length // len(TEXT) + 1))[:length]
    for number in range(count):
        row = {
            "context": [{"role": "user", "content": f"What is the answer to question {number} of {name}?"}],
            "chosen": {"role": "assistant", "content": f"{number} {text}"},
            "rejected": {"role": "assistant", "content": f"Not {number}. {text}"},
        }
        yield json.dumps(row).encode()


if __name__ == "__main__":
    main()
