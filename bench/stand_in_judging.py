"""How the stand-in judges: a generic taste, bent by what the prompt tells of the person and a little by worked examples.

Told nothing it likes what models like (long answers, lists) and, a little, what stands first; and no prompt is read
without some noise, which the same prompt always gets.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bench.stand_in_reading import Messages, Shown, examples_in, questions_in, shown_in, told_in
from bench.stand_in_statements import leanings_for, statements_in
from bench.stand_in_taste import GENERIC, gaps, gauss, liking, worded

STATED = 3.0
"""Weight of a leaning that the prompt states."""
SHOWN_BY_EXAMPLES = 0.9
"""Most that worked examples add to a weight."""
FIRST_SHOWN = 0.3
"""It likes what it reads first a little better, as models do."""
NOISE = 0.4
_MOST_SURE = 8.0


def margin(messages: Messages, salt: str) -> float:
    """How much the first answer shown last is liked better than the second; of a single one, how much it is liked."""
    asked = shown_in(messages[-1]["content"])
    taste = taste_told(messages, asked.kind)
    noise = NOISE * gauss(salt, "judge")
    if len(asked.answers) == 1:
        return liking(asked.answers[0], taste) + noise
    if not asked.answers:
        return noise
    return liking(asked.answers[0], taste) - liking(asked.answers[1], taste) + FIRST_SHOWN + noise


def stacked(rule: Mapping[str, Any], messages: Messages, salt: str) -> list[dict[str, Any]]:
    """An entry for each question of a prompt, as they would be judged alone: number, better answer, how sure it says it is.

    As models do, it says so in steps of five. Questions for which the schema's array has no room are left out.
    """
    *before, last = messages
    asked = questions_in(last["content"]) or {1: last["content"]}
    told = last["content"].partition("Question 1\n")[0]
    found = []
    for number, piece in asked.items():
        alone = [*before, {"role": "user", "content": told + piece}]
        liked = margin(alone, f"{salt}/{number}")
        share = 1 / (1 + math.exp(-min(abs(liked), _MOST_SURE)))
        sure = min(99, max(50, 5 * round(20 * share)))
        entry: dict[str, Any] = {"question": number, "better": "A" if liked > 0 else "B", "sure": sure}
        if "reasoning" in rule.get("items", {}).get("properties", {}):
            entry["reasoning"] = reasoning(alone, first=liked > 0)
        found.append(entry)
    return found[: rule.get("maxItems", len(found))]


def taste_told(messages: Messages, request_kind: str) -> dict[str, float]:
    """Weight by axis: stated leanings in place of the generic ones, and what the worked examples have in common."""
    stated = leanings_for(told_in(messages), request_kind)
    taste = {**GENERIC, **{name: STATED * side for name, side in stated.items()}}
    for name, weight in _shown_by_examples(messages, request_kind).items():
        taste[name] = taste.get(name, 0.0) + weight
    return taste


def reasoning(messages: Messages, *, first: bool) -> str:
    """Why the first (or the second) answer would be chosen: what it has that the other has not, and the taste likes."""
    asked = shown_in(messages[-1]["content"])
    phrase = leaning_of(
        asked if first else Shown(asked.kind, asked.answers[::-1], ""), taste_told(messages, asked.kind)
    )
    return f"The request leaves the manner open. This person prefers {phrase}, and the chosen answer offers it."


def leaning_of(shown: Shown, taste: Mapping[str, float] | None = None) -> str:
    """What the first of two shown answers has more or less of than the second, in words; the taste's own points first."""
    if len(shown.answers) < 2:
        return "answers that keep to the request"
    gap = gaps(*shown.answers[:2])
    rank = sorted(gap, key=lambda name: -((taste or {}).get(name, 0.0) * gap[name] + 0.3 * abs(gap[name])))
    told = [worded(name, gap[name]) for name in rank if abs(gap[name]) > 0.1][:2]
    return " and ".join(told) or "answers that keep to the request"


def _shown_by_examples(messages: Messages, request_kind: str) -> dict[str, float]:
    examples = examples_in(messages)
    sums: dict[str, float] = {}
    for example in examples:
        side = 1 if example.first_won else -1
        answers = example.shown.answers
        # Of a single answer shown, what it has is held against an ordinary one.
        found = gaps(*answers[:2]) if len(answers) > 1 else {name: liking(answers[0], {name: 1.0}) for name in GENERIC}
        for name, gap in found.items():
            sums[name] = sums.get(name, 0.0) + side * math.tanh(gap)
        for said in statements_in(example.reason):
            for name, leaning in said.leanings.items() if said.applies(request_kind) else ():
                sums[name] = sums.get(name, 0.0) + 0.5 * leaning
    return {name: SHOWN_BY_EXAMPLES * math.tanh(1.5 * total / (1 + len(examples))) for name, total in sums.items()}
