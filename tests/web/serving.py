"""The application served on a port of this machine, for programs that come by the network, and the tools that try the API."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".tools" / "api" / "bin"


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address at which the application answers while the block runs."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def run_tool(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs one of the API's tools in a folder, where it may leave what it likes."""
    if not (TOOLS / name).exists():
        pytest.fail(f"{name} is not installed. Install it by: make api-tools", pytrace=False)
    found_first = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        [TOOLS / name, *arguments], cwd=folder, env=found_first, capture_output=True, text=True, check=False
    )


class Web:
    """The web process, which can be killed and started again at the same address."""

    def __init__(self, folder: Path, database_url: str, environment: Mapping[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "DATA_DIR": str(folder),
            "MODEL": "openai/none",
            **environment,
        }
        self._log = (folder / "web.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "app", "web", "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log, start_new_session=True
        )
        until(lambda: is_alive(self.address))

    def kill(self) -> None:
        """kill -9: no goodbye, nothing flushed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def ask_to_stop(self) -> None:
        """SIGTERM, as a service manager sends it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """The exit code, once the process has ended."""
        assert self._process is not None
        return self._process.wait(60)

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()
        self._log.close()


def is_alive(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/healthz", timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "The web process did not come up."
        time.sleep(0.1)


@contextmanager
def web_process(folder: Path, database_url: str, **environment: str) -> Iterator[Web]:
    """The application in a process of its own, killed at the end of the block."""
    web = Web(folder, database_url, environment)
    try:
        web.start()
        yield web
    finally:
        web.close()
