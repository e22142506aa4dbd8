"""The table of what was read: every way of guessing, with 95 % intervals over people, and how often a trait separates two answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.domain.choices.alike_length import alike_in_length
from app.induction.guessing.learn_guess import log_loss
from app.induction.proof.resampling import Observation
from app.induction.proof.statistics import Mean, share
from bench.readers.asking import ASKED, WAYS, Judged
from bench.readers.people import SEED

Beside = Mapping[str, Mapping[str, float | None]]
"""Way of guessing -> id of a tested choice -> log-odds of it, from elsewhere: an arm of earlier code."""


def table(people: Sequence[Judged], beside: Beside | None = None) -> Iterator[str]:
    """Over all decisions, over those whose answers differ by less than a fifth in length, and over those that a trait separates."""
    yield "| way | right | answers alike in length | a trait separates | log loss |"
    yield "|---|---|---|---|---|"
    for way in (*WAYS, *(beside or {})):
        cells = [_right(people, way, which, beside or {}) for which in ("all", "alike", "separated")]
        yield f"| {way} | {' | '.join(cells)} | {_loss(people, way, beside or {})} |"
    yield ""
    half_read = {arm: sum(one.half_read.get(arm, 0) for one in people) for arm in ASKED}
    if any(half_read.values()):
        told = ", ".join(f"{arm} {count}" for arm, count in half_read.items() if count)
        yield f"Nearly open in the one order that was drawn, and not read in the other: {told}."
    said = [each for one in people for each in one.separated]
    known = [each for each in said if each is not None]
    if len(known) < len(said):
        yield f"Whether a trait separates the answers nobody has read of {len(said) - len(known)} of {len(said)} questions."
        return
    apart = [
        Observation(one.person.user, pair.conversation_id, pair.pair_id, float(any(votes or ())))
        for one in people
        for pair, votes in zip(one.person.tests, one.votes, strict=True)
    ]
    right = [
        Observation(one.person.user, pair.conversation_id, pair.pair_id, _hit(each))
        for one in people
        for pair, votes, each in zip(one.person.tests, one.votes, one.separated, strict=True)
        if any(votes or ())
    ]
    yield f"A trait separates the answers in {_written(share(apart, SEED))} questions."
    if right:
        yield f"What the traits say of these, added up by their weights, is right in {_written(share(right, SEED))}."


def _log_odds(one: Judged, way: str, beside: Beside) -> list[float | None]:
    if way in beside:
        return [beside[way].get(pair.pair_id) for pair in one.person.tests]
    return list(one.log_odds[way])


def _right(people: Sequence[Judged], way: str, which: str, beside: Beside) -> str:
    if which == "separated" and any(votes is None for one in people for votes in one.votes):
        return "not read"
    rows = [
        (one.person.user, pair, odds)
        for one in people
        for pair, odds, votes in zip(one.person.tests, _log_odds(one, way, beside), one.votes, strict=True)
        if which == "all" or (any(votes or ()) if which == "separated" else alike_in_length(pair))
    ]
    unread = sum(odds is None for _, _, odds in rows)
    if unread or not rows:
        return f"{unread} of {len(rows)} not read"  # the others are no sample: an empty prompt is asked as the plain judge is
    observed = [Observation(user, pair.conversation_id, pair.pair_id, _hit(odds)) for user, pair, odds in rows]
    return _written(share(observed, SEED))


def _loss(people: Sequence[Judged], way: str, beside: Beside) -> str:
    said = [odds for one in people for odds in _log_odds(one, way, beside)]
    known = [odds for odds in said if odds is not None]
    return f"{log_loss(known):.3f}" if known and len(known) == len(said) else ""


def _hit(odds: float | None) -> float:
    return 0.5 if not odds else float(odds > 0)


def _written(mean: Mean) -> str:
    return f"{100 * mean.value:.1f} % [{100 * mean.low:.0f}, {100 * mean.high:.0f}] of {mean.n}"
