"""The bare endpoint: what FastAPI and SQLite alone can do here. One route, one upsert, WAL, synchronous FULL.

`python -m bench.load.bare FOLDER` prints its port.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

_UPSERT = "insert into verdict values (?, ?, ?) on conflict (id) do update set value = excluded.value"


class Verdict(BaseModel):
    """What a verdict's request says."""

    value: str
    milliseconds: int


def bare(folder: Path) -> FastAPI:
    """The application, on a database of its own in the folder."""
    connection = sqlite3.connect(folder / "bare.sqlite", check_same_thread=False, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"pragma {pragma}")
    connection.execute("create table if not exists verdict (id text primary key, value text, milliseconds int)")
    one_writer = threading.Lock()
    app = FastAPI()

    @app.put("/api/v1/comparisons/{comparison_id}/verdict")
    def give(comparison_id: str, verdict: Verdict) -> dict[str, str]:
        with one_writer:
            connection.execute("begin immediate")
            connection.execute(_UPSERT, (comparison_id, verdict.value, verdict.milliseconds))
            connection.execute("commit")
        return {"value": verdict.value}

    return app


def main() -> None:
    """Serves it until it is ended."""
    config = uvicorn.Config(bare(Path(sys.argv[1])), log_level="error", access_log=False)
    config.port = 0
    listening = config.bind_socket()
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
