"""What the stand-in model says: probabilities for labels, values for a JSON schema, or text, from the prompt alone."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bench.stand_in_taste import AXES, differences, liking, stated_taste, worded

_SHOWN = re.compile(r"<(\w*answer\w*)>\n(.*?)\n</\1>", re.DOTALL)
_LABELS = re.compile(r"\b(Yes or No|A or B|First or Second)\b")
_EXHIBIT = re.compile(r"^Choice (\d+)\n(.*?)(?=^Choice \d+\n|\Z)", re.DOTALL | re.MULTILINE)
_NOTE = re.compile(r"^((?:\d+, )*\d+): (.+)$", re.MULTILINE)
FIRST_SHOWN = 0.3
"""It likes what it reads first a little better, as models do."""

Say = Callable[[str], str]
"""Changes every text on its way out; the mode "inject" puts its payloads in here."""


def as_said(text: str) -> str:
    """Changes nothing."""
    return text


def label_logprobs(messages: Sequence[Mapping[str, str]]) -> dict[str, float]:
    """Log-probability per token, the likeliest first; for a prompt without known labels, of a meaningless token."""
    asked = _LABELS.findall(messages[-1]["content"])
    if not asked:
        return {"The": -0.1, "I": -2.4}
    one, two = asked[-1].split(" or ")
    margin = max(-8.0, min(8.0, _margin(messages)))
    share = 1 / (1 + math.exp(-margin))
    # Tokens come with spaces and in other cases too, and some mass always goes elsewhere.
    found = {one: math.log(share * 0.9), f" {one}": math.log(share * 0.08), two: math.log((1 - share) * 0.98)}
    return dict(sorted({**found, "The": math.log(0.02)}.items(), key=lambda each: -each[1]))


def fill(schema: Mapping[str, Any], messages: Sequence[Mapping[str, str]], say: Say = as_said) -> Any:
    """A value that obeys the schema: a guess, an explanation, or a persona whose traits cite real choices."""
    properties = schema.get("properties", {})
    if "traits" in properties:
        return _persona(properties["traits"], messages, say)
    return {name: _field(name, rule, messages, say) for name, rule in properties.items()}


def text_answer(messages: Sequence[Mapping[str, str]], seed: int, say: Say = as_said) -> str:
    """An answer to a person, in the style that the system text asks for."""
    told = " ".join(message["content"] for message in messages if message["role"] == "system").lower()
    question = " ".join(messages[-1]["content"].split())[:120]
    opening = ("In short", "Put simply", "The answer")[(seed + len(question)) % 3]
    answer = f"{opening}: “{question}” comes down to what you want to do with it."
    if "friendly" in told or "warm" in told:
        answer = f"Great question! I understand why you ask. {answer} Good luck, and feel free to ask more!"
    if "complete" in told or "thorough" in told:
        steps = "\n".join(f"{number}. Look at point {number}, for example its cost." for number in range(1, 5))
        answer = f"{answer}\n\n{steps}\n\nHowever, much may depend on details that you have not named."
    return say(answer)


def _margin(messages: Sequence[Mapping[str, str]]) -> float:
    shown = [text for _tag, text in _SHOWN.findall(messages[-1]["content"])] or [messages[-1]["content"]]
    weights = stated_taste(_told(messages))
    if len(shown) == 1:
        return liking(shown[0], weights)
    return liking(shown[0], weights) - liking(shown[1], weights) + FIRST_SHOWN


def _told(messages: Sequence[Mapping[str, str]]) -> str:
    """All but the texts under judgement."""
    return "\n".join([*(message["content"] for message in messages[:-1]), _SHOWN.sub("", messages[-1]["content"])])


def _field(name: str, rule: Mapping[str, Any], messages: Sequence[Mapping[str, str]], say: Say) -> Any:
    if "enum" in rule:
        first = _margin(messages) > 0
        return rule["enum"][0 if first else min(1, len(rule["enum"]) - 1)]
    if rule.get("type") == "array":
        return [_field(name, rule.get("items", {}), messages, say)]
    if rule.get("type") in {"integer", "number"}:
        return rule.get("minimum", 1)
    if rule.get("type") == "boolean":
        return True
    return say(_phrase(messages))[: rule.get("maxLength", 400)]


def _phrase(messages: Sequence[Mapping[str, str]]) -> str:
    """What sets the first shown answer (or the chosen one) apart from the other."""
    shown = [text for _tag, text in _SHOWN.findall(messages[-1]["content"])]
    apart = differences(shown[0], shown[1])[:2] if len(shown) > 1 else []
    return " and ".join(worded(axis, has_more=more) for axis, more in apart) or "answers that keep to the request"


def _persona(rule: Mapping[str, Any], messages: Sequence[Mapping[str, str]], say: Say) -> dict[str, Any]:
    votes = _votes(messages[-1]["content"])
    traits: list[dict[str, Any]] = []
    for axis in AXES:
        more = [number for number, by_axis in votes.items() if by_axis.get(axis.name) is True]
        less = [number for number, by_axis in votes.items() if by_axis.get(axis.name) is False]
        if more or less:
            supporting, opposing = (more, less) if len(more) >= len(less) else (less, more)
            text = "prefers " + worded(axis, has_more=len(more) >= len(less))
            traits.append({"trait": say(text), "supporting": supporting, "opposing": opposing})
    traits.sort(key=lambda trait: len(trait["opposing"]) - len(trait["supporting"]))
    kept = traits[: rule.get("maxItems", 9)] or [
        {"trait": say("prefers answers that keep to the request"), "supporting": [1], "opposing": []}
    ]
    return {"summary": say(f"This person {'; '.join(trait['trait'] for trait in kept[:2])}."), "traits": kept}


def _votes(text: str) -> dict[int, dict[str, bool]]:
    """Choice number -> axis -> whether the chosen answer had more of it, from exhibits or from notes."""
    votes: dict[int, dict[str, bool]] = {}
    for number, exhibit in _EXHIBIT.findall(text):
        shown = [answer for _tag, answer in _SHOWN.findall(exhibit)]
        apart = {axis.name: more for axis, more in differences(shown[0], shown[1])} if len(shown) > 1 else {}
        votes[int(number)] = apart or _leanings(exhibit)
    if not votes:
        for numbers, note in _NOTE.findall(text):
            votes |= dict.fromkeys(map(int, numbers.split(", ")), _leanings(note))
    return votes


def _leanings(note: str) -> dict[str, bool]:
    return {name: weight > 0 for name, weight in stated_taste(note if "prefers" in note else f"prefers {note}").items()}


def tokens_of(text: str) -> int:
    """About as many tokens as a real model would count."""
    return len(text.encode("utf-8", "replace")) // 4 + 1


def digest_of(body: Mapping[str, Any]) -> str:
    """Identity of a request: equal bodies are the same call sent twice."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
