"""Running several of this program's own commands as one: restarted when they die, all gone when this process goes."""

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
from collections.abc import Callable, Iterator, Sequence

from pydantic import SecretStr

from app.adapters.embedded.health import is_ready
from app.adapters.embedded.server import new_address
from app.children import SUPERVISOR, TICK_SECONDS, Child, Say, own_command, stop
from app.domain.errors import Conflict, ModelUnavailable
from app.settings import Settings
from app.starting import start_line

MODEL_START_SECONDS = 1800.0


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
