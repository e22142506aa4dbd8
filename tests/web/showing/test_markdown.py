"""Answers as safe HTML: Markdown is shown, nothing in it runs, nothing in it is fetched, nothing takes long."""

from __future__ import annotations

import re

import pytest

from app.web.showing.markdown import LONGEST_MARKDOWN, markdown, marked

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    '<div hx-get="/data/delete" hx-trigger="load">x</div>',
    '<div data-hx-post="/data/delete" data-hx-trigger="load">x</div>',
    '<form action="/data/delete" method="post"><button>x</button></form>',
    '<input autofocus onfocus="alert(1)">',
    '<style>body{background:url("//evil.example")}</style>',
    '<p style="position:fixed">x</p>',
    '<b id="choose" name="choose">x</b>',
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "<base href=//evil.example>",
    '<meta http-equiv="refresh" content="0;url=//evil.example">',
    "{{ 7 * 7 }} {% include 'base.html' %}",
    '[x](https://ok.example "onmouseover=alert(1)")',
    "<https://evil.example/`onmouseover=alert(1)`>",
]
ALLOWED = re.compile(
    r"</?(?:p|br|hr|h[1-6]|ul|ol|li|blockquote|pre|code|em|strong|s|table|thead|tbody|tr|th|td)(?: start=\"\d+\")?>"
    r"|<p class=\"plain-text\">|<pre tabindex=\"0\">"
    r"|<a(?: href=\"(?:https?://|mailto:)[^\"<>]*\")? rel=\"noopener noreferrer nofollow\">|</a>"
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_tag_or_attribute_of_content_survives(text: str) -> None:
    shown = markdown(f"before\n\n{text}\n\nafter")

    assert "<" not in ALLOWED.sub("", shown)


def test_template_syntax_stays_text() -> None:
    assert "{{ 7 * 7 }}" in markdown("{{ 7 * 7 }}")


def test_an_image_becomes_a_link_that_nothing_fetches() -> None:
    shown = markdown("![a cat](https://pictures.example/cat.png)")

    assert "<img" not in shown
    assert 'href="https://pictures.example/cat.png"' in shown


def test_links_to_paths_of_this_site_lose_their_address() -> None:
    assert "href" not in markdown("[your data](/data)")


def test_ordinary_markdown_is_shown_as_such() -> None:
    shown = markdown(
        "# Title\n\nSome **bold** text.\n\n3. three\n4. four\n\n```py\nx = 1 < 2\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )

    for wanted in (
        "<h1>Title</h1>",
        "<strong>bold</strong>",
        '<ol start="3">',
        '<pre tabindex="0"><code>x = 1 &lt; 2',
        "<td>1</td>",
    ):
        assert wanted in shown


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        ">" * 10_000,
        "*" * 100_000,
        "`" * 100_000,
        "- " * 3_000 + "deep",
        "word " * LONGEST_MARKDOWN,
        "[](" * 40_000,
        "> " * 60 + "deep",
    ],
)
def test_what_would_be_slow_or_lost_is_shown_as_plain_text(text: str) -> None:
    shown = markdown(text)

    assert shown.startswith('<p class="plain-text">')
    assert len(shown) >= len(text)


def test_telling_passages_are_marked_and_nothing_else_gets_in() -> None:
    told = marked("- **one**\n- two <script>x</script>\n\ntext", "lists")
    assert "<li><mark><strong>one</strong></mark></li>" in told
    assert told.count("<mark>") == 2
    assert "<script" not in told
    assert "<mark>" not in marked("<mark>no</mark> \ue000may\ue001", "length")
    assert marked("it may", "hedging") == "<p>it <mark>may</mark></p>\n"
