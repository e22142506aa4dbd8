"""The persona as a Markdown file: as the page tells it, with the choices at the end, each once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.letter import HEADINGS, how_sure, letter_of
from app.domain.prompt_targets.compiler import system_prompt
from app.domain.prompt_targets.report import (
    Report,
    arms_of,
    count_of,
    flips_sentence,
    folds_sentence,
    forecast_words,
    name_of,
    sort_sentences,
    told_verdict,
)
from app.domain.prompt_targets.texts import written_from


@dataclass(frozen=True, slots=True)
class EvidenceText:
    """The texts of one choice, for showing it beside a trait."""

    question: str
    chosen: str
    rejected: str


def markdown(document: Mapping[str, Any], evidence: Mapping[str, EvidenceText]) -> str:
    """The letter, the traits with the numbers of the choices behind them, the prompt, how sure it is, and the choices;
    one that `evidence` lacks is named as gone."""
    letter = letter_of(document)
    kind = "A first sketch, from" if document["is_sketch"] else "From"
    lines = [f"# {_escape(letter['title'])}", "", _escape(" ".join(letter["sentences"])), ""]
    lines += [_escape(f"{kind} {written_from(document)}. {how_sure(document)}")]
    numbers = _numbers(document)
    told = list(zip(document["traits"], letter["traits"], strict=True))
    for group, heading in HEADINGS:
        mine = [each for each in told if each[1]["group"] == group]
        lines += [line for each in mine[:1] for line in ("", f"## {heading}")]
        lines += [line for trait, text in mine for line in ("", *_trait(trait, text, numbers))]
    prompt = system_prompt(document)
    lines += ["", "## The prompt", "", _fenced(prompt)] if prompt else []
    lines += ["", "## How sure is this?", "", _escape(told_verdict(document)), *_report(document.get("report"))]
    notes = [*document["missing"], *document["notes"]]
    lines += ["", *(f"- {_escape(text)}" for text in notes)] if notes else []
    lines += ["", "## The choices"] if numbers else []
    for pair_id, number in numbers.items():
        lines += ["", *_choice(number, evidence.get(pair_id))]
    lines += ["", f"Model {_escape(str(document['model']))}, recipe {document['recipe']}, seed {document['seed']}."]
    return "\n".join(lines) + "\n"


def _numbers(document: Mapping[str, Any]) -> dict[str, int]:
    """A number from 1 for each choice that a trait names, in the order in which they are named."""
    named = [each for trait in document["traits"] for each in (*trait["supporting"], *trait["opposing"])]
    return {pair_id: number for number, pair_id in enumerate(dict.fromkeys(named), start=1)}


def _trait(trait: Mapping[str, Any], text: Mapping[str, str], numbers: Mapping[str, int]) -> list[str]:
    sentence = text["sentence"][:1].upper() + text["sentence"][1:]
    name = f"**{_escape(text['name'])}**: " if text["name"] else ""
    stops = "" if sentence.endswith(".") else "."
    sides = [("for it", trait["supporting"]), ("against it", trait["opposing"])]
    where = "; ".join(f"{side} {', '.join(str(numbers[each]) for each in ids)}" for side, ids in sides if ids)
    return [f"{name}{_escape(sentence)}{stops} ({trait['certainty']}; choices {where})"]


def _choice(number: int, text: EvidenceText | None) -> list[str]:
    if text is None:
        return [f"### {number}", "", "A choice that has since been removed."]
    parts = [("Asked:", text.question), ("Chosen:", text.chosen), ("Not chosen:", text.rejected)]
    return [f"### {number}", *(line for name, words in parts for line in ("", name, "", _quoted(words)))]


def _report(report: Report | None) -> list[str]:
    """What was tried beside the prompt, as a table, and the sentences that belong to it."""
    arms = arms_of(report)
    if not arms or report is None:
        return []
    lines = ["", "| tried | right on | likely between |", "|---|---|---|"]
    for arm in arms.values():
        likely = f"{arm['low']:.0%} and {arm['high']:.0%}".replace("%", " %")
        lines.append(f"| {_escape(name_of(arm))} | {count_of(arm)} | {likely} |")
    told = [
        *sort_sentences(report),
        flips_sentence(report),
        forecast_words(report),
        *map(str, report["words"]),
        folds_sentence(report),
    ]
    return [*lines, *(line for sentence in told if sentence for line in ("", _escape(sentence)))]


def _escape(text: str) -> str:
    """Text that Markdown shows as it stands: a model's words must not become links, images or HTML."""
    return re.sub(r"([\\`*_\[\]<>#!|])", r"\\\1", " ".join(text.split()))


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in _fenced(text).splitlines())
