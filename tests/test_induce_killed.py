"""kill -9 of `induce` at random moments: no answered call is paid for twice, and the result is that of an undisturbed run.

The calls are counted at the provider, and told apart by the ledger in the folder: what was in flight at a kill may be sent
again, what was answered and kept may not. KILL_SEED repeats a run; DURABILITY=long kills more often.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.processes import wait_until
from tests.services.inducing.test_files import file_of
from tests.stand_in import StandIn, stand_in

ROOT = Path(__file__).parent.parent
KILLS = 25 if os.environ.get("DURABILITY") == "long" else 5
CHOICES = 12
PARALLEL = 4
ANSWER_SECONDS = 0.15
SEEN_LATE = 30
"""Calls that a slow machine may let pass between a count that was awaited and the kill."""


def environment(provider: StandIn, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "MODEL": "openai/stand-in",
        "MODEL_API_BASE": provider.url,
        "MODEL_API_KEY": "key",
        "MODEL_PARALLEL": str(PARALLEL),
        "DATA_DIR": str(folder / "data"),
    }


def started(file: Path, out: Path, provider: StandIn, folder: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "app", "induce", str(file), "--out", str(out), "--keep-replies", "-q"]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(words, cwd=ROOT, env=environment(provider, folder), stdout=log, stderr=log)


def ended(running: subprocess.Popen[bytes], folder: Path) -> None:
    assert running.wait(timeout=120) == 0, (folder / "log").read_text()


def rows(out: Path) -> list[dict[str, Any]]:
    """The whole lines of the ledger; the last one may be half written."""
    lines = (out / "replies.jsonl").read_bytes().split(b"\n")[:-1] if (out / "replies.jsonl").exists() else []
    return [json.loads(line) for line in lines]


def kept(out: Path) -> int:
    return len({row["digest"] for row in rows(out) if row["what"] == "reply"})


def wait_for_calls(provider: StandIn, running: subprocess.Popen[bytes], count: int) -> None:
    wait_until(lambda: provider.stats()["calls"] >= count or running.poll() is not None, 90, "further calls")


def is_idle(provider: StandIn) -> bool:
    stats = provider.stats()
    return stats["answered"] == stats["calls"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kills_at_random_moments_repeat_no_answered_call_and_change_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("KILL_SEED", time.time_ns() % 100_000))
    print("KILL_SEED", seed)
    moments = random.Random(seed)
    file, whole, out = file_of(tmp_path, CHOICES), tmp_path / "whole", tmp_path / "out"
    with stand_in() as provider:
        ended(started(file, whole, provider, tmp_path), tmp_path)
        calls = kept(whole)
        provider.behave(latency_ms=1000 * ANSWER_SECONDS)
        sent_between: list[int] = []
        kills = 0

        for kill in range(KILLS):
            answered, before = kept(out), provider.stats()["calls"]
            running = started(file, out, provider, tmp_path)
            # Spread over what is left of the work, so that all kills find it alive.
            most = max(0, (calls - answered - SEEN_LATE) // (KILLS - kill))
            aim = before + moments.randint(0, most)
            wait_for_calls(provider, running, aim)
            time.sleep(moments.uniform(0, 2 * ANSWER_SECONDS))
            running.kill()
            if running.wait() == 0:
                # It came to its end before the signal: there is nothing left to kill.
                break
            kills += 1
            wait_until(lambda: is_idle(provider), 30, "the provider ends what was in flight")
            sent = provider.stats()["calls"] - before
            sent_between.append(sent)
            assert sent - (kept(out) - answered) <= PARALLEL

        left, before = calls - kept(out), provider.stats()["calls"]
        ended(started(file, out, provider, tmp_path), tmp_path)
        sent_last = provider.stats()["calls"] - before

    assert sent_last == left
    assert kills > KILLS // 2
    assert sum(map(bool, sent_between)) > KILLS // 2
    replied: set[str] = set()
    for row in rows(out):
        assert row["what"] != "sent" or row["digest"] not in replied
        replied |= {row["digest"]} if row["what"] == "reply" else set()
    assert max(Counter(row["digest"] for row in rows(out) if row["what"] == "reply").values()) == 1
    for name in ("persona.json", "prompt.txt"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()
    repeated = sum(sent_between) + sent_last - calls
    print(
        f"{kills} kills: {calls} calls undisturbed, {repeated} in flight at a kill sent again, sent {sent_between}, {sent_last}"
    )
    report = json.loads((out / "report.json").read_text())
    assert report["replies_found"] == calls - left
    assert report["calls"] >= sum(sent_between) + sent_last
