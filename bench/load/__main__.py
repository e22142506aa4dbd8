"""`python -m bench.load`: verdicts and pages a second of one web process, beside a bare endpoint of the same run.

One web process on an empty database (SQLite, or Postgres with --database-url), 32 accounts with --choices each and one with --most,
the same client for all. Seconds on the clock depend on what else runs; the processor time of the web process for each request does
so much less, and is told beside. Of Postgres' own processes nothing is counted.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load.client import Loaded, load
from bench.load.people import Person, people, reads, verdicts
from bench.long_conversations import Served, one_web_process

ACCOUNTS, CLIENTS, READERS = 32, 32, 8
LEAST_SHARE, MOST_P99_MILLISECONDS = 1 / 5, 1000 / 6
PAGES = {"/api/v1/comparisons/next": 200, "/choose": 200, "/choices": 150}
"""By address: how many a second there are to be."""
UNLIMITED = "1000000/minute"


@dataclass(frozen=True)
class Measured:
    """One row: what was asked of whom, what came of it, the server's milliseconds of processor time for each request, and the
    machine's load before."""

    name: str
    clients: int
    loaded: Loaded
    processor: float
    machine: float


def processor_seconds(process_id: int) -> float:
    """What a process has had of the processors so far, all its threads together."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(name: str, served: Served, requests: Iterator[bytes], clients: int, seconds: float) -> Measured:
    """One row, after a second that warms up."""
    load(served.address, requests, clients, 1)
    machine, before = os.getloadavg()[0], processor_seconds(served.process_id)
    loaded = load(served.address, requests, clients, seconds)
    used = processor_seconds(served.process_id) - before
    return Measured(name, clients, loaded, 1000 * used / max(1, len(loaded.took)), machine)


@contextmanager
def a_bare_endpoint(folder: Path) -> Iterator[Served]:
    """bench/load/bare.py in a process of its own."""
    command = [sys.executable, "-m", "bench.load.bare", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Served(f"http://127.0.0.1:{int(process.stdout.readline())}", process.pid)
    finally:
        process.terminate()
        process.wait()


def rows(bare: Served, web: Served, everybody: Sequence[Person], seconds: float) -> Iterator[Measured]:
    """The bare endpoint first; then verdicts and pages of the many, and of the one who has most, who reads one page at a time: the
    others of the same sign-in would wait for it (app/web/guards/turns.py)."""
    many, one = [*everybody[:-1]], [everybody[-1]]
    yield measured("bare endpoint", bare, verdicts(many), CLIENTS, seconds)
    for whose, of, readers in (("", many, READERS), (f" with {len(one[0].decided):,} choices", one, 1)):
        yield measured(f"verdict{whose}", web, verdicts(of), CLIENTS, seconds)
        for path in PAGES:
            yield measured(f"{path}{whose}", web, reads(of, path), readers, seconds)


def holds(row: Measured, bare: Measured) -> bool:
    """Whether a row of the application keeps its bar, by the clock of this run."""
    if row.loaded.failed:
        return False
    path = row.name.partition(" ")[0]
    if path in PAGES:
        return row.loaded.rate >= PAGES[path]
    return row.loaded.rate >= LEAST_SHARE * bare.loaded.rate and row.loaded.milliseconds(0.99) <= MOST_P99_MILLISECONDS


def main() -> int:
    """The table; with --check the exit code tells whether every bar holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="how long each row is measured (default: 10)")
    parser.add_argument("--choices", type=int, default=300, help="of each of the 32 accounts (default: 300)")
    parser.add_argument("--most", type=int, default=2_000, help="choices of the one who has most (default: 2000)")
    parser.add_argument("--database-url", default="", help="an empty Postgres database instead of SQLite")
    parser.add_argument("--folder", type=Path, help="keep the data there, and take what an earlier run left there")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a bar is missed")
    options = parser.parse_args()
    os.environ |= {"MODEL": "openai/none", "LIMIT_GUESTS": UNLIMITED, "LIMIT_IMPORTS": UNLIMITED}
    missed = 0
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        bare = stack.enter_context(a_bare_endpoint(folder))
        web = stack.enter_context(one_web_process(folder, options.database_url))
        everybody = people(web.address, folder, ACCOUNTS, options.choices, options.most)
        print(
            "| what | clients | a second | beside bare | median ms | p99 ms | processor ms each | beside bare | failed | load before | bar |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|---|")
        first: Measured | None = None
        for row in rows(bare, web, everybody, options.seconds):
            first = first or row
            kept = row is first or holds(row, first)
            missed += not kept
            print(
                f"| {row.name} | {row.clients} | {row.loaded.rate:.0f} | {row.loaded.rate / first.loaded.rate:.3f} "
                f"| {row.loaded.milliseconds(0.5):.0f} | {row.loaded.milliseconds(0.99):.0f} | {row.processor:.2f} "
                f"| {first.processor / row.processor:.3f} | {row.loaded.failed} | {row.machine:.1f} "
                f"| {'' if row is first else 'holds' if kept else 'missed'} |",
                flush=True,
            )
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
