"""Markdown of answers as safe HTML: a closed list of tags, no images, no address but http, https and mailto.

Everything that a template writes passes through `shown`, so that no text can disguise itself on a page. Raw HTML in an answer stays text (the js-default preset with html off); nh3 then keeps only what is listed here. Text that
would be slow to read as Markdown (too long, or long runs and great numbers of markup characters) is shown as it stands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from app.domain.measures import telling_passages
from app.domain.texts.storable_text import visible

LONGEST_MARKDOWN = 40_000
"""Characters; about 150 ms of work on the slowest machine measured. Anything longer is shown as plain text."""
MOST_MARKS = 2_500
_LONGEST_RUN = re.compile(r"([\[\]>*_`~!(<|\\#-])\1{99}")
_MARKS = re.compile(r"[\[`*_~<!|]")
# Blocks nested so deep that the parser would leave their text out.
_DEEP = re.compile(r"^(?:(?:[ \t]*(?:>|[-*+]|\d{1,9}[.)])){16}|[ \t]{60,}(?:[-*+]|\d{1,9}[.)])[ \t])", re.MULTILINE)

_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("em", "strong", "s", "a", "table", "thead", "tbody", "tr", "th", "td", "mark"),
}
_BEGIN, _END = "\ue000", "\ue001"
"""Stand round a passage while its text is read as Markdown; they are for private use and taken out of the text itself."""
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}

_markdown = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False, "maxNesting": 100})
# An image would be fetched without being asked for; without the rule its address stays an ordinary link.
_markdown.disable("image")
# A definition of a link is text that would vanish.
_markdown.disable("reference")


def _keep(tag: str, name: str, value: str) -> str | None:
    """The cleaner lets titles and languages through on every tag; here only what is listed stays."""
    if name == "rel":
        return value
    if name not in _ATTRIBUTES.get(tag, ()):
        return None
    if name == "href" and not value.lower().startswith(("http://", "https://", "mailto:")):
        return None
    return value


def _is_plain(text: str) -> bool:
    if len(text) > LONGEST_MARKDOWN or _LONGEST_RUN.search(text) or _DEEP.search(text):
        return True
    return sum(1 for _ in _MARKS.finditer(text)) > MOST_MARKS


class Carried(str):
    """A text that a form carries on as it came: the one thing in a template that `shown` leaves alone."""

    __slots__ = ()


def shown(value: Any) -> Any:
    """What a template writes for a value: text without what hides text or turns its direction (domain/texts/storable_text)."""
    if not isinstance(value, str) or isinstance(value, Carried):
        return value
    seen = visible(value)
    if seen == value:
        return value
    # Nothing that is left out or put in is markup, so what was safe is safe.
    return Markup(seen) if isinstance(value, Markup) else seen  # noqa: S704


@lru_cache(maxsize=512)
def markdown(text: str) -> Markup:
    """Safe HTML of an answer: blocks for the inside of an element of class `prose`."""
    if _is_plain(text):
        return Markup('<p class="plain-text">{}</p>').format(escape(text))
    return _cleaned(_markdown.render(text))


@lru_cache(maxsize=1024)
def marked(text: str, measure: str) -> Markup:
    """The same with the passages in `mark` by which the measure counts the answer (domain/measures)."""
    plain = text.replace(_BEGIN, "").replace(_END, "")
    if _is_plain(plain):
        return markdown(plain)
    parts, at = [], 0
    for begin, end in telling_passages(measure, plain):
        parts += [plain[at:begin], _BEGIN, plain[begin:end], _END]
        at = end
    html = _markdown.render("".join([*parts, plain[at:]]))
    return _cleaned(html.replace(_BEGIN, "<mark>").replace(_END, "</mark>"))


def _cleaned(html: str) -> Markup:
    """What is listed above; a tag that is not closed where it should be is put right."""
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    # A long line of code is scrolled, and not by the mouse alone.
    return Markup(cleaned.replace("<pre>", '<pre tabindex="0">'))  # noqa: S704 - nh3 has just cleaned it
