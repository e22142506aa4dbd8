"""Reads one file or paste from its standard input and writes what it holds to its standard output; nothing else is open to it.

Started as a script by `parent`, with what to do in the variable READ_JOB (of an argument every user of the machine could read the
name of a person). The limits are laid on before a byte is read. The first line of its output is `{}`, or the refusal that the
person is to be told; what was read follows it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

OUT_OF_MEMORY = 10
TOO_MUCH_SAID = 11
NICENESS = 10
MOST_OPEN_FILES = 64


def lay_limits_on(memory_bytes: int, cpu_seconds: int, seconds: int, result_bytes: int) -> None:
    """Bounds this process. What a system does not know or forbids is left out; the parent ends it after `seconds` anyway."""
    os.nice(NICENESS)
    # It ends with its work or its time; whoever stops the web process lets it finish, or kills the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.alarm(seconds + 1)  # where the parent is gone
    import resource

    for which, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
        (resource.RLIMIT_FSIZE, result_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
    ):
        with contextlib.suppress(ValueError, OSError):
            hard = resource.getrlimit(which)[1]
            resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def read(kind: str, name: str) -> Iterator[str]:
    """The lines that tell what standard input holds; `name` is a person's, or that of an archive. Raises ProblemError."""
    if kind == "archive":
        from app.adapters.reading_apart.archive import archive_lines

        return archive_lines(name, 0)
    data = sys.stdin.buffer.read()
    if kind == "pasted":
        from app.domain.transcripts.pasted.lines import as_lines as pasted_lines
        from app.domain.transcripts.pasted.text import read_conversation

        return pasted_lines(read_conversation(data.decode("utf-8", "surrogatepass")))
    from app.adapters.parquet_rows import parquet_rows
    from app.domain.transcripts.pairs_file import as_lines, pairs_file

    return as_lines(pairs_file(data, name, parquet_rows))


def answer(job: dict[str, Any]) -> None:
    """Reads and writes; a refusal is written like a result."""
    from app.domain.errors import ProblemError

    told = sys.stdout.buffer
    os.lseek(0, 0, os.SEEK_SET)
    try:
        lines = read(job["kind"], job["name"])
    except ProblemError as fault:
        refusal = {"refused": type(fault).__name__, "why": str(fault), "people": getattr(fault, "people", {})}
        told.write(json.dumps(refusal).encode())
    else:
        told.write(b"{}\n")
        for line in lines:
            told.write(line.encode("utf-8", "surrogatepass") + b"\n")
    told.flush()


def main() -> int:
    """The exit code; 0 where a result or a refusal was written."""
    job = json.loads(os.environ.pop("READ_JOB"))
    sys.path += job["paths"]
    lay_limits_on(**job["limits"])
    try:
        answer(job)
    except MemoryError:
        return OUT_OF_MEMORY
    except OSError as fault:
        if fault.errno == errno.EFBIG:
            return TOO_MUCH_SAID
        raise
    return 0


def said_of(fault: BaseException) -> str:
    """What the log may have of a fault: its kind and place, and no text of anybody."""
    place = fault.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else "an unknown place"
    return f"reading a file failed: {type(fault).__name__} at {where}\n"


if __name__ == "__main__":
    try:
        code = main()
    except Exception as fault:
        sys.stderr.write(said_of(fault))
        code = 1
    os._exit(code)  # what is left in a buffer of a failed write must not be written again
