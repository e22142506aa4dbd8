"""Without a connection a verdict is kept in the browser, said so, and sent once when there is one again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched

KEPT = "Your choice is kept in this browser"


def judge(page: Page, value: str = "first") -> None:
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


def test_a_server_that_is_away_is_as_no_connection(wide: Watched) -> None:
    page = on_choose(wide)
    page.route("**/verdict", lambda route: route.abort())

    judge(page)

    expect(page.get_by_role("alert")).to_contain_text(KEPT)
    page.unroute("**/verdict")
    expect(page.locator("#verdict-form button[value=first]")).to_be_enabled(timeout=15_000)
    assert verdicts(page, wide.site) == 2
    wide.faults.clear()  # the aborted request is logged by the browser


def test_a_kept_verdict_of_somebody_else_is_not_given(wide: Watched) -> None:
    page = on_choose(wide)
    page.context.set_offline(True)
    judge(page)
    page.context.clear_cookies()
    page.context.set_offline(False)

    expect(page.get_by_role("alert")).to_contain_text("could not be saved", timeout=15_000)
    assert page.evaluate("localStorage.getItem('verdict-kept')") is None
    wide.faults.clear()  # the refused request is logged by the browser
