"""The application served on a port of this machine, for programs that come by the network, and the tools that try the API."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
