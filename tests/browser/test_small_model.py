"""The way from the sample history to the downloaded prompt on the small test model: worker and model server are real.

`make journey` walks the same way on the 1.5B model (JOURNEY_MODEL) and prints when the persona was there.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Watched, served
from tests.browser.test_journey import load_sample

MODEL = os.environ.get("JOURNEY_MODEL", "embedded/smollm2-135m")
RUN_SECONDS = 900
"""For a machine under load; two idle cores need a small part of it."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The supervised application with the small model, in place of the site with the stand-in."""
    cache = os.environ.get("TEST_MODEL_CACHE")
    if not cache or not list(Path(cache).glob("*.gguf")):
        pytest.fail("This test needs the small model: run scripts/prepare_tests, or set TEST_MODEL_CACHE.", False)
    with served(tmp_path_factory.mktemp("small"), MODEL=MODEL, MODEL_CACHE=cache) as address:
        yield address


def counts(steps: Locator) -> list[str]:
    return re.findall(r"\d+ of \d+", steps.first.locator("xpath=..").inner_text())


@pytest.mark.small_model
@pytest.mark.timeout(1000)
def test_the_small_model_takes_a_sample_history_to_a_downloaded_prompt(wide: Watched) -> None:
    page = load_sample(wide)
    page.get_by_role("link", name="Write my persona").click()
    expect(page.get_by_role("radio", name="Quick")).to_be_checked()
    page.get_by_role("button", name="Write my persona").click()
    under_way = page.get_by_role("heading", name="Your persona is being written")
    expect(under_way).to_be_visible()
    steps = page.get_by_role("region", name="Steps").get_by_role("listitem")
    expect(steps).to_have_count(4)

    written = page.get_by_role("heading", name="Your persona is written")
    letter = page.get_by_text("How this person likes to be answered")
    seen: list[list[str]] = []
    began, had_letter = time.monotonic(), 0.0
    for _ in range(5 * RUN_SECONDS):
        shown = counts(steps)
        if shown not in seen:
            seen.append(shown)
        if not had_letter and letter.is_visible():
            had_letter = time.monotonic() - began
        if not under_way.is_visible():
            break
        page.wait_for_timeout(200)

    expect(written).to_be_visible()
    print(f"\n{MODEL}: letter after {had_letter:.0f} s, all after {time.monotonic() - began:.0f} s")
    assert len(seen) > 2, "The counts of the steps were not seen to move."
    page.get_by_role("link", name="Read your persona").click()
    expect(page.get_by_role("heading", name="What it rests on")).to_be_visible()
    assert len(page.locator("main").inner_text()) > 400
    page.get_by_role("link", name="Take the prompt").click()
    shown_prompt = page.locator("#prompt-text").inner_text()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="prompt.txt").click()
    prompt = downloading.value.path().read_text(encoding="utf-8")
    assert prompt.strip() == shown_prompt.strip()
    assert len(prompt) > 100
