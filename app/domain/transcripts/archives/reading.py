"""The one reader of archives: it finds of which product the files are, and has its module read them.

A file belongs to the product whose shape its first rows have: `chat_messages` is looked for before `mapping`. Files of several products are
refused, since nobody could tell whose history that is; files that are of none are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any

from app.domain.errors import BadInput
from app.domain.transcripts.archives.gathered import Gathered
from app.domain.transcripts.archives.report import Report, report_on
from app.domain.transcripts.archives.shapes import (
    aistudio,
    chatgpt,
    claude,
    comparia_reactions,
    copilot,
    gemini,
    grok,
    lechat,
    llama_cpp,
    messages,
    open_webui,
    own_archive,
    pasted_texts,
    perplexity,
    preference_rows,
    sharegpt,
    trl_unpaired,
)
from app.domain.transcripts.archives.sheets import Sheet
from app.domain.transcripts.detector import ParquetRows, no_parquet

BEFORE_CHOICES = (
    *(claude, chatgpt, open_webui, lechat, gemini, aistudio, grok, perplexity, llama_cpp, own_archive, copilot),
    *(comparia_reactions, trl_unpaired),
)
AFTER_CHOICES = (messages, sharegpt)
"""Rows of choices may have these fields too."""
SHAPES = BEFORE_CHOICES + AFTER_CHOICES
LABELS = {**preference_rows.LABELS, **{shape.NAME: shape.LABEL for shape in (*SHAPES, pasted_texts)}}
BESIDE = "stands beside exports, and nothing of it is read"
_BESIDE = tuple(pattern for shape in SHAPES for pattern in shape.BESIDE)
_MOST_SEEN = 20
_NONE = ("", pasted_texts, "")


@dataclass(slots=True)
class _Sorted:
    """The sheets of one archive: by the name of the format, the shape that reads them, and which part of an export they are."""

    known: dict[str, dict[ModuleType, dict[str, list[Sheet]]]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def take(self, sheet: Sheet, name: str, shape: ModuleType, part: str) -> None:
        self.known.setdefault(name, {}).setdefault(shape, {}).setdefault(part, []).append(sheet)
        self.seen.append(f"{sheet.path}: {LABELS[name]}")


def read_archive(members: Iterable[Sheet | str], parquet: ParquetRows = no_parquet) -> tuple[Report, Gathered]:
    """What the files hold, in numbers and as it is. Raises BadInput where they are of several products.

    What is nobody's format leaves a report in which nothing is found, and which names what was seen.
    """
    files = _sorted(each if isinstance(each, str) else replace(each, parquet=parquet) for each in members)
    if len(files.known) > 1:
        held = ", ".join(f"{LABELS[name]} ({_count(shapes)})" for name, shapes in files.known.items())
        raise BadInput(f"These are files of several products: {held}. Name those of one product at a time.")
    found = Gathered()
    found.leave_out("other file", len(files.unknown))
    told = (("not known", files.unknown), (BESIDE, files.beside))
    seen = (*files.seen, *(f"{path}: {what}" for what, paths in told for path in paths))
    for name, shapes in files.known.items():
        for shape, parts in shapes.items():
            shape.read(parts, found)
        return report_on(name, found, seen[:_MOST_SEEN]), found
    return report_on("", found, seen[:_MOST_SEEN]), found


def _sorted(members: Iterable[Sheet | str]) -> _Sorted:
    files = _Sorted()
    texts: list[Sheet] = []
    for member in members:
        path = member if isinstance(member, str) else member.path
        if _is_beside(path):
            files.beside.append(path)
        elif isinstance(member, str):
            files.unknown.append(path)
        elif member.name.lower().endswith(pasted_texts.ENDINGS):
            texts.append(member)
        else:
            name, shape, part = next((found for found in map(_shape_of, member.first_rows()) if found[0]), _NONE)
            if name:
                files.take(member, name, shape, part)
            else:
                texts.append(member)
    for text in texts:
        # Beside an export a text is somebody's note; by itself it may be a transcript.
        if set(files.known) <= {pasted_texts.NAME} and pasted_texts.conversation_in(text):
            files.take(text, pasted_texts.NAME, pasted_texts, "texts")
        else:
            files.unknown.append(text.path)
    return files


def _shape_of(row: Mapping[str, Any]) -> tuple[str, ModuleType, str]:
    for shapes in (BEFORE_CHOICES, (preference_rows,), AFTER_CHOICES):
        for shape in shapes:
            if shape is preference_rows:
                name, part = preference_rows.name_of(row), "rows"
            else:
                name, part = shape.NAME, shape.part_of(row)
            if name and part:
                return name, shape, part
    return _NONE


def _is_beside(path: str) -> bool:
    """Whether the file is known to stand beside an export and to hold nothing that is read."""
    return any(fnmatchcase(f"/{path}", f"*/{pattern}") for pattern in _BESIDE)


def _count(shapes: Mapping[ModuleType, Mapping[str, list[Sheet]]]) -> str:
    files = sum(len(sheets) for parts in shapes.values() for sheets in parts.values())
    return "1 file" if files == 1 else f"{files:,} files"
