"""What the stand-in model says: probabilities for labels, values for a JSON schema, or text, from the prompt alone."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from bench import stand_in_noting as noting
from bench import stand_in_traits as traits
from bench.stand_in_judging import leaning_of, margin, reasoning, stacked
from bench.stand_in_reading import Messages, labels_asked, shown_in

_MOST_MARGIN = 8.0

Say = Callable[[str], str]
"""Changes every text on its way out; the mode "inject" puts its payloads in here."""


def as_said(text: str) -> str:
    """Changes nothing."""
    return text


def salt_of(messages: Messages, temperature: float = 0.0, seed: int = 0) -> str:
    """What the noise of an answer is drawn from: the prompt, and above temperature 0 its seed too."""
    told = [[message["role"], message["content"]] for message in messages]
    drawn = json.dumps([told, temperature, seed] if temperature else told)
    return hashlib.sha256(drawn.encode("utf-8", "surrogatepass")).hexdigest()


def label_logprobs(messages: Messages, salt: str = "") -> dict[str, float]:
    """Log-probability per token, the likeliest first; for a prompt without known labels, of a meaningless token."""
    labels = labels_asked(messages)
    if labels is None:
        return {"The": -0.1, "I": -2.4}
    one, two = labels
    share = 1 / (1 + math.exp(-max(-_MOST_MARGIN, min(_MOST_MARGIN, margin(messages, salt or salt_of(messages))))))
    # Tokens come with spaces and in other cases too, and some mass always goes elsewhere.
    found = {one: math.log(share * 0.9), f" {one}": math.log(share * 0.08), two: math.log((1 - share) * 0.98)}
    return dict(sorted({**found, "The": math.log(0.02)}.items(), key=lambda each: -each[1]))


def fill(schema: Mapping[str, Any], messages: Messages, say: Say = as_said, salt: str = "") -> Any:
    """A value that obeys the schema: a guess, an explanation, candidate traits, votes, a summary, or a persona."""
    salt = salt or salt_of(messages)
    properties = schema.get("properties", {})
    found: dict[str, Any]
    if "traits" in properties:
        rule = properties["traits"]
        if "supporting" not in rule.get("items", {}).get("properties", {}):
            return _proposed(properties, messages, say, salt)
        kept = traits.persona(rule, messages, salt)
        summary = f"This person {'; '.join(trait['trait'] for trait in kept[:2])}."
        return {"summary": say(summary), "traits": [_said(row, say) for row in kept]}
    if "answers" in properties:
        return {"answers": stacked(properties["answers"], messages, salt)}
    if "pairs" in properties:
        return {"pairs": traits.vote(properties["pairs"], messages, salt)}
    if "facts" in properties:
        return {"facts": [say(fact) for fact in traits.remember(properties["facts"], messages, salt)]}
    if "summary" in properties:
        return {"title": say(traits.title(messages)), "summary": say(traits.summarise(messages, salt))}
    found = {name: _field(name, rule, messages, say, salt) for name, rule in properties.items()}
    if "reasoning" in found and "preference" in found:
        first = found["preference"] == properties["preference"]["enum"][0]
        found["reasoning"] = say(reasoning(messages, first=first))
    return found


def text_answer(messages: Messages, seed: int, say: Say = as_said) -> str:
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


def _proposed(properties: Mapping[str, Any], messages: Messages, say: Say, salt: str) -> dict[str, Any]:
    """Notes and manners where they are asked for, then traits."""
    found: dict[str, Any] = {}
    if "notes" in properties:
        found["notes"] = [_said(row, say) for row in noting.notes(messages)]
    if "manners" in properties:
        found["manners"] = noting.manners(properties["manners"], messages, salt)
    return {**found, "traits": [_said(row, say) for row in traits.propose(properties["traits"], messages, salt)]}


def _said(row: Mapping[str, Any], say: Say) -> dict[str, Any]:
    return {
        name: say(value) if name in {"trait", "opposite", "has", "gave_up"} else value for name, value in row.items()
    }


def _field(name: str, rule: Mapping[str, Any], messages: Messages, say: Say, salt: str) -> Any:
    if "enum" in rule:
        first = margin(messages, salt) > 0
        return rule["enum"][0 if first else min(1, len(rule["enum"]) - 1)]
    if rule.get("type") == "array":
        return [_field(name, rule.get("items", {}), messages, say, salt)]
    if rule.get("type") == "object":
        return {key: _field(key, each, messages, say, salt) for key, each in rule.get("properties", {}).items()}
    if rule.get("type") in {"integer", "number"}:
        return rule.get("minimum", 1)
    if rule.get("type") == "boolean":
        return True
    return say(leaning_of(shown_in(messages[-1]["content"])))[: rule.get("maxLength", 400)]


def tokens_of(text: str) -> int:
    """About as many tokens as a real model would count."""
    return len(text.encode("utf-8", "replace")) // 4 + 1


def digest_of(body: Mapping[str, Any]) -> str:
    """Identity of a request: equal bodies are the same call sent twice."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
