"""What strangers who mean harm cost everybody else: each attack beside a calm while of the same minute, and all at once.

`python -m bench.strangers` (or `make strangers`) starts one web and one worker process on an empty database (SQLite, or an empty
Postgres database with --database-url) with the stand-in as the hosted model, and prints for each while how long another person's
verdicts take, how long their own prompt waits until both answers are there (the model itself takes half a second each), and how
much memory the web process has had. The attackers run on the same cores, so the figures are on the careful side.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.long_conversations import Served, a_long_conversation, a_program, one_web_process, read_pages
from bench.parsing import unfinished_upload

STREAMS, UPLOADS, READERS, PASTES, ANSWERS = 300, 40, 16, 4, 400
CHARACTERS_A_TURN = 2_800
MODEL_SECONDS = 0.5
PAUSE_SECONDS = 0.05
MOST_TIMES, MOST_SECONDS, MOST_MEGABYTES = 3.0, 5.0, 400


@dataclass(frozen=True)
class While:
    """What another person met during one while: seconds of each verdict, and until their own answers were there."""

    name: str
    verdicts: list[float]
    answers: float
    megabytes: float

    @property
    def p99(self) -> float:
        return sorted(self.verdicts)[int(0.99 * (len(self.verdicts) - 1))]


@contextmanager
def a_model() -> Iterator[str]:
    """The stand-in in a process of its own; gives its address."""
    command = [sys.executable, "-m", "bench.stand_in_model", "--port", "0", "--latency-ms", str(MODEL_SECONDS * 1000)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()


@contextmanager
def a_worker(folder: Path, database_url: str) -> Iterator[None]:
    """`python -m app worker` beside the web process."""
    given = {"DATA_DIR": str(folder), **({"DATABASE_URL": database_url} if database_url else {})}
    process = subprocess.Popen([sys.executable, "-m", "app", "worker"], env={**os.environ, **given})
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def streams(address: str, seconds: float) -> None:
    """Keeps 300 streams of one guest's run open, and opens each anew when it is ended."""
    with contextlib.closing(a_program(address)) as client:
        client.post("/api/v1/samples/tulu-evaluator").raise_for_status()
        run_id = client.post("/api/v1/runs", json={}).raise_for_status().json()["run_id"]
        authorization = client.headers["Authorization"]
    host, port = urlsplit(address).hostname, urlsplit(address).port
    head = f"GET /api/v1/runs/{run_id}/stream HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: {authorization}\r\n\r\n"

    async def one() -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(head.encode())
                while await reader.read(65_536):
                    pass
                writer.close()
            await asyncio.sleep(1)

    async def many() -> None:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for _ in range(STREAMS):
                group.create_task(one())

    with contextlib.suppress(TimeoutError):
        asyncio.run(many())


def uploads(address: str, seconds: float) -> None:
    """40 uploads of 19 MB by nobody, all but their end, held open."""
    held: list[socket.socket] = []
    port = urlsplit(address).port or 80
    senders = [threading.Thread(target=unfinished_upload, args=(port, held), daemon=True) for _ in range(UPLOADS)]
    ends = time.monotonic() + seconds
    for sender in senders:
        sender.start()
    time.sleep(max(0.0, ends - time.monotonic()))
    for connection in held:
        connection.close()


def readers(address: str, seconds: float) -> None:
    """16 readers of one conversation of 2,000 turns."""
    with contextlib.closing(a_program(address)) as client:
        page = a_long_conversation(client, characters=CHARACTERS_A_TURN)
        authorization = client.headers["Authorization"]
    reading = [
        threading.Thread(target=read_pages, args=(address, authorization, page, 6 * number, seconds))
        for number in range(READERS)
    ]
    for each in reading:
        each.start()
    for each in reading:
        each.join()


def pastes(address: str, seconds: float) -> None:
    """Four pastes of 400 answers by one guest, and as many fresh ones ordered as an import may."""
    with contextlib.closing(a_program(address)) as client:
        for paste in range(PASTES):
            turns = [
                {"role": role, "content": f"{word} {number} of paste {paste}."}
                for number in range(ANSWERS)
                for role, word in (("user", "Question"), ("assistant", "Answer"))
            ]
            asked = {"turns": turns, "answers": ANSWERS // 2}
            client.post("/api/v1/imports/conversation", json=asked).raise_for_status()
    time.sleep(seconds)


ATTACKS: dict[str, Sequence[Callable[[str, float], None]]] = {
    f"{STREAMS} open streams of one guest": [streams],
    f"{UPLOADS} unfinished uploads of 19 MB": [uploads],
    f"{READERS} readers of 2,000 turns": [readers],
    f"{PASTES} pastes of {ANSWERS} answers": [pastes],
    "all of them": [streams, uploads, readers, pastes],
}


def another(served: Served, name: str, seconds: float) -> While:
    """A person who chooses all the while, and asks something of their own at its beginning."""
    with contextlib.closing(a_program(served.address)) as client:
        ids = [each["comparison_id"] for each in client.post("/api/v1/starters").raise_for_status().json()]
        began, came = time.monotonic(), 0.0
        prompt = client.post("/api/v1/prompts", json={"text": f"What does one do while {name}? {began}"})
        own = prompt.raise_for_status().json()["comparison_id"]
        took: list[float] = []
        while time.monotonic() < began + seconds or not came:
            value = ("first", "second")[len(took) // len(ids) % 2]
            start = time.perf_counter()
            address = f"/api/v1/comparisons/{ids[len(took) % len(ids)]}/verdict"
            client.put(address, json={"value": value}).raise_for_status()
            took.append(time.perf_counter() - start)
            if not came and client.get(f"/api/v1/comparisons/{own}").json()["state"] == "ready":
                came = time.monotonic() - began
            if time.monotonic() > began + 10 * seconds:
                break
            time.sleep(PAUSE_SECONDS)
    return While(name, took, came or float("inf"), served.peak_megabytes())


def measured(served: Served, seconds: float) -> Iterator[tuple[While, While]]:
    """For each attack a calm while and one beside it."""
    another(served, "it is warming up", 2)
    for name, parts in ATTACKS.items():
        calm = another(served, "calm", seconds)
        attackers = [multiprocessing.Process(target=part, args=(served.address, seconds + 6)) for part in parts]
        for each in attackers:
            each.start()
        time.sleep(3)
        attacked = another(served, name, seconds)
        for each in attackers:
            each.join(60)
            each.kill()
        yield calm, attacked


def main() -> int:
    """The table; with --check the exit code tells whether every bar holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15, help="how long each while is (default: 15)")
    parser.add_argument("--database-url", default="", help="an empty Postgres database instead of SQLite")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a bar is missed")
    options = parser.parse_args()
    missed = 0
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = stack.enter_context(a_model())
        os.environ |= {"MODEL": "openai/stand-in", "MODEL_API_BASE": address, "MODEL_API_KEY": "any"}
        served = stack.enter_context(one_web_process(folder, options.database_url))
        stack.enter_context(a_worker(folder, options.database_url))
        print(
            "| while | verdicts | median ms | p99 ms | p99 beside calm | own answers after s | web at most MB | bars |"
        )
        print("|---|---|---|---|---|---|---|---|")
        for calm, attacked in measured(served, options.seconds):
            for one in (calm, attacked):
                times = one.p99 / calm.p99
                holds = times <= MOST_TIMES and one.answers - MODEL_SECONDS <= MOST_SECONDS
                holds = holds and one.megabytes < MOST_MEGABYTES
                missed += not holds
                print(
                    f"| {one.name} | {len(one.verdicts)} | {statistics.median(one.verdicts) * 1000:.0f} | {one.p99 * 1000:.0f} "
                    f"| {times:.1f} | {one.answers:.1f} | {one.megabytes:.0f} | {'hold' if holds else 'missed'} |",
                    flush=True,
                )
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
