"""Transcripts as plain text or Markdown, a file a conversation, whose turns are labelled.

`**User:** Sky?` and below it `**Assistant:** Blue.`, or `You said:`, the text, `ChatGPT said:`, the text. A file without labels is no transcript.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.errors import BadInput
from app.domain.transcripts.archives.gathered import Gathered
from app.domain.transcripts.archives.sheets import Sheet
from app.domain.transcripts.pasted.text import PastedConversation, read_conversation

NAME, LABEL = "pasted", "labelled text"
ENDINGS = (".txt", ".md", ".markdown", ".text")


def conversation_in(sheet: Sheet) -> PastedConversation | None:
    """The conversation of the file; None where it is none, or nobody in it is named."""
    try:
        read = read_conversation(sheet.text())
    except BadInput:
        return None
    return read if read.labelled and {"user", "assistant"} <= {turn.role for turn in read.turns} else None


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the conversations."""
    for sheet in parts.get("texts", ()):
        pasted = conversation_in(sheet)
        if pasted is not None:
            found.leave_out("system", sum(turn.role == "system" for turn in pasted.turns))
            found.converse(tuple(turn for turn in pasted.turns if turn.role != "system"))
