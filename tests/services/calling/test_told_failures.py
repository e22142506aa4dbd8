from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from app.induction.model.language_model import PermanentModelError, TransientModelError
from app.services.calling.told_failures import Tally


def test_a_failure_is_logged_by_model_kind_and_count_and_many_equal_ones_are_few_lines(
    caplog: pytest.LogCaptureFixture,
) -> None:
    at = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    tally = Tally(lambda: at)

    with caplog.at_level(logging.WARNING):
        for _ in range(250):
            tally.failed("openai/x", TransientModelError("the host could not be reached", kind="unreached"))
        tally.failed("openai/x", PermanentModelError("the key of the host", kind="key"))

    assert caplog.messages == [
        "the model openai/x failed: unreached",
        "the model openai/x failed: unreached (10 times within a minute)",
        "the model openai/x failed: unreached (100 times within a minute)",
        "the model openai/x failed: key",
    ]


def test_after_a_minute_it_is_told_again(caplog: pytest.LogCaptureFixture) -> None:
    moments = [datetime(2026, 11, 27, 15, 0, tzinfo=UTC)]
    tally = Tally(lambda: moments[-1])

    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            tally.failed("openai/x", TransientModelError("no JSON", unusable=True))
            moments.append(moments[-1] + timedelta(seconds=40))

    assert caplog.messages == ["the model openai/x failed: unusable"] * 2
