"""Which program makes an evaluation, told by its code: a number that somebody must raise would be forgotten."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_APP = Path(__file__).parents[2]
_DECIDES = ("domain", "induction", "services/evaluating")
"""Folders with the code that parts choices, learns and judges. The prompt texts have digests of their own."""


@cache
def program_digest() -> str:
    """SHA-256 of that code: another one may learn or judge otherwise. Read once a process, which runs what it read."""
    found = hashlib.sha256()
    for path in sorted(path for folder in _DECIDES for path in (_APP / folder).rglob("*.py")):
        for part in (path.relative_to(_APP).as_posix().encode(), path.read_bytes()):
            found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()
