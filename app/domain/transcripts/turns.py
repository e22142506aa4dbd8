"""Turns out of the many ways in which files write them, and what of them had to be left out.

A text, one message, or a list of messages: `{"role": "user", "content": "Sky?"}`, also with `from` and `value`, with parts
(`[{"type": "text", "text": "Sky?"}]`) or with `parts`. Pictures, files and calls of tools are left out, which is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import BadInput
from app.domain.texts.conversation import Role, Turn
from app.domain.texts.storable_text import unstorable_in
from app.domain.transcripts.rows.json_rows import NOT_A_VALUE
from app.domain.transcripts.text import MOST_TURNS, kept_turn

ROLES: Mapping[str, Role] = {
    **dict.fromkeys(("user", "human", "prompter", "customer", "instruction"), "user"),
    **dict.fromkeys(
        ("assistant", "model", "gpt", "ai", "bot", "chatgpt", "chatbot", "bing", "bard", "llm"), "assistant"
    ),
    **dict.fromkeys(("system", "developer"), "system"),
}
TOOLS = frozenset(
    {"tool", "function", "tool_call", "tool_calls", "tool_response", "function_call", "observation", "ipython"}
)
_SPEAKER, _SAID = ("role", "from", "sender", "author"), ("content", "value", "text", "parts")
_PARTS = {"image": "a picture", "audio": "a sound", "video": "a film", "file": "a file", "document": "a file"}
_THOUGHTS = ("thinking", "reasoning", "thought", "redacted_thinking", "reasoning_content")


@dataclass(slots=True)
class Notes:
    """What is noted while one row is read: what was left out of it, and how many characters became U+FFFD."""

    left_out: list[str] = field(default_factory=list)
    changed: int = 0

    def leave_out(self, what: str) -> None:
        if what not in self.left_out:
            self.left_out.append(what)


def turns_from(value: Any, what: str, notes: Notes, *, role: Role = "user") -> tuple[Turn, ...]:
    """Turns from a text (one turn of `role`), one message, or a list of messages. Raises BadInput."""
    if isinstance(value, str):
        return (_turn(role, value, notes),)
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, list) or not value:
        raise BadInput(f"{what} must be a text or a list of turns with a role and a content.")
    if len(value) > MOST_TURNS:
        raise BadInput(f"{what} has {len(value):,} turns; at most {MOST_TURNS:,} are taken.")
    found = [_message(each, what, notes) for each in value]
    if found[-1] is None:
        raise BadInput(f"{what} ends with a turn that has no text; {_told(notes)} left out.")
    return tuple(turn for turn in found if turn is not None)


def _message(value: Any, what: str, notes: Notes) -> Turn | None:
    """One turn, or None for a tool's turn, a call without words, and a system turn that says nothing."""
    if not isinstance(value, Mapping):
        raise BadInput(f"{what} has a turn that is no object with a role and a content.")
    name = next((value[key] for key in _SPEAKER if value.get(key) is not None), None)
    name = name.get("role") if isinstance(name, Mapping) else name
    spoken = name.strip().lower() if isinstance(name, str) else ""
    if spoken in TOOLS:
        notes.leave_out("a tool's turn")
        return None
    role = ROLES.get(spoken)
    if role is None:
        says = f"the role {name[:40]!r}" if isinstance(name, str) and name.strip() else "no role"
        raise BadInput(f"{what} has a turn with {says}; known are user, assistant (or model) and system.")
    content = next((value[key] for key in _SAID if value.get(key) is not None), None)
    calls = any(value.get(key) for key in ("tool_calls", "function_call"))
    if calls:
        notes.leave_out("a call of a tool")
    if isinstance(content, Mapping):
        content = [content]
    if isinstance(content, list):
        text = _text_of(content, what, notes)
        if text is None:
            if role == "assistant" and calls:
                return None
            raise BadInput(f"{what} has a turn of the {role} without text; {_told(notes)} left out.")
        content = text
    if (content is None or content == "") and (calls or role == "system"):
        return None
    if content is NOT_A_VALUE:
        raise BadInput(f"{what} has a turn whose content is NaN, or stands there twice with different values.")
    if not isinstance(content, str):
        raise BadInput(f"{what} has a turn whose content is not text.")
    return _turn(role, content, notes)


def _turn(role: Role, content: str, notes: Notes) -> Turn:
    notes.changed += unstorable_in(content)
    return kept_turn(Turn(role, content))


def _text_of(parts: list[Any], what: str, notes: Notes) -> str | None:
    """The texts of the parts, an empty line between them; None where no part is text."""
    texts = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        if not isinstance(part, Mapping):
            raise BadInput(f"{what} has a turn whose content is not text.")
        kind = str(part.get("type") or "").lower()
        said = part.get("text", part.get("refusal"))
        if isinstance(said, str) and (said or kind.endswith("text")) and kind not in _THOUGHTS:
            texts.append(said)
            # Some write a part with the fields of every kind, most of them null.
            if part.get("image"):
                notes.leave_out("a picture")
        else:
            notes.leave_out(_what_it_is(part, kind))
    return "\n\n".join(texts) if texts else None


def _what_it_is(part: Mapping[Any, Any], kind: str) -> str:
    if kind in _THOUGHTS:
        return "the model's thoughts"
    if "tool" in kind or "function" in kind:
        return "a call of a tool"
    told = " ".join((kind, *(str(key) for key, value in part.items() if value)))
    return next((name for word, name in _PARTS.items() if word in told), "a part that is no text")


def _told(notes: Notes) -> str:
    return f"{' and '.join(notes.left_out)} had to be" if notes.left_out else "nothing was"
