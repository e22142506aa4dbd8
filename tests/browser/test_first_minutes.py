"""Without any model: from a fresh browser over ten ready-made pairs to persona, prompt and figures, with no dead end."""

from __future__ import annotations

import os
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.conftest import ROOT, Watched
from tests.web.serving import is_alive, until

CHOICES = 10
PATIENCE_MILLISECONDS = 60_000
"""How long a run is waited for, on a machine under load. What it took is printed and held to nothing: a machine's speed is no
fault of the code's, and with no model there is no call that could be waited for."""
LINE_PIXELS = 24
WINDOWS = [(1280, 900), (360, 740)]

Taste = Callable[[Page], str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One web and one worker process without a model, in place of the site with the stand-in."""
    folder = tmp_path_factory.mktemp("no-model")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {
        name: value for name, value in os.environ.items() if not name.startswith(("MODEL", "EMBEDDED", "DATABASE"))
    }
    given |= {"DATA_DIR": str(folder), "MODEL_CACHE": str(folder / "none"), "MODEL_HUB": ""}
    command = [sys.executable, "-m", "app"]
    subprocess.run([*command, "migrate"], cwd=ROOT, env=given, check=True, stdout=subprocess.DEVNULL)
    with (folder / "log").open("wb") as log:
        started = [
            subprocess.Popen([*command, *words], cwd=ROOT, env=given, stdout=log, stderr=log)
            for words in (["web", "--host", "127.0.0.1", "--port", str(port)], ["worker"])
        ]
        try:
            until(lambda: is_alive(f"http://127.0.0.1:{port}"))
            yield f"http://127.0.0.1:{port}"
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(60)


def texts(page: Page) -> list[str]:
    return [answer.inner_text() for answer in page.locator("#verdict-form .answer .prose").all()]


def shorter(page: Page) -> str:
    one, other = texts(page)
    return "first" if len(one) < len(other) else "second"


def likes_lists() -> Taste:
    draw = random.Random(7)

    def take(page: Page) -> str:
        one, other = (answer.locator("li").count() for answer in page.locator("#verdict-form .answer").all())
        return draw.choice(["first", "second"]) if one == other else "first" if one > other else "second"

    return take


def tosses_a_coin() -> Taste:
    draw = random.Random(11)
    return lambda _page: draw.choice(["first", "second"])


def chosen(watched: Watched, taste: Taste) -> Page:
    """Ten choices from the first page on, each by the buttons."""
    page = watched.open("/")
    for number in range(CHOICES):
        if page.locator(".answer-tabs").first.is_visible():  # one answer at a time: the second is looked at first
            page.get_by_role("link", name="Answer B").click()
            expect(page.get_by_role("link", name="Answer B")).to_have_attribute("aria-current", "true")
        page.locator(f"#verdict-form button[value={taste(page)}]").click()
        expect(page.locator(".choose-head p").first).to_contain_text(re.compile(rf"^\s*{number + 1} "))
    return page


def written(page: Page) -> float:
    """Presses the button for a persona; the seconds until it is there."""
    page.get_by_role("link", name="Write my persona").first.click()
    began = time.monotonic()
    page.get_by_role("button", name="Write my persona").click()
    expect(page.get_by_role("link", name="Read your persona")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    return time.monotonic() - began


def told(page: Page, site: str) -> tuple[str, str]:
    """The persona's page and the prompt, as text."""
    page.goto(f"{site}/persona")
    persona = page.locator("main").inner_text()
    page.goto(f"{site}/prompt")
    prompt = page.locator("#prompt-text")
    return persona, prompt.inner_text() if prompt.count() else page.locator("main").inner_text()


def whole_persona(page: Page, site: str) -> list[str]:
    """Every word of the persona's page, what is folded too, but for the list of versions, which has their dates."""
    page.goto(f"{site}/persona")
    page.locator("main").evaluate("main => main.querySelector('[aria-labelledby=versions]')?.remove()")
    return (page.locator("main").text_content() or "").split()


def box(page: Page, selector: str) -> FloatRect:
    """Where it stands in the window, in pixels; it must be drawn."""
    found = page.locator(selector).first.bounding_box()
    assert found, selector
    return found


@pytest.mark.parametrize(("width", "height"), WINDOWS)
@pytest.mark.parametrize("path", ["/", "/choose"])
def test_both_answers_begin_and_the_verdicts_stand_in_the_first_window(
    watch: Callable[..., Watched], path: str, width: int, height: int
) -> None:
    page = watch(width, height, has_touch=width == 360, is_mobile=width == 360).open(path)
    bar = box(page, ".verdict-bar")
    answers = [box(page, f"#answer-{letter} .prose > *") for letter in "ab"]

    assert bar["y"] + bar["height"] <= height
    for answer in answers:
        assert answer["y"] + LINE_PIXELS <= bar["y"]
    if width == 360:  # the answers lie side by side, to be swept or reached by their letters
        tabs = box(page, ".answer-tabs")
        assert tabs["y"] + tabs["height"] <= bar["y"]
    else:
        assert all(answer["x"] + answer["width"] <= width for answer in answers)


@pytest.mark.exhaustive
@pytest.mark.parametrize("width", [360, 1280])
def test_who_likes_it_short_has_persona_prompt_and_figures_after_ten_pairs(
    watch: Callable[..., Watched], width: int
) -> None:
    watched = watch(width, 740, has_touch=width == 360)
    page = chosen(watched, shorter)
    seconds = written(page)
    persona, prompt = told(page, watched.site)
    whole = whole_persona(page, watched.site)
    print(f"\nshort, {width}: persona after {seconds:.1f} s\n{persona}\n--\n{prompt}")

    assert re.search(r"[Rr]ight on \d+ of \d+", persona)
    assert "words" in prompt
    page.goto(f"{watched.site}/prompt")
    page.get_by_text("How sure is this?").click()
    page.get_by_role("link", name="All figures").click()
    expect(page.locator("#how-sure")).to_be_in_viewport()
    page.get_by_role("link", name="Write it anew").click()
    expect(page.get_by_text("Nothing has changed since the last run.")).to_be_visible()
    page.get_by_role("button", name="Write it anew").click()
    expect(page.get_by_role("link", name="Read your persona")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    assert told(page, watched.site)[1] == prompt
    assert whole_persona(page, watched.site) == whole


@pytest.mark.parametrize("name", ["lists", "coin"])
def test_whoever_it_is_no_way_ends_at_a_dead_end(wide: Watched, name: str) -> None:
    page = chosen(wide, likes_lists() if name == "lists" else tosses_a_coin())
    seconds = written(page)
    persona, prompt = told(page, wide.site)
    print(f"\n{name}: persona after {seconds:.1f} s\n{persona}\n--\n{prompt}")

    page.goto(f"{wide.site}/persona")
    has_pattern = "No clear pattern" not in persona
    assert has_pattern or page.get_by_role("button").filter(has_text=re.compile("pair|[Cc]hoose")).count()
    page.goto(f"{wide.site}/choose")
    expect(page.locator("#verdict-form button[value=first]")).to_be_enabled()
