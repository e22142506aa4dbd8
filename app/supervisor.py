"""Running several of this program's own commands as one: restarted when they die, all gone when this process goes.

Each child leads a process group of its own, so that stopping it also stops what it started.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from app.adapters.embedded.health import is_ready
from app.adapters.embedded.server import new_address
from app.domain.errors import Conflict, ModelUnavailable
from app.settings import Settings
from app.starting import start_line

CANNOT_HELP = 3
"""Exit code of a child that says restarting it is of no use."""
TICK_SECONDS = 0.1
GRACE_SECONDS = 17.0
"""A worker gives its calls in flight fifteen seconds."""
KILL_SECONDS = 5.0
"""What was killed is gone in milliseconds, unless the kernel holds it in the middle of reading or writing."""
STEADY_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0
MODEL_START_SECONDS = 1800.0
SUPERVISOR = "SUPERVISOR_PID"

Say = Callable[[str], None]


@dataclass(slots=True)
class Child:
    """One command, kept running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    talks_aside: bool = False
    """Its output goes to stderr, where this program's own output is a result."""
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    start_again_at: float | None = field(default=0.0)
    """On the monotonic clock; None: never."""

    def start(self) -> None:
        """Starts the process. Must be called on the main thread: the kernel ties the child's life to that thread."""
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment, SUPERVISOR: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr if self.talks_aside else None,
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        self.start_again_at = None

    def is_due(self) -> bool:
        """Whether it is not running and ought to be by now."""
        return self.process is None and self.start_again_at is not None and time.monotonic() >= self.start_again_at

    def start_if_ended(self) -> None:
        """Starts a process that has ended on its own again, unless it said that this is of no use. As `start`."""
        code = self.process.poll() if self.process is not None else None
        if code is not None and code != CANNOT_HELP:
            self.signal_group(signal.SIGKILL)
            self.start()

    def signal_group(self, number: signal.Signals) -> None:
        """Signals the child and all it started; no error if they are gone."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def group_has_ended(self) -> bool:
        """Whether nothing of what it is and has started runs any more. A signal is sent before it has its effect."""
        return self.process is None or not _runs_in_group(self.process.pid)

    def note_death(self, code: int, say: Say) -> None:
        """Clears up after a child that has ended and decides when it is started again."""
        self.signal_group(signal.SIGKILL)
        self.process = None
        if code == CANNOT_HELP:
            return
        now = time.monotonic()
        self.deaths = 1 if now - self.started_at > STEADY_SECONDS else self.deaths + 1
        pause = min(0.5 * 2 ** (self.deaths - 1), LONGEST_PAUSE_SECONDS)
        self.start_again_at = now + pause
        say(f"The {self.name} process ended (code {code}); it starts again in {pause:g} s.")


def own_command(name: str) -> list[str]:
    """A command of this program as a process of its own."""
    return [sys.executable, "-m", "app", name]


def serve(settings: Settings, say: Say = print) -> int:
    """Migrates, then keeps web, worker and, where it is used, the embedded model running until SIGINT or SIGTERM.

    Returns the exit code. Raises Conflict if the port is taken. The page is there before the model is.
    """
    host, port = settings.host, free_port(settings.host, settings.port)
    address = shown_address(host, port)
    say(start_line(settings, address))
    environment = {"HOST": host, "PORT": str(port), "DATA_DIR": str(settings.data_dir)}
    ours = {SUPERVISOR: str(os.getpid())}
    migrated = subprocess.run(own_command("migrate"), env={**os.environ, **environment, **ours}, check=False)
    if migrated.returncode != 0:
        return migrated.returncode
    children = [Child(name, own_command(name), environment) for name in ("web", "worker")]
    if settings.uses_embedded_model and not settings.embedded_url:
        url, key = new_address()
        environment |= {"EMBEDDED_URL": url, "EMBEDDED_KEY": key}  # one dict, so web and worker are told too
        children.append(Child("model", own_command("model"), environment))
    keep_running(children, _Announcement(_reachable(host), port, address, say), say)
    return 0


def keep_running(children: Sequence[Child], on_tick: Callable[[], None], say: Say = print) -> None:
    """Starts the children and starts again those that die, until SIGINT or SIGTERM; then stops them all.

    A second signal does not wait for anybody.
    """
    signals = _Signals()
    with signals.caught():
        try:
            while not signals.stop.wait(TICK_SECONDS):
                for child in children:
                    code = child.process.poll() if child.process else None
                    if code is not None:
                        child.note_death(code, say)
                    if child.is_due():
                        child.start()
                on_tick()
        finally:
            stop(children, hurry=signals.hurry)


def stop(children: Sequence[Child], *, hurry: threading.Event | None = None) -> None:
    """Asks all children to end, waits 17 seconds at most, and ends what is left of their groups.

    When it returns nothing of them runs any more, what they started themselves included.
    """
    for child in children:
        child.signal_group(signal.SIGTERM)
    until = time.monotonic() + GRACE_SECONDS
    running = [child.process for child in children if child.process is not None]
    while any(process.poll() is None for process in running) and time.monotonic() < until:
        if hurry is not None and hurry.is_set():
            break
        time.sleep(TICK_SECONDS / 2)
    for child in children:
        child.signal_group(signal.SIGKILL)
    for process in running:
        process.wait()
    until = time.monotonic() + KILL_SECONDS
    while not all(child.group_has_ended() for child in children) and time.monotonic() < until:
        time.sleep(TICK_SECONDS / 10)


@contextlib.contextmanager
def model_at_hand(settings: Settings, started: Callable[[Child], None] = lambda _: None) -> Iterator[Settings]:
    """Settings with which the model can be called: an embedded one that runs nowhere is started here and stopped after.

    Its process is handed to `started`, for whoever works for hours and wants it started again should it die. Raises
    ModelUnavailable if it cannot be had.
    """
    if not settings.uses_embedded_model or settings.embedded_url:
        yield settings
        return
    url, key = new_address()
    child = Child(
        "model",
        own_command("model"),
        {"EMBEDDED_URL": url, "EMBEDDED_KEY": key, "MODEL": settings.model},
        talks_aside=True,
    )
    child.start()
    try:
        until = time.monotonic() + MODEL_START_SECONDS
        while not is_ready(url):
            if child.process is None or child.process.poll() is not None or time.monotonic() > until:
                raise ModelUnavailable("The embedded model did not start; the lines above say why.")
            time.sleep(TICK_SECONDS)
        started(child)
        yield settings.model_copy(update={"embedded_url": url, "embedded_key": SecretStr(key)})
    finally:
        stop([child])


def is_supervised() -> bool:
    """Whether this process is a child of `serve`, which has said what there is to say of the settings."""
    return SUPERVISOR in os.environ


def end_with_supervisor() -> None:
    """Makes the kernel end this process when the supervisor that started it is gone, however it went (Linux)."""
    supervisor = os.environ.get(SUPERVISOR)
    if supervisor is None or sys.platform != "linux":
        return
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
    if os.getppid() != int(supervisor):
        raise SystemExit(1)


def _runs_in_group(group: int) -> bool:
    """Whether a process of the group runs. One that has ended and waits to be noticed by its parent (a zombie) does not:
    in a container nobody may ever notice."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    states = [_group_and_state(stat) for stat in Path("/proc").glob("[0-9]*/stat")]
    return any(found == group and state not in "ZX" for found, state in states) if states else True


def _group_and_state(stat: Path) -> tuple[int, str]:
    """Group and state of a process from Linux's line about it, `12 (a name) S 1 12 12 ...`; (0, "X") if it is gone."""
    try:
        state, _parent, group = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
    except (OSError, ValueError):
        return 0, "X"
    return int(group), state


class _Signals:
    """The first SIGINT or SIGTERM sets `stop`, a second one `hurry`."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.hurry = threading.Event()

    @contextlib.contextmanager
    def caught(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._note) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, _number: int, _frame: object) -> None:
        (self.hurry if self.stop.is_set() else self.stop).set()


class _Announcement:
    """Says where the page is, once, as soon as it can be opened."""

    def __init__(self, host: str, port: int, address: str, say: Say) -> None:
        self._host, self._port, self._address, self._say, self._is_made = host, port, address, say, False

    def __call__(self) -> None:
        if not self._is_made:
            with contextlib.suppress(OSError), socket.create_connection((self._host, self._port), timeout=1):
                self._is_made = True
                self._say(f"\n  Open {self._address}   (Ctrl-C stops everything)\n")


def shown_address(host: str, port: int) -> str:
    """What to open in a browser on this machine."""
    reachable = _reachable(host)
    return f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{port}"


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound


def free_port(host: str, port: int) -> int:
    """The port, or any free one for 0. Raises Conflict if it is taken, before anything is started."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no name of a machine"
            raise Conflict(f"Port {port} on {host} cannot be used ({reason}). Set PORT or HOST to another.") from error
        return int(probe.getsockname()[1])
