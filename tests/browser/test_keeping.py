"""Words from one browser open the account in another: by their link, typed, and without script."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched


def choose_once(watched: Watched) -> Page:
    page = watched.open("/")
    verdict = page.locator("button[name=value][value=first]").first
    is_narrow = page.get_by_role("link", name="Answer B").is_visible()
    verdict.click()
    if is_narrow:  # there it is asked once whether both were looked at
        expect(page.get_by_text("You had not looked at answer B.")).to_be_visible()
        verdict.click()
    expect(page.get_by_role("contentinfo").get_by_role("link", name="Keep or move")).to_be_visible()
    return page


def code(page: Page, site: str) -> str:
    page.goto(f"{site}/data")
    return page.locator("b.secret").inner_text()


def test_a_link_opens_the_account_on_a_phone_and_its_words_are_sent_only_by_the_button(
    wide: Watched, phone: Watched
) -> None:
    mine = choose_once(wide)
    own = code(mine, wide.site)
    mine.get_by_role("contentinfo").get_by_role("link", name="Keep or move").click()
    mine.get_by_role("button", name="Make my words").click()
    words = mine.locator("#the-words").inner_text()
    link = mine.locator("#the-link").get_attribute("href")
    assert link is not None
    with mine.expect_download() as downloading:
        mine.get_by_role("button", name="Save as a file").click()
    assert words in downloading.value.path().read_text(encoding="utf-8")

    other = phone.open(link)
    expect(other.get_by_label("The words")).to_have_value(words)
    assert urlsplit(other.url).fragment == ""
    assert not any(words.split()[0] in address for address in phone.requests)
    other.get_by_role("button", name="Open it here").click()
    expect(other).to_have_url(f"{phone.site}/persona")

    assert code(other, phone.site) == own
    assert not any("-".join(words.split()[:2]) in address for address in phone.requests)


def test_words_are_typed_and_leaving_is_asked_twice_without_script(
    watch: Callable[..., Watched], wide: Watched
) -> None:
    words = _words(wide)
    plain = watch(java_script_enabled=False)
    page = plain.open("/recover")
    page.get_by_label("The words").fill(words.upper())
    page.get_by_role("button", name="Open it here").click()
    page.goto(f"{plain.site}/keep")
    page.get_by_role("button", name="Switch them off").click()
    page.get_by_role("button", name="Sign out of this browser").click()
    expect(page.get_by_role("alert").get_by_text("1 choice would be lost.")).to_be_visible()
    page.get_by_role("button", name="Leave, and lose it").click()
    page.goto(f"{plain.site}/data")
    expect(page.get_by_text("Nothing is kept about you yet")).to_be_visible()


def _words(watched: Watched) -> str:
    page = choose_once(watched)
    page.goto(f"{watched.site}/keep")
    page.get_by_role("button", name="Make my words").click()
    return page.locator("#the-words").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_runs_over_the_edge(watch: Callable[..., Watched], browser: Browser, theme: str, width: int) -> None:
    watched = watch(width, 800, color_scheme=theme)
    page = choose_once(watched)
    for path in ("/keep", "/recover"):
        page.goto(watched.site + path)
        if path == "/keep":
            page.get_by_role("button", name="Make my words").click()
            expect(page.locator("#the-words")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1280])
def test_the_footer_is_not_under_the_bar_of_verdicts(watch: Callable[..., Watched], width: int) -> None:
    watched = watch(width, 740)
    page = watched.open("/choose")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")

    bar = page.locator(".verdict-bar").bounding_box()
    last = page.locator(".footer form").last.bounding_box()

    assert bar
    assert last
    assert last["y"] + last["height"] <= bar["y"]


def test_what_a_keyboard_does_is_told_where_there_is_one(wide: Watched, phone: Watched) -> None:
    assert wide.open("/choose").get_by_text("sends.").is_visible()
    assert not phone.open("/choose").get_by_text("sends.").is_visible()
