r"""Whole conversations as one text, as the HH data write them: `\n\nHuman: Sky?\n\nAssistant: Blue.`

Labels stand at the beginning of a paragraph. The first one says which pair of labels the text uses (Human or User); the other
is text.
"""

from __future__ import annotations

import re

from app.domain.conversation import Turn
from app.domain.transcripts.turns import Notes, turns_from

_PAIRS = tuple(
    (
        re.compile(rf"\s*{user}:"),
        re.compile(rf"(?:\A|\r?\n\r?\n)\s*({user}|Assistant):[ ]?"),
    )
    for user in ("Human", "User")
)
_WAITS = re.compile(r"\r?\n\r?\n\s*Assistant:\s*\Z")


def is_labelled(text: str) -> bool:
    """Whether the text begins like a whole conversation and has an answer, or waits for one."""
    return any(first.match(text) and "Assistant" in every.findall(text) for first, every in _PAIRS)


def labelled_turns(text: str, notes: Notes) -> tuple[Turn, ...]:
    """The turns of a text that is labelled, or that ends with `Assistant:`; any other text as one turn of the user."""
    if _WAITS.search(text) and not any(first.match(text) for first, _ in _PAIRS):
        text = f"Human: {text}"
    every = next((every for first, every in _PAIRS if first.match(text)), None)
    if every is None or "Assistant" not in every.findall(text):
        return turns_from(text, "prompt", notes)
    pieces = every.split(text)[1:]
    named = zip(pieces[::2], pieces[1::2], strict=True)
    # An "Assistant:" at the end only says whose turn it is.
    rows = [
        {"role": "assistant" if name == "Assistant" else "user", "content": said}
        for name, said in named
        if said.strip()
    ]
    return turns_from(rows, "the text", notes)
