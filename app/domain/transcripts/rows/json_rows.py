"""Rows of a text that is JSON: lines, one array, objects over several lines, or several files one after the other.

Between values may stand space, commas and byte order marks. Each row comes with where it stood; a broken line is one row's
fault, a broken array ends the reading. NaN, Infinity, numbers of any length and names that stand twice are no fault of a row
that does not need them: they come as NOT_A_VALUE, which no reader takes.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain.errors import BadInput
from app.domain.transcripts.rows.unpacking import WHAT_TO_BRING

MOST_DIGITS = 400
MOST_LITERAL_CHARACTERS = 500_000
_BETWEEN = re.compile("[\\s\ufeff\x1a\x1e,]*")
_SPACE = re.compile("[\\s\ufeff]*")
_PATIENCE = 50
"""How often a broken line is tried as the beginning of an object over several lines: each try may read far."""


class NotAValue:
    """What stands where a file holds no usable value: a number beyond all limits, or one name with two values."""

    def __repr__(self) -> str:
        return "no usable value"


NOT_A_VALUE = NotAValue()
_END = object()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `where` is "line 3" or "item 3"; `value` is None where it could not be read, and `fault` says why."""

    where: str
    value: Any
    fault: str = ""


def json_rows(text: str) -> Iterator[Row]:
    """The rows of the text, in order. Raises BadInput where an array breaks off."""
    position, line, counted, items, patience = 0, 1, 0, 0, _PATIENCE
    arrays = text.startswith("[", _BETWEEN.match(text).end())  # type: ignore[union-attr]
    while True:
        position = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]
        if position == len(text):
            return
        line, counted = line + text.count("\n", counted, position), position
        if arrays and text.startswith("[", position):
            for value, after in _items(text, position):
                position = after
                if value is not _END:
                    items += 1
                    yield Row(f"item {items}", value)
            continue
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        fault = ""
        try:
            value, position = _parse(text, position, end)
        except ValueError as problem:
            fault = str(problem)
            value = None
            if patience and text.startswith("{", position):
                try:
                    value, position = _LENIENT.raw_decode(text, position)
                    fault = ""
                except (ValueError, RecursionError):
                    patience -= 1
            if fault:
                position = end
        yield Row(f"line {line}", value, fault)


def literal(text: str) -> Any:
    """A list or object written as JSON or in Python's way inside a text. Raises ValueError where it is neither."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    if len(text) > MOST_LITERAL_CHARACTERS:
        raise ValueError("it is too long")
    text = text.strip()
    if text.startswith("array(") and text.endswith(")"):
        text = text.removeprefix("array(").removesuffix(")").removesuffix(", dtype=object")
    # Tables print lists of objects without commas; a line break outside a string is the only place where that shows.
    joined = re.sub(r"(?<=\})\s+(?=\{)", lambda space: ",\n" if "\n" in space[0] else space[0], text)
    try:
        return ast.literal_eval(joined)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as problem:
        raise ValueError("it can be read neither as JSON nor as Python") from problem


def _items(text: str, start: int) -> Iterator[tuple[Any, int]]:
    """The array's items one by one, each with where it ended, so that a large file is never a large tree in memory; at last
    _END."""
    position, number = start + 1, 0
    while True:
        position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        if number and text.startswith(",", position):
            position = _SPACE.match(text, position + 1).end()  # type: ignore[union-attr]
        elif number and not text.startswith("]", position):
            raise BadInput(_broken(text, position, "a comma or the end of the array is missing"))
        if text.startswith("]", position):
            yield _END, position + 1
            return
        number += 1
        try:
            value, position = _LENIENT.raw_decode(text, position)
        except RecursionError as problem:
            raise BadInput(_broken(text, position, "it is nested too deep")) from problem
        except json.JSONDecodeError as problem:
            raise BadInput(_broken(text, problem.pos, problem.msg)) from problem
        yield value, position


def _parse(text: str, start: int, end: int) -> tuple[Any, int]:
    """The value that begins at `start` and where it ends, within its line. Raises ValueError with a reason fit to show."""
    line = text[start:end]
    try:
        value, after = _LENIENT.raw_decode(line)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except json.JSONDecodeError as problem:
        if line.startswith("{'"):
            try:
                return literal(line), end
            except ValueError:
                pass
        cut = problem.pos >= len(line.rstrip()) or problem.msg.startswith("Unterminated")
        why = f"{problem.msg} at character {problem.pos + 1}{' (cut off?)' if cut else ''}"
        raise ValueError(f"it is no JSON: {why}") from None
    return value, start + after


def _broken(text: str, position: int, why: str) -> str:
    cut = " (cut off?)" if position >= len(text.rstrip()) or why.startswith("Unterminated") else ""
    return f"The file breaks off being JSON on line {text.count(chr(10), 0, position) + 1}: {why}{cut}. {WHAT_TO_BRING}"


def _whole(digits: str) -> Any:
    return int(digits) if len(digits) <= MOST_DIGITS else NOT_A_VALUE


def _real(digits: str) -> Any:
    value = float(digits)
    return value if math.isfinite(value) else NOT_A_VALUE


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        for name, value in pairs:
            if found[name] is not NOT_A_VALUE and found[name] != value:
                found[name] = NOT_A_VALUE
    return found


_LENIENT = json.JSONDecoder(
    parse_constant=lambda _name: NOT_A_VALUE,
    parse_int=_whole,
    parse_float=_real,
    object_pairs_hook=_object,
    strict=False,
)
