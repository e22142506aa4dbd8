"""One command of this program as a process of its own: started, watched, and ended with all that it has started.

Each leads a process group of its own, so that stopping it also stops what it started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CANNOT_HELP = 3
"""Exit code of a child that says restarting it is of no use."""
GRACE_SECONDS = 17.0
"""A worker gives its calls in flight fifteen seconds."""
KILL_SECONDS = 5.0
"""What was killed is gone in milliseconds, unless the kernel holds it in the middle of reading or writing."""
STEADY_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0
SUPERVISOR = "SUPERVISOR_PID"
TICK_SECONDS = 0.1
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
