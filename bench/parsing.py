"""How long the health route takes while the largest file is brought in, beside calm in the same run; and the web's memory under uploads.

`python -m bench.parsing` starts a web process on an empty database and prints a table. How to read it: compare the two lines, not
the milliseconds of two machines. While the file is stored (after it was read) the web process itself is at work.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROWS = 4_900
CALM_SECONDS = 10.0
PAUSE_SECONDS = 0.02
STRANGERS = 50
STRANGERS_BYTES = 19_000_000


def largest_file() -> bytes:
    """About 19.5 MB of pairs with a question each."""
    words = [f"word{number * 7919 % 4_001}" for number in range(400)]
    texts = [" ".join(words[start:] + words[:start]) for start in range(400)]
    row = '{{"prompt": "{0} {1}", "chosen": "{2}", "rejected": "{3}"}}'
    rows = (
        row.format(
            number, texts[number % 400][:400], texts[(number + 1) % 400][:1_800], texts[(number + 2) % 400][:1_700]
        )
        for number in range(ROWS)
    )
    return "\n".join(rows).encode()


@contextmanager
def web(folder: Path) -> Iterator[tuple[int, int]]:
    """A migrated database and a web process on it: its port and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DATA_DIR": str(folder), "PORT": str(port), "MODEL": "openai/none"}
    environment["MODEL_API_BASE"] = "http://127.0.0.1:9"
    subprocess.run([sys.executable, "-m", "app", "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen([sys.executable, "-m", "app", "web"], env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with suppress(OSError):
                ask(port, "GET", "/readyz")
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Status and body of one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(
            method, path, body or None, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def health_times(port: int, goes_on: Callable[[], bool]) -> list[float]:
    """Milliseconds of the health route, asked again and again."""
    times = []
    while goes_on():
        start = time.perf_counter()
        ask(port, "GET", "/healthz")
        times.append((time.perf_counter() - start) * 1_000)
        time.sleep(PAUSE_SECONDS)
    return sorted(times)


def memory(pid: int, name: str) -> float:
    """Megabytes of a process: VmRSS now, VmHWM at most so far (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1_000


def unfinished_upload(port: int, held: list[socket.socket]) -> None:
    """Sends all but the end of a stranger's upload on the page."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    held.append(connection)
    head = (
        f"POST /import/pairs HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {STRANGERS_BYTES + 1_000}\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    )
    with suppress(OSError):
        connection.sendall(head.encode())
        for _ in range(STRANGERS_BYTES // 100_000):
            connection.sendall(b"x" * 100_000)


def shown(name: str, times: list[float]) -> str:
    middle, late = times[len(times) // 2], times[int(len(times) * 0.99)]
    return f"{name:<34} {len(times):>6} {middle:>8.1f} {late:>8.1f} {times[-1]:>8.1f}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, web(Path(folder)) as (port, pid):
        token = json.loads(ask(port, "POST", "/api/v1/accounts")[1])["token"]
        until = time.monotonic() + CALM_SECONDS
        calm = health_times(port, lambda: time.monotonic() < until)
        replies: list[tuple[int, bytes]] = []
        file = largest_file()
        headers = {"Authorization": f"Bearer {token}", "Content_Type": "application/x-ndjson"}
        sending = threading.Thread(
            target=lambda: replies.append(ask(port, "POST", "/api/v1/imports/pairs", file, **headers))
        )
        start = time.monotonic()
        sending.start()
        busy = health_times(port, sending.is_alive)
        took = time.monotonic() - start
        print(f"{'/healthz, milliseconds':<34} {'asked':>6} {'median':>8} {'p99':>8} {'most':>8}")
        print(shown("calm", calm))
        print(shown(f"while {len(file) / 1e6:.1f} MB are brought in", busy))
        print(f"the file: status {replies[0][0]} after {took:.1f} s; web at most {memory(pid, 'VmHWM'):.0f} MB")
        before = memory(pid, "VmRSS")
        held: list[socket.socket] = []
        senders = [threading.Thread(target=unfinished_upload, args=(port, held)) for _ in range(STRANGERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        print(
            f"{STRANGERS} unfinished uploads of 19 MB by strangers: web grew by {memory(pid, 'VmRSS') - before:.0f} MB"
        )
        for connection in held:
            connection.close()


if __name__ == "__main__":
    main()
