"""The JSON that was asked for, out of a text that may have more around it: a fence, a sentence before, words after,
a comma too many, or Python's quotes."""

from __future__ import annotations

import ast
import itertools
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

_FENCED = re.compile(r"```[a-z]*[ \t]*\r?\n(.*?)\r?\n[ \t]*```", re.DOTALL | re.IGNORECASE)
_MOST_STARTS = 200
_COMMA_AT_THE_END = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_WORDS = {"null": None, "true": True, "false": False}
_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


def json_in(text: str, schema: dict[str, Any]) -> str | None:
    """The first whole JSON value in the text that fits the schema, as JSON; None where there is none.

    A text (or a fence) that is one JSON value of the right kind is taken even where it does not fit in all: what reads it
    says then what is wrong. A bare list stands for an object whose one field is that list.
    """
    parts = (text, *_FENCED.findall(text))
    whole = [found for part in parts for found in _values(part.strip(), whole=True)]
    nearly = (found for part in parts for found in _nearly(part))
    for value, part in itertools.chain(whole, _values(text), nearly):
        if fits(value, schema):
            return part
        if isinstance(value, list) and fits(wrapped := {_only_list(schema): value}, schema):
            return json.dumps(wrapped, ensure_ascii=False)
    return next((part for value, part in whole if _is_of_kind(value, schema)), None)


def _values(text: str, *, whole: bool = False) -> Iterator[tuple[Any, str]]:
    """The JSON values that begin in the text one after the other, each as JSON; with `whole` the one that is all of it."""
    lenient = json.JSONDecoder(strict=False)
    at = 0
    for _ in range(_MOST_STARTS):
        begin = 0 if whole else next((at + found.start() for found in re.finditer(r"[{\[]", text[at:])), -1)
        if begin < 0:
            return
        try:
            value, end = lenient.raw_decode(text, begin)
        except (ValueError, RecursionError):
            at = begin + 1
        else:
            if not whole or not text[end:].strip():
                yield value, _as_json(text[begin:end], value)
            at = end
        if whole:
            return


def _nearly(text: str) -> Iterator[tuple[Any, str]]:
    """The one value that reaches from the first bracket to the last where it is JSON but for a comma before a bracket that
    closes, or is written as Python writes it: 'single quotes', True, None."""
    # Found from both ends: a pattern would look from each of very many open brackets to the end.
    begin = min((at for at in map(text.find, "{[") if at >= 0), default=0)
    part = text[begin : max(map(text.rfind, "}]")) + 1]
    try:
        value = json.loads(_COMMA_AT_THE_END.sub(r"\1", part), strict=False)
    except (ValueError, RecursionError):
        try:
            with warnings.catch_warnings(action="ignore"):  # about marks in its texts that Python would write otherwise
                value = _of_python(ast.parse(part, mode="eval").body)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return
    yield value, json.dumps(value)  # half surrogates stay escaped, as they would have come


def _of_python(node: ast.expr) -> Any:
    """The value of a list, an object, a text, a number or a word that stands for one; ValueError for anything else."""
    if isinstance(node, ast.List):
        return [_of_python(each) for each in node.elts]
    if isinstance(node, ast.Dict):
        names = [str(_of_python(name)) for name in node.keys if name]
        return dict(zip(names, map(_of_python, node.values), strict=True))
    if isinstance(node, ast.Name) and node.id in _WORDS:
        return _WORDS[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | None):
        return node.value
    raise ValueError


def _as_json(part: str, value: Any) -> str:
    """The part as it was written; anew where it has line ends inside a text, which JSON does not allow."""
    try:
        json.loads(part)
    except ValueError:
        return json.dumps(value, ensure_ascii=False)
    return part


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether the value has the shape: kinds, required fields, items, enumerated values. Further fields do no harm."""
    if "anyOf" in schema:
        return any(fits(value, each) for each in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    if not _is_of_kind(value, schema):
        return False
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return all(name in value for name in schema.get("required", ())) and all(
            fits(each, properties[name]) for name, each in value.items() if name in properties
        )
    return not isinstance(value, list) or all(fits(each, schema.get("items", {})) for each in value)


def _is_of_kind(value: Any, schema: dict[str, Any]) -> bool:
    kind = schema.get("type")
    kinds = [kind] if isinstance(kind, str) else kind or list(_KINDS)
    if isinstance(value, bool):
        return "boolean" in kinds
    return any(isinstance(value, _KINDS[each]) for each in kinds if each in _KINDS)


def _only_list(schema: dict[str, Any]) -> str:
    """The name of an object's one required field, if that is a list; "" else."""
    required = schema.get("required") or list(schema.get("properties", {}))
    is_list = len(required) == 1 and schema.get("properties", {}).get(required[0], {}).get("type") == "array"
    return required[0] if is_list else ""
