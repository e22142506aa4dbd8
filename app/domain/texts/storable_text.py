"""What of a text is stored, and what of it is shown on a page or sent to a model.

Texts are stored as they came, character for character, but for what no database holds: NUL and halves of surrogate pairs
become U+FFFD, as characters or as escapes inside JSON. A page and a model are given the text without what hides text or
turns its direction: control characters, bidirectional overrides, embeddings and isolates, zero-width space, word joiner,
the byte order mark, and the tag characters U+E0000 to U+E007F. The joiners that emoji and Persian need stay.
"""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "\ufffd"

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_UNSEEN = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
_LOST = re.compile("[\xad\u061c\u180e\u200c-\u200f\u2061-\u2064\ufff9-\ufffd\ud800-\udfff]")
_ESCAPES = re.compile(
    r"(?P<kept>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|(?P<nul>\\u0000)"
    r"|\\.",
    re.DOTALL,
)


def storable(text: str) -> str:
    """The text with U+FFFD for each NUL and each half of a surrogate pair."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def unstorable_in(text: str) -> int:
    """How many characters of the text `storable` changes."""
    return len(_UNSTORABLE.findall(text))


def storable_json(text: str) -> str:
    """The same for JSON text, whole or cut off: no string read from it holds what cannot be stored."""
    return _ESCAPES.sub(_mended, storable(text))


def visible(text: str) -> str:
    """The text as a page shows it and a model is sent it: storable, and without what hides text or turns its direction."""
    if text.isprintable():  # so nothing of the kind is in it, and a page has a thousand such texts
        return text
    return _UNSEEN.sub("", storable(text).replace("\x85", "\n"))


def plain(text: str) -> str:
    """The text by which two texts count as the same: what is seen of it, with newlines as line ends and no space around."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def alike(text: str) -> str:
    """The text by which a choice is known again in another file: what is `visible`, with white space of any kind and amount as one
    space, letters with marks as one sign, and no joiners, soft hyphens or replaced signs."""
    return " ".join(_LOST.sub("", unicodedata.normalize("NFC", visible(text))).split())


def _mended(found: re.Match[str]) -> str:
    # Every other escape is matched too, so that the backslash of "\\u0000" is never taken for one that begins an escape.
    return REPLACEMENT if found.lastgroup in ("half", "nul") else found.group()
