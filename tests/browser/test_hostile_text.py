"""Text from people, files and models is shown as text: nothing in it runs, nothing in it is fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.stand_in_faults import PAYLOADS
from tests.browser.conftest import Watched
from tests.stand_in import StandIn
from tests.web.showing.test_markdown import HOSTILE

DOM = """() => [...document.querySelectorAll('.prose *, .plain-text *, .turn-text *, .body *, .trait-text *, .asked *')]
  .filter(element => element.matches('script, style, img, iframe, svg, form, input, button, object, embed, [id], [style], [name]')
    || [...element.attributes].some(attribute => /^(on|hx-|data-hx-)/.test(attribute.name)))
  .map(element => element.outerHTML)"""


def texts() -> list[str]:
    return [*HOSTILE, *PAYLOADS]


def harmless(page: Page) -> None:
    assert page.evaluate(DOM) == []


def test_hostile_texts_of_a_file_are_shown_and_never_run(wide: Watched, tmp_path: Path) -> None:
    file = tmp_path / "<img src=x onerror=alert(1)>.jsonl"
    rows = [
        {"context": f"{text} asked {number}", "chosen": f"{text} chosen", "rejected": f"{text} rejected"}
        for number, text in enumerate(texts())
    ]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    page = wide.open("/import")
    page.get_by_label("A file").set_input_files(file)
    page.get_by_role("button", name="Import these choices").click()
    expect(page.get_by_role("heading", name=f"{len(rows)} choices added")).to_be_visible()

    page.goto(wide.site + "/choices")
    harmless(page)
    wide.check()
    for address in [link.get_attribute("href") for link in page.locator("a[href^='/choices/']").all()][::7]:
        page.goto(wide.site + str(address))
        harmless(page)
        wide.check()


def test_a_hostile_conversation_is_previewed_as_text(wide: Watched) -> None:
    page = wide.open("/import")
    talk = "\n".join(f"You: question {text}\nAssistant: answer {text}" for text in HOSTILE if "\n" not in text)
    page.get_by_label("The conversation").fill(talk)
    page.get_by_role("button", name="Show me what you read").click()

    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    harmless(page)


@pytest.mark.timeout(600)
def test_hostile_answers_of_a_model_are_shown_and_never_run(wide: Watched, model: StandIn) -> None:
    model.spoil("inject", 2)
    page = wide.open("/")
    page.get_by_role("textbox").fill("<script>alert('asked')</script> {{ 7 * 7 }}")
    page.get_by_role("button", name="Get two answers").click()
    expect(page.locator("#verdict-form")).to_be_visible(timeout=120_000)

    harmless(page)
    expect(page.locator(".question")).to_contain_text("<script>alert('asked')</script> {{ 7 * 7 }}")
    page.get_by_role("button", name="A is better").click()
    expect(page.locator("#last-choice")).to_contain_text("A is better")
