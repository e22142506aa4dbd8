"""A ledger in one append-only file, so that a command of minutes or hours outlives its process and pays for nothing twice.

A line is `{"what": "reply", "model": "openai/gpt-4o-mini", "digest": "9f2c...", "attempt": 1, "purpose": "judge",
"text": "A", "prompt_tokens": 412, "completion_tokens": 1, "logprobs": {"A": -0.2, "B": -1.7}}`, or the same call before
(`"sent"`, with the tokens set aside) and where it failed (`"failed"`, with the reason). A reply is on the disk before it
is used. A line that a killed process left half written is cut off when the file is opened again. Digests are of the
prompt alone, so replies are kept by model as well. `{"what": "begun", "terms": "77ab..."}` begins the calls of a piece of
work with these terms: replies serve any work, calls are counted for their own.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.errors import BudgetReached, RunCancelled
from app.induction.model.language_model import Reply, Usage
from app.services.calling.json_lines import JsonLines, read_rows


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
    """The calls of all models of one piece of work, over all its starts together.

    terms        tells this work from others that wrote to the same file; "" where no other does
    most_calls   caps what all starts together may send, tries that failed or were lost with a process too; None: no cap
    most_tokens  caps the tokens of replies and those set aside for calls without one; None: no cap
    stopping     once set, nothing more is sent
    """

    lines: JsonLines
    most_calls: int | None = None
    most_tokens: int | None = None
    terms: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    failures: list[str] = field(default_factory=list)
    sent_now: int = 0
    """By this process."""

    def __post_init__(self) -> None:
        self._replies: dict[tuple[str, str], Reply] = {}
        self._attempts: dict[tuple[str, str], int] = {}
        self._set_aside: dict[tuple[str, str, int], int] = {}
        self._sent: set[tuple[str, str]] = set()
        self._unusable: set[tuple[str, str]] = set()
        self._is_ours = not self.terms
        for row in self.lines.rows:
            self._note(row)
        self.found = len(self._replies)
        """Replies that were there already."""
        if not self._is_ours:
            self.write({"what": "begun", "terms": self.terms}, at_once=False)

    def of(self, model: str) -> FileLedger:
        """The ledger of one model, as `services.calling.model_calls` wants it."""
        return FileLedger(self, model)

    @property
    def tokens(self) -> int:
        """Tokens of the replies plus those set aside for calls without one: in flight, failed, or lost with a process."""
        return self.usage.prompt_tokens + self.usage.completion_tokens + sum(self._set_aside.values())

    @property
    def replies(self) -> int:
        """Replies that are kept."""
        return len(self._replies)

    @property
    def unanswered(self) -> int:
        """Calls of this work that were sent and met no text at all, so that another try may help."""
        return len(self._sent - self._replies.keys() - self._unusable)

    def reply(self, model: str, digest: str) -> Reply | None:
        return self._replies.get((model, digest))

    def attempts(self, model: str, digest: str) -> int:
        return self._attempts.get((model, digest), 0)

    def allow(self, tokens: int) -> None:
        """Raises RunCancelled or BudgetReached where a further call of so many tokens may not be sent."""
        if self.stopping.is_set():
            raise RunCancelled("Stopped.")
        if self.most_calls is not None and self.calls + 1 > self.most_calls:
            raise BudgetReached(
                f"The cap of {self.most_calls:,} model calls is reached; nothing more was sent. Raise it to go on."
            )
        if self.most_tokens is not None and self.tokens + tokens > self.most_tokens:
            raise BudgetReached(
                f"The next call would pass the cap of {self.most_tokens:,} tokens; it was not sent. Raise it to go on."
            )

    def write(self, row: dict[str, Any], *, at_once: bool) -> None:
        self.lines.append(row, at_once=at_once)
        self.sent_now += row["what"] == "sent"
        self._note(row)

    def _note(self, row: dict[str, Any]) -> None:
        what = row["what"]
        if what == "begun":
            self._is_ours = row["terms"] == self.terms
            return
        key = (row["model"], row["digest"])
        if what == "sent":
            self._attempts[key] = max(self._attempts.get(key, 0), row["attempt"])
        elif what == "reply":
            usage = Usage(row["prompt_tokens"], row["completion_tokens"])
            self._replies[key] = Reply(row["text"], usage, row["logprobs"])
        if self._is_ours:
            self._count(row, (*key, row["attempt"]))

    def _count(self, row: dict[str, Any], call: tuple[str, str, int]) -> None:
        if row["what"] == "sent":
            self.calls += 1
            self._sent.add(call[:2])
            # A file of an earlier version does not say it.
            self._set_aside[call] = row.get("set_aside", 0)
        elif row["what"] == "failed":
            self.failures.append(row["reason"])
            if row.get("is_unusable", False):
                self._unusable.add(call[:2])
            if not row.get("is_charged", True):
                self._set_aside.pop(call, None)
        else:
            self._set_aside.pop(call, None)
            self.usage = Usage(
                self.usage.prompt_tokens + row["prompt_tokens"],
                self.usage.completion_tokens + row["completion_tokens"],
            )


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
        self.book.allow(prompt_tokens + completion_tokens)
        row = {"what": "sent", "model": self.model, "digest": digest, "attempt": attempt, "purpose": purpose}
        self.book.write({**row, "set_aside": prompt_tokens + completion_tokens}, at_once=False)

    def settle(self, digest: str, attempt: int, purpose: str, reply: Reply) -> None:
        row = {"what": "reply", "model": self.model, "digest": digest, "attempt": attempt, "purpose": purpose}
        tokens = {
            "prompt_tokens": reply.usage.prompt_tokens,
            "completion_tokens": reply.usage.completion_tokens,
        }
        self.book.write({**row, "text": reply.text, **tokens, "logprobs": dict(reply.label_logprobs)}, at_once=True)

    def fail(
        self, digest: str, attempt: int, reason: str, *, is_charged: bool = True, is_unusable: bool = False
    ) -> None:
        row = {"what": "failed", "model": self.model, "digest": digest, "attempt": attempt, "reason": reason}
        self.book.write({**row, "is_charged": is_charged, "is_unusable": is_unusable}, at_once=False)

    def attempts(self, digest: str) -> int:
        return self.book.attempts(self.model, digest)
