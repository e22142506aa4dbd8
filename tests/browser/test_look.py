"""Every page in both themes and at both widths: nothing that a checker of accessibility finds, nothing off the side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.domain.spending import day_of
from app.services.people import accounts
from app.storage.database import Database
from app.storage.tables import SpendUse, now
from tests.browser.conftest import Watched

Theme = Literal["light", "dark"]
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
# Two looks have both themes and both widths; the crossed two, in `make test-all`, have them the other way round.
LOOKS = ((1280, "light"), (360, "dark"))
CROSSED = ((1280, "dark"), (360, "light"))


class Look:
    """One watched page, which is looked at wherever it is, in each of its looks."""

    def __init__(self, watched: Watched, looks: tuple[tuple[int, Theme], ...]) -> None:
        self.watched = watched
        self.page = watched.page
        self.looks = looks
        self.found: list[str] = []
        self._take(*looks[0])

    def open(self, path: str) -> Page:
        return self.watched.open(path)

    def inspect(self, where: str) -> None:
        """Adds to `found` what a checker of accessibility finds and what lies off the side."""
        for width, theme in self.looks:
            self._take(width, theme)
            here = f"{where} ({width}, {theme})"
            for rule in Axe().run(self.page).response["violations"]:
                self.found.append(f"{here}: {rule['id']} at {rule['nodes'][0]['target']}")
            beyond = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if beyond > 0:
                self.found.append(f"{here}: {beyond} pixels off the side")

    def _take(self, width: int, theme: Theme) -> None:
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")


@pytest.fixture(
    params=[pytest.param(LOOKS, id="two looks"), pytest.param(CROSSED, id="crossed", marks=pytest.mark.slow)]
)
def look(request: pytest.FixtureRequest, watch: Callable[..., Watched]) -> Look:
    return Look(watch(reduced_motion="reduce"), request.param)


@pytest.mark.slow
def test_the_pages_of_a_stranger(look: Look) -> None:
    for path in STRANGER:
        look.open(path)
        look.inspect(path)
        look.watched.check()

    assert look.found == []


@pytest.mark.slow
def test_the_pages_of_a_guest_with_choices(look: Look) -> None:
    page = look.open("/import")
    page.get_by_role("button", name="Load An evaluator of everyday requests").click()
    look.inspect("the report of an import")
    page.goto(look.watched.site + "/choose")
    look.inspect("nothing waits")
    page.get_by_role("button", name="Give me ready-made pairs").click()
    expect(page.locator("#verdict-form")).to_be_visible()
    page.locator(".verdicts button").first.click()
    expect(page.get_by_text("You had not looked at answer B.")).to_be_visible()
    look.inspect("a verdict before the second answer was looked at")
    page.get_by_role("link", name="Answer B").click()
    page.locator(".verdicts button").first.click()
    expect(page.locator("#last-choice")).to_contain_text("A is better")
    look.inspect("after a verdict")
    for path in GUEST:
        look.watched.faults.clear()
        page.goto(look.watched.site + path)
        look.inspect(path)
    look.watched.faults.clear()
    page.goto(look.watched.site + "/choices")
    page.locator(".choices summary").first.click()
    page.get_by_role("link", name="Read both answers").first.click()
    look.inspect("one choice")
    page.goto(look.watched.site + "/import")
    page.get_by_label("The conversation").fill("You: How long do eggs keep?\nAssistant: Five weeks.")
    page.get_by_role("button", name="Show me what you read").click()
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    look.inspect("preview")

    assert look.found == []


def test_a_finished_run_and_its_persona(look: Look) -> None:
    page = look.open("/import")
    page.get_by_role("button", name="Load A judge").click()
    page.get_by_role("link", name="Write my persona").click()
    look.inspect("before the run")
    page.get_by_role("button", name="Write my persona").click()
    expect(page.locator("#run")).to_be_visible()
    look.inspect("while it runs")
    expect(page.get_by_role("heading", name="The sample’s persona is written")).to_be_visible(timeout=120_000)
    look.inspect("after the run")
    page.get_by_role("link", name="Read the sample’s persona").click()
    page.locator(".trait summary").first.click()
    page.get_by_text("How sure is this?").click()
    page.get_by_text("All comparisons").click()
    for numbers in page.get_by_text("The numbers").all():
        numbers.click()
    look.inspect("persona")
    page.get_by_role("link", name="Take the prompt").click()
    look.inspect("prompt")

    assert look.found == []


@pytest.mark.slow
def test_the_page_of_operators(look: Look, site_folder: Path) -> None:
    page = look.open("/import")
    page.get_by_role("button", name="Load An evaluator of everyday requests").click()
    page.goto(look.watched.site + "/data")
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
    look.inspect("operators")
    page.get_by_label("Account code").fill(code)
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_text("This is your own account.")).to_be_visible()
    look.inspect("an account")
    page.get_by_role("button", name="Stop all calls").click()
    look.inspect("stopped")
    page.get_by_role("button", name="Send calls again").click()

    expect(page.get_by_text("Calls to models are sent.")).to_be_visible()
    assert look.found == []


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
