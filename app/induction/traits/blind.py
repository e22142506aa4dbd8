"""Step 1: each pair judged once without knowledge of the person (paper, section 3.1; by probability, ours).

A verdict by probability costs one token; written reasoning is asked for where the model is torn, and kept where it
reaches the real choice. Pairs guessed wrong go on with their label: there the person is unlike everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.preference import PreferencePair
from app.induction.judging.bootstrap import EXPLANATION, Trace, guess_choices
from app.induction.judging.evaluation import judge_each, judge_once
from app.induction.judging.judge import PLAIN, Condition
from app.induction.run import Judgement, Progress, Run
from app.induction.traits.proposals import GROUP

_TORN = 1.5
"""Log-odds within which a verdict is uncertain."""
_FEWEST_TO_REASON = 10

BLIND = Condition("blind")


@dataclass(frozen=True, slots=True)
class Blind:
    """One trace a pair in order, with reasoning where some was kept; `surprising` are the ids of those guessed wrong."""

    traces: tuple[Trace, ...]
    surprising: frozenset[str]


async def judge_blind(run: Run, pairs: Sequence[PreferencePair]) -> Blind:
    """The pairs, in time order, judged blind: one call a pair (two where the profile judges pointwise), and one more for
    the most uncertain pair of each closed group of five."""
    if run.profile.judging == "reasoned":
        traces = await guess_choices(run, pairs)
        guessed = (run.judgements[pair.pair_id, EXPLANATION] for pair in pairs)
        return Blind(tuple(traces), frozenset(one.pair_id for one in guessed if one.hit is False))
    judge = judge_each if run.profile.judging == "pointwise" else judge_once
    judged = await judge(run, [(pair, BLIND) for pair in pairs], run.profile.judging, "guessing", total=len(pairs))
    run.stop_if_silent()
    failed = sum(one.hit is None for one in judged)
    if failed:
        run.missing.append(f"The model gave no usable first guess on {failed} of {len(pairs)} choices.")
    wrong = {one.pair_id for one in judged if one.hit is False}
    chosen = _most_torn(judged)
    reasons: dict[str, str] = {}
    if chosen and len(pairs) >= _FEWEST_TO_REASON and not run.profile.small:
        part = run.apart()
        reasoned = await guess_choices(part, [pair for pair in pairs if pair.pair_id in chosen], PLAIN)
        run.missing.extend(part.missing)
        for judgement in part.judgements.values():
            run.keep(judgement)
        reasons = {trace.pair.pair_id: trace.reasoning for trace in reasoned if trace.reasoning}
    kept = frozenset(wrong - reasons.keys())
    run.emit(Progress("guessing", len(pairs), len(pairs), {"unlike_others": len(kept)}))
    return Blind(tuple(Trace(pair, reasons.get(pair.pair_id, "")) for pair in pairs), kept)


def _most_torn(judged: Sequence[Judgement]) -> set[str]:
    """The pair of each closed group on which the verdict is most uncertain, where it is uncertain at all.

    Groups are those that propose (proposals.py): drawn from all pairs, a new choice could take the place of an older one,
    and without its reasoning the older one's prompt and everything after it would change.
    """
    found: set[str] = set()
    for start in range(0, len(judged) - GROUP + 1, GROUP):
        torn = [
            (abs(one.log_odds), one.pair_id)
            for one in judged[start : start + GROUP]
            if one.log_odds is not None and abs(one.log_odds) < _TORN
        ]
        found.update(pair_id for _, pair_id in sorted(torn)[:1])
    return found
