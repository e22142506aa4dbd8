"""A conversation pasted as plain text, copied from a chat page or written down.

For example the four lines `You said:`, `Why is the sky blue?`, `ChatGPT said:`, `Rayleigh scattering.` Speakers are
recognised by labels at the start of a line, with or without a colon, bold, or heading marks, in the styles of SPEAKERS.
The style that both speakers use most is the conversation's; labels in another style, and labels inside code fences, are
text. What chat pages put around the turns ("Copy", "Thought for 7s", "ChatGPT can make mistakes") is dropped, as is
everything before the first label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.conversation import Turn
from app.domain.errors import BadInput, TooLarge
from app.domain.transcripts.text import MOST_PASTED_BYTES, MOST_TURNS, kept_turn

ASSISTANTS = "ChatGPT|Claude|Gemini|Bard|Copilot|Grok|Mistral|Le Chat|DeepSeek|Perplexity|Llama|Bing|GPT-?[0-9][\\w.-]*"
SPEAKERS = (
    ("User", "Assistant"),
    ("Human", f"AI|Assistant|{ASSISTANTS}"),
    ("Me|Ich|Moi|Yo|Io|Eu|我", f"Bot|AI|KI|IA|{ASSISTANTS}"),
    ("You said|You", f"(?:{ASSISTANTS}|AI|Assistant|Bot) said|{ASSISTANTS}|AI|Assistant|Bot"),
    (
        "Du hast gesagt|Vous avez dit|Dijiste|Hai detto|Você disse|你说|您说|あなた|나의 말|Вы сказали",
        f"(?:{ASSISTANTS}) (?:hat gesagt|a dit|dijo|ha detto|disse|说|の発言|의 말|сказал)|{ASSISTANTS}",
    ),
    ("Q", "A"),
)
NO_SPEAKERS = (
    "No speakers were found in the text. Put a label at the start of each turn, such as User: and Assistant:, "
    "each label at the beginning of a line, and paste it again."
)

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_FURNITURE = re.compile(
    r"(?:copy(?: code)?|edit|share|retry|regenerate|read aloud|show (?:thinking|drafts|more)|(?:thought|worked|reasoned) "
    r"for .{1,20}|(?:chatgpt|claude|gemini|copilot|ai|grok)(?: is AI and)? (?:can|may) make mistakes.{0,120}|"
    r"skip to (?:main )?content|-{3,}|\*{3,}|_{3,})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Label:
    """One line that looks like a speaker's: where, who, in which style, and what stands on the line after it."""

    line: int
    role: str
    style: tuple[object, ...]
    rest: str


def read_conversation(text: str) -> list[Turn]:
    """The turns of a pasted conversation; neighbouring turns of one speaker are joined.

    Raises TooLarge over 2 MB or 2,000 turns, and BadInput where no two speakers are found or a turn cannot be stored.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_PASTED_BYTES:
        raise TooLarge(
            f"The text has {size / 1e6:.1f} MB; at most {MOST_PASTED_BYTES // 1_000_000} MB can be pasted. "
            "Paste a part of it."
        )
    if not text.strip():
        raise BadInput("The text is empty. Paste a conversation with a label such as User: before each turn.")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    found = _labels(lines)
    fenced = _fenced_lines(lines, {label.line: label.rest for label in found})
    labels = _labels_of_one_style([label for label in found if label.line not in fenced])
    if not labels:
        raise BadInput(NO_SPEAKERS)
    turns = _turns(lines, fenced, labels)
    if len(turns) > MOST_TURNS:
        raise TooLarge(f"The conversation has {len(turns):,} turns; at most {MOST_TURNS:,} are taken.")
    return turns


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


def _labels(lines: Sequence[str]) -> list[Label]:
    found = []
    for number, line in enumerate(lines):
        if not _BEGINS_LIKE_A_LABEL.match(line):
            continue
        for kind, (users, assistants) in enumerate(_PATTERNS):
            for role, pattern in (("user", users), ("assistant", assistants)):
                match = pattern.fullmatch(line.strip())
                if match and (label := _label(number, role, kind, match)):
                    found.append(label)
    return found


def _label(number: int, role: str, kind: int, match: re.Match[str]) -> Label | None:
    colon = bool(match["inner"] or match["outer"])
    rest = (match["rest"] or "").strip()
    decorated = bool(match["bold"] or match["heading"])
    if rest and not colon:
        return None
    if not colon and not decorated and len(match["name"]) < 2:
        return None
    said = match["name"].lower().endswith(" said")
    return Label(number, role, (kind, bool(match["bold"]), bool(match["heading"]), colon, said), rest)


def _labels_of_one_style(labels: Sequence[Label]) -> list[Label]:
    """The labels of the style in which both speakers speak most often; none where no style has both."""
    by_style: dict[tuple[object, ...], list[Label]] = {}
    for label in labels:
        by_style.setdefault(label.style, []).append(label)
    both = [group for group in by_style.values() if {label.role for label in group} == {"user", "assistant"}]
    return max(both, key=len, default=[])


def _turns(lines: Sequence[str], fenced: set[int], labels: Sequence[Label]) -> list[Turn]:
    ends = [*(label.line for label in labels[1:]), len(lines)]
    joined: list[tuple[str, str]] = []
    for label, end in zip(labels, ends, strict=True):
        kept = [
            lines[number]
            for number in range(label.line + 1, end)
            if number in fenced or not _FURNITURE.fullmatch(lines[number].strip())
        ]
        said = "\n".join([label.rest, *kept]).strip()
        if not said:
            continue
        if joined and joined[-1][0] == label.role:
            said = f"{joined.pop()[1]}\n\n{said}"
        joined.append((label.role, said))
    return [kept_turn(Turn("user" if role == "user" else "assistant", said)) for role, said in joined]


_BEGINS_LIKE_A_LABEL = re.compile(
    r"\s*(?:#{1,6}\s+)?(?:\*\*|__)?(?:" + "|".join(names for pair in SPEAKERS for names in pair) + ")", re.IGNORECASE
)


def _pattern(names: str) -> re.Pattern[str]:
    return re.compile(
        r"(?P<heading>#{1,6}\s+)?(?P<bold>\*\*|__)?(?P<name>" + names + r")\s?(?P<inner>[:：])?(?(bold)(?:\*\*|__))"
        r"(?P<outer>\s?[:：])?(?P<rest>.*)",
        re.IGNORECASE,
    )


_PATTERNS = tuple((_pattern(users), _pattern(assistants)) for users, assistants in SPEAKERS)
