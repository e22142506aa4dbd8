"""What every test may ask for: a migrated database of its own (SQLite and Postgres), and closed sockets.

`database` and `database_url` run a test twice, once on each; `sqlite_url` and `postgres_url` give one of them. The real
migrations make each once a session; a test then gets a copy of the SQLite file, or the Postgres database, which is
emptied after it (a copy would take a second).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import col

from app.storage import migrations
from app.storage.database import Database, DatabaseFault
from app.storage.tables import ComparisonRow, VerdictRow
from tests import postgres_server

LOOPBACK = ("127.", "localhost", "::1", "0.0.0.0")
LONG = ("tests/jobs/", "tests/browser/", "tests/induction/", "tests/services/")
"""Folders with files of minutes. They come first, so that no worker is left alone with one at the end."""


ON_ONE_DATABASE = {"tests/jobs/": "postgres", "tests/web/": "sqlite", "tests/test_export_": "sqlite"}
"""What `make test` runs on one database alone, for storage and services are tested on both; `make test-all` has the other."""


ONE_OF = 8
"""Of the variants of an `exhaustive` test `make test` runs the first and every eighth after it; `make test-all` runs all."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    variants: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        called = getattr(item, "callspec", None)
        database = called.params.get("database_url") if called else None
        kept = next((one for folder, one in ON_ONE_DATABASE.items() if item.nodeid.startswith(folder)), database)
        if database not in (None, kept):
            item.add_marker(pytest.mark.slow)
        elif item.get_closest_marker("exhaustive"):
            variants[item.nodeid.partition("[")[0]].append(item)
    for each in variants.values():
        for number, item in enumerate(sorted(each, key=lambda item: item.nodeid)):
            if number % ONE_OF:
                item.add_marker(pytest.mark.slow)
    items.sort(
        key=lambda item: next((at for at, folder in enumerate(LONG) if item.nodeid.startswith(folder)), len(LONG))
    )


@pytest.fixture(scope="session", autouse=True)
def closed_sockets() -> Iterator[None]:
    """Connections to anywhere but this machine are refused for the whole session."""
    real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex")}

    def guarded(name: str) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
                raise RuntimeError(f"A test tried to reach {address[0]}; tests stay on this machine.")
            return real[name](self, address)

        return connect

    for name in real:
        setattr(socket.socket, name, guarded(name))
    yield
    for name, method in real.items():
        setattr(socket.socket, name, method)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "app.sqlite"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """The maintenance database of a running server: TEST_POSTGRES_URL, or one started for this session."""
    given = os.environ.get("TEST_POSTGRES_URL")
    binaries = postgres_server.find_binaries()
    if given:
        yield given
    elif binaries:
        with postgres_server.running(binaries) as url:
            yield url
    elif os.environ.get("ALLOW_NO_POSTGRES") == "1":
        pytest.skip("Postgres was not found, and ALLOW_NO_POSTGRES=1 allows that.")
    else:
        pytest.fail(postgres_server.MISSING, pytrace=False)


@pytest.fixture(scope="session")
def postgres_database_url(postgres_server_url: str) -> Iterator[str]:
    """The one migrated database of this session's tests; ask for `postgres_url`, which empties it again."""
    with scratch_database(postgres_server_url) as url:
        migrations.upgrade(url)
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "app.sqlite")
    return f"sqlite:///{tmp_path / 'app.sqlite'}"


@pytest.fixture
def postgres_url(postgres_database_url: str) -> Iterator[str]:
    yield postgres_database_url
    empty(postgres_database_url)


@pytest.fixture
def empty_postgres_url(postgres_server_url: str) -> Iterator[str]:
    """A database without tables, for the tests of the migrations themselves."""
    with scratch_database(postgres_server_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    with contextlib.suppress(*DatabaseFault), opened.reading() as session:
        has_verdict = sa.exists().where(col(VerdictRow.comparison_id) == col(ComparisonRow.comparison_id))
        drifted = sa.select(col(ComparisonRow.comparison_id)).where(col(ComparisonRow.decided) != has_verdict)
        assert not session.execute(drifted).all(), "whether a comparison is decided is not what its verdict says"
    opened.close()


@contextmanager
def scratch_database(server_url: str) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex}"
    with _connected(server_url) as connection:
        connection.execute(f"create database {name} template template0".encode())
    yield f"{server_url.rsplit('/', 1)[0]}/{name}"
    with _connected(server_url) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


def empty(url: str) -> None:
    """Ends what a test left connected, drops the schemas it made (the job engine's), and deletes every row."""
    with _connected(url) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid()"
        )
        schemas = connection.execute(
            "select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')"
        ).fetchall()
        for (schema,) in schemas:
            connection.execute(f'drop schema "{schema}" cascade'.encode())
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        kept = "alembic_version"
        connection.execute("; ".join(f'delete from "{table}"' for (table,) in tables if table != kept).encode())


def _connected(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
