"""The answers behind a trait: two of them side by side, long ones cut at a whole line until they are unfolded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched

CUT = """box => {
    const edge = box.getBoundingClientRect().bottom, range = document.createRange();
    range.selectNodeContents(box);
    const lines = [...range.getClientRects()].filter(line => line.height > 8);
    return {
        hidden: box.scrollHeight - box.clientHeight,
        through: lines.filter(line => line.top < edge - 2 && line.bottom > edge + 2).length,
    };
}"""
"""How many pixels of a box are cut off, and through how many lines of text its lower edge goes."""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("script", [True, False])
def test_a_long_answer_is_cut_between_lines_and_shown_whole_on_request(
    watch: Callable[..., Watched], width: int, script: bool
) -> None:
    page = watch(width, 800, java_script_enabled=script).open("/persona")
    page.locator(".trait summary").first.click()
    fold = page.locator(".trait").first.locator(".fold:has(.unfold)").first
    answer = fold.locator(".folded")
    before = answer.evaluate(CUT)

    fold.get_by_text("Show all").or_(fold.get_by_text("Show more")).click()
    after = answer.evaluate(CUT)

    assert before["hidden"] > 0
    assert before["through"] == 0
    assert after["hidden"] == 0
    fold.get_by_text("Show less").click()
    expect(fold.get_by_text("Show less")).to_be_hidden()
    assert answer.evaluate(CUT) == before


@pytest.mark.parametrize("selector", [".salutation", ".trait-name", ".letter .body", ".trait-text"])
def test_a_word_wider_than_a_phone_stays_in_its_box(phone: Watched, selector: str) -> None:
    page = phone.open("/persona")

    page.locator(selector).first.evaluate("place => place.textContent = 'Verantwortungsbewusstsein'.repeat(3)")

    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    beyond = page.locator(selector).first.evaluate(
        "place => place.getBoundingClientRect().right - place.closest('.sheet').getBoundingClientRect().right"
    )
    assert beyond < 0
