"""An answer as it grows: the pieces that a provider streams, told on as the text that they add up to so far.

Only what speaks OpenAI's chat format over OpenAI's own client is asked to stream; a provider that answers whole all the same is
read whole. The end, the checks and the count of tokens are those of a whole answer (adapters/answers.py): a stream without a last
word is an answer that was lost, never one that ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from app.adapters.replies.streamed import whole_of_stream
from app.adapters.replies.thoughts import without_thoughts

ASKED = {"extra_body": {"stream": True, "stream_options": {"include_usage": True}}}
"""What a request carries beside the usual to be answered in pieces, with the count of tokens in the last one."""
MOST_SECONDS = 1_800.0
"""For a whole answer, however steadily it comes: one that drips for ever ends."""
TOLD_EVERY_SECONDS = 0.2
_PIECE = b'"delta"'


class Pieces:
    """The pieces of one try. `said` is given the text so far, at first "" and then at most five times a second; what came last before a
    pause is said within that fifth.

    A try in which no piece came for `silence` seconds is given up by the time-out that `begin` was given; signs of life without a
    piece do not count.
    """

    def __init__(self, said: Callable[[str], None], silence: float) -> None:
        self._said = said
        self._silence = silence
        self._heard = bytearray()
        self._told = ""
        self._last = 0.0
        self._due: asyncio.TimerHandle | None = None
        self._ends = 0.0
        self._limit: asyncio.Timeout | None = None

    def begin(self, limit: asyncio.Timeout) -> None:
        """Begins a request anew: nothing of it has been heard."""
        self.end()
        self._heard.clear()
        self._limit, self._told = limit, ""
        self._ends = asyncio.get_running_loop().time() + MOST_SECONDS
        self._said("")
        self._wait_on()

    def hear(self, chunk: bytes) -> None:
        """The next bytes of the answer, as they come."""
        self._heard += chunk
        # The network parts what is sent wherever it likes, also in the middle of a word.
        if _PIECE in self._heard[-(len(chunk) + len(_PIECE) - 1) :]:
            self._wait_on()
        if self._due is None:
            loop = asyncio.get_running_loop()
            self._due = loop.call_at(max(loop.time(), self._last + TOLD_EVERY_SECONDS), self._tell)

    def end(self) -> None:
        """Says nothing more."""
        if self._due:
            self._due.cancel()
            self._due = None

    def _wait_on(self) -> None:
        if self._limit:
            self._limit.reschedule(min(asyncio.get_running_loop().time() + self._silence, self._ends))

    def _tell(self) -> None:
        self._due, self._last = None, asyncio.get_running_loop().time()
        whole = whole_of_stream(bytes(self._heard[: self._heard.rfind(b"\n") + 1]))
        text = _text(whole) if whole else ""
        if text and text != self._told:
            self._told = text
            self._said(text)


def _text(whole: dict[str, Any]) -> str:
    spoken = without_thoughts(whole["choices"][0]["message"]["content"])
    return str(spoken.answer) if spoken.is_whole else ""
