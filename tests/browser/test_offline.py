"""Without a connection a verdict is kept in the browser, said so, and sent once when there is one again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Watched

KEPT = "Your choice is kept in this browser"


def judge(page: Page, value: str = "first") -> None:
    if page.locator(".answer-tabs").first.is_visible():  # one answer at a time: the second is looked at first
        page.get_by_role("link", name="Answer B").click()
        expect(page.get_by_role("link", name="Answer B")).to_have_attribute("aria-current", "true")
    page.locator(f"#verdict-form button[value={value}]").first.click()


def verdicts(page: Page, site: str) -> int:
    page.goto(f"{site}/choices")
    return page.locator("main a[href^='/choices/']").count()


def on_choose(watched: Watched) -> Page:
    """A guest with one verdict, before the second pair."""
    page = watched.open("/choose")
    judge(page)
    expect(page.locator("#last-choice")).to_contain_text("You said")
    return page


@pytest.mark.parametrize("width", [360, 1280])
def test_a_verdict_given_offline_is_kept_said_and_sent_when_there_is_a_connection(
    watch: Callable[..., Watched], width: int
) -> None:
    watched = watch(width, 740)
    page = on_choose(watched)
    page.context.set_offline(True)

    judge(page, "second")

    expect(page.get_by_role("alert")).to_contain_text(KEPT)
    expect(page.locator("#verdict-form button[value=first]")).to_be_disabled()
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_have_text("", timeout=15_000)
    expect(page.locator("#last-choice")).to_contain_text("You said: B")
    expect(page.locator("#verdict-form button[value=first]")).to_be_enabled()
    assert page.evaluate("localStorage.getItem('verdict-kept')") is None
    assert verdicts(page, watched.site) == 2


@pytest.mark.parametrize("path", ["/", "/choose"])
def test_the_first_choice_of_a_stranger_is_kept_too_and_sent_from_another_page(wide: Watched, path: str) -> None:
    page = wide.open(path)
    page.context.set_offline(True)
    judge(page)
    expect(page.get_by_role("alert")).to_contain_text(KEPT)
    page.close()
    page.context.set_offline(False)
    other = page.context.new_page()
    other.goto(f"{wide.site}/about")

    expect(other).to_have_url(re.compile("/choose$"), timeout=15_000)
    expect(other.locator("#last-choice")).to_contain_text("You said: A")
    assert verdicts(other, wide.site) == 1


AWAY: dict[str, Callable[[Route], None]] = {
    "no server": lambda route: route.abort(),
    "a proxy without its server": lambda route: route.fulfill(status=502, body="Bad Gateway"),
}


@pytest.mark.slow
@pytest.mark.parametrize("away", AWAY)
def test_a_server_that_is_away_is_as_no_connection(wide: Watched, away: str) -> None:
    page = on_choose(wide)
    page.route("**/verdict", AWAY[away])

    judge(page)

    expect(page.get_by_role("alert")).to_contain_text(KEPT)
    page.unroute("**/verdict")
    expect(page.locator("#verdict-form button[value=first]")).to_be_enabled(timeout=15_000)
    assert verdicts(page, wide.site) == 2
    wide.faults.clear()  # the failed request is logged by the browser


@pytest.mark.exhaustive
@pytest.mark.parametrize("away", AWAY)
@pytest.mark.parametrize("path", ["/", "/choose"])
def test_a_stranger_too_loses_nothing_by_a_server_that_is_away(wide: Watched, path: str, away: str) -> None:
    page = wide.open(path)
    page.route("**/first-choice", AWAY[away])

    judge(page, "second")

    expect(page.get_by_role("alert")).to_contain_text(KEPT)
    expect(page.locator("#verdict-form button[value=first]")).to_be_disabled()
    page.unroute("**/first-choice")
    expect(page.locator("#last-choice")).to_contain_text("You said: B", timeout=15_000)
    assert verdicts(page, wide.site) == 1
    wide.faults.clear()  # the failed request is logged by the browser


@pytest.mark.slow
def test_the_later_choices_on_the_first_page_are_kept_too(wide: Watched) -> None:
    page = on_choose(wide)
    page.goto(wide.site)
    page.route("**/verdict", lambda route: route.abort())

    judge(page, "second")

    expect(page.get_by_role("alert")).to_contain_text(KEPT)
    page.unroute("**/verdict")
    expect(page.locator("#last-choice")).to_contain_text("You said: B", timeout=15_000)
    assert verdicts(page, wide.site) == 2
    wide.faults.clear()  # the aborted request is logged by the browser


def test_a_refusal_is_shown_as_its_page_and_keeps_nothing(wide: Watched) -> None:
    page = on_choose(wide)
    page.goto(wide.site)
    page.context.clear_cookies()

    judge(page)

    expect(page.locator("#problem")).to_contain_text("Nothing was done.")
    expect(page.get_by_role("link", name="To the first page")).to_be_visible()
    assert page.evaluate("localStorage.getItem('verdict-kept')") is None
    wide.faults.clear()  # the refused request is logged by the browser


def test_pressed_twice_at_once_a_first_choice_is_one(wide: Watched) -> None:
    page = wide.open("/")
    page.evaluate("""() => {
        const button = document.querySelector("#verdict-form button[value=first]");
        button.click();
        button.click();
    }""")

    expect(page.locator("#last-choice")).to_contain_text("You said: A")
    assert sum(address.endswith("/first-choice") for address in wide.requests) == 1


def test_without_script_the_first_choice_is_sent_by_the_browser(watch: Callable[..., Watched]) -> None:
    page = watch(java_script_enabled=False).open("/")

    judge(page)

    expect(page.locator("#last-choice")).to_contain_text("You said: A")


def test_a_kept_verdict_of_somebody_else_is_not_given(wide: Watched) -> None:
    page = on_choose(wide)
    page.context.set_offline(True)
    judge(page)
    page.context.clear_cookies()
    page.context.set_offline(False)

    expect(page.get_by_role("alert")).to_contain_text("could not be saved", timeout=15_000)
    assert page.evaluate("localStorage.getItem('verdict-kept')") is None
    wide.faults.clear()  # the refused request is logged by the browser
