"""The learning curve: accuracy by the number of choices that were learnt from, and what one further choice is worth."""

from __future__ import annotations

import math
from dataclasses import asdict

from app.induction.proof.lines import Height, Line, line, slope_p_value
from app.services.evaluating.asking import Asked, Group
from app.services.evaluating.counting import (
    CELLS,
    LABELS,
    PLAIN,
    count,
    fewer_words,
    interval_words,
    most_people,
    observed,
    persona_words,
    who,
)
from app.services.evaluating.folder import Record
from app.services.evaluating.people import Parted
from app.services.evaluating.plots import Curve, line_with_band
from app.services.evaluating.tables import Findings, between, counted, p_value
from app.services.evaluating.working import Lesson


def lessons(asked: Asked, group: Group) -> list[Lesson]:
    """One a person and size, each size's choices the beginning of the next; the plain judge is asked with the first."""
    found = []
    for parts in group.parts:
        for part in parts:
            sizes = [size for size in sorted(set(asked.sizes)) if size <= len(part.train)] or [len(part.train)]
            for place, size in enumerate(sizes):
                arms = (PLAIN, *asked.arms) if place == 0 else asked.arms
                learnt = Parted(part.person, part.train[:size], part.tests)
                found.append(Lesson(learnt, arms, asked.learn_with[0], asked.judge_with))
    return found


def findings(record: Record) -> Findings:
    """A row a size. The slope compares each unseen choice with itself only, so people who lack a size do not bend it."""
    judged, seed = record.judged, int(record.plan["seed"])
    arm = record.plan["arms"][0]
    plain = [one for one in judged if one.arm == PLAIN]
    learnt = [one for one in judged if one.arm == arm]
    nothing = count(plain, [], seed)
    counts = {0: nothing} | {
        size: count([one for one in learnt if one.learnt_from == size], plain, seed)
        for size in sorted({one.learnt_from for one in learnt})
    }
    hits = observed(learnt)
    clusters = interval_words(counts.values(), len({one.person for one in hits}))
    fitted = line(hits, seed)
    p = slope_p_value(hits, seed) if fitted else math.nan
    level, most = nothing.share.value, most_people(counts.values())
    title = f"Accuracy by number of choices learnt from ({LABELS.get(arm, arm)}): {who(judged)}"
    dots = [(float(size), found.dot(str(size), most)) for size, found in counts.items() if size]
    band = [(at.size, at.value, at.low, at.high) for at in fitted.band] if fitted else []
    return Findings(
        title=title,
        columns=("choices", "people", *CELLS, "failed"),
        rows=tuple(
            (str(size), str(found.share.people), *found.cells, str(found.failed)) for size, found in counts.items()
        ),
        words=(
            _worth(fitted, p, level),
            "0 choices: the plain judge.",
            *fewer_words({counted(size, "choice"): found for size, found in counts.items()}),
            *clusters,
            *persona_words(record),
        ),
        figures=tuple({"choices": size, **found.as_json()} for size, found in counts.items()),
        more={"slope": _slope_figures(fitted, p), "band": [asdict(at) for at in fitted.band] if fitted else []},
        plot=line_with_band(
            title, Curve(dots, band, level, LABELS[PLAIN]), "choices learnt from", "unseen choices guessed right"
        ),
    )


def _slope_figures(fitted: Line | None, p: float) -> dict[str, float]:
    names = {"value": "slope", "low": "low", "high": "high", "intercept": "intercept"}
    return {"p": p, **{name: getattr(fitted, field) if fitted else math.nan for name, field in names.items()}}


def _worth(fitted: Line | None, p: float, level: float) -> str:
    """The slope in words, the line at both ends, and where it meets the plain judge if it does in between."""
    if fitted is None:
        return "No choice was judged after learning from two different numbers of choices, so there is no slope yet."
    first, last = fitted.band[0], fitted.band[-1]
    said = (
        f"{100 * fitted.slope:+.2f} points for each further choice (95 % {100 * fitted.low:+.2f} to "
        f"{100 * fitted.high:+.2f}, p {p_value(p)}): from {_height(first)} to {_height(last)}. "
        f"Accuracy = {100 * fitted.intercept:.1f} % {100 * fitted.slope:+.2f} x choices, from {first.size:g} to "
        f"{last.size:g} choices."
    )
    meets = None if math.isnan(level) or p >= 0.05 else fitted.crosses(level)
    return (
        said
        if meets is None
        else f"{said} It meets the plain judge's {100 * level:.1f} % at about {meets:.0f} choices."
    )


def _height(at: Height) -> str:
    return f"{100 * at.value:.1f} % (95 % {between(at.low, at.high)}) at {counted(round(at.size), 'choice')}"
