"""Text without what no database holds: NUL and halves of surrogate pairs, as characters or as escapes inside JSON."""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"(?P<kept>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|(?P<nul>\\u0000)"
    r"|\\.",
    re.DOTALL,
)


def storable(text: str) -> str:
    """The text without NUL; a broken surrogate becomes "?"."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def storable_json(text: str) -> str:
    """The same for JSON text, whole or cut off: no string read from it holds what cannot be stored."""
    return _ESCAPES.sub(_mended, storable(text))


def _mended(found: re.Match[str]) -> str:
    # Every other escape is matched too, so that the backslash of "\\u0000" is never taken for one that begins an escape.
    return {"half": "?", "nul": ""}.get(found.lastgroup or "", found.group())
