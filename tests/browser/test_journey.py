"""The whole way in a real browser: a sample history becomes a persona and a prompt; and the same without script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.stand_in import StandIn

RUN_SECONDS = 120_000


def load_sample(watched: Watched) -> Page:
    page = watched.open("/")
    page.get_by_role("button", name="Load the sample history").click()
    expect(page.get_by_role("heading", name="22 choices added")).to_be_visible()
    return page


@pytest.mark.timeout(600)
def test_from_the_sample_history_to_the_downloaded_prompt(wide: Watched) -> None:
    page = load_sample(wide)
    page.get_by_role("link", name="Write my persona").click()
    page.get_by_role("button", name="Write my persona").click()
    expect(page.get_by_role("heading", name="Your persona is being written")).to_be_visible()
    steps = page.get_by_role("region", name="Steps").get_by_role("listitem")
    expect(steps).to_have_count(6)

    # What needs no model is there at once; the letter as soon as it is written; the end without a reload.
    expect(page.get_by_role("heading", name="Counted in your choices")).to_be_visible(timeout=RUN_SECONDS)
    expect(page.locator(".letter")).to_be_visible(timeout=RUN_SECONDS)
    expect(page.get_by_role("heading", name="The sample’s persona is written")).to_be_visible(timeout=RUN_SECONDS)
    expect(page).to_have_title("The sample’s persona is ready · Synthesize Me")
    expect(page.get_by_role("status").filter(has_text="The sample’s persona is ready")).to_have_count(1)
    expect(steps.last).to_contain_text(re.compile(r"Testing on unseen choices.*\d of \d", re.DOTALL))

    page.get_by_role("link", name="Read the sample’s persona").click()
    expect(page.get_by_text("How sure is this?")).to_be_visible()
    trait = page.locator(".trait").first
    trait.get_by_text("The choices behind it").click()
    expect(trait.get_by_text("You chose").first).to_be_visible()
    expect(page.get_by_role("complementary")).to_contain_text(re.compile(r"[Rr]ight on \d+ of \d+|Worse than"))

    page.get_by_role("link", name="Take the prompt").click()
    shown = page.locator("#prompt-text").inner_text()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="prompt.txt").click()
    prompt = downloading.value.path().read_text(encoding="utf-8")

    assert prompt.strip() == shown.strip()
    assert prompt.startswith("How to answer me:\n- ")
    for kind in ("persona.md", "persona.json", "messages.json", "judge.txt", "judge.json"):
        with page.expect_download() as downloading:
            page.get_by_role("link", name=kind).click()
        assert downloading.value.path().stat().st_size > 100


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_reload_in_the_middle_shows_the_same_run(wide: Watched) -> None:
    page = load_sample(wide)
    page.get_by_role("link", name="Write my persona").click()
    page.get_by_role("button", name="Write my persona").click()
    address = page.locator("[data-run]").get_attribute("hx-sse:connect")

    page.reload()

    expect(page.locator("#run")).to_be_visible()
    if page.locator("[data-run]").count():
        assert page.locator("[data-run]").get_attribute("hx-sse:connect") == address
    expect(page.get_by_role("heading", name="The sample’s persona is written")).to_be_visible(timeout=RUN_SECONDS)


@pytest.fixture
def slow_model(model: StandIn) -> Iterator[StandIn]:
    """Each answer takes so long that a run can be stopped in the middle."""
    model.behave(latency_ms=400)
    yield model
    model.reset()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("script", [True, False])
def test_a_run_that_was_stopped_is_begun_anew_on_its_page(
    watch: Callable[..., Watched], slow_model: StandIn, script: bool
) -> None:
    watched = watch(java_script_enabled=script)
    page = load_sample(watched)
    page.get_by_role("link", name="Write my persona").click()
    page.get_by_role("button", name="Write my persona").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="You stopped the run")).to_be_visible(timeout=RUN_SECONDS)
    words = page.get_by_label("In your own words")
    expect(words).to_be_visible()  # the form stands open, for there is no persona yet

    words.fill("Short, please.")
    page.get_by_role("radio", name="Quick").check()
    slow_model.reset()
    page.get_by_role("button", name="Start again").click()

    expect(page.get_by_role("heading", name="The sample’s persona is written")).to_be_visible(timeout=RUN_SECONDS)
    page.goto(f"{watched.site}/prompt")
    expect(page.locator("#prompt-text")).to_contain_text("- Short, please.")


@pytest.mark.timeout(600)
def test_everything_works_without_script(watch: Callable[..., Watched]) -> None:
    watched = watch(java_script_enabled=False)
    page = watched.open("/")
    page.get_by_role("button", name="A is better").click()
    expect(page.get_by_text("1 of 5 to a first sketch")).to_be_visible()
    for count in range(2, 6):
        page.get_by_role("button", name="B is better").click()
        expect(page.get_by_text(re.compile(f"^{count} of (5|10) to a first"))).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("4 of 5 to a first sketch")).to_be_visible()
    page.get_by_role("button", name="A is better").click()

    page.get_by_role("link", name="Write a first sketch").click()
    page.get_by_role("button", name="Write a first sketch").click()
    for _ in range(60):
        if page.get_by_role("link", name="Read your persona").count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    page.get_by_role("link", name="Read your persona").click()

    expect(page.get_by_text("First sketch", exact=True)).to_be_visible()
    page.goto(watched.site + "/data")
    page.get_by_role("checkbox", name="Yes, delete all of it").check()
    page.get_by_role("button", name="Delete everything").click()
    page.goto(watched.site + "/data")
    expect(page.get_by_text("Nothing is kept about you yet")).to_be_visible()


@pytest.mark.timeout(600)
def test_a_typed_prompt_gets_two_answers_that_appear_by_themselves(wide: Watched) -> None:
    page = wide.open("/")
    page.get_by_role("textbox").fill("Plan a quiet weekend.")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("button", name="A is better")).to_be_visible(timeout=RUN_SECONDS)
    expect(page.locator(".question")).to_contain_text("Plan a quiet weekend.")
    page.get_by_role("button", name="A is better").click()
    expect(page.locator("#last-choice")).to_contain_text("both by openai/stand-in")
