"""The supervisor with real processes: one is killed, one is told to stop, one loses its supervisor."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.children import CANNOT_HELP, Child, stop
from app.domain.errors import Conflict, ModelUnavailable
from app.settings import Settings
from app.supervisor import keep_running, model_at_hand, serve

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 90.0


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Zombies are not: they have ended and wait for somebody to read their exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children_of(pid: int) -> dict[str, int]:
    """Command of `python -m app` -> process id."""
    found = {}
    for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{each}/cmdline").read_bytes().split(b"\0")
        found[words[3].decode() if len(words) > 3 else ""] = int(each)
    return found


class Served:
    """A running `python -m app serve` and what it has said."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        hosted = {"MODEL": "openai/stand-in", "MODEL_API_BASE": "http://127.0.0.1:1/v1", "MODEL_API_KEY": "none"}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "serve", "--port", "0"],
                cwd=ROOT,
                env={**os.environ, **hosted, "DATA_DIR": str(folder / "data")},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(lambda: "Open http" in self.said())
        self.children = children_of(self.process.pid)

    def said(self) -> str:
        return self.log.read_text()

    @property
    def url(self) -> str:
        return str(re.findall(r"Open (http\S+)", self.said())[0])

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    running = Served(tmp_path)
    everything = set(running.children.values())
    yield running
    if running.process.poll() is None:
        everything |= set(children_of(running.process.pid).values())
        running.process.kill()
    running.process.wait()
    for pid in everything:
        if is_running(pid):
            os.killpg(pid, signal.SIGKILL)


def test_it_starts_in_an_empty_folder_and_a_killed_child_is_started_again(served: Served):
    assert set(served.children) == {"web", "worker"}
    assert served.answers()
    first = served.said().splitlines()[0]
    assert first.startswith("Starting with model openai/stand-in, database sqlite:///")
    assert first.endswith(f"address {served.url}.")
    assert served.said().count("Starting with") == 1

    os.kill(served.children["web"], signal.SIGKILL)

    wait_for(lambda: children_of(served.process.pid).get("web") not in {None, served.children["web"]})
    wait_for(served.answers)
    assert "The web process ended (code -9)" in served.said()
    assert children_of(served.process.pid)["worker"] == served.children["worker"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_all_of_it(served: Served, number: signal.Signals):
    served.process.send_signal(number)

    assert served.process.wait(timeout=60) == 0
    assert not any(map(is_running, served.children.values()))


@pytest.mark.slow
def test_the_children_end_with_a_supervisor_that_is_killed(served: Served):
    served.process.kill()
    served.process.wait()

    wait_for(lambda: not any(map(is_running, served.children.values())))


@pytest.mark.slow
def test_a_taken_port_is_named_before_anything_starts(served: Served):
    port = int(served.url.rpartition(":")[2])

    with pytest.raises(Conflict, match="Set PORT"):
        serve(Settings(port=port))


def test_what_a_child_has_started_ends_with_it(tmp_path: Path):
    noted = tmp_path / "pids"
    deaf = "(trap '' TERM; exec sleep 600)"
    many = f"for _ in $(seq 40); do {deaf} & echo $! >> {noted}; done; echo all >> {noted}; wait"
    child = Child("shell", ["sh", "-c", many], {})
    child.start()
    wait_for(lambda: noted.exists() and noted.read_text().endswith("all\n"))
    started = [int(pid) for pid in noted.read_text().split()[:-1]]

    stop([child])

    assert [pid for pid in started if is_running(pid)] == []
    assert len(started) == 40


def test_a_process_that_has_ended_and_was_not_noticed_yet_runs_no_more():
    child = Child("model", ["sleep", "600"], {})
    child.start()
    assert child.process is not None
    before = child.group_has_ended()

    os.kill(child.process.pid, signal.SIGKILL)

    wait_for(child.group_has_ended)
    assert not before
    stop([child])


def test_a_child_that_says_it_cannot_help_is_left_alone(tmp_path: Path):
    noted = tmp_path / "starts"
    child = Child("model", ["sh", "-c", f"echo start >> {noted}; exit {CANNOT_HELP}"], {})
    said: list[str] = []
    ticks = iter(range(1000))

    def end_after_a_while() -> None:
        if noted.exists() and child.process is None and next(ticks) > 10:
            os.kill(os.getpid(), signal.SIGTERM)

    keep_running([child], end_after_a_while, said.append)

    assert noted.read_text() == "start\n"
    assert said == []


def test_a_child_that_died_is_started_again_by_who_needs_it_and_one_that_cannot_help_is_not():
    mortal, helpless = Child("model", ["sleep", "600"], {}), Child("model", ["sh", "-c", f"exit {CANNOT_HELP}"], {})
    for child in (mortal, helpless):
        child.start()
    assert mortal.process is not None
    assert helpless.process is not None
    first, ended = mortal.process, helpless.process
    first.kill()
    first.wait()
    ended.wait()

    for child in (mortal, helpless):
        child.start_if_ended()
    second = mortal.process
    mortal.start_if_ended()

    assert second is mortal.process
    assert second.pid != first.pid
    assert helpless.process is ended
    stop([mortal, helpless])


def test_the_pause_before_a_restart_grows_and_is_bounded():
    child = Child("web", ["true"], {})
    said: list[str] = []

    for _ in range(9):
        child.started_at = time.monotonic()
        child.note_death(1, said.append)

    assert [line.rpartition(" in ")[2] for line in said[:3]] == ["0.5 s.", "1 s.", "2 s."]
    assert said[-1].endswith("30 s.")


def test_a_model_that_cannot_be_started_is_said_once(tmp_path: Path):
    with (
        pytest.raises(ModelUnavailable, match="did not start"),
        model_at_hand(Settings(model=str(tmp_path / "no.gguf"))),
    ):
        pytest.fail("nothing is there to be used")


def test_a_hosted_model_needs_no_server():
    settings = Settings(model="openai/x")

    with model_at_hand(settings) as reached:
        assert reached is settings
