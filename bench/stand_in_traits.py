"""How the stand-in finds traits, votes on statements and sums them up, from the prompt alone.

It believes what the prompt says about which answer was chosen, sees the leanings of the choices through noise, and
writes what models write: some traits that hold, some wrong, some contrary, some that say nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from string import ascii_uppercase
from typing import Any

from bench.stand_in_noting import EMPTY, PROPOSING_NOISE, candidates, cited, leanings_of
from bench.stand_in_reading import Messages, Shown, exhibits_in, listed_in, pairs_in
from bench.stand_in_statements import read_statement
from bench.stand_in_taste import AXES, gaps, gauss, liking, uniform, worded

VOTING_NOISE = 0.12
LEAST_GAP = 0.15
"""Differences below this are none to a voter."""
_SURENESS = re.compile(r"\s*\((?:clear|likely|tentative)\)\.?$")
_REMEMBERED = re.compile(r"^\d+\. Asked: ([^\n]+)\nChose: (.+?)(?=^\d+\. Asked: |^</|\Z)", re.DOTALL | re.MULTILINE)
_VERBS = ("prefers", "likes", "wants")


def propose(rule: Mapping[str, Any], messages: Messages, salt: str) -> list[dict[str, Any]]:
    """Candidate traits, the best supported first, as many as the schema's array wants, each with the choices for and against it."""
    text = messages[-1]["content"]
    fewest, most = rule.get("minItems", 3), rule.get("maxItems", 8)
    asked = re.search(r"\b(\d+) candidate", text)
    count = max(fewest, min(most, int(asked[1]) if asked else most))
    fields = rule.get("items", {}).get("properties", {})
    kinds = fields.get("when", {}).get("enum", ["any request"])
    exhibits = exhibits_in(text)
    rows = []
    for place, candidate in enumerate(candidates(exhibits, salt, count)):
        verb = _VERBS[int(uniform(salt, place, "verb") * len(_VERBS))]
        variant = int(uniform(salt, candidate.name, "wording") * 3)
        if candidate.name:
            trait, contrary = (worded(candidate.name, side * candidate.side, variant) for side in (1, -1))
        else:
            trait, contrary = EMPTY[int(candidate.strength) % len(EMPTY)]
        when = candidate.kind if candidate.kind in kinds else kinds[0]
        row: dict[str, Any] = {"trait": f"{verb} {trait}", "opposite": f"{verb} {contrary}", "when": when}
        row |= cited(exhibits, candidate, f"{salt}/{place}")
        rows.append({name: row.get(name, "") for name in fields} if fields else row)
    return rows


def vote(rule: Mapping[str, Any], messages: Messages, salt: str) -> list[dict[str, str]]:
    """For each pair shown, a vote by each statement: the enum's words for the first answer, the second, neither; of several
    answers the letters of all that stand clear of the others."""
    statements = {
        label: read_statement(said) for message in messages for label, said in listed_in(message["content"]).items()
    }
    fields = rule.get("items", {}).get("properties", {})
    found = []
    for place, shown in enumerate(pairs_in(messages[-1]["content"])):
        votes = {}
        for label, field in fields.items():
            if label == "kind":
                votes[label] = shown.kind
                continue
            first, second, neither = (field.get("enum") or ["A", "B", "-"])[:3]
            said = statements.get(label)
            salted = f"{salt}/{place}/{label}"
            if said is None or not said.applies(shown.kind):
                votes[label] = neither
            elif len(shown.answers) > 2:
                votes[label] = _better_of(said.leanings, shown, salted) or neither
            else:
                side = _side(said.leanings, shown, salted)
                votes[label] = first if side > 0 else second if side < 0 else neither
        found.append(votes)
    return found[: rule.get("maxItems", len(found))]


def title(messages: Messages) -> str:
    """The first listed statement without its verb, which may be longer than a title."""
    listed = [_SURENESS.sub("", text) for text in listed_in(messages[-1]["content"]).values()]
    return listed[0].partition(" ")[2].rstrip(".") if listed else ""


def summarise(messages: Messages, salt: str) -> str:
    """The listed statements in a sentence or two; now and then with a clause that none of them bears out."""
    listed = [_SURENESS.sub("", text) for text in listed_in(messages[-1]["content"]).values()]
    told = [text[:1].lower() + text[1:].rstrip(".") for text in listed[:4]]
    sentences = [f"This person {' and '.join(told[:2])}."] if told else ["This person has no strong leaning."]
    sentences += [f"They also {one}." if one.startswith(_VERBS) else f"{one[:1].upper()}{one[1:]}." for one in told[2:]]
    if uniform(salt, "embellish") < 0.25:
        axis = AXES[int(uniform(salt, "which") * len(AXES))]
        sentences.append(f"They like {worded(axis.name, 1 if uniform(salt, 'side') < 0.5 else -1)}.")
    return " ".join(sentences)


def remember(rule: Mapping[str, Any], messages: Messages, salt: str) -> list[str]:
    """Facts out of a history of requests and the answers taken: what was asked, and what the answers had much of."""
    history = _REMEMBERED.findall(messages[-1]["content"])
    facts = []
    for axis in AXES:
        lean = sum(liking(chosen, {axis.name: 1.0}) for _asked, chosen in history) / math.sqrt(len(history) or 1)
        lean += PROPOSING_NOISE * gauss(salt, "remember", axis.name)
        if abs(lean) > 1:
            facts.append(f"The person likes {worded(axis.name, lean)}.")
    facts += [f"The person asked: {' '.join(asked.split())[:80]}" for asked, _chosen in history]
    return facts[: rule.get("maxItems", len(facts))]


def persona(rule: Mapping[str, Any], messages: Messages, salt: str) -> list[dict[str, Any]]:
    """Traits with the choices cited for and against each, as the paper's second step asks for them."""
    seen = {number: leanings_of(shown) for number, shown in exhibits_in(messages[-1]["content"]).items()}
    traits: list[dict[str, Any]] = []
    for axis in AXES:
        more = [number for number, found in seen.items() if found.get(axis.name, 0.0) > 0]
        less = [number for number, found in seen.items() if found.get(axis.name, 0.0) < 0]
        if more or less:
            supporting, opposing = (more, less) if len(more) >= len(less) else (less, more)
            text = "prefers " + worded(axis.name, 1 if len(more) >= len(less) else -1)
            traits.append({"trait": text, "supporting": supporting, "opposing": opposing})
    misread = {trait["trait"]: gauss(salt, "cite", trait["trait"]) for trait in traits}
    traits.sort(key=lambda trait: len(trait["opposing"]) - len(trait["supporting"]) + misread[trait["trait"]])
    kept = traits[: rule.get("maxItems", 9)] or [
        {"trait": "prefers answers that keep to the request", "supporting": [1], "opposing": []}
    ]
    # The small model's form asks for what is preferred, and for no choices against it.
    fields = rule.get("items", {}).get("properties", {})
    return [
        {name: row[name] if name in row else row["trait"].removeprefix("prefers ") for name in fields} for row in kept
    ]


def _side(leanings: Mapping[str, int], shown: Shown, salt: str) -> float:
    if len(shown.answers) < 2:
        return 0.0
    if not leanings:
        # What it cannot see it mostly leaves open, and sometimes guesses.
        guess = uniform(salt, "guess")
        return 0.0 if guess < 0.85 else 1.0 if guess < 0.925 else -1.0
    gap = gaps(*shown.answers[:2])
    seen = sum(side * gap[name] for name, side in leanings.items()) / len(leanings)
    seen += VOTING_NOISE * gauss(salt, "vote")
    return seen if abs(seen) >= LEAST_GAP else 0.0


def _better_of(leanings: Mapping[str, int], shown: Shown, salt: str) -> str:
    """The letters of those answers that have clearly more of it than the rest, "" where none has: the cut is where two
    neighbours lie furthest apart."""
    if not leanings:
        return ""
    seen = {}
    for letter, answer in zip(ascii_uppercase, shown.answers, strict=False):
        has = sum(side * liking(answer, {name: 1.0}) for name, side in leanings.items()) / len(leanings)
        seen[letter] = has + VOTING_NOISE * gauss(salt, "vote", letter)
    order = sorted(seen, key=lambda letter: -seen[letter])
    steps = [seen[one] - seen[other] for one, other in pairwise(order)]
    if max(steps) < LEAST_GAP:
        return ""
    return "".join(sorted(order[: steps.index(max(steps)) + 1]))
