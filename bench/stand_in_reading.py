"""How the stand-in reads a prompt: what is asked about, which answers stand between tags, what is told of the person."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.texts.conversation import Turn
from app.domain.texts.request_kinds import kind_of
from bench.stand_in_statements import Statement, statements_in

Messages = Sequence[Mapping[str, str]]

_SHOWN = re.compile(r"<((?!before_)\w*answer\w*)>\n(.*?)\n</\1>", re.DOTALL)
_REQUEST = re.compile(r"<(request(?:_[0-9a-f]{8})?)>\n(.*?)\n</\1>", re.DOTALL)
_TAGGED = re.compile(r"<((?!reason|notes)\w+)>\n.*?\n</\1>", re.DOTALL)
_LABELS = re.compile(r"\b(Yes or No|A or B|First or Second)\b")
_BARE_LABEL = re.compile(r"Reply with one (?:letter|word): (?:Yes or No|A or B|First or Second)\b")
_GUIDE = re.compile(
    r"^(?:How this person likes answers|What this person tells assistants about how to answer):\n(.*?)(?=\nGo by this\b|\n\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_FRAME = re.compile(r"^(?:How to answer me:|Facts and safety first, then .*)$", re.MULTILINE)
"""What stands in every exported prompt, whoever it is about."""
_REASON = re.compile(r"^\(Noted about this choice: (.*)\)$", re.MULTILINE)
_EXHIBIT = re.compile(r"^Choice (\d+)\n(.*?)(?=^Choice \d+\n|\Z)", re.DOTALL | re.MULTILINE)
_PAIR = re.compile(r"^Pair (\d+)\n(.*?)(?=^Pair \d+\n|\Z)", re.DOTALL | re.MULTILINE)
_QUESTION = re.compile(r"^Question (\d+)\n(.*?)(?=^Question \d+\n|\Z)", re.DOTALL | re.MULTILINE)
_NOTES = re.compile(r"<notes\w*>\n(.*?)\n</notes\w*>", re.DOTALL)
_NOTE = re.compile(r"^((?:\d+, )*\d+): (.+)$", re.MULTILINE)
_GIVEN = re.compile(r"^Reason: (?!not reached)(.+)$|<reason\w*>\n(.*?)\n</reason", re.DOTALL | re.MULTILINE)
_LISTED = re.compile(r"^(S?\d+)[:.] (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A request with the answers shown to it, in their order; `said` is what stands around them, reasons included."""

    kind: str
    answers: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: what was shown, whether its first answer is the better one, and the reason given, or ""."""

    shown: Shown
    first_won: bool
    reason: str


def shown_in(text: str) -> Shown:
    """What a piece of a prompt shows. Text outside tags is not an answer, unless nothing is tagged at all."""
    requests = [request for _tag, request in _REQUEST.findall(text)]
    answers = tuple(answer for _tag, answer in _SHOWN.findall(text))
    kind = kind_of((Turn("user", requests[-1]),)) if requests else ""
    return Shown(kind, answers or (() if requests else (text,)), _TAGGED.sub("", text))


def labels_asked(messages: Messages) -> tuple[str, str] | None:
    """The two labels of which one is asked for, or None."""
    asked = _LABELS.findall(messages[-1]["content"])
    if not asked:
        return None
    one, two = asked[-1].split(" or ")
    return one, two


def letter_is_asked(messages: Messages) -> bool:
    """Whether nothing but a label is asked for, though without its probability."""
    return _BARE_LABEL.search(_TAGGED.sub("", messages[-1]["content"])) is not None


def schema_in(messages: Messages) -> dict[str, Any] | None:
    """The JSON schema that the last message gives in words, for providers that take none beside the messages."""
    said = _TAGGED.sub("", messages[-1]["content"])
    for found in re.finditer(r"\{", said):
        try:
            value, _ = json.JSONDecoder().raw_decode(said, found.start())
        except ValueError:
            continue
        if isinstance(value, dict) and isinstance(value.get("properties"), dict):
            return value
    return None


def told_in(messages: Messages) -> list[Statement]:
    """What the prompt says of the person: its guide, and whatever else in it says what somebody likes."""
    statements: list[Statement] = []
    for place, message in enumerate(messages):
        if message["role"] == "assistant" or (message["role"] == "user" and 0 < place < len(messages) - 1):
            continue
        bare = _REASON.sub("", _TAGGED.sub("", message["content"]))
        for guide in _GUIDE.findall(bare):
            statements += statements_in(_FRAME.sub("", guide), all_clauses=True)
        statements += [
            said
            for line in _GUIDE.sub("", bare).split("\n")
            if "in the manner of answers" not in line
            for said in statements_in(line)
        ]
    return statements


def examples_in(messages: Messages) -> list[Example]:
    """The worked examples: each a question of the person's with the assistant's answer to it."""
    found = []
    for question, answer in itertools.pairwise(messages[:-1]):
        if question["role"] == "user" and answer["role"] == "assistant":
            shown = shown_in(question["content"])
            verdict, reason = _verdict(answer["content"])
            noted = _REASON.search(question["content"])
            pieces = questions_in(question["content"])
            for number, better in _answered(answer["content"]).items() if pieces else ():
                if number in pieces:
                    said = _REASON.search(pieces[number])
                    found.append(Example(shown_in(pieces[number]), better == "A", said[1] if said else ""))
            if verdict in {"Yes", "No", "A", "B", "First", "Second"}:
                found.append(Example(shown, verdict in {"Yes", "A", "First"}, reason or (noted[1] if noted else "")))
    return found


def questions_in(text: str) -> dict[int, str]:
    """Number -> the piece of a prompt that asks it, where it asks several at once."""
    return {int(number): piece for number, piece in _QUESTION.findall(text)}


def exhibits_in(text: str) -> dict[int, Shown]:
    """Choice number -> what it shows, the chosen answer first; of a choice told in a note, only what was said."""
    notes = _NOTE.findall("\n".join(_NOTES.findall(text)))
    exhibits = {int(number): shown_in(_NOTES.sub("", piece)) for number, piece in _EXHIBIT.findall(text)}
    for numbers, note in notes:
        for number in map(int, numbers.split(", ")):
            exhibits.setdefault(number, Shown("", (), note))
    return exhibits


def pairs_in(text: str) -> list[Shown]:
    """The pairs of a voting prompt in order; the answers as they are shown."""
    return [shown_in(piece) for _number, piece in _PAIR.findall(text)] or [shown_in(text)]


def listed_in(text: str) -> dict[str, str]:
    """Label -> statement of a list such as `S1: prefers lists` or `1. prefers lists`."""
    return dict(_LISTED.findall(_TAGGED.sub("", text)))


def reason_in(shown: Shown) -> str:
    """The reason given under a choice, or the note that tells of it; "" where none is."""
    if not shown.answers:
        return shown.said
    found = _GIVEN.search(shown.said)
    return (found[1] or found[2]) if found else ""


def _answered(text: str) -> dict[int, str]:
    """Number -> the better answer, of a worked example that answers several questions."""
    try:
        return {int(each["question"]): str(each["better"]) for each in json.loads(text)["answers"]}
    except (ValueError, TypeError, KeyError):
        return {}


def _verdict(text: str) -> tuple[str, str]:
    try:
        found = json.loads(text)
        return str(found["preference"]), str(found.get("reasoning", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        return text.strip(), ""
