"""The texts of every prompt, one file each, and the phrases put into them; rendering and digests are here.

A file holds messages, each begun by a line `=== system`, `=== user` or `=== assistant`; `{{name}}` is a place to fill.
What is put into a place is never read again as a template, so a person's text with braces in it stays as it is.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Literal, cast

from app.induction.model.language_model import Message

_FOLDER = Path(__file__).parent
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_HEAD = re.compile(r"^=== (system|user|assistant)\n", re.MULTILINE)


def render(name: str, **parts: str) -> tuple[Message, ...]:
    """The messages of prompt `name` with each place filled verbatim.

    Raises KeyError where a place has no part. A message that is empty when filled is left out.
    """
    messages = []
    for role, body in _template(name):
        text = _PLACE.sub(lambda place: parts[place[1]], body)
        if text.strip():
            messages.append(Message(cast("Literal['system', 'user', 'assistant']", role), text.strip("\n")))
    return tuple(messages)


def phrase(name: str, **parts: str) -> str:
    """A piece of wording that goes into several prompts, from `phrases/`, with each place filled verbatim."""
    return _PLACE.sub(lambda place: parts[place[1]], _phrase(name))


def digests() -> dict[str, str]:
    """SHA-256 of every prompt file and phrase by its name; on the run's row they say which wording was used."""
    paths = sorted(_FOLDER.rglob("*.txt"))
    return {path.relative_to(_FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@cache
def _phrase(name: str) -> str:
    return (_FOLDER / "phrases" / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


@cache
def _template(name: str) -> tuple[tuple[str, str], ...]:
    pieces = _HEAD.split((_FOLDER / f"{name}.txt").read_text(encoding="utf-8"))
    return tuple(zip(pieces[1::2], pieces[2::2], strict=True))
