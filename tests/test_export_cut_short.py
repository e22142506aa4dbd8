"""A file that is cut short never looks whole: the command killed in the middle, the connection of a download broken."""

from __future__ import annotations

import hashlib
import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.__main__ import main
from app.services.exporting import exporting
from app.services.people import accounts, consenting
from app.storage.database import Database
from app.web.signing_in import key_of
from tests.builders import a_choice, an_account
from tests.jobs.processes import location
from tests.web.serving import Web, web_process

ROOT = Path(__file__).parent.parent
COMMAND_KILLED_AT_ITS_THIRD_READING = """
import os, signal, sys
from app.__main__ import main
from app.services.exporting import exporting
from app.storage.exporting import exports

real, times = exports.consented_verdicts, []
exporting.AT_ONCE = 2

def counted(session, wanted):
    times.append(1)
    if len(times) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(session, wanted)

exports.consented_verdicts = counted
sys.exit(main(sys.argv[1:]))
"""
ROWS, LONG = 60, 90_000


@pytest.fixture
def settings(database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's settings, and one person with more bytes of choices than a connection holds on its way."""
    for name, value in {**location(tmp_path, database_url), "MODEL": "openai/stand-in"}.items():
        monkeypatch.setenv(name, value)
    with database.writing() as session:
        account_id = an_account(session)
        for number in range(ROWS):
            a_choice(session, account_id, question=f"{number}?", first=f"{number}" + "a" * LONG, second="b" * LONG)
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet"])
def test_a_command_that_is_killed_leaves_no_file_of_the_name_and_an_older_one_as_it_was(
    database: Database, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    killed = [sys.executable, "-c", COMMAND_KILLED_AT_ITS_THIRD_READING, "export", "--out", str(out)]

    first = subprocess.run(killed, cwd=ROOT, capture_output=True, check=False)

    assert (first.returncode, first.stdout) == (-signal.SIGKILL, b"")
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".jsonl", ".parquet")] == []
    assert main(["export", "--out", str(out), "-q"]) == 0
    whole = out.read_bytes()

    again = subprocess.run([*killed, "--force"], cwd=ROOT, capture_output=True, check=False)

    assert again.returncode == -signal.SIGKILL
    assert out.read_bytes() == whole
    with database.reading() as session:
        assert [each.rows for each in exporting.list_exports(session)] == [None, ROWS, None]


@contextmanager
def asked(web: Web, way: str, token: str) -> Iterator[http.client.HTTPResponse]:
    """The reply to an export, of which little more than the head has been taken."""
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
    connection.sock = socket.socket()
    # Small, so that most of the file waits in the server.
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
    connection.sock.connect(("127.0.0.1", web.port))
    if way == "page":
        form = urlencode({"file_format": "trl", "form_key": key_of(token)})
        head = {
            "Cookie": f"sign-in={token}",
            "Origin": web.address,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request("POST", "/research/export", form, head)
    else:
        connection.request("POST", "/api/v1/exports/trl", headers={"Authorization": f"Bearer {token}"})
    with closing(connection.sock), connection.getresponse() as reply:
        yield reply


@pytest.mark.exhaustive
@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("way", ["page", "api"])
def test_a_download_whose_connection_breaks_is_known_by_its_length_rows_and_digest(
    database: Database, database_url: str, tmp_path: Path, way: str
) -> None:
    with database.writing() as session:
        signed_in = accounts.new_guest(session, "browser" if way == "page" else "api")
        accounts.grant(session, signed_in.code, "researcher")
    with web_process(tmp_path, database_url) as web:
        with asked(web, way, signed_in.token) as whole:
            data = whole.read()
        with asked(web, way, signed_in.token) as cut:
            begun = cut.read(100_000)
            web.kill()
            with pytest.raises((http.client.IncompleteRead, ConnectionResetError)) as broken:
                cut.read()

    assert (whole.status, whole.headers["Content-Length"]) == (200, str(len(data)))
    assert (whole.headers["Export-Rows"], data.count(b"\n")) == (str(ROWS), ROWS)
    assert whole.headers["Export-SHA256"] == hashlib.sha256(data).hexdigest()
    rest = broken.value.partial if isinstance(broken.value, http.client.IncompleteRead) else b""
    got = begun + rest
    assert 0 < len(got) < int(cut.headers["Content-Length"])
    assert got.count(b"\n") < int(cut.headers["Export-Rows"])
    assert hashlib.sha256(got).hexdigest() != cut.headers["Export-SHA256"]
