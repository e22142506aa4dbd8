"""Rows of a file that claims to be JSON Lines or a JSON array, read with distrust.

Each row comes with where it stood; a broken line of JSON Lines is one row's fault, a broken array ends the reading.
Refused everywhere: anything but UTF-8 (a byte order mark is fine), NUL, NaN and Infinity, numbers of more than 400 digits
or beyond the largest float, a key twice in one object, nesting too deep to follow.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain.errors import BadInput, TooLarge
from app.domain.transcripts.text import MOST_ROWS, MOST_UPLOADED_BYTES

MOST_DIGITS = 400
WHAT_TO_BRING = "Bring JSON Lines (one object a line) or a JSON array of objects, saved as UTF-8."
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `where` is "line 3" or "item 3"; `value` is None where it could not be read, and `fault` says why."""

    where: str
    value: Any
    fault: str = ""


def rows(data: bytes) -> Iterator[Row]:
    """The rows of a file, in order. Raises BadInput or TooLarge where the file as a whole cannot be used."""
    text = decoded(data)
    start = _SPACE.match(text).end()  # type: ignore[union-attr]
    found = _items(text, start) if text.startswith("[", start) else _lines(text)
    for count, row in enumerate(found):
        if count >= MOST_ROWS:
            raise TooLarge(f"The file has more than {MOST_ROWS:,} rows; at most {MOST_ROWS:,} are taken at once.")
        yield row


def decoded(data: bytes) -> str:
    """The file as text. Raises TooLarge over 20 MB, and BadInput with the line where it is no UTF-8 or holds NUL."""
    if len(data) > MOST_UPLOADED_BYTES:
        raise TooLarge(
            f"The file has {len(data) / 1e6:.1f} MB; at most {MOST_UPLOADED_BYTES // 1_000_000} MB are taken."
        )
    if not data.strip():
        raise BadInput(f"The file is empty. {WHAT_TO_BRING}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput("The file is saved as UTF-16. Save it again as UTF-8 and bring it once more.")
    if b"\0" in data:
        raise BadInput(f"Line {_line(data, data.index(0))} of the file holds a NUL byte, which no text file needs.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = _line(data, problem.start)
        raise BadInput(f"Line {line} of the file is not UTF-8 text. Save the file again as UTF-8.") from problem


def _lines(text: str) -> Iterator[Row]:
    lines = text.split("\n")
    if len(lines) > 1 and text.lstrip().startswith("{") and _fault_of(_first(lines)):
        try:
            yield Row("line 1", _parse(text))
        except ValueError:
            pass  # not one object over several lines either: each line is told on its own
        else:
            return
    for number, line in enumerate(lines, start=1):
        if line.strip():
            fault = ""
            value = None
            try:
                value = _parse(line)
            except ValueError as problem:
                fault = str(problem)
            yield Row(f"line {number}", value, fault)


def _items(text: str, start: int) -> Iterator[Row]:
    """The array's items one by one, so that a large file is never a large tree in memory."""
    position, number = start + 1, 0
    while True:
        position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        if text.startswith("]", position):
            if text[position + 1 :].strip():
                raise BadInput(f"Something follows the end of the array on line {_line(text, position)}.")
            return
        if number:
            if not text.startswith(",", position):
                raise BadInput(_broken(text, position, "a comma or the end of the array is missing (cut off?)"))
            position = _SPACE.match(text, position + 1).end()  # type: ignore[union-attr]
        number += 1
        try:
            value, position = _DECODER.raw_decode(text, position)
        except RecursionError as problem:
            raise BadInput(_broken(text, position, "it is nested too deep")) from problem
        except json.JSONDecodeError as problem:
            raise BadInput(_broken(text, problem.pos, f"{problem.msg} (cut off?)")) from problem
        except ValueError as problem:
            raise BadInput(_broken(text, position, str(problem))) from problem
        yield Row(f"item {number}", value)


def _parse(text: str) -> Any:
    """One JSON value. Raises ValueError with a reason fit to show."""
    try:
        start = _SPACE.match(text).end()  # type: ignore[union-attr]
        value, end = _DECODER.raw_decode(text, start)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except json.JSONDecodeError as problem:
        raise ValueError(f"it is no JSON: {problem.msg} at character {problem.pos + 1} (cut off?)") from None
    if text[end:].strip():
        raise ValueError("something follows the end of the JSON value")
    return value


def _first(lines: list[str]) -> str:
    return next((line for line in lines if line.strip()), "")


def _fault_of(line: str) -> bool:
    try:
        _parse(line)
    except ValueError:
        return True
    return False


def _line(text: str | bytes, position: int) -> int:
    newline: Any = b"\n" if isinstance(text, bytes) else "\n"
    return text.count(newline, 0, position) + 1


def _broken(text: str, position: int, why: str) -> str:
    return f"The file breaks off being JSON on line {_line(text, position)}: {why}. {WHAT_TO_BRING}"


def _no_constant(name: str) -> Any:
    raise ValueError(f"it holds {name}, which is no JSON number")


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"it holds a number of {len(digits):,} digits")
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value) or len(digits) > MOST_DIGITS:
        raise ValueError("it holds a number too large to keep")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("it holds the same key twice in one object")
    return found


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_int=_whole, parse_float=_real, object_pairs_hook=_object)
