"""What some providers send with status 200: each change is made to a sensible answer, in place. And how they read a request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.odd_refusals import Body

Change = Callable[[Body, Body], None]
"""Changes an answer (first) to a request (second) in place."""

SECRET = "SECRETTHOUGHT"
THOUGHT = f"{SECRET} The person asks about a thing. I weigh it before I answer."
_SCHEMA = re.compile(r"\n\n[^\n]*\n?\{\"[^\n]*\Z")


def messages_of(body: Body) -> list[dict[str, str]]:
    """The messages with the texts of their parts joined."""
    return [{**message, "content": text_of(message["content"])} for message in body.get("messages", [])]


def text_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content or [])


def schema_asked(body: Body, mode: str) -> Any:
    """The schema in the request's own field, or the last one written out in its words; None where neither is there."""
    given = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    if given and mode != "schema-unheeded":
        return given
    found = None
    for message in messages_of(body):
        ends_at = 0
        for start in re.finditer(r"\{\s*\"", message["content"]):
            if start.start() < ends_at:
                continue  # a schema inside the one just read
            try:
                value, ends_at = json.JSONDecoder().raw_decode(message["content"], start.start())
            except ValueError:
                continue
            if isinstance(value, dict) and value.get("type") == "object" and "properties" in value:
                found = value
    return found


def bare(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """The messages without the paragraph that writes a schema out: the stand-in reads what is asked, not how."""
    return [{**message, "content": _SCHEMA.sub("", message["content"])} for message in messages]


def _filtered(answer: Body, _body: Body) -> None:
    choice = answer["choices"][0]
    choice["message"]["content"], choice["finish_reason"] = _part(choice), "content_filter"


def _broken_off(answer: Body, _body: Body) -> None:
    choice = answer["choices"][0]
    choice["message"]["content"], choice["finish_reason"] = _part(choice), "error"
    choice["error"] = {"code": 502, "message": "the upstream connection was lost"}


def _part(choice: Body) -> str:
    text: str = choice["message"]["content"]
    return text[: max(1, len(text) * 2 // 3)]


def _thoughts_end_only(answer: Body, _body: Body) -> None:
    message = answer["choices"][0]["message"]
    message["content"] = f"{THOUGHT}\n</think>\n\n{message['content']}"


def _thoughts_never_end(answer: Body, _body: Body) -> None:
    choice = answer["choices"][0]
    choice["message"]["content"], choice["finish_reason"] = f"<think>\n{THOUGHT} Then I", "length"


def _thoughts_in_tags(answer: Body, _body: Body) -> None:
    """Inside the text itself, as a server without a parser for them sends; its usage does not tell them apart."""
    message = answer["choices"][0]["message"]
    was_cut = not message["content"]
    message.pop("reasoning_content")
    del answer["usage"]["completion_tokens_details"]
    message["content"] = f"<think>\n{THOUGHT}" + ("" if was_cut else f"\n</think>\n\n{message['content']}")


def _thoughts_unseen(answer: Body, _body: Body) -> None:
    """Neither shown nor counted: that it thinks shows only by an answer that does not come within a short limit."""
    message = answer["choices"][0]["message"]
    message.pop("reasoning_content")
    answer["usage"]["completion_tokens"] -= answer["usage"].pop("completion_tokens_details")["reasoning_tokens"]


def _blank_first(answer: Body, body: Body) -> None:
    """A line's end comes before the letter, and with one token nothing else."""
    choice = answer["choices"][0]
    if not choice.get("logprobs"):
        return
    blank = {"token": "\n", "logprob": -0.01, "bytes": None}
    places = [{**blank, "top_logprobs": [blank]}, *choice["logprobs"]["content"]]
    room = int(body.get("max_completion_tokens") or body.get("max_tokens") or 99)
    choice["logprobs"]["content"] = places[:room]
    choice["message"]["content"] = "".join(place["token"] for place in places[:room])


def _text_in_parts(answer: Body, _body: Body) -> None:
    message = answer["choices"][0]["message"]
    message["content"] = [{"type": "text", "text": message["content"]}]


def _equal_zeros(answer: Body, _body: Body) -> None:
    logprobs = answer["choices"][0].get("logprobs")
    for each in logprobs["content"][0]["top_logprobs"] if logprobs else []:
        each["logprob"] = 0.0


def _json_in_prose(answer: Body, body: Body) -> None:
    message = answer["choices"][0]["message"]
    if schema_asked(body, ""):
        message["content"] = f"Here is what you asked for:\n{message['content']}\nTell me if it should be changed."


def _empty_with_reasoning(answer: Body, _body: Body) -> None:
    choice = answer["choices"][0]
    choice["message"] |= {"content": "", "reasoning_content": THOUGHT}
    choice["finish_reason"] = "length"


def _no_usage(answer: Body, _body: Body) -> None:
    del answer["usage"]


def _logprobs_unheeded(answer: Body, _body: Body) -> None:
    """Taken without a word, and not told."""
    answer["choices"][0]["logprobs"] = None


CHANGES: dict[str, Change] = {
    "filtered-part": _filtered,
    "broken-off": _broken_off,
    "thoughts-end-only": _thoughts_end_only,
    "thoughts-never-end": _thoughts_never_end,
    "thinks-in-tags": _thoughts_in_tags,
    "thinks-unseen": _thoughts_unseen,
    "blank-first": _blank_first,
    "text-in-parts": _text_in_parts,
    "equal-zeros": _equal_zeros,
    "json-in-prose": _json_in_prose,
    "empty-with-reasoning": _empty_with_reasoning,
    "no-usage": _no_usage,
    "logprobs-unheeded": _logprobs_unheeded,
}
