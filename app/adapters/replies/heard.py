"""What came over the wire in one call, whatever LiteLLM makes of it.

LiteLLM turns each provider's answer into one shape, and each failure into one of its classes. On the way it loses what we
must know: it calls unknown ends "stop", it knows a wait only of some providers, and it words failures of its own. So the
bounded client notes the provider's own last answer here, for the call that is under way in this context.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.adapters.replies.streamed import whole_of_stream


@dataclass
class Heard:
    """The provider's last answer to the call under way; `status` 0 while there was none.

    `only` is the address that alone may be asked ("" for the provider's own); `host` is where the call went, with its port
    where that is not the usual one; `headers` have names in small letters. `hear` is given the bytes as they come.
    """

    only: str = ""
    host: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hear: Callable[[bytes], None] | None = None

    def note(self, host: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Puts this answer in the place of the last one."""
        self.host, self.status, self.headers, self.body = host, status, headers, body
        self.__dict__.pop("parsed", None)

    @cached_property
    def parsed(self) -> Any:
        """The body as JSON, of a stream the answer that it adds up to; None where it is neither."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return whole_of_stream(self.body)

    @property
    def is_page(self) -> bool:
        """Whether a web page came, which no provider's interface sends."""
        if self.parsed is not None:
            return False  # some servers call their JSON a page
        return "html" in self.headers.get("content-type", "") or self.body.lstrip()[:15].lower().startswith(
            (b"<!doctype html", b"<html")
        )


_under_way: ContextVar[Heard | None] = ContextVar("heard", default=None)


@contextmanager
def listening(only: str = "", hear: Callable[[bytes], None] | None = None) -> Iterator[Heard]:
    """Gives what will have been heard by the calls made inside, the last of them; calls made at once elsewhere have their
    own."""
    heard = Heard(only=only, hear=hear)
    token = _under_way.set(heard)
    try:
        yield heard
    finally:
        _under_way.reset(token)


def call_under_way() -> Heard | None:
    """What is heard for the call under way, for the bounded client to note its answer in; None where nobody listens."""
    return _under_way.get()
