from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.adapters.embedded.health import LOADED, Reporter, leave_note, read_note
from app.adapters.model_status import ModelStatus, model_status, with_troubles
from app.domain.model_trouble import Trouble
from app.settings import Settings
from tests.stand_in import StandIn


def test_a_small_model_at_work_is_told_as_such(provider: StandIn, tmp_path: Path):
    status = model_status(Settings(embedded_url=provider.url, model_cache=tmp_path))

    assert (status.ready, status.small) == (True, True)
    assert "small model" in status.note


def test_a_model_on_its_way_says_how_far_it_is(tmp_path: Path, unused_port: int):
    Reporter(tmp_path, lambda _line: None)("Fetching the model", 30, 100)

    status = model_status(Settings(embedded_url=f"http://127.0.0.1:{unused_port}/v1", model_cache=tmp_path))

    assert not status.ready
    assert "Fetching the model: 30 %" in status.note


def test_a_model_that_cannot_be_had_says_why_and_what_to_do(tmp_path: Path, unused_port: int):
    leave_note(tmp_path, "There is no network.", has_failed=True)

    status = model_status(Settings(embedded_url=f"http://127.0.0.1:{unused_port}/v1", model_cache=tmp_path))

    assert not status.ready
    assert "There is no network." in status.note
    assert "MODEL_API_KEY" in status.note


def test_a_process_without_an_embedded_model_says_what_to_set(tmp_path: Path):
    status = model_status(Settings(embedded_url="", model_cache=tmp_path))

    assert not status.ready
    assert "MODEL_API_KEY" in status.note


def test_a_hosted_model_is_ready_and_not_small():
    status = model_status(Settings(model="openai/x"))

    assert (status.ready, status.small, status.note) == (True, False, "")


@pytest.mark.parametrize(
    ("models", "here", "hosted"),
    [
        ({"model": "embedded/small.gguf"}, ("small.gguf",), ()),
        ({"model": "/m/one.gguf", "second_model": "openai/x"}, ("one.gguf",), ("openai/x",)),
        ({"model": "openai/x", "second_model": "gemini/y"}, (), ("openai/x", "gemini/y")),
        ({"model": "openai/x", "second_model": "openai/x"}, (), ("openai/x",)),
    ],
)
def test_every_configured_model_is_named_by_where_it_runs(
    models: dict[str, Any], here: tuple[str, ...], hosted: tuple[str, ...], tmp_path: Path
):
    status = model_status(Settings(_env_file=None, model_cache=tmp_path, **models))

    assert (status.here, status.hosted) == (here, hosted)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/v1", "http://127.0.0.1:1", "http://[::1]:1/v1"])
def test_a_server_of_ones_own_that_does_not_answer_is_said_so(address: str):
    status = model_status(Settings(model="openai/x", model_api_base=address))

    assert not status.ready
    assert "MODEL_API_BASE" in status.note


def test_a_note_that_cannot_be_written_or_read_stops_nothing(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")

    leave_note(blocked, "text")

    assert read_note(blocked) == ("", False)


def test_progress_is_told_once_for_every_ten_percent(tmp_path: Path):
    lines: list[str] = []
    report = Reporter(tmp_path, lines.append)

    for done in range(101):
        report("Fetching", done, 100)

    assert len(lines) == 11


def test_a_model_whose_server_has_died_starts_again(tmp_path: Path, unused_port: int):
    leave_note(tmp_path, LOADED)

    status = model_status(Settings(embedded_url=f"http://127.0.0.1:{unused_port}/v1", model_cache=tmp_path))

    assert status.note == "The model is not ready yet. It starts again."


NOW = datetime(2026, 11, 27, 15, 20, tzinfo=UTC)
READY = ModelStatus(ready=True, small=False, name="openai/x", note="")


def resting(seconds: float) -> Trouble:
    return Trouble("host could not be reached.", "unreached", 5, again_at=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("trouble", "note"),
    [
        (resting(30), "host could not be reached, five times in a row; it is tried again at 15:20:30 UTC."),
        (resting(-5), "host could not be reached, five times in a row; it is tried again with the next call."),
        (
            Trouble("host refused the key. Check MODEL_API_KEY.", "key", 5, True, NOW),
            "host refused the key. Check MODEL_API_KEY.",
        ),
        (Trouble("There is no key for host.", "no_key"), "There is no key for host."),
    ],
)
def test_what_the_workers_found_wrong_with_the_provider_is_told(trouble: Trouble, note: str):
    status = with_troubles(READY, {"openai/x": trouble, "openai/old": trouble}, ["openai/x"], NOW)

    assert (status.ready, status.note) == (False, note)


def test_trouble_with_the_second_model_alone_is_told_with_its_name_and_the_first_stays_ready():
    status = with_troubles(READY, {"openai/y": resting(30)}, ["openai/x", "openai/y"], NOW)

    assert status.ready
    assert status.note.startswith("openai/y: host could not be reached")


def test_without_trouble_the_status_is_as_it_was():
    assert with_troubles(READY, {}, ["openai/x"], NOW) is READY


def test_what_the_workers_met_says_more_than_that_nobody_listens():
    silent = ModelStatus(ready=False, small=False, name="openai/x", note="The model's server does not answer.")

    assert "tried again at" in with_troubles(silent, {"openai/x": resting(30)}, ["openai/x"], NOW).note
