"""What chat pages and exporters put around the turns, taken off only where they put it, and told.

Pages: buttons at the end of turns (`Edit`, `Copy`), the thinking time before or after the assistant's label (`Thought for 7s`,
`12s nachgedacht`), the buttons of a block of code, the warning at the very end. Exporters: a rule (`---`) before labels. A
button counts as one only where every turn of that speaker ends with it, so that a list of such words stays a list; and no turn
is emptied: a turn that says `retry` says it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence

from app.domain.texts.conversation import Role
from app.domain.transcripts.pasted.labels import PRODUCTS, Style

Turn = tuple[Role, list[str]]
"""A role and its lines."""

_BUTTON = re.compile(
    r"copy(?: (?:message|response|to clipboard))?|edit(?: message)?|share|retry|regenerate|read aloud|good response|bad response|"
    r"kopieren|bearbeiten|teilen|vorlesen|copier|modifier|partager|copiar|editar|compartir|compartilhar|copia|modifica|condividi",
    re.IGNORECASE,
)
_THOUGHT = re.compile(
    r"(?:thought|worked|reasoned|thinking) for .{1,25}|(?:.{1,20} )?(?:lang )?nachgedacht(?: für .{1,20})?|dachte .{1,20} nach|"
    r"(?:a réfléchi|réflexion|réfléchi) (?:durant|pendant) .{1,20}|(?:pensó|pensado|razonó|ha pensado) (?:durante|por) .{1,20}|"
    r"(?:pensou|raciocinou|pensado) (?:por|durante) .{1,20}|(?:ha pensato|ha ragionato|pensato) per .{1,20}|"
    r"show (?:thinking|drafts|more)|gedankengang anzeigen|afficher (?:le raisonnement|les suggestions)|mostrar razonamiento|"
    r"mostrar raciocínio|mostra ragionamento",
    re.IGNORECASE,
)
_WARNING = re.compile(
    rf"(?:o )?(?:{PRODUCTS}|ai)(?: is AI and)? (?:can|may|kann|peut|puede|pode|può) "
    r"(?:make mistakes|fehler machen|faire des erreurs|se tromper|cometer errores|cometer erros|commettere errori|sbagliare).{0,160}",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"ask anything|ask (?:chatgpt|gemini|copilot|grok)|message (?:chatgpt|claude)|reply to claude.{0,3}|enter a prompt(?: for gemini)?|"
    r"stelle irgendeine frage|nachricht an chatgpt|poser une question|pregunta lo que quieras|pergunte alguma coisa|fai una domanda",
    re.IGNORECASE,
)
"""What stands in the box for the next question, above the warning."""
_CODE_BUTTON = re.compile(
    r"copy(?: code)?|edit|code kopieren|kopieren|bearbeiten|copier(?: le code)?|copiar(?: código)?", re.IGNORECASE
)
_CODE = frozenset(
    [
        "python",
        "javascript",
        "typescript",
        "java",
        "html",
        "css",
        "bash",
        "shell",
        "sh",
        "sql",
        "json",
        "yaml",
        "xml",
        "c",
        "cpp",
        "c++",
        "csharp",
        "c#",
        "go",
        "rust",
        "ruby",
        "php",
        "kotlin",
        "swift",
        "r",
        "text",
        "plaintext",
        "markdown",
        "latex",
        "powershell",
        "dockerfile",
        "toml",
        "ini",
    ]
)
_MOST_BUTTONS, _MOST_CODE_BUTTONS = 10, 3
_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}")


def without_furniture(turns: Sequence[Turn], style: Style) -> tuple[list[Turn], list[str]]:
    """The turns without what stands around them, and the lines that were taken off."""
    kept = [(role, list(lines)) for role, lines in turns]
    gone: list[str] = []
    _take_rules(kept, gone)
    if style.of_a_page:
        _take_last(kept[-1][1], _WARNING.fullmatch, gone)
        if gone:
            _take_last(kept[-1][1], _BOX.fullmatch, gone)
            _take_last(kept[-1][1], _RULE.fullmatch, gone)
        for number, (role, lines) in enumerate(kept):
            before_answer = number + 1 < len(kept) and kept[number + 1][0] == "assistant"
            if role == "user" and before_answer:
                _take_last(lines, _THOUGHT.fullmatch, gone)
            if role == "assistant":
                _take_first(lines, _THOUGHT.fullmatch, gone)
                _take_code_buttons(lines, gone)
        for role in ("user", "assistant"):
            _take_buttons([lines for speaker, lines in kept if speaker == role], gone)
    return kept, gone


def _take_rules(turns: Sequence[Turn], gone: list[str]) -> None:
    """A rule before each label of one speaker, but the first label of all, parts the turns."""
    for role in ("user", "assistant"):
        before = [turns[number - 1][1] for number in range(1, len(turns)) if turns[number][0] == role]
        if before and all(_RULE.fullmatch(_last(lines)) for lines in before):
            for lines in before:
                _take_last(lines, _RULE.fullmatch, gone)


def _take_buttons(turns: Sequence[list[str]], gone: list[str]) -> None:
    """Buttons that every turn of one speaker ends with, one after the other."""
    for _ in range(_MOST_BUTTONS):
        if not turns or not all(_BUTTON.fullmatch(_last(lines)) and _is_more_than_one_line(lines) for lines in turns):
            return
        for lines in turns:
            _take_last(lines, _BUTTON.fullmatch, gone)


def _take_code_buttons(lines: list[str], gone: list[str]) -> None:
    """`python`, `Copy code`, and then the code: the second line is the page's."""
    kept: list[str] = []
    left = 0
    for line in lines:
        if left and _CODE_BUTTON.fullmatch(line.strip()):
            gone.append(line.strip())
            left -= 1
            continue
        kept.append(line)
        left = _MOST_CODE_BUTTONS if line.strip().lower() in _CODE else 0
    lines[:] = kept


def _last(lines: Sequence[str]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _is_more_than_one_line(lines: Sequence[str]) -> bool:
    return len(list(itertools.islice((line for line in lines if line.strip()), 2))) > 1


def _take_last(lines: list[str], fits: Callable[[str], object], gone: list[str]) -> None:
    _take(lines, len(lines) - 1, -1, -1, fits, gone)


def _take_first(lines: list[str], fits: Callable[[str], object], gone: list[str]) -> None:
    _take(lines, 0, len(lines), 1, fits, gone)


def _take(lines: list[str], start: int, stop: int, step: int, fits: Callable[[str], object], gone: list[str]) -> None:
    """Takes off the outermost line that says something, where it fits and is not the only one."""
    outermost = next((number for number in range(start, stop, step) if lines[number].strip()), None)
    if outermost is not None and _is_more_than_one_line(lines) and fits(lines[outermost].strip()):
        gone.append(lines.pop(outermost).strip())
