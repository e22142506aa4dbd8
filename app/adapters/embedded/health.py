"""Is the embedded model's server there, and what is it doing while it is not."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

CHECK_SECONDS = 2.0
PAUSE_SECONDS = 0.5
NOTE = "state.json"
LOADED = "The model is ready."
"""The last note of a server that runs; found while it does not answer, it means that the server died."""


def is_ready(url: str) -> bool:
    """Whether the server at `url` (ending in /v1) has loaded its model. Takes at most two seconds; never raises."""
    address = url.removesuffix("/v1") + "/health"
    if not address.startswith("http://"):
        return False
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=CHECK_SECONDS) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


async def wait_until_ready(url: str, seconds: float) -> bool:
    """True once the server is ready, False if it is not within `seconds`."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while not await asyncio.to_thread(is_ready, url):
        if loop.time() >= until:
            return False
        await asyncio.sleep(PAUSE_SECONDS)
    return True


class Reporter:
    """Passes on what the server is doing, at most once for every ten percent, to a person and to other processes."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder, self._say, self._last = folder, say, ("", -1)

    def __call__(self, what: str, done: int, total: int) -> None:
        tenth = done * 10 // max(total, 1)
        if (what, tenth) != self._last:
            self._last = (what, tenth)
            line = f"{what}: {tenth * 10} %" if done > 0 and total > 1 else f"{what}."
            leave_note(self._folder, line)
            self._say(line)


def leave_note(folder: Path, text: str, *, has_failed: bool = False) -> None:
    """Tells other processes, in a sentence, what the server is doing. A full or read-only disk stops nothing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{NOTE}.partial"
        partial.write_text(json.dumps({"text": text, "has_failed": has_failed}), encoding="utf-8")
        partial.replace(folder / NOTE)
    except OSError:
        return


def read_note(folder: Path) -> tuple[str, bool]:
    """The last sentence left and whether it says that the model cannot be had; ("", False) if there is none."""
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        return str(note["text"]), bool(note["has_failed"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", False
