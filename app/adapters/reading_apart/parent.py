"""Starts a process that reads one file or paste, waits for it within limits, and tells in a sentence what it died of."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeVar

from app.adapters.reading_apart import child
from app.domain import errors
from app.domain.errors import BadInput, NothingUsable, SeveralPeople, TooLarge
from app.domain.transcripts import pairs_file
from app.domain.transcripts.pairs_file import PairsFile
from app.domain.transcripts.pasted import lines as pasted_lines
from app.domain.transcripts.pasted.text import PastedConversation

log = logging.getLogger(__name__)
Kind = Literal["pairs", "pasted", "archive"]
WHAT: dict[Kind, str] = {"pairs": "file", "pasted": "paste", "archive": "archive"}
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may take: megabytes of address space, seconds of a processor, seconds, megabytes of result."""

    memory: int = 640
    cpu_seconds: int = 60
    seconds: int = 120
    result: int = 64


KNOWN = Limits()
STRANGERS = Limits(cpu_seconds=20, seconds=40)
"""Of somebody who has chosen nothing here yet."""

ARCHIVES = Limits(memory=1_600, cpu_seconds=120, seconds=480, result=300)
"""Of a whole archive, which is read whole by nobody else: most of it is one JSON text, four bytes a character where one is an emoji."""


def read_pairs(file: IO[bytes], person: str, limits: Limits) -> PairsFile:
    """A file of preferences, as pairs_file.pairs_file reads it. Raises what that raises, and TooLarge over a limit.

    `file` must be one of the operating system. It is read from its beginning by the child, and not by this process.
    """
    return _read("pairs", file, person, limits, pairs_file.from_lines)


def read_pasted(text: str, limits: Limits) -> PastedConversation:
    """A pasted conversation. Raises as `pasted.text.read_conversation`, and TooLarge over a limit."""
    with tempfile.TemporaryFile() as file:
        file.write(text.encode("utf-8", "surrogatepass"))
        return _read("pasted", file, "", limits, pasted_lines.from_lines)


@contextmanager
def read_archive(file: IO[bytes], name: str, limits: Limits) -> Iterator[IO[bytes]]:
    """The lines of an archive (archives/chats.as_lines) as a file, for the length of the block. Raises BadInput, and TooLarge
    over a limit. `file` must be one of the operating system; this process reads nothing of it."""
    file.fileno()
    file.flush()
    with _answered("archive", file, name, limits) as told:
        head = json.loads(told.readline())
        if head:
            raise _refusal(head["refused"], head["why"], head["people"])
        yield told


def _read(
    kind: Kind, file: IO[bytes], person: str, limits: Limits, made_of: Callable[[Iterator[bytes]], Result]
) -> Result:
    file.fileno()  # has a file that lies in memory so far written to the disk
    file.flush()
    with _answered(kind, file, person, limits) as told:
        head = json.loads(told.readline())
        if head:
            raise _refusal(head["refused"], head["why"], head["people"])
        return made_of(iter(told))


@contextmanager
def _answered(kind: Kind, file: IO[bytes], name: str, limits: Limits) -> Iterator[IO[bytes]]:
    """What the child wrote. Raises TooLarge where it reached a limit, and NothingUsable where it died."""
    most = limits.result * 1_000_000
    job = {
        "kind": kind,
        "name": name,
        "paths": [str(Path(__file__).resolve().parents[3]), sysconfig.get_path("purelib")],
        "limits": {
            "memory_bytes": limits.memory * 1_000_000,
            "cpu_seconds": limits.cpu_seconds,
            "seconds": limits.seconds,
            "result_bytes": most,
        },
    }
    with tempfile.TemporaryFile() as told:
        # -I and -S: no folder, variable or package of anybody's is looked at on the way, which also makes it quick to start.
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(child.__file__)],
            stdin=file,
            stdout=told,
            env={"READ_JOB": json.dumps(job), "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"},
            cwd="/",
        )
        try:
            code: int | None = process.wait(limits.seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            process.kill()
            process.wait()
        if code == 0 and os.fstat(told.fileno()).st_size > most:
            code = child.TOO_MUCH_SAID
        if code != 0:
            log.warning("a process that read %s ended with code %s", kind, code)
            raise _death(code, WHAT[kind], limits)
        told.seek(0)
        yield told


def _death(code: int | None, what: str, limits: Limits) -> BadInput:
    """Why there is no result, by the exit code (None: it was still at it)."""
    part = f"Bring a part of the {what}. Nothing was stored."
    if code is None or code == -signal.SIGALRM:
        return TooLarge(f"Reading the {what} took more than {limits.seconds} seconds, which is the limit. {part}")
    if code == -signal.SIGXCPU:
        return TooLarge(
            f"Reading the {what} took more than {limits.cpu_seconds} seconds of a processor, which is the limit. {part}"
        )
    if code == child.OUT_OF_MEMORY:
        return TooLarge(f"Reading the {what} takes more than {limits.memory} MB of memory, which is the limit. {part}")
    if code == child.TOO_MUCH_SAID:
        return TooLarge(f"What the {what} holds comes to more than {limits.result} MB, which is the limit. {part}")
    return NothingUsable(
        f"The {what} could not be read: whatever read it broke down over it, within the limit of {limits.memory} MB of memory. "
        "Nothing was stored. Bring it in another format, or a part of it."
    )


def _refusal(name: str, why: str, people: dict[str, int]) -> BadInput:
    """The child's refusal as an error of ours."""
    if name == "SeveralPeople":
        return SeveralPeople(why, people)
    kind = getattr(errors, name, BadInput)
    return kind(why) if isinstance(kind, type) and issubclass(kind, BadInput) else BadInput(why)
