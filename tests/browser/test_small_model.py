"""The way from the sample history to the downloaded prompt beside the small test model: worker and model server are real, and what
the choices say is counted.

`make journey` walks the same way on the 1.5B model (JOURNEY_MODEL) and prints when the persona was there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched, served
from tests.browser.test_journey import load_sample

MODEL = os.environ.get("JOURNEY_MODEL", "embedded/smollm2-135m")
RUN_SECONDS = 90
"""For a machine under load; counting takes a second or two."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The supervised application with the small model, in place of the site with the stand-in."""
    cache = os.environ.get("TEST_MODEL_CACHE")
    if not cache or not list(Path(cache).glob("*.gguf")):
        pytest.fail("This test needs the small model: run scripts/prepare_tests, or set TEST_MODEL_CACHE.", False)
    with served(tmp_path_factory.mktemp("small"), MODEL=MODEL, MODEL_CACHE=cache) as address:
        yield address


@pytest.mark.small_model
@pytest.mark.timeout(1000)
def test_the_small_model_takes_a_sample_history_to_a_downloaded_prompt(wide: Watched) -> None:
    page = load_sample(wide)
    page.get_by_role("link", name="Write my persona").click()
    expect(page.get_by_text("It is counted from your choices on this machine")).to_be_visible()
    began = time.monotonic()
    page.get_by_role("button", name="Write my persona").click()
    expect(page.get_by_role("heading", name="The sample’s persona is written")).to_be_visible(
        timeout=1000 * RUN_SECONDS
    )
    print(f"\n{MODEL}: counted after {time.monotonic() - began:.0f} s")
    page.get_by_role("link", name="Read the sample’s persona").click()
    expect(page.get_by_text("How sure is this?")).to_be_visible()
    assert len(page.locator("main").inner_text()) > 400
    page.get_by_role("link", name="Take the prompt").click()
    shown_prompt = page.locator("#prompt-text").inner_text()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="prompt.txt").click()
    prompt = downloading.value.path().read_text(encoding="utf-8")
    assert prompt.strip() == shown_prompt.strip()
    assert len(prompt) > 100
