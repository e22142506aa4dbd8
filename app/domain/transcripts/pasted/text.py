"""A conversation pasted as plain text, copied from a chat page or written down.

For example the four lines `You said:`, `Why is the sky blue?`, `ChatGPT said:`, `Rayleigh scattering.` Speakers are
recognised by labels (`labels`), what pages put around turns is taken off and told (`furniture`). Labels inside
code fences are text. What stands before the first label is the first turn where the assistant speaks next, and a heading
otherwise, which is left out and told. Text without labels is split at its empty lines into turns that
take turns; where only one speaker is named, all other paragraphs are the other's. Line ends become newlines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.errors import NothingUsable, TooLarge
from app.domain.texts.conversation import Turn
from app.domain.texts.storable_text import unstorable_in
from app.domain.transcripts.pasted.furniture import Turn as FurnishedTurn
from app.domain.transcripts.pasted.furniture import without_furniture
from app.domain.transcripts.pasted.labels import Label, Role, Style, labels_in, style_of
from app.domain.transcripts.text import MOST_PASTED_BYTES, MOST_TURNS, kept_turn

NO_SPEAKERS = (
    "No speakers were found in the text, and no empty lines that part its turns. Put a label at the start of each turn, such as "
    "User: and Assistant:, each label at the beginning of a line, or an empty line between turns, and paste it again."
)
ONE_SPEAKER = (
    "Only one speaker was recognised in the text: {name}. Put a label at the start of each turn, such as User: and Assistant:, and "
    "paste it again with the turns of both."
)

_INSTRUCTION = re.compile(
    r"\s*(?:#{1,6} +)?(?:\*\*)?System(?: prompt| message)?(?:\*\*)?:(?:\*\*)?[ ]?(.*\S.*)", re.IGNORECASE | re.DOTALL
)
"""What the system was told, before the first speaker."""
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


@dataclass(frozen=True, slots=True)
class PastedConversation:
    """The turns of a paste; `labelled` says that speakers were named; `left_out` are the lines that are no turn's; `changed`
    the characters that became U+FFFD."""

    turns: tuple[Turn, ...]
    labelled: bool = True
    left_out: tuple[str, ...] = ()
    changed: int = 0

    def turned(self) -> PastedConversation:
        """The same with the speakers exchanged."""
        other: dict[str, Role] = {"user": "assistant", "assistant": "user"}
        return replace(self, turns=tuple(Turn(other.get(turn.role, turn.role), turn.content) for turn in self.turns))


def read_conversation(text: str) -> PastedConversation:
    """The turns of a pasted conversation; neighbouring turns of one speaker are joined.

    Raises TooLarge over 2 MB or 2,000 turns, and NothingUsable where nothing tells the turns apart.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_PASTED_BYTES:
        raise TooLarge(
            f"The text has {size / 1e6:.1f} MB; at most {MOST_PASTED_BYTES // 1_000_000} MB can be pasted. "
            "Paste a part of it."
        )
    if not text.strip():
        raise NothingUsable("The text is empty. Paste a conversation with a label such as User: before each turn.")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    found = labels_in(lines)
    fenced = _fenced_lines(lines, {label.line: label.rest for label in found})
    found = [label for label in found if label.line not in fenced]
    style = style_of(found)
    if style is not None:
        read = _labelled(lines, style)
    elif sum(label.role == found[0].role for label in found) > 1:
        read = PastedConversation(tuple(_of_one_label(lines, found)))
    else:
        read = PastedConversation(tuple(_alternating(lines, found)), labelled=False)
    if len(read.turns) > MOST_TURNS:
        raise TooLarge(f"The conversation has {len(read.turns):,} turns; at most {MOST_TURNS:,} are taken.")
    changed = sum(unstorable_in(turn.content) for turn in read.turns)
    return replace(read, turns=tuple(kept_turn(turn) for turn in read.turns), changed=changed)


def _fenced_lines(lines: Sequence[str], said: Mapping[int, str]) -> set[int]:
    """Lines inside closed code fences, the fences among them. A fence that is never closed fences nothing.

    `said` holds what follows a label on its line: a fence may open there, and the label still counts.
    """
    fenced: set[int] = set()
    opened: tuple[int, str] | None = None
    for number, line in enumerate(lines):
        match = _FENCE.fullmatch(said.get(number, line))
        if not match or (number in said and (opened or "`" in match[2])):
            continue
        if number in said:
            opened = (number + 1, match[1])
            continue
        marks, info = match.groups()
        if opened and marks.startswith(opened[1]) and not info.strip():
            fenced.update(range(opened[0], number + 1))
            opened = None
        elif opened is None or info.strip():
            # A fence with a language opens anew: the one before it was never closed.
            opened = (number, marks)
    return fenced


def _labelled(lines: Sequence[str], style: Style) -> PastedConversation:
    labels = style.labels
    ends = [*(label.line for label in labels[1:]), len(lines)]
    turns: list[FurnishedTurn] = [
        (label.role, [label.rest, *lines[label.line + 1 : end]]) for label, end in zip(labels, ends, strict=True)
    ]
    before = list(lines[: labels[0].line])
    left_out = []
    if labels[0].role == "assistant" and any(line.strip() for line in before):
        turns.insert(0, ("user", before))
    elif instruction := _INSTRUCTION.fullmatch("\n".join(before)):
        turns.insert(0, ("system", instruction[1].split("\n")))
    else:
        left_out += [line.strip() for line in before if line.strip()]
    turns, furniture = without_furniture(turns, style)
    joined: list[Turn] = []
    for role, said_lines in turns:
        said = _trimmed(said_lines)
        if not said:
            continue
        if joined and joined[-1].role == role:
            said = f"{joined.pop().content}\n\n{said}"
        joined.append(Turn(role, said))
    if not joined:
        raise NothingUsable("The text has labels, but nobody says anything after them. Paste it again with its turns.")
    return PastedConversation(tuple(joined), left_out=(*left_out, *furniture))


def _alternating(lines: Sequence[str], labels: Sequence[Label]) -> list[Turn]:
    """Each paragraph a turn, the person's first."""
    said = [_trimmed(paragraph) for _, paragraph in _paragraphs(lines)]
    if len(said) < 2:
        raise NothingUsable(ONE_SPEAKER.format(name=labels[0].name) if labels else NO_SPEAKERS)
    return [Turn("assistant" if number % 2 else "user", text) for number, text in enumerate(said)]


def _of_one_label(lines: Sequence[str], labels: Sequence[Label]) -> list[Turn]:
    """Where only one speaker is named: the paragraphs that begin with the name are theirs, all others the other's."""
    named = {label.line: label for label in labels if label.role == labels[0].role}
    turns: list[Turn] = []
    for line, paragraph in _paragraphs(lines):
        label = named.get(line)
        said = _trimmed([label.rest, *paragraph[1:]] if label else paragraph)
        role: Role = "user" if (labels[0].role == "user") is bool(label) else "assistant"
        if turns and turns[-1].role == role:
            said = f"{turns.pop().content}\n\n{said}"
        if said:
            turns.append(Turn(role, said))
    if len({turn.role for turn in turns}) < 2:
        raise NothingUsable(ONE_SPEAKER.format(name=labels[0].name))
    return turns


def _paragraphs(lines: Sequence[str]) -> list[tuple[int, list[str]]]:
    """What stands between empty lines, with where it begins; lines inside code fences stay together."""
    fenced = _fenced_lines(lines, {})
    found: list[tuple[int, list[str]]] = []
    is_open = False
    for number, line in enumerate(lines):
        if not line.strip() and number not in fenced:
            is_open = False
        elif is_open:
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
            is_open = True
    return found


def _trimmed(lines: Sequence[str]) -> str:
    """The lines as one text, without empty ones at its beginning and end; what is indented stays so."""
    spoken = [number for number, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[spoken[0] : spoken[-1] + 1]) if spoken else ""
