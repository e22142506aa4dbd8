"""Small archives as products write them, and what is read out of them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from app.domain.transcripts.archives.gathered import Gathered
from app.domain.transcripts.archives.members import sheets_in
from app.domain.transcripts.archives.reading import read_archive
from app.domain.transcripts.archives.report import Report

Content = Any
"""Bytes, a text, rows as tuple (a line each), or anything that becomes JSON."""


def read(**files: Content) -> tuple[Report, Gathered]:
    """Reads an archive of these files; `__` in a name stands for its point."""
    return read_files({name.replace("__", "."): content for name, content in files.items()})


def read_files(files: Mapping[str, Content]) -> tuple[Report, Gathered]:
    return read_bytes("export.zip", zipped(files))


def read_bytes(name: str, data: bytes) -> tuple[Report, Gathered]:
    return read_archive(sheets_in(name, lambda: io.BytesIO(data), is_named=True))


def zipped(files: Mapping[str, Content]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, written(content))
    return packed.getvalue()


def written(content: Content) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, tuple):
        return "\n".join(map(json.dumps, content)).encode()
    return json.dumps(content).encode()


def summary(report: Report) -> str:
    """A report in one line: conversations and turns, grades that are not 0, ties, own words, marks and what was left out."""
    told = [f"{report.format} {report.conversations}/{report.user_turns}/{report.assistant_turns}"]
    told += [f"{grade}{count}" for grade, count in report.choices.items() if count]
    told += [f"{name}{count}" for name, count in (("ties", report.ties), ("own", report.own_words)) if count]
    told += [f"*{what} {count}*" for what, count in report.marked.items()]
    told += [f"-{what} {count}" for what, count in report.left_out.items()]
    return ", ".join(told)


def node(key: str, parent: str, role: str, text: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """A node of a chat of ChatGPT."""
    message = {
        "id": f"id-{key}",
        "author": {"role": role},
        "content": {"content_type": "text", "parts": [text]},
        **more,
    }
    return key, {"id": key, "parent": parent, "message": message}


def chat(key: str, leaf: str, *nodes: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A chat of ChatGPT."""
    return {"conversation_id": key, "title": None, "current_node": leaf, "mapping": dict(nodes)}
