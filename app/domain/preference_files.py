"""Preference files as lists of pairs: the project's own schema, and TRL and LMSYS rows by the importers' readers.

Own schema, one JSON object a line, one decided comparison each:

`{"user_id": "u1", "split": "test", "seq": 3, "conversation_id": "k1", "context": [{"role": "user", "content": "Why?"}],
"chosen": {"role": "assistant", "content": "Because."}, "rejected": {"role": "assistant", "content": "Hm.",
"continuation": [...]}, "present_first": "rejected", "stated_preferences": {"system_string": "Be brief."},
"demographics": {"age": "35-44 years old"}}`. Only context, chosen and rejected are needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.about import NOTHING_SAID, About
from app.domain.conversation import Context, Turn
from app.domain.errors import BadInput
from app.domain.preference import (
    Comparison,
    Completion,
    PreferencePair,
    first_is_left,
    pair_digest,
    preference_pair,
)
from app.domain.transcripts.detector import read_preferences

_OTHER_KEYS = (b'"prompt"', b'"conversation_a"')
_ROLES = ("system", "user", "assistant")
_SAID = {"self_description": "About themselves", "system_string": "How an assistant should be"}
"""PRISM's survey fields in words; other fields are shown under their own names."""


@dataclass(frozen=True, slots=True)
class FilePairs:
    """One person's pairs in the order of the file; `test` holds the rows whose split is "test".

    `skipped` says in plain sentences which rows were left out (said twice, or two equal answers). `about` is from the
    person's first row that says anything.
    """

    user: str
    pairs: tuple[PreferencePair, ...]
    test: tuple[PreferencePair, ...]
    skipped: tuple[str, ...]
    about: About = NOTHING_SAID


def pairs_from_jsonl(data: bytes, name: str, user: str | None = None) -> FilePairs:
    """The pairs of `user` in the file, or of its only user. Raises BadInput with a sentence that names file and line."""
    if _is_of_another_format(data):
        return _pairs_of_another_format(data, name, user)
    rows = _rows_by_user(data, name)
    if user is None:
        if len(rows) > 1:
            some = ", ".join(list(rows)[:3])
            raise BadInput(f"{name} holds the choices of {len(rows)} people ({some}, ...). Name one of them.")
        user = next(iter(rows))
    elif user not in rows:
        raise BadInput(f"{name} holds no choices of {user!r}. It has: {', '.join(list(rows)[:5])}.")
    return _pairs_of(rows[user], name, user)


def everyone_from_jsonl(data: bytes, name: str) -> tuple[FilePairs, ...]:
    """The pairs of every person in the file, in the order in which they first appear. Raises as `pairs_from_jsonl`."""
    if _is_of_another_format(data):
        return (_pairs_of_another_format(data, name, None),)
    return tuple(_pairs_of(rows, name, user) for user, rows in _rows_by_user(data, name).items())


def _rows_by_user(data: bytes, name: str) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    rows: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for line, row in _rows(data, name):
        rows.setdefault(str(row.get("user_id", "")), []).append((line, row))
    return rows


def _pairs_of(rows: Sequence[tuple[int, dict[str, Any]]], name: str, user: str) -> FilePairs:
    seen: set[str] = set()
    parts: dict[bool, list[PreferencePair]] = {True: [], False: []}
    skipped = []
    for line, row in rows:
        pair = _pair(row, name, line)
        texts = pair_digest(pair.context, *(_whole(one) for one in (pair.chosen, pair.rejected)))
        if _whole(pair.chosen) == _whole(pair.rejected):
            skipped.append(f"Line {line} was left out: both answers are the same.")
        elif texts in seen or pair.pair_id in seen:
            skipped.append(f"Line {line} was left out: the file has this comparison already.")
        else:
            seen |= {texts, pair.pair_id}
            parts[row.get("split") == "test"].append(pair)
    stated, demographics = (
        next((text for _, row in rows if (text := _said(row.get(key)))), "")
        for key in ("stated_preferences", "demographics")
    )
    return FilePairs(user, tuple(parts[False]), tuple(parts[True]), tuple(skipped), About(stated, demographics))


def _said(value: object) -> str:
    """What a survey field says, a line a part: `How an assistant should be: brief`; "" where it says nothing."""
    if isinstance(value, dict):
        parts = [(_SAID.get(key, key.replace("_", " ").capitalize()), _said(part)) for key, part in value.items()]
        return "\n".join(f"{label}: {part}" for label, part in parts if part)
    if isinstance(value, list):
        return ", ".join(part for part in map(_said, value) if part)
    return "" if value is None else str(value).strip()


def _is_of_another_format(data: bytes) -> bool:
    """Whether the file is a JSON array, or its first row is one that TRL or LMSYS write."""
    first = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    return first.startswith(b"[") or any(key in first.split(b"\n", 1)[0] for key in _OTHER_KEYS)


def _pairs_of_another_format(data: bytes, name: str, user: str | None) -> FilePairs:
    """All pairs of the file as one person's, in the order of the file; rows without a choice are left out."""
    if user is not None:
        raise BadInput(f"{name} names no people, so it holds no choices of {user!r}. Leave the person out.")
    try:
        read = read_preferences(data)
    except BadInput as error:
        raise type(error)(f"{name}: {error}") from error
    skipped = [f"{where} was left out: {why}" for where, why in read.skipped]
    pairs: dict[str, PreferencePair] = {}
    for number, found in enumerate(read.comparisons, start=1):
        texts = pair_digest(found.context, _whole(found.first), _whole(found.second))
        conversation = found.conversation_key or texts[:16]
        shown = Comparison(texts[:16], found.context, found.first, found.second, conversation)
        pair = preference_pair(shown, found.verdict, number)
        if pair is None or pair.pair_id in pairs:
            why = "it is no choice between the two" if pair is None else "the file has this comparison already"
            skipped.append(f"Row {number} was left out: {why}.")
            continue
        pairs[pair.pair_id] = pair if found.sides_known else replace(pair, chosen_first=_drawn_first(pair, texts))
    return FilePairs("", tuple(pairs.values()), (), tuple(skipped))


def _drawn_first(pair: PreferencePair, texts: str) -> bool:
    """A side drawn by the texts where the file tells none, so that no label can be read off it."""
    return (min(pair.chosen.text, pair.rejected.text) == pair.chosen.text) is first_is_left(int(texts[:8], 16))


def _rows(data: bytes, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    if not data.strip():
        raise BadInput(f"{name} is empty.")
    if b"\0" in data:
        raise BadInput(f"{name} holds NUL bytes, so it is no text file. A file with one JSON object a line is needed.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInput(f"{name}, line {line}: this is not UTF-8 text. Save the file as UTF-8.") from error
    for number, line_text in enumerate(text.split("\n"), start=1):
        if not line_text.strip():
            continue
        try:
            row = json.loads(line_text)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{name}, line {number}: this is not a whole JSON object.") from error
        if not isinstance(row, dict):
            raise BadInput(f"{name}, line {number}: a JSON object is needed, not {type(row).__name__}.")
        yield number, row


def _pair(row: dict[str, Any], name: str, line: int) -> PreferencePair:
    where = f"{name}, line {line}"
    for key in ("context", "chosen", "rejected"):
        if key not in row:
            raise BadInput(f"{where}: {key} is missing. Each row needs context, chosen and rejected.")
    context = _context(row["context"], where)
    chosen, rejected = (_completion(row[key], f"{where}: {key}") for key in ("chosen", "rejected"))
    texts = pair_digest(context, _whole(chosen), _whole(rejected))
    pair_id = row.get("pair_id") or texts[:16]
    conversation = row.get("conversation_id") or pair_id
    shown = row.get("present_first")
    seq = row.get("seq")
    pair = PreferencePair(
        pair_id=str(pair_id),
        context=context,
        chosen=chosen,
        rejected=rejected,
        conversation_id=str(conversation),
        chosen_first=shown == "chosen",
        seq=seq if isinstance(seq, int) and not isinstance(seq, bool) else line,
    )
    return pair if shown in ("chosen", "rejected") else replace(pair, chosen_first=_drawn_first(pair, texts))


def _context(value: object, where: str) -> Context:
    if isinstance(value, str) and value.strip():
        return (Turn("user", value),)
    turns = _turns(value, f"{where}: context")
    if not turns or turns[-1].role != "user":
        raise BadInput(f"{where}: the context must end with a turn of the user.")
    return turns


def _turns(value: object, where: str) -> tuple[Turn, ...]:
    if not isinstance(value, list):
        raise BadInput(f"{where} must be a list of turns with role and content.")
    turns = []
    for turn in value:
        if not isinstance(turn, dict) or turn.get("role") not in _ROLES or not isinstance(turn.get("content"), str):
            raise BadInput(f"{where}: each turn needs a role (system, user or assistant) and a text as content.")
        turns.append(Turn(turn["role"], turn["content"]))
    return tuple(turns)


def _completion(value: object, where: str) -> Completion:
    if isinstance(value, str):
        text = value
        lead_in: tuple[Turn, ...] = ()
    elif isinstance(value, dict) and isinstance(value.get("content"), str):
        text = value["content"]
        lead_in = _turns(value["continuation"], f"{where}.continuation") if value.get("continuation") else ()
    else:
        raise BadInput(f"{where} must be a text or an object with content.")
    if not text.strip():
        raise BadInput(f"{where} is empty.")
    return Completion(text, lead_in)


def _whole(completion: Completion) -> str:
    return "\n".join([*(turn.content for turn in completion.lead_in), completion.text])
