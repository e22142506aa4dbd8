"""The command `read`: what a person's archive from another product holds, without storing anything."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.commanding import Arguments, Exit, examples, print_json, say
from app.settings import Settings

if TYPE_CHECKING:
    from app.domain.transcripts.archives.report import Report

GRADES = {
    "A": "choices between two answers that were asked for and given",
    "B": "answers with a thumb up beside one without",
    "C": "answers from which the chat went on, against one that was written anew",
    "D": "votes on one answer alone (never a choice)",
    "E": "turns that push back on the manner of an answer",
}
HTML_HINT = " Google writes activity as HTML unless JSON is chosen: ask Takeout for it again as JSON."


def add_read(add: Callable[..., Arguments]) -> None:
    added = add(
        "read",
        read,
        "tell what an archive of ChatGPT, Claude and others holds; stores nothing",
        examples(
            "python -m app read chatgpt-export.zip",
            "python -m app read Takeout/ --json",
        ),
    )
    added.add_argument("path", type=Path, metavar="PATH", help="a file, a ZIP or a folder, as the product gave it out")
    added.add_argument("--json", action="store_true", help="print the report as JSON")


def read(options: argparse.Namespace, _settings: Settings) -> int:
    """Prints the report; 1 where nothing in the archive is of use."""
    from app.services.importing.archives import report_of

    report = report_of(options.path)
    if options.json:
        print_json(report.as_json())
    else:
        print("\n".join(_lines(report)))
    if not report.is_empty:
        return Exit.DONE
    say(_nothing_found(report))
    return Exit.NOTHING


def _lines(report: Report) -> Iterator[str]:
    from app.domain.transcripts.archives.reading import LABELS

    yield f"{LABELS.get(report.format, 'No known format')}, read without storing anything."
    counts = (
        (report.conversations, "conversations"),
        (report.user_turns, "turns of the person"),
        (report.assistant_turns, "turns of the assistant"),
        *((report.choices[grade], f"{grade}: {what}") for grade, what in GRADES.items()),
        (report.ties, "recorded ties"),
        (report.own_words, "texts in the person's own words"),
    )
    yield from (f"{count:>9,}  {what}" for count, what in counts)
    for title, told in (("Taken and marked", report.marked), ("Left out", report.left_out)):
        if told:
            yield f"{title}: {', '.join(f'{what} {count:,}' for what, count in told.items())}"


def _nothing_found(report: Report) -> str:
    """What was seen where nothing is of use, and what helps."""
    seen = "; ".join(report.seen) or "no file at all"
    hint = HTML_HINT if any(each.rsplit(":", 1)[0].lower().endswith(".html") for each in report.seen) else ""
    return f"Nothing in it is of use: no conversation, no choice and no words of the person. Seen: {seen}.{hint}"
