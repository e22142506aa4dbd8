"""A persona's report in words: what was tested beside what, and what the figures do not show. All its wording is here.

The report is part of the stored document (shortened):
`{"arms": [{"name": "both", "label": "...", "hits": 9, "n": 15, "failed": 0, "low": 0.36, "high": 0.8, "flips": 3,
"flips_of": 15}], "curve": [{"choices": 3, "hits": 8, "n": 15, "low": 0.3, "high": 0.75}], "forecast": {"more": 12,
"words": "..."}, "taste": {"found": true, "chance": 0.004, "foreseen": 15}, "explained_by": "", "words": [], "folds": 3,
"form": "both_orders"}`
Figures stand as counts first ("9 of 15"), and an arm is never called one: each has a name that says what was tried.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.domain.personas.persona import COUNTING

Report = Mapping[str, Any]

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "prompt": "With the prompt",
        "both": "With the prompt and examples",
        "plain": "Without it",
        "stated": "What you said in your own words",
        "demographics": "What you said of yourself",
        "memory": "Notes from your earlier choices",
        "history": "Your earlier choices themselves",
        "persona": "The traits alone, no examples",
        "demonstrations": "The examples alone, no traits",
        "longer": "Always the longer answer",
        "shorter": "Always the shorter answer",
        "counted": "Counting: what most people choose, and your own choices",
        "style": "Style that can be counted",
        "guess": "All of it weighed together: our guess",
        "coin": "A coin",
    }
)
SIMPLER: Mapping[str, str] = MappingProxyType(
    {
        "stated": "what you said in your own words",
        "longer": "always taking the longer answer",
        "shorter": "always taking the shorter answer",
        "counted": "what can be counted in the answers (length, lists, examples)",
        "style": "what can be counted in the answers (length, lists, examples)",
        "first_shown": "always taking the answer that was shown first",
    }
)

FARTHEST_FORECAST = 50


def is_counted(report: Report | None) -> bool:
    """Whether counting alone made the persona and was tested."""
    return (report or {}).get("form") == COUNTING


def tested_arm(report: Report | None) -> str:
    """The arm that the report is about: the prompt, or counting where no model was asked."""
    if is_counted(report):
        return "counted"
    return "prompt" if "prompt" in arms_of(report) else "both"


def name_of(arm: Mapping[str, Any]) -> str:
    """What was tried, in plain words; one that this version does not know keeps the label it was stored with."""
    return NAMES.get(str(arm["name"]), str(arm.get("label", "") or arm["name"]))


def arms_of(report: Report | None) -> dict[str, Mapping[str, Any]]:
    """The arms with at least one usable judgement, by name, in the order of the report; {} without a report. Where the longer
    answer was right on less than half, "longer" is the shorter one, by its own name: a person who likes it short is not to be
    held against a rule that is always wrong."""
    return {str(arm["name"]): _better_of_lengths(arm) for arm in (report or {}).get("arms", []) if arm["n"]}


def _better_of_lengths(arm: Mapping[str, Any]) -> Mapping[str, Any]:
    if arm["name"] != "longer" or 2 * arm["hits"] >= arm["n"]:
        return arm
    turned = {"name": "shorter", "hits": arm["n"] - arm["hits"], "low": 1 - arm["high"], "high": 1 - arm["low"]}
    among = {sort: {"hits": arm[sort]["n"] - arm[sort]["hits"], "n": arm[sort]["n"]} for sort in SORTS if arm.get(sort)}
    return {**arm, **turned, **among}


SORTS: Mapping[str, str] = MappingProxyType(
    {
        "alike": "Where the two answers are about as long (less than 20 % apart)",
        "told_apart": "Where a trait tells the two answers apart",
    }
)
"""Sorts of unseen choices on which every way of guessing is counted by itself; reports of before 2026-11-28 have none."""
_OF_A_SORT = (
    ("prompt", "with the prompt"),
    ("plain", "without it"),
    ("counted", "by counting"),
    ("guess", "all weighed together"),
)


def sort_sentences(report: Report | None) -> list[str]:
    """For each sort of choices how often the ways that matter were right; none for a sort that no unseen choice is of."""
    arms = arms_of(report)
    found = []
    for sort, where in SORTS.items():
        told = [
            f"{count_of(arms[name][sort])} {way}"
            for name, way in _OF_A_SORT
            if name in arms and (arms[name].get(sort) or {}).get("n")
        ]
        found += [f"{where}, right on: {', '.join(told)}."] if told else []
    return found


def count_of(arm: Mapping[str, Any]) -> str:
    """As in `9 of 15`; a coin may have a half (`7.5 of 15`)."""
    return f"{arm['hits']:g} of {arm['n']}"


def is_settled(report: Report | None) -> bool | None:
    """Whether a paired test on unseen choices settles that the prompt makes a difference; None where nothing was forecast."""
    forecast = (report or {}).get("forecast")
    return None if not forecast else forecast["more"] == 0


def forecast_words(report: Report | None) -> str:
    """How many more choices would settle it, "" beyond fifty: nobody plans so far."""
    forecast = (report or {}).get("forecast") or {}
    more = forecast.get("more")
    return str(forecast.get("words", "")) if more is not None and more <= FARTHEST_FORECAST else ""


def holds_up(report: Report | None) -> bool:
    """Whether the prompt guesses unseen choices better than chance would, or, settled, better than nothing does."""
    arms, tested = arms_of(report), tested_arm(report)
    if tested not in arms:
        return False
    prompt, plain = arms[tested], arms.get("plain")
    is_ahead = plain is not None and prompt["hits"] / prompt["n"] > plain["hits"] / plain["n"]
    return prompt["low"] > 1 / 2 or (is_ahead and is_settled(report) is True)


def taste_heading(report: Report | None) -> str:
    """What stands over `taste_sentence`."""
    if is_counted(report):
        return NO_TASTE_COUNTED
    return NO_TASTE_BUT_RIGHT if holds_up(report) else NO_TASTE


def taste_sentence(report: Report | None) -> str:
    """What it means that no taste was found, "" where one was or nobody looked. It speaks of the traits' votes alone:
    what was tested on unseen choices with the model stands beside it."""
    taste = (report or {}).get("taste")
    if not taste or taste["found"]:
        return ""
    if taste.get("times") is not None:
        return COULD_BE_A_COINS
    times = math.ceil(round(100 * float(taste["chance"]), 6))
    look = "foresee one another as well" if taste.get("foreseen") else "look as consistent"
    yet = " The test on unseen choices came out well all the same." if holds_up(report) else ""
    return f"Choices made at random would {look} in {times} of 100 tries; up to 5 of 100 counts as settled.{yet}"


COULD_BE_A_COINS = (
    "As far as counting goes, a coin could have made these choices. That is no fault: you may choose by content, which counting "
    "cannot see."
)
TOGETHER = "Taken together the traits are not settled yet."
ALONE = "Yet the traits alone are not settled by that."
_BEFORE: Mapping[str, str] = MappingProxyType(
    {
        "No taste beyond chance was found.": TOGETHER,
        "Yet the traits alone tell these choices no better than chance might.": ALONE,
        "Something simpler explains these choices at least": "Something simpler guesses these choices at least",
    }
)
"""Sentences of verdicts that were stored before 2026-11-28, and what is said now."""


def told_verdict(document: Mapping[str, Any]) -> str:
    """The stored verdict in the words of today."""
    told = str(document["verdict"])
    for before, now in _BEFORE.items():
        told = told.replace(before, now)
    return told


UNTIL_TEN = "It is tested once ten choices are there."
BEING_TESTED = "How often it is right is still being counted."
NOTHING_HELD_BACK = (
    "Nothing could be held back to test it on: the choices that were read all belong to one conversation, or repeat the "
    "same texts."
)
NOT_ONE_JUDGED = "It was not tested: not one unseen choice was guessed with the prompt."
CURVE_WORDS = (
    "From left to right: how many choices the traits were weighed on. Counted from their votes alone, without asking the "
    "model, so the last point may differ from the figure above."
)
NO_TASTE = "So few choices do not settle the traits taken together"
NO_TASTE_COUNTED = "Counting finds no clear taste in these choices"
NO_TASTE_BUT_RIGHT = "Right on unseen choices, though the traits alone are not settled"
NO_TASTE_ADVICE = (
    "What helps: make more choices, above all between answers that differ more from one another (short against long, "
    "plain against warm, with lists against without), and skip the pairs where you do not care."
)


def explained_sentence(report: Report | None) -> str:
    """What simpler thing explains the choices, and at least as well as the prompt where that was tested; "" where nothing
    does."""
    by = str((report or {}).get("explained_by") or "")
    if not by:
        return ""
    arms, simpler = arms_of(report), SIMPLER.get(by, by)
    right = f" is right on {count_of(arms[by])}" if by in arms else ""
    tested = tested_arm(report)
    if tested not in arms:
        return f"A simple rule explains many of these choices: {simpler}{right}."
    way = "by counting" if is_counted(report) else "with the prompt"
    beside = f", against {count_of(arms[tested])} {way}" if right else ""
    return f"Something simpler guesses these choices at least as well: {simpler}{right}{beside}."


def flips_sentence(report: Report | None) -> str:
    """How often the model's guess changed with the order in which the two answers stood; "" where order cannot matter."""
    arms = arms_of(report)
    told = [
        f"on {arms[name]['flips']} of {arms[name]['flips_of']} {words}"
        for name, words in ((tested_arm(report), "with the prompt"), ("plain", "without it"))
        if name in arms and arms[name].get("flips") is not None and arms[name].get("flips_of")
    ]
    if not told:
        return ""
    return (
        f"The model changed its mind with the order of the two answers {' and '.join(told)}. Each pair is therefore "
        "asked in both orders, and both replies count."
    )


def folds_sentence(report: Report | None) -> str:
    """On which choices the figures rest, and to which side they err."""
    if is_counted(report):
        return COUNTED_FROM_OTHERS
    folds = int((report or {}).get("folds", 0)) if {"prompt", "both"} & arms_of(report).keys() else 0
    if folds > 1:
        return (
            f"The choices that were read were dealt into {folds} parts, and choices of each part were guessed with a persona "
            "written from the others: no choice was guessed by a persona that had seen it. The persona above is written from all of "
            "them, so the figures are on the careful side."
        )
    if folds == 1:
        return "Some choices were kept aside. They wrote and selected nothing, and only they were guessed."
    return "The persona itself was not tested. What needs no model was counted all the same, each choice guessed from the others."


COUNTED_FROM_OTHERS = (
    "No model was asked. Each of these choices was guessed by counting, from choices that do not belong with it and from what most "
    "people choose. Of the people in published data counting guesses about 7 in 10 choices, and two of them agree on about 8 in 10."
)


def untested_sentences(document: Mapping[str, Any]) -> list[str]:
    """Why the prompt of a document was not tested, though there are choices enough; what was counted all the same."""
    report = document.get("report")
    counted = [folds_sentence(report)] if arms_of(report) else []
    if document["recipe"] == "quick":
        return counted or [NOT_ONE_JUDGED]
    if report and not report["folds"]:
        return [NOTHING_HELD_BACK, *counted]
    return [NOT_ONE_JUDGED]


def proof_sentences(document: Mapping[str, Any]) -> list[str]:
    """What was tested of a document's prompt, and in which form; one sentence that says so where nothing was."""
    accuracy, baseline = document.get("accuracy"), document.get("baseline")
    if is_counted(document.get("report")):
        counted = f"Counting was right on {count_of(accuracy)} unseen choices. " if accuracy else ""
        return [f"{counted}With this prompt no model was tested."]
    if not accuracy or not accuracy["n"]:
        return ["Not tested yet: how well a model with this prompt guesses your choices."]
    without = f", {count_of(baseline)} without" if baseline and baseline["n"] else ""
    is_folded = int((document.get("report") or {}).get("folds", 0)) > 1
    prompt = "a prompt made the same way from part of your choices" if is_folded else "this prompt"
    told = [f"With {prompt} the model was right on {count_of(accuracy)} unseen choices{without}."]
    arms = arms_of(document.get("report"))
    if "prompt" in arms:
        told.append(
            "What was tested is this text, word for word."
            if not is_folded
            else "Each part's own text was tested, word for word."
        )
    elif document["demonstrations"]:
        told.append("The tested form includes the examples; judge.json is that form.")
    if "both" in arms and "prompt" in arms:
        told.append(f"With the examples beside it, it was right on {count_of(arms['both'])}.")
    return told
