"""The proof as the persona page shows it: what was tried beside the prompt, the learning curve, and the sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.domain.prompt_targets.report import (
    BEING_TESTED,
    CURVE_WORDS,
    NO_TASTE_ADVICE,
    UNTIL_TEN,
    Report,
    arms_of,
    count_of,
    explained_sentence,
    flips_sentence,
    folds_sentence,
    forecast_words,
    is_counted,
    name_of,
    sort_sentences,
    taste_heading,
    taste_sentence,
    tested_arm,
    told_verdict,
    untested_sentences,
)
from app.web.showing.views import IntervalRow, accuracy_view

RIVALS = ("stated", "longer", "counted", "style", "coin")
OTHERS = ("demographics", "memory", "history", "both", "demonstrations", "persona")
LABEL_ROOM = 0.25
"""Part of a curve's width that a point's count takes on a phone."""
FEWEST_POINTS = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a plot under one heading; the first group needs none."""

    heading: str
    rows: Sequence[IntervalRow]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """How often the votes were right, weighed on so many choices; `left` is its place from 0 to 1, `label` may be ""."""

    choices: int
    count: str
    share: float
    low: float
    high: float
    left: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """`plain` is the share without the prompt, drawn across; None where that was not tested."""

    points: Sequence[CurvePoint]
    plain: float | None
    plain_count: str
    words: str = CURVE_WORDS


@dataclass(frozen=True, slots=True)
class Untested:
    """Why there is no figure for the persona, and what brings one: more choices, the full recipe, or nothing to click."""

    words: str
    remedy: Literal["choose", "full", ""]


@dataclass(frozen=True, slots=True)
class ProofView:
    """What the page shows of a report.

    no_taste  what it means that no taste was found; "" where one was, and where the letter says it already
    advice    what helps then, under `taste_heading`; "" where a taste was found
    way       how the choices were guessed: by counting where no model was asked, else with the prompt
    failed    choices on which the model gave no usable judgement with the prompt
    """

    groups: Sequence[Group]
    others: Group
    curve: Curve | None
    forecast: str
    taste_heading: str
    no_taste: str
    advice: str
    sentences: Sequence[str]
    way: str
    failed: int

    @property
    def every_row(self) -> list[IntervalRow]:
        """All that was compared, for the table."""
        return [row for group in (*self.groups, self.others) for row in group.rows]


def proof_view(document: Mapping[str, Any]) -> ProofView | None:
    """None for a document without a report: an old one, or one of a recipe that makes none."""
    report: Report | None = document.get("report")
    if not report:
        return None
    arms = arms_of(report)
    tested = tested_arm(report)
    rivals = [name for name in RIVALS if name != tested]
    groups = [
        Group("", _rows(arms, (tested, "guess", "plain"), tested)),
        Group("What else could explain these choices", _rows(arms, rivals, tested)),
    ]
    is_tested = tested in arms
    basis = [folds_sentence(report), *map(str, document["notes"])] if is_tested else []
    told = [*sort_sentences(report), flips_sentence(report), *map(str, report["words"]), *basis]
    return ProofView(
        groups=[group for group in groups if group.rows],
        others=Group("All comparisons", _rows(arms, [name for name in OTHERS if name != tested], tested)),
        curve=_curve(report, arms),
        forecast=forecast_words(report),
        taste_heading=taste_heading(report),
        no_taste="" if is_counted(report) and not document["traits"] else taste_sentence(report),
        advice=NO_TASTE_ADVICE if taste_sentence(report) else "",
        sentences=[sentence for sentence in told if sentence],
        way="by counting" if is_counted(report) else "with the prompt",
        failed=int(arms[tested]["failed"]) if is_tested else 0,
    )


def untested(document: Mapping[str, Any], *, is_being_tested: bool = False) -> Untested | None:
    """None where the persona was tested. `is_being_tested` where the run that wrote it goes on."""
    report: Report | None = document.get("report")
    is_told = accuracy_view(document) if is_counted(report) else tested_arm(report) in arms_of(report)
    if is_told or (not report and accuracy_view(document)):
        return None
    if is_being_tested:
        return Untested(BEING_TESTED, "")
    if document["is_sketch"]:
        counted = [folds_sentence(report)] if arms_of(report) else []
        return Untested(" ".join([*counted, UNTIL_TEN]), "choose")
    return Untested(" ".join(untested_sentences(document)), "full" if document["recipe"] == "quick" else "")


def verdict_parts(document: Mapping[str, Any]) -> tuple[str, str]:
    """The verdict, and apart from it the sentence on something simpler, "" where there is none. That counting finds no taste
    stands in a note of its own (`no_taste`), and not in the verdict as well."""
    verdict, explained = told_verdict(document), explained_sentence(document.get("report"))
    verdict = verdict.removeprefix(taste_sentence(document.get("report"))).strip()
    return verdict.removesuffix(explained).strip() if explained else verdict, explained


def _rows(arms: Mapping[str, Mapping[str, Any]], names: Sequence[str], tested: str) -> list[IntervalRow]:
    return [_row(arms[name], leads=name == tested) for name in names if name in arms]


def _row(arm: Mapping[str, Any], *, leads: bool) -> IntervalRow:
    low, high = float(arm["low"]), float(arm["high"])
    return IntervalRow(
        label=name_of(arm),
        share=arm["hits"] / arm["n"],
        low=low,
        high=high,
        count=count_of(arm),
        sure=low > 0.5 or high < 0.5,
        leads=leads,
    )


def _curve(report: Report, arms: Mapping[str, Mapping[str, Any]]) -> Curve | None:
    rows = sorted((row for row in report["curve"] if row["n"]), key=lambda row: int(row["choices"]))
    if len(rows) < FEWEST_POINTS or rows[0]["choices"] == rows[-1]["choices"]:
        return None
    first, last = int(rows[0]["choices"]), int(rows[-1]["choices"])
    points = [
        CurvePoint(
            choices=int(row["choices"]),
            count=count_of(row),
            share=row["hits"] / row["n"],
            low=float(row["low"]),
            high=float(row["high"]),
            left=(int(row["choices"]) - first) / (last - first),
            label=count_of(row),
        )
        for row in rows
    ]
    points = _with_room(points)
    plain = arms.get("plain")
    return Curve(points, plain["hits"] / plain["n"] if plain else None, count_of(plain) if plain else "")


def _with_room(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """The points with the counts that have room beside one another; the first and the last always keep theirs."""
    last, shown = points[-1], [points[0]]
    for point in points[1:-1]:
        has_room = point.left - max(one.left for one in shown if one.label) >= LABEL_ROOM
        shown.append(point if has_room and last.left - point.left >= LABEL_ROOM else replace(point, label=""))
    return [*shown, last]
