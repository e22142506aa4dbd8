"""What strangers who mean harm cost everybody else: each attack beside a calm while of the same minute, and all at once.

`python -m bench.strangers` (or `make strangers`) starts one web and one worker process on an empty database (SQLite, or an empty
Postgres database with --database-url) with the stand-in as the hosted model, and prints for each while how long another person's
verdicts take, how long their own prompt waits until both answers are there (the model itself takes half a second each), and how
much memory the web process has had. The attackers run on the same cores at the lowest priority, for in life they have machines of their own.
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
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlsplit

from bench.long_conversations import Served, a_long_conversation, a_program, one_web_process, read_pages
from bench.parsing import unfinished_upload

STREAMS, UPLOADS, READERS, PASTES, ANSWERS = 300, 40, 16, 4, 400
CHARACTERS_A_TURN = 2_800
MODEL_SECONDS = 0.5
PAUSE_SECONDS = 0.05
BEGINNING_SECONDS = 2.0
"""Between the beginning of an attack and that of the while beside it."""
_LOWEST_PRIORITY = 19
MOST_TIMES, MOST_SECONDS, MOST_MEGABYTES = 3.0, 5.0, 400


@dataclass(frozen=True)
class While:
    """What another person met during one while: seconds of each verdict, and until their own answers were there. `load` is the
    machine's at its beginning, of one minute."""

    name: str
    verdicts: list[float]
    answers: float
    megabytes: float
    load: float

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


@dataclass(frozen=True)
class Attack:
    """What an attacker's process shares with the bench: it prepares, says that it is `ready`, waits until it may `go`, and goes on
    until it is told to `end`. What it did it puts into `told`."""

    address: str
    ready: Event
    go: Event
    end: Event
    told: Queue[str]

    def begin(self) -> None:
        """Says that all is prepared and waits for the beginning."""
        os.nice(_LOWEST_PRIORITY)
        self.ready.set()
        self.go.wait()


def streams(attack: Attack) -> None:
    """Keeps 300 streams of one guest's run open, and opens each anew a second after it is refused or ended."""
    with contextlib.closing(a_program(attack.address)) as client:
        client.post("/api/v1/samples/tulu-evaluator").raise_for_status()
        authorization = client.headers["Authorization"]
        attack.begin()
        run_id = client.post("/api/v1/runs", json={}).raise_for_status().json()["run_id"]
    host, port = urlsplit(attack.address).hostname, urlsplit(attack.address).port
    head = f"GET /api/v1/runs/{run_id}/stream HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: {authorization}\r\n\r\n"
    met: Counter[str] = Counter()

    async def one() -> None:
        while not attack.end.is_set():
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(head.encode())
                met[(await reader.read(65_536))[9:12].decode()] += 1
                while await reader.read(65_536):
                    pass
                writer.close()
            await asyncio.sleep(1)

    async def many() -> None:
        tasks = [asyncio.create_task(one()) for _ in range(STREAMS)]
        await asyncio.to_thread(attack.end.wait)
        for task in tasks:
            task.cancel()

    asyncio.run(many())
    attack.told.put(f"{sum(met.values()):,} openings, {met['200']} let in, {met['429'] + met['503']:,} refused")


def uploads(attack: Attack) -> None:
    """40 uploads of 19 MB by nobody, all but their end, held open."""
    held: list[socket.socket] = []
    port = urlsplit(attack.address).port or 80
    attack.begin()
    senders = [threading.Thread(target=unfinished_upload, args=(port, held), daemon=True) for _ in range(UPLOADS)]
    for sender in senders:
        sender.start()
    attack.end.wait()
    attack.told.put(f"{len(held)} uploads begun")
    for connection in held:
        connection.close()


def readers(attack: Attack) -> None:
    """16 readers of one conversation of 2,000 turns."""
    with contextlib.closing(a_program(attack.address)) as client:
        page = a_long_conversation(client, characters=CHARACTERS_A_TURN)
        authorization = client.headers["Authorization"]
    attack.begin()
    took: list[list[float]] = [[] for _ in range(READERS)]
    reading = [
        threading.Thread(
            target=read_pages, args=(attack.address, authorization, page, 6 * number, attack.end.is_set, took[number])
        )
        for number in range(READERS)
    ]
    for each in reading:
        each.start()
    for each in reading:
        each.join()
    seconds = [second for each in took for second in each]
    attack.told.put(f"{len(seconds):,} pages, a median of {statistics.median(seconds) * 1000:.0f} ms")


def pastes(attack: Attack) -> None:
    """Four pastes of 400 answers by one guest, and as many fresh ones ordered as an import may."""
    with contextlib.closing(a_program(attack.address)) as client:
        attack.begin()
        for paste in range(PASTES):
            turns = [
                {"role": role, "content": f"{word} {number} of paste {paste}."}
                for number in range(ANSWERS)
                for role, word in (("user", "Question"), ("assistant", "Answer"))
            ]
            asked = {"turns": turns, "answers": ANSWERS // 2}
            client.post("/api/v1/imports/conversation", json=asked).raise_for_status()
        attack.end.wait()
        made = client.get("/api/v1/imports").raise_for_status().json()
        written = PASTES * ANSWERS // 2 - sum(each["pending"] for each in made)
        attack.told.put(f"{PASTES} pastes, {written} answers written")
        for each in made:  # the calm while that follows is to be calm
            client.post(f"/api/v1/imports/{each['import_id']}/stop").raise_for_status()


ATTACKS: dict[str, tuple[str, Sequence[Callable[[Attack], None]]]] = {
    "streams": (f"{STREAMS} open streams of one guest", [streams]),
    "uploads": (f"{UPLOADS} unfinished uploads of 19 MB", [uploads]),
    "readers": (f"{READERS} readers of 2,000 turns", [readers]),
    "pastes": (f"{PASTES} pastes of {ANSWERS} answers", [pastes]),
    "all": ("all of them", [streams, uploads, readers, pastes]),
}
"""By the word for --only: what the while is called, and who attacks in it."""


def another(served: Served, name: str, seconds: float) -> While:
    """A person who chooses all the while, and asks something of their own at its beginning."""
    with contextlib.closing(a_program(served.address)) as client:
        ids = [each["comparison_id"] for each in client.post("/api/v1/starters").raise_for_status().json()]
        began, came, load = time.monotonic(), 0.0, os.getloadavg()[0]
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
    return While(name, took, came or float("inf"), served.peak_megabytes(), load)


def measured(served: Served, seconds: float, attacks_meant: Sequence[str]) -> Iterator[tuple[While, While, str]]:
    """For each attack a calm while, one beside it, and what the attackers did."""
    another(served, "it is warming up", 2)
    for name, parts in (ATTACKS[each] for each in attacks_meant):
        told: Queue[str] = multiprocessing.Queue()
        go, end = multiprocessing.Event(), multiprocessing.Event()
        attacks = [Attack(served.address, multiprocessing.Event(), go, end, told) for _ in parts]
        attackers = [
            multiprocessing.Process(target=part, args=(attack,)) for part, attack in zip(parts, attacks, strict=True)
        ]
        for each in attackers:
            each.start()
        for attack in attacks:
            attack.ready.wait()
        calm = another(served, "calm", seconds)
        go.set()
        time.sleep(BEGINNING_SECONDS)
        attacked = another(served, name, seconds)
        end.set()
        did = "; ".join(sorted(told.get(timeout=60) for _ in attackers))
        for each in attackers:
            each.join(10)
            each.kill()
        yield calm, attacked, did


def main() -> int:
    """The table; with --check the exit code tells whether every bar holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="how long each while is (default: 30)")
    parser.add_argument("--database-url", default="", help="an empty Postgres database instead of SQLite")
    parser.add_argument("--only", choices=ATTACKS, action="append", help="this attack alone; may be given again")
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
            "| while | verdicts | median ms | p99 ms | p99 beside calm | own answers after s | web at most MB | load before | bars | the attackers |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|")
        for calm, attacked, did in measured(served, options.seconds, options.only or [*ATTACKS]):
            for one in (calm, attacked):
                times = one.p99 / calm.p99
                holds = times <= MOST_TIMES and one.answers - MODEL_SECONDS <= MOST_SECONDS
                holds = holds and one.megabytes < MOST_MEGABYTES
                missed += not holds
                print(
                    f"| {one.name} | {len(one.verdicts)} | {statistics.median(one.verdicts) * 1000:.0f} | {one.p99 * 1000:.0f} "
                    f"| {times:.1f} | {one.answers:.1f} | {one.megabytes:.0f} | {one.load:.1f} | {'hold' if holds else 'missed'} "
                    f"| {did if one is attacked else ''} |",
                    flush=True,
                )
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
