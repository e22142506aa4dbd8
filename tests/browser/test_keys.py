"""Judging without a mouse, and on a phone with a thumb."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.services.choosing.starters import starters
from tests.browser.conftest import Watched


@pytest.fixture
def pair(wide: Watched) -> Page:
    """The Choose page of a guest with ready-made pairs."""
    return become_guest(wide.open("/choose"))


def become_guest(page: Page) -> Page:
    """Passes over the pair that a stranger is shown, so that the others wait."""
    page.get_by_role("button", name="Skip").click()
    expect(page.locator("#last-choice")).to_contain_text("Skipped")
    return page


def question(page: Page) -> str:
    return page.locator(".question").inner_text()


def press(page: Page, key: str) -> None:
    """Presses a key and waits for the next pair, or for there to be none."""
    before = question(page)
    page.keyboard.press(key)
    page.wait_for_function(
        "before => (document.querySelector('.question')?.innerText ?? '') !== before && !document.querySelector('.htmx-request')",
        arg=before,
    )


@pytest.mark.slow
def test_all_pairs_are_judged_with_keys_alone_and_then_the_way_on_is_the_persona(pair: Page) -> None:
    said = pair.locator("#last-choice")

    for key, words in [
        ("1", "A is better"),
        ("ArrowRight", "B is better"),
        ("2", "About the same"),
        ("x", "Both bad"),
        ("s", "Skipped"),
        ("ArrowLeft", "A is better"),
        ("3", "B is better"),
    ]:
        press(pair, key)
        expect(said).to_contain_text(words)

    expect(pair.get_by_text("4 of 5 to a first sketch")).to_be_visible()
    for _ in range(len(starters()) - 8):
        press(pair, "1")
    expect(pair.get_by_role("heading", name="You have judged all that is here")).to_be_visible()
    expect(pair.get_by_role("link", name="Write my persona").last).to_be_visible()
    expect(pair.get_by_role("button", name="Give me ready-made pairs")).to_have_count(0)


def test_u_takes_the_last_choice_back(pair: Page) -> None:
    before = question(pair)
    press(pair, "1")

    press(pair, "u")

    assert question(pair) == before


def test_no_key_judges_while_somebody_types(pair: Page) -> None:
    before = question(pair)

    pair.keyboard.press("/")
    pair.keyboard.type("1 2 3 x s u ?")

    expect(pair.get_by_role("textbox")).to_have_value("1 2 3 x s u ?")
    assert question(pair) == before


@pytest.mark.parametrize("keys", ["Control+1", "Alt+ArrowLeft", "Meta+1", "Control+x"])
def test_no_key_judges_with_a_modifier(pair: Page, keys: str) -> None:
    before, address = question(pair), pair.url
    # Going back in the history is the browser's own affair; here it must only not be a verdict.
    pair.evaluate("history.pushState({}, '', '#here')")

    pair.keyboard.press(keys)
    pair.wait_for_timeout(300)

    assert pair.url.split("#")[0] == address
    assert question(pair) == before
    expect(pair.locator("#last-choice")).to_contain_text("Skipped")


def test_the_list_of_keys_opens_and_silences_them(pair: Page) -> None:
    before = question(pair)

    pair.keyboard.press("?")
    expect(pair.get_by_role("dialog", name="Keys")).to_be_visible()
    pair.keyboard.press("1")
    pair.wait_for_timeout(300)
    pair.keyboard.press("Escape")

    expect(pair.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert question(pair) == before


def test_keys_that_are_switched_off_do_nothing(pair: Page) -> None:
    before = question(pair)
    pair.keyboard.press("?")
    pair.get_by_role("button", name="Switch single keys off").click()

    pair.keyboard.press("1")
    pair.wait_for_timeout(300)

    assert question(pair) == before
    pair.get_by_role("button", name="A is better").click()
    expect(pair.locator("#last-choice")).to_contain_text("A is better")


def change_key(page: Page, name: str, key: str) -> None:
    """Without a mouse, in the open list."""
    page.get_by_role("button", name=f"Change the key: {name}").focus()
    page.keyboard.press("Enter")
    page.keyboard.press(key)


def test_a_key_of_ones_own_judges_is_printed_and_is_kept_in_this_browser(pair: Page) -> None:
    pair.keyboard.press("?")
    change_key(pair, "A is better", "q")
    expect(pair.get_by_text("A is better: q.")).to_be_visible()
    change_key(pair, "Undo the last choice", "z")
    pair.keyboard.press("Escape")
    expect(pair.get_by_role("dialog", name="Keys")).to_be_hidden()
    before = question(pair)

    pair.keyboard.press("1")
    pair.wait_for_timeout(300)
    assert question(pair) == before
    press(pair, "q")
    expect(pair.locator("#last-choice")).to_contain_text("A is better")
    expect(pair.get_by_role("button", name="A is better").locator("kbd")).to_have_text("q")
    pair.reload()
    expect(pair.get_by_role("button", name="A is better").locator("kbd")).to_have_text("q")
    press(pair, "q")
    press(pair, "z")
    press(pair, "3")
    expect(pair.locator("#last-choice")).to_contain_text("B is better")


def test_a_key_that_is_taken_is_refused_and_all_can_be_reset(pair: Page) -> None:
    said = pair.locator("[data-keys-said]")
    shown = pair.locator("[data-keys-of=first]")
    pair.keyboard.press("?")

    change_key(pair, "A is better", "x")
    expect(said).to_contain_text("x is taken: Both bad")
    pair.keyboard.press("/")
    expect(said).to_contain_text("/ goes to the prompt box")
    pair.keyboard.press("Escape")
    expect(said).to_have_text("Nothing was changed.")
    expect(shown).to_have_text("1 ←")
    change_key(pair, "A is better", "q")
    expect(shown).to_have_text("q")
    pair.get_by_role("button", name="Reset all keys").click()
    expect(shown).to_have_text("1 ←")
    assert pair.evaluate("localStorage.length") == 0
    pair.get_by_role("button", name="Close").click()

    press(pair, "1")
    expect(pair.locator("#last-choice")).to_contain_text("A is better")


def test_the_down_arrow_reads_on_and_judges_only_at_the_end(wide: Watched) -> None:
    page = wide.open("/choose")
    page.set_viewport_size({"width": 1280, "height": 420})
    become_guest(page)

    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    expect(page.locator("#last-choice")).to_contain_text("Skipped")

    page.keyboard.press("End")
    page.wait_for_function("() => innerHeight + scrollY >= document.documentElement.scrollHeight - 4")
    press(page, "ArrowDown")
    expect(page.locator("#last-choice")).to_contain_text("About the same")


def test_the_verdict_bar_stays_where_it_is_from_pair_to_pair(pair: Page) -> None:
    bar = pair.get_by_role("button", name="A is better")
    before = bar.bounding_box()

    for key in ("1", "2", "3"):
        press(pair, key)
        assert bar.bounding_box() == before


def test_a_verdict_tells_how_long_the_reading_took(pair: Page) -> None:
    with pair.expect_request(lambda request: request.url.endswith("/verdict")) as asked:
        pair.keyboard.press("1")

    fields = dict(field.split("=") for field in (asked.value.post_data or "").split("&"))
    assert fields["value"] == "first"
    assert 0 < int(fields["milliseconds"]) < 60_000


def test_on_a_phone_the_answers_are_swiped_and_the_bar_stays_below(phone: Watched) -> None:
    page = become_guest(phone.open("/choose"))
    first, second = page.locator("#answer-a"), page.locator("#answer-b")
    expect(first).to_be_in_viewport(ratio=0.2)
    expect(second).not_to_be_in_viewport(ratio=0.2)

    page.get_by_role("link", name="Answer B").tap()

    expect(second).to_be_in_viewport(ratio=0.2)
    expect(first).not_to_be_in_viewport(ratio=0.2)
    expect(page.get_by_role("link", name="Answer B")).to_have_attribute("aria-current", "true")
    bar = page.get_by_role("button", name="B", exact=False).last.bounding_box()
    assert bar
    assert bar["y"] + bar["height"] <= 740
    page.locator(".verdicts button").nth(2).tap()
    expect(page.locator("#last-choice")).to_contain_text("B is better")
    expect(first).to_be_in_viewport(ratio=0.2)


def test_on_a_phone_a_verdict_before_the_second_answer_was_seen_is_asked_about_once(phone: Watched) -> None:
    page = phone.open("/choose")
    verdict, second = page.locator(".verdicts button").first, page.locator("#answer-b")

    verdict.tap()

    expect(page.get_by_text("You had not looked at answer B.")).to_be_visible()
    expect(second).to_be_in_viewport(ratio=0.2)
    verdict.tap()
    expect(page.locator("#last-choice")).to_contain_text("A is better")
    page.locator(".verdicts button").last.tap()  # to skip a pair nobody has to read it
    expect(page.locator("#last-choice")).to_contain_text("Skipped")
