"""A Postgres server of the tests' own: made in a temporary folder, listening on loopback, gone at the end.

Postgres refuses to run as root, so under root it is started as the user "postgres" (or "nobody").
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

MISSING = (
    "Postgres was not found. Install it (on Debian: apt-get install postgresql), or set TEST_POSTGRES_URL to a server "
    "on which databases may be created, or set ALLOW_NO_POSTGRES=1 to skip its half of the tests."
)


def find_binaries() -> Path | None:
    """The folder of initdb and postgres: POSTGRES_BIN, then PATH, then the newest in /usr/lib/postgresql."""
    named = os.environ.get("POSTGRES_BIN")
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    places = [Path(named)] if named else [Path(on_path).resolve().parent] if on_path else debian
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


@contextmanager
def running(binaries: Path) -> Iterator[str]:
    """Starts a server and gives its address (of the maintenance database); stops it and removes its files after."""
    folder = Path(tempfile.mkdtemp(prefix="tests-postgres-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        someone = _someone_else(folder)
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=folder,
            **someone,
        )
        port = _free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": 200,
            "shared_buffers": "32MB",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", data, *settings], stdout=log, stderr=log, cwd=folder, **someone
            )
        url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        _wait_for(url, process, folder / "log")
        yield url
    finally:
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _someone_else(folder: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    person = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, person.pw_uid, person.pw_gid)
    return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            psycopg.connect(url.replace("+psycopg", ""), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"The tests' Postgres did not start: {log.read_text(errors='replace')[-1000:]}")
