"""A ledger in one append-only file, so that an evaluation of hours outlives its process and pays for nothing twice.

A line is `{"what": "reply", "model": "openai/gpt-4o-mini", "digest": "9f2c...", "attempt": 1, "purpose": "judge",
"text": "A", "prompt_tokens": 412, "completion_tokens": 1, "logprobs": {"A": -0.2, "B": -1.7}}`, or the same call before
(`"sent"`, with the tokens set aside) and where it failed (`"failed"`, with the reason). A reply is on the disk before it
is used. A line that a killed process left half written is cut off when the file is opened again. Digests are of the
prompt alone, so replies are kept by model as well.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput, BudgetReached, Conflict
from app.induction.model.language_model import Reply, Usage


class JsonLines:
    """An append-only file of JSON objects, a line each, with one writer at a time.

    Raises Conflict where another process has it open, and BadInput where a line that is not the last cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file: io.BufferedRandom = path.open("a+b")
        except OSError as error:
            raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.rows, whole = read_rows(path)
            self._file.truncate(whole)
        except OSError as error:
            self._file.close()
            raise Conflict(f"Another command is writing to {path.parent}. Wait until it ends, or stop it.") from error
        except BadInput:
            self._file.close()
            raise

    def append(self, row: dict[str, Any], *, at_once: bool = True) -> None:
        """Adds a line; `at_once` waits until it is on the disk, else it is safe from a kill but not from a power cut."""
        self._file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        self._file.flush()
        if at_once:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read_rows(path: Path) -> tuple[list[dict[str, Any]], int]:
    """The whole lines of the file, and how many bytes they take; nothing where there is no file."""
    rows, whole = [], 0
    data = path.read_bytes() if path.exists() else b""
    lines = data.split(b"\n")[:-1]
    for number, line in enumerate(lines, start=1):
        try:
            row = dict(json.loads(line))
        except (ValueError, TypeError) as error:
            if number == len(lines):
                break
            raise BadInput(
                f"{path}, line {number} is damaged. Delete that line; its call will be made again."
            ) from error
        rows.append(row)
        whole += len(line) + 1
    return rows, whole


def spent(path: Path) -> dict[str, int]:
    """What a ledger's file comes to, without opening it for writing: calls, failed_calls, prompt_tokens, completion_tokens;
    and unanswered_calls with the tokens set aside for them: sent by a process that ended before it had the answer."""
    rows = read_rows(path)[0]
    replies = [row for row in rows if row["what"] == "reply"]
    ended = {_try(row) for row in rows if row["what"] != "sent"}
    unanswered = [row for row in rows if row["what"] == "sent" and _try(row) not in ended]
    return {
        "calls": sum(row["what"] == "sent" for row in rows),
        "failed_calls": sum(row["what"] == "failed" for row in rows),
        "prompt_tokens": sum(row["prompt_tokens"] for row in replies),
        "completion_tokens": sum(row["completion_tokens"] for row in replies),
        "unanswered_calls": len(unanswered),
        "unanswered_tokens": sum(row.get("set_aside", 0) for row in unanswered),
    }


def _try(row: dict[str, Any]) -> tuple[str, str, int]:
    return row["model"], row["digest"], row["attempt"]


@dataclass
class Book:
    """The calls of all models of one evaluation. `most_calls` caps what all starts together may send; None: no cap."""

    lines: JsonLines
    most_calls: int | None = None
    calls: int = 0
    sent_now: int = 0
    """By this process."""

    def __post_init__(self) -> None:
        self._replies: dict[tuple[str, str], Reply] = {}
        self._attempts: dict[tuple[str, str], int] = {}
        for row in self.lines.rows:
            self._note(row)

    def of(self, model: str) -> FileLedger:
        """The ledger of one model, as `services.calling.model_calls` wants it."""
        return FileLedger(self, model)

    def reply(self, model: str, digest: str) -> Reply | None:
        return self._replies.get((model, digest))

    def attempts(self, model: str, digest: str) -> int:
        return self._attempts.get((model, digest), 0)

    def write(self, row: dict[str, Any], *, at_once: bool) -> None:
        self.lines.append(row, at_once=at_once)
        self.sent_now += row["what"] == "sent"
        self._note(row)

    def _note(self, row: dict[str, Any]) -> None:
        key = (row["model"], row["digest"])
        if row["what"] == "sent":
            self.calls += 1
            self._attempts[key] = max(self._attempts.get(key, 0), row["attempt"])
        elif row["what"] == "reply":
            usage = Usage(row["prompt_tokens"], row["completion_tokens"])
            self._replies[key] = Reply(row["text"], usage, row["logprobs"])


@dataclass(frozen=True)
class FileLedger:
    """The contract of services.calling.model_calls.Ledger over the book, for the calls of one model."""

    book: Book
    model: str

    def committed(self, digest: str) -> Reply | None:
        return self.book.reply(self.model, digest)

    def reserve(
        self, digest: str, attempt: int, purpose: str, model: str, prompt_tokens: int, completion_tokens: int
    ) -> None:
        most = self.book.most_calls
        if most is not None and self.book.calls + 1 > most:
            raise BudgetReached(
                f"The cap of {most:,} model calls is reached; nothing more was sent. Raise it to go on."
            )
        row = {"what": "sent", "model": self.model, "digest": digest, "attempt": attempt, "purpose": purpose}
        self.book.write({**row, "set_aside": prompt_tokens + completion_tokens}, at_once=False)

    def settle(self, digest: str, attempt: int, purpose: str, reply: Reply) -> None:
        row = {"what": "reply", "model": self.model, "digest": digest, "attempt": attempt, "purpose": purpose}
        tokens = {
            "prompt_tokens": reply.usage.prompt_tokens,
            "completion_tokens": reply.usage.completion_tokens,
        }
        self.book.write({**row, "text": reply.text, **tokens, "logprobs": dict(reply.label_logprobs)}, at_once=True)

    def fail(self, digest: str, attempt: int, reason: str, *, is_charged: bool = True) -> None:
        row = {"what": "failed", "model": self.model, "digest": digest, "attempt": attempt, "reason": reason}
        self.book.write(row, at_once=False)

    def attempts(self, digest: str) -> int:
        return self.book.attempts(self.model, digest)
