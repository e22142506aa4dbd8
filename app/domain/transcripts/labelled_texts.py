r"""Whole conversations as one text, as the HH data write them: `\n\nHuman: Sky?\n\nAssistant: Blue.`

Labels stand at the beginning of a paragraph. The first one says which pair of labels the text uses (Human or User); the other
is text. What stands before the first label is the system's where that label is the person's, and the person's where it is
the assistant's.
"""

from __future__ import annotations

import re

from app.domain.conversation import Turn
from app.domain.transcripts.turns import Notes, turns_from

_EVERY = tuple(re.compile(rf"(?:\A|\r?\n\r?\n)\s*({user}|Assistant):[ ]?") for user in ("Human", "User"))
_WAITS = re.compile(r"\r?\n\r?\n\s*Assistant:\s*\Z")


def is_labelled(text: str, *, from_its_beginning: bool = False) -> bool:
    """Whether the text is a whole conversation: a person's label, maybe `from_its_beginning`, and one of the assistant."""
    every = _labels(text)
    return every is not None and not (from_its_beginning and every.split(text)[0].strip())


def labelled_turns(text: str, notes: Notes, *, whole: bool = False) -> tuple[Turn, ...]:
    """The turns of a text that begins with a label, ends with `Assistant:` or is known to be a `whole` conversation; any
    other text as one turn of the user."""
    every = _labels(text)
    waits = bool(_WAITS.search(text))
    if every is None and not waits:
        return turns_from(text, "prompt", notes)
    before, *pieces = (every or _EVERY[0]).split(text)
    if before.strip() and not waits and not whole:
        return turns_from(text, "prompt", notes)
    rows = [{"role": "user" if pieces[0] == "Assistant" else "system", "content": before}] if before.strip() else []
    for name, said in zip(pieces[::2], pieces[1::2], strict=True):
        # An "Assistant:" at the end only says whose turn it is.
        if said.strip():
            rows.append({"role": "assistant" if name == "Assistant" else "user", "content": said})
    return turns_from(rows, "the text", notes)


def _labels(text: str) -> re.Pattern[str] | None:
    """The pair of labels of which the text has both, the person's first."""
    for every in _EVERY:
        names = every.findall(text)
        if names and names[0] != "Assistant" and "Assistant" in names:
            return every
    return None
