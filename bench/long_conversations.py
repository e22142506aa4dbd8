"""What readers of one very long conversation cost everybody else: a calm minute beside a busy one, in one run.

`python -m bench.long_conversations` starts one web process on an empty database (SQLite, or Postgres with --database-url),
imports a conversation of 2,000 turns, and prints how long another person's verdicts take with nobody beside them and with
16 readers who turn its pages without a pause, and how much memory the web process then has.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import httpx2

TURNS, CHARACTERS_A_TURN, READERS = 2_000, 8_500, 16
PAUSE_SECONDS = 0.05
WORDS = "Some **words** of a turn, `as code` and as a *another*, "


@dataclass(frozen=True)
class Served:
    """One web process."""

    address: str
    process_id: int

    def peak_megabytes(self) -> float:
        """The most memory it has had so far."""
        status = Path(f"/proc/{self.process_id}/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


@contextmanager
def one_web_process(folder: Path, database_url: str = "") -> Iterator[Served]:
    """`python -m app web` on a migrated database, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"DATA_DIR": str(folder), "LIMIT_VERDICTS": "100000/minute", "LOG_LEVEL": "warning"}
    if database_url:
        given["DATABASE_URL"] = database_url
    command = [sys.executable, "-m", "app"]
    subprocess.run([*command, "migrate"], env={**os.environ, **given}, check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen(
        [*command, "web", "--port", str(port)], env={**os.environ, **given}, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx2.get(f"{address}/healthz").raise_for_status()
                break
            except httpx2.HTTPError:
                time.sleep(0.1)
        yield Served(address, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def a_program(address: str) -> httpx2.Client:
    """A client with an account of its own."""
    client = httpx2.Client(base_url=address, timeout=120)
    token = client.post("/api/v1/accounts", json={}).raise_for_status().json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def a_long_conversation(client: httpx2.Client, turns: int = TURNS, characters: int = CHARACTERS_A_TURN) -> str:
    """Imports it as the context of one choice; gives the address of that choice's page."""
    text = (WORDS * (characters // len(WORDS) + 1))[:characters]
    context = [
        {"role": "assistant" if number % 2 else "user", "content": f"{number} {text}"} for number in range(turns - 1)
    ]
    pair = json.dumps([{"context": context, "chosen": "Yes.", "rejected": "No."}]).encode()
    headers = {"Content-Type": "application/json"}
    client.post("/api/v1/imports/pairs", content=pair, headers=headers).raise_for_status()
    return f"/choices/{client.get('/api/v1/choices').json()[0]['comparison_id']}"


def read_pages(
    address: str, authorization: str, page: str, start: int, has_ended: Callable[[], bool], took: list[float]
) -> None:
    """One reader: the choice's page, then the pages of its turns, one after the other; adds to `took` the seconds of each."""
    with httpx2.Client(base_url=address, timeout=120, headers={"Authorization": authorization}) as client:
        for number in cycle(range(start, TURNS // 20)):
            begun = time.perf_counter()
            client.get(f"{page}/earlier?offset={20 * number}" if number % 3 else page)
            took.append(time.perf_counter() - begun)
            if has_ended():
                return


def read_for(address: str, authorization: str, page: str, start: int, seconds: float) -> None:
    """One reader, for so many seconds."""
    ends = time.monotonic() + seconds
    read_pages(address, authorization, page, start, lambda: time.monotonic() > ends, [])


def times_of_verdicts(client: httpx2.Client, comparison_ids: Sequence[str], seconds: float) -> list[float]:
    """Seconds that each verdict took, one after the other with a short pause between."""
    took: list[float] = []
    ends = time.monotonic() + seconds
    for number, comparison_id in enumerate(cycle(comparison_ids)):
        value = ("first", "second")[number // len(comparison_ids) % 2]
        begun = time.perf_counter()
        client.put(f"/api/v1/comparisons/{comparison_id}/verdict", json={"value": value}).raise_for_status()
        took.append(time.perf_counter() - begun)
        if time.monotonic() > ends:
            return took
        time.sleep(PAUSE_SECONDS)
    return took


def measured(served: Served, seconds: float, readers: int) -> list[tuple[str, list[float], float]]:
    """The times of a calm and of a busy while, each with the peak of memory so far."""
    chooser, owner = a_program(served.address), a_program(served.address)
    ids = [each["comparison_id"] for each in chooser.post("/api/v1/starters").raise_for_status().json()]
    page = a_long_conversation(owner)
    owner.get(page).raise_for_status()
    times_of_verdicts(chooser, ids, 1)
    found = [("calm", times_of_verdicts(chooser, ids, seconds), served.peak_megabytes())]
    asked = (served.address, owner.headers["Authorization"], page)
    busy = [
        multiprocessing.Process(target=read_for, args=(*asked, 6 * number, seconds + 1)) for number in range(readers)
    ]
    for each in busy:
        each.start()
    time.sleep(1)
    found.append((f"{readers} readers", times_of_verdicts(chooser, ids, seconds), served.peak_megabytes()))
    for each in busy:
        each.join()
    return found


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="how long each while is (default: 20)")
    parser.add_argument("--readers", type=int, default=READERS, help="default: 16")
    parser.add_argument("--database-url", default="", help="an empty Postgres database instead of SQLite")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        one_web_process(Path(folder), options.database_url) as served,
    ):
        found = measured(served, options.seconds, options.readers)
    calm = _p99(found[0][1])
    print("| while | verdicts | median ms | p99 ms | beside calm | web at most MB |\n|---|---|---|---|---|---|")
    for name, took, megabytes in found:
        milliseconds = f"{statistics.median(took) * 1000:.0f} | {_p99(took) * 1000:.0f}"
        print(f"| {name} | {len(took)} | {milliseconds} | {_p99(took) / calm:.1f} | {megabytes:.0f} |")


def _p99(took: Sequence[float]) -> float:
    return sorted(took)[int(0.99 * (len(took) - 1))]


if __name__ == "__main__":
    main()
