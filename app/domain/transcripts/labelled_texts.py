r"""Whole conversations as one text, as the HH data write them: `\n\nHuman: Sky?\n\nAssistant: Blue.`

Labels stand at the beginning of a paragraph. The first one says which pair of labels the text uses (Human or User); the other
is text. What stands before the first label is the system's where that label is the person's, and the person's where it is
the assistant's.
"""

from __future__ import annotations

import re

from app.domain.texts.conversation import Turn
from app.domain.transcripts.turns import Notes, turns_from

# A blank line before a label is looked back at, never run over: texts may hold a million empty lines.
_EVERY = tuple(
    re.compile(rf"(?:\A\s*|(?:(?<=\n\n)|(?<=\n\r\n))[ \t]*)({user}|Assistant):[ ]?") for user in ("Human", "User")
)
_WAITS = re.compile(r"(?<=\n\n)[ \t]*Assistant:\Z|(?<=\n\r\n)[ \t]*Assistant:\Z")


def is_labelled(text: str, *, from_its_beginning: bool = False) -> bool:
    """Whether the text is a whole conversation: a person's label, maybe `from_its_beginning`, and one of the assistant."""
    every = _labels(text)
    return every is not None and not (from_its_beginning and every.split(text)[0].strip())


def labelled_turns(text: str, notes: Notes, *, whole: bool = False) -> tuple[Turn, ...]:
    """The turns of a text that begins with a label, ends with `Assistant:` or is known to be a `whole` conversation; any
    other text as one turn of the user."""
    every = _labels(text)
    waits = bool(_WAITS.search(text.rstrip()))
    if every is None and not waits:
        return turns_from(text, "prompt", notes)
    before, *pieces = (every or _EVERY[0]).split(text)
    if before.strip() and not waits and not whole:
        return turns_from(text, "prompt", notes)
    said = [(name, pieces[2 * number + 1]) for number, name in enumerate(pieces[::2])]
    if before.strip():
        said.insert(0, ("Human" if pieces[0] == "Assistant" else "system", before))
    roles = {"Assistant": "assistant", "system": "system"}
    # The empty lines before a label part the turns. An "Assistant:" at the end only says whose turn it is.
    rows = [
        {"role": roles.get(name, "user"), "content": text if number == len(said) else text.rstrip("\r\n")}
        for number, (name, text) in enumerate(said, start=1)
        if text.strip()
    ]
    return turns_from(rows, "the text", notes)


def _labels(text: str) -> re.Pattern[str] | None:
    """The pair of labels of which the text has both, the person's first."""
    for every in _EVERY:
        names = every.findall(text)
        if names and names[0] != "Assistant" and "Assistant" in names:
            return every
    return None
