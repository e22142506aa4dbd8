"""What this process counts of uses: no thread is started for it, and what is gone by is forgotten."""

from __future__ import annotations

import threading

import pytest

from app.settings import Settings
from app.web.guards import rates
from app.web.guards.rates import Limits


def test_uses_are_counted_without_a_thread_for_each_and_those_gone_by_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    limits = Limits(Settings(limit_verdicts="2/minute", limit_jobs="1/hour"))
    before = threading.active_count()

    allowed = [limits.take("verdicts", "me")[0] for _ in range(3)]
    assert limits.take("jobs", "me")[0]
    for number in range(2 * rates.FEW_KEPT):
        limits.take("verdicts", f"somebody {number}")

    assert allowed == [True, True, False]
    assert threading.active_count() == before
    now += 180
    for number in range(2 * rates.FEW_KEPT + 3):
        limits.take("verdicts", f"later {number}")
    assert len(limits._windows) <= 2 * rates.FEW_KEPT + 4
    assert limits.take("verdicts", "me")[0]
    assert not limits.take("jobs", "me")[0]
