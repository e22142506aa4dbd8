"""A provider that failed five times in a row rests: for 30 s nothing is sent to it, then one call finds out.

Failures of one request (too large, refused for its content, a text that is not what was asked for) and rate limits are
none of the provider's: they show that it is there. What it fails everybody with counts, whether it may pass (down, slow,
not reached) or not (a wrong key, an unknown model). Who waits for a rest and who does not is decided in model_gate.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.domain.model_trouble import Trouble, at_about, times
from app.domain.moments import SLACK
from app.induction.model.language_model import ModelError, TransientModelError

MOST_FAILED_IN_A_ROW = 5
REST_SECONDS = 30.0
FOR_EVERYBODY = frozenset(
    {"key", "no_key", "rights", "unknown_model", "address", "credit", "redirect", "packed", "elsewhere", "provider"}
)
"""Kinds of failure that do not pass by themselves and meet every call (adapters/replies/sentences.py)."""
OF_ONE_ANSWER = frozenset({"lost"})
"""Kinds of failure with which the provider did answer: one odd text must not make it rest for everybody."""

Now = Callable[[], datetime]


Tell = Callable[[Trouble | None], None]
"""Told when a rest begins or is prolonged, and None when the provider answers again."""


class NotNow(Exception):
    """Nothing may be sent now; the text is the sentence for the person."""


def utc_now() -> datetime:
    """The present time."""
    return datetime.now(UTC)


class Rest:
    """Whether the provider of one model rests. `number` counts the rests; `tell` hears of what pages show, `is_told` is
    whether something may stand there already."""

    def __init__(self, now: Now = utc_now, tell: Tell = lambda _: None, *, is_told: bool = False) -> None:
        self.now = now
        self.number = 0
        self._tell = tell
        self._failed = 0
        self._trouble: Trouble | None = None
        self._is_told = is_told
        self._is_probed = False

    @property
    def is_on(self) -> bool:
        """From the fifth failure in a row until the next answer."""
        return self._trouble is not None

    @property
    def is_permanent(self) -> bool:
        return self._trouble is not None and self._trouble.is_permanent

    @property
    def seconds_left(self) -> float:
        """Until one call may try; 0 once that time has come, and where there is no rest."""
        until = self._trouble.again_at if self._trouble else None
        left = (until - self.now()).total_seconds() if until else 0.0
        # Longer than any rest is a clock that was put back meanwhile.
        return left if 0.0 < left <= REST_SECONDS + SLACK.total_seconds() else 0.0

    def begin_probe(self) -> bool:
        """Whether the call that asks may try, which is the first that does after a rest."""
        begins = not self._is_probed
        self._is_probed = True
        return begins

    def end_probe(self) -> None:
        """The call that tried has ended, however."""
        self._is_probed = False

    def answered(self) -> None:
        """The provider is there; also after a refusal that is about one request alone."""
        self._failed = 0
        self._trouble = None
        if self._is_told:
            self._is_told = False
            self._tell(None)

    def failed(self, error: ModelError) -> None:
        """One try failed."""
        if not meets_everybody(error):
            self.answered()
            return
        self._failed += 1
        if self._failed < MOST_FAILED_IN_A_ROW:
            return
        self.number += 1
        self._trouble = Trouble(
            error.reason,
            error.kind,
            self._failed,
            error.kind in FOR_EVERYBODY,
            self.now() + timedelta(seconds=REST_SECONDS),
        )
        self._is_told = True
        self._tell(self._trouble)

    def sentence(self, *, is_awaited: bool) -> str:
        """Why nothing is sent now, and what to do."""
        trouble = self._trouble
        if trouble is None or trouble.again_at is None:
            return "The model's provider is not asked right now. Nothing was lost; start again."
        if trouble.is_permanent:
            return trouble.reason
        again = "ask again then" if is_awaited else "start again when it answers"
        return (
            f"{trouble.reason.removesuffix('.')}, {times(trouble.failed_in_a_row)} in a row. It is tried again at "
            f"{at_about(trouble.again_at, REST_SECONDS)}. Nothing was lost; {again}."
        )


def meets_everybody(error: ModelError) -> bool:
    """Whether the failure is the provider's and not of one request."""
    if error.is_rate_limit or error.unusable or error.kind in OF_ONE_ANSWER:
        return False
    is_for_now = isinstance(error, TransientModelError) or error.retry_after is not None
    return is_for_now or error.kind in FOR_EVERYBODY
