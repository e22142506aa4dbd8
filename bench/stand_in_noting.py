"""How the stand-in reads choices before it proposes: a note on each, what they lean to, and which listed manners show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.texts.request_kinds import KINDS
from bench.stand_in_reading import Messages, Shown, exhibits_in, listed_in, reason_in
from bench.stand_in_statements import read_statement, statements_in
from bench.stand_in_taste import AXES, gaps, gauss, uniform, worded

PROPOSING_NOISE = 0.7
_UNLIKE_MOST = 1.5
_BOUND = 1.4
"""How clearly choices of one kind must lean for a trait of their own, in standard errors."""
_SHOWN = 0.1
"""A leaning of one choice below this is none."""
_MISREAD = 0.1
_SHOWS = 1.0
"""Standard errors from which on a listed manner is named."""
EMPTY = (
    ("answers that keep to the request", "answers that wander from the request"),
    ("answers that begin with the conclusion", "answers that end with the conclusion"),
    ("answers that can be used at once", "answers that leave the use to the reader"),
    ("answers that take the question seriously", "answers that make light of the question"),
    ("a clear order of thoughts", "thoughts in loose order"),
    ("plain everyday words", "the terms of the trade"),
    ("answers that name the next step", "answers that stop at the explanation"),
    ("answers that repeat the question first", "answers that do not repeat the question"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trait on offer: more (side 1) or less of an axis, for one kind of request or ("") any. No axis: it says nothing."""

    name: str
    side: float
    kind: str
    strength: float


def notes(messages: Messages) -> list[dict[str, Any]]:
    """A note on each choice shown: what the chosen answer has, and what was given up for it."""
    found = []
    for number, shown in sorted(exhibits_in(messages[-1]["content"]).items()):
        leanings = leanings_of(shown)
        has = max(leanings, key=lambda name: abs(leanings[name]), default="")
        told = worded(has, leanings[has]) if has else "nothing that the others lack"
        found.append({"choice": number, "has": told, "gave_up": worded(has, -leanings[has]) if has else "nothing"})
    return found


def manners(rule: Mapping[str, Any], messages: Messages, salt: str) -> list[dict[str, Any]]:
    """Of the numbered manners in the system message those that the choices seem to show, on whichever side, and one that they
    do not."""
    exhibits = exhibits_in(messages[-1]["content"])
    seen = [(shown, leanings_of(shown)) for _number, shown in sorted(exhibits.items())]
    named: list[tuple[float, int, Candidate]] = []
    rest: list[int] = []
    for label, said in listed_in(messages[0]["content"]).items():
        leanings = read_statement(f"prefers answers {said.partition(' / ')[0]}").leanings
        if len(leanings) != 1:
            rest.append(int(label))
            continue
        ((name, side),) = leanings.items()
        lean = side * _lean(name, seen) + PROPOSING_NOISE * gauss(salt, "manner", label)
        if abs(lean) >= _SHOWS:
            named.append((-abs(lean), int(label), Candidate(name, side, "", abs(lean))))
    rows = [{"manner": number, **cited(exhibits, one, f"{salt}/{number}")} for _strength, number, one in sorted(named)]
    if rest:
        number = rest[int(uniform(salt, "manner") * len(rest))]
        rows.append({"manner": number, **cited(exhibits, Candidate("", 1, "", 0.0), f"{salt}/{number}")})
    return rows[: rule.get("maxItems", len(rows))]


def cited(exhibits: Mapping[int, Shown], one: Candidate, salt: str) -> dict[str, list[int]]:
    """The numbers of the choices for and against a trait, some misread; of one that says nothing, some by chance."""
    found: dict[str, list[int]] = {"for": [], "against": []}
    for number, shown in sorted(exhibits.items()):
        if one.kind and shown.kind != one.kind:
            continue
        leaning = one.side * leanings_of(shown).get(one.name, 0.0)
        if not one.name or uniform(salt, number, "misread") < _MISREAD:
            leaning = round(gauss(salt, number, "cited") / 2)
        if abs(leaning) > _SHOWN:
            found["for" if leaning > 0 else "against"].append(number)
    return found


def candidates(exhibits: Mapping[int, Shown], salt: str, count: int) -> list[Candidate]:
    """What the choices seem to lean to, the strongest first, among what is wrong, contrary or empty."""
    seen = [(shown, leanings_of(shown)) for _number, shown in sorted(exhibits.items())]
    bound, general = [], []
    for axis in AXES:
        kind, inside = _kind_apart(axis.name, seen)
        if kind:
            bound.append(Candidate(axis.name, _sign(inside), kind, abs(inside)))
        rest = _lean(axis.name, [one for one in seen if not kind or one[0].kind != kind])
        blurred = rest + PROPOSING_NOISE * gauss(salt, "propose", axis.name)
        general.append(Candidate(axis.name, _sign(blurred), "", abs(blurred)))
    ranked = sorted([*bound, *general], key=lambda one: -one.strength)
    # The weakest comes back turned round where there is room, and the rest says nothing: as models fill a list.
    start = int(uniform(salt, "empty") * len(EMPTY))
    empty = [Candidate("", 1, "", start + step) for step in range(max(2, count))]
    contrary = [Candidate(ranked[-1].name, -ranked[-1].side, ranked[-1].kind, 0.0)] if ranked else []
    held = max(0, count - 2)
    return [*ranked[:held], empty[0], *contrary, *ranked[held:], *empty[1:]][:count]


def _kind_apart(name: str, seen: Sequence[tuple[Shown, Mapping[str, float]]]) -> tuple[str, float]:
    """The kind of request whose choices lean clearly otherwise than all the rest, and how they lean; "" for none."""
    best, leaning = "", 0.0
    for kind in KINDS:
        inside = _lean(name, [one for one in seen if one[0].kind == kind])
        outside = _lean(name, [one for one in seen if one[0].kind != kind])
        if abs(inside) >= max(_BOUND, abs(leaning)) and inside * outside < 0:
            best, leaning = kind, inside
    return best, leaning


def _lean(name: str, seen: Sequence[tuple[Shown, Mapping[str, float]]]) -> float:
    """How the choices lean on one axis, in about standard errors."""
    found = [
        leanings.get(name, 0.0) * (_UNLIKE_MOST if "Unlike most" in shown.said else 1.0) for shown, leanings in seen
    ]
    return sum(found) / math.sqrt(sum(each * each for each in found) + 0.5)


def leanings_of(shown: Shown) -> dict[str, float]:
    """Axis -> how much more of it the chosen answer has than the others on average, and what is said about the choice; -1 to 1 and a half."""
    found: dict[str, float] = {}
    if len(shown.answers) > 1:
        chosen, *others = shown.answers
        apart = [gaps(chosen, other) for other in others]
        mean = {name: sum(each[name] for each in apart) / len(apart) for name in apart[0]}
        found = {name: math.tanh(2 * gap) for name, gap in mean.items() if abs(gap) > 0.1}
    reason = reason_in(shown)
    said = statements_in(reason) or ([read_statement(reason)] if reason else [])
    for one in said:
        for name, side in one.leanings.items():
            found[name] = found.get(name, 0.0) + 0.5 * side
    return found


def _sign(value: float) -> int:
    return 1 if value >= 0 else -1
