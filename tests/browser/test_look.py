"""Every page in both themes and at both widths: nothing that a checker of accessibility finds, nothing off the side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.domain.spending import day_of
from app.services.people import accounts
from app.storage.database import Database
from app.storage.tables import SpendUse, now
from tests.browser.conftest import Watched

STRANGER = (
    "/",
    "/import",
    "/persona",
    "/prompt",
    "/data",
    "/research",
    "/about",
    "/method",
    "/privacy",
    "/reference",
    "/problems",
)
GUEST = ("/", "/choose", "/choices", "/run", "/persona", "/data", "/research", "/nothing-here")
LOOKS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request: pytest.FixtureRequest, watch: Callable[..., Watched]) -> Watched:
    width, theme = request.param
    return watch(width, 800, color_scheme=theme, reduced_motion="reduce")


def inspect(page: Page, where: str) -> list[str]:
    found = [
        f"{where}: {rule['id']} at {rule['nodes'][0]['target']}" for rule in Axe().run(page).response["violations"]
    ]
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"{where}: {beyond} pixels off the side"] if beyond > 0 else [])


def test_the_pages_of_a_stranger(look: Watched) -> None:
    found = []
    for path in STRANGER:
        page = look.open(path)
        found += inspect(page, path)
        look.check()

    assert found == []


def test_the_pages_of_a_guest_with_choices(look: Watched) -> None:
    page = look.open("/import")
    page.get_by_role("button", name="Load An evaluator of everyday requests").click()
    found = inspect(page, "the report of an import")
    page.goto(look.site + "/choose")
    found += inspect(page, "nothing waits")
    page.get_by_role("button", name="Give me ready-made pairs").click()
    expect(page.locator("#verdict-form")).to_be_visible()
    page.locator(".verdicts button").first.click()
    expect(page.locator("#last-choice")).to_contain_text("A is better")
    found += inspect(page, "after a verdict")
    for path in GUEST:
        look.faults.clear()
        page.goto(look.site + path)
        found += inspect(page, path)
    look.faults.clear()
    page.goto(look.site + "/choices")
    page.locator(".choices summary").first.click()
    page.get_by_role("link", name="Read both answers").first.click()
    found += inspect(page, "one choice")
    page.goto(look.site + "/import")
    page.get_by_label("The conversation").fill("You: How long do eggs keep?\nAssistant: Five weeks.")
    page.get_by_role("button", name="Show me what you read").click()
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    found += inspect(page, "preview")

    assert found == []


def test_a_finished_run_and_its_persona(look: Watched) -> None:
    page = look.open("/import")
    page.get_by_role("button", name="Load A judge").click()
    page.get_by_role("link", name="Write my persona").click()
    found = inspect(page, "before the run")
    page.get_by_role("button", name="Write my persona").click()
    expect(page.locator("#run")).to_be_visible()
    found += inspect(page, "while it runs")
    expect(page.get_by_role("heading", name="The sample’s persona is written")).to_be_visible(timeout=120_000)
    found += inspect(page, "after the run")
    page.get_by_role("link", name="Read the sample’s persona").click()
    page.locator(".trait summary").first.click()
    page.get_by_text("How sure is this?").click()
    page.get_by_text("All comparisons").click()
    for numbers in page.get_by_text("The numbers").all():
        numbers.click()
    found += inspect(page, "persona")
    page.get_by_role("link", name="Take the prompt").click()
    found += inspect(page, "prompt")

    assert found == []


def test_the_page_of_operators(look: Watched, site_folder: Path) -> None:
    page = look.open("/import")
    page.get_by_role("button", name="Load An evaluator of everyday requests").click()
    page.goto(look.site + "/data")
    code = page.locator(".secret").first.inner_text()
    database = Database(f"sqlite:///{site_folder / 'app.sqlite'}")
    with database.writing() as session:
        accounts.grant(session, code, "operator")
        for back in range(31):
            spent = SpendUse(day=day_of(now() - timedelta(days=back)), model="openai/a-model", purpose="judge")
            spent.calls, spent.tokens, spent.micros = back, 1_234_567 * (31 - back), 12_340 * back
            session.merge(spent)
    database.close()

    page.reload()
    page.get_by_role("link", name="Operators").last.click()
    page.get_by_text("The numbers").click()
    found = inspect(page, "operators")
    page.get_by_label("Account code").fill(code)
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_text("This is your own account.")).to_be_visible()
    found += inspect(page, "an account")
    page.get_by_role("button", name="Stop all calls").click()
    found += inspect(page, "stopped")
    page.get_by_role("button", name="Send calls again").click()

    expect(page.get_by_text("Calls to models are sent.")).to_be_visible()
    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_switch_overrules_the_system(watch: Callable[..., Watched], theme: str) -> None:
    other = {"light": "dark", "dark": "light"}[theme]
    watched = watch(color_scheme=other)
    page = watched.open("/")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.get_by_role("button", name=theme.capitalize()).click()

    expect(page.get_by_role("button", name=theme.capitalize())).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_the_first_page_stays_under_600_kilobytes_and_40_requests(wide: Watched) -> None:
    page = wide.open("/")
    page.wait_for_load_state("networkidle")

    assert len(wide.requests) <= 40
    assert wide.transferred <= 600_000


def test_text_at_twice_its_size_stays_on_the_page(watch: Callable[..., Watched]) -> None:
    # 640 pixels wide is what 1280 leaves at 200 % zoom.
    watched = watch(640, 400)
    for path in STRANGER:
        page = watched.open(path)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, path


def test_without_motion_nothing_is_animated(watch: Callable[..., Watched]) -> None:
    page = watch(reduced_motion="reduce").open("/choose")
    page.get_by_role("textbox").fill("Tell me something slowly.")
    page.get_by_role("button", name="Get two answers").click()

    moving = page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length")
    assert moving == 0
