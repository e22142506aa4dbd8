"""What the stand-in counts about the requests it gets: calls, tokens, what a prefix cache could have saved, how many at once.

The report carries the names of the comparison contract (bench/README.md), so that any runner can read it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from bench.stand_in_answers import digest_of, tokens_of
from bench.stand_in_reading import Messages

_BLOCK_TOKENS = 128
_FEWEST_CACHED_TOKENS = 1024
_BYTES_A_TOKEN = 4
_MINUTE = 60.0


@dataclass(slots=True)
class Call:
    """One request as it was metered; times in seconds since the epoch, `answered_at` 0 until then.

    `user` is the request's own field of that name: a test's client may put the identity of its call there.
    `cached_tokens` are those that a provider's prefix cache would have known: whole blocks of 128, from 1,024 up.
    """

    digest: str
    model: str
    user: str
    mode: str
    arrived_at: float
    answered_at: float = 0.0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


@dataclass
class Meter:
    """Counts, under one lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    calls: list[Call] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    sunk: int = 0
    arrived: int = 0
    faults: list[str] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    _prefixes: set[bytes] = field(default_factory=set)
    _accepted: deque[float] = field(default_factory=deque)

    def begin(self, body: dict[str, Any]) -> Call:
        with self.lock:
            mode = self.faults.pop(0) if self.faults else str(body.get("model", ""))
            call = Call(digest_of(body), str(body.get("model", "")), str(body.get("user", "")), mode, time.time())
            self.calls.append(call)
            self.arrived += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            return call

    def end(self) -> None:
        with self.lock:
            self.at_once -= 1

    def seconds_to_wait(self, rpm: int) -> float:
        """0 where the request is within `rpm` a minute, and then it counts; else seconds until the next may come."""
        now = time.monotonic()
        with self.lock:
            while self._accepted and now - self._accepted[0] > _MINUTE:
                self._accepted.popleft()
            if len(self._accepted) >= rpm:
                return self._accepted[0] + _MINUTE - now
            self._accepted.append(now)
            return 0.0

    def number_of_call(self) -> int:
        """How many requests have come since the start; a reset does not begin anew, so that runs meet other faults."""
        with self.lock:
            return self.arrived

    def inject(self, fault: str) -> None:
        with self.lock:
            self.injected[fault] += 1

    def cached_tokens(self, messages: Messages) -> int:
        """Tokens of the prompt's beginning that earlier prompts began with too."""
        told = "".join(f"{message['role']}\n{message['content']}\n" for message in messages)
        raw = told.encode("utf-8", "surrogatepass")
        size = _BLOCK_TOKENS * _BYTES_A_TOKEN
        running, known = hashlib.sha256(), 0
        with self.lock:
            for end in range(size, len(raw) + 1, size):
                running.update(raw[end - size : end])
                digest = running.digest()
                if digest in self._prefixes:
                    known = end // _BYTES_A_TOKEN
                self._prefixes.add(digest)
        return known if known >= _FEWEST_CACHED_TOKENS else 0

    def stats(self) -> dict[str, Any]:
        with self.lock:
            calls = list(self.calls)
            answered = [call for call in calls if call.answered_at]
            duplicates = len(calls) - len({call.digest for call in calls})
            span = max((call.answered_at for call in answered), default=0.0) - (calls[0].arrived_at if calls else 0.0)
            return {
                "calls": len(calls),
                "answered": len(answered),
                "duplicates": duplicates,
                "prompt_tokens": sum(call.prompt_tokens for call in calls),
                "completion_tokens": sum(call.completion_tokens for call in calls),
                "most_at_once": self.most_at_once,
                "sunk": self.sunk,
                "requests": len(calls),
                "ok": len(answered),
                "http_500": self.injected["500"],
                "http_429": self.injected["429"],
                "malformed": self.injected["malformed"],
                "cached_prompt_tokens": sum(call.cached_tokens for call in calls),
                "prompt_tokens_max": max((call.prompt_tokens for call in calls), default=0),
                "inflight_max": self.most_at_once,
                "duplicate_requests": duplicates,
                "span_s": round(max(0.0, span), 3),
            }

    def reset(self) -> None:
        """Clears the meter; the minute's requests stay counted, as a provider's would."""
        with self.lock:
            self.calls, self.faults, self.sunk = [], [], 0
            self.injected, self._prefixes = Counter(), set()
            self.most_at_once = self.at_once


def prompt_tokens_of(messages: Messages) -> int:
    """Tokens of a whole prompt, about as a real model would count them."""
    return sum(tokens_of(message["content"]) for message in messages)
